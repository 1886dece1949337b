/** The mouse on the board: a click chooses, the wheel scrolls what is under it. Pure. */
import type { MouseEvent } from '../binding.ts';
import type { SortKey } from '../data.ts';
import { goTo, scroll } from '../list.ts';
import type { Context, Result } from '../view.ts';
import { followBoard, scrolledPane } from './act.ts';
import { ENTRY, KINDS } from './columns.ts';
import { layoutOf, MARKS } from './layout.ts';
import { tabAt } from './pane.ts';
import { type BoardState, listHeight, splitOf } from './state.ts';

/** Rows that a turn of the wheel scrolls. */
const WHEEL = 3;

export function mouseOnBoard(state: BoardState, event: MouseEvent, context: Context): Result<BoardState> {
  const { body, data } = context;
  const [x, y] = [event.x - body.x, event.y - body.y];
  if (x < 0 || y < 0 || x >= body.width || y >= body.height) return { state };
  const split = splitOf(state, context);
  if (y >= split.listRows) return inPane(state, event, { x, y: y - split.listRows, rows: split.paneRows }, context);
  if (event.kind !== 'click') {
    const by = event.kind === 'wheeldown' ? WHEEL : -WHEEL;
    const list = scroll(state.list, data.entries, by, listHeight(split));
    return { state: followBoard({ ...state, list }, context) };
  }
  if (y === 0) return sortBy(columnAt(x, state, context), state, context);
  const index = state.list.top + y - 1;
  if (index >= data.entries.length) return { state };
  const list = goTo(state.list, data.entries, index, listHeight(split));
  return { state: followBoard({ ...state, list, pane: { ...state.pane, hasFocus: false, scroll: 0 } }, context) };
}

function inPane(
  state: BoardState,
  event: MouseEvent,
  at: { readonly x: number; readonly y: number; readonly rows: number },
  context: Context,
): Result<BoardState> {
  if (event.kind !== 'click') {
    const by = event.kind === 'wheeldown' ? WHEEL : -WHEEL;
    return { state: scrolledPane(state, context, by, at.rows - 1) };
  }
  const tab = at.y === 0 ? tabAt(at.x, state, context) : undefined;
  const scrolled = tab === undefined || tab === state.pane.tab ? state.pane.scroll : 0;
  return { state: { ...state, pane: { ...state.pane, hasFocus: true, tab: tab ?? state.pane.tab, scroll: scrolled } } };
}

/** The order that the column under the mouse stands for. */
function columnAt(x: number, state: BoardState, { body }: Context): SortKey | undefined {
  const layout = layoutOf(state.widths, body.width, state.scrollX);
  if (x >= MARKS && x < MARKS + layout.entry) return ENTRY.sort;
  const at = x - layout.x;
  const place = at < 0 ? undefined : layout.places.find((one) => at >= one.x && at < one.x + one.width);
  return place === undefined ? undefined : KINDS[place.name].sort;
}

/** The column that it is sorted by already: the other way round. */
function sortBy(key: SortKey | undefined, state: BoardState, { common }: Context): Result<BoardState> {
  if (key === undefined) return { state };
  const reverse = common.sort.key === key ? !common.sort.reverse : false;
  return { state, effects: [{ kind: 'set', common: { sort: { key, reverse } } }] };
}
