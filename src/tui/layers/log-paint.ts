/** Paints the log view: a title, the lines, a line of condition. Pure. */
import { causeText, formatEpoch, LOG_GIVEN_BACK, LOG_GONE, LOG_OK, LOG_RUNNING, sentColumn } from '../../model/name.ts';
import { count, cut, glyphsOf, plain, width } from '../../model/text.ts';
import { bytesText } from '../board/history-lines.ts';
import { fitText } from '../columns.ts';
import type { OpenLog } from '../data.ts';
import { paintEditor } from '../line-editor.ts';
import type { Look, Tone } from '../look.ts';
import { thousands } from '../numbers.ts';
import type { Canvas } from '../surface.ts';
import { clock } from '../times.ts';
import type { Context } from '../view.ts';
import { paintScrollBar } from './box.ts';
import { looksBad, type Pattern, pattern, placesOf } from './log-lines.ts';
import {
  AROUND,
  cursorIn,
  frameOf,
  gutterOf,
  inList,
  type LogState,
  markersBelow,
  type View,
  viewOf,
} from './log-state.ts';
import { displayed, paintRuns, type Run, visibleRows } from './text-area.ts';

const OUTCOMES: Readonly<Record<string, readonly [text: string, tone: Tone]>> = {
  [LOG_RUNNING]: ['running', 'busy'],
  [LOG_OK]: ['ok', 'good'],
  [LOG_GIVEN_BACK]: ['given back', 'warn'],
  [LOG_GONE]: ['its claim was taken away', 'warn'],
};

function outcomeOf({ log, isRunning }: OpenLog): readonly [text: string, tone: Tone] {
  if (isRunning) return ['running', 'busy'];
  // Still called so, and nobody writes to it: the process that did is gone.
  if (log.outcome === LOG_RUNNING) return ['ended without an outcome', 'warn'];
  const tone = sentColumn(log.outcome) === undefined ? 'bad' : 'warn';
  return OUTCOMES[log.outcome] ?? [causeText(log.outcome), tone];
}

export function paintLog(canvas: Canvas, state: LogState, context: Context): void {
  const { look } = context;
  canvas.fill(' ');
  const sized = { ...context, body: { ...context.body, width: canvas.width, height: canvas.height } };
  const view = viewOf(state, sized);
  if (view === undefined) {
    canvas.fill(' ', look.attr('bar'), 0, 0, canvas.width, 1);
    canvas.put(1, 0, state.dataset, look.attr('bold', true));
    canvas.put(1, 2, `reading the latest log of ${state.dataset} …`, look.attr('dim'));
    return;
  }
  paintTitle(canvas, state, view, look);
  paintLines(canvas, state, view, sized);
  paintCondition(canvas.part(0, canvas.height - 1, canvas.width, 1), state, view, look);
}

function paintTitle(canvas: Canvas, state: LogState, { log }: View, look: Look): void {
  const { stage, epoch, posted } = log.log;
  const at = log.tries.findIndex((one) => one.posted === posted && one.stage === stage && one.epoch === epoch);
  const [outcome, tone] = outcomeOf(log);
  canvas.fill(' ', look.attr('bar'), 0, 0, canvas.width, 1);
  const following = followText(state, log);
  const end = canvas.width - width(following) - 1;
  canvas.put(end, 0, following, look.attr('bold', true));
  const room = end - 2;
  let x = canvas.put(1, 0, fitText(log.dataset, room - 20, look), look.attr('bold', true)) + 2;
  x = canvas.put(x, 0, `${stage}.${formatEpoch(epoch)}`, look.attr('bar'), room - x) + 2;
  x = canvas.put(x, 0, fitText(outcome, room - x, look), look.attr(tone, true), room - x) + 2;
  canvas.put(x, 0, at < 0 ? '' : `try ${at + 1} of ${log.tries.length}`, look.attr('bar'), room - x);
}

function followText(state: LogState, { isRunning }: OpenLog): string {
  if (state.isFollowing) return isRunning ? 'FOLLOW' : '';
  const fresh = state.first + state.length - state.pausedAt;
  if (fresh > 0) return `${thousands(fresh)} NEW LINE${fresh === 1 ? '' : 'S'} (F)`;
  return isRunning ? 'PAUSED (F)' : '';
}

/** A line in runs: what was searched for stands out, beside what looks bad. */
function runsOf(line: string, wanted: Pattern | undefined, look: Look): Run[] {
  const text = displayed(line);
  const attr = look.attr(looksBad(text) ? 'bad' : 'plain');
  const places = wanted === undefined ? [] : placesOf(text, wanted);
  if (wanted === undefined || places.length === 0) return [{ text, attr }];
  const runs: Run[] = [];
  let at = 0;
  for (const place of places) {
    const end = place + wanted.needle.length;
    runs.push({ text: text.slice(at, place), attr }, { text: text.slice(place, end), attr: look.attr('accent', true) });
    at = end;
  }
  return [...runs, { text: text.slice(at), attr }];
}

function paintLines(canvas: Canvas, state: LogState, view: View, context: Context): void {
  const { look, common } = context;
  const { log, lines, shown } = view;
  const frame = frameOf(state, context);
  const gutter = gutterOf(state);
  const area = canvas.part(0, AROUND / 2, canvas.width, frame.height);
  if (lines.length === 0) {
    area.put(1, 0, emptyText(state, log), look.attr('dim'));
    return;
  }
  const cursor = cursorIn(state, view);
  const anchor = state.anchor === undefined ? cursor : Math.max(0, shown.indexOf(state.anchor));
  const [from, to] = [Math.min(cursor, anchor), Math.max(cursor, anchor)];
  const top = inList(state.top, view);
  const wanted = wantedIn(state);
  for (const { y, line, cells, below, isFirst } of visibleRows(lines, top, state.left, frame)) {
    if (cells === undefined) {
      const marker = markersBelow(state.markers, shown, line)[below];
      if (marker !== undefined) paintMarker(area, y, clock(marker.atMs, common.zone), look);
      continue;
    }
    if (isFirst) {
      const isMarked = state.anchor !== undefined && line >= from && line <= to;
      const sign = line === cursor ? look.glyphs.cursor : isMarked ? look.glyphs.mark : ' ';
      area.put(0, y, sign, look.attr('bold'));
      if (state.showsTimes) {
        const seen = log.seenMs[shown.numberAt(line) - state.first];
        area.put(2, y, seen === undefined ? '-' : clock(seen, common.zone), look.attr('dim'), gutter - 3);
      }
    }
    paintRuns(area, gutter, y, runsOf(lines.at(line), wanted, look), cells.from, cells.to);
  }
  const bar = area.part(area.width - 1, 0, 1, frame.height);
  paintScrollBar(bar, look, top.line, lines.length);
}

/** What is being typed stands out already. */
function wantedIn({ input, search }: LogState): Pattern | undefined {
  return input?.purpose === 'search' ? pattern(input.editor.text, false) : search;
}

function emptyText({ filter }: LogState, log: OpenLog): string {
  if (log.fault !== undefined) return '';
  if (filter !== undefined && log.lines.length > 0)
    return `none of ${count(log.lines.length, 'line')} has it: & changes the filter, & and Enter alone clear it`;
  if (log.job !== undefined) return `nothing is written yet: ${log.job}`;
  return log.isRunning ? 'nothing is written yet' : 'the step wrote nothing';
}

function paintMarker(area: Canvas, y: number, text: string, look: Look): void {
  area.fill(look.glyphs.horizontal, look.attr('accent'), 0, y, area.width - 1, 1);
  area.put(3, y, ` ${text} `, look.attr('accent'));
}

/** The end of a path says more than its beginning. */
function endOf(path: string, cells: number, look: Look): string {
  const text = plain(path);
  if (width(text) <= cells) return text;
  const glyphs = glyphsOf(text);
  let used = 1;
  let first = glyphs.length;
  while (first > 0 && used + (glyphs[first - 1]?.cells ?? 1) <= cells) used += glyphs[--first]?.cells ?? 1;
  const rest = glyphs.slice(first).map((glyph) => glyph.text);
  return cells < 1 ? '' : look.glyphs.more + rest.join('');
}

function conditions(state: LogState, { log, shown, ...view }: View): string[] {
  const { filter, isWrapped, left, anchor } = state;
  const at = cursorIn(state, { log, shown, ...view }) + 1;
  const bytes = log.skippedBytes;
  return [
    ...(anchor === undefined ? [] : ['range: y copies']),
    ...(filter === undefined
      ? []
      : [
          `${filter.isNegated ? '!' : ''}${cut(filter.text, 16)}: ${thousands(shown.length)} of ${thousands(state.length)}`,
        ]),
    ...(bytes > 0 ? [`${bytesText(bytes)} before (g)`] : []),
    ...(isWrapped ? ['wrap'] : left > 0 ? [`column ${left + 1}`] : []),
    shown.length === 0 ? 'no line' : `line ${thousands(at)} of ${thousands(shown.length)}`,
  ];
}

const GAP = '   ';
/** Cells that the path has at least. */
const LEAST_PATH = 16;

function paintCondition(canvas: Canvas, state: LogState, view: View, look: Look): void {
  const { input, note } = state;
  if (input !== undefined) {
    canvas.put(0, 0, input.purpose === 'search' ? '/' : '&', look.attr('bold'));
    paintEditor(canvas, { x: 1, y: 0, cells: canvas.width - 1 }, input.editor, look, { isFocused: true });
    return;
  }
  const { fault } = view.log;
  const said = fault ?? note;
  const room = canvas.width - 2 - (said === undefined ? LEAST_PATH : Math.min(width(plain(said)), canvas.width)) - 2;
  const right = conditions(state, view);
  while (right.length > 0 && width(plain(right.join(GAP))) > room) right.shift();
  const text = right.join(GAP);
  const x = canvas.width - width(plain(text)) - 1;
  canvas.put(x, 0, text, look.attr('dim'));
  const left = said === undefined ? endOf(view.log.path, x - 3, look) : fitText(said, x - 2, look);
  canvas.put(1, 0, left, look.attr(fault !== undefined ? 'bad' : note !== undefined ? 'warn' : 'dim'));
}
