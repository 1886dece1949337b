/** Sleeping until something happens: one sleeper, any number of reasons; a reason that comes too early is not lost. */

/** Who is never without a reason lets the system tell what there is all the same, so often. */
const TURN_MS = 50;

export class Wake {
  #pending = false;
  #turnedMs = performance.now();
  #resolve: (() => void) | undefined;

  now(): void {
    this.#pending = true;
    this.#resolve?.();
  }

  /** Ends at `now()`, or after `ms`. */
  async sleep(ms: number): Promise<void> {
    if (!this.#pending) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(ms, 2 ** 31 - 1));
        this.#resolve = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#resolve = undefined;
    } else if (performance.now() - this.#turnedMs < TURN_MS) {
      this.#pending = false;
      return;
    } else await new Promise((resolve) => setImmediate(resolve));
    this.#turnedMs = performance.now();
    this.#pending = false;
  }
}
