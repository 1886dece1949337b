/** Jobs of a dead dispatcher whose stage runs elsewhere since: who has them is asked for them, and nothing runs twice. */
import fs from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { NOTE, post, standing } from '../helpers/engine-home.ts';
import { type FakeSlurm, fakeSlurm } from '../helpers/fake-slurm.ts';
import { entry, expectProved, list, ROOT, slate, slateOk, startRun, until } from '../helpers/home.ts';

const STEP = `shell: '${NOTE}; until [ -e $SLATE_HOME/go ]; do sleep 0.1; done'`;
const ENGINES = 'engines:\n  cluster:\n    kind: slurm\n    poll: 200ms\n';

function write({ home }: FakeSlurm, engine: string, engines: string): void {
  const file = join(home, 'stages', 'a.yaml');
  fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(/^engine: .*$/m, `engine: ${engine}`));
  fs.writeFileSync(join(home, 'engines.yaml'), engines);
}

/** Whose dispatcher is dead, with two jobs that run. */
async function leftBehind(): Promise<FakeSlurm> {
  const slurm = await fakeSlurm({ a: STEP });
  write(slurm, 'cluster', ENGINES);
  await post(slurm.home, ['d1', 'd2']);
  const first = startRun(slurm.home, [], slurm.env);
  await until(() => slurm.ran().length === 2, 'both to run');
  first.child.kill('SIGKILL');
  await first.ended;
  // Marked lost.
  await slate(slurm.home, ['check', 'b', '--fix']);
  return slurm;
}

test.each(['local', 'htcondor'])(
  'a stage that says %s since: its jobs go on where they are',
  async (engine) => {
    const slurm = await leftBehind();
    write(slurm, engine, ENGINES);
    expect((await slate(slurm.home, ['check', 'b'])).stdout).toContain(
      'its step is a job of engine cluster, which goes on',
    );
    const commands = join(ROOT, 'test', 'fixtures', 'htcondor');
    const env = { ...slurm.env, PATH: `${commands}${delimiter}${slurm.env.PATH}` };
    const run = startRun(slurm.home, ['--until-idle'], env);
    await until(
      () => run.log().split('it goes on').length === 3,
      () => `both to be taken over: ${run.log()}`,
    );
    fs.writeFileSync(join(slurm.home, 'go'), '');
    await run.ended;
    expect(standing(slurm.home)).toEqual({ d1: 'done c', d2: 'done c' });
    expect(slurm.ran().sort()).toEqual(['d1.1', 'd2.1']);
    expect(list(slurm.home, 'jobs')).toEqual([]);
    await expectProved(slurm.home);
  },
  120_000,
);

test('jobs of it that are nobody’s: said by check, and cancelled, though no stage names their engine any more', async () => {
  const slurm = await leftBehind();
  write(slurm, 'local', ENGINES);
  await slateOk(slurm.home, ['hold', 'd1', 'd2']);
  expect(slurm.live()).toHaveLength(2);
  const check = async (): Promise<string> => (await slate(slurm.home, ['check', 'b'])).stdout;
  expect(await check()).toMatch(
    /2 jobs of engine 'cluster' \(job 100\) may run, though no entry waits .*of kind slurm/,
  );
  const run = startRun(slurm.home, [], slurm.env);
  await until(
    () => list(slurm.home, 'jobs').length === 0,
    () => `them to be cancelled: ${run.log()}`,
    60_000,
  );
  expect(run.log()).toContain('2 jobs of 100 were nobody');
  expect(slurm.live()).toEqual([]);
  expect(await check()).not.toContain('cluster');
  run.child.kill('SIGTERM');
  await run.ended;
}, 120_000);

test('an engine that is gone: said everywhere, waited for, and taken over when it is back', async () => {
  const slurm = await leftBehind();
  write(slurm, 'local', 'engines: {}\n');
  fs.writeFileSync(join(slurm.home, 'go'), '');
  expect((await slate(slurm.home, ['check', 'b'])).stdout).toContain(
    "there is no engine 'cluster': nobody can take it over",
  );
  const idle = startRun(slurm.home, ['--until-idle'], slurm.env);
  await idle.ended;
  expect(idle.log()).toContain("d1 a.1: there is no engine 'cluster', which has its job");
  expect(idle.log()).toMatch(/ idle: .*can't be taken over/);
  expect(entry(slurm.home, 'd1')?.name.letters).toBe('p');
  const run = startRun(slurm.home, [], slurm.env);
  await until(async () => (await slateOk(slurm.home, ['ps'])).includes("can't be taken over"), 'ps to say it');
  // No restart, no reload.
  fs.writeFileSync(join(slurm.home, 'engines.yaml'), ENGINES);
  await until(() => Object.values(standing(slurm.home)).join() === 'done c,done c', 'both to be done', 60_000);
  run.child.kill('SIGTERM');
  await run.ended;
  expect(slurm.ran().sort()).toEqual(['d1.1', 'd2.1']);
  await expectProved(slurm.home);
}, 120_000);
