/** Jobs in every state, of two aggregates, and what has ended of them. */
import type { JobKind, JobRow } from '../../../src/board/job-rows.ts';
import { JobPast } from '../../../src/history/job-past.ts';
import { parseLine } from '../../../src/history/journal.ts';
import { endLine } from '../../helpers/job-board.ts';
import { NOW_MS } from '../data.ts';

const MINUTE = 60_000;
export const POSTED = '20261121T120000';

export function fakeJob(dataset: string, kind: JobKind, more: Partial<JobRow> = {}): JobRow {
  return {
    dataset,
    posted: POSTED,
    stage: 'calibrate',
    epoch: 2,
    column: 1,
    engine: 'cluster',
    job: '17_0',
    process: 'k3f1',
    kind,
    why: '',
    node: undefined,
    submittedMs: NOW_MS - 50 * MINUTE,
    startedMs: undefined,
    endedMs: undefined,
    peakMb: undefined,
    code: undefined,
    fault: undefined,
    ...more,
  };
}

const running = (node: string, minutes: number, peakMb?: number): Partial<JobRow> => ({
  node,
  startedMs: NOW_MS - minutes * MINUTE,
  peakMb,
});

export const JOBS: readonly JobRow[] = [
  fakeJob('g0001', 'running', { ...running('n1', 12, 812.4), job: '17_0', of: 'orbit7' }),
  fakeJob('g0002', 'running', { ...running('n2', 3, 96), job: '17_1', of: 'orbit7' }),
  fakeJob('g0003', 'running', { ...running('n2', 31), job: '17_2', of: 'orbit8' }),
  fakeJob('g0004', 'pending', { why: 'Resources', job: '17_3', of: 'orbit8' }),
  fakeJob('g0005', 'pending', { why: 'Resources', job: '17_4', of: 'orbit8', submittedMs: NOW_MS - 5 * MINUTE }),
  fakeJob('g0006', 'pending', { why: 'Priority', job: '17_5' }),
  fakeJob('g0007', 'held', { why: 'JobHeldUser', job: '17_6', of: 'orbit7' }),
  fakeJob('g0008', 'ended', {
    ...running('n1', 20),
    endedMs: NOW_MS - 2 * MINUTE,
    fault: 'walltime',
    why: 'TIMEOUT on n1',
    job: '17_7',
    of: 'orbit8',
  }),
  fakeJob('g0009', 'submitting', { job: undefined, why: 'its engine has not said its number', process: 'n2a1' }),
  fakeJob('g0010', 'gone', { ...running('n3', 40), why: 'its engine says nothing of it', job: '17_9' }),
];

/** Entries of the first seven, on the board. */
export const ENTRIES: readonly string[] = JOBS.slice(0, 7).map(
  ({ dataset }) => `active/50.${POSTED}.cp___.002.-.${dataset}@2-k3f1-2-1`,
);

export function pastJobs(): JobPast {
  const past = new JobPast();
  const add = (minutes: number, ...args: [outcome: string, job: object]): void => {
    const line = parseLine(endLine(NOW_MS - minutes * MINUTE, ...args));
    if (line !== undefined) past.add(line, Date.parse(line.t), NOW_MS);
  };
  for (let at = 0; at < 120; at++)
    add(10 + 2 * at, 'c', { of: at % 3 === 0 ? 'orbit7' : 'orbit6', wait: 900, run: 400 });
  for (let at = 0; at < 7; at++) add(15 + 30 * at, 'f', { of: 'orbit7', wait: 900, run: 100 });
  add(20, '1', { of: 'orbit6', fault: 'walltime', wait: 60, run: 1800 });
  return past;
}
