/** Orders by rename of the status file, and signals: what stops, what goes on, and that nothing is left running. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import {
  boardPath,
  entries,
  entry,
  list,
  makeBoard,
  slate,
  slateOk,
  startRun,
  until,
  untilEntry,
  writeStage,
} from '../helpers/home.ts';

/** Writes its pid, then waits for a file; leaves a child of its own running beside it. */
const WAITS = `shell: 'sleep 1000 & echo $! $$ > {{ home }}/{{ dataset | raw }}.pids; while ! test -e {{ home }}/go; do sleep 0.05; done'`;
const TRUE = 'command: [/bin/true]';

function pids(home: string, dataset: string): number[] {
  const file = `${home}/${dataset}.pids`;
  if (!fs.existsSync(file)) return [];
  return fs
    .readFileSync(file, 'utf8')
    .trim()
    .split(/\s+/)
    .filter((word) => word !== '')
    .map(Number);
}

function state(pid: number): string {
  try {
    const text = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text[text.lastIndexOf(')') + 2] ?? '';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ESRCH')
      return 'gone';
    throw error;
  }
}

const isOver = (pid: number): boolean => ['gone', 'Z', 'X'].includes(state(pid));

async function started(home: string, datasets: readonly string[]): Promise<number[]> {
  await until(() => datasets.every((dataset) => pids(home, dataset).length === 2), 'the steps to start');
  return datasets.flatMap((dataset) => pids(home, dataset));
}

test('SIGTERM halts: steps and what they started are ended, entries are given back untried, exit 143', async () => {
  const home = await makeBoard({ a: WAITS });
  await slateOk(home, ['post', 'one', 'two']);
  const run = startRun(home, ['--slots', '2']);
  const all = await started(home, ['one', 'two']);
  run.child.kill('SIGTERM');
  expect(await run.ended).toBe(143);
  await until(() => all.every(isOver), 'the steps to end');
  expect(
    entries(home).map(({ folder, name }) => `${folder} ${name.letters} ${name.epoch} ${name.tags.length}`),
  ).toEqual(['queue w 1 0', 'queue w 1 0']);
  expect(list(home, 'processes')).toEqual([]);
  expect(list(home, 'logs/one')).toHaveLength(1);
  expect(list(home, 'logs/one')[0]).toMatch(/\.a\.001\.back\.log$/);
});

test('a step that ignores TERM is killed at the second signal', async () => {
  const home = await makeBoard({
    a: `shell: 'trap "" TERM; echo $$ $$ > {{ home }}/{{ dataset | raw }}.pids; while true; do sleep 0.05; done'`,
  });
  await slateOk(home, ['post', 'deaf']);
  const run = startRun(home);
  const all = await started(home, ['deaf']);
  run.child.kill('SIGINT');
  await until(() => run.log().includes('signal: SIGINT'), 'the first signal to be heard');
  run.child.kill('SIGINT');
  expect(await run.ended).toBe(130);
  await until(() => all.every(isOver), 'the step to end');
  expect(entry(home, 'deaf')?.name.letters).toBe('w');
});

test('kill -9 of the stage process leaves no step running, and the next process does the work', async () => {
  const home = await makeBoard({ a: WAITS }, undefined, undefined, '2s');
  await slateOk(home, ['post', 'one', 'two']);
  const run = startRun(home, ['--slots', '2']);
  const all = await started(home, ['one', 'two']);
  run.child.kill('SIGKILL');
  await run.ended;
  await until(() => all.every(isOver), 'the steps to end');
  fs.writeFileSync(`${home}/go`, '');
  // A lost try counts as failed, and the stage has no retries: a person decides.
  const next = startRun(home, ['--until-idle']);
  expect(await next.ended).toBe(0);
  expect(entries(home).map(({ folder, file }) => `${folder} ${file.replace(/.*@/, '')}`)).toEqual([
    'failed 1-l',
    'failed 1-l',
  ]);
  expect(list(home, 'logs/one')[0]).toMatch(/\.a\.001\.l\.log$/);
  await slateOk(home, ['repipe', 'one', 'two']);
  expect((await slate(home, ['run', '--until-idle'])).code).toBe(0);
  expect(entries(home).every(({ folder }) => folder.startsWith('done/'))).toBe(true);
});

test('pause, run, suspend, drain, halt, by `mv` and by command', async () => {
  const home = await makeBoard({ a: WAITS, b: TRUE });
  const run = startRun(home, ['--slots', '1']);
  const id = await run.id();
  const status = (order: string): string =>
    list(home, 'processes').find((file) => file.startsWith(`${id}.${order}.`)) ?? '';
  await until(() => status('run') !== '', 'its status file');
  expect(status('run')).toMatch(new RegExp(`^${id}\\.run\\.a\\+b\\.${run.pid}\\.`));

  fs.renameSync(
    boardPath(home, `processes/${status('run')}`),
    boardPath(home, `processes/${status('run').replace('.run.', '.pause.')}`),
  );
  await until(() => run.log().includes('order: run → pause'), 'the pause to be seen');
  await slateOk(home, ['post', 'one']);
  await slateOk(home, ['order', id, 'run']);
  const [child = 0, step = 0] = await started(home, ['one']);

  await slateOk(home, ['order', '--all', 'suspend']);
  await until(() => state(step) === 'T' && state(child) === 'T', 'the step to be stopped');
  await slateOk(home, ['order', id, 'run']);
  await until(() => state(step) !== 'T', 'the step to go on');

  await slateOk(home, ['post', 'two']);
  await slateOk(home, ['order', id, 'drain']);
  await until(() => run.log().includes('order: run → drain'), 'the drain to be seen');
  fs.writeFileSync(`${home}/go`, '');
  expect(await run.ended).toBe(0);
  expect(entry(home, 'two')?.name.letters).toBe('w_');
  expect(entry(home, 'one')?.name.letters.startsWith('c')).toBe(true);
  expect(list(home, 'processes')).toEqual([]);

  fs.rmSync(`${home}/go`);
  const next = startRun(home);
  await started(home, ['two']);
  await slateOk(home, ['order', await next.id(), 'halt']);
  expect(await next.ended).toBe(0);
  expect(entry(home, 'two')).toMatchObject({ folder: 'queue', name: { letters: 'w_' } });
});

test('one that was taken for dead goes on under a new id with the order that it had', async () => {
  const home = await makeBoard({ a: TRUE });
  const run = startRun(home);
  const id = await run.id();
  await slateOk(home, ['order', id, 'pause']);
  await until(() => run.log().includes('order: run → pause'), 'the pause to be seen');
  const [file = ''] = list(home, 'processes');
  fs.renameSync(
    boardPath(home, `processes/${file}`),
    boardPath(home, `processes/${file.replace('.pause.', '.lost.')}`),
  );
  const others = (): string[] => list(home, 'processes').filter((name) => !name.startsWith(`${id}.`));
  await until(() => others().length === 1, 'it to go on under a new id');
  expect(others()[0]?.split('.')[1]).toBe('pause');
  await slateOk(home, ['post', 'one']);
  await slateOk(home, ['order', '--all', 'drain']);
  expect(await run.ended).toBe(0);
  expect(entry(home, 'one')?.folder).toBe('queue');
});

test('reload reads the stage files anew; a broken one leaves the old', async () => {
  const home = await makeBoard({ a: 'command: [/bin/false]' });
  const run = startRun(home);
  const id = await run.id();
  await slateOk(home, ['post', 'one']);
  await untilEntry(home, 'one', 'failed', 'f');
  writeStage(home, 'a', 'comand: [/bin/true]');
  await slateOk(home, ['order', id, 'reload']);
  await until(() => run.log().includes('reload-failed'), 'the fault to be told');
  expect(run.log()).toContain("stages/a.yaml:2:1: unknown key 'comand'");
  await until(() => list(home, 'processes').some((file) => file.startsWith(`${id}.run.`)), 'the order to be run again');
  writeStage(home, 'a', TRUE);
  await slateOk(home, ['order', id, 'reload']);
  await until(() => run.log().includes(' reloaded: '), 'the stages to be read');
  await slateOk(home, ['repipe', 'one']);
  await untilEntry(home, 'one', 'done', 'c');
});

test('a status file that is deleted is made anew; the killed launcher is replaced and its entry given back', async () => {
  const home = await makeBoard({ a: WAITS });
  await slateOk(home, ['post', 'one']);
  const run = startRun(home);
  const id = await run.id();
  const [, step = 0] = await started(home, ['one']);
  const status = (): string | undefined => list(home, 'processes').find((file) => file.startsWith(`${id}.`));
  fs.rmSync(boardPath(home, `processes/${status()}`));
  await until(() => status() !== undefined, 'the status file to come back');

  const launcher = Number(fs.readFileSync(`/proc/${step}/stat`, 'latin1').split(') ')[1]?.split(' ')[1]);
  process.kill(launcher, 'SIGKILL');
  await until(() => isOver(step), 'the step to be ended with it');
  fs.writeFileSync(`${home}/go`, '');
  await untilEntry(home, 'one', 'done', 'c');
  expect(run.log()).toContain('launcher: ');
  expect(entry(home, 'one')?.name.epoch).toBe(2);
});
