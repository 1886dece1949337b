/** What people are told of jobs, on real stage processes and a stand-in for Slurm: while they wait, run, and after. */
import fs from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { type FakeSlurm, fakeSlurm } from '../helpers/fake-slurm.ts';
import { entries, journal, onCleanup, SLATE, slate, slateOk, startRun, until } from '../helpers/home.ts';

const LONG = 120_000;
const GATE = 'until [ -e $SLATE_HOME/go.$SLATE_DATASET ]; do sleep 0.1; done';

function open(home: string, ...datasets: string[]): void {
  for (const dataset of datasets) fs.writeFileSync(join(home, `go.${dataset}`), '');
}

async function show(home: string, dataset: string): Promise<{ job?: Record<string, unknown> }> {
  const { runs } = JSON.parse(await slateOk(home, ['show', dataset, '--json'])) as {
    runs: { tries: { job?: Record<string, unknown> }[] }[];
  };
  return runs[0]?.tries.at(-1) ?? {};
}

/** One job runs, the other waits for the only processor. */
async function oneAtATime(slurm: FakeSlurm): Promise<ReturnType<typeof startRun>> {
  await slateOk(slurm.home, ['post', 'd1', '--rank', '10']);
  await slateOk(slurm.home, ['post', 'd2', '--rank', '20']);
  const run = startRun(slurm.home, [], { ...slurm.env, FAKE_SLURM_CPUS: '1' });
  await until(async () => (await show(slurm.home, 'd1')).job?.state === 'running', 'd1 to be seen running');
  await until(async () => (await show(slurm.home, 'd2')).job?.state === 'pending', 'd2 to be seen waiting');
  return run;
}

test('a try tells of its job: waiting, running, and in the journal once it has ended', { timeout: LONG }, async () => {
  const slurm = await fakeSlurm({ a: `shell: '${GATE}; [ $SLATE_DATASET = d1 ]'` });
  const run = await oneAtATime(slurm);
  // Asked of the board alone: this command has no engine on its PATH.
  expect(await slateOk(slurm.home, ['show', 'd1'])).toMatch(/job {7}001 running: job 100_0 of slurm on n1, waited /);
  expect(await slateOk(slurm.home, ['show', 'd2'])).toContain('pending (Resources): job 100_1 of slurm, waited ');
  expect(await slateOk(slurm.home, ['ps'])).toMatch(/slurm +2 +1 +1 +0 .*Resources/);
  open(slurm.home, 'd1', 'd2');
  await until(() => entries(slurm.home).every(({ name }) => /[cf]/.test(name.letters)), 'both to end');
  run.child.kill('SIGTERM');
  await run.ended;
  const ends = journal(slurm.home).filter(({ event }) => event === 'finish');
  expect(ends.map(({ job }) => job)).toEqual([
    expect.objectContaining({ engine: 'slurm', id: '100_0', node: 'n1', wait: expect.any(Number) }),
    expect.objectContaining({ engine: 'slurm', id: '100_1', run: expect.any(Number) }),
  ]);
  // Time in the queue is not run time.
  for (const line of ends) expect(line.seconds).toBe((line.job as { run: number }).run);
  if (fs.existsSync('/usr/bin/time'))
    for (const line of ends) expect((line.job as { peakMb: number }).peakMb).toBeGreaterThan(0);
  const told = await slateOk(slurm.home, ['show', 'd2']);
  expect(told).toMatch(/job {7}001 job 100_1 of slurm on \w+, waited .*, ran /);
  expect(told).toMatch(/submitted 20.*Z, began 20.*Z, ended 20.*Z/);
  expect(await slateOk(slurm.home, ['history', 'd2'])).toContain('job 100_1 of slurm on ');
});

test('a log is followed while its job waits, runs, and after another process took it over', {
  timeout: LONG,
}, async () => {
  const slurm = await fakeSlurm({ a: `shell: 'echo begun $SLATE_DATASET; ${GATE}; echo over'` });
  const first = await oneAtATime(slurm);
  const follow = execa(process.execPath, [SLATE, '--home', slurm.home, 'log', '-f', 'd2'], { stdin: 'ignore' });
  onCleanup(() => void follow.kill());
  let out = '';
  let err = '';
  follow.stdout.on('data', (data: Buffer) => (out += data));
  follow.stderr.on('data', (data: Buffer) => (err += data));
  await until(() => err.includes('job 100_1 of slurm: pending (Resources)'), 'the follower to say why nothing comes');
  first.child.kill('SIGKILL');
  await first.ended;
  const second = startRun(slurm.home, [], slurm.env);
  await until(() => journal(slurm.home).filter(({ event }) => event === 'adopt').length === 2, 'both to be taken over');
  open(slurm.home, 'd1');
  await until(() => out.includes('begun d2'), 'the log to come');
  const process2 = journal(slurm.home).find(({ event }) => event === 'adopt')?.process ?? '';
  await until(async () => {
    const jobs = JSON.parse(await slateOk(slurm.home, ['ps', '--json'])) as {
      processes: { id: string; jobs?: { dataset: string }[] }[];
    };
    return jobs.processes.some(({ id, jobs }) => id === process2 && jobs?.some(({ dataset }) => dataset === 'd2'));
  }, 'its job to be told as the second process’s');
  open(slurm.home, 'd2');
  expect((await follow).exitCode).toBe(0);
  expect(out).toBe('begun d2\nover\n');
  second.child.kill('SIGTERM');
  await second.ended;
});

test('a job that a hold has cancelled is kept by the journal', { timeout: LONG }, async () => {
  const slurm = await fakeSlurm({ a: `shell: '${GATE}'` });
  const run = await oneAtATime(slurm);
  await slateOk(slurm.home, ['hold', 'd1']);
  const discards = (): ReturnType<typeof journal> => journal(slurm.home).filter(({ event }) => event === 'discard');
  await until(() => discards().length === 1, 'its try to be thrown away');
  expect(discards()[0]?.job).toMatchObject({ engine: 'slurm', id: '100_0', node: 'n1' });
  expect((await slate(slurm.home, ['show', 'd1'])).stdout).toMatch(/job {7}001 job 100_0 of slurm on n1/);
  // The other goes on: this one is no job any more, although what it has left stands beside that.
  const jobs = (): Promise<string> => slateOk(slurm.home, ['jobs']);
  await until(async () => !/^d1 /m.test(await jobs()), 'its job to be told of no more');
  expect(await jobs()).toMatch(/^d2 /m);
  run.child.kill('SIGTERM');
  await run.ended;
});

test('jobs of entries that one entry has posted are an aggregate, now and for good', { timeout: LONG }, async () => {
  const child = (name: string): string => `echo "{\\"dataset\\": \\"${name}\\"}" >> $SLATE_POST`;
  const slurm = await fakeSlurm({
    a: `shell: 'case $SLATE_DATASET in night) ${child('n1')}; ${child('n2')};; n2) ${GATE}; exit 3;; esac'`,
  });
  await slateOk(slurm.home, ['post', 'night']);
  const run = startRun(slurm.home, [], slurm.env);
  const aggregates = async (): Promise<Record<string, unknown>[]> =>
    (JSON.parse(await slateOk(slurm.home, ['jobs', '--by', 'aggregate', '--json'])) as never as { aggregates: [] })
      .aggregates;
  const night = { aggregate: 'night', done: 1, failed: 0 };
  await until(
    async () =>
      (await aggregates()).some(({ aggregate, running, done }) => aggregate === 'night' && running === 1 && done === 1),
    'one of two to be done, the other to run',
  );
  expect(await aggregates()).toContainEqual(expect.objectContaining({ ...night, jobs: 1, running: 1 }));
  // Asked, the engine says the same.
  const asked = await slate(slurm.home, ['jobs', '--ask', '--of', 'night', '--json'], undefined, slurm.env);
  expect((JSON.parse(asked.stdout) as { jobs: unknown[] }).jobs).toContainEqual(
    expect.objectContaining({ dataset: 'n2', state: 'running', node: 'n1', aggregate: 'night' }),
  );
  open(slurm.home, 'n2');
  await until(async () => (await aggregates()).some(({ failed }) => failed === 1), 'the other to fail');
  const ends = journal(slurm.home).filter(({ event }) => event === 'finish');
  expect(ends.map(({ dataset, job }) => [dataset, (job as { of?: string }).of])).toEqual([
    ['night', undefined],
    ['n1', 'night'],
    ['n2', 'night'],
  ]);
  run.child.kill('SIGTERM');
  await run.ended;
});
