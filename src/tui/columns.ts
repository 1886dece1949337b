/** Columns of a table: which of them fit, where they stand, and how a row of them is painted. Pure. */
import { cut, glyphsOf, isAscii, plain, width } from '../model/text.ts';
import type { Look, Tone } from './look.ts';
import type { Canvas } from './surface.ts';

export interface Column<Id extends string = string> {
  readonly id: Id;
  readonly head: string;
  /** Cells that it takes; of one that grows, at least. */
  readonly cells: number;
  readonly isRight?: true;
  /** It takes what is left. At most one of them does. */
  readonly grows?: true;
  /** Where room is short, the column with the largest number goes first; without one it stays. */
  readonly drop?: number;
}

export interface Placed<Id extends string = string> extends Column<Id> {
  readonly x: number;
}

const GAP = 1;

/** The columns that fit into `cells`, each in its place. */
export function placeColumns<Id extends string>(columns: readonly Column<Id>[], cells: number): Placed<Id>[] {
  let kept = columns;
  for (;;) {
    const least = kept.reduce((sum, column) => sum + column.cells + GAP, -GAP);
    const next = kept.reduce((most, column) => Math.max(most, column.drop ?? 0), 0);
    if (least > cells && next > 0) {
      kept = kept.filter((column) => column.drop !== next);
      continue;
    }
    let x = 0;
    return kept.map((column) => {
      const wide = column.grows === true ? Math.max(column.cells, column.cells + cells - least) : column.cells;
      const placed = { ...column, cells: wide, x };
      x += wide + GAP;
      return placed;
    });
  }
}

/** Text for a column: harmless, and cut with a mark where it is too long. */
export function fitText(text: string, cells: number, look: Look): string {
  const safe = isAscii(text) ? text : plain(text);
  if (width(safe) <= cells) return safe;
  const short = cut(safe, cells);
  return look.options.isAscii ? short.replace(/\u2026$/, look.glyphs.more) : short;
}

/** A text over several lines, broken where they end; the last one is cut. */
export function wrapText(text: string, cells: number, lines: number, look: Look): string[] {
  const wrapped: string[] = [];
  let rest = glyphsOf(plain(text));
  while (rest.length > 0 && wrapped.length < lines - 1) {
    let used = 0;
    const end = rest.findIndex((glyph) => {
      used += glyph.cells;
      return used > cells;
    });
    const taken = end < 0 ? rest : rest.slice(0, Math.max(1, end));
    wrapped.push(taken.map((glyph) => glyph.text).join(''));
    rest = rest.slice(taken.length);
  }
  if (rest.length > 0 && lines > 0) wrapped.push(fitText(rest.map((glyph) => glyph.text).join(''), cells, look));
  return wrapped;
}

/** Writes one column of a row; the gap behind it is left as it is. `left`: cells before the first column. */
export function paintCell(
  canvas: Canvas,
  place: { readonly column: Placed; readonly left: number; readonly y: number },
  cell: { readonly text: string; readonly tone?: Tone; readonly isUnderCursor?: boolean },
  look: Look,
): void {
  const { column, left, y } = place;
  const isUnderCursor = cell.isUnderCursor ?? false;
  const text = fitText(cell.text, column.cells, look);
  const x = left + column.x;
  // Only the text has its tone: an alarm is no bar as wide as its column.
  canvas.fill(' ', look.attr('plain', isUnderCursor), x, y, column.cells, 1);
  const start = column.isRight === true ? x + column.cells - width(text) : x;
  canvas.put(start, y, text, look.attr(cell.tone ?? 'plain', isUnderCursor));
}

/** The line of column heads. */
export function paintHeads(canvas: Canvas, columns: readonly Placed[], left: number, y: number, look: Look): void {
  for (const column of columns) {
    const text = fitText(column.head, column.cells, look);
    const x = left + column.x + (column.isRight === true ? column.cells - width(text) : 0);
    canvas.put(x, y, text, look.attr('head'));
  }
}
