/**
 * Steps as jobs of an engine, on real stage processes and a stand-in for Slurm: outcomes, cancelling, and who takes over what
 * a dead process has submitted. What ran, and how often, is counted by what the jobs themselves wrote.
 */
import fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { NOTE, numbered, post, standing } from '../helpers/engine-home.ts';
import { type FakeSlurm, fakeSlurm } from '../helpers/fake-slurm.ts';
import {
  boardPath,
  entries,
  entry,
  expectProved,
  journal,
  list,
  mv,
  slateOk,
  startRun,
  until,
  untilEntry,
} from '../helpers/home.ts';

const LONG = 120_000;

async function untilIdle({ home, env }: FakeSlurm, args: readonly string[] = []): Promise<string> {
  const run = startRun(home, ['--until-idle', ...args], env);
  await run.ended;
  return run.log();
}

test('two stages through arrays: each step once, logs and products as everywhere', { timeout: LONG }, async () => {
  const slurm = await fakeSlurm({
    a: `shell: '${NOTE}; echo at work; echo made > $SLATE_PRODUCTS/x'\nproducts: true`,
    b: `shell: 'cat $SLATE_IN_A/x >> $SLATE_HOME/seen'`,
  });
  await post(slurm.home, numbered(40));
  await untilIdle(slurm);
  expect(entries(slurm.home).map(({ name }) => name.letters)).toEqual(Array.from({ length: 40 }, () => 'cc'));
  expect(slurm.ran().sort()).toEqual(numbered(40).map((dataset) => `${dataset}.1`));
  expect(fs.readFileSync(join(slurm.home, 'seen'), 'utf8')).toBe('made\n'.repeat(40));
  expect(await slateOk(slurm.home, ['log', 'd007', 'a'])).toContain('at work');
  // Many at a time, and nothing of it is left behind.
  expect(new Set(slurm.jobs().map((job) => job.split('_')[0])).size).toBeLessThan(20);
  expect(list(slurm.home, 'jobs')).toEqual([]);
  await expectProved(slurm.home);
});

test('exit codes, signals and what the engine does are told apart', { timeout: LONG }, async () => {
  const slurm = await fakeSlurm({
    a: `shell: 'case $SLATE_DATASET in
  two) exit 2;; killed) kill -9 $$;; slow|cancelled|node) touch $SLATE_HOME/up.$SLATE_DATASET.$SLATE_EPOCH; [ $SLATE_EPOCH -gt 1 ] || sleep 600;; esac'`,
  });
  await post(slurm.home, ['fine', 'two', 'killed', 'slow', 'cancelled', 'node']);
  const run = startRun(slurm.home, ['--until-idle'], slurm.env);
  const jobOf = async (dataset: string): Promise<string> => {
    await until(() => fs.existsSync(join(slurm.home, `up.${dataset}.1`)), `${dataset} to run`);
    const seen = entry(slurm.home, dataset);
    const scratch = list(slurm.home, 'scratch').find((name) => name.startsWith(`${dataset}.a.`)) ?? '';
    expect(seen?.name.letters).toBe('p');
    const [name = '', index = ''] = fs
      .readFileSync(boardPath(slurm.home, `scratch/${scratch}/.job`), 'utf8')
      .trim()
      .split(' ');
    // A job may be quicker than its engine's answer.
    const id = boardPath(slurm.home, `jobs/${name}/id`);
    await until(() => fs.existsSync(id), `the number of ${dataset}'s job`);
    return `${fs.readFileSync(id, 'utf8').trim()}_${index}`;
  };
  await slurm.end(await jobOf('slow'), 'TIMEOUT');
  await slurm.end(await jobOf('cancelled'), 'CANCELLED');
  await slurm.end(await jobOf('node'), 'NODE_FAIL');
  await run.ended;
  expect(standing(slurm.home)).toEqual({
    fine: 'done c',
    two: 'failed f 1-x2',
    killed: 'failed f 1-s9',
    slow: 'failed f 1-t',
    cancelled: 'failed f 1-job_cancelled',
    // No fault of its own: it goes back, and runs again.
    node: 'done c',
  });
  expect(await slateOk(slurm.home, ['show', 'slow'])).toContain('TIMEOUT on n1');
  await expectProved(slurm.home);
});

test('a hold, a repipe and an mv cancel the job', { timeout: LONG }, async () => {
  const slurm = await fakeSlurm({ a: `shell: '${NOTE}; [ $SLATE_EPOCH -gt 1 ] || sleep 600'` });
  await post(slurm.home, ['held', 'again', 'moved']);
  const run = startRun(slurm.home, [], slurm.env);
  await until(() => slurm.ran().length === 3, 'all three to run');
  await slateOk(slurm.home, ['hold', 'held']);
  await slateOk(slurm.home, ['repipe', 'again', '--stage', 'a']);
  const seen = entry(slurm.home, 'moved');
  if (seen === undefined) throw new Error('moved is gone');
  mv(slurm.home, seen, { letters: 'h', tags: [] }, 'held');
  await untilEntry(slurm.home, 'again', 'done', 'c', 60_000);
  const cancelled = (): number =>
    fs.readdirSync(join(slurm.env.FAKE_SLURM ?? '', 'jobs')).filter((file) => file.endsWith('.cancel')).length;
  await until(() => cancelled() === 3, 'three jobs to be cancelled');
  run.child.kill('SIGTERM');
  await run.ended;
  expect(standing(slurm.home)).toMatchObject({
    held: expect.stringContaining('held h'),
    again: 'done c',
    moved: 'held h',
  });
  await expectProved(slurm.home);
});

test('a process killed with 50 jobs: another takes them over, none lost, none twice', { timeout: LONG }, async () => {
  const slurm = await fakeSlurm({ a: `shell: '${NOTE}; until [ -e $SLATE_HOME/go ]; do sleep 0.1; done'` });
  await post(slurm.home, numbered(50));
  const first = startRun(slurm.home, [], { ...slurm.env, FAKE_SLURM_CPUS: '50' });
  await until(
    () => slurm.ran().length === 50,
    () => `50 jobs to run; ${slurm.ran().length} do`,
    60_000,
  );
  first.child.kill('SIGKILL');
  await first.ended;
  fs.writeFileSync(join(slurm.home, 'go'), '');
  await untilIdle(slurm);
  expect(Object.values(standing(slurm.home))).toEqual(Array.from({ length: 50 }, () => 'done c'));
  expect(slurm.ran().sort()).toEqual(numbered(50).map((dataset) => `${dataset}.1`));
  expect(journal(slurm.home).filter(({ event }) => event === 'adopt')).toHaveLength(50);
  expect(list(slurm.home, 'jobs')).toEqual([]);
  await expectProved(slurm.home);
});

test.each(['sbatch before', 'sbatch after'])(
  'an answer that is lost (%s): found again, or told again',
  { timeout: LONG },
  async (fault) => {
    const slurm = await fakeSlurm({ a: `shell: '${NOTE}'` });
    slurm.fault(fault);
    await post(slurm.home, numbered(10));
    const log = await untilIdle(slurm);
    expect(log).toContain('engine-down');
    expect(log).toContain('engine-up');
    expect(slurm.ran().sort()).toEqual(numbered(10).map((dataset) => `${dataset}.1`));
    await expectProved(slurm.home);
  },
);

test('an engine that is down: entries stay, jobs go on, and are picked up', { timeout: LONG }, async () => {
  const slurm = await fakeSlurm({ a: `shell: '${NOTE}; until [ -e $SLATE_HOME/go ]; do sleep 0.1; done'` });
  await post(slurm.home, ['d1']);
  const run = startRun(slurm.home, ['--until-idle'], slurm.env);
  await until(() => slurm.ran().length === 1, 'the job to run');
  slurm.fault('stay squeue');
  await until(() => run.log().includes('engine-down'), 'the engine to be missed');
  await post(slurm.home, ['d2']);
  fs.writeFileSync(join(slurm.home, 'go'), '');
  await until(
    async () => (await slateOk(slurm.home, ['ps'])).includes('blocked'),
    'the process to say that it is blocked',
  );
  expect(entry(slurm.home, 'd2')?.name.letters).toBe('w');
  slurm.heal();
  await run.ended;
  expect(standing(slurm.home)).toEqual({ d1: 'done c', d2: 'done c' });
  expect(slurm.ran().sort()).toEqual(['d1.1', 'd2.1']);
  await expectProved(slurm.home);
});

test('what the engine refuses goes back, with its words', { timeout: LONG }, async () => {
  const slurm = await fakeSlurm({ a: `shell: '${NOTE}'` });
  slurm.fault('stay refuse');
  await post(slurm.home, ['d1']);
  const run = startRun(slurm.home, [], slurm.env);
  await until(() => run.log().includes('engine-refused'), 'the refusal');
  await untilEntry(slurm.home, 'd1', 'queue', 'w');
  await until(async () => (await slateOk(slurm.home, ['ps'])).includes('Invalid partition name'), 'its words');
  const { jobs, troubles } = JSON.parse(await slateOk(slurm.home, ['jobs', '--json'])) as Record<string, unknown>;
  expect([jobs, troubles]).toMatchObject([[], [{ what: 'refused', kind: 'slurm', stages: ['a'] }]]);
  run.child.kill('SIGTERM');
  await run.ended;
  expect(slurm.ran()).toEqual([]);
  await expectProved(slurm.home);
});
