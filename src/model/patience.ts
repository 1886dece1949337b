/**
 * When room is kept free for a step that does not fit, so that a stream of smaller ones does not pass it for ever. Pure:
 * times are given.
 */

/** So many smaller ones may pass it, or for so long. */
export const MOST_PASSES = 16;
export const MOST_WAIT_MS = 10_000;

export class Patience {
  #who: string | undefined;
  #sinceMs = 0;
  #passes = 0;

  /** What now stands first of those that do not fit; undefined: all fit. Another one begins to wait anew. */
  sees(who: string | undefined, nowMs: number): void {
    if (who === this.#who) return;
    this.#who = who;
    this.#sinceMs = nowMs;
    this.#passes = 0;
  }

  /** One behind it was served. */
  passed(): void {
    if (this.#who !== undefined) this.#passes++;
  }

  get who(): string | undefined {
    return this.#who;
  }

  /** True if nothing may pass it any more. */
  isOver(nowMs: number): boolean {
    return this.#who !== undefined && (this.#passes >= MOST_PASSES || nowMs - this.#sinceMs >= MOST_WAIT_MS);
  }

  /** How long it may still be passed; undefined: nothing waits. */
  leftMs(nowMs: number): number | undefined {
    return this.#who === undefined ? undefined : Math.max(0, this.#sinceMs + MOST_WAIT_MS - nowMs);
  }
}
