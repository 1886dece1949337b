/**
 * The order of names: rank, posted time, the rest; of the same name by group. As texts compare, but without texts: numbers
 * that hold a piece of the name and the record's place are sorted, pieces that are equal by the next piece. Pure.
 */
import type { NameTable } from './table.ts';
import { LETTERS_AT, POSTED_AT } from './view.ts';

/** Sorted by comparing names two by two: less than this is not worth the counting. */
const FEW = 12;
/** Bytes of a piece: with the index they make one number of 64 bits. */
const PIECE = 4;

/** Room for a hundred ranks of one step more than are counted. */
const MOST_KEYS = 0xffff_0000;

/** Which half of a number of 64 bits the first of two of 32 is. */
const [LOW, HIGH] = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? [0, 1] : [1, 0];

/** @returns the table's records, in order */
export function orderOf(table: NameTable): Uint32Array {
  return new Sorting(table).run();
}

class Sorting {
  readonly #table: NameTable;
  readonly #order: Uint32Array;
  readonly #keys: BigUint64Array;
  readonly #halves: Uint32Array;

  constructor(table: NameTable) {
    this.#table = table;
    this.#order = table.records();
    this.#keys = new BigUint64Array(table.length);
    this.#halves = new Uint32Array(this.#keys.buffer);
  }

  run(): Uint32Array {
    // Times that had to be made coarse to fit are equal though they differ: what is equal begins with the time.
    const depth = this.#timeKeys() > 1 ? POSTED_AT : LETTERS_AT;
    this.#sortKeys(0, this.#order.length, depth);
    return this.#order;
  }

  /** Rank and posted time as one number of 32 bits a name. @returns how many steps of the time are taken for one */
  #timeKeys(): number {
    const table = this.#table;
    const order = this.#order;
    const posted = new Float64Array(order.length);
    let least = Number.POSITIVE_INFINITY;
    let most = 0;
    for (let at = 0; at < order.length; at++) {
      const digits = table.postedDigits(order[at] ?? 0);
      posted[at] = digits;
      if (digits < least) least = digits;
      if (digits > most) most = digits;
    }
    const coarse = Math.max(1, Math.ceil(((most - least + 1) * 100) / MOST_KEYS));
    const steps = Math.floor((most - least) / coarse) + 1;
    for (let at = 0; at < order.length; at++) {
      const record = order[at] ?? 0;
      const step = Math.floor(((posted[at] ?? 0) - least) / coarse);
      this.#halves[2 * at + HIGH] = table.rankOf(record) * steps + step;
      this.#halves[2 * at + LOW] = record;
    }
    return coarse;
  }

  /** Sorts what has keys, and what has equal keys by what follows at `depth`. */
  #sortKeys(from: number, to: number, depth: number): void {
    const halves = this.#halves;
    this.#keys.subarray(from, to).sort();
    for (let at = from; at < to; at++) this.#order[at] = halves[2 * at + LOW] ?? 0;
    for (let at = from; at < to; ) {
      const key = halves[2 * at + HIGH];
      let end = at + 1;
      while (end < to && halves[2 * end + HIGH] === key) end++;
      if (end - at > 1) this.#sortEqual(at, end, depth);
      at = end;
    }
  }

  /** Sorts names that are equal before `depth`. */
  #sortEqual(from: number, to: number, depth: number): void {
    if (to - from < FEW) {
      this.#insert(from, to, depth);
      return;
    }
    const common = depth + this.#commonLength(from, to, depth);
    if (this.#areOver(from, to, common)) this.#sortGroups(from, to);
    else this.#sortPieces(from, to, common);
  }

  /** By the piece at `depth`: a name that ends before it is padded with zeros, which no name holds. */
  #sortPieces(from: number, to: number, depth: number): void {
    const table = this.#table;
    const { bytes } = table;
    for (let at = from; at < to; at++) {
      const record = this.#order[at] ?? 0;
      const start = table.startOf(record) + depth;
      const end = table.endOf(record);
      let piece = 0;
      for (let place = start; place < start + PIECE; place++) {
        piece = piece * 256 + (place < end ? (bytes[place] ?? 0) : 0);
      }
      this.#halves[2 * at + HIGH] = piece;
      this.#halves[2 * at + LOW] = record;
    }
    this.#sortKeys(from, to, depth + PIECE);
  }

  #areOver(from: number, to: number, depth: number): boolean {
    const table = this.#table;
    for (let at = from; at < to; at++) {
      const record = this.#order[at] ?? 0;
      if (table.startOf(record) + depth < table.endOf(record)) return false;
    }
    return true;
  }

  /** One name in several groups. */
  #sortGroups(from: number, to: number): void {
    this.#order.subarray(from, to).sort((a, b) => this.#table.groupOf(a) - this.#table.groupOf(b));
  }

  /** How many bytes behind `depth` all of them have in common. */
  #commonLength(from: number, to: number, depth: number): number {
    const table = this.#table;
    const { bytes } = table;
    const first = this.#order[from] ?? 0;
    const start = table.startOf(first) + depth;
    let common = Math.max(0, table.endOf(first) - start);
    for (let at = from + 1; at < to && common > 0; at++) {
      const record = this.#order[at] ?? 0;
      const other = table.startOf(record) + depth;
      const most = Math.min(common, table.endOf(record) - other);
      let same = 0;
      while (same < most && bytes[start + same] === bytes[other + same]) same++;
      common = same;
    }
    return common;
  }

  #insert(from: number, to: number, depth: number): void {
    const order = this.#order;
    for (let at = from + 1; at < to; at++) {
      const record = order[at] ?? 0;
      let place = at;
      while (place > from && this.#isBefore(record, order[place - 1] ?? 0, depth)) {
        order[place] = order[place - 1] ?? 0;
        place--;
      }
      order[place] = record;
    }
  }

  #isBefore(a: number, b: number, depth: number): boolean {
    const table = this.#table;
    const { bytes } = table;
    let left = table.startOf(a) + depth;
    let right = table.startOf(b) + depth;
    const leftEnd = table.endOf(a);
    const rightEnd = table.endOf(b);
    for (; left < leftEnd && right < rightEnd; left++, right++) {
      const difference = (bytes[left] ?? 0) - (bytes[right] ?? 0);
      if (difference !== 0) return difference < 0;
    }
    if (left < leftEnd || right < rightEnd) return right < rightEnd;
    return table.groupOf(a) < table.groupOf(b);
  }
}
