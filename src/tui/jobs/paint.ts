/** Painting of the jobs view. Pure. */
import { JOB_GROUPINGS, type JobGrouping } from '../../history/job-groups.ts';
import { fitText, type Placed, paintCell, paintHeads } from '../columns.ts';
import { cursorIndex } from '../list.ts';
import { countText, percent, thousands } from '../numbers.ts';
import type { Canvas } from '../surface.ts';
import type { Context } from '../view.ts';
import { alertLines, paintAlerts } from './alerts.ts';
import { columnsFor, GUTTER } from './columns.ts';
import { paintDetail } from './detail.ts';
import type { JobLine, JobLines } from './model.ts';
import { NO_ENTRY } from './model.ts';
import { type JobsState, layoutOf, lineAt, linesIn, listOf } from './state.ts';
import { cellOf } from './table.ts';

const TITLES: Readonly<Record<JobGrouping, string>> = {
  job: 'by job',
  aggregate: 'by aggregate',
  state: 'by state',
  time: 'over time',
};

export interface GroupingTab {
  readonly grouping: JobGrouping;
  readonly x: number;
  readonly text: string;
}

/** `[by job]  by aggregate  by state  over time` */
export function tabsOf(): GroupingTab[] {
  let x = 1;
  return JOB_GROUPINGS.map((grouping) => {
    const text = TITLES[grouping];
    const tab = { grouping, x, text };
    x += text.length + 2;
    return tab;
  });
}

/** `120 of 4,500 jobs, 3 marked, only granules01, by wait` */
function summaryText(state: JobsState, { all, shown }: JobLines, { common, data }: Context): string {
  const { grouping, only, sort, isReversed, range } = state;
  const { marks } = listOf(state);
  const alone =
    only?.by === 'aggregate' ? (only.of ?? NO_ENTRY) : only === undefined ? '' : `${only.kind} ${only.label}`;
  const isDefault = sort === 'dataset' && !isReversed;
  const parts = [
    shown.length === all.length
      ? countText(all.length, 'job')
      : `${thousands(shown.length)} of ${countText(all.length, 'job')}`,
    ...(marks.size === 0 ? [] : [`${marks.size} marked`]),
    ...(alone === '' ? [] : [`only ${alone}`]),
    ...(state.isTroubleOnly ? ['only those in trouble'] : []),
    ...(common.jobFilter === '' || grouping === 'time' ? [] : [`filter ${common.jobFilter}`]),
    ...(grouping === 'job' && !isDefault ? [`by ${sort}${isReversed ? ', reversed' : ''}`] : []),
    ...(grouping === 'time' ? [`the last ${range}`] : []),
    ...(grouping !== 'job' && !data.past.isComplete ? [`journals ${percent(data.past.progress)}`] : []),
  ];
  return parts.join(', ');
}

function paintTabs(canvas: Canvas, state: JobsState, lines: JobLines, context: Context): void {
  const { look } = context;
  let end = 0;
  for (const { grouping, x, text } of tabsOf()) {
    const isHere = grouping === state.grouping;
    end = canvas.put(x, 0, text, look.attr(isHere ? 'bold' : 'plain'));
    if (!isHere) continue;
    canvas.put(x - 1, 0, '[', look.attr('bold'));
    end = canvas.put(end, 0, ']', look.attr('bold'));
  }
  const room = canvas.width - end - 3;
  if (room < 8) return;
  const text = fitText(summaryText(state, lines, context), room, look);
  canvas.put(canvas.width - text.length - 1, 0, text, look.attr('dim'));
}

function emptyText(state: JobsState, { all }: JobLines, { data }: Context): string {
  if (data.jobs === undefined) return 'reading the jobs';
  if (all.length === 0 && state.grouping !== 'time')
    return "no job is with an engine: stages with 'engine:' have some while their steps run";
  return "no job is like that: 'a' shows all of them";
}

export function paintJobs(canvas: Canvas, state: JobsState, context: Context): void {
  const { look } = context;
  const lines = linesIn(state, context);
  const layout = layoutOf(state, context);
  const { head } = layout;
  paintTabs(canvas, state, lines, context);
  paintAlerts(canvas, 1, alertLines(context), context);
  if (lines.lines.length === 0) {
    canvas.put(1, head, fitText(emptyText(state, lines, context), canvas.width - 2, look));
    return;
  }
  const columns = columnsFor(state.grouping, lines, canvas.width);
  paintHeads(canvas, columns, GUTTER, head - 1, look);
  const list = listOf(state);
  const at = cursorIndex(list, lines.rows);
  for (let y = 0; y < layout.list; y++) {
    const line = lines.lines[list.top + y];
    if (line === undefined) break;
    paintLine(canvas, head + y, line, { state, lines, context, columns, isUnderCursor: list.top + y === at });
  }
  if (layout.pane === 0) return;
  paintDetail(canvas.part(0, head + layout.list, canvas.width, layout.pane), lineAt(state, lines), context);
}

interface LinePaint {
  readonly state: JobsState;
  readonly lines: JobLines;
  readonly context: Context;
  readonly columns: readonly Placed[];
  readonly isUnderCursor: boolean;
}

function paintLine(canvas: Canvas, y: number, line: JobLine, paint: LinePaint): void {
  const { state, lines, context, columns, isUnderCursor } = paint;
  const { look } = context;
  if (isUnderCursor) {
    canvas.fill(' ', look.attr('cursor'), 0, y, canvas.width, 1);
    canvas.put(0, y, look.glyphs.cursor, look.attr('cursor'));
  }
  if (listOf(state).marks.has(line.key)) canvas.put(1, y, look.glyphs.mark, look.attr('marked', isUnderCursor));
  for (const column of columns) {
    const cell = cellOf(line, column, context, lines);
    paintCell(canvas, { column, left: GUTTER, y }, { ...cell, isUnderCursor }, look);
  }
}
