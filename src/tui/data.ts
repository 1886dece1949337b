/** What the dashboard shows: read from the board elsewhere, asked for here. Views read it and change nothing. */
import type { Board } from '../board/board.ts';
import type { Cause } from '../board/causes.ts';
import type { JournalLine } from '../board/journal.ts';
import type { ProcessRow } from '../board/processes.ts';
import type { Located } from '../board/scan.ts';
import type { LogEntry } from '../board/tries.ts';
import type { Story } from '../history/story.ts';
import type { State } from '../model/name.ts';
import type { Rows } from './list.ts';

/** Entries of the board in numbers, by the same rules as `slate counts`. */
export interface Tally {
  /** All but the removed ones. */
  readonly total: number;
  readonly states: Readonly<Record<State, number>>;
  /** Of each column, the entries by letter. */
  readonly letters: ReadonlyArray<ReadonlyMap<string, number>>;
  /** Files that are no entry of this board. */
  readonly foreign: number;
}

export const SORT_KEYS = ['rank', 'age', 'entry', 'state', 'stage', 'try', 'class'] as const;
/** `rank` is the order of service, as `slate ls` lists them. */
export type SortKey = (typeof SORT_KEYS)[number];

/** The entries that the filter lets through, sorted. A key is an entry's identity (`runKey`). */
export interface Entries extends Rows {
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

export const RANGES = ['15m', '1h', '6h', '24h', '7d'] as const;
export type Range = (typeof RANGES)[number];
/** `throughput` and `failures`: events a minute. `backlog`: entries to be done. Latencies: seconds of tries that ended well. */
export const METRICS = ['throughput', 'failures', 'backlog', 'p50', 'p95'] as const;
export type Metric = (typeof METRICS)[number];

export interface Series {
  /** Milliseconds a point. */
  readonly stepMs: number;
  /** End of the last point: milliseconds UTC. */
  readonly endMs: number;
  /** The earliest first; undefined: nothing is known of that time. */
  readonly points: readonly (number | undefined)[];
}

/** Of one stage in the last hour. */
export interface Rates {
  /** Tries begun, ended well, failed for good, to be tried again, lost: a minute. */
  readonly claimed: number;
  readonly done: number;
  readonly failed: number;
  readonly retried: number;
  readonly lost: number;
  readonly p50Seconds: number | undefined;
  readonly p95Seconds: number | undefined;
}

export interface Past {
  /** False while the journals are still being read; `progress` from 0 to 1. */
  readonly isComplete: boolean;
  readonly progress: number;
  series(range: Range, metric: Metric, stage?: string): Series;
  rates(stage: string): Rates;
  /** What people and housekeeping did, failures, losses, blocked disks: the latest last, at most some thousands. */
  readonly events: readonly JournalLine[];
  /** Entries that came to be done, a minute, over the last ten; undefined until known. */
  readonly donePerMinute: number | undefined;
  /** Milliseconds until what is to be done is done at this rate; undefined if it can't be told. */
  etaMs(toDo: number): number | undefined;
}

export type StoryState = { readonly kind: 'loading' } | { readonly kind: 'story'; readonly stories: readonly Story[] };

/** A file that belongs to an entry: a log, a product, what a failed step left. */
export interface EntryFile {
  /** Relative to the board. */
  readonly path: string;
  readonly bytes: number;
  readonly kind: 'log' | 'product' | 'scratch' | 'entry';
  readonly note: string;
}

/** A log that is open: the last lines of it that are held. */
export interface OpenLog {
  readonly dataset: string;
  readonly log: LogEntry;
  /** All tries of the dataset that have a log, oldest first: `[` and `]` go through them. */
  readonly tries: readonly LogEntry[];
  /** Lines as the step wrote them, without ANSI sequences, progress (`\r`) folded. Not made harmless: painting does it. */
  readonly lines: readonly string[];
  /** When the dashboard saw each line, milliseconds UTC; undefined for those that stood there before. */
  readonly seenMs: readonly (number | undefined)[];
  /** Bytes of the file before the first line that is held. */
  readonly skippedBytes: number;
  /** The file's path, absolute. */
  readonly path: string;
  /** The step still runs. */
  readonly isRunning: boolean;
  readonly fault: string | undefined;
}

export interface Data {
  readonly board: Board;
  readonly entries: Entries;
  readonly health: Health;
  readonly processes: readonly ProcessRow[];
  readonly past: Past;
  /** Now by the board's clock. */
  readonly nowMs: number;
  /** The story of an entry; asking for one that is not known starts reading it. */
  story(dataset: string): StoryState;
  /** The files of an entry; asking starts reading. Undefined while it reads. */
  files(key: string): readonly EntryFile[] | undefined;
  /** The last lines of the entry's latest log; asking starts reading. For the detail pane. */
  logTail(key: string): readonly string[] | undefined;
  /** The log that the log view shows. */
  readonly openLog: OpenLog | undefined;
}
