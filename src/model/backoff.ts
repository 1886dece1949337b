/** How long an entry waits before its next try. */

import type { Backoff } from './definition.ts';

/** The share of a delay that chance may add or take: entries that failed together do not come back together. */
const SPREAD = 0.1;

/**
 * first × factor^(failedTries − 1), at most `mostMs`.
 *
 * @param failedTries tries that have failed so far; 0 or less waits not at all
 * @param chance 0 to 1, drawn by the caller: spreads the delay by up to ±10 %, never beyond `mostMs`. 0.5 is no spread.
 * @returns milliseconds, whole, finite, 0 or more
 */
export function backoffMs(backoff: Backoff, failedTries: number, chance = 0.5): number {
  if (failedTries < 1 || backoff.firstMs <= 0) return 0;
  // An overflowing power is Infinity, which the cap turns into mostMs.
  const plain = Math.min(backoff.firstMs * backoff.factor ** (failedTries - 1), backoff.mostMs);
  return Math.round(Math.min(plain * (1 + SPREAD * (2 * chance - 1)), backoff.mostMs));
}
