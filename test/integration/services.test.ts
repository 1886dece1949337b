// biome-ignore-all lint/suspicious/noTemplateCurlyInString: a shell's.
/** Steps that stay up: real services, real signals. What they do is told by each entry's parameter `do`. */
import fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  boardPath,
  doubles,
  entries,
  entry,
  journal,
  list,
  makeBoard,
  mv,
  onCleanup,
  ROOT,
  type Started,
  slate,
  slateOk,
  startRun,
  tempFolder,
  until,
  untilEntry,
} from '../helpers/home.ts';

const PROGRAM = join(ROOT, 'test', 'fixtures', 'service.mjs');

interface Bench {
  readonly home: string;
  /** Pids of all that were started, in order. */
  starts(): number[];
  /** Pids of those that ended by themselves when their input did. */
  ended(): number[];
  post(dataset: string, what?: string): Promise<string>;
}

/** A board with one stage `mill` whose command is the service. @param service as in YAML */
async function bench(service = 'true', more = '', flags = ''): Promise<Bench> {
  const folder = tempFolder();
  const [startsFile, endedFile] = [join(folder, 'starts'), join(folder, 'ended')];
  for (const file of [startsFile, endedFile]) fs.writeFileSync(file, '');
  const home = await makeBoard({
    mill: [
      `command: [node, ${PROGRAM}${flags}]`,
      `service: ${service}`,
      `env: {STARTS: ${startsFile}, ENDED: ${endedFile}}`,
      more,
    ].join('\n'),
  });
  const pidsIn = (file: string): number[] => fs.readFileSync(file, 'utf8').split('\n').filter(Boolean).map(Number);
  const starts = (): number[] => pidsIn(startsFile);
  // Before the folders go: nothing of it is left, whatever the test has done to it.
  onCleanup(() => until(() => !starts().some(isAlive), 'the services to end'));
  return {
    home,
    starts,
    ended: () => pidsIn(endedFile),
    post: (dataset, what = 'exit:0') => slateOk(home, ['post', dataset, '--param', `do=${what}`]),
  };
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

const parentOf = (pid: number): number =>
  Number(fs.readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ')[1]);

function stateOf(pid: number): string {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat[stat.lastIndexOf(')') + 2] ?? '';
}

/** Exit code 1 says that steps have failed. */
async function runToEnd(home: string, ...args: string[]): Promise<void> {
  const { code, stderr } = await slate(home, ['run', '--until-idle', ...args]);
  if (code > 1) throw new Error(`slate run → ${code}\n${stderr}`);
}

async function orderEnd(home: string, run: Started, order = 'drain'): Promise<void> {
  let code: number | string | undefined;
  run.ended.then((ended) => {
    code = ended;
  });
  // On a busy machine it may be taken for dead, and go on under another id, just when the order is given.
  await slateOk(home, ['order', '--all', order]);
  while (code === undefined) {
    await slate(home, ['order', '--all', order]);
    await Promise.race([run.ended, new Promise((resolve) => setTimeout(resolve, 5_000).unref())]);
  }
  expect(code).toBe(0);
}

function logOf(home: string, dataset: string): { outcome: string; text: string } {
  const [file = ''] = list(home, `logs/${dataset}`).slice(-1);
  return {
    outcome: file.split('.').at(-2) ?? '',
    text: fs.readFileSync(boardPath(home, `logs/${dataset}/${file}`), 'utf8'),
  };
}

test('some hundred entries through one instance: each answered once, nothing left behind', async () => {
  const { home, starts, ended } = await bench();
  const names = Array.from({ length: 300 }, (_, at) => `d${at}`);
  await slateOk(home, ['post', '--from', '-'], `${names.join('\n')}\n`);
  await runToEnd(home, '--slots', '1');
  expect(entries(home).filter(({ folder }) => folder.startsWith('done/'))).toHaveLength(300);
  expect(starts()).toHaveLength(1);
  expect(ended()).toEqual(starts());
  expect(journal(home).filter(({ event, code }) => event === 'finish' && code === 0)).toHaveLength(300);
  expect(list(home, 'scratch')).toEqual([]);
});

test('more instances up to the slots while all are busy, and no more', async () => {
  const { home, starts } = await bench('true', 'slots: 3');
  for (const name of ['a', 'b', 'c', 'd']) await bench0(home, name);
  const run = startRun(home, ['--slots', '8']);
  await until(() => starts().length === 3, 'three instances');
  await until(() => entries(home).filter(({ name }) => name.letters === 'p').length === 3, 'three in hand');
  expect(entry(home, 'd')?.name.letters).toBe('w');
  await slateOk(home, ['order', '--all', 'halt']);
  expect(await run.ended).toBe(0);
  expect(starts()).toHaveLength(3);
  expect(entries(home).map(({ name }) => name.letters)).toEqual(['w', 'w', 'w', 'w']);
});

const bench0 = (home: string, name: string): Promise<string> => slateOk(home, ['post', name, '--param', 'do=hang']);

test('what it is told of an entry, and its own environment and folder', async () => {
  const { home, post } = await bench('true', 'products: true');
  await post('a', 'request');
  await runToEnd(home);
  const [posted = ''] = list(home, 'products/a');
  const folder = boardPath(home, `products/a/${posted}/mill.001`);
  const request = JSON.parse(fs.readFileSync(join(folder, 'request.json'), 'utf8')) as Record<string, unknown>;
  expect(request).toMatchObject({
    id: `a.${posted}.mill.001`,
    home: fs.realpathSync(home),
    board: 'b',
    pipeline: 'p',
    stage: 'mill',
    dataset: 'a',
    posted,
    class: '-',
    rank: 50,
    try: 1,
    epoch: 1,
    params: { do: 'request' },
    inputs: {},
    products: folder,
  });
  const env = JSON.parse(fs.readFileSync(join(folder, 'env.json'), 'utf8')) as Record<string, string>;
  expect(env).toMatchObject({ SLATE_STAGE: 'mill', SLATE_BOARD: 'b', SLATE_SERVICE: '1' });
  expect(env.SLATE_DATASET).toBeUndefined();
  expect(env.cwd).toMatch(/scratch\/@mill\.[a-z0-9]{4}\.1$/);
});

test('answers are mapped like exit codes, or name the outcome', async () => {
  const { home, post } = await bench('true', 'exits: {3: hold, 75: retry, default: fail}\nretries: 0');
  await post('held', 'exit:3');
  await post('bad', 'exit:9');
  await post('told', 'told:hold:look at the flat');
  await post('fine', 'told:complete');
  await runToEnd(home);
  expect(entry(home, 'held')?.file).toMatch(/@1-x3$/);
  expect(entry(home, 'bad')?.file).toMatch(/@1-x9$/);
  expect(entry(home, 'told')?.folder).toBe('held');
  expect(entry(home, 'fine')?.name.letters).toBe('c');
  expect(journal(home).find(({ event, dataset }) => event === 'finish' && dataset === 'told')).toMatchObject({
    reason: 'look at the flat',
  });
});

test('parameters of an answer are there for later stages', async () => {
  const home = await makeBoard({
    mill: `command: [node, ${PROGRAM}]\nservice: true`,
    use: "shell: 'echo {{ params.sky }}'",
  });
  await slateOk(home, ['post', 'a', '--param', 'do=param:sky:dark']);
  await runToEnd(home);
  expect(entry(home, 'a')?.name.letters).toBe('cc');
  expect(logOf(home, 'a').text).toBe('dark\n');
});

test('entries that an answer posts are posted, once', async () => {
  const { home, post } = await bench();
  await post('a', 'post:a-1:a-2');
  await post('bad', 'post:no name');
  await runToEnd(home);
  const letters = entries(home).map(({ name }) => `${name.dataset} ${name.letters}`);
  expect(letters.sort()).toEqual(['a c', 'a-1 c', 'a-2 c', 'bad f']);
  expect(entry(home, 'bad')?.file).toMatch(/@1-n$/);
});

test('what it says on stderr stands in the log of the entry that it worked on', async () => {
  const { home, post } = await bench();
  await post('a', 'say:about a');
  await post('b', 'say:about b');
  await post('c');
  await runToEnd(home);
  expect(['a', 'b', 'c'].map((name) => logOf(home, name).text)).toEqual(['about a\n', 'about b\n', '']);
});

test('it dies over an entry: a failed try with the cause, and the next instance goes on', async () => {
  const { home, post, starts } = await bench('{restart: {first: 50ms}}', 'retries: 1\nbackoff: {first: 10ms}');
  await post('bad', 'die:4');
  await post('good');
  await runToEnd(home);
  expect(entry(home, 'bad')?.file).toMatch(/\.f\.002\..*@1-x4$/);
  expect(logOf(home, 'bad')).toEqual({ outcome: 'x4', text: 'out of luck\n' });
  expect(entry(home, 'good')?.name.letters).toBe('c');
  const [line] = journal(home).filter(({ event, dataset }) => event === 'finish' && dataset === 'bad');
  expect(line).toMatchObject({ outcome: '1', code: 4, reason: expect.stringMatching(/^service died: exit code 4/) });
  expect(starts().length).toBeGreaterThanOrEqual(3);
});

test('kill -9 of a busy one is a failed try; of an idle one nobody notices', async () => {
  const { home, post, starts } = await bench('{restart: {first: 50ms}}');
  await post('a', 'hang');
  const run = startRun(home);
  await untilEntry(home, 'a', 'active', 'p');
  await until(() => starts().length === 1, 'a start');
  process.kill(starts()[0] ?? 0, 'SIGKILL');
  expect((await untilEntry(home, 'a', 'failed')).file).toMatch(/@1-s9$/);
  await until(() => starts().length === 2, 'the next instance');
  process.kill(starts()[1] ?? 0, 'SIGKILL');
  await until(() => starts().length === 3, 'the one after it');
  await post('b');
  await untilEntry(home, 'b', 'done');
  await orderEnd(home, run);
});

test.each([
  ['garbage', /said what is no JSON object/],
  ['huge', /more than 4 MB/],
  ['wrong', /answered for "somebody"/],
  ['mute', /closed its output/],
])('one that answers with %s is ended, and its entry has failed', async (what, why) => {
  const { home, post, starts } = await bench('{restart: {first: 50ms}}');
  await post('a', what);
  await post('b');
  await runToEnd(home);
  expect(entry(home, 'a')?.file).toMatch(/@1-protocol$/);
  expect(journal(home).find(({ event, dataset }) => event === 'finish' && dataset === 'a')?.reason).toMatch(why);
  expect(entry(home, 'b')?.name.letters).toBe('c');
  expect(starts().length).toBeGreaterThanOrEqual(2);
});

test('an answer that comes twice harms no entry: the first counts, the instance is replaced', async () => {
  const { home, post, starts } = await bench('{restart: {first: 50ms}}');
  await post('a', 'twice');
  const run = startRun(home);
  await untilEntry(home, 'a', 'done', 'c');
  await until(() => starts().length === 2, 'the next instance');
  expect(run.log()).toMatch(/service-protocol: mill 1, pid \d+: said something that nobody had asked for/);
  await post('b');
  await untilEntry(home, 'b', 'done', 'c');
  await orderEnd(home, run);
});

test.each([
  ['speaks before it is asked', 'early', /nobody had asked/],
  ['dies at its start', 'broken', /exit code 7; last it said: "no licence"/],
])(
  'one that %s: shown as blocked, no entry harmed, and it goes on once it is mended',
  async (_, flag, why) => {
    const { home, post } = await bench('{restart: {first: 20ms, most: 50ms}, start: 30s}', '', `, ${flag}`);
    await post('a');
    const run = startRun(home);
    await until(
      () => /died \d+ times in a row/.test(statusOf(home)),
      () => `the loop to be shown\n${run.log()}${statusOf(home)}`,
    );
    expect(JSON.parse(statusOf(home))).toMatchObject({ state: 'blocked' });
    expect(await slateOk(home, ['ps'])).toMatch(why);
    expect(entry(home, 'a')?.file).toMatch(/\.w\.000\./);
    const stage = join(home, 'stages', 'mill.yaml');
    fs.writeFileSync(stage, fs.readFileSync(stage, 'utf8').replace(`, ${flag}`, ', ready'));
    await slateOk(home, ['order', '--all', 'reload']);
    await untilEntry(home, 'a', 'done', 'c');
    await orderEnd(home, run);
  },
  120_000,
);

const statusOf = (home: string): string =>
  list(home, 'processes')
    .map((file) => fs.readFileSync(boardPath(home, `processes/${file}`), 'utf8'))
    .join('');

test('without a start to wait for, a service that can not start costs one try, and until-idle ends', async () => {
  const { home, post } = await bench(
    '{restart: {first: 20ms, most: 50ms}}',
    'retries: 9\nbackoff: {first: 10ms}',
    ', broken',
  );
  await post('a');
  await post('b');
  const run = startRun(home, ['--until-idle']);
  expect(await run.ended).toBe(1);
  expect(run.log()).toMatch(/nothing is left that can be done: stage mill: its service died/);
  expect(
    entries(home)
      .map(({ name }) => name.epoch)
      .reduce((sum, epoch) => sum + epoch, 0),
  ).toBeLessThanOrEqual(1);
}, 60_000);

test('one that is ready late is given nothing before', async () => {
  const { home, post } = await bench('{start: 20s}', 'timeout: 10s', ', ready');
  await post('a');
  await runToEnd(home);
  expect(entry(home, 'a')?.name.letters).toBe('c');
});

test('a wedged one is found by the time limit, and replaced', async () => {
  const { home, post, starts } = await bench('true', 'timeout: 300ms', ', stubborn');
  await post('a', 'hang');
  const run = startRun(home);
  await untilEntry(home, 'a', 'failed');
  await until(() => starts().length === 2, 'another instance');
  await until(() => !isAlive(starts()[0] ?? 0), 'the wedged one to be gone');
  // What comes after it is not to hang on how fast this machine is: it has more time, and so a new instance.
  const file = join(home, 'stages', 'mill.yaml');
  fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('300ms', '60s'));
  await slateOk(home, ['order', '--all', 'reload']);
  await until(() => run.log().includes(' reloaded: '), 'the stage file to be read anew');
  await post('b');
  await untilEntry(home, 'b', 'done', 'c');
  await orderEnd(home, run);
  expect(entry(home, 'a')?.file).toMatch(/@1-t$/);
  expect(logOf(home, 'a').outcome).toBe('t');
}, 60_000);

test('limit: most, of entries', async () => {
  const { home, post, starts, ended } = await bench('{most: 2}');
  for (const name of ['a', 'b', 'c', 'd', 'e']) await post(name, 'exit:0');
  await runToEnd(home);
  expect(entries(home).map(({ name }) => name.letters)).toEqual(['c', 'c', 'c', 'c', 'c']);
  expect(starts()).toHaveLength(3);
  // Each ended by the end of its input: nobody was killed.
  expect(ended()).toEqual(starts());
});

test('limit: memory, which is measured now and then', async () => {
  const { home, post, starts, ended } = await bench('{memory: 150m}');
  const run = startRun(home);
  let posted = 0;
  await until(async () => {
    await post(`d${posted++}`, 'grow');
    return starts().length >= 2;
  }, 'a second instance');
  await until(() => entries(home).every(({ folder }) => folder.startsWith('done/')), 'all to be done');
  await orderEnd(home, run);
  expect(entries(home)).toHaveLength(posted);
  expect(entries(home).every(({ name }) => name.letters === 'c')).toBe(true);
  expect(ended()).toEqual(starts());
  expect(run.log()).toMatch(/service-retired/);
});

test('limit: age, of one that has nothing to do', async () => {
  const { home, starts, ended } = await bench('{age: 300ms}');
  const run = startRun(home);
  await until(() => starts().length >= 3, 'the third instance');
  expect(ended().length).toBeGreaterThanOrEqual(2);
  expect(run.log()).toMatch(/service-retired: mill 1, pid \d+: its age/);
  await orderEnd(home, run);
});

test('orders: pause keeps it up, suspend stops it, reload replaces it, drain lets it end, halt gives back', async () => {
  const { home, post, starts, ended } = await bench('true', 'timeout: 2s');
  const run = startRun(home);
  const id = await run.id();
  const order = (what: string): Promise<string> => slateOk(home, ['order', id, what]);
  await until(() => starts().length === 1, 'a start');
  const [first = 0] = starts();
  await order('pause');
  await until(() => list(home, 'processes').some((file) => file.includes('.pause.')), 'the pause');
  await post('a');
  await order('suspend');
  await until(() => stateOf(first) === 'T', 'it to stand still');
  await order('run');
  await untilEntry(home, 'a', 'done', 'c');
  await order('reload');
  await until(() => starts().length === 2, 'the next instance');
  expect(ended()).toEqual([first]);
  await post('b');
  await untilEntry(home, 'b', 'done', 'c');
  await post('c', 'hang');
  await untilEntry(home, 'c', 'active', 'p');
  await order('suspend');
  await until(() => stateOf(starts()[1] ?? 0) === 'T', 'the busy one to stand still');
  await order('halt');
  expect(await run.ended).toBe(0);
  expect(entry(home, 'c')?.file).toMatch(/\.w\.001\.-\.c$/);
  expect(logOf(home, 'c').outcome).toBe('back');
}, 60_000);

test('drain waits for the entry in hand, then the input ends', async () => {
  const { home, post, starts, ended } = await bench();
  await post('a', 'hang');
  const run = startRun(home);
  await untilEntry(home, 'a', 'active', 'p');
  await slateOk(home, ['order', '--all', 'drain']);
  await until(() => list(home, 'processes').some((file) => file.includes('.drain.')), 'the order');
  expect(isAlive(starts()[0] ?? 0)).toBe(true);
  process.kill(starts()[0] ?? 0, 'SIGKILL');
  expect(await run.ended).toBe(0);
  expect([starts().length, ended().length]).toEqual([1, 0]);
});

test('one that does not end with its input gets TERM, then KILL', async () => {
  const home = await makeBoard({
    mill: 'shell: trap "" TERM; cat > /dev/null; sleep 1000\nservice: {stop: 100ms}',
  });
  const run = startRun(home);
  await run.id();
  await until(() => list(home, 'scratch').length > 0, 'the service');
  await orderEnd(home, run);
  expect(list(home, 'scratch')).toEqual([]);
}, 60_000);

test('a claim that is taken away ends the instance, or is told to one that wants to know', async () => {
  for (const [service, count] of [
    ['true', 2],
    ['{cancel: true}', 1],
  ] as const) {
    const { home, post, starts } = await bench(service);
    await post('a', 'hang');
    const run = startRun(home);
    await untilEntry(home, 'a', 'active', 'p');
    await until(() => starts().length === 1, 'a start');
    const seen = entry(home, 'a');
    if (seen === undefined) throw new Error('no entry');
    mv(home, seen, { letters: 'h', tags: [] }, 'held');
    await until(() => /step-taken/.test(run.log()), 'the step to be stopped');
    await post('b');
    await untilEntry(home, 'b', 'done', 'c');
    expect(starts()).toHaveLength(count);
    expect(entry(home, 'a')?.name.letters).toBe('h');
    await orderEnd(home, run);
  }
}, 60_000);

test('kill -9 of the stage process leaves no service, busy or idle', async () => {
  const { home, post, starts } = await bench();
  for (const name of ['a', 'b']) await post(name, 'hang');
  const run = startRun(home, ['--slots', '2']);
  await until(() => entries(home).filter(({ name }) => name.letters === 'p').length === 2, 'two in hand');
  await until(() => starts().length === 2, 'two instances');
  const pids = [...starts(), ...starts().map(parentOf)];
  run.child.kill('SIGKILL');
  await until(() => !pids.some(isAlive), 'services and launchers to end');
});

/** Kills a service, or what started it. @returns false if it had ended by itself meanwhile */
function killed(victim: number, isLauncher: boolean, launchers: Set<number>): boolean {
  try {
    const target = isLauncher ? parentOf(victim) : victim;
    // A parent of 1 is nobody's: its launcher has ended already.
    if (target <= 1) return false;
    if (isLauncher) launchers.add(target);
    process.kill(target, 'SIGKILL');
    return true;
  } catch (error) {
    if (!['ESRCH', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return false;
  }
}

test('under fire: services and their launchers are killed at random; every entry is done, nothing is left', async () => {
  const { home, starts } = await bench('{restart: {first: 10ms, most: 50ms}}', 'retries: 9\nbackoff: {first: 0s}');
  const names = Array.from({ length: 250 }, (_, at) => `d${at}`);
  await slateOk(home, ['post', '--from', '-', '--param', 'do=slow:10'], `${names.join('\n')}\n`);
  const runs = [startRun(home, ['--until-idle', '--slots', '2']), startRun(home, ['--until-idle', '--slots', '2'])];
  const done = (): number => entries(home).filter(({ folder }) => folder.startsWith('done/')).length;
  const launchers = new Set<number>();
  for (let kill = 0; kill < 12; kill++) {
    let victim: number | undefined;
    const choose = (): boolean => {
      const alive = starts().filter(isAlive);
      victim = alive[(kill * 7) % Math.max(1, alive.length)];
      return done() >= kill * 15 && victim !== undefined;
    };
    await until(choose, () => `a service to kill, after ${kill} of 12\n${runs.map((run) => run.log()).join('\n')}`);
    if (victim === undefined || !killed(victim, kill % 3 === 2, launchers)) continue;
    const pid = victim;
    await until(() => !isAlive(pid), 'it to end');
  }
  // 1 says that its service was down, just killed, when nothing was left to do.
  for (const run of runs) expect([0, 1]).toContain(await run.ended);
  expect(
    entries(home)
      .map(({ name }) => name.letters)
      .join(''),
  ).toBe('c'.repeat(250));
  const lines = journal(home);
  expect([...doubles(lines, 'claim'), ...doubles(lines, 'finish')]).toEqual([]);
  expect(lines.filter(({ event, outcome }) => event === 'finish' && outcome === 'c')).toHaveLength(250);
  expect([...launchers].some(isAlive)).toBe(false);
}, 120_000);

test('kill -9 of its launcher ends it; the entry goes back without a try, and it is started again', async () => {
  const { home, post, starts } = await bench('{restart: {first: 50ms}}');
  await post('a', 'hang');
  const run = startRun(home);
  await untilEntry(home, 'a', 'active', 'p');
  await until(() => starts().length === 1, 'a start');
  const [first = 0] = starts();
  process.kill(parentOf(first), 'SIGKILL');
  await until(() => !isAlive(first), 'the service to end');
  await until(() => starts().length === 2, 'the next instance');
  await untilEntry(home, 'a', 'active', 'p');
  expect(entry(home, 'a')?.name.epoch).toBe(2);
  expect(journal(home).find(({ event }) => event === 'giveback')).toMatchObject({ reason: 'what started it died' });
  await orderEnd(home, run, 'halt');
});

test('its program is missing: the stage is blocked until it is there', async () => {
  const home = await makeBoard({ mill: 'command: [tools/mill.sh]\nservice: true' });
  await slateOk(home, ['post', 'a']);
  const run = startRun(home);
  await until(() => /stage-blocked/.test(run.log()), 'the stage to be blocked');
  const script =
    '#!/bin/sh\nwhile read -r line; do id=${line#*\\"id\\":\\"}; echo "{\\"id\\":\\"${id%%\\"*}\\",\\"exit\\":0}"; done\n';
  fs.writeFileSync(join(home, 'tools', 'mill.sh'), script, { mode: 0o755 });
  await untilEntry(home, 'a', 'done', 'c');
  await orderEnd(home, run);
});
