/** Steps as jobs of PBS, on real stage processes and a stand-in for both kinds of PBS. */
import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { NOTE, numbered, post, standing } from '../helpers/engine-home.ts';
import { type FakeSlurm, fakePbs } from '../helpers/fake-slurm.ts';
import { boardPath, expectProved, journal, list, slateOk, startRun, until } from '../helpers/home.ts';

const LONG = 120_000;

/** The stand-in's name of the job that a dataset's first try is. */
async function jobOf(pbs: FakeSlurm, dataset: string): Promise<string> {
  await until(() => fs.existsSync(join(pbs.home, `up.${dataset}.1`)), `${dataset} to run`);
  const file = boardPath(pbs.home, `scratch/${dataset}.a.001/.job`);
  const [name = '', index = ''] = fs.readFileSync(file, 'utf8').trim().split(' ');
  const number = boardPath(pbs.home, `jobs/${name}/id`);
  // It may run before its engine has said it.
  await until(() => fs.existsSync(number), `the number of the job of ${dataset}`);
  return `${parseInt(fs.readFileSync(number, 'utf8'), 10)}_${index}`;
}

describe.each(['openpbs', 'torque'] as const)('%s', (dialect) => {
  test('arrays and single jobs; exit codes, signals and what it does to jobs are told apart', {
    timeout: LONG,
  }, async () => {
    const pbs = await fakePbs(dialect, {
      a: `shell: '${NOTE}; case $SLATE_DATASET in
  two) exit 2;; killed) kill -9 $$;; slow|big|cancelled|node) touch $SLATE_HOME/up.$SLATE_DATASET.$SLATE_EPOCH; [ $SLATE_EPOCH -gt 1 ] || sleep 600;; esac'`,
    });
    const names = ['fine', 'two', 'killed', 'slow', 'big', 'cancelled', 'node'];
    await post(pbs.home, names);
    const run = startRun(pbs.home, ['--until-idle', '--slots', '20'], { ...pbs.env, FAKE_SLURM_CPUS: '20' });
    await pbs.end(await jobOf(pbs, 'slow'), 'TIMEOUT');
    await pbs.end(await jobOf(pbs, 'big'), 'OUT_OF_MEMORY');
    await pbs.end(await jobOf(pbs, 'cancelled'), 'CANCELLED');
    await pbs.end(await jobOf(pbs, 'node'), 'NODE_FAIL');
    await run.ended;
    expect(standing(pbs.home)).toEqual({
      fine: 'done c',
      two: 'failed f 1-x2',
      killed: 'failed f 1-s9',
      slow: 'failed f 1-t',
      big: 'failed f 1-m',
      cancelled: 'failed f 1-job_cancelled',
      node: 'done c',
    });
    expect(pbs.ran().sort()).toEqual([...names.map((name) => `${name}.1`), 'node.2'].sort());
    const sizes = journal(pbs.home).flatMap(({ event, jobs }) => (event === 'submitted' ? [Number(jobs)] : []));
    expect(Math.max(...sizes)).toBeGreaterThan(1);
    expect(sizes.at(-1)).toBe(1);
    expect(list(pbs.home, 'jobs')).toEqual([]);
    await expectProved(pbs.home);
  });

  test.each(['sbatch before', 'sbatch after'])(
    'an answer that is lost (%s): found again, or told again',
    {
      timeout: LONG,
    },
    async (fault) => {
      const pbs = await fakePbs(dialect, { a: `shell: '${NOTE}'` });
      pbs.fault(fault);
      await post(pbs.home, numbered(10));
      const run = startRun(pbs.home, ['--until-idle'], pbs.env);
      await run.ended;
      expect(run.log()).toContain('engine-up');
      expect(pbs.ran().sort()).toEqual(numbered(10).map((dataset) => `${dataset}.1`));
      expect(pbs.jobs()).toHaveLength(10);
      await expectProved(pbs.home);
    },
  );

  test('a process killed with jobs running: another takes them over; a hold cancels', { timeout: LONG }, async () => {
    const pbs = await fakePbs(dialect, { a: `shell: '${NOTE}; until [ -e $SLATE_HOME/go ]; do sleep 0.1; done'` });
    await post(pbs.home, numbered(8));
    const first = startRun(pbs.home, [], { ...pbs.env, FAKE_SLURM_CPUS: '8' });
    await until(() => pbs.ran().length === 8, 'all to run', 60_000);
    first.child.kill('SIGKILL');
    await first.ended;
    const second = startRun(pbs.home, ['--until-idle'], pbs.env);
    await until(() => journal(pbs.home).filter(({ event }) => event === 'adopt').length === 8, 'all to be taken over');
    await slateOk(pbs.home, ['hold', 'd003']);
    await until(() => standing(pbs.home).d003?.startsWith('held') === true, 'the hold');
    const cancelled = (): boolean =>
      fs.readdirSync(join(pbs.env.FAKE_SLURM ?? '', 'jobs')).some((file) => file.endsWith('.cancel'));
    await until(cancelled, 'its job to be cancelled');
    fs.writeFileSync(join(pbs.home, 'go'), '');
    await second.ended;
    expect(pbs.ran().sort()).toEqual(numbered(8).map((dataset) => `${dataset}.1`));
    expect(Object.values(standing(pbs.home)).filter((text) => text === 'done c')).toHaveLength(7);
    await expectProved(pbs.home);
  });
});

test('an OpenPBS that keeps nothing of what has ended is asked for the rest', { timeout: LONG }, async () => {
  const pbs = await fakePbs('openpbs', {
    a: `shell: '${NOTE}; [ $SLATE_DATASET != d001 ] || touch $SLATE_HOME/up.d001.$SLATE_EPOCH; [ $SLATE_DATASET != d001 ] || sleep 600'`,
  });
  const env = { ...pbs.env, FAKE_PBS_HISTORY: 'off' };
  pbs.fault('sbatch after');
  await post(pbs.home, numbered(4));
  const run = startRun(pbs.home, ['--until-idle'], env);
  await pbs.end(await jobOf(pbs, 'd001'), 'CANCELLED');
  await run.ended;
  // The answer that was lost; nothing else.
  expect(run.log().match(/engine-down/g)).toHaveLength(1);
  expect(standing(pbs.home)).toEqual({
    d000: 'done c',
    d001: expect.stringMatching(/^failed f 1-job_(?:cancelled|launch)$/),
    d002: 'done c',
    d003: 'done c',
  });
  expect(pbs.ran().sort()).toEqual(numbered(4).map((dataset) => `${dataset}.1`));
  await expectProved(pbs.home);
});
