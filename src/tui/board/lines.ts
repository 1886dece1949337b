/** Lines of text in several tones, as the pane shows them. */
import { glyphsOf, plain, width } from '../../model/text.ts';
import { fitText } from '../columns.ts';
import type { Look, Tone } from '../look.ts';
import type { Canvas } from '../surface.ts';

export interface Segment {
  readonly text: string;
  readonly tone?: Tone;
  /** Where there is no room for all of the line, it may go on below from here. */
  readonly mayBreak?: boolean;
}
export type Line = readonly Segment[];

export function line(text: string, tone: Tone = 'plain'): Line {
  return [{ text, tone }];
}

/** A character may be up to a few code units: no more of a text than could be shown is looked at. */
const UNITS_A_CELL = 8;

/** Writes a line; what does not fit is cut with a mark. @returns the column after it */
export function paintLine(canvas: Canvas, from: number, y: number, segments: Line, look: Look): number {
  let x = from;
  for (const [index, { text, tone = 'plain' }] of segments.entries()) {
    const room = canvas.width - x;
    if (room <= 0) return x;
    const part = plain(text.slice(0, room * UNITS_A_CELL));
    const isLast = segments.slice(index + 1).every((more) => more.text === '');
    const cells = width(part);
    // The mark takes the last cell: of a text that just fits only if more comes behind it.
    if (cells > room || (cells === room && !isLast)) {
      return canvas.put(x, y, fitText(`${part}  `, room, look), look.attr(tone));
    }
    x = canvas.put(x, y, part, look.attr(tone));
  }
  return x;
}

/** Where a text goes on that had no room behind what stands before it. */
const INDENT = 9;
/** Fewer cells than this are no room for a text. */
const LEAST_TEXT = 20;
/** Lines that one text is broken into at most. */
const MOST_LINES = 50;

/**
 * A line in as many as it needs: it is broken between segments where it may be, else its last segment is, between words if
 * it can be, and goes on below its beginning. Heads of tables are left as they are.
 */
export function wrapped(segments: Line, cells: number): Line[] {
  const last = segments.at(-1);
  if (last === undefined || last.tone === 'head') return [segments];
  const groups = groupsOf(segments);
  if (groups.length === 1) return brokenAtLast(segments, cells);
  const lines: Line[] = [];
  for (const group of groups) {
    const above = lines.at(-1);
    if (above === undefined) lines.push(...brokenAtLast(group, cells));
    else if (cellsOf(above) + cellsOf(trimmed(group)) <= cells) lines[lines.length - 1] = [...above, ...group];
    else lines.push(...brokenAtLast([{ text: ' '.repeat(INDENT) }, ...group], cells));
  }
  return lines.map(trimmed);
}

/** What must stay together. */
function groupsOf(segments: Line): Line[] {
  const starts = segments.flatMap(({ mayBreak }, index) => (mayBreak === true && index > 0 ? [index] : []));
  return [0, ...starts].map((start, nth) => segments.slice(start, starts[nth]));
}

function trimmed(segments: Line): Line {
  const last = segments.at(-1);
  return last === undefined ? segments : [...segments.slice(0, -1), { ...last, text: last.text.trimEnd() }];
}

function brokenAtLast(segments: Line, cells: number): Line[] {
  const last = segments.at(-1);
  if (last === undefined || last.text === '') return [segments];
  const before = segments.slice(0, -1);
  const used = cellsOf(before);
  const text = plain(last.text.slice(0, cells * MOST_LINES));
  if (used + width(text.trimEnd()) <= cells) return [segments];
  const hasRoom = cells - used >= LEAST_TEXT;
  const indent = hasRoom ? used : Math.min(INDENT, Math.max(0, cells - LEAST_TEXT));
  const parts = broken(text.trimEnd(), Math.max(1, cells - indent));
  const below = (part: string): Line => [{ text: ' '.repeat(indent) }, { ...last, text: part }];
  const [first = '', ...rest] = parts;
  if (!hasRoom && before.length > 0) return [before, ...parts.map(below)];
  return [[...before, { ...last, text: first }], ...rest.map(below)];
}

function cellsOf(segments: Line): number {
  return segments.reduce((sum, { text }) => sum + width(plain(text)), 0);
}

/** Text in pieces of so many cells, between words where a space is near. */
function broken(text: string, cells: number): string[] {
  const pieces: string[] = [];
  let piece = '';
  let used = 0;
  for (const glyph of glyphsOf(text)) {
    if (used + glyph.cells > cells && piece !== '') {
      const space = piece.lastIndexOf(' ');
      const at = glyph.text === ' ' || space < piece.length / 2 ? piece.length : space;
      pieces.push(piece.slice(0, at).trimEnd());
      piece = piece.slice(at).trimStart();
      used = width(piece);
      if (glyph.text === ' ' && piece === '') continue;
    }
    piece += glyph.text;
    used += glyph.cells;
  }
  return piece === '' ? pieces : [...pieces, piece];
}
