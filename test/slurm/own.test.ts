/** What only Slurm does to jobs, on a real one of two nodes. */
import fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { engineHome, jobOf, NOTE, post, ran, standing } from '../helpers/engine-home.ts';
import { entry, expectProved, journal, slateOk, startRun, until } from '../helpers/home.ts';
import { startCluster } from './cluster.ts';
import { hasMemoryGroups } from './conf.ts';

/** The first try goes on until somebody ends it. */
const FIRST = `${NOTE}; touch $SLATE_HOME/up.$SLATE_DATASET; [ $SLATE_EPOCH -gt 1 ] || sleep 600`;

test.each(['low', 'lower'])(
  'a job of partition %s that gives way to another goes back, and uses up no try',
  async (partition) => {
    const { env, ask } = await startCluster({ preempts: true });
    const at = await engineHome('slurm', { a: `cpus: 8\nshell: '${FIRST}'` }, `partition: ${partition}`);
    await post(at, ['d1']);
    const run = startRun(at, ['--until-idle'], env);
    const job = await jobOf(at, 'd1');
    const node = (await ask('squeue', '-h', '-r', '-j', job, '-o', '%N')).trim();
    await ask('sbatch', '-p', 'urgent', '-w', node, '-c', '8', '-o', '/dev/null', '--wrap=sleep 1');
    await run.ended;
    expect(standing(at)).toEqual({ d1: 'done c' });
    expect(ran(at)).toEqual(['d1.1', 'd1.2']);
    expect(await ask('squeue', '-h', '-r', '-t', 'all', '-j', job, '-o', '%T')).toContain('PREEMPTED');
    expect(journal(at).find(({ event }) => event === 'giveback')).toMatchObject({ dataset: 'd1' });
    await expectProved(at);
  },
);

test('a job that somebody holds waits, is shown as held, and runs when it is released', async () => {
  const { env, ask } = await startCluster();
  const at = await engineHome('slurm', { a: `shell: '${NOTE}'` });
  await ask('scontrol', 'update', 'nodename=n1,n2', 'state=drain', 'reason=test');
  await post(at, ['d1']);
  const run = startRun(at, ['--until-idle'], env);
  const queued = async (): Promise<string> => (await ask('squeue', '-h', '-r', '-o', '%F_%K')).trim();
  await until(async () => (await queued()) !== '', 'the job to be in the queue', 60_000);
  await ask('scontrol', 'hold', await queued());
  await until(
    async () => /held +JobHeld(?:User|Admin)/.test(await slateOk(at, ['jobs'])),
    'the hold to be shown',
    60_000,
  );
  await ask('scontrol', 'update', 'nodename=n1,n2', 'state=resume');
  await until(async () => (await ask('sinfo', '-h', '-p', 'main', '-o', '%t')).trim() === 'idle', 'idle nodes', 60_000);
  expect(ran(at)).toEqual([]);
  await ask('scontrol', 'release', await queued());
  await run.ended;
  expect(standing(at)).toEqual({ d1: 'done c' });
  expect(ran(at)).toEqual(['d1.1']);
  await expectProved(at);
});

test('jobs that are gone from the queue when somebody looks again: what they told counts, the others run again', async () => {
  const { env, ask } = await startCluster({ keeps: 2 });
  const at = await engineHome('slurm', {
    a: `shell: '${NOTE}; touch $SLATE_HOME/up.$SLATE_DATASET; [ $SLATE_DATASET.$SLATE_EPOCH != lost.1 ] || sleep 600; until [ -e $SLATE_HOME/go ]; do sleep 0.1; done'`,
  });
  await post(at, ['told', 'lost']);
  const first = startRun(at, [], env);
  const lost = await jobOf(at, 'lost');
  await jobOf(at, 'told');
  first.child.kill('SIGKILL');
  await first.ended;
  fs.writeFileSync(join(at, 'go'), '');
  await ask('scancel', lost);
  const known = async (): Promise<string> => (await ask('squeue', '-h', '-t', 'all', '-o', '%i')).trim();
  await until(async () => (await known()) === '', 'both to be forgotten', 120_000);
  await startRun(at, ['--until-idle'], env).ended;
  expect(standing(at)).toEqual({ told: 'done c', lost: 'done c' });
  expect(ran(at)).toEqual(['lost.1', 'lost.2', 'told.1']);
  await expectProved(at);
});

test.skipIf(!hasMemoryGroups())('a job that takes more memory than it has asked for is told as that', async () => {
  const { env } = await startCluster({ limits: true });
  const at = await engineHome('slurm', {
    a: `memory: 40m\nshell: '[ $SLATE_DATASET != big ] || exec head -c 200m /dev/zero | tail'`,
  });
  await post(at, ['big', 'small']);
  await startRun(at, ['--until-idle'], env).ended;
  expect(standing(at)).toEqual({ big: 'failed f 1-m', small: 'done c' });
  expect(await slateOk(at, ['show', 'big'])).toContain('OUT_OF_MEMORY');
  expect(entry(at, 'big')?.folder).toBe('failed');
  await expectProved(at);
});
