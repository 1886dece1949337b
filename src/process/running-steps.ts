/** What is done to all steps that run at once: stopped, left, suspended. */
import type { Slot } from './slot.ts';

export class RunningSteps {
  readonly #busy: ReadonlySet<Slot>;
  #hasLeft = false;

  constructor(busy: ReadonlySet<Slot>) {
    this.#busy = busy;
  }

  /** When what running steps say of their entries is to be read. */
  get hearMs(): number {
    let first = Number.POSITIVE_INFINITY;
    // Asked for at each turn of the loop: nothing is made for it.
    for (const { hearMs } of this.#busy) if (hearMs !== undefined && hearMs < first) first = hearMs;
    return first;
  }

  stopAll(atOnce: boolean): void {
    for (const { execution } of this.#busy) {
      execution.stop('halt', atOnce);
      this.#hasLeft ||= execution.isLeft;
    }
  }

  /** Something that was to be stopped at once goes on, and its claim with it. */
  get hasLeft(): boolean {
    return this.#hasLeft;
  }

  /** At the end of this life: what runs on engines goes on, and is others' to take over; the rest is ended. */
  leaveAll(): void {
    for (const { execution } of this.#busy) execution.leave();
  }

  suspendAll(): void {
    for (const { execution } of this.#busy) execution.suspend();
  }

  resumeAll(): void {
    for (const { execution } of this.#busy) execution.resume();
  }

  /** Settled when nothing runs any more. */
  async stopped(): Promise<void> {
    await Promise.all([...this.#busy].map(({ execution }) => execution.ended));
  }
}
