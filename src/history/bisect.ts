/** Where in a journal file a time begins, in a few short reads: the lines of one writer are in order of time. */
import { MOST_LINE_BYTES, parseLine } from './journal.ts';

/** Something that can be read at any byte: an open file. */
export interface Bytes {
  /** Up to so many bytes; fewer only at the end. */
  read(at: number, bytes: number): Promise<Buffer>;
}

const BLOCK = 8 * 1024;
const NEWLINE = 0x0a;

interface Found {
  readonly start: number;
  /** The byte after the line and its newline. */
  readonly end: number;
  readonly ms: number;
}

/** Whole lines that can be used, from a byte on that is a line's beginning, up to `until`. */
async function* linesFrom(source: Bytes, from: number, until: number): AsyncGenerator<Found> {
  let rest: Buffer = Buffer.alloc(0);
  let start = from;
  /** What is read is the rest of a line that is too long to be one. */
  let isSkipping = false;
  for (let at = from; start < until; ) {
    const block = await source.read(at, BLOCK);
    if (block.length === 0) return;
    at += block.length;
    rest = rest.length === 0 ? block : Buffer.concat([rest, block]);
    for (let newline = rest.indexOf(NEWLINE); newline >= 0; newline = rest.indexOf(NEWLINE)) {
      const line = isSkipping ? undefined : parseLine(rest.toString('utf8', 0, newline));
      isSkipping = false;
      const end = start + newline + 1;
      if (line !== undefined) yield { start, end, ms: Date.parse(line.t) };
      rest = rest.subarray(newline + 1);
      start = end;
      if (start >= until) return;
    }
    if (rest.length <= MOST_LINE_BYTES) continue;
    isSkipping = true;
    rest = Buffer.alloc(0);
    start = at;
  }
}

/** The beginning of the first line at or after a byte; undefined if none begins before `until`. */
async function beginningAfter(source: Bytes, byte: number, until: number): Promise<number | undefined> {
  // The byte before may be the newline.
  for (let at = Math.max(0, byte - 1); at < until; at += BLOCK) {
    const block = await source.read(at, BLOCK);
    const newline = block.indexOf(NEWLINE);
    if (newline >= 0) return at + newline + 1 < until ? at + newline + 1 : undefined;
    if (block.length < BLOCK) return undefined;
  }
  return undefined;
}

/**
 * The byte at which lines of this time and later begin: a line's beginning, or `size` if there are none. Lines that can't
 * be used are passed over; where a clock was turned back it is one of the places that may be meant.
 */
export async function offsetOfTime(source: Bytes, size: number, ms: number): Promise<number> {
  // Lines before `low` are earlier; usable lines that begin at `high` or after it are not.
  let low = 0;
  let high = size;
  while (high - low > BLOCK) {
    const middle = low + Math.floor((high - low) / 2);
    const start = await beginningAfter(source, middle, high);
    const found = start === undefined ? undefined : (await linesFrom(source, start, high).next()).value;
    if (found === undefined || found.ms >= ms) high = middle;
    else low = found.end;
  }
  for await (const line of linesFrom(source, low, size)) if (line.ms >= ms) return line.start;
  return size;
}
