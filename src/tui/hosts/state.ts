/** The state of the hosts view, its rows, and where its parts lie. Pure. */
import { keyRows } from '../key-rows.ts';
import { cursorIndex, EMPTY_LIST, type ListState, type Rows } from '../list.ts';
import type { Context } from '../view.ts';
import { type HostLine, hostLine, type StageRow, stageKeys } from './model.ts';
import { filtered, type Order, sorted } from './order.ts';

export interface HostsState {
  readonly list: ListState;
  readonly order: Order;
  /** Only hosts with something wrong. */
  readonly isTroubleOnly: boolean;
  /** The stage that `+` and `-` change: a key; undefined: the first. It stays while the cursor goes from host to host. */
  readonly stage: string | undefined;
  /** Undefined: the pane is open where there is room. */
  readonly isPaneOpen: boolean | undefined;
  /** The pane's own list, and whether keys go there. */
  readonly pane: { readonly list: ListState; readonly hasFocus: boolean };
}

export const INITIAL: HostsState = {
  list: EMPTY_LIST,
  order: { by: 'host', isReversed: false },
  isTroubleOnly: false,
  stage: undefined,
  isPaneOpen: undefined,
  pane: { list: EMPTY_LIST, hasFocus: false },
};

/** The summary and the heads of the table. */
export const HEAD = 2;
const LEAST_FOR_PANE = 16;
const MOST_PANE = 26;
const PANE_SHARE = 0.55;

export interface Layout {
  readonly list: number;
  /** Rows of the pane; 0: it is closed. */
  readonly pane: number;
}

export function layoutOf(state: HostsState, { body }: Context): Layout {
  const height = body.height - HEAD;
  const isOpen = state.isPaneOpen ?? body.height >= LEAST_FOR_PANE;
  const pane = isOpen ? Math.min(MOST_PANE, Math.ceil(height * PANE_SHARE)) : 0;
  return { list: Math.max(1, height - pane), pane };
}

export interface HostTable {
  /** Those that are shown, in order. */
  readonly lines: readonly HostLine[];
  /** All of them. */
  readonly all: readonly HostLine[];
  /** Columns of stages. */
  readonly keys: readonly string[];
  readonly rows: Rows;
}

export function tableOf(state: HostsState, { data, common }: Context): HostTable {
  const hosts = data.hosts ?? [];
  const keys = stageKeys(hosts, data.processes, data.board.stages);
  const all = hosts.map((row) => hostLine(row, keys, data.processes, data.nowMs));
  const wanted = state.isTroubleOnly ? all.filter(({ problems }) => problems.length > 0) : all;
  const lines = sorted(filtered(wanted, common.hostFilter), state.order);
  return { lines, all, keys, rows: keyRows(lines.map(({ row }) => row.host)) };
}

export function lineAt(state: HostsState, { lines, rows }: HostTable): HostLine | undefined {
  return lines[cursorIndex(state.list, rows)];
}

/** The stage that is chosen, as long as there is such a column. */
export function chosenKey({ stage }: HostsState, { keys }: HostTable): string | undefined {
  return stage !== undefined && keys.includes(stage) ? stage : keys[0];
}

/** What the pane lists: each stage, with the processes that serve it below. */
export type PaneRow =
  | { readonly kind: 'stage'; readonly key: string; readonly stage: StageRow }
  | { readonly kind: 'process'; readonly key: string; readonly stage: StageRow; readonly index: number };

export function paneRows(line: HostLine | undefined): readonly PaneRow[] {
  return (line?.stages ?? []).flatMap((stage): PaneRow[] => [
    { kind: 'stage', key: stage.key, stage },
    ...stage.processes.map(
      ({ status }, index): PaneRow => ({ kind: 'process', key: `${stage.key} ${status.name.id}`, stage, index }),
    ),
  ]);
}

export function paneList(rows: readonly PaneRow[]): Rows {
  return keyRows(rows.map(({ key }) => key));
}
