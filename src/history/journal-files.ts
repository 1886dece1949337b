/** The journal's files as they grow, read without holding the event loop. */
import type { Board } from '../board/board.ts';
import { namesOf, OpenFile, piecesOfFile, sizeOfFile } from '../board/pieces.ts';
import { isHidden } from '../board/scan.ts';
import { dayFolder, FOLDERS, isDay } from '../model/name.ts';
import { offsetOfTime } from './bisect.ts';
import { SUFFIX } from './journal.ts';
import type { Pace } from './pacer.ts';

/** One file and how far it has been read. */
export interface Span {
  /** Relative to the board. */
  readonly file: string;
  readonly day: string;
  /** The byte to go on from. */
  at: number;
  /** Where to end. */
  to: number;
}

/** Days that have a journal, from one on, the latest first. */
export async function journalDays(board: Board, firstDay: string): Promise<string[]> {
  const names = await namesOf(board.path(FOLDERS.journal));
  return names.filter((name) => isDay(name) && name >= firstDay).reverse();
}

/** Files of a day, relative to the board, by name. */
export async function journalFiles(board: Board, day: string): Promise<string[]> {
  const folder = dayFolder(FOLDERS.journal, day);
  const names = await namesOf(board.path(folder));
  return names.filter((name) => name.endsWith(SUFFIX) && !isHidden(name)).map((name) => `${folder}/${name}`);
}

/** @param bytes that were read for these lines */
export type OnLines = (lines: readonly string[], bytes: number) => void;

/** The files of a day, unread, as long as they are now. */
export async function spansOfDay(board: Board, day: string): Promise<Span[]> {
  const spans: Span[] = [];
  for (const file of await journalFiles(board, day)) {
    const size = await sizeOfFile(board.path(file), board.isNetwork);
    if (size !== undefined) spans.push({ file, day, at: 0, to: size });
  }
  return spans;
}

/** Where lines of this time and later begin, at most at the span's end. A file that has just gone: at its end. */
export async function whereTimeBegins(board: Board, { file, to }: Span, ms: number): Promise<number> {
  const open = await OpenFile.open(board.path(file));
  if (open === undefined) return to;
  try {
    return await offsetOfTime(open, to, ms);
  } finally {
    await open.close();
  }
}

/**
 * Gives the whole lines of a span, a piece at a time. The span remembers how far it got: after an error it goes on there.
 * A torn last line is left for the next time.
 */
export async function readSpan(
  board: Board,
  span: Span,
  onLines: OnLines,
  pace: Pace,
  signal: AbortSignal,
): Promise<void> {
  for await (const piece of piecesOfFile(board.path(span.file), { from: span.at, to: span.to, signal })) {
    await pace(() => {
      onLines(piece.lines, piece.bytes);
      span.at = piece.at;
    });
  }
}

/** A file that has not grown for so many looks is looked at in turn with others of its kind. */
const COLD_AFTER = 60;
const COLD_AT_A_TIME = 32;

interface Followed extends Span {
  quiet: number;
}

/** Follows the files of the last days as they grow and as new ones appear. */
export class JournalTail {
  readonly #board: Board;
  readonly #followed = new Map<string, Followed>();
  #turn = 0;

  /** @param spans read as far as they say; files that are not among them are read from their beginning */
  constructor(board: Board, spans: Iterable<Span>) {
    this.#board = board;
    for (const { file, day, at } of spans) this.#followed.set(file, { file, day, at, to: at, quiet: 0 });
  }

  /** Reads what was written since the last time. Files of days before `firstDay` are left. @returns true if there was any */
  async read(firstDay: string, onLines: OnLines, pace: Pace, signal: AbortSignal): Promise<boolean> {
    const grown = await this.#look(firstDay);
    for (const span of grown) {
      try {
        await readSpan(this.#board, span, onLines, pace, signal);
      } catch (error) {
        // Looked at again the next time, as if it had grown.
        span.to = span.at;
        throw error;
      }
    }
    return grown.length > 0;
  }

  async #look(firstDay: string): Promise<Span[]> {
    for (const [file, { day }] of this.#followed) if (day < firstDay) this.#followed.delete(file);
    for (const day of await journalDays(this.#board, firstDay)) {
      for (const file of await journalFiles(this.#board, day)) {
        if (!this.#followed.has(file)) this.#followed.set(file, { file, day, at: 0, to: 0, quiet: 0 });
      }
    }
    const grown: Span[] = [];
    for (const one of this.#due()) {
      const size = await sizeOfFile(this.#board.path(one.file), this.#board.isNetwork);
      // A board that is away comes back with what has been read of it: to begin anew would count it all again.
      if (size === undefined) continue;
      // One that has become shorter is not ours to understand: what comes is.
      if (size < one.at) one.at = size;
      // A torn line stays to be read, and is no reason to look again before there is more.
      one.quiet = size > one.to ? 0 : one.quiet + 1;
      one.to = size;
      if (one.quiet === 0) grown.push(one);
    }
    return grown;
  }

  /** All that were written lately, and some of the others: each of a board with hundreds of writers gets its turn. */
  #due(): Followed[] {
    const all = [...this.#followed.values()];
    const cold = all.filter(({ quiet }) => quiet >= COLD_AFTER);
    const hot = all.filter(({ quiet }) => quiet < COLD_AFTER);
    if (cold.length <= COLD_AT_A_TIME) return all;
    const start = this.#turn % cold.length;
    this.#turn = start + COLD_AT_A_TIME;
    return [...hot, ...[...cold, ...cold].slice(start, start + COLD_AT_A_TIME)];
  }
}
