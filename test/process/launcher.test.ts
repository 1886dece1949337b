/** The launcher: real programs, real signals; nothing is left running, whoever dies. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { Launcher } from '../../src/process/launcher.ts';
import { launcherKinds, spawnLauncher } from '../../src/process/launcher-kinds.ts';
import { onCleanup, tempFolder, until } from '../helpers/home.ts';

function bench(): {
  launcher: Launcher;
  folder: string;
  run: (line: string, env?: Record<string, string>) => ReturnType<Launcher['start']>;
} {
  const launcher = new Launcher();
  const folder = tempFolder();
  onCleanup(() => launcher.stop());
  const run = (line: string, env: Record<string, string> = {}): ReturnType<Launcher['start']> =>
    launcher.start({ file: '/bin/sh', args: ['-c', line], cwd: folder, env, log: `${folder}/log` });
  return { launcher, folder, run };
}

function isAlive(pid: number): boolean {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    return !['Z', 'X'].includes(stat[stat.lastIndexOf(')') + 2] ?? '');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

const pidIn = (file: string): number => Number(fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim() : 0);

test('exit codes, signals, output, environment and folder', async () => {
  const { run, folder } = bench();
  expect(await run('exit 0').ended).toEqual({ kind: 'exit', code: 0 });
  expect(await run('exit 137').ended).toEqual({ kind: 'exit', code: 137 });
  expect(await run('kill -9 $$').ended).toEqual({ kind: 'signal', signal: 9 });
  await run('echo out; echo err >&2; pwd; echo "$MINE"', { MINE: 'a b' }).ended;
  expect(fs.readFileSync(`${folder}/log`, 'utf8')).toBe(`out\nerr\n${fs.realpathSync(folder)}\na b\n`);
});

test('what can not be started says why', async () => {
  const { launcher, folder } = bench();
  const base = { args: [], cwd: folder, env: {}, log: `${folder}/log` };
  expect(await launcher.start({ ...base, file: '/no/such/program' }).ended).toMatchObject({
    kind: 'unstartable',
    what: 'program',
    error: 'ENOENT',
  });
  expect(await launcher.start({ ...base, file: folder }).ended).toMatchObject({
    kind: 'unstartable',
    what: 'program',
    error: 'EACCES',
  });
  expect(await launcher.start({ ...base, file: '/bin/true', log: `${folder}/none/log` }).ended).toMatchObject({
    kind: 'unstartable',
    what: 'log',
    error: 'ENOENT',
  });
});

test('a signal reaches the whole group, and what a step leaves behind ends with it', async () => {
  const { run, folder } = bench();
  const step = run(`sleep 1000 & echo $! > ${folder}/child; wait`);
  await until(() => pidIn(`${folder}/child`) > 0, 'the child');
  step.signal('SIGTERM');
  expect(await step.ended).toEqual({ kind: 'signal', signal: 15 });
  await until(() => !isAlive(pidIn(`${folder}/child`)), 'the child to end');

  expect(await run(`(trap "" HUP; sleep 1000) & echo $! > ${folder}/left; exit 0`).ended).toEqual({
    kind: 'exit',
    code: 0,
  });
  await until(() => !isAlive(pidIn(`${folder}/left`)), 'what was left behind to end');
});

test('the launcher dies: its steps are ended and said to be broken, and the next start makes a new one', async () => {
  const { run, folder } = bench();
  const step = run(`echo $$ > ${folder}/step; echo $PPID > ${folder}/launcher; sleep 1000`);
  await until(() => pidIn(`${folder}/launcher`) > 0, 'the step');
  // What is answered of a later step says that the earlier one has been written down.
  await run('exit 0').ended;
  process.kill(pidIn(`${folder}/launcher`), 'SIGKILL');
  expect(await step.ended).toEqual({ kind: 'broken' });
  await until(() => !isAlive(pidIn(`${folder}/step`)), 'the step to end');
  expect(await run('exit 3').ended).toEqual({ kind: 'exit', code: 3 });
});

test('the launcher dies with many steps, some of them over: all that run are ended', async () => {
  const { run, folder } = bench();
  await Promise.all(Array.from({ length: 5 }, () => run('exit 0').ended));
  const steps = Array.from({ length: 20 }, (_, at) => run(`echo $$ > ${folder}/step${at}; exec sleep 1000`));
  const over = run(`echo $PPID > ${folder}/launcher; exit 0`);
  expect(await over.ended).toEqual({ kind: 'exit', code: 0 });
  const pids = (): number[] => steps.map((_, at) => pidIn(`${folder}/step${at}`));
  await until(() => pids().every((pid) => pid > 0), 'the steps');
  process.kill(pidIn(`${folder}/launcher`), 'SIGKILL');
  for (const { ended } of steps) expect(await ended).toEqual({ kind: 'broken' });
  await until(() => !pids().some(isAlive), 'the steps to end');
});

test('a signal to what has ended opens no launcher that nobody would end', async () => {
  let opened = 0;
  const launcher = new Launcher(launcherKinds(), (kind) => {
    opened++;
    return spawnLauncher(kind);
  });
  const folder = tempFolder();
  const step = launcher.start({ file: '/bin/true', args: [], cwd: folder, env: {}, log: `${folder}/log` });
  await step.ended;
  await launcher.stop();
  onCleanup(() => launcher.stop());
  const before = opened;
  step.signal('SIGKILL');
  expect(opened).toBe(before);
});

test('stop ends all that runs', async () => {
  const { launcher, run, folder } = bench();
  const step = run(`echo $$ > ${folder}/step; trap "" TERM; sleep 1000`);
  await until(() => pidIn(`${folder}/step`) > 0, 'the step');
  await launcher.stop();
  expect(await step.ended).toEqual({ kind: 'broken' });
  await until(() => !isAlive(pidIn(`${folder}/step`)), 'the step to end');
});
