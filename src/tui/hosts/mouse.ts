/** The mouse in the hosts view: a click takes a host and a stage, the wheel scrolls. Pure. */
import type { MouseEvent } from '../binding.ts';
import { cursorIndex, goTo, scroll } from '../list.ts';
import type { Context, Result } from '../view.ts';
import { paneHeight, paneTop } from './detail.ts';
import { settled } from './follow.ts';
import {
  chosenKey,
  HEAD,
  type HostsState,
  type HostTable,
  layoutOf,
  lineAt,
  paneList,
  paneRows,
  tableOf,
} from './state.ts';
import { columnsFor, GUTTER } from './table.ts';

/** The stage whose column lies at a place of the list. */
function stageAt(x: number, state: HostsState, table: HostTable, context: Context): string | undefined {
  const columns = columnsFor(table, chosenKey(state, table), context.body.width, context);
  const column = columns.find((one) => x >= GUTTER + one.x && x < GUTTER + one.x + one.cells);
  return column?.id.startsWith('stage ') === true ? column.id.slice('stage '.length) : undefined;
}

export function mouse(state: HostsState, event: MouseEvent, context: Context): Result<HostsState> {
  const table = tableOf(state, context);
  const layout = layoutOf(state, context);
  const [x, y] = [event.x - context.body.x, event.y - context.body.y - HEAD];
  const isInPane = y >= layout.list && layout.pane > 0;
  const by = event.kind === 'wheelup' ? -1 : 1;
  if (!isInPane) {
    if (event.kind !== 'click')
      return settled({ state: { ...state, list: scroll(state.list, table.rows, 3 * by, layout.list) } }, context);
    const stage = y >= -1 ? stageAt(x, state, table, context) : undefined;
    const chosen = stage === undefined ? state : { ...state, stage };
    const index = state.list.top + y;
    if (y < 0 || y >= layout.list || index >= table.lines.length) return settled({ state: chosen }, context);
    const list = goTo(state.list, table.rows, index, layout.list);
    return settled({ state: { ...chosen, list, pane: { ...state.pane, hasFocus: false } } }, context);
  }
  const line = lineAt(state, table);
  const rows = paneRows(line);
  const height = paneHeight(line, layout.pane, context);
  if (event.kind !== 'click') {
    const list = scroll(state.pane.list, paneList(rows), by, height);
    const key = rows[cursorIndex(list, paneList(rows))]?.stage.key ?? state.stage;
    return { state: { ...state, stage: key, pane: { list, hasFocus: true } } };
  }
  const index = state.pane.list.top + y - layout.list - paneTop(line, layout.pane, context);
  const row = rows[index];
  if (row === undefined || index < state.pane.list.top) return { state };
  const list = goTo(state.pane.list, paneList(rows), index, height);
  return { state: { ...state, stage: row.stage.key, pane: { list, hasFocus: true } } };
}
