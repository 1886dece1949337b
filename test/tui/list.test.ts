import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cursorIndex,
  EMPTY_LIST,
  follow,
  goTo,
  type ListState,
  markAll,
  markRange,
  move,
  type RowSets,
  type Rows,
  scroll,
  toggleMark,
  unmarkAll,
} from '../../src/tui/list.ts';

function rowsOf(keys: readonly string[]): Rows {
  return { length: keys.length, keyAt: (index) => keys[index] ?? '', indexOf: (key) => keys.indexOf(key) };
}

const letters = (number: number): string[] => Array.from({ length: number }, (_, at) => `k${at}`);
const at = (list: ListState, rows: Rows): string => rows.keyAt(cursorIndex(list, rows));

describe('moving', () => {
  const rows = rowsOf(letters(100));
  it.each([
    ['down', 1, 0],
    ['up', 0, 0],
    ['pageDown', 9, 9],
    ['halfDown', 5, 0],
    ['last', 99, 90],
    ['first', 0, 0],
  ])('%s', (action, index, top) => {
    const list = move(goTo(EMPTY_LIST, rows, 0, 10), rows, action, 10);
    expect([list?.index, list?.top]).toEqual([index, top]);
  });

  it('knows its own actions only', () => {
    expect(move(EMPTY_LIST, rows, 'hold', 10)).toBeUndefined();
  });

  it('comes back from the end', () => {
    const last = goTo(EMPTY_LIST, rows, 99, 10);
    expect(move(last, rows, 'pageUp', 10)).toMatchObject({ index: 90, top: 81 });
    expect(move(last, rows, 'down', 10)).toMatchObject({ index: 99, top: 90 });
  });

  it('scrolls with the wheel, and takes the cursor along at the edge', () => {
    const list = goTo(EMPTY_LIST, rows, 2, 10);
    expect(scroll(list, rows, 3, 10)).toMatchObject({ top: 3, index: 3 });
    expect(scroll(list, rows, -3, 10)).toMatchObject({ top: 0, index: 2 });
    expect(scroll(list, rows, 1000, 10)).toMatchObject({ top: 90, index: 90 });
  });

  it('stands nowhere in an empty list', () => {
    const none = rowsOf([]);
    expect(move(EMPTY_LIST, none, 'down', 10)).toMatchObject({ cursor: undefined, index: 0, top: 0 });
    expect(follow(EMPTY_LIST, none, 10)).toBe(EMPTY_LIST);
    expect(toggleMark(EMPTY_LIST, none, 10).marks.size).toBe(0);
    expect(markRange(EMPTY_LIST, none)).toBe(EMPTY_LIST);
  });
});

describe('following', () => {
  it('stays on what it stood on, at the same height of the screen', () => {
    const before = rowsOf(letters(50));
    const list = goTo({ ...EMPTY_LIST, top: 20 }, before, 25, 10);
    const after = rowsOf(['new1', 'new2', 'new3', ...letters(50)]);
    const next = follow(list, after, 10);
    expect([at(next, after), next.index - next.top]).toEqual(['k25', 5]);
  });

  it('stays in its place when what it stood on has gone', () => {
    const before = rowsOf(letters(5));
    const list = goTo(EMPTY_LIST, before, 2, 10);
    const after = rowsOf(['k0', 'k1', 'k3', 'k4']);
    expect(at(follow(list, after, 10), after)).toBe('k3');
  });

  it('does not change what need not change', () => {
    const rows = rowsOf(letters(5));
    const list = follow(EMPTY_LIST, rows, 10);
    expect(follow(list, rows, 10)).toBe(list);
  });

  it('always shows its cursor, whatever rows come and go', () => {
    const anyRows = fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { maxLength: 25 });
    const anyMove = fc.constantFrom('down', 'up', 'pageDown', 'pageUp', 'halfDown', 'halfUp', 'first', 'last');
    fc.assert(
      fc.property(fc.array(fc.tuple(anyRows, anyMove, fc.integer({ min: 1, max: 12 }))), (steps) => {
        let list = EMPTY_LIST;
        for (const [numbers, action, height] of steps) {
          const rows = rowsOf(numbers.map((number) => `k${number}`));
          const stood = list.cursor;
          list = follow(list, rows, height);
          if (stood !== undefined && rows.indexOf(stood) >= 0) expect(list.cursor).toBe(stood);
          list = move(list, rows, action, height) ?? list;
          if (rows.length === 0) continue;
          expect(list.cursor).toBe(rows.keyAt(list.index));
          expect(list.index).toBeGreaterThanOrEqual(list.top);
          expect(list.index).toBeLessThan(list.top + height);
          expect(list.top).toBeLessThanOrEqual(Math.max(0, rows.length - height));
        }
      }),
    );
  });
});

it('many marks are made and changed by the rows themselves', () => {
  const rows = rowsOf(letters(5_000));
  const asked: string[] = [];
  const sets: RowSets = {
    range: (first, last, more) => {
      asked.push(`range ${first} ${last} ${more.size}`);
      return new Set([...more, ...letters(5_000).slice(first, last + 1)]);
    },
    toggled: (keys, key) => {
      asked.push(`toggled ${keys.size} ${key}`);
      return new Set(['toggled']);
    },
  };
  const large = { ...rows, sets };
  const one = toggleMark(goTo(EMPTY_LIST, large, 3, 10), large, 10);
  const few = markRange(goTo(one, large, 99, 10), large);
  expect([asked, few.marks.size, few.anchor]).toEqual([[], 97, 'k99']);
  const many = markRange(goTo(few, large, 4_000, 10), large);
  expect([many.marks.size, many.anchor]).toEqual([3_998, 'k4000']);
  expect(markAll(few, large).marks.size).toBe(5_000);
  expect([...toggleMark(many, large, 10).marks]).toEqual(['toggled']);
  expect(asked).toEqual(['range 99 4000 97', 'range 0 4999 97', 'toggled 3998 k4000']);
});

describe('marks', () => {
  const rows = rowsOf(letters(6));
  it('are set and taken away, and the cursor goes on', () => {
    const once = toggleMark(goTo(EMPTY_LIST, rows, 1, 10), rows, 10);
    expect([[...once.marks], once.index]).toEqual([['k1'], 2]);
    const twice = toggleMark(goTo(once, rows, 1, 10), rows, 10);
    expect([...twice.marks]).toEqual([]);
  });

  it('take a range from the row marked last, in either direction', () => {
    const once = toggleMark(goTo(EMPTY_LIST, rows, 4, 10), rows, 10);
    expect([...markRange(goTo(once, rows, 2, 10), rows).marks].sort()).toEqual(['k2', 'k3', 'k4']);
    expect([...markRange(goTo(EMPTY_LIST, rows, 3, 10), rows).marks]).toEqual(['k3']);
  });

  it('take all that is shown, and keep what is not', () => {
    const list = { ...EMPTY_LIST, marks: new Set(['elsewhere']) };
    expect(markAll(list, rows).marks.size).toBe(7);
    expect(unmarkAll(markAll(list, rows)).marks.size).toBe(0);
  });
});
