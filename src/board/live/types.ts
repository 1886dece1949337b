/** What a board that is followed shows of itself. */
import type { FilterRow } from '../../model/filter.ts';
import type { State } from '../../model/name.ts';
import type { Cause } from '../causes.ts';
import type { Located } from '../scan.ts';

/** Entries of the board in numbers, by the same rules as `slate counts`. */
export interface Tally {
  /** All but the removed ones. */
  readonly total: number;
  readonly states: Readonly<Record<State, number>>;
  /** Of each column, the entries by letter, removed ones left out. */
  readonly letters: ReadonlyArray<ReadonlyMap<string, number>>;
  /** Files that are no entry of this board. */
  readonly foreign: number;
}

export const SORT_KEYS = ['rank', 'age', 'entry', 'state', 'stage', 'try', 'class'] as const;
/** `rank` is the order of service, as `slate ls` lists them. */
export type SortKey = (typeof SORT_KEYS)[number];

/** Sets of keys, of a few or of all: those of many take neither the time nor the room of as many texts. */
export interface EntrySets {
  /** The rows from one to another, and what is in `more`. */
  range(first: number, last: number, more: ReadonlySet<string>): ReadonlySet<string>;
  /** With the key if it was not in the set, without it if it was. */
  toggled(keys: ReadonlySet<string>, key: string): ReadonlySet<string>;
  /** Without those that have left the board, or were removed, unless removed ones are listed. */
  kept(keys: ReadonlySet<string>): ReadonlySet<string>;
  /** Exactly what the list shows. */
  isAll(keys: ReadonlySet<string>): boolean;
  /** Those of `kept` that pass; the row belongs to the test only while it runs. */
  select(keys: ReadonlySet<string>, test?: (row: FilterRow) => boolean): string[];
}

/** The entries that the filter lets through, sorted. A key is an entry's identity (`runKey`). */
export interface Entries {
  /** Changes whenever the list does, or what it shows. */
  readonly version: number;
  readonly length: number;
  /** Identity of the row; '' beyond the end. */
  keyAt(index: number): string;
  /** -1 if it is not in the list. */
  indexOf(key: string): number;
  readonly tally: Tally;
  /** Failures by stage and cause, of the whole board, the most frequent first. */
  readonly causes: readonly Cause[];
  at(index: number): Located | undefined;
  /** Without taking the name apart; undefined beyond the end. */
  stateAt(index: number): State | undefined;
  /** On the board, whether the filter lets it through or not. */
  find(key: string): Located | undefined;
  /** Of the whole board: the oldest entry that waits at a column (`w` or a digit in queue or active), or undefined. */
  oldestWaiting(column: number): Located | undefined;
  /** True while a new order is being worked out: what is shown is the old one. */
  readonly isSorting: boolean;
  readonly sets: EntrySets;
}

export interface Health {
  /** `reading`: the first look is not over. `stale`: the board can't be read; what is shown is old. */
  readonly phase: 'reading' | 'live' | 'stale';
  /** Milliseconds since the board was last read whole. */
  readonly ageMs: number;
  /** Why it can't be read. */
  readonly fault: string | undefined;
  /** Milliseconds between two looks now. */
  readonly everyMs: number;
}
