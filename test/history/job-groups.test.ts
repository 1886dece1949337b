/** Jobs counted from the journal and put together: by aggregate, by state, over time. */
import { describe, expect, it, test } from 'vitest';
import type { JobKind, JobRow } from '../../src/board/job-rows.ts';
import type { JournalLine } from '../../src/board/journal.ts';
import { aggregatesOf, dayBegan, flowOf, statesOf } from '../../src/history/job-groups.ts';
import { JOB_REACH_MS, JobPast, jobEndOf } from '../../src/history/job-past.ts';
import { parseLine } from '../../src/history/journal.ts';
import { endLine, jobTry } from '../helpers/job-board.ts';

const NOW = Date.UTC(2026, 10, 21, 12, 0, 30);
const MINUTE = 60_000;

function line(...args: Parameters<typeof endLine>): JournalLine {
  const parsed = parseLine(endLine(...args));
  if (parsed === undefined) throw new Error('no line');
  return parsed;
}

function row(dataset: string, kind: JobKind, more: Partial<JobRow> = {}): JobRow {
  return {
    ...jobTry(dataset, more.of),
    engine: 'cluster',
    job: '7_0',
    process: 'k3f1',
    kind,
    why: '',
    node: undefined,
    submittedMs: NOW - 10 * MINUTE,
    startedMs: undefined,
    endedMs: undefined,
    peakMb: undefined,
    code: undefined,
    fault: undefined,
    ...more,
  };
}

function pastOf(...lines: readonly JournalLine[]): JobPast {
  const past = new JobPast();
  for (const one of lines) past.add(one, Date.parse(one.t), NOW);
  return past;
}

test.each<[string, string, object, object, string | undefined]>([
  ['c', 'finish', {}, {}, 'done done'],
  ['e', 'finish', {}, {}, 'done done'],
  ['f', 'finish', {}, {}, 'failed failed: exit code 2'],
  ['f', 'finish', {}, { code: null, signal: 9 }, 'failed failed: signal 9'],
  ['f', 'finish', { fault: 'memory' }, { code: null }, 'failed failed: memory'],
  ['2', 'finish', { fault: 'walltime' }, {}, 'retried to be tried again: walltime'],
  ['h', 'finish', {}, { code: 0 }, 'failed held'],
  ['_', 'finish', {}, {}, 'back sent back'],
  ['', 'giveback', { fault: 'node' }, {}, 'back given back: node'],
  ['', 'discard', {}, { code: null }, 'back thrown away'],
  ['', 'claim', {}, {}, undefined],
  ['c', 'finish', {}, { job: '7_0' }, undefined],
])('%s of %s, %j %j: %s', (outcome, event, job, more, told) => {
  const end = jobEndOf(line(NOW, outcome, job, { event, ...more }));
  expect(end === undefined ? undefined : `${end.kind} ${end.text}`).toBe(told);
});

describe('jobs over time', () => {
  it('are counted where they were submitted, started and ended; what is open counts as well', () => {
    // Two that ended a minute ago: 20 s at work, 10 s in the queue. One that waits, one that runs.
    const past = pastOf(line(NOW - MINUTE, 'c', {}), line(NOW - MINUTE, 'f', {}));
    const open = [
      { submittedMs: NOW - 3 * MINUTE, startedMs: undefined },
      { submittedMs: NOW - 3 * MINUTE, startedMs: NOW - MINUTE },
    ];
    const flow = past.flow(MINUTE, 5, NOW, open);
    expect(
      flow.map(({ submitted, started, ended, failed, inFlight }) => [submitted, started, ended, failed, inFlight]),
    ).toEqual([
      [0, 0, 0, 0, 2],
      [2, 3, 2, 1, 2],
      [0, 0, 0, 0, 2],
      [2, 0, 0, 0, 2],
      [0, 0, 0, 0, 0],
    ]);
    expect(flow[0]?.startMs).toBe(NOW - 30_000);
  });

  it('are told for each range, the latest first', () => {
    for (const range of ['1h', '6h', '24h'] as const) {
      const steps = flowOf([row('d1', 'pending'), row('d2', 'ended')], new JobPast(), range, NOW);
      expect(steps[0]?.inFlight).toBe(1);
      expect(steps[0]?.startMs).toBeGreaterThan(steps.at(-1)?.startMs ?? NOW);
    }
  });

  it('are left out if they are too old', () => {
    const past = pastOf(line(NOW - JOB_REACH_MS - 1, 'c', {}));
    expect(past.endsSince(0)).toEqual([]);
    expect(past.version).toBe(0);
  });
});

it('aggregates: those with jobs first, what has ended beside them, what nobody posted last', () => {
  const past = pastOf(
    line(NOW - MINUTE, 'c', { of: 'g2', run: 10 }),
    line(NOW - MINUTE, 'f', { of: 'g2', run: 30 }),
    line(NOW - MINUTE, '1', { of: 'g0' }),
  );
  const rows = [
    row('d1', 'pending', { of: 'g2', submittedMs: NOW - 5 * MINUTE }),
    row('d2', 'running', { of: 'g2', submittedMs: NOW - 9 * MINUTE }),
    row('d3', 'held', { of: 'other:g1' }),
    row('d4', 'pending'),
  ];
  expect(
    aggregatesOf(rows, past).map(({ of, rows: its, done, failed, again, meanSeconds, waitsSinceMs }) => [
      of,
      its.length,
      done,
      failed,
      again,
      meanSeconds,
      waitsSinceMs === undefined ? undefined : (NOW - waitsSinceMs) / MINUTE,
    ]),
  ).toEqual([
    ['g2', 2, 1, 1, 0, 20, 5],
    ['other:g1', 1, 0, 0, 0, undefined, 10],
    [undefined, 1, 0, 0, 0, undefined, 10],
    ['g0', 0, 0, 0, 1, 20, undefined],
  ]);
});

it('states: held, running by node, pending by reason, then what has ended today', () => {
  const past = pastOf(line(NOW - MINUTE, 'c', {}), line(NOW - 2 * MINUTE, 'c', {}), line(NOW - MINUTE, 'f', {}));
  const rows = [
    row('d1', 'pending', { why: 'Priority' }),
    row('d2', 'pending', { why: 'Resources' }),
    row('d3', 'pending', { why: 'Resources' }),
    row('d4', 'running', { node: 'n10', startedMs: NOW - MINUTE }),
    row('d5', 'running', { node: 'n2', startedMs: NOW - MINUTE }),
    row('d6', 'held', { why: 'JobHeldUser' }),
    row('d7', 'gone', { why: 'its engine says nothing of it' }),
  ];
  expect(
    statesOf(rows, past, dayBegan(NOW, 'utc')).map(({ kind, label, count }) => `${kind} ${label} ${count}`),
  ).toEqual([
    'held JobHeldUser 1',
    'running n2 1',
    'running n10 1',
    'pending Resources 2',
    'pending Priority 1',
    'gone its engine says nothing of it 1',
    'over done 2',
    'over failed: exit code 2 1',
  ]);
});
