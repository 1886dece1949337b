/**
 * A dispatcher that stood still past its lease, was taken for dead, and goes on, or one that is told twice to end: its jobs end
 * as they should, each once.
 */
import fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { NOTE, numbered, post, standing } from '../helpers/engine-home.ts';
import { type FakeSlurm, fakeSlurm } from '../helpers/fake-slurm.ts';
import { entry, expectProved, journal, list, type Started, slateOk, startRun, until } from '../helpers/home.ts';

const LONG = 120_000;
const MANY = numbered(6);
/** Needs its working folder to the end, and hands in what only its process reads there. */
const STEP = `${NOTE}; echo kept > own; until [ -e $SLATE_HOME/go.$SLATE_DATASET ]; do sleep 0.1; done; cat own && cp $SLATE_HOME/result $SLATE_RESULT`;

/** All jobs run. */
async function working(): Promise<FakeSlurm & { readonly run: Started }> {
  const slurm = await fakeSlurm({ a: `shell: '${STEP}'\nscratch: keep-failed` }, { lease: '2s' });
  fs.writeFileSync(join(slurm.home, 'result'), '{"params": {"seen": 1}}');
  await post(slurm.home, MANY);
  const run = startRun(slurm.home, [], { ...slurm.env, FAKE_SLURM_CPUS: String(MANY.length) });
  await until(
    () => slurm.ran().length === MANY.length,
    () => `all to run: ${slurm.ran().join(' ')}\n${run.log()}`,
  );
  return { ...slurm, run };
}

/** And their dispatcher stands still. */
async function stopped(): Promise<FakeSlurm & { readonly run: Started }> {
  const slurm = await working();
  slurm.run.child.kill('SIGSTOP');
  return slurm;
}

function go(home: string, datasets: readonly string[]): void {
  for (const dataset of datasets) fs.writeFileSync(join(home, `go.${dataset}`), '');
}

async function expectOnce({ home, ran }: FakeSlurm): Promise<void> {
  const all = (): Record<string, string> => standing(home);
  await until(
    () => Object.values(all()).every((text) => /^(done|failed|held) /.test(text)),
    () => `all to end: ${JSON.stringify(all())}`,
    60_000,
  );
  expect(all()).toEqual(Object.fromEntries(MANY.map((dataset) => [dataset, 'done c'])));
  expect(ran().sort()).toEqual(MANY.map((dataset) => `${dataset}.1`));
  for (const dataset of MANY) expect(await slateOk(home, ['show', dataset])).toContain('seen');
}

test('another has taken its jobs over, and has ended half of them', { timeout: LONG }, async () => {
  const slurm = await stopped();
  const { home, run } = slurm;
  const other = startRun(home, [], slurm.env);
  await until(
    () => journal(home).filter(({ event }) => event === 'adopt').length === MANY.length,
    () => `all to be adopted\n${other.log()}`,
    60_000,
  );
  const half = MANY.slice(0, 3);
  go(home, half);
  await until(() => half.every((dataset) => entry(home, dataset)?.name.letters === 'c'), 'half of them to end', 60_000);
  run.child.kill('SIGCONT');
  await until(() => run.log().split('registered').length > 2, run.log, 60_000);
  // What still runs has its working folder, and what says which job it is.
  for (const dataset of MANY.slice(3)) expect(list(home, `scratch/${dataset}.a.001`)).toEqual(['.job', 'own']);
  go(home, MANY);
  await expectOnce(slurm);
  for (const one of [run, other]) {
    one.child.kill('SIGTERM');
    expect(await one.ended).toBe(143);
  }
  expect(list(home, 'scratch')).toEqual([]);
  await expectProved(home);
});

test('nobody else was there, and a sweep has declared it lost', { timeout: LONG }, async () => {
  const slurm = await stopped();
  const { home, run } = slurm;
  await slateOk(home, ['sweep', '--wait']);
  run.child.kill('SIGCONT');
  await until(() => run.log().split('registered').length > 2, run.log, 60_000);
  go(home, MANY);
  await expectOnce(slurm);
  expect(journal(home).filter(({ event }) => event === 'claim')).toHaveLength(MANY.length);
  run.child.kill('SIGTERM');
  await run.ended;
  await expectProved(home);
});

test('others have taken them over and ended them all, before it looks', { timeout: LONG }, async () => {
  const slurm = await stopped();
  const { home, run } = slurm;
  const other = startRun(home, [], slurm.env);
  await until(() => journal(home).filter(({ event }) => event === 'adopt').length === MANY.length, other.log, 60_000);
  // They end while the other one stands still as well: whoever wakes first reads of their ends.
  other.child.kill('SIGSTOP');
  go(home, MANY);
  const ends = (): number =>
    list(home, 'jobs').flatMap((name) => list(home, `jobs/${name}`).filter((file) => file.endsWith('.end'))).length;
  await until(() => ends() === MANY.length, 'the jobs to end', 60_000);
  run.child.kill('SIGCONT');
  await until(() => run.log().split('registered').length > 2, run.log, 60_000);
  other.child.kill('SIGCONT');
  await expectOnce(slurm);
  expect(run.log()).not.toContain('the program that starts the steps died');
  for (const one of [run, other]) {
    one.child.kill('SIGTERM');
    await one.ended;
  }
  await expectProved(home);
});

test('a second signal ends it at once where its jobs cannot be cancelled: they go on', { timeout: LONG }, async () => {
  const slurm = await working();
  const { home, run } = slurm;
  slurm.fault('stay scancel');
  run.child.kill('SIGTERM');
  await until(() => run.log().includes('scancel') || run.log().includes('engine-down'), run.log);
  expect(run.child.exitCode).toBe(null);
  run.child.kill('SIGTERM');
  expect(await run.ended).toBe(143);
  for (const dataset of MANY) {
    expect(entry(home, dataset)?.name.letters).toBe('p');
    expect(list(home, `scratch/${dataset}.a.001`)).toEqual(['.job', 'own']);
  }
  slurm.heal();
  go(home, MANY);
  const other = startRun(home, ['--until-idle'], slurm.env);
  await expectOnce(slurm);
  await other.ended;
  await expectProved(home);
});

test('a second signal when its jobs are cancelled, and their ends not seen: their entries go back', {
  timeout: LONG,
}, async () => {
  const slurm = await working();
  const { home, run, env } = slurm;
  // It can cancel, and does not hear of it.
  slurm.fault('stay squeue');
  run.child.kill('SIGTERM');
  const isCancelled = (file: string): boolean => file.endsWith('.cancel');
  await until(
    () => fs.readdirSync(join(env.FAKE_SLURM ?? '', 'jobs')).filter(isCancelled).length === MANY.length,
    () => `all to be cancelled: ${run.log()}`,
  );
  run.child.kill('SIGTERM');
  expect(await run.ended).toBe(143);
  for (const dataset of MANY) expect(entry(home, dataset)?.name.letters).toBe('p');
  slurm.heal();
  go(home, MANY);
  await startRun(home, ['--until-idle'], env).ended;
  // The stage has no retries: a try that had failed would be its last.
  expect(Object.values(standing(home))).toEqual(MANY.map(() => 'done c'));
  expect(slurm.ran().sort()).toEqual(MANY.flatMap((dataset) => [`${dataset}.1`, `${dataset}.2`]));
  const backs = journal(home).filter(({ event }) => event === 'giveback');
  expect(backs.map(({ reason }) => reason)).toEqual(
    MANY.map(() => expect.stringContaining('it was cancelled by the process that had it before')),
  );
  await expectProved(home);
});

test('a second signal ends it although its engine’s commands hang: its jobs go on', { timeout: LONG }, async () => {
  const slurm = await working();
  const { home, run, env } = slurm;
  slurm.fault('stay hang');
  await until(() => fs.existsSync(join(env.FAKE_SLURM ?? '', 'hangs')), 'a command to hang');
  for (const count of [1, 2]) {
    run.child.kill('SIGTERM');
    await until(() => run.log().split(' signal: ').length > count, run.log);
  }
  // Sooner than such a command is given up.
  await until(() => run.child.exitCode !== null, run.log);
  expect(run.child.exitCode).toBe(143);
  expect(run.log()).not.toContain('engine-down');
  slurm.heal();
  go(home, MANY);
  const other = startRun(home, ['--until-idle'], env);
  await expectOnce(slurm);
  await other.ended;
  await expectProved(home);
});
