/** What the dashboard shows: read from the board elsewhere, asked for here. Views read it and change nothing. */
import type { Board } from '../board/board.ts';
import type { EntryFile } from '../board/entry-files.ts';
import type { HostRow } from '../board/hosts.ts';
import type { JobRow } from '../board/job-rows.ts';
import type { Entries, Health } from '../board/live/types.ts';
import type { ProcessRow } from '../board/processes.ts';
import type { LogEntry } from '../board/tries.ts';
import type { Past } from '../history/series.ts';
import type { Story } from '../history/story.ts';
import type { TimerRow } from '../triggers/timer-rows.ts';

export type { EntryFile } from '../board/entry-files.ts';
export { type Entries, type Health, SORT_KEYS, type SortKey, type Tally } from '../board/live/types.ts';
export { METRICS, type Metric, type Past, RANGES, type Range, type Rates, type Series } from '../history/series.ts';

export type StoryState = { readonly kind: 'loading' } | { readonly kind: 'story'; readonly stories: readonly Story[] };

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
  /**
   * Number of the first line that is held, counted from the one that was when the log was opened: below zero after more
   * has been read backwards, above when lines were let go. Undefined: it is guessed from how many there are.
   */
  readonly firstLine?: number | undefined;
  /** Bytes of the file before the first line that is held. */
  readonly skippedBytes: number;
  /** The file's path, absolute. */
  readonly path: string;
  /** The step still runs. */
  readonly isRunning: boolean;
  /** How its job stands, if the step is one and has not written anything. */
  readonly job?: string | undefined;
  readonly fault: string | undefined;
}

export interface Data {
  readonly board: Board;
  readonly entries: Entries;
  readonly health: Health;
  readonly processes: readonly ProcessRow[];
  /** By name; undefined: not read yet. They are read while they are shown. */
  readonly hosts: readonly HostRow[] | undefined;
  /** Jobs that the board has with engines, by dataset; undefined: not read yet. They are read while they are shown. */
  readonly jobs: readonly JobRow[] | undefined;
  /** Of the board's pipeline; empty: it has none, or its file has faults. */
  readonly timers: readonly TimerRow[];
  readonly past: Past;
  /** Now by the board's clock. */
  readonly nowMs: number;
  /** The story of an entry's dataset, all its runs; asking for one that is not known starts reading it. */
  story(key: string): StoryState;
  /** The files of an entry; asking starts reading. Undefined while it reads. */
  files(key: string): readonly EntryFile[] | undefined;
  /** The last lines of the entry's latest log; asking starts reading. For the detail pane. */
  logTail(key: string): readonly string[] | undefined;
  /** The log that the log view shows. */
  readonly openLog: OpenLog | undefined;
}
