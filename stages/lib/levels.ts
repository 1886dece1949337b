import { forOverlap, type Place } from './tiles.ts';

/** A tile's pixels, NaN where masked. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly signal: Float32Array | Float64Array;
}

/** The first tile of the pair minus the second, where both are good. */
interface Step {
  readonly a: number;
  readonly b: number;
  readonly difference: number;
  readonly pixels: number;
}

/** Fewer common pixels say nothing about a level. */
const LEAST_OVERLAP = 20;

/**
 * What to add to each tile so that they agree where they overlap. Every tile had a sky of its own taken off, and in a crowded field that
 * "sky" is starlight which differs from tile to tile: put together as they are, they would show their seams. The levels are the least
 * squares solution for the medians of the differences, each weighing as many pixels as it has; tiles that no overlap ties together keep
 * a mean of 0 each.
 */
export function matchLevels(tiles: readonly Pixels[], places: readonly Place[]): number[] {
  const steps: Step[] = [];
  for (let a = 0; a < tiles.length; a++) {
    for (let b = a + 1; b < tiles.length; b++) {
      const step = stepBetween(tiles, places, a, b);
      if (step !== undefined) steps.push(step);
    }
  }
  const levels = solve(tiles.length, steps);
  for (const island of islands(tiles.length, steps)) {
    const mean = island.reduce((sum, at) => sum + (levels[at] ?? 0), 0) / island.length;
    for (const at of island) levels[at] = (levels[at] ?? 0) - mean;
  }
  return levels;
}

function stepBetween(tiles: readonly Pixels[], places: readonly Place[], a: number, b: number): Step | undefined {
  const [tileA, tileB, placeA, placeB] = [tiles[a], tiles[b], places[a], places[b]];
  if (tileA === undefined || tileB === undefined || placeA === undefined || placeB === undefined) return undefined;
  const differences: number[] = [];
  forOverlap([tileA, placeA], [tileB, placeB], (i, j) => {
    const difference = (tileA.signal[i] as number) - (tileB.signal[j] as number);
    if (Number.isFinite(difference)) differences.push(difference);
  });
  if (differences.length < LEAST_OVERLAP) return undefined;
  const sorted = Float64Array.from(differences).sort();
  const middle = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(middle)] as number) + (sorted[Math.ceil(middle)] as number)) / 2;
  return { a, b, difference: median, pixels: differences.length };
}

/** Sets of tiles that overlaps tie together. */
function islands(count: number, steps: readonly Step[]): number[][] {
  const of = Array.from({ length: count }, (_, at) => at);
  for (const { a, b } of steps) {
    const [from, to] = [of[a], of[b]];
    of.forEach((island, at) => {
      if (island === from && to !== undefined) of[at] = to;
    });
  }
  const found = new Map<number, number[]>();
  of.forEach((island, at) => {
    found.set(island, [...(found.get(island) ?? []), at]);
  });
  return [...found.values()];
}

/** Solves the normal equations of `level b - level a = difference` by elimination; a row without a pivot is left at 0. */
function solve(count: number, steps: readonly Step[]): number[] {
  const rows = Array.from({ length: count }, () => new Float64Array(count + 1));
  const add = (row: number, column: number, value: number) => {
    const cells = rows[row];
    if (cells !== undefined) cells[column] = (cells[column] as number) + value;
  };
  for (const { a, b, difference, pixels } of steps) {
    add(a, a, pixels);
    add(b, b, pixels);
    add(a, b, -pixels);
    add(b, a, -pixels);
    add(a, count, -pixels * difference);
    add(b, count, pixels * difference);
  }
  const cell = (row: number, column: number) => rows[row]?.[column] ?? 0;
  const levels = new Array<number>(count).fill(0);
  // The matrix is a graph's Laplacian: positive except for one null vector an island, which ends as a row of zeros.
  const scale = Math.max(1, ...rows.map((row, at) => row[at] as number));
  const hasPivot: boolean[] = [];
  for (let at = 0; at < count; at++) {
    hasPivot[at] = cell(at, at) > 1e-9 * scale;
    if (!hasPivot[at]) continue;
    for (let row = at + 1; row < count; row++) {
      const factor = cell(row, at) / cell(at, at);
      if (factor === 0) continue;
      for (let column = at; column <= count; column++) add(row, column, -factor * cell(at, column));
    }
  }
  for (let at = count - 1; at >= 0; at--) {
    if (!hasPivot[at]) continue;
    let rest = cell(at, count);
    for (let column = at + 1; column < count; column++) rest -= cell(at, column) * (levels[column] ?? 0);
    levels[at] = rest / cell(at, at);
  }
  return levels;
}
