/** Slots in an order, changed in place: a list of 200,000 is not copied for every change. Pure. */
import type { Compare } from './orders.ts';
import { grown } from './slot-index.ts';
import type { SlotSet } from './slot-set.ts';

export class SlotList {
  #slots = new Uint32Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** @returns -1 beyond the end */
  at(index: number): number {
    return index >= 0 && index < this.#length ? (this.#slots[index] ?? -1) : -1;
  }

  /** A view of what it holds, until the next change. */
  get slots(): Uint32Array {
    return this.#slots.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }

  push(slot: number): void {
    if (this.#length === this.#slots.length) this.#slots = grown(this.#slots, this.#length + 1);
    this.#slots[this.#length++] = slot;
  }

  /** From now on it holds these, which are nobody else's any longer. */
  take(slots: Uint32Array<ArrayBuffer>): void {
    this.#slots = slots;
    this.#length = slots.length;
  }

  /** Takes out those that are in the set. */
  remove({ flags }: SlotSet): void {
    const slots = this.#slots;
    let to = 0;
    while (to < this.#length && flags[slots[to] ?? 0] !== 1) to++;
    for (let from = to; from < this.#length; from++) {
      const slot = slots[from] ?? 0;
      if (flags[slot] !== 1) slots[to++] = slot;
    }
    this.#length = to;
  }

  /** Puts slots, sorted, each in its place. */
  insert(sorted: readonly number[], compare: Compare): void {
    const length = this.#length + sorted.length;
    if (length > this.#slots.length) this.#slots = grown(this.#slots, length);
    // From behind: what stands behind a place moves on by as many as are still to be put before it.
    let end = this.#length;
    for (let nth = sorted.length - 1; nth >= 0; nth--) {
      const slot = sorted[nth] ?? 0;
      const place = this.#placeOf(slot, end, compare);
      this.#slots.copyWithin(place + nth + 1, place, end);
      this.#slots[place + nth] = slot;
      end = place;
    }
    this.#length = length;
  }

  /** How many of the first `end` come before the slot. */
  #placeOf(slot: number, end: number, compare: Compare): number {
    let low = 0;
    let high = end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compare(this.#slots[middle] ?? 0, slot) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
