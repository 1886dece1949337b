/** What a board that is followed shows of itself. */
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

/** The entries that the filter lets through, sorted. A key is an entry's identity (`runKey`). */
export interface Entries {
  readonly length: number;
  /** Identity of the row; '' beyond the end. */
  keyAt(index: number): string;
  /** -1 if it is not in the list. */
  indexOf(key: string): number;
  readonly tally: Tally;
  /** Failures by stage and cause, of the whole board, the most frequent first. */
  readonly causes: readonly Cause[];
  at(index: number): Located | undefined;
  /** On the board, whether the filter lets it through or not. */
  find(key: string): Located | undefined;
  /** Of the whole board: the oldest entry that waits at a column (`w` or a digit in queue or active), or undefined. */
  oldestWaiting(column: number): Located | undefined;
  /** True while a new order is being worked out: what is shown is the old one. */
  readonly isSorting: boolean;
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
