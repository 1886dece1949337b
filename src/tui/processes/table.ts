/** The table of the processes view: its columns and what stands in them. Pure. */
import type { ProcessRow } from '../../board/processes.ts';
import { runningSteps } from '../../board/status.ts';
import { formatDuration } from '../../model/duration.ts';
import { type Column, type Placed, placeColumns } from '../columns.ts';
import type { Tone } from '../look.ts';
import { fitNumber, megabytes, perMinute, thousands } from '../numbers.ts';
import {
  busyOf,
  donePerMinute,
  entriesOf,
  type Group,
  type Grouping,
  messageOf,
  type ProcessState,
  stagesOf,
  stateOfProcess,
  upMs,
  waitsText,
} from './groups.ts';

export type ColumnId =
  | 'id'
  | 'host'
  | 'pid'
  | 'order'
  | 'state'
  | 'slots'
  | 'done'
  | 'failed'
  | 'rate'
  | 'rss'
  | 'up'
  | 'beat'
  | 'stages'
  | 'now';

/** Cells before the first column: the cursor, the mark. */
export const GUTTER = 3;

const HEADS: ReadonlyArray<Column<ColumnId>> = [
  { id: 'id', head: 'ID', cells: 4 },
  { id: 'host', head: 'HOST', cells: 10, drop: 8 },
  { id: 'pid', head: 'PID', cells: 7, isRight: true, drop: 9 },
  { id: 'order', head: 'ORDER', cells: 7, drop: 1 },
  { id: 'state', head: 'STATE', cells: 9 },
  { id: 'slots', head: 'SLOTS', cells: 5, isRight: true },
  { id: 'done', head: 'DONE', cells: 6, isRight: true, drop: 2 },
  { id: 'failed', head: 'FAIL', cells: 5, isRight: true, drop: 3 },
  { id: 'rate', head: 'DONE/m', cells: 6, isRight: true, drop: 4 },
  { id: 'rss', head: 'RSS', cells: 5, isRight: true, drop: 6 },
  { id: 'up', head: 'UP', cells: 6, isRight: true, drop: 5 },
  { id: 'beat', head: 'BEAT', cells: 6, isRight: true },
  { id: 'stages', head: 'STAGES', cells: 14, drop: 7 },
  { id: 'now', head: 'NOW', cells: 16, grows: true },
];

/** The columns that fit. */
export function columnsFor(by: Grouping, cells: number): Placed<ColumnId>[] {
  const wide = cells >= 160;
  const columns = HEADS.map((column): Column<ColumnId> => {
    // The head of the group tells the host already.
    if (column.id === 'host') return { ...column, cells: wide ? 16 : column.cells, drop: by === 'host' ? 10 : 8 };
    return column.id === 'stages' && wide ? { ...column, cells: 28 } : column;
  });
  return placeColumns(columns, cells - GUTTER);
}

export interface CellText {
  readonly text: string;
  readonly tone: Tone;
}

/** A map, for a process of another version may be in a state of its own. */
const STATE_TONES: ReadonlyMap<string, Tone> = new Map(
  Object.entries({
    starting: 'dim',
    idle: 'plain',
    busy: 'busy',
    paused: 'warn',
    suspended: 'warn',
    draining: 'warn',
    halting: 'warn',
    blocked: 'alarm',
    dead: 'bad',
    silent: 'bad',
    unknown: 'dim',
  } satisfies Record<ProcessState, Tone>),
);

/** In capitals what somebody has to look at. */
export function stateCell(row: ProcessRow): CellText {
  const state = String(stateOfProcess(row));
  const tone = STATE_TONES.get(state) ?? 'dim';
  return { text: tone === 'bad' || tone === 'alarm' ? state.toUpperCase() : state, tone };
}

/** How long a step has been in hand. */
export function sinceText(since: string, nowMs: number): string {
  const at = Date.parse(since);
  return Number.isNaN(at) ? '?' : durationText(nowMs - at);
}

/** Whole seconds: they tick. */
export function durationText(ms: number): string {
  return formatDuration(Math.max(0, Math.floor(ms / 1000) * 1000));
}

function nowCell(row: ProcessRow, nowMs: number): CellText {
  const message = messageOf(row);
  if (message !== '') return { text: message, tone: 'alarm' };
  const parts = runningSteps(entriesOf(row)).map(
    ({ first, text }) => `${text}:${first.stage} ${sinceText(first.since, nowMs)}`,
  );
  const waits = waitsText(row);
  return { text: [parts.join(', '), waits].filter((text) => text !== '').join('; '), tone: 'plain' };
}

const plainCell = (text: string): CellText => ({ text, tone: 'plain' });

/** What stands in a column of a process's line. */
export function cellOf(row: ProcessRow, { id, cells }: Placed<ColumnId>, nowMs: number): CellText {
  const { name, content } = row.status;
  const orNone = (value: number | undefined, told: (value: number) => string): CellText =>
    value === undefined ? { text: '?', tone: 'dim' } : plainCell(told(value));
  switch (id) {
    case 'id':
      return { text: name.id, tone: 'bold' };
    case 'host':
      return plainCell(name.host);
    case 'pid':
      return plainCell(String(name.pid));
    case 'order':
      return { text: name.order, tone: name.order === 'run' ? 'plain' : 'warn' };
    case 'state':
      return stateCell(row);
    case 'slots':
      return orNone(content?.slots, (slots) => `${busyOf(row)}/${slots}`);
    case 'done':
      return orNone(content?.done, (done) => fitNumber(done, cells));
    case 'failed':
      return { ...orNone(content?.failed, (failed) => fitNumber(failed, cells)), tone: failedTone(content?.failed) };
    case 'rate':
      return orNone(donePerMinute(row, nowMs), perMinute);
    case 'rss':
      return orNone(content?.rssMb, megabytes);
    case 'up':
      return orNone(upMs(row, nowMs), durationText);
    case 'beat':
      return { ...orNone(row.beatMs, durationText), tone: row.isSilent || row.isDead ? 'bad' : 'plain' };
    case 'stages':
      return plainCell(stagesOf(row).join(','));
    case 'now':
      return nowCell(row, nowMs);
  }
}

function failedTone(failed: number | undefined): Tone {
  return failed === undefined ? 'dim' : failed > 0 ? 'bad' : 'plain';
}

/** The head of a group: `node1: 3 processes, 2 of 6 slots busy, load 1.5, 240M`. */
export function groupText({ name, totals }: Group): string {
  const { processes, busy, slots, load1, rssMb, trouble } = totals;
  const parts = [
    `${thousands(processes)} ${processes === 1 ? 'process' : 'processes'}`,
    `${busy} of ${slots} slots busy`,
    ...(load1 === undefined ? [] : [`load ${load1.toFixed(2)}`]),
    megabytes(rssMb),
    ...(trouble === 0 ? [] : [`${trouble} in trouble`]),
  ];
  return `${name}: ${parts.join(', ')}`;
}
