/**
 * Entries' names as bytes, one behind the other: a million of them take no object each, and are put in order, cut and copied
 * without a string. Names are ASCII, so characters are bytes. Pure.
 */
import { LETTERS } from '../letters.ts';
import { MAX_CLASS, MAX_DATASET, MAX_NAME_BYTES } from './fields.ts';
import { isTimeAt, msAt } from './time.ts';
import { isEntryFile, LETTERS_AT, POSTED_AT } from './view.ts';

/** What a character may be part of. */
const DIGIT = 1;
const LETTER = 2;
const CLASS = 4;
const FIRST = 8;
const REST = 16;
const KINDS = new Uint8Array(256);
for (let code = 0; code < 128; code++) {
  const char = String.fromCharCode(code);
  KINDS[code] =
    (/[0-9]/.test(char) ? DIGIT : 0) |
    ((LETTERS as readonly string[]).includes(char) ? LETTER : 0) |
    (/[a-z0-9_-]/.test(char) ? CLASS : 0) |
    (/[A-Za-z0-9_]/.test(char) ? FIRST : 0) |
    (/[A-Za-z0-9_.,+=%~-]/.test(char) ? REST : 0);
}

const DOT = 46;
const ZERO = 48;
const AT_SIGN = 64;
const BIG_T = 84;

/** In front of each name: its length, where its dataset begins, that one's length, the group, the pattern. */
const LENGTH = 0;
const DATASET_AT = 1;
const DATASET_LENGTH = 2;
const GROUP = 3;
const PATTERN = 5;
const HEAD = 9;
const HEAD_TEXT = '\0'.repeat(HEAD);
/** Bytes that a character may take. */
const MOST_UTF8 = 3;

/**
 * Records of one piece each: who goes from name to name in order, far from each other in memory, waits for memory once a name
 * and not once a field. A record is known by where it begins in `bytes`.
 */
export class NameTable {
  readonly #columns: number;
  readonly #patterns = new Map<string, number>();
  readonly #days = new Map<number, number>();
  #length = 0;
  #last = 0;
  #end = 0;
  #lastLetters = '';
  #lastPattern = -1;
  #buffer = Buffer.alloc(1 << 16);
  #lastDay = 0;

  constructor(columns: number) {
    this.#columns = columns;
  }

  /** All names, each behind what is known of it. */
  get bytes(): Uint8Array {
    return this.#buffer;
  }

  get length(): number {
    return this.#length;
  }

  /** How many kinds of letters with tags there are. */
  get patternCount(): number {
    return this.#patterns.size;
  }

  /**
   * Adds a name, if it is one of this board's.
   * @param group below 65,536: of equal names the one of the lower group comes first
   * @returns whether it is
   */
  add(file: string, group: number): boolean {
    if (file.length > MAX_NAME_BYTES) return false;
    const start = this.#end + HEAD;
    if (start + file.length > this.bytes.length) this.#grow();
    // Characters that are no ASCII take several bytes, of which none is allowed, and the last of which find no room.
    return this.#buffer.write(file, start, file.length) === file.length && this.#accept(file, group);
  }

  /**
   * Adds names that were read together: written as one text they take less than half as long.
   * @returns those that are no entries
   */
  addAll(files: readonly string[], group: number): string[] {
    const text = HEAD_TEXT + files.join(HEAD_TEXT);
    while (this.#end + text.length * MOST_UTF8 > this.bytes.length) this.#grow();
    let index = 0;
    this.#buffer.write(text, this.#end);
    // Behind a name that is none the others do not stand where they have to.
    while (index < files.length && this.#accept(files[index] ?? '', group)) index++;
    return files.slice(index).filter((file) => !this.add(file, group));
  }

  /** Makes a record of the name, which stands behind the room for its head already, if it is an entry's. */
  #accept(file: string, group: number): boolean {
    const { length } = file;
    if (length > MAX_NAME_BYTES) return false;
    const record = this.#end;
    const start = record + HEAD;
    const dataset = this.#datasetIn(file, start, start + length);
    if (dataset === 0) return false;
    let datasetEnd = dataset + 1;
    while (datasetEnd < start + length && this.bytes[datasetEnd] !== AT_SIGN) datasetEnd++;
    this.#last = record;
    this.#end = start + length;
    const { bytes } = this;
    const pattern = this.#patternOf(file, datasetEnd - start);
    bytes[record + LENGTH] = length;
    bytes[record + DATASET_AT] = dataset - start;
    bytes[record + DATASET_LENGTH] = datasetEnd - dataset;
    bytes[record + GROUP] = group;
    bytes[record + GROUP + 1] = group >> 8;
    bytes[record + PATTERN] = pattern;
    bytes[record + PATTERN + 1] = pattern >> 8;
    bytes[record + PATTERN + 2] = pattern >> 16;
    bytes[record + PATTERN + 3] = pattern >> 24;
    this.#length++;
    return true;
  }

  /** Takes back what was added last; once. */
  drop(): void {
    this.#end = this.#last;
    this.#length--;
  }

  /** All records, as they were added. */
  records(): Uint32Array {
    const records = new Uint32Array(this.#length);
    let record = 0;
    for (let index = 0; index < records.length; index++) {
      records[index] = record;
      record = this.endOf(record);
    }
    return records;
  }

  /** Where the name begins. */
  startOf(record: number): number {
    return record + HEAD;
  }

  /** Where it ends. */
  endOf(record: number): number {
    return record + HEAD + (this.bytes[record + LENGTH] ?? 0);
  }

  datasetOf(record: number): number {
    return record + HEAD + (this.bytes[record + DATASET_AT] ?? 0);
  }

  datasetLengthOf(record: number): number {
    return this.bytes[record + DATASET_LENGTH] ?? 0;
  }

  groupOf(record: number): number {
    return (this.bytes[record + GROUP] ?? 0) | ((this.bytes[record + GROUP + 1] ?? 0) << 8);
  }

  /** Entries with the same letters and the same tags have the same number, counted from 0. */
  patternOf(record: number): number {
    const { bytes } = this;
    const at = record + PATTERN;
    return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
  }

  rankOf(record: number): number {
    return this.#digits(record + HEAD, 2);
  }

  /** The posted time's digits as one number: a later time is a larger one. */
  postedDigits(record: number): number {
    const at = record + HEAD + POSTED_AT;
    return this.#digits(at, 8) * 1_000_000 + this.#digits(at + 9, 6);
  }

  /** Milliseconds since 1970 UTC of what `postedDigits` says. */
  msOf(postedDigits: number): number {
    const day = Math.floor(postedDigits / 1_000_000);
    const time = postedDigits - day * 1_000_000;
    let dayMs = this.#days.get(day);
    if (dayMs === undefined) {
      dayMs = msAt(`${String(day).padStart(8, '0')}T000000`, 0);
      this.#days.set(day, dayMs);
    }
    const minutes = Math.floor(time / 10_000) * 60 + (Math.floor(time / 100) % 100);
    return dayMs + (minutes * 60 + (time % 100)) * 1000;
  }

  /** The name as text. */
  textOf(record: number): string {
    const start = record + HEAD;
    return this.#buffer.toString('latin1', start, this.endOf(record));
  }

  /**
   * Where the dataset begins in a name that `isEntryFile` takes, or 0: what it says, from bytes and thrice as fast; names with
   * tags, which are few, are left to it.
   */
  #datasetIn(file: string, start: number, end: number): number {
    const { bytes } = this;
    const posted = start + POSTED_AT;
    const letters = start + LETTERS_AT;
    const epoch = letters + this.#columns + 1;
    if (epoch >= end || bytes[start + 2] !== DOT || bytes[letters - 1] !== DOT || bytes[epoch - 1] !== DOT) return 0;
    if (bytes[posted + 8] !== BIG_T || this.#spanOf(letters, epoch - 1, LETTER) !== epoch - 1) return 0;
    if (this.#spanOf(start, start + 2, DIGIT) !== start + 2) return 0;
    if (this.#spanOf(posted, posted + 8, DIGIT) !== posted + 8) return 0;
    if (this.#spanOf(posted + 9, letters - 1, DIGIT) !== letters - 1 || !this.#isTime(file, posted)) return 0;
    let at = this.#spanOf(epoch, end, DIGIT);
    const digits = at - epoch;
    if (digits < 3 || digits > 9 || (digits > 3 && bytes[epoch] === ZERO) || bytes[at] !== DOT) return 0;
    const cls = at + 1;
    at = this.#spanOf(cls, end, CLASS);
    if (at === cls || at - cls > MAX_CLASS || at === end || bytes[at] !== DOT) return 0;
    const dataset = at + 1;
    if (dataset === end || this.#spanOf(dataset, dataset + 1, FIRST) === dataset) return 0;
    at = this.#spanOf(dataset, end, REST);
    if (at === end) return end - dataset > MAX_DATASET ? 0 : dataset;
    return bytes[at] === AT_SIGN && isEntryFile(file, this.#columns) ? dataset : 0;
  }

  /** Where what is of this kind ends. */
  #spanOf(from: number, to: number, kind: number): number {
    const { bytes } = this;
    let at = from;
    while (at < to && ((KINDS[bytes[at] ?? 0] ?? 0) & kind) !== 0) at++;
    return at;
  }

  #isTime(file: string, posted: number): boolean {
    const day = this.#digits(posted, 8);
    // Most entries are of the same day as their neighbours.
    if (day !== this.#lastDay) {
      if (!isTimeAt(file, POSTED_AT)) return false;
      this.#lastDay = day;
    }
    return this.#digits(posted + 9, 2) < 24 && this.#digits(posted + 11, 2) < 60 && this.#digits(posted + 13, 2) < 60;
  }

  #digits(at: number, count: number): number {
    let value = 0;
    for (let place = at; place < at + count; place++) value = value * 10 + (this.bytes[place] ?? 0) - ZERO;
    return value;
  }

  #grow(): void {
    const larger = Buffer.alloc(this.#buffer.length * 2);
    larger.set(this.#buffer);
    this.#buffer = larger;
  }

  /** Neighbours often have the same letters, and a name without tags needs no text cut out to see it. */
  #patternOf(file: string, datasetEnd: number): number {
    const columns = this.#columns;
    const isPlain = datasetEnd === file.length;
    if (isPlain && this.#lastPattern >= 0 && file.startsWith(this.#lastLetters, LETTERS_AT)) return this.#lastPattern;
    const letters = file.slice(LETTERS_AT, LETTERS_AT + columns);
    const key = isPlain ? letters : letters + file.slice(datasetEnd);
    let pattern = this.#patterns.get(key);
    if (pattern === undefined) {
      pattern = this.#patterns.size;
      this.#patterns.set(key, pattern);
    }
    if (isPlain) {
      this.#lastLetters = letters;
      this.#lastPattern = pattern;
    }
    return pattern;
  }
}
