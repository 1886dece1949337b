/** The state of the events view: what it shows, and whether it goes on with what comes. Pure. */
import { cursorIndex, EMPTY_LIST, follow, goTo, type ListState, move } from '../list.ts';
import type { Context } from '../view.ts';
import type { Choice } from './kinds.ts';
import { type EventRows, eventTable } from './rows.ts';

export interface EventsState {
  readonly list: ListState;
  readonly choice: Choice;
  /** Undefined: the cursor is on the latest event and stays on the latest. Else what was the latest when it was left. */
  readonly left: Left | undefined;
}

interface Left {
  readonly key: string;
  /** When it was, RFC 3339. */
  readonly t: string;
}

export const INITIAL: EventsState = { list: EMPTY_LIST, choice: 'all', left: undefined };

/** The choices, the heads of the table. */
export function headRows(height: number): number {
  return height >= 5 ? 2 : 0;
}

/** The event of the cursor in full. */
export function footRows(height: number): number {
  return height >= 14 ? 2 : height >= 8 ? 1 : 0;
}

export function listHeight({ body }: Context): number {
  return Math.max(1, body.height - headRows(body.height) - footRows(body.height));
}

export function rowsOf(state: EventsState, { data }: Context): EventRows {
  return eventTable(data.past.events)[state.choice];
}

/** Events that have come since the latest was left. */
export function newEvents(state: EventsState, context: Context): number {
  if (state.left === undefined) return 0;
  const { key, t } = state.left;
  const place = eventTable(context.data.past.events).all.indexOf(key);
  const rows = rowsOf(state, context);
  if (place >= 0) return rows.after(place);
  // It is no longer held, or was a run that has grown, and is told with a later time.
  return rows.since(t);
}

/** The latest event of all, shown or not. */
function latest(context: Context): Left {
  const { all } = eventTable(context.data.past.events);
  return { key: all.keyAt(all.length - 1), t: all.at(all.length - 1)?.t ?? '' };
}

export function followed(state: EventsState, context: Context): EventsState {
  const rows = rowsOf(state, context);
  const height = listHeight(context);
  if (state.left !== undefined) {
    const list = follow(state.list, rows, height);
    return list === state.list ? state : { ...state, list };
  }
  const last = rows.length - 1;
  const list = follow(state.list, rows, height);
  if (rows.length === 0 || (cursorIndex(list, rows) === last && list.top === Math.max(0, rows.length - height))) {
    return list === state.list ? state : { ...state, list };
  }
  return { ...state, list: goTo(list, rows, last, height) };
}

/** Shows another list. From the latest it goes to the latest. */
export function held(state: EventsState, list: ListState, context: Context): EventsState {
  if (list === state.list) return state;
  const rows = rowsOf(state, context);
  const isLast = cursorIndex(list, rows) >= rows.length - 1;
  if (state.left === undefined) return isLast ? { ...state, list } : { ...state, list, left: latest(context) };
  return { ...state, list };
}

/** A move of the cursor: away from the latest stops going on, the last row goes on again. */
export function moved(state: EventsState, action: string, context: Context): EventsState {
  const rows = rowsOf(state, context);
  const list = move(state.list, rows, action, listHeight(context));
  if (list === undefined) return state;
  if (action === 'last') return { ...state, list, left: undefined };
  return held(state, list, context);
}

export function chosen(state: EventsState, choice: Choice, context: Context): EventsState {
  if (choice === state.choice) return state;
  const next = { ...state, choice };
  if (state.left === undefined) return followed(next, context);
  // The event of the cursor if it is shown there, else the latest that is.
  const rows = rowsOf(next, context);
  const at = state.list.cursor === undefined ? -1 : rows.indexOf(state.list.cursor);
  return { ...next, list: goTo(state.list, rows, at < 0 ? rows.length - 1 : at, listHeight(context)) };
}
