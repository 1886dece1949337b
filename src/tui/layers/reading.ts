/** A text that is read: scrolled, wrapped or moved sideways. What the output and the help have in common. Pure. */
import type { Binding } from '../binding.ts';
import type { Look } from '../look.ts';
import { linesMoved } from '../moves.ts';
import type { Canvas } from '../surface.ts';
import type { Context } from '../view.ts';
import { openBox, paintScrollBar } from './box.ts';
import {
  clampPlace,
  displayed,
  endPlace,
  type Frame,
  type Lines,
  type Place,
  paintRuns,
  type Run,
  scrollRows,
  visibleRows,
} from './text-area.ts';

export interface Reading {
  readonly top: Place;
  readonly left: number;
  readonly isWrapped: boolean;
}

export const START: Reading = { top: { line: 0, row: 0 }, left: 0, isWrapped: false };

export const SCROLLING: readonly Binding[] = [
  { keys: ['j', 'down', 'enter'], action: 'down', help: 'a line down', label: 'scroll' },
  { keys: ['k', 'up'], action: 'up', help: 'a line up' },
  { keys: ['pagedown', 'C-f', 'space'], action: 'pageDown', help: 'a page down' },
  { keys: ['pageup', 'C-b'], action: 'pageUp', help: 'a page up' },
  { keys: ['C-d'], action: 'halfDown', help: 'half a page down' },
  { keys: ['C-u'], action: 'halfUp', help: 'half a page up' },
  { keys: ['g', 'home'], action: 'first', help: 'the beginning' },
  { keys: ['G', 'end'], action: 'last', help: 'the end' },
];
export const SIDEWAYS: readonly Binding[] = [
  { keys: ['left'], action: 'left', help: 'to the left, if lines are not wrapped' },
  { keys: ['right'], action: 'right', help: 'to the right, if lines are not wrapped' },
  { keys: ['w'], action: 'wrap', help: 'wrap long lines or not', label: 'wrap' },
];

/** Cells that one key moves a text sideways. */
const STEP = 16;
/** Border and a space on both sides. */
const SIDES = 4;

/** A box as large as its text needs, at most the screen. */
export interface Sheet {
  readonly title: string;
  readonly lines: Lines;
  /** Cells of the widest line. */
  readonly widest: number;
  readonly mayWrap: boolean;
}

export function frameOf(sheet: Sheet, reading: Reading, { body }: Context): Frame {
  const cells = Math.min(body.width, Math.max(sheet.widest, sheet.title.length + 2, 40) + SIDES);
  return { width: cells - SIDES, height: Math.max(1, body.height - 2), isWrapped: reading.isWrapped };
}

/** The next state of an action of `SCROLLING` or `SIDEWAYS`. Undefined: it is none of them. */
export function read(reading: Reading, action: string, sheet: Sheet, context: Context): Reading | undefined {
  const frame = frameOf(sheet, reading, context);
  const { lines, widest } = sheet;
  const rows = linesMoved(action, Math.max(1, frame.height - 1));
  if (rows !== undefined && Number.isFinite(rows))
    return { ...reading, top: scrollRows(lines, reading.top, rows, frame) };
  switch (action) {
    case 'first':
      return { ...reading, top: START.top };
    case 'last':
      return { ...reading, top: endPlace(lines, frame) };
    case 'left':
      return reading.isWrapped ? reading : { ...reading, left: Math.max(0, reading.left - STEP) };
    case 'right': {
      const most = Math.max(0, widest - frame.width);
      return reading.isWrapped ? reading : { ...reading, left: Math.min(most, reading.left + STEP) };
    }
    case 'wrap':
      return { ...reading, isWrapped: !reading.isWrapped && sheet.mayWrap };
    default:
      return undefined;
  }
}

/** @param runsOf how a line is painted; its text unless told */
export function paintSheet(
  canvas: Canvas,
  sheet: Sheet,
  reading: Reading,
  context: Context,
  runsOf?: (index: number, look: Look) => readonly Run[],
): void {
  const { look } = context;
  const sized = { ...context, body: { ...context.body, width: canvas.width, height: canvas.height } };
  const frame = frameOf(sheet, reading, sized);
  const { lines } = sheet;
  const top = clampPlace(lines, reading.top, frame);
  const rows = visibleRows(lines, top, reading.left, frame);
  const { inner, bar } = openBox(canvas, look, sheet.title, frame.width + SIDES, Math.max(1, rows.length) + 2);
  for (const { y, line, cells } of rows) {
    if (cells === undefined) continue;
    const runs = runsOf?.(line, look) ?? [{ text: displayed(lines.at(line)), attr: look.attr('plain') }];
    paintRuns(inner, 1, y, runs, cells.from, cells.to);
  }
  paintScrollBar(bar, look, top.line, lines.length);
}
