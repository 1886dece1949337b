/** A set of slots: a bit each and a list, for a whole board comes at once. Pure. */
import { grown } from './slot-index.ts';

export class SlotSet {
  /** By slot: 1 if it is in the set. May be shorter than there are slots. */
  flags = new Uint8Array(1024);
  #slots: number[] = [];

  get size(): number {
    return this.#slots.length;
  }

  /** In the order in which they were added. */
  get slots(): readonly number[] {
    return this.#slots;
  }

  addAll(slots: readonly number[]): void {
    for (const slot of slots) {
      if (slot >= this.flags.length) this.flags = grown(this.flags, slot + 1);
      if (this.flags[slot] === 1) continue;
      this.flags[slot] = 1;
      this.#slots.push(slot);
    }
  }

  clear(): void {
    for (const slot of this.#slots) this.flags[slot] = 0;
    this.#slots = [];
  }
}
