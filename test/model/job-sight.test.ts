import { expect, test } from 'vitest';
import {
  formatSights,
  type JobSight,
  NOTHING_SEEN,
  parseSights,
  parseTrace,
  seenNow,
  seenOver,
} from '../../src/model/job-sight.ts';

test.each<[string, JobSight | undefined, Parameters<typeof seenNow>[1], JobSight]>([
  ['waits', undefined, { kind: 'pending', reason: 'Resources' }, { kind: 'pending', reason: 'Resources' }],
  ['begins', { kind: 'pending' }, { kind: 'running', node: 'n1' }, { kind: 'running', node: 'n1', startedMs: 50 }],
  [
    'runs on',
    { kind: 'running', node: 'n1', startedMs: 20, peakMb: 3 },
    { kind: 'running', node: 'n1' },
    { kind: 'running', node: 'n1', startedMs: 20, peakMb: 3 },
  ],
  [
    'its engine knows when it began',
    { kind: 'pending' },
    { kind: 'running', node: '', startedMs: 7, peakMb: 9 },
    { kind: 'running', startedMs: 7, peakMb: 9 },
  ],
  [
    'is ended',
    { kind: 'running', node: 'n1', startedMs: 20 },
    { kind: 'fault', fault: 'walltime', reason: 'TIMEOUT on n1' },
    { kind: 'fault', fault: 'walltime', reason: 'TIMEOUT on n1', node: 'n1', startedMs: 20 },
  ],
  [
    'is forgotten after its end',
    { kind: 'fault', fault: 'node', reason: 'NODE_FAIL', node: 'n1' },
    undefined,
    { kind: 'fault', fault: 'node', reason: 'NODE_FAIL', node: 'n1' },
  ],
  [
    'was given back, and is still in the queue',
    { kind: 'ended', reason: 'given back' },
    { kind: 'pending', reason: 'Priority' },
    { kind: 'ended', reason: 'given back' },
  ],
  ['vanishes', { kind: 'running', node: 'n1', startedMs: 20 }, undefined, { kind: 'gone', node: 'n1', startedMs: 20 }],
])('a job that %s', (_, before, state, told) => {
  expect(seenNow(before, state, 50)).toEqual(told);
});

test('what is waited for no more has ended, as its engine says or else as given back', () => {
  const fault = { kind: 'fault', fault: 'memory', reason: 'OUT_OF_MEMORY', node: 'n1' } as const;
  expect(seenOver(fault, 'given back')).toEqual(fault);
  const running = { kind: 'running', node: 'n1', startedMs: 5 } as const;
  expect(seenOver(running, 'given back')).toEqual({ kind: 'ended', reason: 'given back', node: 'n1', startedMs: 5 });
  expect(seenOver(running, undefined)).toEqual({ kind: 'ended', node: 'n1', startedMs: 5 });
  expect(seenOver(undefined, undefined)).toEqual({ kind: 'ended' });
});

test('what was written is read again; what nobody wrote is not believed', () => {
  const jobs = [undefined, { kind: 'running', node: 'n1', startedMs: 20, peakMb: 1.5 } as const];
  expect(parseSights(formatSights({ by: 'k3f1', jobs }))).toEqual({ by: 'k3f1', jobs });
  expect(parseSights('{"jobs":[{"kind":"dancing"},{"kind":"held","reason":3},{"kind":"gone"},7]}')).toEqual({
    by: undefined,
    jobs: [undefined, undefined, { kind: 'gone' }, undefined],
  });
  for (const text of ['{"jobs"', '{}', '[]', undefined]) expect(parseSights(text)).toEqual(NOTHING_SEEN);
});

test('a journal may hold anything', () => {
  expect(parseTrace('17_0')).toBeUndefined();
  expect(parseTrace({ engine: 'slurm' })).toBeUndefined();
  expect(parseTrace({ engine: 'slurm', submitted: 't', wait: 'long', run: 3, node: 4 })).toMatchObject({
    engine: 'slurm',
    wait: 0,
    run: 3,
    node: undefined,
  });
});
