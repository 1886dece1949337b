/**
 * When to look at a folder again: at a hint, at an interval that grows while nothing happens, and never so often that
 * looking takes more than a tenth of the time. Pure but for the clock that it is given.
 */

export interface LookTimes {
  /** Between looks without a hint, at first and at most (ms). */
  readonly leastMs: number;
  readonly mostMs: number;
  /** A look with a reason may take one part in so many of the time. */
  readonly costFactor?: number;
  /** A look that found something is a reason for the next one. */
  readonly findIsReason?: boolean;
  /** How long after a look the next hint waits for others. */
  readonly settleMs?: number;
}

/** A board whose changes the kernel reports is looked at seldom; one that is polled, often. */
export const WATCHED: LookTimes = { leastMs: 2_000, mostMs: 15_000 };
/** Within five seconds something has begun: a tenth is left for the look and the start. */
export const POLLED: LookTimes = { leastMs: 250, mostMs: 4_900, findIsReason: true };

/** At most a tenth of the time when there is a reason; a hundredth when only the clock says so. */
const COST_FACTOR = 10;
const IDLE_COST_FACTOR = 100;
/** After a hint others usually follow at once. */
const SETTLE_MS = 10;
const GROWTH = 1.5;

export class Look {
  readonly #times: LookTimes;
  #intervalMs: number;
  #lastMs = Number.NEGATIVE_INFINITY;
  #costMs = 0;
  #hinted = false;
  #found = false;

  constructor(times: LookTimes) {
    this.#times = times;
    this.#intervalMs = times.leastMs;
  }

  hint(): void {
    this.#hinted = true;
    this.#intervalMs = this.#times.leastMs;
  }

  get isHinted(): boolean {
    return this.#hinted;
  }

  /** Monotonic time from which on the next look is due. */
  dueMs(): number {
    const { costFactor = COST_FACTOR, settleMs = SETTLE_MS, findIsReason = false } = this.#times;
    const factor = this.#hinted || (findIsReason && this.#found) ? costFactor : IDLE_COST_FACTOR;
    return this.#lastMs + Math.max(this.#costMs * factor, this.#hinted ? settleMs : this.#intervalMs);
  }

  /** Looks, and remembers what it cost. @param look returns whether anything was found */
  take(nowMs: number, clock: () => number, look: () => boolean): void {
    this.#hinted = false;
    this.#found = look();
    this.#lastMs = clock();
    this.#costMs = this.#lastMs - nowMs;
    this.#intervalMs = this.#found ? this.#times.leastMs : Math.min(this.#intervalMs * GROWTH, this.#times.mostMs);
  }
}
