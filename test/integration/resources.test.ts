/** Needs, limits and disk floors on real processes: what is declared is never exceeded, and nobody waits for ever. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { isGone } from '../../src/board/errors.ts';
import {
  boardPath,
  entries,
  entry,
  journal,
  list,
  makeBoard,
  slateOk,
  startRun,
  until,
  untilEntry,
  writeStage,
} from '../helpers/home.ts';

/** Empty if there is no such file: a place may be given back between two looks. */
function textIfThere(path: string): string {
  try {
    return fs.readFileSync(path, 'utf8');
  } catch (error) {
    if (!isGone(error)) throw error;
    return '';
  }
}

const MB = '--param';

/**
 * Writes down how much runs at this moment, itself included: `count.sh AMOUNT SECONDS`. It is there from its first to its last
 * line. Of a step that was killed the file stays; its pid may be another's by now, which has another start time.
 */
const COUNT = `#!/bin/sh
alive() { read -r stat < "/proc/$1/stat" && set -- $stat && [ "$3" != Z ] && echo "\${22}"; }
start=$(alive $$)
file="$SLATE_HOME/run/$1.$SLATE_DATASET.$start.$$"
: > "$file"
sum=0
for other in "$SLATE_HOME"/run/*; do
  other=\${other##*/}
  pid=\${other##*.}
  rest=\${other%.*}
  if [ "$(alive "$pid" 2>/dev/null)" = "\${rest##*.}" ]; then sum=$((sum + \${other%%.*})); fi
done
echo "$sum" >> "$SLATE_HOME/sums"
sleep "$2"
rm "$file"
`;

function counting(amount: string, seconds: number): string {
  return `[tools/count.sh, '${amount}', '${seconds}']`;
}

function sums(home: string): number[] {
  return fs.readFileSync(`${home}/sums`, 'utf8').trim().split('\n').map(Number);
}

async function makeCounted(stages: Record<string, string>, more = '', lease = '3s'): Promise<string> {
  const home = await makeBoard(stages, undefined, more, lease);
  fs.mkdirSync(`${home}/run`);
  fs.writeFileSync(`${home}/tools/count.sh`, COUNT, { mode: 0o755 });
  return home;
}

async function postAll(home: string, lines: readonly object[]): Promise<void> {
  await slateOk(home, ['post', '--from', '-'], lines.map((line) => JSON.stringify(line)).join('\n'));
}

const isDone = (home: string, count: number): boolean =>
  entries(home).filter(({ folder }) => folder.startsWith('done/')).length === count;

test('two processes of one host that start at the same moment never have more than its memory', async () => {
  const home = await makeCounted({
    a: `command: ${counting('{{ memory }}', 0.05)}\nmemory: '{{ params.mb }}m'`,
  });
  const needs = Array.from({ length: 60 }, (_, at) => 100 + ((at * 37) % 5) * 100);
  const runs = [1, 2].map(() => startRun(home, ['--slots', '8', '--memory', '1000m']));
  await Promise.all(runs.map((run) => run.id()));
  // Both wait for it: they start at the same moment.
  await postAll(
    home,
    needs.map((mb, at) => ({ dataset: `d${at}`, params: { mb } })),
  );
  await until(
    () => isDone(home, 60),
    () => `all to be done\n${runs.map((run) => run.log()).join('\n')}`,
    60_000,
  );
  for (const run of runs) run.child.kill('SIGTERM');
  await Promise.all(runs.map(({ ended }) => ended));
  expect(Math.max(...sums(home))).toBeLessThanOrEqual(1_000);
  expect(Math.max(...sums(home))).toBeGreaterThan(500);
  const claims = journal(home).filter(({ event }) => event === 'claim');
  expect(claims).toHaveLength(60);
  expect(new Set(claims.map((line) => line.process)).size).toBe(2);
  // What they had reserved is free again.
  const [host = ''] = fs.readdirSync(`${home}/blackboard/.hosts`);
  expect(fs.readdirSync(`${home}/blackboard/.hosts/${host}`)).toEqual([]);
}, 120_000);

test('what a killed process had reserved is free again; a big entry is not passed for ever by small ones', async () => {
  const home = await makeCounted({
    a: `command: ${counting('{{ memory }}', 0.1)}\nmemory: '{{ params.mb }}m'\nretries: 3`,
  });
  const small = (from: number, count: number): object[] =>
    Array.from({ length: count }, (_, at) => ({ dataset: `s${from + at}`, params: { mb: 100 } }));
  await postAll(home, small(0, 240));
  const killed = startRun(home, ['--slots', '2', '--memory', '400m']);
  await until(() => list(home, 'active').length > 0, 'a first step');
  killed.child.kill('SIGKILL');
  await killed.ended;
  const runs = [1, 2].map(() => startRun(home, ['--slots', '4', '--memory', '400m']));
  await until(() => entries(home).filter(({ folder }) => folder.startsWith('done/')).length > 8, 'some to be done');
  await postAll(home, [{ dataset: 'big', rank: 10, params: { mb: 400 } }]);
  await untilEntry(home, 'big', 'done', undefined, 60_000);
  const posted = journal(home).find((line) => line.event === 'post' && line.dataset === 'big')?.t as string;
  const begun = journal(home).find((line) => line.event === 'claim' && line.dataset === 'big')?.t as string;
  const passed = journal(home).filter(
    (line) => line.event === 'claim' && String(line.t) > posted && String(line.t) < begun,
  );
  // Sixteen may pass in each of the two, and what was at it already.
  expect(passed.length, runs.map((run) => run.log()).join('')).toBeLessThan(45);
  await until(() => isDone(home, 241), 'all to be done', 60_000);
  expect(Math.max(...sums(home))).toBeLessThanOrEqual(400);
  for (const run of runs) run.child.kill('SIGTERM');
  await Promise.all(runs.map(({ ended }) => ended));
}, 180_000);

test('an entry that needs more than the host has is shown, not claimed, and served where there is more', async () => {
  const home = await makeCounted({
    a: `shell: 'echo {{ cpus }} {{ memory }} $SLATE_CPUS $SLATE_MEMORY_MB'\ncpus: 2\nmemory: 2g`,
  });
  await slateOk(home, ['post', 'one', MB, 'a.memory=3g']);
  await slateOk(home, ['post', 'two', MB, 'a.cpus=0.5']);
  const little = startRun(home, ['--cpus', '2', '--memory', '2500m']);
  await untilEntry(home, 'two', 'done');
  await until(
    async () => (await slateOk(home, ['ps'])).includes('one:a needs 3 GB, and the host has 2.4 GB'),
    'the process to say it',
  );
  const why = 'no live stage process could serve it: it needs 3 GB, and the host has 2.4 GB';
  expect(await slateOk(home, ['show', 'one'])).toContain(`waits     a: ${why}`);
  expect(await slateOk(home, ['check', 'b'])).toContain(why);
  expect(entry(home, 'one')?.name.epoch).toBe(0);
  // With no other that could, nothing is left to do.
  const idle = startRun(home, ['--memory', '2500m', '--until-idle']);
  expect(await idle.ended).toBe(1);
  expect(idle.log()).toContain('nothing is left that can be done: one:a needs 3 GB');
  const large = startRun(home, ['--cpus', '2', '--memory', '3g']);
  await untilEntry(home, 'one', 'done');
  const [log = ''] = list(home, 'logs/one');
  expect(fs.readFileSync(boardPath(home, `logs/one/${log}`), 'utf8')).toBe('2 3072 2 3072\n');
  for (const run of [little, large]) run.child.kill('SIGTERM');
  await Promise.all([little.ended, large.ended]);
}, 60_000);

test('a limit holds over three processes, and goes on when a holder is killed', async () => {
  const home = await makeCounted(
    { a: `command: ${counting('1', 0.1)}\nlimits: [database]\nretries: 9` },
    'limits: {database: 2}\n',
    '2s',
  );
  await postAll(
    home,
    Array.from({ length: 60 }, (_, at) => ({ dataset: `d${at}` })),
  );
  const runs = [1, 2, 3].map(() => startRun(home, ['--slots', '3']));
  const holders = (): string[] =>
    list(home, 'limits').flatMap((file) => {
      const path = boardPath(home, `limits/${file}`);
      const text = textIfThere(path);
      return text === '' ? [] : [(JSON.parse(text) as { process: string }).process];
    });
  const ids = await Promise.all(runs.map((run) => run.id()));
  let victim = -1;
  await until(() => {
    victim = ids.findIndex((id) => holders().includes(id));
    return victim >= 0 && entries(home).filter(({ folder }) => folder.startsWith('done/')).length > 5;
  }, 'a holder');
  // Stopped first, so that it holds its place at the moment when it dies.
  runs[victim]?.child.kill('SIGSTOP');
  await until(() => holders().includes(ids[victim] ?? '') || list(home, 'limits').length < 2, 'it to hold a place');
  runs[victim]?.child.kill('SIGKILL');
  await until(() => isDone(home, 60), 'all to be done', 90_000);
  expect(Math.max(...sums(home))).toBe(2);
  await until(() => list(home, 'limits').length === 0, 'all places to be free');
  for (const run of runs) run.child.kill('SIGTERM');
  await Promise.all(runs.map(({ ended }) => ended));
}, 180_000);

test('a limit is shown, changed while the processes run, taken and freed by hand', async () => {
  const home = await makeCounted(
    { a: `shell: 'while [ ! -e "$SLATE_HOME/go" ]; do sleep 0.05; done'\nlimits: {database: 2}` },
    'limits: {database: 2}\n',
    '2s',
  );
  await slateOk(home, ['post', 'one', 'two', 'three']);
  const run = startRun(home, ['--slots', '4']);
  await until(() => list(home, 'limits').length === 2, 'the first to have its two places');
  const id = await run.id();
  expect(list(home, 'limits').sort()).toEqual(['database.1', 'database.2']);
  const shown = await slateOk(home, ['limit']);
  expect(shown).toMatch(new RegExp(`database +2 +2 +${id} (one|two|three):a, ${id} `));
  const waiting = ['one', 'two', 'three'].find((dataset) => entry(home, dataset)?.name.letters === 'w') ?? '';
  expect(await slateOk(home, ['show', waiting])).toMatch(/waits {5}a: limit database \(2 of 2 taken by/);
  await until(
    async () => (await slateOk(home, ['ps'])).includes('waits for limit database (2 of 2 taken by'),
    'the process to say what it waits for',
  );
  expect(await slateOk(home, ['status'])).toContain('waits for limit database (2 of 2 taken by');
  await slateOk(home, ['limit', 'database', '5']);
  await until(() => list(home, 'limits').length === 4, 'a second step');
  // A place taken by hand keeps one from starting; the other two are not enough for the third.
  await slateOk(home, ['limit', 'database', '6']);
  await until(() => list(home, 'limits').length === 6, 'a third step');
  fs.writeFileSync(`${home}/go`, '');
  await until(() => isDone(home, 3), 'all to be done');
  await until(() => list(home, 'limits').length === 0, 'all places to be free');
  fs.rmSync(`${home}/go`);
  for (const place of [1, 2, 3, 4, 5]) fs.writeFileSync(boardPath(home, `limits/database.${place}`), '');
  await slateOk(home, ['post', 'four']);
  await until(async () => (await slateOk(home, ['ps'])).includes('by hand (limits/database.1)'), 'it to wait');
  expect(await slateOk(home, ['check', 'b'])).toContain('limits/database.1: note: was taken by hand');
  expect(entry(home, 'four')?.name.letters).toBe('w');
  fs.rmSync(boardPath(home, 'limits/database.3'));
  fs.writeFileSync(`${home}/go`, '');
  await untilEntry(home, 'four', 'done');
  run.child.kill('SIGTERM');
  expect(await run.ended).toBe(143);
}, 90_000);

test('a stage whose disk has too little free is not started, says so, and goes on by itself', async () => {
  const home = await makeBoard({ a: 'command: [/bin/true]\nfree: 4p', b: 'command: [/bin/true]' }, [
    '{stage: a}',
    '{stage: b, after: []}',
  ]);
  await slateOk(home, ['post', 'one']);
  const run = startRun(home);
  await untilEntry(home, 'one', 'active', 'wc');
  await until(() => /stage-blocked: stage a: .* are free in .*, and it wants 4 PB/.test(run.log()), 'it to say so');
  await until(
    async () => /blocked .*are free in .*it wants 4 PB/.test(await slateOk(home, ['ps'])),
    'the status file to say so',
  );
  expect(await slateOk(home, ['show', 'one'])).toMatch(/waits {5}a: .* are free in/);
  writeStage(home, 'a', 'command: [/bin/true]\nfree: 1k');
  await slateOk(home, ['order', '--all', 'reload']);
  await untilEntry(home, 'one', 'done', 'cc');
  run.child.kill('SIGTERM');
  await run.ended;
}, 60_000);
