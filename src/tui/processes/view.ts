/** The processes view: which stage processes serve the board, what they are doing, and the orders that they take. Pure. */
import { isOrder, type Order } from '../../model/name.ts';
import type { Binding, MouseEvent } from '../binding.ts';
import { MOVES } from '../global-keys.ts';
import { cursorIndex, EMPTY_LIST, follow, goTo, move, scroll, unmarkAll } from '../list.ts';
import { countText } from '../numbers.ts';
import type { Context, Result, View } from '../view.ts';
import { handHeight, handRows, handTop } from './detail.ts';
import { entriesOf, type Lines } from './groups.ts';
import { dropGone, markAll, markRange, toggle } from './marks.ts';
import { paintProcesses } from './paint.ts';
import { HEAD, INITIAL, layoutOf, linesOf, type ProcessesState, rowAt } from './state.ts';

const ORDERS: readonly Binding[] = [
  { keys: ['R'], action: 'run', help: 'order: run', mutates: true },
  {
    keys: ['P'],
    action: 'pause',
    help: 'order: pause; it claims nothing more and stays',
    label: 'pause',
    mutates: true,
  },
  { keys: ['S'], action: 'suspend', help: 'order: suspend; its steps are stopped where they are', mutates: true },
  { keys: ['D'], action: 'drain', help: 'order: drain; it ends when its steps have', label: 'drain', mutates: true },
  {
    keys: ['H'],
    action: 'halt',
    help: 'order: halt; it gives its entries back and ends',
    label: 'halt',
    mutates: true,
  },
  { keys: ['L'], action: 'reload', help: 'order: reload; it reads the stage files anew', mutates: true },
];

const OPEN: readonly Binding[] = [
  {
    keys: ['enter'],
    action: 'open',
    help: 'all about the process; on an entry in hand, that on the board',
    label: 'details',
  },
  { keys: ['b'], action: 'board', help: 'the entries that it has in hand, on the board', label: 'entries' },
];

const BINDINGS: readonly Binding[] = [
  ...MOVES,
  ...OPEN,
  ...ORDERS,
  { keys: ['x'], action: 'menu', help: 'all that can be done with the process' },
  {
    keys: ['space'],
    action: 'mark',
    help: 'mark or unmark it; on the head of a group, all of the group',
    label: 'mark',
  },
  { keys: ['v'], action: 'markRange', help: 'mark all from the last mark to here' },
  { keys: ['*'], action: 'markAll', help: 'mark all' },
  { keys: ['u'], action: 'unmarkAll', help: 'unmark all' },
  { keys: ['o'], action: 'group', help: 'group them by host or by stage', label: 'group' },
  { keys: ['tab', 'S-tab'], action: 'focus', help: 'between the list and the pane' },
  { keys: ['d'], action: 'details', help: 'show or hide the pane about the process' },
];

/** Ids that an order would go to: of the marks, else of the cursor. Whoever is dead hears nothing. */
function addressed(state: ProcessesState, lines: Lines, context: Context): { ids: string[]; dead: string[] } {
  const { marks } = state.list;
  const wanted = marks.size > 0 ? marks : new Set(lines.idsAt(cursorIndex(state.list, lines)));
  const rows = context.data.processes.filter(({ status }) => wanted.has(status.name.id));
  const idsOf = (isDead: boolean): string[] => [
    ...new Set(rows.filter((row) => row.isDead === isDead).map(({ status }) => status.name.id)),
  ];
  return { ids: idsOf(false), dead: idsOf(true) };
}

function order(state: ProcessesState, wanted: Order, context: Context): Result<ProcessesState> {
  const say = (text: string): Result<ProcessesState> => ({ state, effects: [{ kind: 'toast', text, isError: true }] });
  if (context.common.isReadOnly) return say('read-only: no orders are given from here');
  const { ids, dead } = addressed(state, linesOf(state, context), context);
  if (ids.length > 0) return { state, effects: [{ kind: 'open', layer: { name: 'order', ids, order: wanted } }] };
  if (dead.length > 0)
    return say(`${dead.join(', ')} ${dead.length === 1 ? 'is dead and takes' : 'are dead and take'} no orders`);
  return say("no stage process is there to be ordered: 'slate run' starts one");
}

function showEntries(state: ProcessesState, lines: Lines): Result<ProcessesState> {
  const ids = [...new Set(lines.idsAt(cursorIndex(state.list, lines)))];
  if (ids.length === 0) return { state };
  const text = `process:${ids.join(',')}`;
  return {
    state,
    effects: [
      { kind: 'filter', text },
      { kind: 'view', view: 'board' },
    ],
  };
}

function menu(state: ProcessesState, lines: Lines, context: Context): Result<ProcessesState> {
  const { ids } = addressed(state, lines, context);
  const [id = ''] = ids;
  const title = ids.length === 1 ? id : countText(ids.length, 'process', 'processes');
  const bindings = context.common.isReadOnly ? OPEN : [...ORDERS, ...OPEN];
  return { state, effects: [{ kind: 'open', layer: { name: 'menu', title, bindings } }] };
}

/** Opens the pane; a second time goes into its list, if there is something in it. From the head of a group to its first. */
function open(state: ProcessesState, lines: Lines, context: Context): Result<ProcessesState> {
  if (state.detail?.hasFocus === true) return showEntries(state, lines);
  const row = rowAt(state, lines);
  if (row === undefined) {
    if (lines.length === 0) return { state };
    const list = goTo(state.list, lines, cursorIndex(state.list, lines) + 1, layoutOf(state, context).list);
    return open({ ...state, list }, lines, context);
  }
  const hasFocus = entriesOf(row).length > 0;
  return { state: { ...state, detail: { list: state.detail?.list ?? EMPTY_LIST, hasFocus } } };
}

function withList(state: ProcessesState, list: ProcessesState['list']): ProcessesState {
  return list === state.list ? state : { ...state, list };
}

/** Moves where the keys go: in the list, or among the steps in hand. */
function moveIn(state: ProcessesState, lines: Lines, action: string, context: Context): ProcessesState {
  const layout = layoutOf(state, context);
  if (state.detail?.hasFocus !== true)
    return withList(state, move(state.list, lines, action, layout.list) ?? state.list);
  const list = move(state.detail.list, handRows(rowAt(state, lines)), action, handHeight(layout.detail));
  return list === undefined ? state : { ...state, detail: { list, hasFocus: true } };
}

function act(state: ProcessesState, action: string, context: Context): Result<ProcessesState> {
  const lines = linesOf(state, context);
  const height = layoutOf(state, context).list;
  if (isOrder(action)) return order(state, action, context);
  switch (action) {
    case 'open':
      return settled(open(state, lines, context), context);
    case 'board':
      return showEntries(state, lines);
    case 'menu':
      return menu(state, lines, context);
    case 'mark':
      return { state: withList(state, toggle(state.list, lines, height)) };
    case 'markRange':
      return { state: withList(state, markRange(state.list, lines)) };
    case 'markAll':
      return { state: withList(state, markAll(state.list, lines)) };
    case 'unmarkAll':
      return { state: withList(state, unmarkAll(state.list)) };
    case 'group':
      return { state: regroup(state, lines, context) };
    case 'focus':
      return { state: refocus(state, lines) };
    case 'details':
      return settled(
        { state: { ...state, detail: state.detail ? undefined : { list: EMPTY_LIST, hasFocus: false } } },
        context,
      );
    case 'back':
      // Its one way back: out of the pane, then without it.
      if (state.detail === undefined) return { state };
      return settled({ state: { ...state, detail: undefined } }, context);
    default:
      return { state: moveIn(state, lines, action, context) };
  }
}

/** The cursor is still to be seen when the pane has come or gone. */
function settled(result: Result<ProcessesState>, context: Context): Result<ProcessesState> {
  return { ...result, state: followed(result.state, context) };
}

function refocus(state: ProcessesState, lines: Lines): ProcessesState {
  if (state.detail === undefined) return state;
  const hasFocus = !state.detail.hasFocus && handRows(rowAt(state, lines)).length > 0;
  return { ...state, detail: { ...state.detail, hasFocus } };
}

/** The cursor stays on its process. */
function regroup(state: ProcessesState, lines: Lines, context: Context): ProcessesState {
  const id = rowAt(state, lines)?.status.name.id;
  const next: ProcessesState = { ...state, by: state.by === 'host' ? 'stage' : 'host' };
  const now = linesOf(next, context);
  const index = id === undefined ? 0 : Math.max(0, now.indexOfProcess(id));
  const list = goTo({ ...next.list, anchor: undefined }, now, index, layoutOf(next, context).list);
  return followed({ ...next, list }, context);
}

function followed(state: ProcessesState, context: Context): ProcessesState {
  const lines = linesOf(state, context);
  const layout = layoutOf(state, context);
  const ids = new Set(context.data.processes.map(({ status }) => status.name.id));
  // At first on a process, not on the head of its group: an order would mean them all.
  const isFirst = state.list.cursor === undefined && lines.length > 1;
  const from = isFirst ? { ...state.list, index: 1 } : dropGone(state.list, ids);
  const next = withList(state, follow(from, lines, layout.list));
  if (next.detail === undefined) return next;
  const hand = handRows(rowAt(next, lines));
  const list = follow(next.detail.list, hand, handHeight(layout.detail));
  const hasFocus = next.detail.hasFocus && hand.length > 0;
  if (list === next.detail.list && hasFocus === next.detail.hasFocus) return next;
  return { ...next, detail: { list, hasFocus } };
}

function mouse(state: ProcessesState, event: MouseEvent, context: Context): Result<ProcessesState> {
  const lines = linesOf(state, context);
  const layout = layoutOf(state, context);
  const y = event.y - context.body.y - HEAD;
  const { detail } = state;
  if (y < layout.list || detail === undefined) {
    if (event.kind !== 'click') {
      return { state: withList(state, scroll(state.list, lines, event.kind === 'wheelup' ? -3 : 3, layout.list)) };
    }
    if (y < 0 || y >= layout.list || state.list.top + y >= lines.length) return { state };
    const list = goTo(state.list, lines, state.list.top + y, layout.list);
    return settled({ state: { ...state, list, detail: detail && { ...detail, hasFocus: false } } }, context);
  }
  const hand = handRows(rowAt(state, lines));
  const height = handHeight(layout.detail);
  if (event.kind !== 'click') {
    return {
      state: {
        ...state,
        detail: { ...detail, list: scroll(detail.list, hand, event.kind === 'wheelup' ? -1 : 1, height) },
      },
    };
  }
  const index = detail.list.top + y - layout.list - handTop(layout.detail);
  const isBelow = y >= layout.list + layout.detail;
  if (isBelow || index < detail.list.top || index >= hand.length) return { state };
  return { state: { ...state, detail: { list: goTo(detail.list, hand, index, height), hasFocus: true } } };
}

export const processesView: View<ProcessesState> = {
  name: 'processes',
  title: 'Processes',
  bindings: BINDINGS,
  initial: INITIAL,
  follow: followed,
  act,
  mouse,
  paint: paintProcesses,
};
