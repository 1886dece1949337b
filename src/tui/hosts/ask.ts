/** What is asked for on hosts: of which of them, and the dialogs that ask. Pure. */
import type { Context, Effect, HostAct, Result, ScaleTarget } from '../view.ts';
import type { HostLine } from './model.ts';
import { chosenKey, type HostsState, type HostTable, lineAt } from './state.ts';

function say(state: HostsState, text: string): Result<HostsState> {
  return { state, effects: [{ kind: 'toast', text, isError: true }] };
}

function ask(state: HostsState, layer: Extract<Effect, { kind: 'open' }>['layer']): Result<HostsState> {
  return { state, effects: [{ kind: 'open', layer }] };
}

/** The marked hosts, else the one of the cursor. */
export function addressed(state: HostsState, table: HostTable): HostLine[] {
  const { marks } = state.list;
  if (marks.size > 0) return table.all.filter(({ row }) => marks.has(row.host));
  const line = lineAt(state, table);
  return line === undefined ? [] : [line];
}

const NOBODY = "no host is there: 'slate up' on a host keeps it, 'slate run' starts a stage process";
const READ_ONLY = 'read-only: nothing was changed';

/** What is wanted of a stage on a host now. */
export function targetOf({ row, stages }: HostLine, key: string): ScaleTarget {
  const stage = stages.find((one) => one.key === key);
  const { wish, slots = 0 } = stage ?? {};
  const was = wish === undefined ? 'none' : (wish.slots ?? 'unclear');
  return { host: row.host, was, run: slots, isDown: row.isDown, hasAgent: row.agent !== 'none' };
}

/** The dialog of the wish for the chosen stage. @param by undefined: a number is typed */
export function askScale(
  state: HostsState,
  table: HostTable,
  by: number | undefined,
  context: Context,
): Result<HostsState> {
  if (context.common.isReadOnly) return say(state, READ_ONLY);
  const lines = addressed(state, table);
  const key = chosenKey(state, table);
  if (lines.length === 0 || key === undefined) return say(state, NOBODY);
  const stages = key.split('+');
  const unknown = stages.filter((stage) => context.data.board.column(stage) < 0);
  if (unknown.length > 0)
    return say(state, `the board has no stage ${unknown.join(', ')}: remove the file of the wish`);
  const unread = lines.filter(({ row }) => row.isUnread).map(({ row }) => row.host);
  if (unread.length > 0) return say(state, `hosts/${unread[0]} can't be read: what is wanted there can't be changed`);
  return ask(state, { name: 'scale', key, targets: lines.map((line) => targetOf(line, key)), by });
}

/** The dialog of start, drain and stop. */
export function askHost(state: HostsState, table: HostTable, act: HostAct, context: Context): Result<HostsState> {
  if (context.common.isReadOnly) return say(state, READ_ONLY);
  const hosts = addressed(state, table).map(({ row }) => row.host);
  if (hosts.length === 0) return say(state, NOBODY);
  const isAll = state.list.marks.size > 0 && hosts.length === table.all.length;
  return ask(state, { name: 'host', act, hosts, isAll });
}
