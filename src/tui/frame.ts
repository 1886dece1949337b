/** What stands round every view: header, summary, condition, footer, toast. Pure. */
import { formatDuration } from '../model/duration.ts';
import { width } from '../model/text.ts';
import { type Binding, keyText } from './binding.ts';
import { paintCondition, paintSummary } from './board/summary.ts';
import type { Health } from './data.ts';
import type { Look } from './look.ts';
import type { Area, Canvas } from './surface.ts';
import { headOf } from './tabs.ts';
import { clock } from './times.ts';
import type { Context, ViewName } from './view.ts';

/** Below this there is only a box that says so. */
export const LEAST_COLS = 60;
export const LEAST_ROWS = 15;
const HEAD_ROWS = 3;
const FOOT_ROWS = 1;

export function bodyOf(cols: number, rows: number): Area {
  return { x: 0, y: HEAD_ROWS, width: cols, height: Math.max(1, rows - HEAD_ROWS - FOOT_ROWS) };
}

/** `LIVE`, `PAUSED`, `STALE 12s`, `READING`; and whether it is to alarm. */
export function healthText(health: Health, isPaused: boolean): { readonly text: string; readonly isBad: boolean } {
  if (health.phase === 'stale') {
    const age = formatDuration(Math.max(1000, Math.floor(health.ageMs / 1000) * 1000));
    return { text: `STALE ${age}`, isBad: true };
  }
  if (isPaused) return { text: 'PAUSED', isBad: true };
  return { text: health.phase === 'reading' ? 'READING' : 'LIVE', isBad: false };
}

export function paintHeader(canvas: Canvas, view: ViewName, context: Context): void {
  const { data, look, common } = context;
  const bar = look.attr('bar');
  canvas.fill(' ', bar, 0, 0, canvas.width, 1);
  const head = headOf(data.board.name, canvas.width, view);
  canvas.put(1, 0, head.title, look.attr('bold', true));
  let end = 0;
  for (const tab of head.tabs) {
    // The view at hand is told by more than colour: it stands in brackets.
    const isHere = tab.view === view;
    if (isHere) canvas.put(tab.x - 1, 0, `[${tab.text}]`, look.attr('bold', true));
    else canvas.put(tab.x, 0, tab.text, bar);
    end = tab.x + tab.text.length + 1;
  }
  const health = healthText(data.health, common.isPaused);
  const mode = common.isReadOnly ? 'RO' : 'RW';
  const right = [data.board.host, clock(data.nowMs, common.zone), mode];
  // From the left what matters least is dropped first.
  for (;;) {
    const text = right.join('  ');
    const x = canvas.width - width(text) - health.text.length - 3;
    if (x > end || right.length === 0) {
      if (right.length > 0) canvas.put(x, 0, text, bar);
      break;
    }
    right.shift();
  }
  canvas.put(canvas.width - health.text.length - 1, 0, health.text, look.attr(health.isBad ? 'alarm' : 'bar'));
}

/** Told however narrow it is: whoever knows these two finds out the rest. */
const KEPT: ReadonlySet<string> = new Set(['help', 'quit']);

/** Keys and what they do, as many as fit, in the order of the tables. */
export function footerText(
  tables: readonly (readonly Binding[])[],
  cols: number,
  look: Look,
  isReadOnly: boolean,
): string {
  const parts = tables.flat().flatMap(({ keys: [key], label, mutates, action }) => {
    if (label === undefined || key === undefined || (mutates === true && isReadOnly)) return [];
    return [{ text: ` ${keyText(key, look.options.isAscii)} ${label} `, isKept: KEPT.has(action) }];
  });
  const all = (): number => parts.reduce((sum, { text }) => sum + width(text), 0);
  while (all() > cols) {
    const last = parts.findLastIndex(({ isKept }) => !isKept);
    if (last < 0) break;
    parts.splice(last, 1);
  }
  return parts.map(({ text }) => text).join('');
}

export interface Frame {
  readonly view: ViewName;
  readonly tables: readonly (readonly Binding[])[];
  readonly marked: number;
  /** Marked, and not in the list as it is filtered. */
  readonly hidden: number;
  readonly toast: { readonly text: string; readonly isError: boolean } | undefined;
}

/** @param canvas the whole screen */
export function paintFrame(canvas: Canvas, frame: Frame, context: Context): void {
  const { look, data, common } = context;
  paintHeader(canvas, frame.view, context);
  paintSummary(canvas.part(0, 1, canvas.width, 1), context);
  if (data.health.phase === 'stale') {
    const why = data.health.fault ?? 'no answer';
    canvas.put(1, 2, `the board can't be read: ${why}; what is shown is old`, look.attr('bad'));
  } else if (frame.view === 'board')
    paintCondition(canvas.part(0, 2, canvas.width, 1), context, frame.marked, frame.hidden);
  const foot = canvas.height - 1;
  canvas.fill(' ', look.attr('bar'), 0, foot, canvas.width, 1);
  if (frame.toast !== undefined) {
    const attr = look.attr(frame.toast.isError ? 'alarm' : 'bar');
    canvas.field(0, foot, ` ${frame.toast.text}`, canvas.width, attr);
    return;
  }
  canvas.put(0, foot, footerText(frame.tables, canvas.width, look, common.isReadOnly), look.attr('bar'));
}

export function isTooSmall(cols: number, rows: number): boolean {
  return cols < LEAST_COLS || rows < LEAST_ROWS;
}

export function paintTooSmall(canvas: Canvas): void {
  const text = `too small: ${canvas.width}x${canvas.height}, needed ${LEAST_COLS}x${LEAST_ROWS}`;
  const y = Math.floor(canvas.height / 2);
  canvas.put(Math.max(0, Math.floor((canvas.width - text.length) / 2)), y, text);
  canvas.put(Math.max(0, Math.floor((canvas.width - 6) / 2)), y + 1, 'q quit');
}
