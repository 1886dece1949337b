/** What the board view's keys do: from one state to the next, and what is to be done outside. Pure. */
import { SORT_KEYS } from '../data.ts';
import { cursorIndex, follow, goTo, type ListState, markAll, markRange, move, toggleMark, unmarkAll } from '../list.ts';
import { linesMoved } from '../moves.ts';
import type { Context, Effect, Result } from '../view.ts';
import { askEffect, copyEffect, isMutating, menuEffect } from './ask.ts';
import { measure } from './columns.ts';
import { toggleFailed, toggleNotDone } from './filters.ts';
import { layoutOf } from './layout.ts';
import { cursorEntry, firstLine, paneLines } from './pane.ts';
import { type BoardState, listHeight, PANE_TABS, type PaneState, splitOf } from './state.ts';

type Next = Result<BoardState>;

/** After data, size, filter or sort have changed. */
export function followBoard(state: BoardState, context: Context): BoardState {
  return settled(pruned(state, context), state, context);
}

/** As many marks are looked through with every change; more of them once a second at most. */
const FEW_MARKS = 2_000;
const PRUNE_MS = 1_000;

/**
 * Marks of entries that have left the board count no more, nor of those that were removed from it.
 * @param isAsked for an action on them: it is about those that are there now
 */
function pruned(state: BoardState, context: Context, isAsked = false): BoardState {
  const { entries, health, nowMs } = context.data;
  const { list } = state;
  if (list.marks.size === 0 || entries.version === state.pruned.version || health.phase !== 'live') return state;
  const isSoon = Math.abs(nowMs - state.pruned.atMs) < PRUNE_MS;
  if (isSoon && !isAsked && list.marks.size > FEW_MARKS) return state;
  const marks = entries.sets.kept(list.marks);
  const next = { ...state, pruned: { version: entries.version, atMs: nowMs } };
  return marks === list.marks ? next : { ...next, list: { ...list, marks } };
}

/** The list follows its rows, the widths grow, the pane of another entry begins at its first line. */
function settled(next: BoardState, before: BoardState, context: Context): BoardState {
  const height = listHeight(splitOf(next, context));
  const list = follow(next.list, context.data.entries, height);
  const widths = measure(next.widths, context, list.top, height);
  const { mostScroll } = layoutOf(widths, context.body.width, next.scrollX);
  const scrollX = Math.min(next.scrollX, mostScroll);
  const isOther = list.cursor !== before.list.cursor && next.pane.scroll > 0;
  const pane = isOther ? { ...next.pane, scroll: 0 } : next.pane;
  const isSame = list === next.list && widths === next.widths && scrollX === next.scrollX && pane === next.pane;
  return isSame ? next : { ...next, list, widths, scrollX, pane };
}

const ABOUT_MARKS: ReadonlySet<string> = new Set(['copy', 'menu']);

export function actOnBoard(state: BoardState, action: string, context: Context): Next {
  const isAsked = ABOUT_MARKS.has(action) || isMutating(action);
  const next = step(isAsked ? pruned(state, context, true) : state, action, context);
  return next.state === state ? next : { ...next, state: settled(next.state, state, context) };
}

function step(state: BoardState, action: string, context: Context): Next {
  const split = splitOf(state, context);
  const { entries } = context.data;
  const height = listHeight(split);
  if (split.hasPaneFocus) {
    const inPane = stepInPane(state, action, context, split.paneRows - 1);
    if (inPane !== undefined) return inPane;
  }
  const moved = move(state.list, entries, action, height);
  if (moved !== undefined) return onList(state, moved);
  if (isMutating(action)) return { state, effects: [askEffect(action, state, context)] };
  switch (action) {
    case 'mark':
      return onList(state, toggleMark(state.list, entries, height));
    case 'range':
      return onList(state, markRange(state.list, entries));
    case 'markAll':
      return onList(state, markAll(state.list, entries));
    case 'unmarkAll':
      return state.list.marks.size === 0 ? { state } : onList(state, unmarkAll(state.list));
    case 'nextFailed':
      return toFailed(state, context, 1, height);
    case 'failedBefore':
      return toFailed(state, context, -1, height);
    case 'left':
    case 'right':
      return scrolledAside(state, context, action === 'left' ? -ASIDE : ASIDE);
    default:
      return stepPane(state, action, context) ?? { state, effects: effectsOf(state, action, context) };
  }
}

function onList(state: BoardState, list: ListState): Next {
  return { state: { ...state, list } };
}

/** Cells that an arrow key scrolls. */
const ASIDE = 8;

function scrolledAside(state: BoardState, context: Context, by: number): Next {
  const { mostScroll } = layoutOf(state.widths, context.body.width, state.scrollX);
  const scrollX = Math.max(0, Math.min(mostScroll, state.scrollX + by));
  return scrollX === state.scrollX ? { state } : { state: { ...state, scrollX } };
}

/** To the next failed entry, round the end. */
function toFailed(state: BoardState, context: Context, by: 1 | -1, height: number): Next {
  const { entries } = context.data;
  const { length } = entries;
  const from = cursorIndex(state.list, entries);
  for (let off = 1; off <= length && entries.tally.states.failed > 0; off++) {
    const index = (from + by * off + length * 2) % length;
    if (entries.stateAt(index) === 'failed') return onList(state, goTo(state.list, entries, index, height));
  }
  return { state, effects: [{ kind: 'toast', text: 'no failed entry in this list' }] };
}

function withPane(state: BoardState, pane: Partial<PaneState>, zoom: BoardState['zoom'] = state.zoom): Next {
  return { state: { ...state, zoom, pane: { ...state.pane, ...pane } } };
}

/** @param by 1 the next tab, -1 the one before: round the end */
function toTab(state: BoardState, by: number): Next {
  const at = PANE_TABS.indexOf(state.pane.tab) + by + PANE_TABS.length;
  return withPane(state, { tab: PANE_TABS[at % PANE_TABS.length] ?? 'detail', scroll: 0 });
}

/** Opening, closing, focus and zoom. Undefined: the action is none of them. */
function stepPane(state: BoardState, action: string, context: Context): Next | undefined {
  const split = splitOf(state, context);
  const isShown = split.paneRows > 0;
  switch (action) {
    case 'detail':
      return isShown
        ? withPane(state, { isOpen: false, hasFocus: false }, 'none')
        : withPane(state, { isOpen: true }, 'none');
    case 'focus':
      if (!isShown) return withPane(state, { isOpen: true, hasFocus: true }, 'none');
      // Where there is room for one of them, the list comes back.
      if (split.listRows === 0) return withPane(state, splitsAfter(state, context), 'none');
      return withPane(state, { hasFocus: !state.pane.hasFocus });
    case 'zoom':
      if (state.zoom !== 'none') return withPane(state, {}, 'none');
      return split.hasPaneFocus ? withPane(state, { hasFocus: true }, 'pane') : withPane(state, {}, 'list');
    case 'tabBefore':
      return isShown ? toTab(state, -1) : { state };
    case 'tabNext':
      return isShown ? toTab(state, 1) : { state };
    case 'back':
      return back(state, context);
    default:
      return undefined;
  }
}

function splitsAfter(state: BoardState, context: Context): Partial<PaneState> {
  const isSplit = splitOf({ ...state, zoom: 'none' }, context).listRows > 0;
  return isSplit ? { hasFocus: false } : { isOpen: false, hasFocus: false };
}

/** Zoom, then focus, then the pane; nothing there: the app goes on with the filter. */
function back(state: BoardState, context: Context): Next {
  if (state.zoom !== 'none') return withPane(state, {}, 'none');
  const split = splitOf(state, context);
  if (split.paneRows === 0) return { state };
  if (split.listRows > 0 && split.hasPaneFocus) return withPane(state, { hasFocus: false });
  return withPane(state, { isOpen: false, hasFocus: false });
}

function stepInPane(state: BoardState, action: string, context: Context, height: number): Next | undefined {
  const page = Math.max(1, height - 1);
  const by = linesMoved(action, page);
  if (by !== undefined) return { state: scrolledPane(state, context, by, height) };
  if (action === 'left') return toTab(state, -1);
  if (action === 'right') return toTab(state, 1);
  return undefined;
}

/** @param by lines down @param height lines that are shown */
export function scrolledPane(state: BoardState, context: Context, by: number, height: number): BoardState {
  const { length } = paneLines(state, context);
  const most = Math.max(0, length - height);
  const top = Math.max(0, Math.min(most, firstLine(state, length, height) + by));
  const scroll = state.pane.tab === 'log' ? most - top : top;
  return scroll === state.pane.scroll ? state : { ...state, pane: { ...state.pane, scroll } };
}

/** What is done outside the view. */
function effectsOf(state: BoardState, action: string, context: Context): readonly Effect[] {
  const { filter, sort } = context.common;
  switch (action) {
    case 'log': {
      const entry = cursorEntry(state, context);
      if (entry === undefined) return [{ kind: 'toast', text: 'no entry here' }];
      return [{ kind: 'open', layer: { name: 'log', dataset: entry.name.dataset, posted: entry.name.posted } }];
    }
    case 'onlyFailed':
      return [{ kind: 'filter', text: toggleFailed(filter.text) }];
    case 'notDone':
      return [{ kind: 'filter', text: toggleNotDone(filter.text) }];
    case 'all':
      return [{ kind: 'filter', text: '' }];
    case 'sort': {
      const key = SORT_KEYS[(SORT_KEYS.indexOf(sort.key) + 1) % SORT_KEYS.length] ?? 'rank';
      return [{ kind: 'set', common: { sort: { key, reverse: false } } }];
    }
    case 'reverse':
      return [{ kind: 'set', common: { sort: { ...sort, reverse: !sort.reverse } } }];
    case 'copy':
      return [copyEffect(state, context)];
    case 'menu':
      return [menuEffect(state, context)];
    default:
      return [];
  }
}
