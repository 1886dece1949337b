/** Steps on a real HTCondor of two nodes: the cases of all batch systems, and what only it does to jobs. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { engineHome, jobOf, NOTE, post, ran, standing } from '../helpers/engine-home.ts';
import { boardPath, expectProved, list, slateOk, startRun, until } from '../helpers/home.ts';
import { engineCases } from '../real-engines/cases.ts';
import { NODES, startPool } from './pool.ts';
import { shadowOf, starterOf } from './processes.ts';
import { condorJob, htcondorRig } from './rig.ts';

engineCases('htcondor', htcondorRig);

const UP = 'touch $SLATE_HOME/up.$SLATE_DATASET; [ $SLATE_EPOCH -gt 1 ] || sleep 600';

test('put off its node, its starter or shadow killed, let go from a hold: the entry goes back, no try runs twice', async () => {
  const { env, ask } = await startPool();
  const at = await engineHome('htcondor', { a: `shell: '${NOTE}; ${UP}'` });
  const names = ['evicted', 'released', 'shadow', 'starter'];
  await post(at, names);
  const run = startRun(at, [], env);
  const job = async (name: string): Promise<string> => condorJob(await jobOf(at, name));
  await ask('condor_vacate_job', '-fast', await job('evicted'));
  process.kill(shadowOf(await job('shadow')), 'SIGKILL');
  await job('starter');
  process.kill(starterOf('starter'), 'SIGKILL');
  await ask('condor_hold', await job('released'));
  await until(async () => /held +via condor_hold/.test(await slateOk(at, ['jobs'])), 'the hold to be shown', 60_000);
  expect(standing(at).released).toMatch(/^active p/);
  await ask('condor_release', await job('released'));
  await until(
    () => Object.values(standing(at)).every((text) => text === 'done c'),
    () => `all to be done anew: ${JSON.stringify(standing(at))}`,
    180_000,
  );
  run.child.kill('SIGTERM');
  await run.ended;
  expect(ran(at)).toEqual(names.flatMap((name) => [`${name}.1`, `${name}.2`]));
  await expectProved(at);
});

test('taken over on another host that submits: the queue of the first is asked, and waited for when it does not answer', async () => {
  const { env, secondEnv, kill, start } = await startPool();
  await start('second');
  const at = await engineHome('htcondor', {
    a: `shell: '${NOTE}; touch $SLATE_HOME/up.$SLATE_DATASET; until [ -e $SLATE_HOME/go ]; do sleep 0.2; done'`,
  });
  await post(at, ['d1', 'd2', 'd3']);
  const first = startRun(at, [], env);
  const jobs = await Promise.all(['d1', 'd2', 'd3'].map((dataset) => jobOf(at, dataset)));
  first.child.kill('SIGKILL');
  await first.ended;
  const second = startRun(at, ['--until-idle'], secondEnv);
  // Both begin to count with 1.
  await post(at, ['d4']);
  expect(`${condorJob(await jobOf(at, 'd4'))} and ${jobs.map(condorJob)}`).toMatch(/^1\.0 and .*1\.0/);
  await kill('schedd');
  const waiting = async (): Promise<number> =>
    (await slateOk(at, ['jobs'])).split('\n').filter((line) => line.includes('does not answer')).length;
  await until(async () => (await waiting()) === 3, 'the first host to be missed', 60_000);
  fs.writeFileSync(`${at}/go`, '');
  await start('schedd');
  await second.ended;
  expect(second.log()).not.toContain('engine-down');
  expect(Object.values(standing(at))).toEqual(Array.from({ length: 4 }, () => 'done c'));
  expect(ran(at)).toEqual(['d1.1', 'd2.1', 'd3.1', 'd4.1']);
  await expectProved(at);
});

test('a job that can not be started fails, and does not stay in the queue', async () => {
  const { env, ask, kill, start } = await startPool();
  for (const node of NODES) await kill(node);
  const at = await engineHome('htcondor', { a: `shell: '${NOTE}'` });
  await post(at, ['d1']);
  const run = startRun(at, [], env);
  const submission = (): string | undefined => list(at, 'jobs').find((name) => list(at, `jobs/${name}`).includes('id'));
  await until(() => submission() !== undefined, 'the job to be submitted');
  // As on a node without the disk.
  const script = boardPath(at, `jobs/${submission()}/job.sh`);
  fs.renameSync(script, `${script}.away`);
  await start('n1');
  await until(
    () => standing(at).d1 === 'failed f 1-job_launch',
    () => `the failed start: ${JSON.stringify(standing(at))}`,
    120_000,
  );
  expect(await slateOk(at, ['show', 'd1'])).toContain('Failed to execute');
  await until(
    async () => (await ask('condor_q', '-af', 'ProcId', '-constraint', 'JobStatus == 5')) === '',
    'the hold to be cleared away',
    60_000,
  );
  run.child.kill('SIGTERM');
  await run.ended;
  expect(ran(at)).toEqual([]);
  await expectProved(at);
});

test('a step that uses more memory than its stage says is ended, without control groups', async () => {
  const { env } = await startPool();
  const at = await engineHome('htcondor', {
    a: `memory: 64m\nshell: '${NOTE}; case $SLATE_DATASET in big) exec perl -e "\\$x = q(a) x 100_000_000; sleep 600";; esac'`,
  });
  await post(at, ['big', 'small']);
  const run = startRun(at, ['--until-idle'], env);
  await run.ended;
  expect(standing(at)).toEqual({ big: 'failed f 1-m', small: 'done c' });
  expect(await slateOk(at, ['show', 'big'])).toMatch(/it used \d+ MB of memory, and may 64/);
  expect(ran(at)).toEqual(['big.1', 'small.1']);
  await expectProved(at);
});
