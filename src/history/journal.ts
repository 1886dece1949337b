/**
 * The journal, read: `journal/<day>/<host>.<writer>.jsonl`, one writer a file, merged by time. Torn lines, lines of other
 * makers and foreign files are skipped: the board is the truth, this is its memory.
 */
import type { Board } from '../board/board.ts';
import { isGone } from '../board/errors.ts';
import type { JournalLine } from '../board/journal.ts';
import { endOfLines, linesOfFile } from '../board/lines.ts';
import { days, folderNames, isHidden } from '../board/scan.ts';
import { parseHeld } from '../model/json.ts';
import { dayFolder, FOLDERS, formatDay, isDay } from '../model/name.ts';

export interface JournalQuery {
  /** Lines of this dataset only. */
  readonly dataset?: string | undefined;
  /** Lines of this time and later; whole days before it are not opened. */
  readonly sinceMs?: number | undefined;
  readonly test?: ((line: JournalLine) => boolean) | undefined;
}

/** Files of the journal end in it. */
export const SUFFIX = '.jsonl';
const DAY_MS = 86_400_000;
/** Longer ones are nobody's lines: they are passed over, and never held. */
export const MOST_LINE_BYTES = 1024 * 1024;

const TEXTS = [
  'dataset',
  'posted',
  'class',
  'stage',
  'process',
  'from',
  'to',
  'folder',
  'outcome',
  'reason',
  'host',
  'by',
];

/** A line that can be used, or undefined. */
export function parseLine(text: string): JournalLine | undefined {
  let value: unknown;
  try {
    value = parseHeld(text);
  } catch (error) {
    // The last line of a process that died while it wrote.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (typeof value !== 'object' || value === null || !('t' in value) || !('event' in value)) return undefined;
  if (typeof value.t !== 'string' || typeof value.event !== 'string' || Number.isNaN(Date.parse(value.t)))
    return undefined;
  // Readers print and compare them.
  const isText = (field: string): boolean => {
    const its = (value as Record<string, unknown>)[field];
    return its === undefined || its === null || typeof its === 'string';
  };
  return TEXTS.every(isText) ? (value as unknown as JournalLine) : undefined;
}

/** Journal files of a day, relative to the board. */
export function filesOfDay(board: Board, day: string): string[] {
  const folder = dayFolder(FOLDERS.journal, day);
  const files = folderNames(board, folder).filter((file) => file.endsWith(SUFFIX) && !isHidden(file));
  return files.sort().map((file) => `${folder}/${file}`);
}

/** Days with a journal, the earliest first, as far as the query looks back. */
export function daysOf(board: Board, sinceMs: number | undefined): string[] {
  // Writers' clocks differ: a line may stand in the day before its own.
  const first = sinceMs === undefined ? '' : formatDay(Math.max(0, sinceMs - DAY_MS));
  return days(board, 'journal')
    .filter((day) => isDay(day) && day >= first)
    .reverse();
}

/** Lines of one dataset hold this. */
export function needle(dataset: string | undefined): Buffer | undefined {
  return dataset === undefined ? undefined : Buffer.from(`"dataset":${JSON.stringify(dataset)}`);
}

export function isWanted(line: JournalLine, query: JournalQuery): boolean {
  if (query.dataset !== undefined && line.dataset !== query.dataset) return false;
  if (query.sinceMs !== undefined && Date.parse(line.t) < query.sinceMs) return false;
  return query.test?.(line) ?? true;
}

export interface FileOptions {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly withTail?: boolean;
}

/** How far to read a file; undefined: to its end. */
export type EndOf = (file: string) => number | undefined;

/** Wanted lines of one file; @returns the byte to go on from. A file that retention has just taken is empty. */
export function* linesOfJournal(
  board: Board,
  file: string,
  query: JournalQuery,
  options: FileOptions = {},
): Generator<JournalLine, number> {
  const wanted = { holding: needle(query.dataset), mostLine: MOST_LINE_BYTES };
  const texts = linesOfFile(board.path(file), { ...options, ...wanted });
  try {
    for (;;) {
      const next = texts.next();
      if (next.done === true) return next.value;
      const line = parseLine(next.value);
      if (line !== undefined && isWanted(line, query)) yield line;
    }
  } catch (error) {
    if (isGone(error)) return options.from ?? 0;
    throw error;
  }
}

/** Lines of several sources that are each in order of time, in order of time; of equal times the first source's first. */
export function* mergeByTime(sources: readonly Iterator<JournalLine, unknown>[]): Generator<JournalLine> {
  const heads = sources.flatMap((source) => {
    const first = source.next();
    return first.done === true ? [] : [{ source, line: first.value }];
  });
  while (heads.length > 0) {
    let least = 0;
    for (let index = 1; index < heads.length; index++) {
      if ((heads[index]?.line.t ?? '') < (heads[least]?.line.t ?? '')) least = index;
    }
    const head = heads[least];
    if (head === undefined) return;
    yield head.line;
    const next = head.source.next();
    if (next.done === true) heads.splice(least, 1);
    else head.line = next.value;
  }
}

function linesOfDay(board: Board, day: string, query: JournalQuery, endOf?: EndOf): Generator<JournalLine> {
  return mergeByTime(filesOfDay(board, day).map((file) => linesOfJournal(board, file, query, { to: endOf?.(file) })));
}

/** All wanted lines, the earliest first. Files are read as they are needed, a day at a time. */
export function* readJournal(board: Board, query: JournalQuery = {}, endOf?: EndOf): Generator<JournalLine> {
  for (const day of daysOf(board, query.sinceMs)) yield* linesOfDay(board, day, query, endOf);
}

/** The last `number` wanted lines, the earliest first; days before them are not opened. */
export function readLast(board: Board, query: JournalQuery, number: number, endOf?: EndOf): JournalLine[] {
  let found: JournalLine[] = [];
  for (const day of daysOf(board, query.sinceMs).reverse()) {
    const ofDay: JournalLine[] = [];
    for (const line of linesOfDay(board, day, query, endOf)) {
      ofDay.push(line);
      if (ofDay.length > 2 * number) ofDay.splice(0, ofDay.length - number);
    }
    found = [...ofDay, ...found].slice(-number);
    if (found.length >= number) break;
  }
  return found;
}

/** Follows the journal from where it ends now: `next` gives what was written since the last call. */
export class JournalFollower {
  readonly #board: Board;
  readonly #query: JournalQuery;
  readonly #firstDay: string;
  readonly #read = new Map<string, number>();

  constructor(board: Board, query: JournalQuery) {
    this.#board = board;
    this.#query = { ...query, sinceMs: undefined };
    // Writers' clocks differ: a line may still be written to the day before.
    this.#firstDay = formatDay(board.now() - DAY_MS);
    for (const file of this.#files()) this.#read.set(file, this.#endOfLines(file));
  }

  /** Where following begins: who tells the past first reads each file up to here. */
  readonly endOf: EndOf = (file) => {
    const [, day = ''] = file.split('/');
    return day < this.#firstDay ? undefined : (this.#read.get(file) ?? 0);
  };

  next(): JournalLine[] {
    const found: JournalLine[] = [];
    for (const file of this.#files()) {
      const options = { from: this.#read.get(file), withTail: false };
      const lines = linesOfJournal(this.#board, file, this.#query, options);
      let next = lines.next();
      for (; next.done !== true; next = lines.next()) found.push(next.value);
      this.#read.set(file, next.value);
    }
    return found.sort((a, b) => (a.t < b.t ? -1 : a.t > b.t ? 1 : 0));
  }

  #files(): string[] {
    const recent = days(this.#board, 'journal').filter((day) => day >= this.#firstDay);
    return recent.reverse().flatMap((day) => filesOfDay(this.#board, day));
  }

  /** The byte after the last whole line. A file that retention has just taken is empty. */
  #endOfLines(file: string): number {
    try {
      return endOfLines(this.#board.path(file));
    } catch (error) {
      if (isGone(error)) return 0;
      throw error;
    }
  }
}
