/** The table of the events view: its columns and what stands in them. Pure. */
import type { JournalLine } from '../../board/journal.ts';
import { type Column, type Placed, placeColumns } from '../columns.ts';
import { shortTime, type Zone } from '../times.ts';
import { eventWord } from './kinds.ts';
import type { EventRows } from './rows.ts';
import { fieldOf, textOf, writerOf } from './words.ts';

export type ColumnId = 'time' | 'event' | 'dataset' | 'stage' | 'by' | 'text';

export const GUTTER = 2;

/** The columns that fit; some are as wide as the longest text in them needs, within limits. */
export function columnsFor(rows: EventRows, cells: number, times: Times): Placed<ColumnId>[] {
  const within = (long: number, least: number, most: number): number => Math.max(least, Math.min(most, long));
  const isWide = cells >= 120;
  // The first is the oldest: it has a date, if one has.
  const ends = [rows.at(0), rows.at(rows.length - 1)].flatMap((line) => line ?? []);
  const time = Math.max(8, ...ends.map((line) => timeOf(line, times).length));
  const { dataset, stage, by } = rows.longest;
  const columns: Column<ColumnId>[] = [
    { id: 'time', head: 'TIME', cells: time },
    { id: 'event', head: 'EVENT', cells: 11 },
    { id: 'dataset', head: 'DATASET', cells: within(dataset, 9, isWide ? 32 : 16) },
    { id: 'stage', head: 'STAGE', cells: within(stage, 5, 12), drop: 2 },
    { id: 'by', head: 'BY', cells: within(by, 5, isWide ? 24 : 12), drop: 1 },
    { id: 'text', head: 'WHAT', cells: 14, grows: true },
  ];
  return placeColumns(columns, cells - GUTTER);
}

export interface Times {
  readonly nowMs: number;
  readonly zone: Zone;
}

function timeOf(line: JournalLine, { nowMs, zone }: Times): string {
  return shortTime(Date.parse(line.t), nowMs, zone);
}

export function cellText(line: JournalLine, id: ColumnId, times: Times): string {
  switch (id) {
    case 'time':
      return timeOf(line, times);
    case 'event':
      return eventWord(line);
    case 'dataset':
      return fieldOf(line, 'dataset');
    case 'stage':
      return fieldOf(line, 'stage');
    case 'by':
      return writerOf(line);
    case 'text':
      return textOf(line);
  }
}
