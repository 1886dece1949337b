/** Work that takes long, done now and then, a moment in each turn: the main loop must not stand still. */

/** A turn takes no longer. */
const SLICE_MS = 50;

export class Sliced<Result> {
  readonly #begin: () => Generator<void, Result>;
  readonly #everyMs: number;
  #steps: Generator<void, Result> | undefined;
  #endedMs = Number.NEGATIVE_INFINITY;

  /** @param everyMs between the end of one pass and the beginning of the next */
  constructor(begin: () => Generator<void, Result>, everyMs: number) {
    this.#begin = begin;
    this.#everyMs = everyMs;
  }

  /** @returns what the pass came to, when it has ended in this turn. A pass that throws is over. */
  turn(): Result | undefined {
    if (this.#steps === undefined && performance.now() - this.#endedMs < this.#everyMs) return undefined;
    this.#steps ??= this.#begin();
    const until = performance.now() + SLICE_MS;
    let isOver = true;
    try {
      for (;;) {
        const { done, value } = this.#steps.next();
        if (done === true) return value;
        if (performance.now() < until) continue;
        isOver = false;
        return undefined;
      }
    } finally {
      if (isOver) {
        this.#steps = undefined;
        this.#endedMs = performance.now();
      }
    }
  }
}
