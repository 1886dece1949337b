/** What the end of a job says, and what it does not where somebody may have cancelled it before. */
import { expect, test } from 'vitest';
import type { JobRecord } from '../../../src/board/jobs.ts';
import { type JobFault, NO_JOB_NEEDS } from '../../../src/model/engine.ts';
import { EngineJob } from '../../../src/process/engine/engine-job.ts';
import { jobTry } from '../../helpers/job-board.ts';

function job(mayBeCancelled: boolean): EngineJob {
  const made = new EngineJob(jobTry('x'), NO_JOB_NEEDS, undefined, () => undefined);
  made.mayBeCancelled = mayBeCancelled;
  return made;
}

const record = (code: number, more: Partial<JobRecord> = {}): JobRecord => ({
  code,
  seconds: 1,
  node: 'n1',
  peakKb: undefined,
  ...more,
});
const BACK = { kind: 'returned' };

test.each([
  ['exit code 0', record(0), { kind: 'exit', code: 0 }, { kind: 'exit', code: 0 }],
  // A step that hears the signal may say so by a code of its own.
  ['exit code 1', record(1), { kind: 'exit', code: 1 }, BACK],
  ['a signal', record(143), { kind: 'signal', signal: 15 }, BACK],
  ['no beginning', record(1, { isUnstarted: true }), BACK, BACK],
])('by its own word, %s', async (_, end, own, cancelled) => {
  for (const [mayBeCancelled, expected] of [
    [false, own],
    [true, cancelled],
  ] as const) {
    const one = job(mayBeCancelled);
    one.endBy(end);
    expect(await one.ended).toMatchObject(expected);
  }
});

test.each<[JobFault, object, object]>([
  ['cancelled', { kind: 'broke', cause: 'job_cancelled' }, BACK],
  ['launch', { kind: 'broke', cause: 'job_launch' }, BACK],
  ['walltime', { kind: 'broke', cause: 't' }, { kind: 'broke', cause: 't' }],
  ['memory', { kind: 'broke', cause: 'm' }, { kind: 'broke', cause: 'm' }],
  ['node', BACK, BACK],
])('by its engine, %s', async (fault, own, cancelled) => {
  for (const [mayBeCancelled, expected] of [
    [false, own],
    [true, cancelled],
  ] as const) {
    const one = job(mayBeCancelled);
    one.endByFault(fault, 'so says the engine');
    expect(await one.ended).toMatchObject(expected);
  }
});
