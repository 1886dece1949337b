/**
 * What the lines of `slate ls` are made of. What depends on nothing but an entry's state, letters and tags is worked out once
 * for all that have the same; the rest is copied from name to line byte by byte.
 */
import type { BareEntry, Listing } from '../board/bare.ts';
import type { Board } from '../board/board.ts';
import { Row } from '../board/rows.ts';
import { isLocated, readName } from '../board/scan.ts';
import { formatDuration } from '../model/duration.ts';
import { LETTERS_AT, type NameTable } from '../model/name.ts';
import type { LineBytes } from './line-bytes.ts';

/** Puts the line of an entry, told by its record. */
export type PutLine = (record: number, to: LineBytes) => void;

/** The entry, taken apart. */
export function rowOf(board: Board, { file, folder }: BareEntry): Row {
  const read = readName(board, folder, file);
  if (!isLocated(read)) throw new Error(`${folder}/${file} was an entry, and is none`);
  return new Row(read);
}

/** A value for all entries that have the same state, letters and tags. */
export class Patterns<Value> {
  readonly #values: (Value | undefined)[];
  readonly #kinds: number[];
  readonly #kindCount: number;
  readonly #listing: Listing;
  readonly #make: (row: Row) => Value;
  readonly #board: Board;

  constructor(board: Board, listing: Listing, make: (row: Row) => Value) {
    const states = [...new Set(listing.folders.map(({ state }) => state))];
    this.#kinds = listing.folders.map(({ state }) => states.indexOf(state));
    this.#kindCount = states.length;
    this.#values = new Array(listing.table.patternCount * states.length);
    this.#listing = listing;
    this.#make = make;
    this.#board = board;
  }

  get(record: number): Value {
    const { table } = this.#listing;
    const at = table.patternOf(record) * this.#kindCount + (this.#kinds[table.groupOf(record)] ?? 0);
    const known = this.#values[at];
    if (known !== undefined) return known;
    const value = this.#make(rowOf(this.#board, this.#listing.entryAt(record)));
    this.#values[at] = value;
    return value;
  }
}

const DOT = 46;

/** Where the fields of an entry's name stand in the table's bytes. */
export class Places {
  readonly #listing: Listing;
  readonly #columns: number;
  start = 0;
  epoch = 0;
  cls = 0;
  dataset = 0;
  datasetEnd = 0;
  end = 0;

  constructor(board: Board, listing: Listing) {
    this.#listing = listing;
    this.#columns = board.stages.length;
  }

  read(record: number): this {
    const { table } = this.#listing;
    const { bytes } = table;
    this.start = table.startOf(record);
    this.end = table.endOf(record);
    this.epoch = this.start + LETTERS_AT + this.#columns + 1;
    this.dataset = table.datasetOf(record);
    this.datasetEnd = this.dataset + table.datasetLengthOf(record);
    let at = this.epoch;
    while (bytes[at] !== DOT) at++;
    this.cls = at + 1;
    return this;
  }
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Ages as text. From an hour on an age is told in whole minutes or hours, so neighbours in time share it. */
export class Ages {
  readonly #nowMs: number;
  readonly #byMinute = new Map<number, Buffer>();
  #lastPosted = Number.NaN;
  #last: Buffer = Buffer.alloc(0);

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  get(table: NameTable, record: number): Buffer {
    const posted = table.postedDigits(record);
    if (posted !== this.#lastPosted) {
      this.#lastPosted = posted;
      this.#last = this.#find(Math.max(0, this.#nowMs - table.msOf(posted)));
    }
    return this.#last;
  }

  #find(ms: number): Buffer {
    if (ms < HOUR_MS) return Buffer.from(formatDuration(ms));
    const minute = Math.floor(ms / MINUTE_MS);
    const known = this.#byMinute.get(minute);
    if (known !== undefined) return known;
    const text = Buffer.from(formatDuration(ms));
    this.#byMinute.set(minute, text);
    return text;
  }
}
