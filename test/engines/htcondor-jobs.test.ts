/** Steps as jobs of HTCondor, on real stage processes and a stand-in for it. */
import fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { NOTE, numbered, post, standing } from '../helpers/engine-home.ts';
import { type FakeSlurm, fakeHtcondor } from '../helpers/fake-slurm.ts';
import { boardPath, expectProved, journal, list, slateOk, startRun, until, untilEntry } from '../helpers/home.ts';

const LONG = 120_000;

/** The stand-in's name of the job that a dataset's first try is. */
async function jobOf(condor: FakeSlurm, dataset: string): Promise<string> {
  await until(() => fs.existsSync(join(condor.home, `up.${dataset}.1`)), `${dataset} to run`);
  const file = boardPath(condor.home, `scratch/${dataset}.a.001/.job`);
  const [name = '', index = ''] = fs.readFileSync(file, 'utf8').trim().split(' ');
  await until(() => list(condor.home, `jobs/${name}`).includes('id'), 'the number of its job');
  return `${Number.parseInt(fs.readFileSync(boardPath(condor.home, `jobs/${name}/id`), 'utf8'), 10)}_${index}`;
}

test('clusters of jobs; exit codes, signals and what it does to jobs are told apart', { timeout: LONG }, async () => {
  const condor = await fakeHtcondor({
    a: `shell: '${NOTE}; case $SLATE_DATASET in
  fine) ;; two) exit 2;; killed) kill -9 $$;; *) touch $SLATE_HOME/up.$SLATE_DATASET.$SLATE_EPOCH; [ $SLATE_EPOCH -gt 1 ] || sleep 600;; esac'`,
  });
  const names = ['fine', 'two', 'killed', 'slow', 'big', 'cancelled', 'wrong', 'node'];
  await post(condor.home, names);
  const run = startRun(condor.home, ['--until-idle', '--slots', '20'], { ...condor.env, FAKE_SLURM_CPUS: '20' });
  await condor.end(await jobOf(condor, 'slow'), 'TIMEOUT');
  await condor.end(await jobOf(condor, 'big'), 'OUT_OF_MEMORY');
  await condor.end(await jobOf(condor, 'cancelled'), 'CANCELLED');
  await condor.end(await jobOf(condor, 'wrong'), 'LAUNCH');
  await condor.end(await jobOf(condor, 'node'), 'NODE_FAIL');
  await run.ended;
  expect(standing(condor.home)).toEqual({
    fine: 'done c',
    two: 'failed f 1-x2',
    killed: 'failed f 1-s9',
    slow: 'failed f 1-t',
    big: 'failed f 1-m',
    cancelled: 'failed f 1-job_cancelled',
    wrong: 'failed f 1-job_launch',
    // No fault of its own: it goes back, and runs again.
    node: 'done c',
  });
  expect(condor.ran().sort()).toEqual([...names.map((name) => `${name}.1`), 'node.2'].sort());
  expect(await slateOk(condor.home, ['show', 'wrong'])).toContain('Failed to execute');
  expect(
    Math.max(...journal(condor.home).map(({ event, jobs }) => (event === 'submitted' ? Number(jobs) : 0))),
  ).toBeGreaterThan(1);
  expect(list(condor.home, 'jobs')).toEqual([]);
  await expectProved(condor.home);
});

test.each(['sbatch before', 'sbatch after'])(
  'an answer that is lost (%s): found again, or told again',
  { timeout: LONG },
  async (fault) => {
    const condor = await fakeHtcondor({ a: `shell: '${NOTE}'` });
    // It is asked when all of it has ended and left the queue.
    fs.writeFileSync(join(condor.env.FAKE_SLURM ?? '', 'forget'), '');
    condor.fault(fault);
    await post(condor.home, numbered(10));
    const run = startRun(condor.home, ['--until-idle'], condor.env);
    await run.ended;
    expect(run.log()).toContain('engine-up');
    expect(condor.ran().sort()).toEqual(numbered(10).map((dataset) => `${dataset}.1`));
    expect(condor.jobs()).toHaveLength(10);
    await expectProved(condor.home);
  },
);

test('held by somebody: it waits and is shown, until it is removed', { timeout: LONG }, async () => {
  const condor = await fakeHtcondor({
    a: `shell: '${NOTE}; touch $SLATE_HOME/up.$SLATE_DATASET.$SLATE_EPOCH; sleep 600'`,
  });
  await post(condor.home, ['d1', 'd2']);
  const run = startRun(condor.home, [], condor.env);
  const [first, second] = [await jobOf(condor, 'd1'), await jobOf(condor, 'd2')];
  await condor.end(first, 'HELD');
  await condor.end(second, 'HELD');
  await until(
    async () =>
      (await slateOk(condor.home, ['jobs'])).split('\n').filter((line) => /held +via condor_hold/.test(line)).length ===
      2,
    'both to be shown as held',
  );
  expect(Object.values(standing(condor.home)).every((text) => text.startsWith('active p'))).toBe(true);
  await condor.end(first, 'CANCELLED');
  await untilEntry(condor.home, 'd1', 'failed', 'f');
  await slateOk(condor.home, ['hold', 'd2']);
  await untilEntry(condor.home, 'd2', 'held', 'h');
  const removed = (): string => fs.readFileSync(join(condor.env.FAKE_SLURM ?? '', 'jobs', second), 'utf8');
  await until(() => removed().startsWith('CANCELLED'), 'its job to be removed');
  run.child.kill('SIGTERM');
  await run.ended;
  expect(condor.ran().sort()).toEqual(['d1.1', 'd2.1']);
  await expectProved(condor.home);
});

test('what it refuses goes back, with its words; a queue that hangs is waited for', { timeout: LONG }, async () => {
  const condor = await fakeHtcondor({ a: `shell: '${NOTE}'` });
  condor.fault('stay refuse');
  await post(condor.home, ['d1']);
  const refused = startRun(condor.home, [], condor.env);
  await until(() => refused.log().includes('engine-refused'), 'the refusal');
  await untilEntry(condor.home, 'd1', 'queue', 'w');
  expect(refused.log()).toContain('Parse error in expression');
  refused.child.kill('SIGTERM');
  await refused.ended;
  condor.fault('squeue');
  const run = startRun(condor.home, ['--until-idle'], condor.env);
  await run.ended;
  expect(run.log()).toContain('Failed to connect to');
  expect(run.log()).toContain('engine-up');
  expect(condor.ran()).toEqual(['d1.2']);
  await expectProved(condor.home);
});

test('taken over on another host: the queue of the first one is asked, or waited for', { timeout: LONG }, async () => {
  const stages = { a: `shell: '${NOTE}; until [ -e $SLATE_HOME/go ]; do sleep 0.1; done'` };
  const condor = await fakeHtcondor(stages, { engine: '    array: 2\n' });
  const silent = join(condor.env.FAKE_SLURM ?? '', 'silent.one');
  await post(condor.home, numbered(4));
  const first = startRun(condor.home, [], { ...condor.env, FAKE_SCHEDD: 'one' });
  const shown = async (what: RegExp): Promise<number> =>
    (await slateOk(condor.home, ['jobs'])).split('\n').filter((line) => what.test(line)).length;
  await until(async () => (await shown(/ running +n1 /)) === 4, 'all to be seen running', 60_000);
  first.child.kill('SIGKILL');
  await first.ended;
  fs.writeFileSync(silent, '');
  const second = startRun(condor.home, ['--until-idle'], { ...condor.env, FAKE_SCHEDD: 'two' });
  await until(async () => (await shown(/one does not answer/)) === 4, 'all to wait for the silent queue', 60_000);
  // The others do not wait for it.
  await post(condor.home, ['d9']);
  await until(() => condor.ran().length === 5, 'a new one to run', 60_000);
  fs.writeFileSync(join(condor.home, 'go'), '');
  await second.ended;
  expect(condor.ran().sort()).toEqual([...numbered(4), 'd9'].map((dataset) => `${dataset}.1`));
  expect(Object.values(standing(condor.home))).toEqual(Array.from({ length: 5 }, () => 'done c'));
  await expectProved(condor.home);
});

test('taken over on another host before the number was known: all queues are asked', { timeout: LONG }, async () => {
  const condor = await fakeHtcondor({ a: `shell: '${NOTE}; until [ -e $SLATE_HOME/go ]; do sleep 0.1; done'` });
  await post(condor.home, numbered(4));
  const first = startRun(condor.home, [], { ...condor.env, FAKE_SCHEDD: 'one', FAKE_CUT: '1' });
  await until(() => condor.ran().length === 4, 'all to run', 60_000);
  first.child.kill('SIGKILL');
  await first.ended;
  const second = startRun(condor.home, ['--until-idle'], { ...condor.env, FAKE_SCHEDD: 'two' });
  const isKnown = (name: string): boolean => list(condor.home, `jobs/${name}`).includes('id');
  await until(() => list(condor.home, 'jobs').every(isKnown), 'the number to be found', 60_000);
  fs.writeFileSync(join(condor.home, 'go'), '');
  await second.ended;
  expect(condor.ran().sort()).toEqual(numbered(4).map((dataset) => `${dataset}.1`));
  expect(Object.values(standing(condor.home))).toEqual(Array.from({ length: 4 }, () => 'done c'));
  await expectProved(condor.home);
});
