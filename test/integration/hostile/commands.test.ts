/** Hostile words on the command line and in the environment: numbers, times, names of boards and homes, locales. */
import fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { boardPath, entries, makeBoard, makeHome, slate, slateOk, tempFolder } from '../../helpers/home.ts';
import { told } from '../../hostile/in-process.ts';

const TRUE = 'command: [/bin/true]';
const HARMFUL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/;
const NUMBERS = [
  '-1',
  '1e309',
  'NaN',
  'Infinity',
  '0x10',
  '1.5',
  '9'.repeat(400),
  '',
  ' ',
  '١',
  '1\u001b[2J',
  '--',
  "1'",
];

test.each([
  ['post', 'x', '--rank'],
  ['run', '--slots'],
  ['run', '--memory'],
  ['log', 'one', '--epoch'],
  ['history', '--last'],
  ['history', '--since'],
  ['stats', '--since'],
  ['wait', 'one', '--timeout'],
  ['post', 'x', '--after'],
  ['post', 'x', '--deadline'],
  ['show', 'one', '--posted'],
  ['create', 'c', '--pipeline', 'p', '--lease'],
])('slate %s %s %s refuses what is no number and no time', async (...words) => {
  const home = await makeBoard({ a: `${TRUE}\ngather: members` });
  await slateOk(home, ['post', '--hold', 'one']);
  const option = words.filter((word) => word !== undefined);
  for (const value of NUMBERS) {
    const args = [...option.slice(0, -1), `${option.at(-1)}=${value}`];
    const { code, stderr } = await told(home, [...args, ...(option[0] === 'create' ? [] : ['--board', 'b'])]);
    expect([2, 3, 4], `slate ${args.join(' ')} → ${code}\n${stderr}`).toContain(code);
    expect(stderr).not.toMatch(HARMFUL);
  }
  expect(entries(home).map(({ name }) => name.dataset)).toEqual(['one']);
  expect(fs.readdirSync(join(home, 'blackboard')).filter((name) => !name.startsWith('.'))).toEqual(['b']);
});

const PATHS = [
  '..',
  '.',
  '../x',
  '../../tmp',
  '/tmp',
  '/',
  'b/',
  './b',
  'b/../b',
  'B',
  '',
  ' ',
  'b\n',
  'b\u001b[2J',
  '-b',
  'x'.repeat(300),
  '.hosts',
  '__proto__',
];

test('names of boards with paths in them are no boards, by option, variable and create', async () => {
  const home = await makeBoard({ a: TRUE });
  // A whole board outside of the blackboard.
  fs.cpSync(boardPath(home), join(home, 'x'), { recursive: true });
  const before = fs.readdirSync(home).sort();
  for (const name of PATHS) {
    for (const args of [
      ['ls', `--board=${name}`],
      ['post', `--board=${name}`, 'x'],
      ['create', '--pipeline', 'p', '--', name],
      ['check', '--', name],
      ['run', `--board=${name}`, '--until-idle'],
      ['scale', `--board=${name}`, 'a=1'],
    ]) {
      const { code, stderr } = await told(home, args);
      expect([2, 3], `slate ${args.join(' ')} → ${code}\n${stderr}`).toContain(code);
      expect(stderr).not.toMatch(HARMFUL);
    }
  }
  expect((await told(home, ['ls'], { SLATE_BOARD: '../x' })).code).toBe(2);
  expect(fs.readdirSync(home).sort()).toEqual(before);
  expect(fs.readdirSync(join(home, 'x/queue'))).toEqual([]);
});

test('names of pipelines, stages, hosts, limits and processes with paths in them', async () => {
  const home = await makeBoard({ a: TRUE }, undefined, 'limits: {db: 1}\n');
  const outside = tempFolder();
  fs.writeFileSync(join(outside, 'evil.yaml'), 'pipeline: evil\nstages: [{stage: a}]\n');
  const up = `../../../../../..${outside}/evil`;
  await slateOk(home, ['post', '--hold', 'one']);
  for (const args of [
    ['create', 'c', '--pipeline', up],
    ['log', 'one', up],
    ['log', up],
    ['show', up],
    ['products', up],
    ['products', 'one', up],
    ['render', 'one', up],
    ['render', 'one', 'a', '--file', up],
    ['run', up],
    ['order', up, 'drain'],
    ['order', '../x', 'halt'],
    ['limit', `${up}=3`],
    ['scale', 'a=1', '--host', up],
    ['scale', 'a=1', '--host', '..'],
    ['scale', `${up}=1`],
    ['scale', 'a=1e309'],
    ['scale', 'a=-1'],
    ['down', '--host', up],
    ['up', '--host', '..'],
    ['repipe', 'one', '--stage', up],
    ['remove', up],
    ['timers', 'fire', up],
    ['wait', up, '--timeout', '1s'],
  ]) {
    const { code, stderr } = await told(home, ['--board', 'b', ...args]);
    expect([2, 3, 5], `slate ${args.join(' ')} → ${code}\n${stderr}`).toContain(code);
  }
  expect(fs.readdirSync(outside)).toEqual(['evil.yaml']);
  expect(fs.existsSync(join(home, 'blackboard/b/..=1'))).toBe(false);
  expect(entries(home)).toHaveLength(1);
});

test('homes that are none, and boards made over links', async () => {
  const home = makeHome({ a: TRUE });
  for (const path of ['', '/', '/dev/null', '/nowhere', 'a\u001b[2J', '/proc/self']) {
    const { code, stderr } = await told(path, ['ls']);
    expect(code, stderr).toBe(2);
    expect(stderr).not.toMatch(HARMFUL);
  }
  const outside = tempFolder();
  fs.symlinkSync(outside, join(home, 'blackboard/linked'));
  fs.symlinkSync('nowhere', join(home, 'blackboard/dangling'));
  fs.symlinkSync('loop', join(home, 'blackboard/loop'));
  fs.writeFileSync(join(home, 'blackboard/file'), 'x');
  // A board whose folder a person has put on another disk.
  expect((await told(home, ['create', 'linked', '--pipeline', 'p'])).code).toBe(0);
  for (const name of ['dangling', 'loop', 'file']) {
    const { code, stderr } = await told(home, ['create', name, '--pipeline', 'p']);
    expect([1, 2, 5], stderr).toContain(code);
    expect(stderr).toContain(name);
  }
  expect(fs.readFileSync(join(home, 'blackboard/file'), 'utf8')).toBe('x');
  expect(fs.existsSync(join(home, 'blackboard/nowhere'))).toBe(false);
  // A folder of somebody's: nothing in it is written over.
  const mine = join(home, 'blackboard/mine');
  fs.mkdirSync(mine);
  fs.writeFileSync(join(mine, 'columns'), 'my own');
  fs.symlinkSync(`${outside}/target`, join(mine, 'board.yaml'));
  const { code } = await told(home, ['create', 'mine', '--pipeline', 'p']);
  expect(code).not.toBe(0);
  expect(fs.existsSync(`${outside}/target`)).toBe(false);
});

let usual = '';

test.each(['C', 'tr_TR.UTF-8', 'ar_EG.UTF-8', 'x/../../y'])(
  'under the locale %j a command says the same',
  async (locale) => {
    const home = await makeBoard({ a: TRUE });
    await slateOk(home, ['post', 'I', 'i', 'B', 'a', 'Z_1', 'z.2']);
    const env = { LANG: locale, LC_ALL: locale, LANGUAGE: locale, TZ: 'Asia/Kathmandu' };
    const { code, stdout } = await slate(home, ['ls', '-q'], undefined, env);
    expect(code).toBe(0);
    const run = await slate(home, ['run', '--until-idle'], undefined, env);
    expect(run.code, run.stderr).toBe(0);
    const names = stdout.split('\n').sort().join();
    if (usual === '') usual = names;
    expect(names).toBe(usual);
  },
);

test('parameters on the command line: names and values that are none', async () => {
  const home = await makeBoard({ a: TRUE });
  const deep = `${'['.repeat(60_000)}${']'.repeat(60_000)}`;
  for (const param of [
    '=x',
    ' =x',
    'slate=x',
    'a b=x',
    '../x=y',
    'k:=',
    'k:={',
    'k:=NaN',
    `k:=${deep}`,
    '\u001b[2J=x',
  ]) {
    const { code, stderr } = await told(home, ['post', 'x', '--param', param]);
    expect(code, `${param.slice(0, 30)}\n${stderr}`).toBe(2);
    expect(stderr.length).toBeLessThan(10_000);
    expect(stderr).not.toMatch(HARMFUL);
  }
  await slateOk(home, [
    'post',
    'x',
    '--param',
    '__proto__:={"polluted":1}',
    '--param',
    'constructor=c',
    '--param',
    'k=\u001b[2J\n\u202e',
  ]);
  const shown = await slateOk(home, ['show', 'x']);
  expect(shown).not.toMatch(HARMFUL);
  const [seen] = entries(home);
  const content = fs.readFileSync(boardPath(home, `${seen?.folder}/${seen?.file}`), 'utf8');
  expect(Object.keys(JSON.parse(content) as object)).toEqual(['slate', '__proto__', 'constructor', 'k']);
});

test('lists that are no lists', async () => {
  const home = await makeBoard({ a: TRUE });
  const path = join(home, 'list');
  for (const [text, wanted] of [
    ['{', 2],
    [`{"dataset":"x","params":{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}}`, 2],
    ['{"dataset":"x","rank":1e309}', 2],
    ['{"dataset":"x","after":"never"}', 2],
    ['{"dataset":"x","params":{"slate":{}}}', 2],
    ['{"dataset":"x","needs":{"members":["../x"]}}', 2],
    ['{"dataset":{"a":1}}', 2],
    ['\u0000\u0000\u0000', 2],
  ] as const) {
    fs.writeFileSync(path, text);
    const { code, stderr } = await told(home, ['post', '--from', path]);
    expect(code, `${text.slice(0, 40)}\n${stderr.slice(0, 500)}`).toBe(wanted);
    expect(stderr).not.toMatch(HARMFUL);
  }
  fs.writeFileSync(path, '');
  fs.truncateSync(path, 2 ** 40);
  const { code, stderr } = await told(home, ['post', '--from', path]);
  expect(code, stderr).toBe(2);
  expect(stderr).toContain('longer than 64 MiB');
  expect((await told(home, ['post', '--from', home])).code).toBe(2);
  expect(entries(home)).toEqual([]);
});
