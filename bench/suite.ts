/**
 * What the benchmarks have in common: a suite measures, and gives rows; `main.ts` runs suites, prints their rows as one
 * table and writes `docs/performance.md`. A new row is a new element of what a suite gives; a new suite is one line in
 * `suites.ts`. Each suite runs in a process of its own.
 */
import { median } from './measure.ts';

export interface Bench {
  /** The project's folder. */
  readonly root: string;
  /** An empty folder of this suite's, on the disk that is measured. Nothing may be removed in it before the run's end: see `post.ts`. */
  readonly folder: string;
  /** Smaller sizes, the same rows: all suites together within 90 s, else within 10 minutes. */
  readonly quick: boolean;
  /** Progress, for whoever waits. */
  say(line: string): void;
}

/** A figure that has to be at least, or at most, so much. */
export type Target = { readonly atLeast: number } | { readonly atMost: number };

export interface Row {
  /** What Slateboard did, with its size: `counts of 1,000,000 entries`. */
  readonly what: string;
  /** In its own unit: `1,094 steps/s`. */
  readonly ours: string;
  /** What it is measured against, and that one's figure in the same unit. */
  readonly against: string;
  readonly theirs: string;
  /** What the target is about: a ratio of medians (unit ×), or a figure of its own. Undefined: not measured, `note` says why. */
  readonly value: number | undefined;
  readonly unit: '×' | 'ms' | '%' | 'MB';
  /** A row without is there to be known. */
  readonly target?: Target;
  readonly note?: string;
}

export interface Suite {
  /** `npm run bench -- NAME` runs this one alone. */
  readonly name: string;
  /** A paragraph for `docs/performance.md`: what is measured, how, and what is left out. */
  readonly about: string;
  run(bench: Bench): Promise<readonly Row[]>;
}

export type Verdict = 'ok' | 'MISSED' | 'not measured' | '';

export function verdictOf({ value, target }: Row): Verdict {
  if (value === undefined || Number.isNaN(value)) return 'not measured';
  if (target === undefined) return '';
  const isMet = 'atLeast' in target ? value >= target.atLeast : value <= target.atMost;
  return isMet ? 'ok' : 'MISSED';
}

/**
 * Runs all contenders in turn, so many rounds, so that what slows the machine for a while slows all of them.
 * @returns what each gave, by name, a number a round
 */
export async function alternate<Name extends string>(
  rounds: number,
  contenders: Readonly<Record<Name, (round: number) => number | Promise<number>>>,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(contenders) as Name[];
  const results = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round < rounds; round++) {
    for (const name of names) results[name].push(await contenders[name](round));
  }
  return results;
}

/** The median of the rounds' ratios: what slows the machine in one round cancels out in it. */
export function ratioOf(above: readonly number[], below: readonly number[]): number {
  return median(above.map((value, round) => value / (below[round] ?? Number.NaN)));
}
