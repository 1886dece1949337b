/** Steps on a real Slurm of two nodes. What ran, and how often, is counted by what the jobs themselves wrote. */
import fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  boardPath,
  entries,
  entry,
  expectProved,
  journal,
  list,
  makeHome,
  slateOk,
  startRun,
  until,
} from '../helpers/home.ts';
import { type Cluster, startCluster } from './cluster.ts';

const NOTE = 'echo $SLATE_DATASET.$SLATE_EPOCH >> $SLATE_HOME/ran';

async function home(stages: Readonly<Record<string, string>>, engine = ''): Promise<string> {
  const made = makeHome(
    Object.fromEntries(Object.entries(stages).map(([name, text]) => [name, `engine: slurm\n${text}`])),
  );
  fs.writeFileSync(join(made, 'engines.yaml'), `engines:\n  slurm:\n    poll: 500ms\n${engine}`);
  await slateOk(made, ['create', 'b', '--pipeline', 'p', '--lease', '5s']);
  return made;
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `d${String(index).padStart(3, '0')}`);
}

async function post(at: string, datasets: readonly string[]): Promise<void> {
  await slateOk(at, ['post', '--from', '-'], datasets.map((dataset) => `${dataset}\n`).join(''));
}

function ran(at: string): string[] {
  const file = join(at, 'ran');
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trimEnd().split('\n').sort() : [];
}

function standing(at: string): Record<string, string> {
  return Object.fromEntries(
    entries(at).map(({ folder, file, name }) => [
      name.dataset,
      `${folder.split('/')[0]} ${name.letters}${file.includes('@') ? ` ${file.split('@')[1]}` : ''}`,
    ]),
  );
}

/** The engine's number of the job that a dataset's first try is. */
async function jobOf(at: string, dataset: string): Promise<string> {
  const file = boardPath(at, `scratch/${dataset}.a.001/.job`);
  await until(() => fs.existsSync(join(at, `up.${dataset}`)), `${dataset} to run`, 60_000);
  const [name = '', index = ''] = fs.readFileSync(file, 'utf8').trim().split(' ');
  return `${fs.readFileSync(boardPath(at, `jobs/${name}/id`), 'utf8').trim()}_${index}`;
}

async function withCluster(run: (cluster: Cluster) => Promise<void>): Promise<void> {
  await run(await startCluster());
}

test('300 steps through arrays on two nodes', () =>
  withCluster(async ({ env }) => {
    const at = await home({
      a: `shell: '${NOTE}; echo $SLURMD_NODENAME >> $SLATE_HOME/nodes; echo made > $SLATE_PRODUCTS/x'\nproducts: true`,
      b: `shell: 'cat $SLATE_IN_A/x >> $SLATE_HOME/seen'`,
      c: `shell: 'echo at work'`,
    });
    await post(at, numbered(100));
    await startRun(at, ['--until-idle'], env).ended;
    expect(Object.values(standing(at))).toEqual(Array.from({ length: 100 }, () => 'done ccc'));
    expect(ran(at)).toEqual(numbered(100).map((dataset) => `${dataset}.1`));
    expect(new Set(fs.readFileSync(join(at, 'nodes'), 'utf8').trimEnd().split('\n'))).toEqual(new Set(['n1', 'n2']));
    expect(await slateOk(at, ['log', 'd042', 'c'])).toContain('at work');
    const submitted = journal(at).filter(({ event }) => event === 'submitted');
    expect(submitted.reduce((sum, { jobs }) => sum + Number(jobs), 0)).toBe(300);
    expect(submitted.length).toBeLessThan(100);
    expect(list(at, 'jobs')).toEqual([]);
    await expectProved(at);
  }));

test('exit codes, signals, walltime, a cancelled job and a dead node are told apart', () =>
  withCluster(async ({ env, ask, kill }) => {
    const up = 'touch $SLATE_HOME/up.$SLATE_DATASET; [ $SLATE_EPOCH -gt 1 ] || sleep 600';
    const at = await home({
      a: `timeout: 1m\nshell: 'case $SLATE_DATASET in two) exit 2;; killed) kill -9 $$;; slow) sleep 600;; *) ${up};; esac'`,
    });
    await post(at, ['unwanted', 'two', 'killed', 'slow', 'cancelled']);
    const run = startRun(at, [], env);
    await ask('scancel', await jobOf(at, 'cancelled'));
    await ask('scancel', await jobOf(at, 'unwanted'));
    // What else runs on a node would be lost with it.
    await until(() => entry(at, 'slow')?.name.letters === 'f', 'the time limit', 150_000);
    await post(at, ['node']);
    const job = await jobOf(at, 'node');
    const node = (await ask('squeue', '-h', '-r', '-j', job, '-o', '%N')).trim();
    await kill(node);
    await ask('scontrol', 'update', `nodename=${node}`, 'state=down', 'reason=test');
    await until(() => entry(at, 'node')?.name.letters === 'c', 'the other node to do it', 120_000);
    run.child.kill('SIGTERM');
    await run.ended;
    expect(standing(at)).toEqual({
      unwanted: 'failed f 1-job_cancelled',
      two: 'failed f 1-x2',
      killed: 'failed f 1-s9',
      slow: 'failed f 1-t',
      cancelled: 'failed f 1-job_cancelled',
      node: 'done c',
    });
    expect(await slateOk(at, ['show', 'slow'])).toContain('TIMEOUT');
    await expectProved(at);
  }));

test('a process killed with 50 jobs running, and a controller that is started anew', () =>
  withCluster(async ({ env, kill, start }) => {
    const at = await home({ a: `shell: '${NOTE}; until [ -e $SLATE_HOME/go ]; do sleep 0.2; done'` });
    await post(at, numbered(50));
    const first = startRun(at, [], env);
    await until(
      () => ran(at).length === 50,
      () => `50 jobs to run; ${ran(at).length} do`,
      120_000,
    );
    first.child.kill('SIGKILL');
    await first.ended;
    const second = startRun(at, ['--until-idle'], env);
    await until(
      () => journal(at).filter(({ event }) => event === 'adopt').length === 50,
      'all to be taken over',
      60_000,
    );
    await kill('slurmctld');
    await until(
      () => second.log().includes('engine-down'),
      () => `the engine to be missed\n${second.log()}`,
      120_000,
    );
    fs.writeFileSync(join(at, 'go'), '');
    await start('slurmctld');
    await second.ended;
    expect(second.log()).toContain('engine-up');
    expect(Object.values(standing(at))).toEqual(Array.from({ length: 50 }, () => 'done c'));
    expect(ran(at)).toEqual(numbered(50).map((dataset) => `${dataset}.1`));
    await expectProved(at);
  }));

test('a wrong partition is refused with its words, a hold cancels', () =>
  withCluster(async ({ env, ask }) => {
    const at = await home(
      { a: `shell: '${NOTE}; touch $SLATE_HOME/up.$SLATE_DATASET; sleep 600'` },
      '    partition: none\n',
    );
    await post(at, ['d1']);
    const wrong = startRun(at, [], env);
    await until(
      () => wrong.log().includes('engine-refused'),
      () => wrong.log(),
      60_000,
    );
    expect(wrong.log()).toMatch(/invalid partition/i);
    wrong.child.kill('SIGTERM');
    await wrong.ended;
    expect(ran(at)).toEqual([]);
    fs.writeFileSync(join(at, 'engines.yaml'), 'engines:\n  slurm:\n    poll: 500ms\n');
    const run = startRun(at, [], env);
    await until(() => ran(at).length === 1, 'the job to run', 60_000);
    await slateOk(at, ['hold', 'd1']);
    await until(async () => (await ask('squeue', '-h')).trim() === '', 'the job to be gone', 60_000);
    run.child.kill('SIGTERM');
    await run.ended;
    expect(standing(at).d1).toContain('held h');
    await expectProved(at);
  }));
