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
}

export function layoutOf(state: ProcessesState, { body }: Context): Layout {
  const detail = state.detail === undefined ? 0 : Math.min(MOST_DETAIL, Math.ceil((body.height - HEAD) / 2));
  return { list: Math.max(1, body.height - HEAD - detail), detail };
}

export function linesOf(state: ProcessesState, { data }: Context): Lines {
  return new Lines(data.processes, state.by, data.board.stages);
}

/** The process of the cursor; none on the head of a group. */
export function rowAt(state: ProcessesState, lines: Lines): ProcessRow | undefined {
  const line = lines.at(cursorIndex(state.list, lines));
  return line?.kind === 'process' ? line.row : undefined;
}
