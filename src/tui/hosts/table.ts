/** The table of the hosts view: its columns, one for each stage among them, and what stands in them. Pure. */
import { width } from '../../model/text.ts';
import { type Column, type Placed, placeColumns } from '../columns.ts';
import type { CellText } from '../processes/table.ts';
import type { Context } from '../view.ts';
import type { HostLine } from './model.ts';
import type { Order, Sort } from './order.ts';
import type { HostTable } from './state.ts';
import { clockCell, freeCell, loadCell, scratchCell, seenCell, slotsCell } from './words.ts';

type FixedId = Sort | 'scratch' | 'note';
export type ColumnId = FixedId | `stage ${string}`;

/** Cells before the first column: the cursor, the mark. */
export const GUTTER = 3;
const GAP = 1;
const STAGE_CELLS = 7;
/** The brackets of the one that is chosen. */
const BRACKETS = 2;
const LEAST_NOTE = 24;
const LONGEST_TITLE = 14;

/** The heading of a stage's column; of several stages, of each. */
export function stageTitle(key: string, { data }: Context): string {
  const titleOf = (stage: string): string =>
    data.board.config.stages.find((one) => one.stage === stage)?.title ?? stage;
  return key.split('+').map(titleOf).join('+').slice(0, LONGEST_TITLE);
}

function hostCells({ all }: HostTable, cells: number): number {
  const longest = all.reduce((most, { row }) => Math.max(most, width(row.host)), 0);
  return Math.max(8, Math.min(longest, cells < 80 ? 10 : cells < 120 ? 12 : 24));
}

function fixedColumns(table: HostTable, cells: number): Column<ColumnId>[] {
  const hasScratch = table.all.some(({ row }) => row.facts.scratchMb !== undefined);
  return [
    { id: 'host', head: 'HOST', cells: hostCells(table, cells) },
    { id: 'state', head: 'STATE', cells: 8 },
    { id: 'load', head: 'LOAD', cells: 7, isRight: true, drop: 2 },
    { id: 'free', head: 'FREE', cells: 5, isRight: true, drop: 3 },
    ...(hasScratch ? [{ id: 'scratch', head: 'SCRATCH', cells: 7, isRight: true, drop: 5 } as const] : []),
    { id: 'clock', head: 'CLOCK', cells: 6, isRight: true, drop: 4 },
    { id: 'seen', head: 'SEEN', cells: 5, isRight: true, drop: 1 },
  ];
}

/** Of the stages those round the chosen one, as many as fit; behind them the note, if there is room for it. */
export function columnsFor(
  table: HostTable,
  chosen: string | undefined,
  cells: number,
  context: Context,
): Placed<ColumnId>[] {
  const fixed = fixedColumns(table, cells);
  const room = cells - GUTTER - fixed.reduce((sum, column) => sum + column.cells + GAP, 0);
  const stages = table.keys.map((key): Column<ColumnId> => {
    const title = stageTitle(key, context);
    const head = key === chosen ? `[${title}]` : `${title} `;
    return { id: `stage ${key}`, head, cells: Math.max(STAGE_CELLS, width(title) + BRACKETS), isRight: true };
  });
  const shown = windowOf(stages, Math.max(0, chosen === undefined ? 0 : table.keys.indexOf(chosen)), room);
  const taken = shown.reduce((sum, column) => sum + column.cells + GAP, 0);
  const hasNote = shown.length === stages.length && room - taken >= LEAST_NOTE;
  const note: Column<ColumnId> = { id: 'note', head: 'NOTE', cells: LEAST_NOTE, grows: true };
  return placeColumns([...fixed, ...shown, ...(hasNote ? [note] : [])], cells - GUTTER);
}

/** Columns that fit into `room`, the chosen one among them, the others to both sides of it. */
function windowOf(columns: readonly Column<ColumnId>[], chosen: number, room: number): Column<ColumnId>[] {
  let [first, end] = [chosen, Math.min(chosen + 1, columns.length)];
  let left = room - (columns[chosen]?.cells ?? 0) - GAP;
  const fits = (column: Column<ColumnId> | undefined): boolean => column !== undefined && column.cells + GAP <= left;
  for (let isGrowing = true; isGrowing; ) {
    isGrowing = false;
    for (const at of [end, first - 1]) {
      const column = columns[at];
      if (column === undefined || !fits(column)) continue;
      left -= column.cells + GAP;
      if (at === end) end++;
      else first--;
      isGrowing = true;
    }
  }
  return columns.slice(first, end);
}

/** The head with the mark of the order. */
export function headText({ id, head }: Placed<ColumnId>, { by, isReversed }: Order, { look }: Context): string {
  if (id !== by) return head;
  return `${head}${isReversed ? look.glyphs.up : look.glyphs.down}`;
}

export function cellOf(line: HostLine, { id }: Placed<ColumnId>, context: Context): CellText {
  const { row, verdict, problems, stages } = line;
  switch (id) {
    case 'host':
      return { text: row.host, tone: 'bold' };
    case 'state':
      return { text: verdict.word, tone: verdict.tone };
    case 'load':
      return loadCell(row);
    case 'free':
      return freeCell(row, row.facts.freeMb, context);
    case 'scratch':
      return scratchCell(row, context);
    case 'clock':
      return clockCell(row);
    case 'seen':
      return seenCell(row);
    case 'note':
      return { text: problems[0]?.text ?? '', tone: problems[0]?.tone ?? 'plain' };
    default: {
      const stage = stages.find(({ key }) => `stage ${key}` === id);
      return stage === undefined ? { text: '', tone: 'plain' } : slotsCell(stage);
    }
  }
}
