/**
 * The log view as a machine: what is shown, where the cursor is, whether it follows. Lines are called by numbers that stay
 * when more is read before them. Pure.
 */

import type { OpenLog } from '../data.ts';
import { type Editor, editorOf } from '../line-editor.ts';
import type { Context } from '../view.ts';
import { type Pattern, type Shown, shownLines, tryOf } from './log-lines.ts';
import { endPlace, type Frame, type Lines, type Place, reveal, scrollRows } from './text-area.ts';

/** A line of one's own: it stands below a line of the log, on this screen only. */
export interface Marker {
  readonly after: number;
  readonly atMs: number;
}

export interface LogState {
  readonly dataset: string;
  /** Undefined: the log has not come yet. */
  readonly tryKey: string | undefined;
  /** Number of the first line held, how many there are, and what stands before: as last seen. */
  readonly first: number;
  readonly length: number;
  readonly skippedBytes: number;
  /** Number of a line. */
  readonly cursor: number;
  /** `line` is a number, too. */
  readonly top: Place;
  readonly left: number;
  readonly isWrapped: boolean;
  readonly showsTimes: boolean;
  readonly isFollowing: boolean;
  /** Lines there were when following stopped, as the number of the next. */
  readonly pausedAt: number;
  readonly search: Pattern | undefined;
  readonly filter: Pattern | undefined;
  readonly input: { readonly purpose: 'search' | 'filter'; readonly editor: Editor } | undefined;
  readonly markers: readonly Marker[];
  /** Number of the line at which a range begins. */
  readonly anchor: number | undefined;
  readonly note: string | undefined;
}

export function initialLog(dataset: string): LogState {
  return {
    dataset,
    tryKey: undefined,
    first: 0,
    length: 0,
    skippedBytes: 0,
    cursor: 0,
    top: { line: 0, row: 0 },
    left: 0,
    isWrapped: false,
    showsTimes: false,
    isFollowing: false,
    pausedAt: 0,
    search: undefined,
    filter: undefined,
    input: undefined,
    markers: [],
    anchor: undefined,
    note: undefined,
  };
}

/** Cells before each line: the cursor's mark, and the time if it is shown. */
export function gutterOf({ showsTimes }: LogState): number {
  return showsTimes ? 12 : 2;
}

/** A title, and a line of condition below. */
export const AROUND = 2;

export function frameOf(state: LogState, { body }: Context): Frame {
  return {
    width: Math.max(2, body.width - gutterOf(state) - 1),
    height: Math.max(1, body.height - AROUND),
    isWrapped: state.isWrapped,
  };
}

/** The log with what is shown of it. */
export interface View {
  readonly log: OpenLog;
  readonly shown: Shown;
  readonly lines: Lines;
  readonly frame: Frame;
}

/** Undefined: there is no log of this dataset to show. */
export function viewOf(state: LogState, context: Context): View | undefined {
  const log = context.data.openLog;
  if (log === undefined || log.dataset !== state.dataset || tryOf(log) !== state.tryKey) return undefined;
  const shown = shownLines(log, state.first, state.filter);
  const { markers } = state;
  const lines: Lines = {
    length: shown.length,
    at: (index) => log.lines[shown.numberAt(index) - state.first] ?? '',
    ...(markers.length === 0 ? {} : { below: (index) => markersBelow(markers, shown, index).length }),
  };
  return { log, shown, lines, frame: frameOf(state, context) };
}

/** Those below a line; of lines that a filter hides, below the one before. */
export function markersBelow(markers: readonly Marker[], shown: Shown, index: number): readonly Marker[] {
  const from = index === 0 ? Number.NEGATIVE_INFINITY : shown.numberAt(index);
  const to = index + 1 < shown.length ? shown.numberAt(index + 1) : Number.POSITIVE_INFINITY;
  return markers.filter(({ after }) => after >= from && after < to);
}

/** A place told by the line's number, as one in the list of shown lines; and back. */
export function inList(place: Place, { shown }: View): Place {
  const line = Math.max(0, shown.indexOf(place.line));
  return shown.numberAt(line) === place.line ? { line, row: place.row } : { line, row: 0 };
}

function byNumber(place: Place, { shown }: View): Place {
  return { line: shown.numberAt(place.line), row: place.row };
}

export function cursorIn(state: LogState, { shown }: View): number {
  return Math.max(0, shown.indexOf(state.cursor));
}

/** Puts the cursor on a shown line, and that line on the screen. */
export function toLine(state: LogState, view: View, index: number): LogState {
  if (view.shown.length === 0) return state;
  const at = Math.max(0, Math.min(index, view.shown.length - 1));
  const top = reveal(view.lines, inList(state.top, view), at, view.frame);
  return { ...state, cursor: view.shown.numberAt(at), top: byNumber(top, view) };
}

export function toEnd(state: LogState, view: View): LogState {
  if (view.shown.length === 0) return state;
  const cursor = view.shown.numberAt(view.shown.length - 1);
  const top = byNumber(endPlace(view.lines, view.frame), view);
  return { ...state, cursor, top };
}

/** Whoever looks back is not to be moved by what comes. */
export function pause(state: LogState): LogState {
  return state.isFollowing ? { ...state, isFollowing: false, pausedAt: state.first + state.length } : state;
}

/** Scrolls by rows; the cursor goes along as far as it has to, to stay in sight. */
export function scrolled(state: LogState, view: View, by: number): LogState {
  const top = scrollRows(view.lines, inList(state.top, view), by, view.frame);
  const moved = { ...state, top: byNumber(top, view) };
  return keepCursorIn(moved, view, top);
}

/** The last line of which something is seen. */
function lastSeen(view: View, top: Place): number {
  const end = scrollRows(view.lines, top, view.frame.height - 1, { ...view.frame, height: 1 });
  return end.line;
}

function keepCursorIn(state: LogState, view: View, top: Place): LogState {
  const at = cursorIn(state, view);
  const index = Math.max(top.line, Math.min(at, lastSeen(view, top)));
  return index === at ? state : { ...state, cursor: view.shown.numberAt(index) };
}

/** A page or so: at the end the cursor goes to the last line, at the beginning to the first. */
export function paged(state: LogState, view: View, by: number): LogState {
  const before = inList(state.top, view);
  const top = scrollRows(view.lines, before, by, view.frame);
  if (top.line === before.line && top.row === before.row)
    return toLine(state, view, by > 0 ? view.shown.length - 1 : 0);
  const cursor = view.shown.numberAt(Math.min(cursorIn(state, view) + top.line - before.line, view.shown.length - 1));
  return keepCursorIn({ ...state, cursor, top: byNumber(top, view) }, view, top);
}

/** A line down or up. One that is higher than the screen is gone through first. */
export function stepped(state: LogState, view: View, by: 1 | -1): LogState {
  const at = cursorIn(state, view);
  const top = inList(state.top, view);
  if (by < 0 && at === top.line && top.row > 0) return scrolled(state, view, -1);
  if (by > 0 && at === lastSeen(view, top)) {
    const next = scrollRows(view.lines, top, 1, view.frame);
    const isMore = lastSeen(view, next) === at && (next.line !== top.line || next.row !== top.row);
    if (isMore) return { ...state, top: byNumber(next, view) };
  }
  return toLine(state, view, at + by);
}

/** After new lines, another try, another size: the same lines stay where they are, or the end in sight. */
export function followed(state: LogState, context: Context): LogState {
  const log = context.data.openLog;
  if (log === undefined || log.dataset !== state.dataset) return state;
  const isOther = tryOf(log) !== state.tryKey;
  const known = isOther ? arrived(state, log) : grown(state, log);
  const view = viewOf(known, context);
  if (view === undefined) return known;
  return isOther || known.isFollowing ? unlessSame(state, toEnd(known, view)) : known;
}

/** Another try: its last lines are what is looked for; while it runs, they are followed. */
function arrived(state: LogState, log: OpenLog): LogState {
  const first = log.firstLine ?? 0;
  const { length } = log.lines;
  return {
    ...state,
    tryKey: tryOf(log),
    first,
    length,
    skippedBytes: log.skippedBytes,
    isFollowing: log.isRunning,
    pausedAt: first + length,
    markers: [],
    anchor: undefined,
    note: undefined,
  };
}

function grown(state: LogState, log: OpenLog): LogState {
  const { length } = log.lines;
  const { skippedBytes } = log;
  const first = log.firstLine ?? guessFirst(state, log);
  if (first === state.first && length === state.length && skippedBytes === state.skippedBytes) return state;
  const clamp = (number: number): number => Math.max(first, Math.min(number, first + Math.max(0, length - 1)));
  const top = clamp(state.top.line) === state.top.line ? state.top : { line: clamp(state.top.line), row: 0 };
  // What was asked for is there.
  const note = skippedBytes < state.skippedBytes ? undefined : state.note;
  return { ...state, first, length, skippedBytes, cursor: clamp(state.cursor), top, note };
}

/** What has come before the first line, or was dropped there: told by the bytes before it, counted by the lines. */
function guessFirst(state: LogState, { lines, skippedBytes }: OpenLog): number {
  if (skippedBytes < state.skippedBytes) return state.first - Math.max(0, lines.length - state.length);
  return skippedBytes > state.skippedBytes ? state.first + Math.max(0, state.length - lines.length) : state.first;
}

function unlessSame(before: LogState, next: LogState): LogState {
  const keys = Object.keys(next) as (keyof LogState)[];
  const isSame = keys.every(
    (key) =>
      next[key] === before[key] ||
      (key === 'top' && next.top.line === before.top.line && next.top.row === before.top.row),
  );
  return isSame ? before : next;
}

/** Empty: what was looked for before is rarely the beginning of what is looked for now. */
export function openInput(state: LogState, purpose: 'search' | 'filter'): LogState {
  return { ...state, input: { purpose, editor: editorOf() }, note: undefined };
}
