/** The box that a dialog stands in: lines of text, of which the lower ones stay in sight when the upper ones have to scroll. Pure. */
import { glyphsOf, plain, width } from '../../model/text.ts';
import { fitText } from '../columns.ts';
import { type Editor, paintEditor } from '../line-editor.ts';
import type { Look, Tone } from '../look.ts';
import type { Canvas } from '../surface.ts';

export interface Span {
  readonly text: string;
  readonly tone?: Tone;
}

/** A line of a box: text, and perhaps a field that is typed into behind it. */
export interface BoxLine {
  readonly spans: readonly Span[];
  readonly isCursor?: boolean;
  readonly editor?: { readonly editor: Editor; readonly isFocused: boolean; readonly cells?: number };
}

/** Lines by number: a list of 30,000 refusals is not laid out to show ten of them. */
export interface BoxLines {
  readonly length: number;
  at(index: number): BoxLine;
}

export interface Box {
  readonly title: string;
  readonly body: BoxLines;
  /** Always in sight: the question, the answer. */
  readonly foot: readonly BoxLine[];
  /** First line of the body that is shown. */
  readonly scroll: number;
}

export function line(text: string, tone?: Tone): BoxLine {
  return { spans: [tone === undefined ? { text } : { text, tone }] };
}

export function boxLines(lines: readonly BoxLine[]): BoxLines {
  return { length: lines.length, at: (index) => lines[index] ?? line('') };
}

const MOST_CELLS = 100;
/** Left and right: border and a space. */
const SIDES = 4;

/** Cells that a line of a box has on a screen of that width. */
export function boxCells(cols: number): number {
  return Math.max(1, Math.min(cols - (cols > 64 ? 4 : 0), MOST_CELLS) - SIDES);
}

/** Rows that the body has. */
export function bodyRows(height: number, body: number, foot: number): number {
  const rule = foot > 0 ? 1 : 0;
  return Math.max(1, Math.min(body, height - 2 - foot - rule));
}

/** The largest scroll that shows something more. */
export function mostScroll(height: number, body: number, foot: number): number {
  return Math.max(0, body - bodyRows(height, body, foot));
}

/** Scrolls as little as needed to show a line of the body. */
export function scrollTo(scroll: number, index: number, rows: number): number {
  return Math.max(0, index - rows + 1, Math.min(scroll, index));
}

/** What is inside of a border, and the part of the border that shows how far it is scrolled. */
export interface Opened {
  readonly inner: Canvas;
  readonly bar: Canvas;
}

/** A framed field with a title, cleared. */
export function openBox(canvas: Canvas, look: Look, title: string, cells: number, rows: number): Opened {
  const { width: wide, height } = canvas;
  const [boxWide, boxHigh] = [Math.min(cells, wide), Math.min(rows, height)];
  const x = Math.floor((wide - boxWide) / 2);
  const y = Math.floor((height - boxHigh) / 2);
  const box = canvas.part(x, y, boxWide, boxHigh);
  const { horizontal, vertical, corners } = look.glyphs;
  const attr = look.attr('plain');
  box.fill(' ');
  box.fill(horizontal, attr, 0, 0, boxWide, 1);
  box.fill(horizontal, attr, 0, boxHigh - 1, boxWide, 1);
  box.fill(vertical, attr, 0, 0, 1);
  box.fill(vertical, attr, boxWide - 1, 0, 1);
  for (const [corner, char] of corners.entries())
    box.put(corner % 2 === 0 ? 0 : boxWide - 1, corner < 2 ? 0 : boxHigh - 1, char, attr);
  if (title !== '') box.put(2, 0, ` ${fitText(title, boxWide - 6, look)} `, look.attr('bold'));
  return { inner: box.part(1, 1, boxWide - 2, boxHigh - 2), bar: box.part(boxWide - 1, 1, 1, boxHigh - 2) };
}

export function paintBox(canvas: Canvas, look: Look, box: Box): void {
  const { body, foot, title } = box;
  const rows = bodyRows(canvas.height, body.length, foot.length);
  const rule = foot.length > 0 ? 1 : 0;
  const { inner, bar } = openBox(canvas, look, title, boxCells(canvas.width) + SIDES, rows + foot.length + rule + 2);
  const scroll = Math.max(0, Math.min(box.scroll, body.length - rows));
  for (let row = 0; row < rows && scroll + row < body.length; row++)
    paintBoxLine(inner, row, body.at(scroll + row), look);
  paintScrollBar(bar.part(0, 0, 1, rows), look, scroll, body.length);
  if (rule > 0) inner.fill(look.glyphs.horizontal, look.attr('dim'), 0, rows, inner.width, 1);
  for (const [index, one] of foot.entries()) paintBoxLine(inner, rows + rule + index, one, look);
}

function paintBoxLine(inner: Canvas, y: number, { spans, isCursor = false, editor }: BoxLine, look: Look): void {
  const end = inner.width - 1;
  if (isCursor) inner.fill(' ', look.attr('cursor'), 0, y, inner.width, 1);
  let x = 1;
  for (const { text, tone } of spans)
    x = inner.put(x, y, fitText(text, end - x, look), look.attr(tone ?? 'plain', isCursor), end - x);
  if (editor === undefined) return;
  const cells = Math.min(editor.cells ?? end - x, end - x);
  const attr = look.attr('accent');
  paintEditor(inner, { x, y, cells }, editor.editor, look, { attr, isFocused: editor.isFocused });
}

/** Shows where the part that is seen lies in the whole. Nothing if all is seen. */
export function paintScrollBar(bar: Canvas, look: Look, top: number, length: number): void {
  const rows = bar.height;
  if (length <= rows || rows < 1) return;
  bar.fill(look.glyphs.vertical, look.attr('dim'));
  const size = Math.max(1, Math.floor((rows * rows) / length));
  const most = Math.max(1, length - rows);
  const at = Math.min(rows - size, Math.round((top / most) * (rows - size)));
  bar.fill(look.glyphs.thumb, look.attr('plain'), 0, at, 1, size);
}

/** A text in lines of at most `cells`, parted at spaces where there are some. Made harmless. */
export function wrapText(text: string, cells: number, indent = ''): string[] {
  const safe = plain(text);
  const lines: string[] = [];
  let now = '';
  for (const word of safe.split(/(?<= )/)) {
    const isFull = width(now) + width(word.trimEnd()) > cells;
    if (isFull && now.trim() !== '') {
      lines.push(now.trimEnd());
      now = indent;
    }
    now = pushLong(lines, now + word, cells, indent);
  }
  if (now.trim() !== '' || lines.length === 0) lines.push(now.trimEnd());
  return lines;
}

/** Parts a word that is longer than a line. @returns what is left for the last line */
function pushLong(lines: string[], text: string, cells: number, indent: string): string {
  if (width(text.trimEnd()) <= cells) return text;
  let now = '';
  let used = 0;
  for (const glyph of glyphsOf(text)) {
    if (used + glyph.cells > cells) {
      lines.push(now);
      now = indent;
      used = indent.length;
    }
    now += glyph.text;
    used += glyph.cells;
  }
  return now;
}
