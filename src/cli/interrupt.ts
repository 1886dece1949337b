/**
 * A first SIGINT, SIGTERM or SIGHUP lets a bulk command end cleanly after the entry at hand, with what it did in the
 * journal; a second one ends it at once.
 */
import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export class Interrupt {
  #signal: NodeJS.Signals | undefined;

  /** Runs `work`; signals are heard while it does. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const hear = (signal: NodeJS.Signals): void => {
      this.#signal = signal;
      release();
    };
    const release = (): void => {
      for (const signal of SIGNALS) process.off(signal, hear);
    };
    for (const signal of SIGNALS) process.on(signal, hear);
    try {
      return await work();
    } finally {
      release();
    }
  }

  get isSet(): boolean {
    return this.#signal !== undefined;
  }

  /** 128 + the signal's number, once one was heard. */
  get exit(): number | undefined {
    return this.#signal === undefined ? undefined : 128 + constants.signals[this.#signal];
  }
}

/** Lets signals, timers and the journal have their turn in a long loop. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
