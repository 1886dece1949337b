/** The stages view: how many entries each stage has in each state, how quick it is, and where it gets stuck. Pure. */
import { causeText } from '../../model/name.ts';
import type { Binding, MouseEvent } from '../binding.ts';
import { resample } from '../charts/plot.ts';
import { fitText, paintCell, paintHeads } from '../columns.ts';
import { MOVES } from '../global-keys.ts';
import { keyRows } from '../key-rows.ts';
import { cursorIndex, EMPTY_LIST, follow, goTo, type ListState, move, type Rows, scroll } from '../list.ts';
import { thousands } from '../numbers.ts';
import type { Canvas } from '../surface.ts';
import type { Context, Effect, Result, View } from '../view.ts';
import { type CellId, cellFilter, type StageRow, stageRows, totalsOf } from './matrix.ts';
import { cellOf, cellShown, cellsOf, GUTTER, stageText, type Table, tableOf } from './table.ts';
import { bottleneckText, cellText } from './words.ts';

export interface StagesState {
  readonly list: ListState;
  /** The column of the cursor. */
  readonly cell: CellId;
}

const BINDINGS: readonly Binding[] = [
  ...MOVES,
  { keys: ['left'], action: 'left', help: 'the state to the left' },
  { keys: ['right'], action: 'right', help: 'the state to the right', label: 'state' },
  { keys: ['enter'], action: 'open', help: 'show the entries of the cell on the board', label: 'entries' },
];

interface Layout {
  readonly list: number;
  readonly hasTotals: boolean;
  /** Sentences at the bottom. */
  readonly lines: number;
  /** Rows between the totals and the sentences, for the causes of failures. */
  readonly free: number;
}

const HEAD = 1;

function layoutOf(stages: number, height: number): Layout {
  const lines = height >= 8 ? 2 : height >= 6 ? 1 : 0;
  const hasTotals = height >= 5;
  const room = height - HEAD - lines - (hasTotals ? 1 : 0);
  const list = Math.max(1, Math.min(stages, room));
  return { list, hasTotals, lines, free: Math.max(0, room - list) };
}

function rowsOf(context: Context): Rows {
  return keyRows(context.data.board.stages);
}

function heightOf(context: Context): number {
  return layoutOf(context.data.board.stages.length, context.body.height).list;
}

function tableNow(context: Context): Table {
  return tableOf(stageRows(context.data), context.look, context.body.width);
}

function sideways(state: StagesState, by: number, context: Context): StagesState {
  const table = tableNow(context);
  const cells = cellsOf(table);
  const at = cells.indexOf(cellShown(table, state.cell));
  const cell = cells[Math.max(0, Math.min(cells.length - 1, at + by))];
  return cell === undefined || cell === state.cell ? state : { ...state, cell };
}

/** The entries of the cell, on the board; those of the oldest's column with the oldest first. */
function show(state: StagesState, context: Context): readonly Effect[] {
  const stage = context.data.board.stages[cursorIndex(state.list, rowsOf(context))];
  if (stage === undefined) return [];
  const cell = cellShown(tableNow(context), state.cell);
  const sorted: Effect[] = cell === 'oldest' ? [{ kind: 'set', common: { sort: { key: 'age', reverse: false } } }] : [];
  return [{ kind: 'filter', text: cellFilter(stage, cell) }, ...sorted, { kind: 'view', view: 'board' }];
}

function act(state: StagesState, action: string, context: Context): Result<StagesState> {
  if (action === 'left' || action === 'right') return { state: sideways(state, action === 'left' ? -1 : 1, context) };
  if (action === 'open') return { state, effects: show(state, context) };
  const list = move(state.list, rowsOf(context), action, heightOf(context));
  return { state: list === undefined ? state : { ...state, list } };
}

function mouse(state: StagesState, event: MouseEvent, context: Context): Result<StagesState> {
  const rows = rowsOf(context);
  const height = heightOf(context);
  if (event.kind !== 'click') {
    return { state: { ...state, list: scroll(state.list, rows, event.kind === 'wheelup' ? -1 : 1, height) } };
  }
  const y = event.y - context.body.y - HEAD;
  if (y < 0 || y >= height || state.list.top + y >= rows.length) return { state };
  const list = goTo(state.list, rows, state.list.top + y, height);
  const x = event.x - context.body.x - GUTTER;
  const table = tableNow(context);
  const column = table.columns.find((one) => x >= one.x && x < one.x + one.cells);
  const cell = cellsOf(table).find((id) => id === column?.id) ?? state.cell;
  return { state: { list, cell } };
}

function paint(canvas: Canvas, state: StagesState, context: Context): void {
  const { data, look } = context;
  const rows = stageRows(data);
  const table = tableOf(rows, look, canvas.width);
  const layout = layoutOf(rows.length, canvas.height);
  const cell = cellShown(table, state.cell);
  const at = cursorIndex(state.list, rowsOf(context));
  paintHeads(canvas, table.columns, GUTTER, 0, look);
  for (let line = 0; line < layout.list; line++) {
    const row = rows[state.list.top + line];
    if (row === undefined) break;
    paintStage(canvas, HEAD + line, row, { table, context, cell: row.column === at ? cell : undefined });
  }
  const below = HEAD + layout.list;
  if (layout.hasTotals) paintTotals(canvas, below, rows, table, context);
  if (layout.free > 3) paintCauses(canvas.part(0, below + 2, canvas.width, layout.free - 2), context);
  const here = rows[at];
  const sentences = [bottleneckText(rows, data), ...(here === undefined ? [] : [cellText(here, cell)])];
  for (const [index, text] of sentences.slice(0, layout.lines).reverse().entries()) {
    canvas.put(1, canvas.height - layout.lines + index, fitText(text, canvas.width - 2, look));
  }
}

interface RowPaint {
  readonly table: Table;
  readonly context: Context;
  /** The cell of the cursor, if it is in this row. */
  readonly cell: CellId | undefined;
}

function paintStage(canvas: Canvas, y: number, row: StageRow, { table, context, cell }: RowPaint): void {
  const { look, data } = context;
  if (cell !== undefined) canvas.put(0, y, look.glyphs.cursor, look.attr('bold'));
  for (const column of table.columns) {
    const place = { column, left: GUTTER, y };
    if (column.id === 'stage') {
      const tone = cell === undefined ? 'plain' : 'bold';
      paintCell(canvas, place, { text: stageText(row, look, table.isLong), tone }, look);
    } else if (column.id === 'hour') {
      const { points } = data.past.series('1h', 'throughput', row.stage);
      const spark = look.spark(resample(points, Math.min(column.cells, points.length)));
      paintCell(canvas, place, { text: spark, tone: 'good' }, look);
    } else paintCell(canvas, place, { ...cellOf(row, column), isUnderCursor: column.id === cell }, look);
  }
}

function paintTotals(canvas: Canvas, y: number, rows: readonly StageRow[], table: Table, context: Context): void {
  const { look } = context;
  const totals = totalsOf(rows);
  for (const column of table.columns) {
    const text = column.id === 'stage' ? 'all' : cellOf(totals, column).text;
    paintCell(canvas, { column, left: GUTTER, y }, { text, tone: 'bold' }, look);
  }
}

/** What has failed, by cause, where there is room for it. */
function paintCauses(canvas: Canvas, { data, look }: Context): void {
  const { causes } = data.entries;
  if (causes.length === 0) return;
  canvas.put(GUTTER, 0, 'FAILED OF', look.attr('head'));
  const shown = causes.slice(0, Math.max(0, canvas.height - 2));
  const wide = Math.max(...shown.map(({ number }) => thousands(number).length));
  for (const [index, { stage, cause, number }] of shown.entries()) {
    const why = cause === '' ? 'no cause is known' : `${causeText(cause)} (${cause})`;
    const text = `${thousands(number).padStart(wide)} at ${stage}: ${why}`;
    canvas.put(GUTTER, 1 + index, fitText(text, canvas.width - GUTTER, look), look.attr('bad'));
  }
}

export const stagesView: View<StagesState> = {
  name: 'stages',
  title: 'Stages',
  bindings: BINDINGS,
  initial: { list: EMPTY_LIST, cell: 'failed' },
  follow(state, context) {
    const list = follow(state.list, rowsOf(context), heightOf(context));
    return list === state.list ? state : { ...state, list };
  },
  act,
  mouse,
  paint,
};
