/** The tables below the live board: identities to slots, slots in order, names to entries. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runAtOnce } from '../../../src/board/live/slices.ts';
import { SlotIndex } from '../../../src/board/live/slot-index.ts';
import { SlotList } from '../../../src/board/live/slot-list.ts';
import { SlotSet } from '../../../src/board/live/slot-set.ts';
import { Store } from '../../../src/board/live/store.ts';
import { epochOf } from '../../../src/model/name.ts';

describe('the index', () => {
  it('finds what was put in and not what was taken out, however the hashes collide', () => {
    const step = fc.record({ slot: fc.nat(3_000), puts: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), fc.constantFrom(1, 3, 1021), (steps, kinds) => {
        let wanted = 0;
        const index = new SlotIndex((slot) => slot === wanted);
        const inside = new Set<number>();
        const hash = (slot: number): number => (slot % kinds) - 1;
        const finds = (slot: number): number => {
          wanted = slot;
          return index.find(hash(slot));
        };
        for (const { slot, puts } of steps) {
          if (puts && !inside.has(slot)) index.insert(hash(slot), slot);
          if (!puts) index.remove(slot);
          if (puts) inside.add(slot);
          else inside.delete(slot);
        }
        for (const { slot } of steps) expect(finds(slot)).toBe(inside.has(slot) ? slot : -1);
      }),
    );
  });

  it('grows', () => {
    let wanted = 0;
    const index = new SlotIndex((slot) => slot === wanted);
    for (let slot = 0; slot < 20_000; slot++) index.insert(slot * 7, slot);
    for (wanted = 0; wanted < 20_000; wanted++) expect(index.find(wanted * 7)).toBe(wanted);
    wanted = 5;
    index.remove(5);
    expect(index.find(35)).toBe(-1);
  });
});

describe('a list of slots', () => {
  it('takes out and puts in as a sorted array does', () => {
    const batch = fc.record({
      out: fc.uniqueArray(fc.nat(60), { maxLength: 8 }),
      into: fc.uniqueArray(fc.nat(60), { maxLength: 8 }),
    });
    fc.assert(
      fc.property(fc.array(batch, { maxLength: 8 }), (batches) => {
        const list = new SlotList();
        let model: number[] = [];
        const compare = (a: number, b: number): number => (a % 10) - (b % 10) || a - b;
        for (const { out, into } of batches) {
          const set = new SlotSet();
          for (const slots of [out, into, out]) set.addAll(slots);
          expect([...set.slots].sort()).toEqual([...new Set([...out, ...into])].sort());
          list.remove(set);
          list.insert([...into].sort(compare), compare);
          model = [...model.filter((slot) => !set.slots.includes(slot)), ...into].sort(compare);
          expect([...list.slots]).toEqual(model);
          expect(list.length).toBe(model.length);
        }
        expect([list.at(-1), list.at(model.length)]).toEqual([-1, -1]);
      }),
    );
  });
});

const STAGES = ['a', 'b', 'c'];
const FOLDERS = ['queue', 'active', 'failed', 'done/2026-11-21', 'removed/2026-11-21'];
/** Epochs, datasets and times of a few kinds only, so that many names are of one entry. */
const file = fc
  .record({
    rank: fc.constantFrom('50', '07'),
    posted: fc.constantFrom('20261121T120000', '20261121T120001'),
    letters: fc.constantFrom('w__', 'cp_', 'cf_', 'ccc'),
    epoch: fc.constantFrom('000', '001', '1000'),
    dataset: fc.constantFrom('x', 'y', 'x.y', 'long-name-of-a-dataset'),
    tag: fc.constantFrom('', '@2-x2', '@2-k3f1-1-1'),
  })
  .map(
    ({ rank, posted, letters, epoch, dataset, tag }) => `${rank}.${posted}.${letters}.${epoch}.acs.${dataset}${tag}`,
  );
const anyFile = fc.oneof(
  { weight: 8, arbitrary: file },
  {
    weight: 1,
    arbitrary: fc.constantFrom('README', '50.x', '.hidden', '.nfs0', '50.20261121T120000.ww.000.acs.x', ''),
  },
);

const keyOf = (name: string): string => {
  const [, posted = '', , , , ...rest] = name.split('.');
  return `${rest.join('.').split('@')[0]} ${posted}`;
};
const isEntry = (name: string): boolean => /^\d\d\.\d{8}T\d{6}\.\w{3}\.\d+\./.test(name);

class Model {
  readonly store = new Store(STAGES);
  readonly disk = FOLDERS.map(() => new Set<string>());
  #readings = 0;

  /** A folder is read whole. @returns what is to be done once all have been */
  read(folder: number): () => void {
    const number = this.store.folder(FOLDERS[folder] ?? '');
    const reading = ++this.#readings;
    const foreign = new Set<string>();
    for (const name of this.disk[folder] ?? []) if (!this.store.add(number, name, reading)) foreign.add(name);
    this.store.setForeign(number, foreign);
    return () => runAtOnce(this.store.sweep(number, reading));
  }

  look(folders: readonly number[]): void {
    const doubted = this.store.doubted();
    for (const sweep of folders.map((folder) => this.read(folder))) sweep();
    runAtOnce(this.store.remove(doubted));
  }

  hint(folder: number, name: string): void {
    const number = this.store.folder(FOLDERS[folder] ?? '');
    if (name.startsWith('.')) return;
    if (this.disk[folder]?.has(name)) this.store.addOne(number, name);
    else this.store.drop(number, name);
  }

  /** What is on the disk, told from scratch. */
  faults(): string[] {
    const places = this.disk.flatMap((names, folder) => [...names].map((name) => ({ folder: FOLDERS[folder], name })));
    const entries = places.filter(({ name }) => isEntry(name));
    const keys = new Set(entries.map(({ name }) => keyOf(name)));
    const found: string[] = [];
    const say = (isRight: boolean, what: string): void => void (isRight || found.push(what));
    const fresh = new Store(STAGES);
    for (const key of keys) {
      const slot = this.store.find(key);
      const names = entries.filter(({ name }) => keyOf(name) === key);
      const newest = Math.max(...names.map(({ name }) => epochOf(name)));
      const at = { folder: this.store.folders[this.store.folderOf[slot] ?? -1], name: this.store.files[slot] ?? '' };
      say(slot >= 0 && this.store.isLive(slot) && this.store.keyOf(slot) === key, `${key} is missing`);
      say(
        names.some(({ folder, name }) => folder === at.folder && name === at.name),
        `${key} is not at ${at.name}`,
      );
      say(slot >= 0 && epochOf(at.name) === newest, `${key} is not the newest: ${at.name}`);
      if (slot >= 0) fresh.addOne(fresh.folder(at.folder ?? ''), at.name);
    }
    let live = 0;
    for (let slot = 0; slot < this.store.slots; slot++) if (this.store.isLive(slot)) live++;
    say(live === keys.size, `${live} entries, not ${keys.size}`);
    for (const { folder, name } of places)
      if (!isEntry(name) && !name.startsWith('.')) fresh.addOne(fresh.folder(folder ?? ''), name);
    const text = ({ tally: { tally, causes } }: Store): string =>
      JSON.stringify([tally, tally.letters.map((map) => [...map]), causes]);
    say(text(this.store) === text(fresh), `${text(this.store)}, not ${text(fresh)}`);
    return found;
  }
}

describe('the store', () => {
  it('is what stands on the disk, whatever was seen on the way there', () => {
    const folder = fc.nat(FOLDERS.length - 1);
    const step = fc.oneof(
      fc.record({ kind: fc.constant('put' as const), folder, name: anyFile, hinted: fc.boolean() }),
      fc.record({
        kind: fc.constant('move' as const),
        folder,
        to: folder,
        nth: fc.nat(9),
        name: file,
        hinted: fc.boolean(),
      }),
      fc.record({ kind: fc.constant('rm' as const), folder, nth: fc.nat(9), hinted: fc.boolean() }),
      fc.record({ kind: fc.constant('look' as const), folders: fc.uniqueArray(folder) }),
      fc.record({ kind: fc.constant('recycle' as const) }),
    );
    let most = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 80 }), (steps) => {
        const model = new Model();
        const nthOf = (names: Set<string> | undefined, nth: number): string | undefined =>
          [...(names ?? [])][nth % Math.max(1, names?.size ?? 0)];
        for (const one of steps) {
          if (one.kind === 'look') model.look(one.folders);
          else if (one.kind === 'recycle') {
            model.store.takeChanged();
            model.store.recycle();
          } else if (one.kind === 'put') {
            model.disk[one.folder]?.add(one.name);
            if (one.hinted) model.hint(one.folder, one.name);
          } else {
            const old = nthOf(model.disk[one.folder], one.nth);
            if (old === undefined) continue;
            model.disk[one.folder]?.delete(old);
            if (one.kind === 'move') {
              model.disk[one.to]?.add(one.name);
              if (one.hinted) model.hint(one.to, one.name);
            }
            if (one.hinted) model.hint(one.folder, old);
          }
        }
        // At rest: what was not found is not found again.
        for (let round = 0; round < 2; round++) model.look(FOLDERS.map((_, nth) => nth));
        expect(model.faults()).toEqual([]);
        most = Math.max(
          most,
          model.disk.reduce((sum, names) => sum + names.size, 0),
        );
      }),
      { numRuns: 500 },
    );
    expect(most).toBeGreaterThan(10);
  });

  it('keeps an entry that is between two folders, until a second look does not find it either', () => {
    const model = new Model();
    const [old, fresh] = ['50.20261121T120000.w__.000.acs.x', '50.20261121T120000.p__.001.acs.x@1-k3f1-1-1'];
    model.disk[0]?.add(old);
    model.look([0, 1]);
    const slot = model.store.find('x 20261121T120000');
    // It moves after active/ was read and before queue/ is.
    const sweeps = [model.read(1)];
    model.disk[0]?.delete(old);
    model.disk[1]?.add(fresh);
    sweeps.push(model.read(0));
    for (const sweep of sweeps) sweep();
    expect([model.store.find('x 20261121T120000'), model.store.files[slot]]).toEqual([slot, old]);
    model.look([0, 1]);
    expect([model.store.find('x 20261121T120000'), model.store.files[slot]]).toEqual([slot, fresh]);
    expect(model.store.tally.tally.total).toBe(1);
    model.disk[1]?.delete(fresh);
    model.look([1]);
    expect(model.store.tally.tally.total).toBe(1);
    model.look([]);
    expect(model.store.tally.tally.total).toBe(0);
    expect(model.store.find('x 20261121T120000')).toBe(-1);
  });

  it('uses the slot of an entry that has gone again only when nobody holds it any longer', () => {
    const model = new Model();
    const [x, y, z] = ['x', 'y', 'z'].map((dataset) => `50.20261121T120000.w__.000.acs.${dataset}`) as [
      string,
      string,
      string,
    ];
    model.disk[0]?.add(x);
    model.look([0]);
    model.disk[0]?.delete(x);
    model.look([0]);
    model.look([]);
    expect([model.store.isLive(0), model.store.files[0]]).toEqual([false, x]);
    model.disk[0]?.add(y);
    model.look([0]);
    expect(model.store.files).toEqual([x, y]);
    expect(model.store.takeChanged()).toEqual([0, 1]);
    model.store.recycle();
    model.disk[0]?.add(z);
    model.look([0]);
    expect(model.store.files).toEqual([z, y]);
    expect(model.store.takeChanged()).toEqual([0]);
  });
});
