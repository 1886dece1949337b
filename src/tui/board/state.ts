/** What the board's view remembers, and how its room is shared between list and pane. Pure. */
import { EMPTY_LIST, type ListState } from '../list.ts';
import type { Context } from '../view.ts';
import { NO_WIDTHS, type Widths } from './columns.ts';

export const PANE_TABS = ['detail', 'log', 'files', 'history'] as const;
export type PaneTab = (typeof PANE_TABS)[number];

export interface PaneState {
  /** Undefined: nobody has said; then the room decides. */
  readonly isOpen: boolean | undefined;
  readonly tab: PaneTab;
  /** Lines scrolled: down from the first one, in the log up from the last one. */
  readonly scroll: number;
  readonly hasFocus: boolean;
}

export interface BoardState {
  readonly list: ListState;
  readonly pane: PaneState;
  readonly zoom: 'none' | 'list' | 'pane';
  /** Cells that the columns behind ENTRY are scrolled to the left. */
  readonly scrollX: number;
  readonly widths: Widths;
  /** When the marks were last compared with the list, and which version of it that was. */
  readonly pruned: { readonly version: number; readonly atMs: number };
}

export const INITIAL_BOARD: BoardState = {
  list: EMPTY_LIST,
  pane: { isOpen: undefined, tab: 'detail', scroll: 0, hasFocus: false },
  zoom: 'none',
  scrollX: 0,
  widths: NO_WIDTHS,
  pruned: { version: -1, atMs: 0 },
};

/** Entries marked, those that the filter hides included. */
export function boardMarks(state: BoardState): number {
  return state.list.marks.size;
}

/** Of more marks nobody is told how many are not shown: each would have to be looked for. */
const MOST_LOOKED_FOR = 2_000;

/** How many of the marked entries the filter hides; 0 for very many. */
export function hiddenOf(marks: ReadonlySet<string>, { data }: Pick<Context, 'data'>): number {
  if (marks.size > MOST_LOOKED_FOR) return 0;
  let hidden = 0;
  for (const key of marks) if (data.entries.indexOf(key) < 0) hidden++;
  return hidden;
}

/** Entries marked that the filter hides, to be told beside `boardMarks`. */
export function boardHiddenMarks(state: BoardState, context: Context): number {
  return hiddenOf(state.list.marks, context);
}

/** Rows of the body with the list's head, and with the pane's title; 0: it is not shown. */
export interface Split {
  readonly listRows: number;
  readonly paneRows: number;
  readonly hasPaneFocus: boolean;
}

const LEAST_SCREEN = 24;
const LEAST_BODY = 16;
const LEAST_PANE = 6;
const PANE_SHARE = 0.4;

/** True if list and pane fit beside each other. */
function hasRoom(context: Context): boolean {
  return context.common.rows >= LEAST_SCREEN && context.body.height >= LEAST_BODY;
}

export function splitOf({ pane, zoom }: BoardState, context: Context): Split {
  const { height } = context.body;
  const all: Split = { listRows: height, paneRows: 0, hasPaneFocus: false };
  if (zoom === 'list' || pane.isOpen === false) return all;
  const isRoomy = hasRoom(context);
  if (!isRoomy && pane.isOpen !== true && zoom !== 'pane') return all;
  // Asked for where both have no room: the pane has all of it.
  if (zoom === 'pane' || !isRoomy) return { listRows: 0, paneRows: height, hasPaneFocus: true };
  const paneRows = Math.max(LEAST_PANE, Math.round(height * PANE_SHARE));
  return { listRows: height - paneRows, paneRows, hasPaneFocus: pane.hasFocus };
}

/** Rows of entries that the list shows: the head takes one. What is hidden moves as if it were there. */
export function listHeight(split: Split): number {
  return Math.max(1, (split.listRows === 0 ? split.paneRows : split.listRows) - 1);
}
