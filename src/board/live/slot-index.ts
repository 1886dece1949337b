/** A hash table from identities to slots that holds neither keys nor objects: 12 bytes an entry. Pure. */

const LEAST = 1024;

export class SlotIndex {
  /** Slot + 1; 0 is free. Linear probing, never more than half full. */
  #table = new Int32Array(LEAST);
  /** By slot. */
  #hashes = new Int32Array(LEAST / 2);
  #size = 0;
  readonly #isWanted: (slot: number) => boolean;

  /** @param isWanted whether a slot holds the identity that is looked for now */
  constructor(isWanted: (slot: number) => boolean) {
    this.#isWanted = isWanted;
  }

  /** The slot of the identity that is looked for; -1 if there is none. */
  find(hash: number): number {
    const mask = this.#table.length - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const slot = (this.#table[at] ?? 0) - 1;
      if (slot < 0) return -1;
      if (this.#hashes[slot] === hash && this.#isWanted(slot)) return slot;
    }
  }

  /** @param slot in the table under no other hash */
  insert(hash: number, slot: number): void {
    if (slot >= this.#hashes.length) this.#hashes = grown(this.#hashes, slot + 1);
    this.#hashes[slot] = hash;
    if (++this.#size * 2 > this.#table.length) this.#rehash();
    this.#place(slot);
  }

  remove(slot: number): void {
    const mask = this.#table.length - 1;
    let hole = (this.#hashes[slot] ?? 0) & mask;
    while (this.#table[hole] !== slot + 1) {
      if (this.#table[hole] === 0) return;
      hole = (hole + 1) & mask;
    }
    this.#size--;
    // What was pushed past the hole moves back, so that no search ends too early.
    for (let at = (hole + 1) & mask; ; at = (at + 1) & mask) {
      const other = (this.#table[at] ?? 0) - 1;
      if (other < 0) break;
      const home = (this.#hashes[other] ?? 0) & mask;
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      this.#table[hole] = other + 1;
      hole = at;
    }
    this.#table[hole] = 0;
  }

  #place(slot: number): void {
    const mask = this.#table.length - 1;
    let at = (this.#hashes[slot] ?? 0) & mask;
    while (this.#table[at] !== 0) at = (at + 1) & mask;
    this.#table[at] = slot + 1;
  }

  #rehash(): void {
    const old = this.#table;
    this.#table = new Int32Array(old.length * 2);
    for (const entry of old) if (entry !== 0) this.#place(entry - 1);
  }
}

type Numbers = Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

/** A copy with room for at least `least`, twice as long as before. */
export function grown<T extends Numbers>(numbers: T, least: number): T {
  const larger = new (numbers.constructor as new (length: number) => T)(Math.max(least, numbers.length * 2));
  larger.set(numbers);
  return larger;
}

/** FNV-1a, carried on over parts of texts. */
export const HASH_START = 0x811c9dc5 | 0;

export function hashOf(hash: number, text: string, start: number, end: number): number {
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
}

/** FNV's low bits are weak, and the table takes those. */
export function mixed(hash: number): number {
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}

export function sameText(a: string, aStart: number, b: string, bStart: number, length: number): boolean {
  for (let at = 0; at < length; at++) if (a.charCodeAt(aStart + at) !== b.charCodeAt(bStart + at)) return false;
  return true;
}
