/** What stays where it is when hosts come, go, or change: cursors follow what they stand on. Pure. */
import { follow, goTo } from '../list.ts';
import type { Context, Result } from '../view.ts';
import { paneHeight } from './detail.ts';
import { chosenKey, type HostsState, layoutOf, lineAt, paneList, paneRows, tableOf } from './state.ts';

/** Cursors are still to be seen when something has come, gone, or been put in another order. */
export function settled(result: Result<HostsState>, context: Context): Result<HostsState> {
  return { ...result, state: followed(result.state, context) };
}

export function followed(state: HostsState, context: Context): HostsState {
  const table = tableOf(state, context);
  const layout = layoutOf(state, context);
  const hosts = new Set(table.all.map(({ row }) => row.host));
  const left = [...state.list.marks].filter((host) => hosts.has(host));
  const from = left.length === state.list.marks.size ? state.list : { ...state.list, marks: new Set(left) };
  const list = follow(from, table.rows, layout.list);
  const next = list === state.list ? state : { ...state, list };
  const line = lineAt(next, table);
  const rows = paneRows(line);
  const hasFocus = next.pane.hasFocus && layout.pane > 0 && rows.length > 0;
  const height = paneHeight(line, layout.pane, context);
  // Where keys go to the list, the pane shows the chosen stage, whatever host it is of.
  const at = rows.findIndex(({ key }) => key === chosenKey(next, table));
  const before = next.pane.list;
  const now = hasFocus ? follow(before, paneList(rows), height) : goTo(before, paneList(rows), Math.max(0, at), height);
  const isSame = now.cursor === before.cursor && now.top === before.top && now.index === before.index;
  return isSame && hasFocus === next.pane.hasFocus ? next : { ...next, pane: { list: now, hasFocus } };
}
