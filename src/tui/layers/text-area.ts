/**
 * A part of a long text on the screen, wrapped or moved sideways. Only lines that are seen are laid out: where the text is
 * scrolled to is a line and a row of it, so that 200,000 lines cost no more than fifty. Pure.
 */
import { glyphsOf, isAscii, plain, width } from '../../model/text.ts';
import type { Attr, Canvas } from '../surface.ts';

export interface Lines {
  readonly length: number;
  at(index: number): string;
  /** Rows that stand below a line and are not part of it. */
  below?(index: number): number;
}

/** What is at the top of the screen. */
export interface Place {
  readonly line: number;
  readonly row: number;
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly isWrapped: boolean;
}

const TAB = 8;
/** What is longer is cut: no screen shows it, and it would be laid out at every key. */
const LONGEST = 20_000;

/** A line as it is painted: tabs are spaces, and there is an end to it. */
export function displayed(line: string): string {
  const short = line.length > LONGEST ? `${line.slice(0, LONGEST)} … ${line.length - LONGEST} more characters` : line;
  if (!short.includes('\t')) return short;
  let text = '';
  for (const part of short.split(/(\t)/)) text += part === '\t' ? ' '.repeat(TAB - (width(plain(text)) % TAB)) : part;
  return text;
}

/** The cell at which each row of a wrapped line begins, and at the end the cell behind its last. */
export function rowStarts(line: string, cells: number): number[] {
  const wide = Math.max(2, cells);
  const starts = [0];
  if (isAscii(line)) {
    for (let at = wide; at < line.length; at += wide) starts.push(at);
    return [...starts, line.length];
  }
  let at = 0;
  let start = 0;
  for (const glyph of glyphsOf(plain(line))) {
    if (at + glyph.cells > start + wide) {
      starts.push(at);
      start = at;
    }
    at += glyph.cells;
  }
  return [...starts, at];
}

/** Rows of a line, with those below it. */
export function rowsOf(lines: Lines, index: number, frame: Frame): number {
  const own = frame.isWrapped ? rowStarts(displayed(lines.at(index)), frame.width).length - 1 : 1;
  return own + (lines.below?.(index) ?? 0);
}

/** The place from which the text goes to the end and fills the screen. */
export function endPlace(lines: Lines, frame: Frame): Place {
  return placeAbove(lines, lines.length - 1, frame, frame.height);
}

/** The place from which `height` rows end with the last row of a line. */
function placeAbove(lines: Lines, last: number, frame: Frame, height: number): Place {
  let left = height;
  for (let line = last; line >= 0; line--) {
    left -= rowsOf(lines, line, frame);
    if (left <= 0) return { line, row: 0 - left };
  }
  return { line: 0, row: 0 };
}

function isBefore(a: Place, b: Place): boolean {
  return a.line < b.line || (a.line === b.line && a.row < b.row);
}

/** Not beyond the end, nor beyond the last row of a line that is laid out in another way than before. */
export function clampPlace(lines: Lines, place: Place, frame: Frame): Place {
  const end = endPlace(lines, frame);
  if (!isBefore(place, end)) return end;
  const line = Math.max(0, place.line);
  const row = Math.min(place.row, rowsOf(lines, line, frame) - 1);
  return line === place.line && row === place.row ? place : { line, row };
}

export function scrollRows(lines: Lines, from: Place, by: number, frame: Frame): Place {
  let { line, row } = clampPlace(lines, from, frame);
  row += by;
  while (row < 0 && line > 0) row += rowsOf(lines, --line, frame);
  while (line < lines.length - 1 && row >= rowsOf(lines, line, frame)) row -= rowsOf(lines, line++, frame);
  return clampPlace(lines, { line, row: Math.max(0, row) }, frame);
}

/** Scrolls as little as needed to show a line; the beginning of one that is higher than the screen. */
export function reveal(lines: Lines, from: Place, index: number, frame: Frame): Place {
  const top = clampPlace(lines, from, frame);
  if (index < top.line || (index === top.line && top.row > 0)) return { line: index, row: 0 };
  const least = placeAbove(lines, index, frame, frame.height);
  if (!isBefore(top, least)) return top;
  return least.line === index ? { line: index, row: 0 } : least;
}

export interface Row {
  readonly y: number;
  readonly line: number;
  /** Cells of the line that stand in this row; undefined: the row is below the line, the `below`th there. */
  readonly cells: { readonly from: number; readonly to: number } | undefined;
  readonly below: number;
  readonly isFirst: boolean;
}

/** The rows that are seen. @param left first cell of lines that are not wrapped */
export function visibleRows(lines: Lines, top: Place, left: number, frame: Frame): Row[] {
  const rows: Row[] = [];
  const { line: first, row: skipped } = clampPlace(lines, top, frame);
  for (let line = first, y = -skipped; line < lines.length && y < frame.height; line++) {
    const starts = frame.isWrapped ? rowStarts(displayed(lines.at(line)), frame.width) : [left, left + frame.width];
    const own = starts.length - 1;
    const all = own + (lines.below?.(line) ?? 0);
    for (let row = 0; row < all && y < frame.height; row++, y++) {
      if (y < 0) continue;
      const cells = row < own ? { from: starts[row] ?? 0, to: starts[row + 1] ?? 0 } : undefined;
      rows.push({ y, line, cells, below: row - own, isFirst: row === 0 });
    }
  }
  return rows;
}

export interface Run {
  readonly text: string;
  readonly attr: Attr;
}

/** Paints the cells of a line from `from` up to `to`. */
export function paintRuns(canvas: Canvas, x: number, y: number, runs: readonly Run[], from: number, to: number): void {
  let at = 0;
  for (const { text, attr } of runs) {
    if (isAscii(text)) {
      const [first, end] = [Math.max(0, from - at), Math.min(text.length, to - at)];
      if (end > first) canvas.put(x + at + first - from, y, text.slice(first, end), attr);
      at += text.length;
      continue;
    }
    for (const glyph of glyphsOf(plain(text))) {
      if (at >= from && at + glyph.cells <= to) canvas.put(x + at - from, y, glyph.text, attr);
      at += glyph.cells;
      if (at >= to) return;
    }
  }
}

/** Cells that the widest of some lines takes. */
export function widest(lines: readonly string[]): number {
  let most = 0;
  for (const line of lines) most = Math.max(most, width(plain(displayed(line))));
  return most;
}
