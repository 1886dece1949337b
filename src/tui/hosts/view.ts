/** The hosts view: what each host is wanted to run and what it runs, and what can be changed about that. Pure. */
import { hostLogPath } from '../../model/name.ts';
import { cursorIndex, type ListState, markAll, markRange, move, toggleMark, unmarkAll } from '../list.ts';
import { countText } from '../numbers.ts';
import type { Context, Result, View } from '../view.ts';
import { addressed, askHost, askScale } from './ask.ts';
import { paneHeight } from './detail.ts';
import { followed, settled } from './follow.ts';
import { ACTS, BINDINGS, LOOKS } from './keys.ts';
import { mouse } from './mouse.ts';
import { SORTS } from './order.ts';
import { paintHosts } from './paint.ts';
import {
  chosenKey,
  type HostsState,
  type HostTable,
  INITIAL,
  layoutOf,
  lineAt,
  type PaneRow,
  paneList,
  paneRows,
  tableOf,
} from './state.ts';

function withList(state: HostsState, list: ListState): HostsState {
  return list === state.list ? state : { ...state, list };
}

function menu(state: HostsState, table: HostTable, { common }: Context): Result<HostsState> {
  const lines = addressed(state, table);
  const title = lines.length === 1 ? (lines[0]?.row.host ?? '') : countText(lines.length, 'host');
  const bindings = common.isReadOnly ? LOOKS : [...ACTS, ...LOOKS];
  return { state, effects: [{ kind: 'open', layer: { name: 'menu', title, bindings } }] };
}

function showEntries(state: HostsState, ids: readonly string[]): Result<HostsState> {
  if (ids.length === 0) return { state, effects: [{ kind: 'toast', text: 'no stage process runs there' }] };
  return {
    state,
    effects: [
      { kind: 'filter', text: `process:${[...new Set(ids)].join(',')}` },
      { kind: 'view', view: 'board' },
    ],
  };
}

function idsIn(row: PaneRow | undefined): string[] {
  if (row === undefined) return [];
  const { processes } = row.stage;
  const meant = row.kind === 'process' ? processes.slice(row.index, row.index + 1) : processes;
  return meant.map(({ status }) => status.name.id);
}

function paneRowAt(state: HostsState, line: ReturnType<typeof lineAt>): PaneRow | undefined {
  const rows = paneRows(line);
  return rows[cursorIndex(state.pane.list, paneList(rows))];
}

function open(state: HostsState, table: HostTable): Result<HostsState> {
  const line = lineAt(state, table);
  if (line === undefined) return { state };
  if (state.pane.hasFocus) return showEntries(state, idsIn(paneRowAt(state, line)));
  return { state: { ...state, isPaneOpen: true, pane: { ...state.pane, hasFocus: true } } };
}

function showLog(state: HostsState, table: HostTable, { data }: Context): Result<HostsState> {
  const line = lineAt(state, table);
  const key = chosenKey(state, table);
  const wish = line?.row.wishes.find((one) => one.key === key);
  if (line === undefined || key === undefined || wish === undefined) {
    const text = 'only what an agent keeps has a log on the board: nothing is wished for here';
    return { state, effects: [{ kind: 'toast', text, isError: true }] };
  }
  return { state, effects: [{ kind: 'pager', path: data.board.path(hostLogPath(line.row.host, key)) }] };
}

function chooseBeside(state: HostsState, table: HostTable, by: number): HostsState {
  const { keys } = table;
  const at = keys.indexOf(chosenKey(state, table) ?? '') + by;
  const stage = keys[Math.max(0, Math.min(at, keys.length - 1))];
  return stage === state.stage ? state : { ...state, stage };
}

function back(state: HostsState, { common }: Context): Result<HostsState> {
  if (state.pane.hasFocus) return { state: { ...state, pane: { ...state.pane, hasFocus: false } } };
  if (common.hostFilter !== '') return { state, effects: [{ kind: 'set', common: { hostFilter: '' } }] };
  return { state: state.isTroubleOnly ? { ...state, isTroubleOnly: false } : state };
}

/** Moves where the keys go: in the list, or among the stages in the pane. */
function moveIn(state: HostsState, table: HostTable, action: string, context: Context): HostsState {
  const layout = layoutOf(state, context);
  if (!state.pane.hasFocus) return withList(state, move(state.list, table.rows, action, layout.list) ?? state.list);
  const line = lineAt(state, table);
  const rows = paneRows(line);
  const list = move(state.pane.list, paneList(rows), action, paneHeight(line, layout.pane, context));
  if (list === undefined) return state;
  const stage = rows[cursorIndex(list, paneList(rows))]?.stage.key ?? state.stage;
  return { ...state, stage, pane: { list, hasFocus: true } };
}

function marked(state: HostsState, { rows }: HostTable, action: string, height: number): HostsState | undefined {
  const { list } = state;
  if (action === 'mark') return withList(state, toggleMark(list, rows, height));
  if (action === 'markRange') return withList(state, markRange(list, rows));
  if (action === 'markAll') return withList(state, markAll(list, rows));
  return action === 'unmarkAll' ? withList(state, unmarkAll(list)) : undefined;
}

function shown(state: HostsState, action: string): HostsState | undefined {
  const { order, pane, isTroubleOnly } = state;
  switch (action) {
    case 'trouble':
      return { ...state, isTroubleOnly: !isTroubleOnly };
    case 'sort': {
      const by = SORTS[(SORTS.indexOf(order.by) + 1) % SORTS.length] ?? 'host';
      return { ...state, order: { by, isReversed: false } };
    }
    case 'reverse':
      return { ...state, order: { ...order, isReversed: !order.isReversed } };
    case 'focus':
      return { ...state, isPaneOpen: true, pane: { ...pane, hasFocus: !pane.hasFocus } };
    default:
      return undefined;
  }
}

function act(state: HostsState, action: string, context: Context): Result<HostsState> {
  const table = tableOf(state, context);
  const layout = layoutOf(state, context);
  switch (action) {
    case 'more':
    case 'fewer':
      return askScale(state, table, action === 'more' ? 1 : -1, context);
    case 'scale':
      return askScale(state, table, undefined, context);
    case 'start':
    case 'drain':
    case 'stop':
      return askHost(state, table, action, context);
    case 'menu':
      return menu(state, table, context);
    case 'open':
      return settled(open(state, table), context);
    case 'log':
      return showLog(state, table, context);
    case 'board':
      return showEntries(state, lineAt(state, table)?.live.map(({ status }) => status.name.id) ?? []);
    case 'stageLeft':
    case 'stageRight':
      return settled({ state: chooseBeside(state, table, action === 'stageLeft' ? -1 : 1) }, context);
    case 'all': {
      const effects = [{ kind: 'set', common: { hostFilter: '' } } as const];
      return settled({ state: { ...state, isTroubleOnly: false }, effects }, context);
    }
    case 'details': {
      const isPaneOpen = layout.pane === 0;
      const pane = { ...state.pane, hasFocus: isPaneOpen && state.pane.hasFocus };
      return settled({ state: { ...state, isPaneOpen, pane } }, context);
    }
    case 'back':
      return settled(back(state, context), context);
    default: {
      const next = marked(state, table, action, layout.list) ?? shown(state, action);
      return settled({ state: next ?? moveIn(state, table, action, context) }, context);
    }
  }
}

export const hostsView: View<HostsState> = {
  name: 'hosts',
  title: 'Hosts',
  bindings: BINDINGS,
  initial: INITIAL,
  follow: followed,
  act,
  mouse,
  paint: paintHosts,
};
