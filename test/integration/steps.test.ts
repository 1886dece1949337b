/** Steps: environment, exit codes, retries, time limit, products, logs, scratch folders, hostile values. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import {
  boardPath,
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

const TRUE = 'command: [/bin/true]';

async function runIdle(home: string, args: readonly string[] = []): Promise<string> {
  const { code, stderr } = await slate(home, ['run', '--until-idle', ...args]);
  expect([0, 1], stderr).toContain(code);
  return stderr;
}

test('exit codes become letters as the stage says, with the cause in the name and the outcome in the log', async () => {
  const exits = 'exits: {0: complete, 3: hold, 10: {skip: [b]}, 11: {set: {c: h}}, 75: retry, default: fail}';
  const home = await makeBoard(
    {
      a: `shell: 'echo out; echo err >&2; exit {{ params.code | raw }}'\n${exits}\nretries: 2\nbackoff: {first: 0s}`,
      b: TRUE,
      c: TRUE,
    },
    ['{stage: a}', '{stage: b, after: [a]}', '{stage: c, after: [b]}'],
  );
  for (const code of [0, 2, 3, 10, 11, 75]) await slateOk(home, ['post', `x${code}`, '--param', `code=${code}`]);
  await slateOk(home, ['post', 'killed', '--param', 'code=0; kill -9 $$']);
  await runIdle(home, ['--slots', '2']);
  const seen = (dataset: string): string => {
    const { folder, file } = entry(home, dataset) ?? { folder: '', file: '' };
    return `${folder.split('/')[0]} ${file.split('.')[2]} ${file.split('@')[1] ?? ''}`.trim();
  };
  expect(seen('x0')).toBe('done ccc');
  expect(seen('x2')).toBe('failed f__ 1-x2');
  expect(seen('x3')).toBe('held h__ 1-x3');
  expect(seen('x10')).toBe('done csc');
  expect(seen('x11')).toBe('held cch');
  expect(seen('x75')).toBe('failed f__ 1-x75');
  expect(entry(home, 'x75')?.name.epoch).toBe(3);
  expect(
    list(home, 'logs/x75')
      .map((file) => file.slice(16))
      .sort(),
  ).toEqual(['a.001.x75.log', 'a.002.x75.log', 'a.003.x75.log']);
  expect(fs.readFileSync(boardPath(home, `logs/x2/${list(home, 'logs/x2')[0]}`), 'utf8')).toBe('out\nerr\n');
});

test('a signal fails with its number; a time limit is TERM, then KILL, and counts as a try', async () => {
  const home = await makeBoard(
    {
      killed: `shell: 'kill -9 $$'`,
      slow: `shell: 'sleep 1000'\ntimeout: 200ms\nretries: 1\nbackoff: {first: 0s}`,
    },
    ['{stage: killed}', '{stage: slow, after: []}'],
  );
  await slateOk(home, ['post', 'one']);
  await runIdle(home, ['--slots', '2']);
  expect(entry(home, 'one')?.file).toMatch(/\.ff\.003\.-\.one@1-s9\+2-t$/);
  expect(
    list(home, 'logs/one')
      .map((file) => file.replace(/^[^.]*\./, '').replace(/\.\d+\./, '.'))
      .sort(),
  ).toEqual(['killed.s9.log', 'slow.t.log', 'slow.t.log']);
});

test('the environment of a step, its parameters and products, and what later stages see', async () => {
  const home = await makeBoard({
    make: `shell: 'env | grep ^SLATE_ | sort > "$SLATE_PRODUCTS/env"; pwd > "$SLATE_PRODUCTS/pwd"; cat "$SLATE_PARAMS" > "$SLATE_PRODUCTS/params"; mkdir "$SLATE_PRODUCTS/deep"; echo x > "$SLATE_PRODUCTS/deep/x"'\nproducts: true\nenv: {MINE: 'of {{ dataset }}'}\nclasses: [acs]`,
    'use-it': `shell: 'cat "$SLATE_IN_MAKE/deep/x"; echo "{{ inputs.make | raw }}"; echo "$MINE"'`,
  });
  await slateOk(home, ['post', 'one', '--class', 'acs', '--rank', '7', '--param', 'k=v w', '--param', 'n:=[1,2]']);
  await slateOk(home, ['post', 'other', '--class', 'wfc']);
  await runIdle(home);
  const posted = (await untilEntry(home, 'one', 'done', 'cc')).name.posted;
  const folder = boardPath(home, `products/one/${posted}`);
  expect(fs.readdirSync(folder).sort()).toEqual(['make.001', 'make.001.ok']);
  const read = (file: string): string => fs.readFileSync(`${folder}/make.001/${file}`, 'utf8');
  const board = boardPath(home).replace(/\/$/, '');
  expect(
    read('env')
      .trim()
      .split('\n')
      .filter((line) => !line.startsWith('SLATE_TEST')),
  ).toEqual([
    'SLATE_BOARD=b',
    'SLATE_CLASS=acs',
    'SLATE_DATASET=one',
    'SLATE_EPOCH=1',
    `SLATE_HOME=${home}`,
    `SLATE_PARAMS=${board}/ids/one`,
    'SLATE_PIPELINE=p',
    `SLATE_POST=${board}/scratch/one.make.001/.post`,
    `SLATE_POSTED=${posted}`,
    `SLATE_PRODUCTS=${folder}/make.001`,
    'SLATE_RANK=07',
    `SLATE_RESULT=${board}/scratch/one.make.001/.result`,
    `SLATE_SCRATCH=${board}/scratch/one.make.001`,
    'SLATE_STAGE=make',
    'SLATE_TRY=1',
  ]);
  expect(read('pwd').trim()).toBe(`${board}/scratch/one.make.001`);
  expect(JSON.parse(read('params'))).toEqual({
    slate: { dataset: 'one', posted, class: 'acs', rank: 7 },
    k: 'v w',
    n: [1, 2],
  });
  const log = list(home, 'logs/one').find((file) => file.includes('use-it')) ?? '';
  expect(fs.readFileSync(boardPath(home, `logs/one/${log}`), 'utf8')).toBe(`x\n${folder}/make.001\n\n`);
  // A class that the stage does not serve.
  expect(entry(home, 'other')).toMatchObject({ name: { letters: 'sf' } });
  expect(list(home, 'scratch')).toEqual([]);
});

test('hostile values stay values: no shell sees them, and a missing parameter fails the entry by name', async () => {
  const home = await makeBoard({
    args: `command: [node, -e, 'console.log(JSON.stringify(process.argv.slice(1)))', '{{ params.text }}', '{{ dataset }}']`,
    shell: `shell: 'printf %s {{ params.text }}'`,
  });
  const hostile = `$(touch ${home}/pwned) '; touch ${home}/pwned; \n" \`touch ${home}/pwned\` {{ 1 }}`;
  await slateOk(home, ['post', 'bad~1%,=+', '--param', `text=${hostile}`]);
  await slateOk(home, ['post', 'missing']);
  await runIdle(home);
  const logs = list(home, 'logs/bad~1%,=+').sort();
  const text = (index: number): string => fs.readFileSync(boardPath(home, `logs/bad~1%,=+/${logs[index]}`), 'utf8');
  expect(JSON.parse(text(0))).toEqual([hostile, 'bad~1%,=+']);
  expect(text(1)).toBe(hostile);
  expect(fs.existsSync(`${home}/pwned`)).toBe(false);
  expect(entry(home, 'missing')).toMatchObject({ folder: 'failed', name: { letters: 'f_' } });
  const log = list(home, 'logs/missing')[0] ?? '';
  expect(fs.readFileSync(boardPath(home, `logs/missing/${log}`), 'utf8')).toContain(
    'params.text is not defined for this entry',
  );
});

test('a missing program blocks its stage and nothing else; the entry runs when the program is there', async () => {
  const home = await makeBoard(
    { a: `command: ['{{ home }}/late.sh']`, b: 'command: [no-such-program-anywhere]', c: TRUE },
    ['{stage: a}', '{stage: b, after: []}', '{stage: c, after: []}'],
  );
  await slateOk(home, ['post', 'one']);
  const run = startRun(home, ['--slots', '1']);
  await until(() => entry(home, 'one')?.name.letters[2] === 'c', 'the third stage to be done');
  await until(() => /stage-blocked: stage a: .*ENOENT/.test(run.log()), 'the first stage to be blocked');
  expect(run.log()).toMatch(
    /stage-blocked: stage b: its program 'no-such-program-anywhere' is not there or may not be run \(looked at PATH\)/,
  );
  expect(entry(home, 'one')).toMatchObject({ folder: 'active', name: { letters: 'wwc' } });
  fs.writeFileSync(`${home}/late.sh`, '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  writeStage(home, 'b', TRUE);
  await slateOk(home, ['order', await run.id(), 'reload']);
  await untilEntry(home, 'one', 'done', 'ccc');
});

test('--until-idle does not wait for a missing program: it says so and exits with 1', async () => {
  const home = await makeBoard({ a: 'command: [no-such-program-anywhere]' });
  await slateOk(home, ['post', 'one']);
  const { code, stderr } = await slate(home, ['run', '--until-idle']);
  expect(stderr).toContain("its program 'no-such-program-anywhere'");
  expect(code).toBe(1);
  expect(entry(home, 'one')).toMatchObject({ folder: 'queue', name: { letters: 'w' } });
});

test('--after and retries wait for their time, and --until-idle waits for them', async () => {
  const home = await makeBoard({
    a: `shell: 'if test "$SLATE_TRY" = 1; then exit 75; fi; date +%s%N > {{ home }}/{{ dataset | raw }}.ran'\nexits: {75: retry}\nretries: 1\nbackoff: {first: 1s}`,
  });
  const before = Date.now();
  await slateOk(home, ['post', 'later', '--after', '+2s']);
  await slateOk(home, ['post', 'now']);
  await runIdle(home);
  const ranMs = (dataset: string): number => Number(fs.readFileSync(`${home}/${dataset}.ran`, 'utf8')) / 1e6 - before;
  expect(entry(home, 'later')?.name.letters).toBe('c');
  // At least: what takes longer is no fault.
  expect(ranMs('now')).toBeGreaterThan(900);
  expect(ranMs('later')).toBeGreaterThan(2900);
});

test('--until-idle says what it waits for and until when', async () => {
  const home = await makeBoard({ a: 'command: [/bin/true]' });
  await slateOk(home, ['post', 'later', '--after', '+2h']);
  const run = startRun(home, ['--until-idle']);
  const line = /info waiting: nothing to do until \S+Z \(in 1h59m\): later waits at a until then\n/;
  await until(() => line.test(run.log()), 'the line');
  run.child.kill('SIGTERM');
  expect(await run.ended).toBe(143);
});
