import { describe, expect, it } from 'vitest';
import { findCycle, graphOfStages, makeGraph } from '../../src/model/graph.ts';
import { HST, hstGraph } from './rules.ts';

describe('a graph', () => {
  it('of named stages', () => {
    expect(hstGraph).toEqual({
      parents: HST,
      descendants: [[1, 2, 3, 4], [2, 3, 4], [4], [4], []],
      order: [0, 1, 2, 3, 4],
    });
  });

  it.each([
    [[], [], []],
    [[[]], [[]], [0]],
    [
      [[], []],
      [[], []],
      [0, 1],
    ],
    [
      [[], [0], [1], [2]],
      [[1, 2, 3], [2, 3], [3], []],
      [0, 1, 2, 3],
    ],
    // Parents may stand behind their children.
    [
      [[1], [2], []],
      [[], [0], [0, 1]],
      [2, 1, 0],
    ],
    [
      [[2], [], [1], [0, 1]],
      [[3], [0, 2, 3], [0, 3], []],
      [1, 2, 0, 3],
    ],
    // Two ways to one stage count once.
    [
      [[], [0], [0], [1, 2], [3, 0]],
      [[1, 2, 3, 4], [3, 4], [3, 4], [4], []],
      [0, 1, 2, 3, 4],
    ],
    [
      [[], [0, 0]],
      [[1], []],
      [0, 1],
    ],
  ])('of the parents %j', (parents, descendants, order) => {
    const graph = makeGraph(parents);
    expect(graph.descendants).toEqual(descendants);
    expect([...graph.order].sort()).toEqual([...order].sort());
    for (const [column, list] of parents.entries()) {
      for (const parent of list) expect(graph.order.indexOf(parent)).toBeLessThan(graph.order.indexOf(column));
    }
    expect(findCycle(parents)).toBeUndefined();
  });

  it('of 32 columns, each after all before it, is made at once', () => {
    const parents = Array.from({ length: 32 }, (_, column) => Array.from({ length: column }, (_, before) => before));
    expect(makeGraph(parents).descendants[0]).toHaveLength(31);
  });

  it.each([
    [[[0]], [0, 0]],
    [
      [[1], [0]],
      [0, 1, 0],
    ],
    [
      [[], [0, 3], [1], [2]],
      [1, 2, 3, 1],
    ],
  ])('with a cycle, %j, is refused', (parents, cycle) => {
    const found = findCycle(parents);
    // It may be entered anywhere; each follows one of its parents.
    expect([...new Set(found)].sort()).toEqual([...new Set(cycle)].sort());
    expect(found?.[0]).toBe(found?.at(-1));
    for (const [at, column] of (found ?? []).slice(1).entries()) expect(parents[column]).toContain(found?.[at]);
    expect(() => makeGraph(parents)).toThrow(RangeError);
    expect(() => makeGraph(parents)).toThrow('cycle of columns');
  });

  it('with a parent that is no column is refused', () => {
    expect(() => makeGraph([[], [2]])).toThrow(new RangeError('no column 2'));
    expect(() => graphOfStages([{ stage: 'a', after: ['b'] }])).toThrow(new RangeError('no column -1'));
  });
});
