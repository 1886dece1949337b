/**
 * How often a board is looked at. Reading it may take a tenth of the time when something has changed that nobody told of,
 * and a hundredth when hints tell of every change and the look is only to be safe. Pure: the time is given.
 */

/** Between two looks: a stat a folder. */
const EVERY_MS = 1_000;
/** Between two readings of what has changed and hints have told of already. */
const SAFETY_MS = 5_000;
const COST_FACTOR = 10;
const SAFETY_FACTOR = 100;
/** Changes that come together are looked at together. */
const HINT_MS = 100;
/** When nobody sees it. */
const UNFOCUSED = 3;
const LEAST_FACTOR = 1 / 8;
const MOST_FACTOR = 64;

export class Pace {
  /** True: hints tell of changes, and only the clock calls for reading. */
  readonly isWatched: boolean;
  readonly #everyMs: number;
  #factor = 1;
  #isFocused = true;
  #costMs = 0;
  #readableAt = 0;
  #safetyAt = 0;

  constructor(isWatched: boolean, everyMs = EVERY_MS) {
    this.isWatched = isWatched;
    this.#everyMs = everyMs;
  }

  /** Between two looks now. */
  get everyMs(): number {
    return Math.max(this.#everyMs * this.#slowness, this.isWatched ? 0 : this.#costMs * COST_FACTOR);
  }

  /** From a hint to the look at what it told of. */
  get hintMs(): number {
    return Math.min(HINT_MS, this.#everyMs) * this.#slowness;
  }

  /** @param factor below 1 looks more often */
  change(factor: number): void {
    this.#factor = Math.min(MOST_FACTOR, Math.max(LEAST_FACTOR, this.#factor * factor));
  }

  setFocused(isFocused: boolean): void {
    this.#isFocused = isFocused;
  }

  /** May a folder be read that has changed? @param isUrgent no hint has told what */
  mayRead(nowMs: number, isUrgent: boolean): boolean {
    return nowMs >= (isUrgent ? this.#readableAt : this.#safetyAt);
  }

  /** Folders were read. */
  hasRead(nowMs: number, costMs: number): void {
    this.#costMs = costMs;
    // A cheap look at a small folder does not bring the next dear one nearer.
    this.#readableAt = Math.max(this.#readableAt, nowMs + costMs * COST_FACTOR);
    const least = Math.min(SAFETY_MS, this.#everyMs * (SAFETY_MS / EVERY_MS));
    this.#safetyAt = Math.max(this.#safetyAt, nowMs + Math.max(least * this.#slowness, costMs * SAFETY_FACTOR));
  }

  get #slowness(): number {
    return this.#factor * (this.#isFocused ? 1 : UNFOCUSED);
  }
}
