/** Sleeping until something happens: one sleeper, any number of reasons; a reason that comes too early is not lost. */

export class Wake {
  #pending = false;
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
    }
    this.#pending = false;
  }
}
