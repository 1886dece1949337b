/**
 * The board's past for a program that shows it: reads the journals of the last hour, then back to seven days, then goes
 * on following them. All in short steps beside other work; what is kept are counts by time and the last events.
 */
import type { Board } from '../board/board.ts';
import { faultText, isSystemError } from '../board/errors.ts';
import { mtimeOf } from '../board/pieces.ts';
import { COLUMNS_FILE, formatDay } from '../model/name.ts';
import { EventLog, type Part } from './events.ts';
import { JobPast } from './job-past.ts';
import { parseLine } from './journal.ts';
import { JournalTail, journalDays, readSpan, type Span, spansOfDay, whereTimeBegins } from './journal-files.ts';
import { Ledger } from './ledger.ts';
import { type Pace, paced, sleep } from './pacer.ts';
import type { Metric, Past, PastEvent, Range, Rates, Series } from './series.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
export const REACH_MS = 7 * DAY_MS;
const EVERY_MS = 1_000;
/** Between two tries when the disk refuses. */
const REFUSED_MS = 2_000;
/** The last hour is waited for; the rest can take its time. */
const RECENT_DUTY = 0.6;
const BACK_DUTY = 0.3;

export interface PastOptions {
  /** Milliseconds UTC by this host's clock, as the journal's writers take it from theirs. */
  readonly now?: () => number;
  /** Entries on the board that are neither done nor removed; undefined while that is not known. */
  readonly toDoNow?: () => number | undefined;
  /** Entries whose column for this stage is `w` or a digit. */
  readonly waitingNow?: (stage: string) => number | undefined;
  /** Called when there is something new to be shown. */
  readonly onChange?: () => void;
  /** Between two looks for new lines. */
  readonly everyMs?: number;
  /** How work is done beside other work, for tests. */
  readonly pace?: Pace;
}

export class PastFeed implements Past {
  readonly #board: Board;
  readonly #options: PastOptions;
  readonly #ledger: Ledger;
  readonly #log = new EventLog();
  readonly jobs = new JobPast();
  readonly #abort = new AbortController();
  #task: Promise<void> | undefined;
  /** All that was written since is read. */
  #sinceMs: number | undefined;
  /** When the board was made, or the earliest line that was seen. */
  #bornMs = Number.POSITIVE_INFINITY;
  #isComplete = false;
  #bytesBack = 0;
  #bytesToRead = 0;
  #fault: string | undefined;
  /** Bytes and lines that were read so far. */
  bytesRead = 0;
  linesRead = 0;

  constructor(board: Board, options: PastOptions = {}) {
    this.#board = board;
    this.#options = options;
    this.#ledger = new Ledger(board.stages);
  }

  start(): void {
    this.#task ??= this.#run();
  }

  /** Settled when nothing is read any longer. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#task;
  }

  get isComplete(): boolean {
    return this.#isComplete;
  }

  get progress(): number {
    if (this.#isComplete) return 1;
    return this.#bytesToRead === 0 ? 0 : Math.min(1, this.#bytesBack / this.#bytesToRead);
  }

  /** Why the journals can't be read now, if they can't. */
  get fault(): string | undefined {
    return this.#fault;
  }

  get events(): readonly PastEvent[] {
    return this.#log.events;
  }

  series(range: Range, metric: Metric, stage?: string): Series {
    const { toDoNow, waitingNow } = this.#options;
    return this.#ledger.series(range, metric, stage, {
      nowMs: this.#now(),
      sinceMs: this.#knownSince,
      isAll: this.#isComplete,
      backlog: stage === undefined ? toDoNow?.() : waitingNow?.(stage),
    });
  }

  rates(stage: string): Rates {
    return this.#ledger.rates(stage, this.#now(), this.#bornMs);
  }

  get donePerMinute(): number | undefined {
    return this.#sinceMs === undefined ? undefined : this.#ledger.donePerMinute(this.#now(), this.#bornMs);
  }

  etaMs(toDo: number): number | undefined {
    if (toDo === 0) return 0;
    const rate = this.donePerMinute ?? 0;
    return rate > 0 ? (toDo / rate) * 60_000 : undefined;
  }

  /** Before it was made nothing is known of a board. */
  get #knownSince(): number | undefined {
    if (this.#sinceMs === undefined || !Number.isFinite(this.#bornMs)) return this.#sinceMs;
    return Math.max(this.#sinceMs, this.#bornMs);
  }

  #now(): number {
    return this.#options.now?.() ?? Date.now();
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    const beganMs = this.#now();
    try {
      const spans = await this.#patiently(() => this.#readRecent(beganMs));
      // What is not read yet of the days that the last hour lies in.
      const before = spans.map(({ hourAt, span }) => ({ file: span.file, day: span.day, at: 0, to: hourAt }));
      const tail = new JournalTail(
        this.#board,
        spans.map(({ span }) => span),
      );
      const both = [this.#readBack(beganMs, before), this.#follow(tail)];
      try {
        await Promise.all(both);
      } finally {
        this.#abort.abort();
        await Promise.allSettled(both);
      }
    } catch (error) {
      if (error !== signal.reason) throw error;
    }
  }

  /** Goes on when the disk does. What is done again must know how far it got. */
  async #patiently<T>(action: () => Promise<T>): Promise<T> {
    const { signal } = this.#abort;
    for (;;) {
      signal.throwIfAborted();
      try {
        const result = await action();
        this.#fault = undefined;
        return result;
      } catch (error) {
        if (!isSystemError(error)) throw error;
        this.#fault = `the journal can't be read: ${faultText(error)}`;
        this.#options.onChange?.();
      }
      await sleep(REFUSED_MS, signal);
    }
  }

  async #readRecent(nowMs: number): Promise<{ span: Span; hourAt: number }[]> {
    const sinceMs = nowMs - HOUR_MS;
    const made = await mtimeOf(this.#board.path(COLUMNS_FILE));
    if (made !== undefined) this.#bornMs = Math.min(this.#bornMs, made);
    // Following goes back a day, as clocks differ.
    const days = await journalDays(this.#board, formatDay(nowMs - DAY_MS));
    const spans: { span: Span; hourAt: number }[] = [];
    for (const day of days) {
      for (const span of await spansOfDay(this.#board, day)) {
        const hourAt = await whereTimeBegins(this.#board, span, sinceMs);
        spans.push({ span: { ...span, at: hourAt }, hourAt });
      }
    }
    const pace = this.#options.pace ?? paced(RECENT_DUTY);
    for (const { span } of spans) {
      const take = this.#taker('live');
      await this.#patiently(() => readSpan(this.#board, span, take, pace, this.#abort.signal));
    }
    this.#sinceMs = sinceMs;
    this.#options.onChange?.();
    return spans;
  }

  /** Day by day, the latest first: charts fill from the right. */
  async #readBack(beganMs: number, before: readonly Span[]): Promise<void> {
    const endMs = beganMs - REACH_MS;
    const spans = [...before];
    await this.#patiently(async () => {
      const listed = new Set(spans.map(({ day }) => day));
      for (const day of await journalDays(this.#board, formatDay(endMs))) {
        if (listed.has(day)) continue;
        const found = await spansOfDay(this.#board, day);
        // Of the first day only its end is of interest.
        if (day === formatDay(endMs))
          for (const span of found) span.at = await whereTimeBegins(this.#board, span, endMs);
        spans.push(...found);
        listed.add(day);
      }
    });
    this.#bytesToRead = spans.reduce((sum, { at, to }) => sum + to - at, 0);
    const pace = this.#options.pace ?? paced(BACK_DUTY);
    const take = this.#taker('past');
    const days = [...new Set(spans.map(({ day }) => day))].sort().reverse();
    for (const day of days) {
      for (const span of spans.filter((one) => one.day === day)) {
        await this.#patiently(() => readSpan(this.#board, span, take, pace, this.#abort.signal));
      }
      this.#know(Math.max(Date.parse(`${day}T00:00:00Z`), endMs));
    }
    this.#isComplete = true;
    this.#know(Math.max(endMs, this.#firstKept(beganMs)));
  }

  /** Retention takes whole days. */
  #firstKept(nowMs: number): number {
    const keptMs = this.#board.config.retention.journalMs;
    return keptMs === undefined ? 0 : Math.floor((nowMs - keptMs) / DAY_MS) * DAY_MS;
  }

  #know(sinceMs: number): void {
    this.#sinceMs = Math.min(this.#sinceMs ?? sinceMs, sinceMs);
    this.#options.onChange?.();
  }

  async #follow(tail: JournalTail): Promise<void> {
    const { signal } = this.#abort;
    const pace = this.#options.pace ?? paced(RECENT_DUTY);
    const take = this.#taker('live');
    while (!signal.aborted) {
      await sleep(this.#options.everyMs ?? EVERY_MS, signal);
      const firstDay = formatDay(Math.max(0, this.#now() - DAY_MS));
      const isNew = await this.#patiently(() => tail.read(firstDay, take, pace, signal));
      if (isNew) this.#options.onChange?.();
    }
  }

  #taker(part: Part): (lines: readonly string[], bytes: number) => void {
    return (lines, bytes) => {
      const nowMs = this.#now();
      for (const text of lines) this.#take(text, nowMs, part);
      this.bytesRead += bytes;
      this.linesRead += lines.length;
      if (part === 'past') this.#bytesBack += bytes;
    };
  }

  #take(text: string, nowMs: number, part: Part): void {
    const line = parseLine(text);
    if (line === undefined) return;
    const writtenMs = Date.parse(line.t);
    // Clocks of hosts differ, but not by a day.
    if (writtenMs > nowMs + DAY_MS || writtenMs < nowMs - REACH_MS) return;
    const ms = Math.min(writtenMs, nowMs);
    this.#bornMs = Math.min(this.#bornMs, ms);
    this.#ledger.add(line, ms);
    this.jobs.add(line, ms, nowMs);
    this.#log.add(line, ms, part, text.length);
  }
}
