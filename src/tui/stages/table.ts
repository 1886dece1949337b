/** The table of the stages view: its columns, what stands in them, and which of them the cursor can stand in. Pure. */
import { type Column, type Placed, placeColumns } from '../columns.ts';
import type { Look, Tone } from '../look.ts';
import { fitNumber, perMinute, secondsText } from '../numbers.ts';
import { type CellId, GROUPS, type GroupId, type StageRow, type Totals } from './matrix.ts';
import { durationText } from './words.ts';

export type ColumnId = 'stage' | CellId | 'in' | 'out' | 'fail' | 'p50' | 'p95' | 'eta' | 'hour';

/** Cells before the first column: the cursor's mark. */
export const GUTTER = 2;

const TONES: Readonly<Record<GroupId, Tone>> = {
  waiting: 'plain',
  retry: 'retry',
  running: 'busy',
  failed: 'bad',
  held: 'warn',
  gather: 'accent',
  done: 'good',
  skipped: 'dim',
  unreached: 'dim',
};

/** What goes first where room is short has the largest number. */
const DROP: Readonly<Partial<Record<ColumnId, number>>> = {
  eta: 9,
  hour: 8,
  p50: 7,
  p95: 7,
  in: 6,
  out: 6,
  fail: 6,
  backlog: 5,
  skipped: 4,
  gather: 3,
  oldest: 2,
  unreached: 1,
};

const LEAST_SPARK = 6;
const SPARK_HEAD = 'LAST HOUR, DONE';

/** `preview ←calibrate`; where room is short `preview←`. */
export function stageText(row: StageRow, look: Look, isLong: boolean): string {
  if (row.branch === undefined) return row.stage;
  const arrow = look.options.isAscii ? '<' : '←';
  if (!isLong) return row.stage + arrow;
  return `${row.stage} ${arrow}${row.branch.length === 0 ? '-' : row.branch.join(',')}`;
}

export interface Table {
  readonly columns: readonly Placed<ColumnId>[];
  readonly isLong: boolean;
}

/** The columns that fit. */
export function tableOf(rows: readonly StageRow[], look: Look, cells: number): Table {
  const isLong = cells >= 140;
  const longest = Math.max(5, ...rows.map((row) => stageText(row, look, isLong).length));
  const name = Math.min(longest, cells < 100 ? 12 : cells < 140 ? 16 : 30);
  const number = cells >= 190 ? 9 : cells >= 150 ? 7 : 5;
  const right = { isRight: true } as const;
  const drop = (id: ColumnId): { drop?: number } => {
    const order = DROP[id];
    return order === undefined ? {} : { drop: order };
  };
  const columns: Column<ColumnId>[] = [
    { id: 'stage', head: 'STAGE', cells: name },
    ...GROUPS.map(({ id, head }) => ({ id, head, cells: number, ...right, ...drop(id) })),
    { id: 'backlog', head: 'BACKLOG', cells: 7, ...right, ...drop('backlog') },
    { id: 'in', head: 'IN/m', cells: 5, ...right, ...drop('in') },
    { id: 'out', head: 'OUT/m', cells: 5, ...right, ...drop('out') },
    { id: 'fail', head: 'FAIL/m', cells: 6, ...right, ...drop('fail') },
    { id: 'p50', head: 'P50', cells: 6, ...right, ...drop('p50') },
    { id: 'p95', head: 'P95', cells: 6, ...right, ...drop('p95') },
    { id: 'oldest', head: 'OLDEST', cells: 6, ...right, ...drop('oldest') },
    { id: 'eta', head: 'ETA', cells: 6, ...right, ...drop('eta') },
    { id: 'hour', head: 'HOUR', cells: LEAST_SPARK, grows: true, ...drop('hour') },
  ];
  const placed = placeColumns(columns, cells - GUTTER).map((column) =>
    column.id === 'hour' && column.cells >= SPARK_HEAD.length ? { ...column, head: SPARK_HEAD } : column,
  );
  return { columns: placed, isLong };
}

const CELLS: ReadonlySet<string> = new Set([...GROUPS.map(({ id }) => id), 'backlog', 'oldest'] satisfies CellId[]);

/** The cells that the cursor can stand in, from left to right. */
export function cellsOf({ columns }: Table): CellId[] {
  return columns.flatMap(({ id }) => (CELLS.has(id) ? [id as CellId] : []));
}

/** Where the cursor is: the cell it was put on, or the first if there is no room for that now. */
export function cellShown(table: Table, wanted: CellId): CellId {
  const cells = cellsOf(table);
  return cells.includes(wanted) ? wanted : (cells[0] ?? 'waiting');
}

export interface CellText {
  readonly text: string;
  readonly tone: Tone;
}

/** Nothing is a dash, so that what is there is seen. */
function number(value: number, cells: number, tone: Tone): CellText {
  return value === 0 ? { text: '-', tone: 'dim' } : { text: fitNumber(value, cells), tone };
}

function rate(value: number | undefined, tone: Tone = 'plain'): CellText {
  if (value === undefined) return { text: '?', tone: 'dim' };
  return value === 0 ? { text: '-', tone: 'dim' } : { text: perMinute(value), tone };
}

/** What stands in a column, of a stage or of all of them; the sparkline is the painter's. */
export function cellOf(row: StageRow | Totals, column: Placed<ColumnId>): CellText {
  const stage = 'stage' in row ? row : undefined;
  const { id, cells } = column;
  switch (id) {
    case 'stage':
    case 'hour':
      return { text: '', tone: 'plain' };
    case 'backlog':
      return number(row.backlog, cells, 'bold');
    case 'in':
      return rate(row.rates?.claimed);
    case 'out':
      return rate(row.rates?.done, 'good');
    case 'fail':
      return rate(row.rates?.failed, 'bad');
    case 'p50':
    case 'p95': {
      const seconds = id === 'p50' ? stage?.rates?.p50Seconds : stage?.rates?.p95Seconds;
      return { text: seconds === undefined ? '' : secondsText(seconds), tone: 'plain' };
    }
    case 'oldest':
      return { text: row.oldestMs === undefined ? '' : durationText(row.oldestMs), tone: 'plain' };
    case 'eta':
      return { text: durationText(stage?.etaMs), tone: stage?.etaMs === Number.POSITIVE_INFINITY ? 'warn' : 'plain' };
    default:
      return number(row.counts[id], cells, TONES[id]);
  }
}
