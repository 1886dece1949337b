/**
 * The events that a person wants to be told of: not what goes well all the time. Runs of lines that tell the same (30,000
 * entries repiped by one command) are one event with a number. Pure.
 */
import type { JournalLine } from '../board/journal.ts';
import type { PastEvent } from './series.ts';

/** Told by the board, the rates and the stories. */
const ROUTINE: ReadonlySet<string> = new Set([
  'post',
  'claim',
  'publish',
  'link',
  'arrive',
  'landed',
  'fired',
  'commit',
  'giveup',
]);
/** Ends of tries: there may be many more of them than of what people do. */
const OF_TRIES: ReadonlySet<string> = new Set(['finish', 'lost', 'giveback', 'discard', 'duplicate']);
/** Lines of a run come at least this close to one another. */
const GAP_MS = 1_000;
export const MOST_EVENTS = 5_000;
/** When there is no room, ends of tries that are more than this give way before anything else does. */
const MOST_OF_TRIES = 3_000;
/** A longer line is kept without what may be long in it: parameters, a page of reasons. */
const LONG_LINE = 2_048;
const LONG_TEXT = 500;

export function isNotable(line: JournalLine): boolean {
  if (ROUTINE.has(line.event)) return false;
  if (line.event === 'finish') return /^[fh_1-9]$/.test(String(line.outcome ?? ''));
  return line.event !== 'retention' || line.total !== 0;
}

/** @param length of the line as it was written */
export function slimLine(line: JournalLine, length: number): JournalLine {
  if (length <= LONG_LINE) return line;
  const fields = Object.entries(line).flatMap(([key, value]): [string, unknown][] => {
    if (typeof value === 'object') return [];
    return [[key, typeof value === 'string' && value.length > LONG_TEXT ? `${value.slice(0, LONG_TEXT)}…` : value]];
  });
  return Object.fromEntries(fields) as unknown as JournalLine;
}

/** Lines of one run have these in common. */
function keyOf(line: JournalLine): string {
  const { event, by, host, stage, from, to, reason, process, outcome, code, signal } = line;
  return JSON.stringify([event, by, host, stage, from, to, reason, process, outcome, code, signal, line.file]);
}

interface Run {
  readonly key: string;
  readonly isOfTry: boolean;
  /** Its latest line. */
  line: JournalLine;
  count: number;
  firstMs: number;
  lastMs: number;
}

/** `live`: the last hour and what comes; `past`: what lies before, read at the same time. */
export type Part = 'live' | 'past';

export class EventLog {
  /** By the time of their last lines. */
  #runs: Run[] = [];
  #ofTries = 0;
  /** Runs that may go on. Two, since old lines are read while new ones are written. */
  readonly #open: Readonly<Record<Part, Map<string, Run>>> = { live: new Map(), past: new Map() };
  #told: readonly PastEvent[] | undefined;

  /** @param ms when it counts as written @param length of the line as it was written */
  add(line: JournalLine, ms: number, part: Part, length = 0): void {
    if (!isNotable(line)) return;
    const key = keyOf(line);
    const run = this.#runAt(key, ms);
    this.#told = undefined;
    if (run === undefined) {
      const isOfTry = OF_TRIES.has(line.event);
      const made: Run = { key, isOfTry, line: slimLine(line, length), count: 1, firstMs: ms, lastMs: ms };
      this.#open[part].set(key, made);
      this.#insert(made);
      if (isOfTry) this.#ofTries++;
      if (this.#runs.length > MOST_EVENTS) this.#forget();
      return;
    }
    run.count++;
    run.firstMs = Math.min(run.firstMs, ms);
    if (ms < run.lastMs) return;
    run.line = slimLine(line, length);
    if (ms === run.lastMs) return;
    this.#runs.splice(this.#runs.lastIndexOf(run), 1);
    run.lastMs = ms;
    this.#insert(run);
  }

  /** The latest last. The same array until something is added. */
  get events(): readonly PastEvent[] {
    this.#told ??= this.#runs.map(({ line, count }) => (count === 1 ? line : { ...line, count }));
    return this.#told;
  }

  #runAt(key: string, ms: number): Run | undefined {
    for (const part of ['live', 'past'] as const) {
      const run = this.#open[part].get(key);
      if (run !== undefined && ms >= run.firstMs - GAP_MS && ms <= run.lastMs + GAP_MS) return run;
    }
    return undefined;
  }

  #insert(run: Run): void {
    let low = 0;
    let high = this.#runs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#runs[middle]?.lastMs ?? 0) <= run.lastMs) low = middle + 1;
      else high = middle;
    }
    this.#runs.splice(low, 0, run);
  }

  #forget(): void {
    const index = this.#ofTries > MOST_OF_TRIES ? this.#runs.findIndex(({ isOfTry }) => isOfTry) : 0;
    const [gone] = this.#runs.splice(index, 1);
    if (gone === undefined) return;
    if (gone.isOfTry) this.#ofTries--;
    for (const part of ['live', 'past'] as const) {
      if (this.#open[part].get(gone.key) === gone) this.#open[part].delete(gone.key);
    }
  }
}
