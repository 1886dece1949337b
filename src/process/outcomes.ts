/**
 * The file in which a step tells what became of its entries, read while it grows. The step may put anything there: what is
 * read at a time is bounded, and nothing but a plain file is waited for.
 */
import fs from 'node:fs';
import { faultText, isGone, isSystemError } from '../board/errors.ts';

const PIECE_BYTES = 256 * 1024;
const MOST_LINE = 1024 * 1024;
/** A line for each of 1,000 entries, with all that it may post. Reading more would keep the stage process from its heartbeat. */
const MOST_BYTES = 256 * 1024 * 1024;
const NEWLINE = 0x0a;

export interface NewLines {
  readonly lines: readonly { readonly number: number; readonly text: string }[];
  /** What can't be read at all, said once. */
  readonly fault: string | undefined;
  /** There may be more at once. */
  readonly isMore: boolean;
}

const NOTHING: NewLines = { lines: [], fault: undefined, isMore: false };

export class OutcomesFile {
  readonly #path: string;
  #at = 0;
  #rest = Buffer.alloc(0);
  #number = 0;
  #isFaulty = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** What was written since, up to the last whole line. @param isEnded the step has: what has no newline is a line as well */
  read(isEnded: boolean): NewLines {
    if (this.#isFaulty) return NOTHING;
    let piece: Buffer | undefined;
    try {
      piece = this.#readPiece();
    } catch (error) {
      if (isGone(error)) return NOTHING;
      if (!isSystemError(error)) throw error;
      return this.#fail(faultText(error));
    }
    if (piece === undefined) return this.#fail('it is no plain file');
    if (this.#at > MOST_BYTES) return this.#fail(`it has more than ${MOST_BYTES} bytes`);
    const isMore = piece.length === PIECE_BYTES;
    const data = Buffer.concat([this.#rest, piece]);
    const end = isEnded && !isMore ? data.length : data.lastIndexOf(NEWLINE) + 1;
    this.#rest = data.subarray(end);
    if (this.#rest.length > MOST_LINE) return this.#fail(`line ${this.#number + 1} is longer than 1 MiB`);
    const texts = end === 0 ? [] : data.toString('utf8', 0, end).replace(/\n$/, '').split('\n');
    const lines = texts.map((text) => ({ number: ++this.#number, text })).filter(({ text }) => text.trim() !== '');
    return { lines, fault: undefined, isMore };
  }

  #readPiece(): Buffer | undefined {
    // Not opened before it is known to be a plain file: a pipe would be waited for, a link may lead anywhere.
    const stat = fs.lstatSync(this.#path);
    if (!stat.isFile()) return undefined;
    if (stat.size <= this.#at) return Buffer.alloc(0);
    const fd = fs.openSync(this.#path, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK);
    try {
      const buffer = Buffer.allocUnsafe(PIECE_BYTES);
      const length = fs.readSync(fd, buffer, 0, PIECE_BYTES, this.#at);
      this.#at += length;
      return buffer.subarray(0, length);
    } finally {
      fs.closeSync(fd);
    }
  }

  #fail(fault: string): NewLines {
    this.#isFaulty = true;
    return { lines: [], fault, isMore: false };
  }
}
