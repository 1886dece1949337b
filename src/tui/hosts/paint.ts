/** Painting of the hosts view. Pure. */
import { fitText, type Placed, paintCell, paintHeads } from '../columns.ts';
import { cursorIndex } from '../list.ts';
import { countText } from '../numbers.ts';
import type { Canvas } from '../surface.ts';
import type { Context } from '../view.ts';
import { paintDetail } from './detail.ts';
import type { HostLine } from './model.ts';
import { chosenKey, HEAD, type HostsState, type HostTable, layoutOf, lineAt, tableOf } from './state.ts';
import { type ColumnId, cellOf, columnsFor, GUTTER, headText } from './table.ts';

/** `3 of 50 hosts: 1 CRASHING, 2 up; 12 of 16 wanted slots run; 2 marked` */
export function summaryText(state: HostsState, { all, lines }: HostTable, { common }: Context): string {
  const words = new Map<string, { count: number; rank: number }>();
  for (const { verdict } of all) {
    const { word, rank } = verdict;
    words.set(word, { count: (words.get(word)?.count ?? 0) + 1, rank });
  }
  const told = [...words].sort(([, a], [, b]) => a.rank - b.rank).map(([word, { count }]) => `${count} ${word}`);
  const stages = all.flatMap((line) => (line.row.isDown ? [] : line.stages));
  const wanted = stages.reduce((sum, { wish }) => sum + (wish?.slots ?? 0), 0);
  const run = stages.reduce((sum, { slots, wish }) => sum + Math.min(slots, wish?.slots ?? 0), 0);
  const shown = lines.length === all.length ? '' : `${lines.length} of `;
  const parts = [
    `${shown}${countText(all.length, 'host')}: ${told.join(', ')}`,
    ...(wanted === 0 ? [] : [`${run} of ${wanted} wanted slots run`]),
    ...(state.list.marks.size === 0 ? [] : [`${state.list.marks.size} marked`]),
    ...(state.isTroubleOnly ? ['only those in trouble'] : []),
    ...(common.hostFilter === '' ? [] : [`filter ${common.hostFilter}`]),
  ];
  return parts.join('; ');
}

function emptyText({ data }: Context): string {
  if (data.hosts === undefined) return 'reading the hosts';
  return "no host is known: 'slate up' keeps one, 'slate run' starts a stage process";
}

export function paintHosts(canvas: Canvas, state: HostsState, context: Context): void {
  const { look } = context;
  const table = tableOf(state, context);
  if (table.all.length === 0) {
    canvas.put(1, 1, emptyText(context));
    return;
  }
  canvas.put(1, 0, fitText(summaryText(state, table, context), canvas.width - 2, look));
  const layout = layoutOf(state, context);
  const chosen = chosenKey(state, table);
  const columns = columnsFor(table, chosen, canvas.width, context);
  const heads = columns.map((column) => ({ ...column, head: headText(column, state.order, context) }));
  paintHeads(canvas, heads, GUTTER, 1, look);
  if (table.lines.length === 0) canvas.put(1, HEAD, "no host is like that: 'a' shows all of them");
  const at = cursorIndex(state.list, table.rows);
  for (let y = 0; y < layout.list; y++) {
    const index = state.list.top + y;
    const line = table.lines[index];
    if (line === undefined) break;
    paintLine(canvas, HEAD + y, line, { state, context, columns, isUnderCursor: index === at });
  }
  if (layout.pane === 0) return;
  const pane = canvas.part(0, HEAD + layout.list, canvas.width, layout.pane);
  paintDetail(pane, lineAt(state, table), state, chosen, context);
}

interface LinePaint {
  readonly state: HostsState;
  readonly context: Context;
  readonly columns: readonly Placed<ColumnId>[];
  readonly isUnderCursor: boolean;
}

function paintLine(canvas: Canvas, y: number, line: HostLine, paint: LinePaint): void {
  const { state, context, columns, isUnderCursor } = paint;
  const { look } = context;
  if (isUnderCursor) {
    canvas.fill(' ', look.attr('cursor'), 0, y, canvas.width, 1);
    canvas.put(0, y, look.glyphs.cursor, look.attr('cursor'));
  }
  const isMarked = state.list.marks.has(line.row.host);
  if (isMarked) canvas.put(1, y, look.glyphs.mark, look.attr('marked', isUnderCursor));
  for (const column of columns) {
    const cell = cellOf(line, column, context);
    paintCell(canvas, { column, left: GUTTER, y }, { ...cell, isUnderCursor }, look);
  }
}
