/** Simulated time: what the code under test asks of `Date` and `performance` while a simulation runs. */

/** 2026-11-21, noon: no run passes midnight by accident of the hour at which it is started. */
export const EPOCH_MS = Date.UTC(2026, 10, 21, 12);

export class SimClock {
  /** Milliseconds since the simulation began. */
  nowMs = 0;

  get dateMs(): number {
    return EPOCH_MS + this.nowMs;
  }

  /** Runs it to its end without a pause: nothing else sees the borrowed clocks. */
  during<T>(run: () => T): T {
    const { now } = Date;
    const monotonic = performance.now;
    const { stackTraceLimit } = Error;
    // Most errors here are answers: ENOENT, EEXIST.
    Error.stackTraceLimit = 0;
    Date.now = () => this.dateMs;
    performance.now = () => this.nowMs;
    try {
      return run();
    } finally {
      Date.now = now;
      performance.now = monotonic;
      Error.stackTraceLimit = stackTraceLimit;
    }
  }
}

/** Mulberry32: the same numbers in every run. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
