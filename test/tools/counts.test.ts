import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { formatName, parseName } from '../../src/model/name.ts';
import { bundlePlugins } from '../helpers/bundle.ts';
import {
  entryOf,
  FOREIGN,
  HIDDEN,
  isEntryName,
  makeHome,
  type Ran,
  removeHomes,
  runTool,
  SHELL,
  SHELLS,
  STAGES,
  TestBoard,
  tagsOf,
} from './support.ts';

afterAll(removeHomes);

interface Counted {
  readonly states: Record<string, number>;
  readonly letters: Record<string, Record<string, number>>;
}

/** The tool's two tables. */
function tablesOf({ rows }: Ran): Counted {
  const counted: Counted = { states: {}, letters: {} };
  for (const row of rows) {
    const [first = '', second = '', , letter = '', entries = ''] = row;
    if (row.length === 2) counted.states[first] = Number(second);
    else counted.letters[second] = { ...counted.letters[second], [letter]: Number(entries) };
  }
  return counted;
}

/** The same, added up here from what was put on the board. */
function expectedOf(put: ReadonlyArray<readonly [folder: string, letters: string]>, foreign: number): Counted {
  const states = { queue: 0, active: 0, gather: 0, failed: 0, held: 0, done: 0, removed: 0, foreign };
  const letters: Record<string, Record<string, number>> = {};
  for (const [folder, text] of put) {
    const state = folder.split('/')[0] as keyof typeof states;
    states[state]++;
    if (state === 'removed') continue;
    for (const [at, letter] of [...text].entries()) {
      const stage = STAGES[at] ?? '';
      const column = letters[stage] ?? {};
      letters[stage] = { ...column, [letter]: (column[letter] ?? 0) + 1 };
    }
  }
  return { states, letters };
}

const ENTRIES = [
  ['queue', { letters: 'w____', dataset: 'a' }],
  ['queue', { letters: 'wh___', dataset: 'b.c+d,e=f%g~h-1', class: '-', rank: 0 }],
  ['queue', { letters: 'w____', dataset: `_${'x'.repeat(127)}`, class: 'sixteen-letters_', epoch: 999_999_999 }],
  ['active', { letters: 'cp___', dataset: 'c', epoch: 3, tags: tagsOf('2-k3f1-3-1') }],
  ['active', { letters: 'c1___', dataset: 'd', epoch: 12, posted: '20280229T235959' }],
  ['active', { letters: 'ccep_', dataset: 'e', epoch: 1234, tags: tagsOf('3-k3f1-1233-10', '4-zzzz-1234-1') }],
  ['gather', { letters: 'ccg__', dataset: 'f' }],
  ['failed', { letters: 'cf9__', dataset: 'g', epoch: 2, tags: tagsOf('2-x2') }],
  ['failed', { letters: 'f____', dataset: 'h', tags: tagsOf('32-some_new_cause') }],
  ['held', { letters: 'h____', dataset: 'i', tags: tagsOf('1-o') }],
  ['done/2026-11-20', { letters: 'ccccc', dataset: 'a', rank: 99 }],
  ['done/2026-11-21', { letters: 'ccsss', dataset: 'j' }],
  ['removed/2026-11-21', { letters: 'wp___', dataset: 'k' }],
] as const;

function fill(board: TestBoard): Array<readonly [string, string]> {
  return ENTRIES.map(([folder, entry]) => {
    board.add(folder, entry);
    return [folder, entry.letters] as const;
  });
}

describe.each(SHELLS.map((shell) => ({ shell, name: shell.join(' ') })))('counts.sh under $name', ({ shell }) => {
  it('counts by state, stage and letter', () => {
    const board = new TestBoard();
    const put = fill(board);
    const ran = runTool('counts.sh', [board.root], { shell });
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(tablesOf(ran)).toEqual(expectedOf(put, 0));
    const heads = ran.stdout.split('\n').filter((line) => line.startsWith('#'));
    expect(heads).toEqual(['#state\tentries', '#column\tstage\ttitle\tletter\tentries']);
    expect(ran.rows).toContainEqual(['2', 'calibrate', 'CAL', 'c', '4']);
  });

  it('counts an empty board', () => {
    const ran = runTool('counts.sh', [new TestBoard().root], { shell });
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(tablesOf(ran)).toEqual(expectedOf([], 0));
  });

  it('leaves out what is no entry, counts it, and runs nothing that a name says', () => {
    const board = new TestBoard();
    const put = fill(board);
    for (const folder of ['queue', 'failed', 'done/2026-11-20', 'removed/2026-11-21']) {
      for (const file of [...FOREIGN, ...HIDDEN]) board.put(folder, file);
    }
    // A folder is a foreign name as well, and what lies in it is nobody's business.
    board.put('queue/folder', formatName(entryOf({ dataset: 'inner' })));
    // Neither are days that are none, and files between the days.
    for (const folder of [
      'done',
      'done/2026-02-30',
      'done/2026-11-2',
      'done/.2026-11-21',
      'done/2026-11-21\nx',
      'done/ ',
    ])
      board.put(folder, formatName(entryOf({ dataset: 'inner' })));
    const ran = runTool('counts.sh', [board.root], { shell, cwd: board.root });
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(tablesOf(ran)).toEqual(expectedOf(put, 4 * FOREIGN.length + 1));
    expect(existsSync(join(board.root, 'HOSTILE'))).toBe(false);
    expect(existsSync('HOSTILE')).toBe(false);
  });
});

it('knows foreign names as the program does', () => {
  // The list of hostile names itself: none is an entry to the program either.
  expect(FOREIGN.filter((file) => typeof file === 'string' && isEntryName(file))).toEqual([]);
  expect(ENTRIES.map(([, entry]) => isEntryName(formatName(entryOf(entry))))).toEqual(ENTRIES.map(() => true));
});

it('reads names as the program does, whatever someone typed', () => {
  const names = ENTRIES.map(([, entry]) => formatName(entryOf(entry)));
  const change = fc.record({
    name: fc.constantFrom(...names),
    at: fc.nat(60),
    cut: fc.nat(3),
    add: fc.string({ unit: fc.constantFrom(...'.@+-_ \n\\0159aAfwpxé'), maxLength: 3 }),
  });
  const typed = fc.sample(change, { seed: 20261121, numRuns: 10_000 }).map(({ name, at, cut, add }) => {
    const from = at % (name.length + 1);
    return name.slice(0, from) + add + name.slice(from + cut);
  });
  const files = [...new Set(typed)].filter((file) => Buffer.byteLength(file) <= 255 && !['', '.', '..'].includes(file));
  const board = new TestBoard();
  for (const file of files) board.put('active', file);
  const shown = files.filter((file) => !file.startsWith('.'));
  const good = shown.filter(isEntryName);
  // Enough of both for the comparison to say something.
  expect(good.length).toBeGreaterThan(300);
  expect(shown.length - good.length).toBeGreaterThan(300);
  const put = good.map((file) => {
    const parsed = parseName(file);
    return ['active', parsed.ok ? parsed.name.letters : ''] as const;
  });
  for (const shell of SHELLS) {
    expect(tablesOf(runTool('counts.sh', [board.root], { shell }))).toEqual(
      expectedOf(put, shown.length - good.length),
    );
  }
});

describe('which board', () => {
  it('is the only one of the home, the one that is set, or the one named', () => {
    const home = makeHome();
    const first = new TestBoard(home, 'first');
    first.add('queue', { letters: 'w____' });
    const env = { SLATE_HOME: home };
    expect(tablesOf(runTool('counts.sh', [], { env })).states.queue).toBe(1);
    new TestBoard(home, 'second');
    const both = runTool('counts.sh', [], { env });
    expect(both).toMatchObject({ status: 2, stdout: '' });
    expect(both.stderr).toMatch(/^counts\.sh: there are several boards in .*: name the folder of one\n$/);
    expect(tablesOf(runTool('counts.sh', [], { env: { ...env, SLATE_BOARD: 'second' } })).states.queue).toBe(0);
    expect(tablesOf(runTool('counts.sh', ['--', join(home, 'blackboard/first')])).states.queue).toBe(1);
  });

  it('may have a path that looks like an option', () => {
    const board = new TestBoard();
    board.add('queue', { letters: 'w____' });
    const ran = runTool('counts.sh', ['--', "-a 'home' of $(mine)/blackboard/hst"], { cwd: join(board.home, '..') });
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(tablesOf(ran).states.queue).toBe(1);
  });

  it('is found from the tools of a copied home', () => {
    const board = new TestBoard();
    board.add('held', { letters: 'h____' });
    const tools = join(board.home, 'tools');
    mkdirSync(tools);
    for (const file of readdirSync('tools').filter((name) => name.endsWith('.sh')))
      spawnSync('cp', ['-p', join('tools', file), tools]);
    expect(tablesOf(runTool('counts.sh', [], { tools })).states.held).toBe(1);
    const started = spawnSync('./counts.sh', [], { cwd: tools, encoding: 'utf8' });
    expect(started).toMatchObject({ status: 0, stderr: '' });
    expect(started.stdout).toContain('held\t1\n');
    const beside = spawnSync(SHELL[0] ?? 'sh', [...SHELL.slice(1), 'counts.sh'], { cwd: tools, encoding: 'utf8' });
    expect(beside.stdout).toContain('held\t1\n');
  });
});

it('counts 200,000 entries', () => {
  const board = new TestBoard();
  const put = fillMany(board, 200_000);
  const ran = runTool('counts.sh', [board.root]);
  expect(tablesOf(ran)).toEqual(expectedOf(put, 0));
}, 180_000);

const SPREAD = [
  ['queue', 'w____'],
  ['queue', 'wh___'],
  ['active', 'c2___'],
  ['active', 'cp___'],
  ['gather', 'ccg__'],
  ['failed', 'ccf__'],
  ['held', 'ch___'],
  ['done/2026-11-20', 'ccccc'],
  ['done/2026-11-21', 'ccsss'],
  ['removed/2026-11-21', 'ccf__'],
] as const;

function fillMany(board: TestBoard, count: number): Array<readonly [string, string]> {
  return Array.from({ length: count }, (_, at) => {
    const [folder, letters] = SPREAD[(at * 7 + Math.floor(at / 10)) % SPREAD.length] ?? SPREAD[0];
    const tags = letters === 'cp___' ? tagsOf('2-k3f1-3-1') : letters === 'ccf__' ? tagsOf('3-x2') : [];
    board.add(folder, { letters, tags, epoch: 3, rank: at % 100, dataset: `d${String(at).padStart(7, '0')}` });
    return [folder, letters] as const;
  });
}

it('agrees with slate counts', async () => {
  const board = new TestBoard();
  fillMany(board, 20_000);
  for (const file of [...FOREIGN, ...HIDDEN]) board.put('active', file);
  const program = join(board.home, 'slate.mjs');
  await build({
    entryPoints: ['src/cli/main.ts'],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
    plugins: await bundlePlugins(),
    define: { SLATEBOARD_VERSION: '"0.0.0"' },
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
  const slate = spawnSync(process.execPath, [program, '--home', board.home, 'counts', '--json'], { encoding: 'utf8' });
  expect(slate.stderr).toBe('');
  const said = JSON.parse(slate.stdout) as {
    states: Record<string, number>;
    stages: { stage: string; letters: Record<string, number> }[];
    foreign: number;
  };
  const { states, letters } = tablesOf(runTool('counts.sh', [board.root]));
  expect(states).toEqual({ ...said.states, foreign: said.foreign });
  expect(letters).toEqual(Object.fromEntries(said.stages.map((stage) => [stage.stage, stage.letters])));
  expect(states.foreign).toBe(FOREIGN.length);
}, 180_000);

const TOOLS = ['counts.sh', 'failures.sh', 'oldest-waiting.sh', 'holders.sh', 'stuck.sh', 'throughput.sh'];

describe.each(TOOLS)('%s', (tool) => {
  it('prints its usage', () => {
    for (const shell of SHELLS) {
      const ran = runTool(tool, ['-h'], { shell });
      expect(ran).toMatchObject({ status: 0, stderr: '' });
      expect(ran.stdout).toContain(`Usage: ${tool} [-h]`);
      expect(ran.stdout).not.toMatch(/^#|shellcheck|case/m);
    }
  });

  it('refuses what it does not understand', () => {
    const board = new TestBoard();
    for (const shell of SHELLS) {
      for (const [args, message] of [
        [['-z'], `there is no option -z; '${tool} -h' tells how to use it`],
        [[board.root, board.root], `one board at a time; '${tool} -h' tells how to use it`],
        [['/nowhere'], "/nowhere is no board: it has no file 'columns' that can be read"],
        [[''], "./ is no board: it has no file 'columns' that can be read"],
        [[], `there is no board in ${makeHome()}/blackboard: name a board's folder`],
      ] as const) {
        const env = {
          SLATE_HOME: message.split(' ').length > 4 ? (/in (.*)\/blackboard/.exec(message)?.[1] ?? '') : '',
        };
        const ran = runTool(tool, args, { shell, env });
        expect(ran).toMatchObject({ status: 2, stdout: '', stderr: `${tool}: ${message}\n` });
      }
    }
  });

  it('refuses half a board', () => {
    const board = new TestBoard();
    rmSync(join(board.root, 'active'), { recursive: true });
    const ran = runTool(tool, [board.root]);
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toMatch(/ is no whole board: active\/ is missing or can't be read\n$/);
  });

  it('tells when a folder could not be read to its end', () => {
    const board = new TestBoard();
    const shim = join(board.home, 'bin');
    mkdirSync(shim);
    writeFileSync(join(shim, 'find'), '#!/bin/sh\n/usr/bin/find "$@"\nexit 1\n', { mode: 0o755 });
    const today = new Date().toISOString().slice(0, 10);
    board.add(`done/${today}`, { letters: 'ccccc' });
    const ran = runTool(tool, [board.root], { env: { PATH: `${shim}:${process.env.PATH}` } });
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain(`${tool}: some folders could not be read: the numbers are too low\n`);
  });
});
