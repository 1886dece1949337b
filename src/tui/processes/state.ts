/** The state of the processes view, and where its parts lie. Pure. */
import type { ProcessRow } from '../../board/processes.ts';
import { cursorIndex, EMPTY_LIST, type ListState } from '../list.ts';
import type { Context } from '../view.ts';
import { type Grouping, Lines } from './groups.ts';

export interface ProcessesState {
  readonly list: ListState;
  readonly by: Grouping;
  /** The pane about the process of the cursor, if it is open: where in its list, and whether keys go there. */
  readonly detail: { readonly list: ListState; readonly hasFocus: boolean } | undefined;
}

export const INITIAL: ProcessesState = { list: EMPTY_LIST, by: 'host', detail: undefined };

/** The summary and the heads of the table. */
export const HEAD = 2;
const MOST_DETAIL = 16;

export interface Layout {
  readonly list: number;
  /** Rows of the pane; 0: it is closed. */
  readonly detail: number;
  /** The line about the timers, at the bottom; 0: there are none, or no room. */
  readonly foot: number;
}

const LEAST_FOR_FOOT = 8;

export function layoutOf(state: ProcessesState, { body, data }: Context): Layout {
  const foot = data.timers.length === 0 || body.height < LEAST_FOR_FOOT ? 0 : 1;
  const height = body.height - HEAD - foot;
  const detail = state.detail === undefined ? 0 : Math.min(MOST_DETAIL, Math.ceil(height / 2));
  return { list: Math.max(1, height - detail), detail, foot };
}

export function linesOf(state: ProcessesState, { data }: Context): Lines {
  return new Lines(data.processes, state.by, data.board.stages);
}

/** The process of the cursor; none on the head of a group. */
export function rowAt(state: ProcessesState, lines: Lines): ProcessRow | undefined {
  const line = lines.at(cursorIndex(state.list, lines));
  return line?.kind === 'process' ? line.row : undefined;
}
