/** What is told of a board's past: ranges, metrics, points. Types and a table. */
import type { JournalLine } from '../board/journal.ts';
import type { JobPast } from './job-past.ts';

export const RANGES = ['15m', '1h', '6h', '24h', '7d'] as const;
export type Range = (typeof RANGES)[number];
/**
 * `throughput`: of a stage tries that ended well, of the board entries that came to be done; `failures`: tries that
 * failed for good; both a minute. `backlog`: entries to be done, of a stage those that wait for it. Latencies: seconds of
 * tries that ended well.
 */
export const METRICS = ['throughput', 'failures', 'backlog', 'p50', 'p95'] as const;
export type Metric = (typeof METRICS)[number];

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** The points of each range. */
export const RANGE_POINTS: Readonly<Record<Range, { readonly stepMs: number; readonly points: number }>> = {
  '15m': { stepMs: 15 * SECOND, points: 60 },
  '1h': { stepMs: MINUTE, points: 60 },
  '6h': { stepMs: 5 * MINUTE, points: 72 },
  '24h': { stepMs: 20 * MINUTE, points: 72 },
  '7d': { stepMs: 120 * MINUTE, points: 84 },
};

export interface Series {
  /** Milliseconds a point. */
  readonly stepMs: number;
  /** End of the last point: milliseconds UTC. It lies ahead: the last point is the one that is being made. */
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

/** A line of the journal, or a run of lines that tell the same of many entries: the last one of them, and how many. */
export type PastEvent = JournalLine & { readonly count?: number };

export interface Past {
  /** False while the journals are still being read; `progress` from 0 to 1. */
  readonly isComplete: boolean;
  readonly progress: number;
  series(range: Range, metric: Metric, stage?: string): Series;
  rates(stage: string): Rates;
  /**
   * What people and housekeeping did, failures, losses, blocked disks: the latest last, at most some thousands. Runs of
   * lines that tell the same are one, with their number as `count`.
   */
  readonly events: readonly JournalLine[];
  /** Jobs of engines that are over, as far as the journals have been read. */
  readonly jobs: JobPast;
  /** Entries that came to be done, a minute, over the last ten; undefined until known. */
  readonly donePerMinute: number | undefined;
  /** Milliseconds until what is to be done is done at this rate; undefined if it can't be told. */
  etaMs(toDo: number): number | undefined;
}
