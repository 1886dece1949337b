/**
 * A try's log for a person who reads it: its last lines, more of them backwards, and what is being written. A part of the
 * file at a time, and never waited for by anyone else: a hung disk stops the log alone.
 */
import { LOG_RUNNING, logFolder } from '../model/name.ts';
import type { Board } from './board.ts';
import { BoardError, faultText, isSystemError } from './errors.ts';
import { HeldLines } from './held-lines.ts';
import { jobSentence, loadJobRow } from './job-rows.ts';
import { namesOf, OpenFile, PIECE_BYTES } from './pieces.ts';
import { saveCopy } from './save-copy.ts';
import { type LogEntry, logsAmong } from './tries.ts';

/** Which try's log: of the latest try that fits. */
export interface WhichLog {
  readonly posted?: string | undefined;
  readonly stage?: string | undefined;
  readonly epoch?: number | undefined;
}

export interface LogOptions {
  readonly now?: () => number;
  /** Bytes that are read at first, from the end. */
  readonly tailBytes?: number;
  /** Lines that are held at most. */
  readonly mostLines?: number;
}

const MOST_LINES = 200_000;
/** What `more` reads unless told. */
const MORE_BYTES = 1024 * 1024;
/** A log that has grown by more than this since the last look is begun anew at its end. */
const MOST_NEW_BYTES = 4 * 1024 * 1024;
/** Between two looks at the job of a step that has not written anything. */
const JOB_MS = 1_000;
const NEWLINE = 0x0a;

/** Logs of a dataset, oldest first, without holding the event loop. */
export async function findLogs(board: Board, dataset: string): Promise<LogEntry[]> {
  return logsAmong(dataset, await namesOf(board.path(logFolder(dataset))));
}

function fits(log: LogEntry, { posted, stage, epoch }: WhichLog): boolean {
  return (
    (posted === undefined || log.posted === posted) &&
    (stage === undefined || log.stage === stage) &&
    (epoch === undefined || log.epoch === epoch)
  );
}

/** The same try's log under the name that it has now. */
function sameTry(tries: readonly LogEntry[], log: LogEntry): LogEntry | undefined {
  const same = tries.filter((one) => fits(one, log));
  // A log gets its outcome by a link: for an instant it has both names.
  return same.find(({ outcome }) => outcome !== LOG_RUNNING) ?? same[0];
}

export class LogWindow {
  readonly dataset: string;
  readonly #board: Board;
  readonly #options: LogOptions;
  readonly #held: HeldLines;
  #log: LogEntry;
  #tries: readonly LogEntry[];
  #file: OpenFile | undefined;
  /** The byte after what has been read. */
  #end = 0;
  #fault: string | undefined;
  #job: string | undefined;
  #jobMs = Number.NEGATIVE_INFINITY;
  #isGone = false;
  #isClosed = false;
  #work: Promise<unknown> = Promise.resolve();
  #polling: Promise<boolean> | undefined;

  private constructor(board: Board, dataset: string, log: LogEntry, tries: readonly LogEntry[], options: LogOptions) {
    this.#board = board;
    this.dataset = dataset;
    this.#log = log;
    this.#tries = tries;
    this.#options = options;
    this.#held = new HeldLines(options.mostLines ?? MOST_LINES);
  }

  /** Undefined: there is no such log. One that can't be read has a `fault`. */
  static async open(
    board: Board,
    dataset: string,
    which: WhichLog = {},
    options: LogOptions = {},
  ): Promise<LogWindow | undefined> {
    const tries = await findLogs(board, dataset);
    const log = tries.findLast((one) => fits(one, which));
    if (log === undefined) return undefined;
    const window = new LogWindow(board, dataset, sameTry(tries, log) ?? log, tries, options);
    await window.poll();
    return window;
  }

  get log(): LogEntry {
    return this.#log;
  }

  get tries(): readonly LogEntry[] {
    return this.#tries;
  }

  /** Another array whenever something has changed. */
  get lines(): readonly string[] {
    return this.#held.lines;
  }

  get seenMs(): readonly (number | undefined)[] {
    return this.#held.seenMs;
  }

  get firstLine(): number {
    return this.#held.firstLine;
  }

  get skippedBytes(): number {
    return this.#held.skippedBytes;
  }

  get path(): string {
    return this.#board.path(this.#log.file);
  }

  get isRunning(): boolean {
    return this.#log.outcome === LOG_RUNNING && !this.#isGone;
  }

  /** How its job stands, if its step is one of an engine that has not written anything. */
  get job(): string | undefined {
    return this.lines.length === 0 && this.isRunning ? this.#job : undefined;
  }

  get fault(): string | undefined {
    return this.#fault;
  }

  /** Takes up what was written since, and the log's new name if the try has ended. @returns true if anything has changed */
  poll(): Promise<boolean> {
    this.#polling ??= this.#inTurn(() => this.#poll()).finally(() => {
      this.#polling = undefined;
    });
    return this.#polling;
  }

  /** Goes further back. @returns true if there was more, and room for it */
  more(bytes = MORE_BYTES): Promise<boolean> {
    return this.#inTurn(() => this.#more(bytes));
  }

  /**
   * Copies the log to a file that does not exist yet: where the name is taken, `-2`, `-3` … is added.
   * @returns the path @throws BoardError if it can't be written
   */
  async saveCopy(to: string): Promise<string> {
    const file = this.#file;
    if (file === undefined)
      throw new BoardError(`${this.#fault ?? this.#log.file}: there is nothing that could be saved`);
    return saveCopy(file, to);
  }

  /** Settled when nothing is read any longer; what is held stays. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#work;
    await this.#file?.close();
    this.#file = undefined;
  }

  /** One after another; the system's errors become the `fault`. */
  #inTurn(action: () => Promise<boolean>): Promise<boolean> {
    const turn = this.#work.then(async () => {
      if (this.#isClosed) return false;
      const before = this.#fault;
      try {
        this.#fault = undefined;
        return (await action()) || before !== this.#fault;
      } catch (error) {
        if (!isSystemError(error)) throw error;
        this.#fault = `${this.#log.file}: ${faultText(error)}`;
        return before !== this.#fault;
      }
    });
    this.#work = turn.catch(() => false);
    return turn;
  }

  async #poll(): Promise<boolean> {
    // Looked up before reading, so that what it wrote last is read as well.
    const isRenamed = await this.#lookUp();
    if (this.#file === undefined) {
      this.#file = await OpenFile.open(this.path);
      if (this.#file === undefined) return isRenamed;
      await this.#begin(this.#file, await this.#file.size());
      return true;
    }
    const size = await this.#file.size();
    if (size < this.#end || size - this.#end > MOST_NEW_BYTES) {
      await this.#begin(this.#file, size);
      return true;
    }
    const isNew = await this.#readTo(this.#file, size, this.#now());
    return (await this.#lookAtJob()) || isNew || isRenamed;
  }

  async #lookAtJob(): Promise<boolean> {
    if (this.lines.length > 0 || !this.isRunning || performance.now() - this.#jobMs < JOB_MS) return false;
    this.#jobMs = performance.now();
    const row = await loadJobRow(this.#board, { ...this.#log, dataset: this.dataset });
    const text = row === undefined ? undefined : jobSentence(row);
    const isNew = text !== this.#job;
    this.#job = text;
    return isNew;
  }

  async #lookUp(): Promise<boolean> {
    const tries = await findLogs(this.#board, this.dataset);
    const now = sameTry(tries, this.#log);
    this.#isGone = now === undefined;
    if (now === undefined)
      this.#fault = `${this.#log.file}: the log is no longer there: retention or a person removed it`;
    const isSame = tries.length === this.#tries.length && tries.every(({ file }, at) => file === this.#tries[at]?.file);
    if (isSame) return false;
    this.#tries = tries;
    if (now !== undefined) this.#log = now;
    return true;
  }

  /** The last lines of the file; what was held before is let go. */
  async #begin(file: OpenFile, size: number): Promise<void> {
    const from = Math.max(0, size - (this.#options.tailBytes ?? PIECE_BYTES));
    this.#end = from === 0 ? 0 : await firstLineAfter(file, from, size);
    this.#held.restart(this.#end);
    await this.#readTo(file, size, undefined);
  }

  async #readTo(file: OpenFile, size: number, seenMs: number | undefined): Promise<boolean> {
    let isNew = false;
    while (this.#end < size) {
      const piece = await file.read(this.#end, Math.min(PIECE_BYTES, size - this.#end));
      if (piece.length === 0) break;
      this.#end += piece.length;
      this.#held.append(piece, seenMs);
      isNew = true;
    }
    return isNew;
  }

  async #more(bytes: number): Promise<boolean> {
    const file = this.#file;
    let isMore = false;
    for (let left = bytes; file !== undefined && left > 0 && this.skippedBytes > 0; left -= PIECE_BYTES) {
      const from = Math.max(0, this.skippedBytes - PIECE_BYTES);
      const start = from === 0 ? 0 : await firstLineAfter(file, from, this.skippedBytes);
      if (!this.#held.prepend(await file.read(start, this.skippedBytes - start), start)) break;
      isMore = true;
    }
    return isMore;
  }

  #now(): number {
    return this.#options.now?.() ?? Date.now();
  }
}

/** Where the first line that begins after a byte does; within a line that has no other end, its next character. */
async function firstLineAfter(file: OpenFile, from: number, to: number): Promise<number> {
  const piece = await file.read(from - 1, to - from + 1);
  const newline = piece.indexOf(NEWLINE);
  if (newline >= 0 && from + newline < to) return from + newline;
  let start = 1;
  while (start < 4 && ((piece[start] ?? 0) & 0xc0) === 0x80) start++;
  return from - 1 + start;
}
