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
const KINDS = new Uint8Array(128);
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
const BIG_T = 84;

function isKind(code: number, kind: number): boolean {
  return code < 128 && ((KINDS[code] ?? 0) & kind) !== 0;
}

function areKind(file: string, from: number, to: number, kind: number): boolean {
  for (let at = from; at < to; at++) if (!isKind(file.charCodeAt(at), kind)) return false;
  return true;
}

/**
 * Where the dataset begins in a name without tags that `parseName` takes and that has so many columns; 0 if it is none. It
 * says what `isEntryFile` says, three times as fast.
 */
export function datasetOfPlain(file: string, columns: number): number {
  const epochAt = LETTERS_AT + columns + 1;
  if (!areKind(file, 0, 2, DIGIT) || file.charCodeAt(2) !== DOT) return 0;
  if (!areKind(file, POSTED_AT, POSTED_AT + 8, DIGIT) || file.charCodeAt(POSTED_AT + 8) !== BIG_T) return 0;
  if (!areKind(file, POSTED_AT + 9, LETTERS_AT - 1, DIGIT) || file.charCodeAt(LETTERS_AT - 1) !== DOT) return 0;
  if (!areKind(file, LETTERS_AT, epochAt - 1, LETTER) || file.charCodeAt(epochAt - 1) !== DOT) return 0;
  let at = epochAt;
  while (isKind(file.charCodeAt(at), DIGIT)) at++;
  const digits = at - epochAt;
  if (digits < 3 || digits > 9 || (digits > 3 && file.charCodeAt(epochAt) === ZERO)) return 0;
  if (file.charCodeAt(at) !== DOT) return 0;
  const classAt = ++at;
  while (isKind(file.charCodeAt(at), CLASS)) at++;
  if (at === classAt || at - classAt > MAX_CLASS || file.charCodeAt(at) !== DOT) return 0;
  const start = at + 1;
  if (file.length - start > MAX_DATASET || !isKind(file.charCodeAt(start), FIRST)) return 0;
  return areKind(file, start + 1, file.length, REST) && isTimeAt(file, POSTED_AT) ? start : 0;
}

/** In front of each name: its length, where its dataset begins, that one's length, the group, the pattern. */
const LENGTH = 0;
const DATASET_AT = 1;
const DATASET_LENGTH = 2;
const GROUP = 3;
const PATTERN = 5;
const HEAD = 9;

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
  bytes = new Uint8Array(1 << 16);

  constructor(columns: number) {
    this.#columns = columns;
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
    let datasetAt = datasetOfPlain(file, this.#columns);
    let datasetEnd = file.length;
    if (datasetAt === 0) {
      datasetEnd = file.indexOf('@');
      if (datasetEnd < 0 || !isEntryFile(file, this.#columns)) return false;
      datasetAt = datasetOfPlain(file.slice(0, datasetEnd), this.#columns);
    }
    const record = this.#end;
    const start = record + HEAD;
    this.#last = record;
    this.#end = start + file.length;
    if (this.#end > this.bytes.length) this.#grow();
    const { bytes } = this;
    const pattern = this.#patternOf(file, datasetEnd);
    bytes[record + LENGTH] = file.length;
    bytes[record + DATASET_AT] = datasetAt;
    bytes[record + DATASET_LENGTH] = datasetEnd - datasetAt;
    bytes[record + GROUP] = group;
    bytes[record + GROUP + 1] = group >> 8;
    bytes[record + PATTERN] = pattern;
    bytes[record + PATTERN + 1] = pattern >> 8;
    bytes[record + PATTERN + 2] = pattern >> 16;
    bytes[record + PATTERN + 3] = pattern >> 24;
    for (let at = 0; at < file.length; at++) bytes[start + at] = file.charCodeAt(at);
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
    return Buffer.from(this.bytes.buffer, start, this.endOf(record) - start).toString('latin1');
  }

  #digits(at: number, count: number): number {
    let value = 0;
    for (let place = at; place < at + count; place++) value = value * 10 + (this.bytes[place] ?? 0) - ZERO;
    return value;
  }

  #grow(): void {
    const larger = new Uint8Array(this.bytes.length * 2);
    larger.set(this.bytes);
    this.bytes = larger;
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
