/**
 * What a step wrote, as lines: without the sequences that a terminal would obey, progress that was written over folded
 * to its last state. Not made harmless: whoever paints it does that. Pure.
 */
import { width } from '../model/text.ts';

/** A longer line is told in several: a binary log is one line of megabytes. */
export const LONGEST_LINE = 10_000;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const ESCAPE = 0x1b;
const TAB_CELLS = 8;
/** A sequence that is longer is none. */
const LONGEST_SEQUENCE = 4_096;
/** Progress is folded when this much of it has come without a line's end. */
const MOST_OPEN = 2 * LONGEST_LINE;

/** CSI, then OSC and the other strings with their end, then whatever begins with an escape; the same in their C1 forms. */
const SEQUENCES =
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x90\x98\x9c-\x9f]*(?:\x07|\x1b\\|\x9c)|\x1b[ -/]*[0-~]/g;
/** One that the text breaks off in. */
const BROKEN_SEQUENCE =
  /(?:(?:\x1b\[|\x9b)[0-?]*[ -/]*|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x90\x98\x9c-\x9f]*\x1b?|\x1b[ -/]*)$/;
const CONTROL = /[\x00-\x1f\x7f-\x9f]/;

/** What is left of a text that a terminal would have written over: what came after the last return that more followed. */
function folded(text: string): string {
  let end = text.length;
  while (text[end - 1] === '\r') end--;
  return text.slice(end === 0 ? 0 : text.lastIndexOf('\r', end - 1) + 1, end);
}

function rubbedOut(text: string): string {
  const kept: string[] = [];
  for (const char of text) {
    if (char === '\b') kept.pop();
    else kept.push(char);
  }
  return kept.join('');
}

function expanded(text: string): string {
  const parts = text.split('\t');
  // A line of nothing but tabs is no table.
  if (text.length + parts.length * TAB_CELLS > LONGEST_LINE) return parts.join(' ');
  let line = '';
  let cells = 0;
  for (const [index, part] of parts.entries()) {
    if (index > 0) {
      const gap = TAB_CELLS - (cells % TAB_CELLS);
      line += ' '.repeat(gap);
      cells += gap;
    }
    line += part;
    cells += width(part);
  }
  return line;
}

/** One line as it would stand on a terminal. @param isOpen the line goes on: a sequence that it breaks off in is left out */
export function cleanLine(text: string, isOpen = false): string {
  if (!CONTROL.test(text)) return text;
  let line = (isOpen ? text.replace(BROKEN_SEQUENCE, '') : text).replace(SEQUENCES, '');
  if (line.includes('\r')) line = folded(line);
  if (line.includes('\b')) line = rubbedOut(line);
  return line.includes('\t') ? expanded(line) : line;
}

export interface TextLine {
  readonly text: string;
  /** Where it begins in the file. */
  readonly at: number;
}

/** Cuts what is read into lines, piece by piece: nothing depends on where the pieces meet. */
export class LineFolder {
  #open: Buffer = Buffer.alloc(0);
  #at: number;

  /** @param at the byte of the file that the first piece begins with */
  constructor(at: number) {
    this.#at = at;
  }

  /** Lines that end in this piece. */
  feed(piece: Buffer): TextLine[] {
    const lines: TextLine[] = [];
    let rest = this.#open.length === 0 ? piece : Buffer.concat([this.#open, piece]);
    for (let newline = rest.indexOf(NEWLINE); newline >= 0; newline = rest.indexOf(NEWLINE)) {
      this.#tell(rest.subarray(0, newline), lines);
      rest = rest.subarray(newline + 1);
      this.#at++;
    }
    // The piece's buffer is its reader's: what is kept is a copy.
    this.#open = Buffer.from(this.#shortened(rest, lines));
    return lines;
  }

  /** The line that has no end yet, as it stands; undefined if there is none. */
  get open(): TextLine | undefined {
    if (this.#open.length === 0) return undefined;
    return { text: cleanLine(this.#open.toString('utf8'), true).slice(0, LONGEST_LINE), at: this.#at };
  }

  /** A whole line, in parts if it is too long. */
  #tell(line: Buffer, lines: TextLine[]): void {
    const start = line.length > LONGEST_LINE ? foldedStart(line) : 0;
    let rest = line.subarray(start);
    this.#at += start;
    while (rest.length > LONGEST_LINE) {
      const cut = cutBefore(rest, LONGEST_LINE);
      lines.push({ text: cleanLine(rest.toString('utf8', 0, cut)), at: this.#at });
      this.#at += cut;
      rest = rest.subarray(cut);
    }
    lines.push({ text: cleanLine(rest.toString('utf8')), at: this.#at });
    this.#at += rest.length;
  }

  /** A line that goes on and on: progress is folded, the beginning of anything else is told. */
  #shortened(open: Buffer, lines: TextLine[]): Buffer {
    if (open.length <= MOST_OPEN) return open;
    const start = foldedStart(open);
    this.#at += start;
    let rest = open.subarray(start);
    while (rest.length > LONGEST_LINE) {
      const cut = cutBefore(rest, LONGEST_LINE);
      lines.push({ text: cleanLine(rest.toString('utf8', 0, cut), true), at: this.#at });
      this.#at += cut;
      rest = rest.subarray(cut);
    }
    return rest;
  }
}

/** Where what counts of a line begins: after the last return that something followed. */
function foldedStart(line: Buffer): number {
  let end = line.length;
  while (end > 0 && line[end - 1] === RETURN) end--;
  return end === 0 ? 0 : line.lastIndexOf(RETURN, end - 1) + 1;
}

/** The last place at or before `most` that is neither within a character nor within a sequence. */
function cutBefore(line: Buffer, most: number): number {
  let cut = most;
  while (cut > most - 4 && ((line[cut] ?? 0) & 0xc0) === 0x80) cut--;
  const start = line.lastIndexOf(ESCAPE, cut - 1);
  if (start <= 0 || cut - start > LONGEST_SEQUENCE) return cut;
  return BROKEN_SEQUENCE.test(line.toString('utf8', start, cut)) ? start : cut;
}
