/** Numbers over time as blocks of eight heights. Unknown is not nothing: it stays a gap. Pure. */
import type { Series } from '../data.ts';

export type Value = number | undefined;

function known(value: Value): value is number {
  return value !== undefined && Number.isFinite(value);
}

/** So many values, each the mean of the points that fall to it, or the point it falls to. */
export function resample(points: readonly Value[], cells: number): Value[] {
  const { length } = points;
  if (length === 0 || cells <= 0) return [];
  return Array.from({ length: cells }, (_, cell) => {
    const from = Math.floor((cell * length) / cells);
    const to = Math.max(from + 1, Math.floor(((cell + 1) * length) / cells));
    const part = points.slice(from, to).filter(known);
    return part.length === 0 ? undefined : part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}

/** Lines of a chart from the top down; `top` is the value of its upper edge. */
export function plotLines(values: readonly Value[], top: number, rows: number, bars: readonly string[]): string[] {
  const levels = bars.length;
  const heights = values.map((value) => {
    if (!known(value) || value <= 0 || !(top > 0)) return 0;
    // What is more than nothing is seen.
    return Math.max(1, Math.min(rows * levels, Math.round((value / top) * rows * levels)));
  });
  return Array.from({ length: rows }, (_, row) => {
    const below = (rows - 1 - row) * levels;
    return heights
      .map((height) => (height > below ? (bars[Math.min(levels, height - below) - 1] ?? ' ') : ' '))
      .join('');
  });
}

/** The line below: broken where nothing is known. */
export function axisLine(values: readonly Value[], line: string): string {
  return values.map((value) => (known(value) ? line : ' ')).join('');
}

export interface Summary {
  /** The last that is known, and how many points ago: 0 is now. */
  readonly latest: number;
  readonly ago: number;
  readonly average: number;
  readonly most: number;
  /** When the most was: the beginning of its point. */
  readonly mostMs: number;
}

/** What a series says in words. Undefined: nothing is known. */
export function summaryOf({ points, endMs, stepMs }: Series): Summary | undefined {
  let sum = 0;
  let number = 0;
  let most = -1;
  let last = -1;
  for (const [index, value] of points.entries()) {
    if (!known(value)) continue;
    sum += value;
    number++;
    last = index;
    if (most < 0 || value > (points[most] ?? 0)) most = index;
  }
  if (number === 0) return undefined;
  const end = points.length - 1;
  return {
    latest: points[last] ?? 0,
    ago: end - last,
    average: sum / number,
    most: points[most] ?? 0,
    mostMs: endMs - (points.length - most) * stepMs,
  };
}
