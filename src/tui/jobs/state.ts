/** The state of the jobs view: how jobs are put together, and where the cursor is in each of these lists. Pure. */
import { JOB_GROUPINGS, type JobGrouping } from '../../history/job-groups.ts';
import { cursorIndex, EMPTY_LIST, follow, goTo, type ListState } from '../list.ts';
import type { Context, Result } from '../view.ts';
import { alertLines } from './alerts.ts';
import { type Choice, type JobLine, type JobLines, jobLines } from './model.ts';

export interface JobsState extends Choice {
  readonly lists: Readonly<Record<JobGrouping, ListState>>;
  /** Undefined: the pane is open where there is room. */
  readonly isPaneOpen: boolean | undefined;
}

export const INITIAL: JobsState = {
  grouping: 'job',
  sort: 'dataset',
  isReversed: false,
  range: '6h',
  only: undefined,
  isTroubleOnly: false,
  lists: { job: EMPTY_LIST, aggregate: EMPTY_LIST, state: EMPTY_LIST, time: EMPTY_LIST },
  isPaneOpen: undefined,
};

/** The groupings, and the heads of the table; between them is what engines refuse. */
const HEAD = 2;
const LEAST_FOR_PANE = 16;
const PANE = 6;

export interface Layout {
  /** Rows above the list. */
  readonly head: number;
  readonly list: number;
  /** Rows of the pane; 0: it is closed. */
  readonly pane: number;
}

/** Time has no pane: there is nothing more to tell of a step. */
export function layoutOf({ grouping, isPaneOpen }: JobsState, context: Context): Layout {
  const { body } = context;
  const head = HEAD + alertLines(context).length;
  const height = body.height - head;
  const isOpen = grouping !== 'time' && (isPaneOpen ?? body.height >= LEAST_FOR_PANE) && height > PANE;
  const pane = isOpen ? PANE : 0;
  return { head, list: Math.max(1, height - pane), pane };
}

export function linesIn(state: JobsState, context: Context): JobLines {
  const { grouping, sort, isReversed, range, only, isTroubleOnly } = state;
  return jobLines({ grouping, sort, isReversed, range, only, isTroubleOnly }, context);
}

export function listOf({ lists, grouping }: JobsState): ListState {
  return lists[grouping];
}

export function withList(state: JobsState, list: ListState): JobsState {
  return list === listOf(state) ? state : { ...state, lists: { ...state.lists, [state.grouping]: list } };
}

export function lineAt(state: JobsState, { lines, rows }: JobLines): JobLine | undefined {
  return lines[cursorIndex(listOf(state), rows)];
}

/** The marked lines, else that of the cursor. */
export function meant(state: JobsState, { lines, rows }: JobLines): readonly JobLine[] {
  const { marks } = listOf(state);
  if (marks.size > 0) return lines.filter(({ key }) => marks.has(key));
  const line = lines[cursorIndex(listOf(state), rows)];
  return line === undefined ? [] : [line];
}

/** Cursors follow what they stand on; marks of what is gone count no more. */
export function followed(state: JobsState, context: Context): JobsState {
  const { rows } = linesIn(state, context);
  const list = listOf(state);
  const left = list.marks.size === 0 ? list.marks : new Set([...list.marks].filter((key) => rows.indexOf(key) >= 0));
  const from = left.size === list.marks.size ? list : { ...list, marks: left };
  const { list: height } = layoutOf(state, context);
  // Steps of time come at the top: who looks at the latest goes on with it.
  const isLatest = state.grouping === 'time' && list.index === 0 && list.top === 0;
  return withList(state, isLatest ? goTo(list, rows, 0, height) : follow(from, rows, height));
}

export function settled(result: Result<JobsState>, context: Context): Result<JobsState> {
  return { ...result, state: followed(result.state, context) };
}

/** @param by 1 the next one, -1 the one before: round the end. What was looked at alone is so no longer. */
export function regrouped(state: JobsState, by: number): JobsState {
  const at = JOB_GROUPINGS.indexOf(state.grouping) + by + JOB_GROUPINGS.length;
  return { ...state, grouping: JOB_GROUPINGS[at % JOB_GROUPINGS.length] ?? 'job', only: undefined };
}
