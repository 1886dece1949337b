/** Sets of many keys hold what plain sets would, while the board changes under them. */
import { describe, expect, it } from 'vitest';
import { EntryList } from '../../../src/board/live/entry-list.ts';
import { liveFilter } from '../../../src/board/live/filter.ts';
import { KeySet } from '../../../src/board/live/key-set.ts';
import { Store } from '../../../src/board/live/store.ts';
import { Bench } from '../bench.ts';

const NONE: ReadonlySet<string> = new Set();

class Stage {
  readonly board = new Bench().board;
  readonly store = new Store(this.board.stages);
  readonly list = new EntryList(this.board, this.store);

  put(dataset: string, folder = 'queue', letters = 'w__', posted = '20261121T120000'): void {
    const letter = letters.padEnd(this.board.stages.length, '_');
    this.store.addOne(this.store.folder(folder), `50.${posted}.${letter}.000.acs.${dataset}`);
    this.list.absorb();
  }

  drop(dataset: string, folder = 'queue', letters = 'w__'): void {
    const letter = letters.padEnd(this.board.stages.length, '_');
    this.store.drop(this.store.folder(folder), `50.20261121T120000.${letter}.000.acs.${dataset}`);
  }

  /** Takes an entry off the board. */
  lose(dataset: string): void {
    this.drop(dataset);
    for (const _ of this.store.remove(this.store.doubted())) expect(_).toBe(undefined);
    this.list.absorb();
  }

  move(dataset: string, folder: string, letters = 'w__'): void {
    this.drop(dataset);
    this.put(dataset, folder, letters);
  }

  show(...words: string[]): void {
    this.list.setFilter(liveFilter(words, this.board.stages, () => 0));
  }

  all(more = NONE): KeySet {
    const all = this.list.sets.range(0, this.list.length - 1, more);
    if (!(all instanceof KeySet)) throw new Error('a plain set');
    return all;
  }
}

const keyOf = (dataset: string): string => `${dataset} 20261121T120000`;
const keysOf = (...datasets: string[]): string[] => datasets.map(keyOf);

function staged(...datasets: string[]): Stage {
  const stage = new Stage();
  for (const dataset of datasets) stage.put(dataset);
  return stage;
}

describe('a set of keys', () => {
  it('is read as any other', () => {
    const set = staged('a', 'b', 'c').all();
    expect(set.size).toBe(3);
    expect([...set]).toEqual(keysOf('a', 'b', 'c'));
    expect([...set.keys()]).toEqual([...set.values()]);
    expect([...set.entries()]).toEqual(keysOf('a', 'b', 'c').map((key) => [key, key]));
    const seen: string[] = [];
    set.forEach((key, again, whole) => {
      seen.push(`${key === again && whole === set} ${key}`);
    });
    expect(seen).toEqual(keysOf('a', 'b', 'c').map((key) => `true ${key}`));
    expect([set.has(keyOf('b')), set.has(keyOf('d')), set.has('b'), set.has('')]).toEqual([true, false, false, false]);
  });

  it('has the rows from one to another and what was in it before, each once', () => {
    const stage = staged('a', 'b', 'c', 'd');
    const { sets } = stage.list;
    expect([...sets.range(1, 2, new Set(keysOf('d', 'b', 'gone')))]).toEqual(keysOf('d', 'b', 'c'));
    stage.list.setSort('rank', true);
    expect([...sets.range(0, 1, NONE)]).toEqual(keysOf('d', 'c'));
    expect([...sets.range(2, 3, sets.range(0, 0, NONE))]).toEqual(keysOf('d', 'b', 'a'));
    expect(sets.range(0, -1, NONE).size).toBe(0);
  });

  it('is changed by a key, and the set before is not', () => {
    const stage = staged('a', 'b', 'c');
    const { sets } = stage.list;
    const all = stage.all();
    const two = sets.toggled(all, keyOf('b'));
    expect([...two]).toEqual(keysOf('a', 'c'));
    expect([two.has(keyOf('b')), all.has(keyOf('b')), two.size, all.size]).toEqual([false, true, 2, 3]);
    expect([...sets.toggled(two, keyOf('b'))]).toEqual(keysOf('a', 'c', 'b'));
    expect([...sets.toggled(two, keyOf('nobody'))]).toEqual(keysOf('a', 'c'));
    expect([...sets.toggled(new Set(keysOf('a')), keyOf('b'))]).toEqual(keysOf('a', 'b'));
    expect([...sets.toggled(new Set(keysOf('a')), keyOf('a'))]).toEqual([]);
  });

  it('follows its entries to other names, and does not take what comes in the place of those that went', () => {
    const stage = staged('a', 'b', 'c');
    const all = stage.all();
    stage.move('a', 'failed', 'f__');
    expect(all.has(keyOf('a'))).toBe(true);
    stage.lose('b');
    expect([all.has(keyOf('b')), [...all].sort()]).toEqual([false, keysOf('a', 'c')]);
    const { slots } = stage.store;
    stage.put('new');
    expect(stage.store.slots).toBe(slots);
    expect([all.has(keyOf('new')), [...all].sort()]).toEqual([false, keysOf('a', 'c')]);
    expect([...stage.list.sets.kept(all)].sort()).toEqual(keysOf('a', 'c'));
    expect(stage.list.sets.kept(all).size).toBe(2);
  });
});

describe('what is kept', () => {
  it.each([
    ['plain', (stage: Stage): ReadonlySet<string> => new Set(stage.all())],
    ['of slots', (stage: Stage): ReadonlySet<string> => stage.all()],
  ])('is there, and was not removed unless removed ones are listed: %s', (_, marked) => {
    const stage = staged('a', 'b', 'c', 'd');
    const { sets } = stage.list;
    const marks = marked(stage);
    expect(sets.kept(marks)).toBe(marks);
    stage.put('e');
    expect(sets.kept(marks)).toBe(marks);
    stage.lose('d');
    stage.move('b', 'removed/2026-11-21');
    expect([...sets.kept(marks)]).toEqual(keysOf('a', 'c'));
    expect(sets.select(marks)).toEqual(keysOf('a', 'c'));
    stage.show('state:held');
    expect([...sets.kept(marks)]).toEqual(keysOf('a', 'c'));
    stage.show('state:removed');
    expect([...sets.kept(marks)]).toEqual(keysOf('a', 'b', 'c'));
    expect(sets.select(marks)).toEqual(keysOf('a', 'b', 'c'));
  });

  it('is told apart by state and letters', () => {
    const stage = staged('a', 'b', 'c');
    stage.move('b', 'active', '2__');
    const { sets } = stage.list;
    const isRetried = ({ state, letters }: { state: string; letters: string }): boolean =>
      state === 'active' && letters.startsWith('2');
    expect(sets.select(stage.all(), isRetried)).toEqual(keysOf('b'));
    expect(sets.select(new Set(keysOf('a', 'b', 'gone')), isRetried)).toEqual(keysOf('b'));
  });

  it('of many is a set of slots, whatever it was before', () => {
    const stage = new Stage();
    for (let nth = 0; nth < 2_100; nth++)
      stage.store.addOne(
        stage.store.folder('queue'),
        `50.20261121T120000.${'w'.padEnd(stage.board.stages.length, '_')}.000.acs.d${nth}`,
      );
    const marks = new Set(Array.from({ length: 2_100 }, (_, nth) => keyOf(`d${nth}`)));
    const kept = stage.list.sets.kept(marks);
    expect([kept instanceof KeySet, kept.size]).toEqual([true, 2_100]);
  });
});

it('says whether it is exactly what the list shows', () => {
  const stage = staged('a', 'b', 'c');
  const { sets } = stage.list;
  const all = stage.all();
  const plain = new Set(all);
  expect([sets.isAll(all), sets.isAll(plain), sets.isAll(NONE)]).toEqual([true, true, false]);
  stage.move('c', 'held', 'h__');
  expect([sets.isAll(all), sets.isAll(plain)]).toEqual([true, true]);
  stage.show('state:queue');
  expect([sets.isAll(all), sets.isAll(plain)]).toEqual([false, false]);
  // As many, but others.
  stage.put('d');
  expect(stage.list.length).toBe(3);
  expect([sets.isAll(all), sets.isAll(plain)]).toEqual([false, false]);
});

it('a list tells the state of a row, and its version', () => {
  const stage = staged('a', 'b');
  const { version } = stage.list;
  stage.move('b', 'failed', 'f__');
  expect(stage.list.version).toBeGreaterThan(version);
  const states = [0, 1, 2, -1].map((row) => [stage.list.keyAt(row), stage.list.stateAt(row)]);
  expect(states.filter(([, state]) => state === 'failed')).toEqual([[keyOf('b'), 'failed']]);
  expect(states.slice(2)).toEqual([
    ['', undefined],
    ['', undefined],
  ]);
});
