/**
 * A list with a cursor that follows what it stands on, never the row's number: rows come, go and move under it. Pure.
 */

/** What a list shows: a window onto it is all that is ever asked for. */
export interface Rows {
  readonly length: number;
  /** Identity of the row; '' beyond the end. */
  keyAt(index: number): string;
  /** -1 if it is not in the list. */
  indexOf(key: string): number;
  /** Where there may be very many rows: sets of them that take little time and room. */
  readonly sets?: RowSets;
}

export interface RowSets {
  /** The rows from one to another, and what is in `more`. */
  range(first: number, last: number, more: ReadonlySet<string>): ReadonlySet<string>;
  /** With the key if it was not in the set, without it if it was. */
  toggled(keys: ReadonlySet<string>, key: string): ReadonlySet<string>;
}

/** Fewer marks than this are an ordinary set. */
const MANY = 2_000;

export interface ListState {
  /** Undefined: the list was empty. */
  readonly cursor: string | undefined;
  /** Where the cursor was when it was last seen: it stays there when what it stood on has gone. */
  readonly index: number;
  /** First row shown. */
  readonly top: number;
  readonly marks: ReadonlySet<string>;
  /** Where a range begins: the row marked last. */
  readonly anchor: string | undefined;
}

export const EMPTY_LIST: ListState = { cursor: undefined, index: 0, top: 0, marks: new Set(), anchor: undefined };

const clamp = (value: number, most: number): number => Math.max(0, Math.min(value, most));

/** Row of the cursor now; 0 in an empty list. */
export function cursorIndex(list: ListState, rows: Rows): number {
  const found = list.cursor === undefined ? -1 : rows.indexOf(list.cursor);
  return found >= 0 ? found : clamp(list.index, rows.length - 1);
}

/** Puts the cursor on a row and scrolls as little as needed to show it. @param height rows that are shown */
export function goTo(list: ListState, rows: Rows, wanted: number, height: number): ListState {
  if (rows.length === 0) return { ...list, cursor: undefined, index: 0, top: 0 };
  const index = clamp(wanted, rows.length - 1);
  return { ...list, cursor: rows.keyAt(index), index, top: topFor(list.top, index, rows.length, height) };
}

function topFor(top: number, index: number, length: number, height: number): number {
  const visible = Math.max(1, height);
  const least = index - visible + 1;
  return clamp(Math.max(least, Math.min(top, index)), Math.max(0, length - visible));
}

/** After the rows have changed, or the height: the cursor stays on what it stood on, at the same height of the screen. */
export function follow(list: ListState, rows: Rows, height: number): ListState {
  const index = cursorIndex(list, rows);
  if (rows.length === 0) return list.index === 0 && list.top === 0 ? list : { ...list, index: 0, top: 0 };
  const top = topFor(list.top + (index - list.index), index, rows.length, height);
  const cursor = rows.keyAt(index);
  return index === list.index && top === list.top && cursor === list.cursor ? list : { ...list, cursor, index, top };
}

/** Scrolls without moving the cursor, unless it would leave the screen (mouse wheel). */
export function scroll(list: ListState, rows: Rows, by: number, height: number): ListState {
  const top = clamp(list.top + by, Math.max(0, rows.length - Math.max(1, height)));
  const index = Math.max(top, Math.min(cursorIndex(list, rows), top + Math.max(1, height) - 1));
  return { ...goTo({ ...list, top }, rows, index, height), top };
}

/** The moves that all lists share. Undefined: the action is none of them. */
export function move(list: ListState, rows: Rows, action: string, height: number): ListState | undefined {
  const at = cursorIndex(list, rows);
  const page = Math.max(1, height - 1);
  switch (action) {
    case 'down':
      return goTo(list, rows, at + 1, height);
    case 'up':
      return goTo(list, rows, at - 1, height);
    case 'pageDown':
      return goTo({ ...list, top: list.top + page }, rows, at + page, height);
    case 'pageUp':
      return goTo({ ...list, top: Math.max(0, list.top - page) }, rows, at - page, height);
    case 'halfDown':
      return goTo(list, rows, at + Math.ceil(page / 2), height);
    case 'halfUp':
      return goTo(list, rows, at - Math.ceil(page / 2), height);
    case 'first':
      return goTo(list, rows, 0, height);
    case 'last':
      return goTo(list, rows, rows.length - 1, height);
    default:
      return undefined;
  }
}

/** Marks or unmarks the row of the cursor, and goes on to the next. */
export function toggleMark(list: ListState, rows: Rows, height: number): ListState {
  const index = cursorIndex(list, rows);
  const key = rows.keyAt(index);
  if (key === '') return list;
  return goTo({ ...list, marks: toggled(list.marks, rows, key), anchor: key }, rows, index + 1, height);
}

function toggled(marks: ReadonlySet<string>, rows: Rows, key: string): ReadonlySet<string> {
  if (rows.sets !== undefined && marks.size > MANY) return rows.sets.toggled(marks, key);
  const next = new Set(marks);
  if (!next.delete(key)) next.add(key);
  return next;
}

function withRange(marks: ReadonlySet<string>, rows: Rows, first: number, last: number): ReadonlySet<string> {
  if (rows.sets !== undefined && marks.size + last - first >= MANY) return rows.sets.range(first, last, marks);
  const next = new Set(marks);
  for (let row = first; row <= last; row++) next.add(rows.keyAt(row));
  return next;
}

/** Marks all from the row that was marked last to the cursor. */
export function markRange(list: ListState, rows: Rows): ListState {
  const index = cursorIndex(list, rows);
  const from = list.anchor === undefined ? -1 : rows.indexOf(list.anchor);
  if (rows.length === 0) return list;
  const [first, last] = from < 0 ? [index, index] : [Math.min(from, index), Math.max(from, index)];
  return { ...list, marks: withRange(list.marks, rows, first, last), anchor: rows.keyAt(index) };
}

/** Marks everything that the list shows now. */
export function markAll(list: ListState, rows: Rows): ListState {
  return { ...list, marks: withRange(list.marks, rows, 0, rows.length - 1) };
}

export function unmarkAll(list: ListState): ListState {
  return { ...list, marks: new Set(), anchor: undefined };
}
