/** One submission whose jobs several processes have taken over: real processes, a stand-in for Slurm. */
import fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { NOTE, post, standing } from '../helpers/engine-home.ts';
import { fakeSlurm } from '../helpers/fake-slurm.ts';
import { expectProved, list, slateOk, startRun, until } from '../helpers/home.ts';

test('it stays until the last job is over, whoever has ended before', { timeout: 120_000 }, async () => {
  const slurm = await fakeSlurm(
    {
      a: `shell: '${NOTE}; until [ -e $SLATE_HOME/go.$SLATE_DATASET ]; do sleep 0.1; done'`,
    },
    { lease: '6s' },
  );
  const { home, env, ran } = slurm;
  const end = async (dataset: string): Promise<void> => {
    fs.writeFileSync(join(home, `go.${dataset}`), '');
    await until(
      () => standing(home)[dataset] === 'done c',
      () => `${dataset} to end: ${JSON.stringify(standing(home))}`,
    );
  };
  await post(home, ['d1', 'd2', 'd3']);
  const first = startRun(home, ['--slots', '3'], { ...env, FAKE_SLURM_CPUS: '8' });
  await until(() => ran().length === 3, 'all to run');
  first.child.kill('SIGKILL');
  await first.ended;
  expect(list(home, 'jobs')).toHaveLength(1);
  const others = [startRun(home, ['--slots', '1'], env), startRun(home, ['--slots', '1'], env)];
  const own: string[] = [];
  for (const one of others) {
    await until(() => one.log().includes('it goes on'), 'one to be taken over', 30_000);
    own.push(/(d[123]) a.1: job of/.exec(one.log())?.[1] ?? '');
    await slateOk(home, ['order', await one.id(), 'drain']);
  }
  for (const [index, one] of others.entries()) {
    await end(own[index] ?? '');
    await until(
      () => one.child.exitCode !== null,
      () => `it to end: ${one.log()}`,
      40_000,
    );
    // The others run on, and whoever has or will have them reads their ends there.
    expect(list(home, 'jobs')).toHaveLength(1);
  }
  const last = startRun(home, [], env);
  await until(() => last.log().includes('it goes on'), 'the third to be taken over', 30_000);
  await end(['d1', 'd2', 'd3'].find((dataset) => !own.includes(dataset)) ?? '');
  await until(() => list(home, 'jobs').length === 0, 'nothing of it to be left', 30_000);
  expect(ran().sort()).toEqual(['d1.1', 'd2.1', 'd3.1']);
  await expectProved(home);
  last.child.kill('SIGTERM');
  await last.ended;
});
