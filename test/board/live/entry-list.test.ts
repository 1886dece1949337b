/** The list while it sorts: what changes meanwhile is neither lost nor out of its place. */
import { describe, expect, it } from 'vitest';
import type { Board } from '../../../src/board/board.ts';
import { EntryList } from '../../../src/board/live/entry-list.ts';
import { Store } from '../../../src/board/live/store.ts';
import { SORT_KEYS, type SortKey } from '../../../src/board/live/types.ts';
import { until } from '../../helpers/home.ts';
import { Bench } from '../bench.ts';
import { listFaults } from './follow.ts';

const nextTick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const nameOf = (nth: number, rank = 50): string =>
  `${rank}.20261121T12${String(nth % 60).padStart(2, '0')}00.w__.000.acs.d${String((nth * 7919) % 100_003)}`;

/** A store that is changed, and the list upon it. */
class Stage {
  readonly store: Store;
  readonly list: EntryList;
  readonly names = new Map<number, { folder: string; rank: number }>();
  told = 0;

  constructor(board: Board) {
    this.store = new Store(board.stages);
    this.list = new EntryList(board, this.store, () => this.told++);
  }

  put(nth: number, folder = 'queue', rank = 50): void {
    const old = this.names.get(nth);
    this.store.addOne(this.store.folder(folder), nameOf(nth, rank));
    const isSame = old?.folder === folder && old.rank === rank;
    if (old !== undefined && !isSame) this.store.drop(this.store.folder(old.folder), nameOf(nth, old.rank));
    this.names.set(nth, { folder, rank });
  }

  remove(nth: number): void {
    const old = this.names.get(nth);
    if (old === undefined) return;
    this.store.drop(this.store.folder(old.folder), nameOf(nth, old.rank));
    for (const _ of this.store.remove(this.store.doubted())) expect(_).toBe(undefined);
    this.names.delete(nth);
  }

  expected(key: SortKey): string[] {
    const files = [...this.names].map(([nth, { folder, rank }]) => ({ folder, file: nameOf(nth, rank) }));
    const field = ({ folder, file }: { folder: string; file: string }): string => {
      if (key === 'rank') return file;
      if (key === 'age') return file.slice(3, 18);
      return key === 'state' ? (folder === 'held' ? '1' : '2') : '';
    };
    const dataset = ({ file }: { file: string }): string => file.split('.')[5] ?? '';
    const keyed = files.map((one) => [`${field(one)} ${dataset(one).padEnd(9, '\0')}`, `${one.folder}/${one.file}`]);
    return keyed.sort(([a = ''], [b = '']) => (a < b ? -1 : 1)).map(([, place = '']) => place);
  }

  listed(): string[] {
    return Array.from({ length: this.list.length }, (_, row) => {
      const entry = this.list.at(row);
      return `${entry?.folder}/${entry?.file}`;
    });
  }
}

describe('a list that sorts', () => {
  it.each([
    ['few', 30],
    ['many', 1_500],
  ])('takes over what changes meanwhile: %s at a time', async (_, changes) => {
    const stage = new Stage(new Bench().board);
    for (let nth = 0; nth < 20_000; nth++) stage.put(nth);
    stage.list.absorb();
    expect(stage.list.isSorting).toBe(true);
    const told = stage.told;
    const change = (round: number): void => {
      for (let nth = 0; nth < changes; nth++) {
        const which = (round * 1_009 + nth * 31) % 21_000;
        if (nth % 7 === 0) stage.remove(which);
        else stage.put(which, nth % 3 === 0 ? 'held' : 'queue', nth % 2 === 0 ? 50 : 40);
      }
    };
    let rounds = 0;
    for (const key of ['rank', 'age', 'state', 'entry', 'rank'] as const) {
      stage.list.setSort(key, false);
      while (stage.list.isSorting) {
        change(rounds++);
        stage.list.absorb();
        // In the old order yet, but nothing that has gone, and nothing twice.
        if (rounds % 5 === 0) expect(listFaults(stage.list)).toEqual([]);
        await nextTick();
      }
      stage.list.absorb();
      await until(() => !stage.list.isSorting, 'the order');
      expect(stage.listed(), `by ${key}`).toEqual(stage.expected(key));
    }
    expect(rounds).toBeGreaterThan(4);
    expect(stage.told).toBeGreaterThan(told);
    expect(listFaults(stage.list)).toEqual([]);
  });

  it('drops an order for another that is wanted before it is done', async () => {
    const stage = new Stage(new Bench().board);
    for (let nth = 0; nth < 20_000; nth++) stage.put(nth);
    stage.list.absorb();
    for (const [nth, key] of SORT_KEYS.entries()) {
      stage.list.setSort(key, false);
      for (let change = 0; change < 100; change++) {
        stage.put(20_000 + 100 * nth + change);
        stage.put(9_000 + 100 * nth + change, 'held');
        stage.remove(100 * nth + change);
      }
      stage.list.absorb();
      if (nth % 2 === 0) await nextTick();
    }
    stage.list.setSort('age', false);
    await until(() => !stage.list.isSorting, 'the order');
    expect(stage.listed()).toEqual(stage.expected('age'));
    for (const key of ['rank', 'state'] as const) stage.list.setSort(key, false);
    const { told } = stage;
    stage.list.close();
    await nextTick();
    await nextTick();
    expect(stage.told).toBe(told);
  });
});
