/** Columns of the jobs view's tables, as many as fit. Pure. */
import type { JobGrouping } from '../../history/job-groups.ts';
import { type Column, type Placed, placeColumns } from '../columns.ts';
import type { JobLines } from './model.ts';

export const GUTTER = 3;

/** Cells of a number. */
export const NUMBER = 6;

const right = (id: string, head: string, cells: number, drop?: number): Column => ({
  id,
  head,
  cells,
  isRight: true,
  ...(drop === undefined ? {} : { drop }),
});
const left = (id: string, head: string, cells: number, drop?: number): Column => ({
  id,
  head,
  cells,
  ...(drop === undefined ? {} : { drop }),
});

const MOST_NAME = 32;
const LEAST_NAME = 9;

function columnsOf(grouping: JobGrouping, longest: number): Column[] {
  const name = Math.max(LEAST_NAME, Math.min(MOST_NAME, longest));
  switch (grouping) {
    case 'job':
      return [
        left('state', 'STATE', 10),
        left('name', 'DATASET', name),
        left('stage', 'STAGE', 9, 5),
        left('epoch', 'EPOCH', 5, 9),
        left('job', 'JOB', 9, 2),
        { ...left('detail', 'NODE OR WHY', 10), grows: true },
        right('wait', 'WAIT', 6),
        right('ran', 'RAN', 6),
        right('peak', 'PEAK', 5, 1),
        left('submitted', 'SUBMITTED', 14, 6),
        left('started', 'STARTED', 14, 7),
        left('engine', 'ENGINE', 9, 4),
        left('process', 'PROCESS', 7, 8),
        left('of', 'AGGREGATE', 14, 3),
      ];
    case 'aggregate':
      return [
        { ...left('name', 'AGGREGATE', name), grows: true },
        right('jobs', 'JOBS', NUMBER),
        right('held', 'HELD', NUMBER),
        right('running', 'RUN', NUMBER),
        right('pending', 'WAIT', NUMBER),
        right('done', 'DONE', NUMBER),
        right('failed', 'FAILED', NUMBER),
        right('again', 'AGAIN', NUMBER, 2),
        right('mean', 'MEAN', 6, 3),
        right('longest', 'LONGEST', 7, 1),
        left('bar', '', 30, 4),
      ];
    case 'state':
      return [
        left('state', 'STATE', 10),
        right('jobs', 'JOBS', 7),
        right('longest', 'LONGEST', 7),
        { ...left('name', 'NODE, REASON OR OUTCOME', 20), grows: true },
        left('bar', '', 30, 1),
      ];
    case 'time':
      return [
        left('from', 'FROM', 14),
        right('submitted', 'SUBMITTED', 9),
        right('started', 'STARTED', 7),
        right('ended', 'ENDED', NUMBER),
        right('failed', 'FAILED', NUMBER, 1),
        right('flight', 'IN FLIGHT', 9),
        { ...left('bar', '', 8), grows: true },
      ];
  }
}

export function columnsFor(grouping: JobGrouping, { longest }: JobLines, cells: number): Placed[] {
  return placeColumns(columnsOf(grouping, longest), cells - GUTTER);
}
