/**
 * The graph of a pipeline's stages: parents, descendants, an order in which parents come first. Columns are indices
 * from 0. Pure.
 */

export interface Graph {
  /** Parents of each column. */
  readonly parents: readonly (readonly number[])[];
  /** All columns that a column leads to, directly or not, ascending. */
  readonly descendants: readonly (readonly number[])[];
  /** Every column once, parents before children. */
  readonly order: readonly number[];
}

/** The first cycle found, as columns with the first repeated at the end; undefined if there is none. */
export function findCycle(parents: readonly (readonly number[])[]): number[] | undefined {
  const done = new Set<number>();
  const visit = (column: number, trail: number[]): number[] | undefined => {
    const at = trail.indexOf(column);
    // The trail runs from child to parent; work runs the other way.
    if (at >= 0) return [...trail.slice(at), column].reverse();
    if (done.has(column)) return undefined;
    for (const parent of parents[column] ?? []) {
      const cycle = visit(parent, [...trail, column]);
      if (cycle !== undefined) return cycle;
    }
    done.add(column);
    return undefined;
  };
  for (let column = 0; column < parents.length; column++) {
    const cycle = visit(column, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

/** @throws RangeError for a parent that is no column, and for a cycle: `definitions/` refuses both with their place. */
export function makeGraph(parents: readonly (readonly number[])[]): Graph {
  for (const list of parents) {
    for (const parent of list) if (parents[parent] === undefined) throw new RangeError(`no column ${parent}`);
  }
  const cycle = findCycle(parents);
  if (cycle !== undefined) throw new RangeError(`cycle of columns ${cycle.join(' → ')}`);

  const order: number[] = [];
  const placed = new Set<number>();
  while (order.length < parents.length) {
    for (const [column, list] of parents.entries()) {
      if (!placed.has(column) && list.every((parent) => placed.has(parent))) {
        placed.add(column);
        order.push(column);
      }
    }
  }

  const descendants = parents.map(() => new Set<number>());
  for (const column of order) {
    for (const parent of parents[column] ?? []) {
      for (let ancestor = 0; ancestor < parents.length; ancestor++) {
        if (ancestor === parent || descendants[ancestor]?.has(parent)) descendants[ancestor]?.add(column);
      }
    }
  }
  return { parents, descendants: descendants.map((set) => [...set].sort((a, b) => a - b)), order };
}

/** The graph of named stages, each with the names of its parents. */
export function graphOfStages(
  stages: ReadonlyArray<{ readonly stage: string; readonly after: readonly string[] }>,
): Graph {
  const index = new Map(stages.map(({ stage }, column) => [stage, column]));
  return makeGraph(stages.map(({ after }) => after.map((name) => index.get(name) ?? -1)));
}
