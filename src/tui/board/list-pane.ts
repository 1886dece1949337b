/** Paints the list: head, rows, scroll bar. Only rows that are shown are read. */
import type { Located } from '../../board/scan.ts';
import type { Letter } from '../../model/letters.ts';
import { padStart } from '../../model/text.ts';
import { fitText } from '../columns.ts';
import { cursorIndex, follow, type ListState } from '../list.ts';
import type { Tone } from '../look.ts';
import type { Canvas } from '../surface.ts';
import type { Context } from '../view.ts';
import {
  type Cells,
  type ColumnKind,
  cellsOf,
  ENTRY,
  KINDS,
  measure,
  type Rendering,
  renderingOf,
  visible,
} from './columns.ts';
import { cutName, tailFor } from './entry-names.ts';
import { type Layout, layoutOf, MARKS, type Place } from './layout.ts';
import type { BoardState } from './state.ts';

/** @param canvas the list's part of the body; the head is its first row */
export function paintList(canvas: Canvas, state: BoardState, context: Context): void {
  const { data, look } = context;
  const height = canvas.height - 1;
  const list = follow(state.list, data.entries, height);
  const layout = layoutOf(measure(state.widths, context, list.top, height), canvas.width, state.scrollX);
  paintHead(canvas, layout, context);
  if (data.entries.length === 0) {
    paintEmpty(canvas, context);
    return;
  }
  const rows = visible(data, list.top, height);
  const rendering = renderingOf(context);
  const tail = tailFor(
    rows.map(({ name }) => name.dataset),
    layout.entry,
  );
  const cursor = cursorIndex(list, data.entries) - list.top;
  for (const [index, entry] of rows.entries()) {
    const isMarked = list.marks.size > 0 && list.marks.has(data.entries.keyAt(list.top + index));
    paintRow(canvas, index + 1, entry, { layout, tail, rendering, isUnderCursor: index === cursor, isMarked });
  }
  paintScrollBar(canvas, list, data.entries.length, height, look.attr('dim'), look.glyphs);
}

function paintHead(canvas: Canvas, layout: Layout, { look, common }: Context): void {
  const attr = look.attr('head');
  canvas.fill(' ', attr, 0, 0, canvas.width, 1);
  const arrow = common.sort.reverse ? look.glyphs.up : look.glyphs.down;
  const text = (kind: ColumnKind): string => kind.head + (kind.sort === common.sort.key ? arrow : '');
  canvas.put(MARKS, 0, text(ENTRY), attr, layout.entry);
  const strip = canvas.part(layout.x, 0, layout.width, 1);
  for (const { name, x, width } of layout.places) {
    const head = text(KINDS[name]);
    strip.put(x, 0, KINDS[name].isRight ? padStart(head, width) : head, attr, width);
  }
  // More to the left, or to the right: the arrow keys show it.
  if (layout.scrolled > 0) canvas.put(layout.x - 1, 0, look.glyphs.more, attr);
  if (layout.scrolled < layout.mostScroll) canvas.put(canvas.width - 1, 0, look.glyphs.more, attr);
}

interface RowLook {
  readonly layout: Layout;
  readonly tail: number;
  readonly rendering: Rendering;
  readonly isUnderCursor: boolean;
  readonly isMarked: boolean;
}

function paintRow(canvas: Canvas, y: number, entry: Located, row: RowLook): void {
  const { layout, rendering, isUnderCursor, isMarked } = row;
  const { look } = rendering;
  const attrOf = (tone: Tone): number => look.attr(tone, isUnderCursor);
  if (isUnderCursor) canvas.fill(' ', look.attr('cursor'), 0, y, canvas.width - 1, 1);
  if (isMarked) canvas.put(0, y, look.glyphs.mark, attrOf('accent'));
  if (isUnderCursor) canvas.put(1, y, look.glyphs.cursor, attrOf('bold'));
  const name = cutName(entry.name.dataset, layout.entry, row.tail, look.glyphs.more);
  canvas.put(MARKS, y, name, attrOf(isMarked ? 'marked' : 'plain'), layout.entry);
  const strip = canvas.part(layout.x, y, layout.width, 1);
  const cells = cellsOf(entry, rendering);
  for (const place of layout.places) paintCell(strip, place, cells, rendering, attrOf);
}

function paintCell(
  strip: Canvas,
  { name, x, width }: Place,
  cells: Cells,
  { look }: Rendering,
  attrOf: (tone: Tone) => number,
): void {
  if (x + width <= 0 || x >= strip.width) return;
  if (name === 'stages') {
    for (const [column, letter] of [...cells.row.letters].entries()) {
      const { glyph, tone } = look.letter(letter as Letter);
      strip.put(x + column, 0, glyph, attrOf(tone));
    }
    return;
  }
  const text = fitText(cells[name], width, look);
  strip.put(x, 0, KINDS[name].isRight ? padStart(text, width) : text, attrOf(toneOf(name, cells, look)), width);
}

function toneOf(name: keyof Cells, { row }: Cells, look: Rendering['look']): Tone {
  if (name === 'state') return look.state(row.state).tone;
  if (name === 'note') return row.state === 'failed' ? 'bad' : row.state === 'held' ? 'warn' : 'plain';
  return 'plain';
}

/** What to do where there is nothing to be seen. */
export function emptyText({ data, common, look }: Context): string {
  const { total } = data.entries.tally;
  if (data.health.phase === 'stale' && total === 0) return "the board can't be read, and has not been read before";
  if (data.health.phase !== 'reading') {
    if (common.filter.text !== '' && total > 0) return 'no entry matches; \\ clears the filter';
    if (total === 0) return 'no entries yet: slate post DATASET puts one on the board';
  }
  return `reading the board ${look.glyphs.more}`;
}

function paintEmpty(canvas: Canvas, context: Context): void {
  const y = Math.min(2, canvas.height - 1);
  if (y > 0) canvas.put(MARKS, y, fitText(emptyText(context), canvas.width - MARKS, context.look));
}

/** Beside the rows if there are more of them than are shown. */
export function paintScrollBar(
  canvas: Canvas,
  { top }: Pick<ListState, 'top'>,
  length: number,
  height: number,
  attr: number,
  glyphs: { readonly vertical: string; readonly thumb: string },
): void {
  if (length <= height || height <= 0) return;
  const x = canvas.width - 1;
  const thumb = Math.max(1, Math.round((height * height) / length));
  const at = Math.round(((height - thumb) * top) / (length - height));
  for (let row = 0; row < height; row++) {
    const isThumb = row >= at && row < at + thumb;
    canvas.put(x, row + 1, isThumb ? glyphs.thumb : glyphs.vertical, attr);
  }
}
