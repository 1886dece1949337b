/** Jobs that an engine does not show to who asks: they may be running all the same. Real processes, a stand-in for Slurm. */
import fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { NOTE, post, standing } from '../helpers/engine-home.ts';
import { type FakeSlurm, fakeSlurm } from '../helpers/fake-slurm.ts';
import { expectProved, journal, slateOk, startRun, until, untilEntry } from '../helpers/home.ts';

const LONG = 120_000;
const WAITS = { a: `shell: '${NOTE}; until [ -e $SLATE_HOME/go ]; do sleep 0.1; done'` };

function go({ home }: FakeSlurm): void {
  fs.writeFileSync(join(home, 'go'), '');
}

function cancelled({ env }: FakeSlurm): string[] {
  return fs.readdirSync(join(env.FAKE_SLURM ?? '', 'jobs')).filter((file) => file.endsWith('.cancel'));
}

test('variables of somebody’s shell hide no jobs from a dispatcher', { timeout: LONG }, async () => {
  const slurm = await fakeSlurm({ a: `shell: '${NOTE}; sleep 4'` });
  await post(slurm.home, ['d1']);
  await startRun(slurm.home, ['--until-idle'], { ...slurm.env, SQUEUE_PARTITION: 'low' }).ended;
  expect(standing(slurm.home)).toEqual({ d1: 'done c' });
  expect(slurm.ran()).toEqual(['d1.1']);
  expect(slurm.jobs()).toHaveLength(1);
});

test('one of another account takes over jobs that run', { timeout: LONG }, async () => {
  const slurm = await fakeSlurm(WAITS);
  await post(slurm.home, ['d1', 'd2']);
  const first = startRun(slurm.home, [], { ...slurm.env, FAKE_SLURM_USER: 'one' });
  await until(() => slurm.ran().length === 2, 'both to run');
  first.child.kill('SIGKILL');
  await first.ended;
  const second = startRun(slurm.home, ['--until-idle'], { ...slurm.env, FAKE_SLURM_USER: 'other' });
  await until(() => journal(slurm.home).some(({ event }) => event === 'adopt'), 'both to be taken over', 60_000);
  // One more of its own, so that there are jobs of both accounts.
  await post(slurm.home, ['d3']);
  await until(() => slurm.ran().includes('d3.1'), 'the third to run');
  go(slurm);
  await second.ended;
  expect(standing(slurm.home)).toEqual({ d1: 'done c', d2: 'done c', d3: 'done c' });
  expect(slurm.ran().sort()).toEqual(['d1.1', 'd2.1', 'd3.1']);
  await expectProved(slurm.home);
});

test('what is not shown is cancelled before its entry goes back', { timeout: LONG }, async () => {
  const slurm = await fakeSlurm(WAITS);
  await post(slurm.home, ['d1']);
  const run = startRun(slurm.home, ['--until-idle'], slurm.env);
  await until(() => slurm.ran().length === 1, 'the job to run');
  slurm.fault('stay blind');
  await until(() => cancelled(slurm).length === 1, 'it to be cancelled');
  slurm.heal();
  await until(() => slurm.ran().length === 2, 'another try', 60_000);
  expect(cancelled(slurm)).toHaveLength(1);
  go(slurm);
  await run.ended;
  expect(standing(slurm.home)).toEqual({ d1: 'done c' });
  expect(slurm.ran()).toEqual(['d1.1', 'd1.2']);
  await expectProved(slurm.home);
});

test('what is neither shown nor lets itself be cancelled is waited for', { timeout: LONG }, async () => {
  const slurm = await fakeSlurm(WAITS);
  await post(slurm.home, ['d1']);
  const run = startRun(slurm.home, ['--until-idle'], slurm.env);
  await until(() => slurm.ran().length === 1, 'the job to run');
  slurm.fault('stay blind denied');
  await until(() => run.log().includes('jobs-unseen'), 'it to be missed');
  expect(run.log()).toContain('Access/permission denied');
  go(slurm);
  await run.ended;
  expect(standing(slurm.home)).toEqual({ d1: 'done c' });
  expect(slurm.ran()).toEqual(['d1.1']);
  expect(run.log().match(/jobs-unseen/g)).toHaveLength(1);
  await expectProved(slurm.home);
});

test('what was submitted twice, and has arrived twice, runs once, is waited for and cancelled under both numbers', {
  timeout: LONG,
}, async () => {
  const slurm = await fakeSlurm(WAITS);
  slurm.fault('sbatch late');
  await post(slurm.home, ['d1', 'd2']);
  const run = startRun(slurm.home, [], slurm.env);
  await until(() => slurm.jobs().length === 4 && slurm.ran().length === 2, 'both to run, and to be submitted again');
  await slateOk(slurm.home, ['hold', 'd1']);
  await until(() => cancelled(slurm).length === 1, 'its job to be cancelled');
  go(slurm);
  await untilEntry(slurm.home, 'd2', 'done', 'c');
  run.child.kill('SIGTERM');
  await run.ended;
  expect(run.log().match(/jobs-twice/g)).toHaveLength(1);
  expect(slurm.ran().sort()).toEqual(['d1.1', 'd2.1']);
  await expectProved(slurm.home);
});
