/**
 * Names of entries in the order they are served: as texts, rank first, then posted time, then the rest. Comparing a million
 * texts with one another takes longer than reading them from the disk, so numbers that say the same are sorted instead, and
 * texts are compared only where few have the same number. Pure.
 */
import { POSTED_AT, POSTED_LENGTH, postedMsOf, rankOf } from '../model/name.ts';

/** Whole numbers up to here are exact. */
const EXACT = 2 ** 53;
/** Bits of a character: names are ASCII. */
const CHAR = 128;
/** So few are put in order by comparing texts. */
const FEW = 24;

type Tie = (a: number, b: number) => number;

/**
 * @param files names that `parseName` takes
 * @param tie the order of two places that have the same name
 * @returns places of `files`, in order
 */
export function sortNames(files: readonly string[], tie: Tie): Uint32Array {
  const sorter = new Sorter(files, tie);
  sorter.sortAll();
  return sorter.order;
}

class Sorter {
  readonly order: Uint32Array;
  readonly #files: readonly string[];
  readonly #tie: Tie;
  /** Of each place in a range a number, and behind it the place's own: sorted, they are the order. */
  readonly #packed: Float64Array;

  constructor(files: readonly string[], tie: Tie) {
    this.#files = files;
    this.#tie = tie;
    this.order = new Uint32Array(files.length);
    this.#packed = new Float64Array(files.length);
    for (let at = 0; at < files.length; at++) this.order[at] = at;
  }

  sortAll(): void {
    const { length } = this.order;
    const packed = this.#packed;
    let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let at = 0; at < length; at++) {
      const seconds = postedMsOf(this.#files[at] ?? '') / 1000;
      packed[at] = seconds;
      if (seconds < first) first = seconds;
      if (seconds > last) last = seconds;
    }
    const span = last - first + 1;
    // Times that are centuries apart are told apart less exactly: the texts have the last word.
    const coarse = Math.max(1, Math.ceil((100 * span * placesOf(length)) / EXACT));
    this.#sort(
      0,
      length,
      (place, at) => Math.floor((rankOf(this.#files[place] ?? '') * span + (packed[at] ?? 0) - first) / coarse),
      coarse === 1 ? POSTED_AT + POSTED_LENGTH : 0,
    );
  }

  /** Sorts a range by a number, and what has the same number by the text from there on. */
  #sort(start: number, end: number, numberOf: (place: number, at: number) => number, from: number): void {
    const { order } = this;
    const scale = placesOf(end - start);
    const packed = this.#packed.subarray(start, end);
    for (let at = 0; at < packed.length; at++) packed[at] = numberOf(order[start + at] ?? 0, start + at) * scale + at;
    packed.sort();
    const places = order.slice(start, end);
    let same = start;
    let before = -1;
    for (let at = start; at < end; at++) {
      const value = packed[at - start] ?? 0;
      const number = Math.floor(value / scale);
      order[at] = places[value - number * scale] ?? 0;
      if (number !== before) {
        this.#sortTexts(same, at, from);
        same = at;
      }
      before = number;
    }
    this.#sortTexts(same, end, from);
  }

  /** Sorts a range whose texts are the same up to `from`. */
  #sortTexts(start: number, end: number, from: number): void {
    if (end - start <= FEW) {
      this.#insert(start, end);
      return;
    }
    const files = this.#files;
    const { same, longest } = this.#common(start, end, from);
    if (same === longest) {
      this.order.subarray(start, end).sort(this.#tie);
      return;
    }
    const chars = Math.floor(Math.log(EXACT / placesOf(end - start)) / Math.log(CHAR));
    const numberOf = (place: number): number => {
      const file = files[place] ?? '';
      let number = 0;
      for (let at = same; at < same + chars; at++)
        number = number * CHAR + (at < file.length ? file.charCodeAt(at) : 0);
      return number;
    };
    this.#sort(start, end, numberOf, same + chars);
  }

  /** How far the texts of a range are the same, and how long the longest is. */
  #common(start: number, end: number, from: number): { readonly same: number; readonly longest: number } {
    const first = this.#files[this.order[start] ?? 0] ?? '';
    let same = first.length;
    let longest = same;
    for (let at = start + 1; at < end; at++) {
      const file = this.#files[this.order[at] ?? 0] ?? '';
      const most = Math.min(same, file.length);
      let until = Math.min(from, most);
      while (until < most && file.charCodeAt(until) === first.charCodeAt(until)) until++;
      same = until;
      if (file.length > longest) longest = file.length;
    }
    return { same, longest };
  }

  #insert(start: number, end: number): void {
    const { order } = this;
    for (let at = start + 1; at < end; at++) {
      const place = order[at] ?? 0;
      let to = at;
      for (; to > start && this.#isBefore(place, order[to - 1] ?? 0); to--) order[to] = order[to - 1] ?? 0;
      order[to] = place;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const [left, right] = [this.#files[a] ?? '', this.#files[b] ?? ''];
    return left === right ? this.#tie(a, b) < 0 : left < right;
  }
}

/** The least power of two that is more than each place: to divide by it is exact. */
function placesOf(count: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, count)));
}
