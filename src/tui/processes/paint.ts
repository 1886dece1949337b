/** Painting of the processes view. Pure. */
import { fitText, type Placed, paintCell, paintHeads } from '../columns.ts';
import { cursorIndex } from '../list.ts';
import { countText } from '../numbers.ts';
import type { Canvas } from '../surface.ts';
import type { Context } from '../view.ts';
import { paintDetail } from './detail.ts';
import { type Line, totalsOf } from './groups.ts';
import { HEAD, layoutOf, linesOf, type ProcessesState, rowAt } from './state.ts';
import { type ColumnId, cellOf, columnsFor, GUTTER, groupText } from './table.ts';
import { timersAreSilent, timersText } from './timers.ts';

/** `3 stage processes on 2 hosts, 5 of 12 slots busy, 1 in trouble, by host` */
function summaryText(state: ProcessesState, { data }: Context): string {
  const totals = totalsOf(data.processes);
  const hosts = new Set(data.processes.map(({ status }) => status.name.host)).size;
  const parts = [
    `${countText(totals.processes, 'stage process', 'stage processes')} on ${countText(hosts, 'host')}`,
    `${totals.busy} of ${totals.slots} slots busy`,
    ...(totals.trouble === 0 ? [] : [`${totals.trouble} in trouble`]),
    ...(state.list.marks.size === 0 ? [] : [`${state.list.marks.size} marked`]),
  ];
  return `${parts.join(', ')}; by ${state.by}`;
}

export function paintProcesses(canvas: Canvas, state: ProcessesState, context: Context): void {
  const { data, look } = context;
  if (data.processes.length === 0) {
    const what =
      data.health.phase === 'reading'
        ? 'reading the board'
        : "no stage process serves this board: 'slate run' starts one";
    canvas.put(1, 1, what);
    if (data.timers.length > 0) canvas.put(1, 3, fitText(timersText(context), canvas.width - 2, look));
    return;
  }
  const lines = linesOf(state, context);
  const layout = layoutOf(state, context);
  const columns = columnsFor(state.by, canvas.width);
  canvas.put(1, 0, fitText(summaryText(state, context), canvas.width - 2, look));
  paintHeads(canvas, columns, GUTTER, 1, look);
  const at = cursorIndex(state.list, lines);
  for (let row = 0; row < layout.list; row++) {
    const index = state.list.top + row;
    const line = lines.at(index);
    if (line === undefined) break;
    paintLine(canvas, HEAD + row, line, { state, context, columns, isUnderCursor: index === at });
  }
  if (layout.foot > 0) {
    const isSilent = timersAreSilent(context);
    const text = fitText(timersText(context), canvas.width - 2, look);
    canvas.put(1, canvas.height - 1, text, look.attr(isSilent ? 'warn' : 'dim'));
  }
  if (state.detail === undefined) return;
  const pane = canvas.part(0, HEAD + layout.list, canvas.width, layout.detail);
  paintDetail(pane, rowAt(state, lines), state.detail, context);
}

interface LinePaint {
  readonly state: ProcessesState;
  readonly context: Context;
  readonly columns: readonly Placed<ColumnId>[];
  readonly isUnderCursor: boolean;
}

function paintLine(canvas: Canvas, y: number, line: Line, { state, context, columns, isUnderCursor }: LinePaint): void {
  const { look, data } = context;
  if (isUnderCursor) {
    canvas.fill(' ', look.attr('cursor'), 0, y, canvas.width, 1);
    canvas.put(0, y, look.glyphs.cursor, look.attr('cursor'));
  }
  if (line.kind === 'group') {
    canvas.put(
      GUTTER - 1,
      y,
      fitText(groupText(line.group), canvas.width - GUTTER, look),
      look.attr('bold', isUnderCursor),
    );
    return;
  }
  const isMarked = state.list.marks.has(line.row.status.name.id);
  if (isMarked) canvas.put(1, y, look.glyphs.mark, look.attr('marked', isUnderCursor));
  for (const column of columns) {
    const { text, tone } = cellOf(line.row, column, data.nowMs);
    paintCell(canvas, { column, left: GUTTER, y }, { text, tone, isUnderCursor }, look);
  }
}
