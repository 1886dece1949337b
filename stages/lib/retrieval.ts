import { type Estimate, estimate, type Limits } from './estimate.ts';
import type { Plane } from './segment.ts';
import { type Sounding, soundingsOf } from './sounding.ts';

/** How a sounding came out; its place in this list stands in the table. */
export const OUTCOMES = ['good', 'poor', 'iterations', 'diverged', 'input'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface RetrievalOptions extends Limits {
  /** Above it a state that converged does not describe what was measured. */
  readonly chi2: number;
  /** The brightest soundings only. */
  readonly soundings: number;
}

export const RETRIEVAL: RetrievalOptions = {
  iterations: 12,
  divergences: 4,
  convergence: 0.01,
  chi2: 2,
  soundings: 400,
};

export interface Retrieved {
  readonly sounding: Sounding;
  readonly outcome: Outcome;
  /** Undefined if there was too little to work on. */
  readonly estimate: Estimate | undefined;
}

/** Every sounding of a plane, one after the other; the same plane gives the same numbers. */
export function retrieveAll(plane: Plane, options: RetrievalOptions): Retrieved[] {
  return soundingsOf(plane, options.soundings).map((sounding) => {
    // Of less than half a window seven numbers are guessed rather than measured.
    if (2 * sounding.pixels < sounding.window) return { sounding, outcome: 'input', estimate: undefined };
    const made = estimate(sounding.problem, options);
    const poor = made.chi2 > options.chi2 ? 'poor' : 'good';
    return { sounding, outcome: made.outcome === 'converged' ? poor : made.outcome, estimate: made };
  });
}

export interface Summary {
  readonly soundings: number;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  readonly iterations: { readonly total: number; readonly mean: number; readonly most: number };
  readonly divergences: number;
  /** Medians over the good soundings; null if there is none. */
  readonly chi2: number | null;
  readonly radius: number | null;
}

export function summarize(retrieved: readonly Retrieved[]): Summary {
  const outcomes = Object.fromEntries(
    OUTCOMES.map((outcome) => [outcome, retrieved.filter((each) => each.outcome === outcome).length]),
  ) as Record<Outcome, number>;
  const estimates = retrieved.flatMap((each) => (each.estimate === undefined ? [] : [each.estimate]));
  const total = estimates.reduce((sum, each) => sum + each.iterations, 0);
  const good = retrieved.flatMap((each) => (each.outcome === 'good' && each.estimate ? [each.estimate] : []));
  return {
    soundings: retrieved.length,
    outcomes,
    iterations: {
      total,
      mean: estimates.length === 0 ? 0 : round(total / estimates.length),
      most: Math.max(0, ...estimates.map((each) => each.iterations)),
    },
    divergences: estimates.reduce((sum, each) => sum + each.divergences, 0),
    chi2: median(good.map((each) => each.chi2)),
    radius: median(good.map((each) => Math.exp(each.state[4] ?? Number.NaN))),
  };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  return middle === undefined ? null : round(middle);
}
