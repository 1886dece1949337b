/** Every exit code, and what standard output and error are for. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bench, type Home } from './helper.ts';

let bench: Bench;
let home: Home;
const POSTED = '20261121T120000';
beforeAll(async () => {
  bench = await Bench.make();
  home = await bench.home().create();
  home.touch('queue', `50.${POSTED}.w__.000.-.a`);
  home.touch('failed', `50.${POSTED}.f__.001.-.bad@1-x2`);
});
afterAll(() => bench.remove());

describe('exit codes', () => {
  it.each<[number, string, string[]]>([
    [0, 'a list', ['ls']],
    [0, 'an empty list', ['ls', 'state:done']],
    [0, 'help', ['--help']],
    [0, 'help of a command', ['help', 'ls']],
    [0, 'version', ['-V']],
    [1, 'some done, some absent', ['rank', '40', 'a', 'nosuch']],
    [1, 'some done, some refused', ['hold', 'a', 'bad', '-n']],
    [1, 'failed entries after waiting', ['wait', 'bad']],
    [2, 'no command, no terminal', []],
    [2, 'an unknown command', ['lss']],
    [2, 'an unknown option', ['ls', '--nosuch']],
    [2, 'a shortened option', ['ls', '--qui']],
    [2, 'a missing argument', ['show']],
    [2, 'a wrong choice', ['ls', '--color', 'green']],
    [2, 'a name that is not allowed', ['post', 'a/b']],
    [2, 'a class that is not allowed', ['post', 'x', '--class', 'ACS']],
    [2, 'a rank that is none', ['post', 'x', '--rank', '100']],
    [2, 'a filter that means nothing', ['ls', 'sate:failed']],
    [2, 'a stage that is none', ['repipe', 'bad', '--stage', 'four']],
    [2, 'datasets and a filter', ['hold', 'a', '--state', 'queue']],
    [2, 'no board of that name', ['ls', '--board', 'nosuch']],
    [2, 'no home', ['ls', '--home', '/nonexistent']],
    [2, 'no pipeline of that name', ['create', 'x', '--pipeline', 'nosuch']],
    [2, 'a board name that is not allowed', ['create', 'X', '--pipeline', 'line']],
    [2, 'two formats', ['ls', '--tsv', '-q']],
    [2, 'no assignment', ['set', 'a']],
    [2, 'an event that is none', ['history', '--event', 'finsh']],
    [0, 'what somebody has done, as it is shown', ['history', '--by', 'root@vm']],
    [2, 'a time without waiting', ['down', '--timeout', '1s']],
    [3, 'an absent dataset', ['show', 'nosuch']],
    [2, 'a stage that is none to render', ['render', 'a', 'four']],
    [2, 'a file that a stage does not make', ['render', 'a', 'one', '--file', 'x']],
    [3, 'an absent dataset to render', ['render', 'nosuch', 'one']],
    [3, 'an absent dataset of a verb', ['hold', 'nosuch']],
    [3, 'an absent dataset of log', ['log', 'nosuch']],
    [3, 'an absent dataset of wait', ['wait', 'nosuch']],
    [3, 'an absent dataset of history', ['history', 'nosuch']],
    [3, 'a filter that matches nothing', ['hold', '--state', 'held', '--yes']],
    [4, 'the time is up', ['wait', 'a', '--timeout', '10ms']],
    [5, 'refused by state', ['release', 'a']],
    [5, 'a board that exists', ['create', 'demo', '--pipeline', 'line']],
  ])('%i: %s', async (code, _, args) => {
    const result = await home.slate(...args);
    expect([result.code, result.stderr]).toEqual([code, expect.anything()]);
    if (code > 0) expect(result.stderr).not.toBe('');
    // Nothing that a program would read when there is nothing to tell.
    if (code === 2) expect(result.stdout).toBe('');
    if (code !== 70) expect(result.stderr).not.toMatch(/\n\s+at /);
  });

  it('5: a dataset that is on the board, 1: one of two', async () => {
    await home.done('post', 'twice');
    const all = await home.slate('post', 'twice');
    expect([all.code, all.stdout, all.stderr]).toEqual([5, '', expect.stringContaining('on the board already')]);
    expect((await home.slate('post', 'twice', 'fresh')).code).toBe(1);
    expect((await home.slate('post', 'fresh2', 'no/good')).code).toBe(1);
    expect((await home.slate('post', 'twice', 'no/good')).code).toBe(1);
  });

  it('2: several boards and none named, with the list', async () => {
    const two = await bench.home().create();
    await two.done('create', 'other', '--pipeline', 'line');
    const result = await two.slate('ls');
    expect([result.code, result.stderr]).toEqual([2, expect.stringContaining('demo, other')]);
    expect((await two.slate('ls', '--board', 'other')).code).toBe(0);
    expect((await bench.run(['--board', 'demo', 'ls'], { cwd: two.root })).code).toBe(0);
    const elsewhere = await bench.run(['counts', '--json'], { env: { SLATE_HOME: two.root, SLATE_BOARD: 'other' } });
    expect(JSON.parse(elsewhere.stdout).board).toBe('other');
  });

  it('1: the disk refuses', async () => {
    const broken = await bench.home().create();
    fs.rmdirSync(broken.path('failed'));
    const { code, stderr } = await broken.slate('ls');
    expect([code, stderr]).toEqual([1, expect.stringContaining('folder is missing')]);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('1: standard output is on a full disk', async () => {
    const { code, stderr } = await bench.shell(['/bin/sh', '-c', `cd "${home.root}"; "$NODE" "$SLATE" ls > /dev/full`]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('no space left')]);
  });

  it("1: a folder of the board is missing: which one, and what to do; 'check' tells it and goes on", async () => {
    const torn = await bench.home().create();
    torn.touch('failed', 'README');
    const queue = torn.path('queue');
    fs.renameSync(queue, `${queue}.x`);
    const advice = `${queue}: the board's folder is missing: move it back, or, if it was empty, make it with mkdir`;
    expect(await torn.slate('status')).toMatchObject({ code: 1, stderr: `slate: ${advice}\n` });
    const { code, stderr } = await torn.slate('post', 'k');
    expect([code, stderr]).toEqual([1, expect.stringMatching(/k can't be posted .*carried on once that is mended; /)]);
    expect(stderr).toContain(advice);
    const check = await torn.slate('check', '--fix');
    expect(check).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('nothing else is mended before it is back'),
    });
    expect(check.stdout).toMatch(/demo\/queue: the board's folder is missing: move it back/);
    expect(check.stdout).toMatch(/failed\/README: is no entry/);
    fs.renameSync(`${queue}.x`, queue);
    expect(await torn.done('sweep')).toMatch(/^1\tposts carried on$/m);
  });

  it('70: a fault of slate, with its trace', async () => {
    // A command line that is all right, in surroundings that break the program itself.
    const preload = path.join(bench.folder, 'break.mjs');
    fs.writeFileSync(preload, "Intl.Segmenter; Date.now = () => { throw new TypeError('broken clock'); };");
    const { code, stderr } = await bench.shell([
      '/bin/sh',
      '-c',
      `cd "${home.root}"; "$NODE" --import "${preload}" "$SLATE" ls`,
    ]);
    expect([code, stderr]).toEqual([70, expect.stringMatching(/report[\s\S]*broken clock[\s\S]*\n\s+at /)]);
  });

  it('128+n: a signal', async () => {
    const child = spawn(
      '/bin/sh',
      [
        '-c',
        '"$NODE" "$SLATE" history --follow --jsonl & p=$!; trap "kill -INT $p" TERM; echo $p; wait $p; wait $p; echo "rc $?"',
      ],
      {
        cwd: home.root,
        env: { ...process.env, SLATE: bench.command, NODE: process.execPath },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let text = '';
    child.stdout.on('data', (piece: Buffer) => {
      text += piece.toString();
      // It follows: the past has been told.
      if (text.includes('"event"') && !child.killed) child.kill('SIGTERM');
    });
    await new Promise((resolve) => child.on('close', resolve));
    expect(text).toContain('rc 130');
  });

  it('128+n: a bulk command ends cleanly, with what it did in the journal', async () => {
    const many = await bench.home().create();
    for (let number = 0; number < 4000; number++) many.touch('queue', `50.${POSTED}.w__.000.-.d${number}`);
    const child = spawn(process.execPath, [bench.command, 'rank', '10', '--class', '-', '--yes'], {
      cwd: many.root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.once('data', () => child.kill('SIGTERM'));
    const code = await new Promise((resolve) => child.on('close', resolve));
    const changed = many.names('queue').filter((name) => name.startsWith('10.')).length;
    const told = (await many.done('history', '--event', 'rank', '--jsonl')).trim().split('\n').length;
    expect(told).toBe(changed);
    // It may have been done before the signal came.
    expect(code).toBe(changed === 4000 ? 0 : 143);
  });
});

describe('manners', () => {
  it('help goes to standard output, and misuse to standard error with a hint', async () => {
    const help = await home.slate('--help');
    expect(help.stdout).toContain('repipe');
    expect(help.stdout).not.toContain('__complete');
    const wrong = await home.slate('lss');
    expect(wrong.stderr).toMatch(/unknown command 'lss'.*ls/s);
    expect((await home.slate('ls', '--qiuet')).stderr).toMatch(/--quiet/);
  });

  it('a reader that goes away is no error', async () => {
    const big = await bench.home().create();
    for (let number = 0; number < 5000; number++)
      big.touch('queue', `50.${POSTED}.w__.000.-.${'x'.repeat(60)}${number}`);
    const { code, stdout, stderr } = await bench.shell([
      '/bin/bash',
      '-c',
      `cd "${big.root}"; "$NODE" "$SLATE" ls --tsv | head -1 | wc -l; echo "\${PIPESTATUS[0]}"`,
    ]);
    expect([code, stdout.split('\n').map((line) => line.trim()), stderr]).toEqual([0, ['1', '0', ''], '']);
  });

  it('completes commands, options, stages, states, boards and datasets, and is silent when it can not', async () => {
    const complete = async (...words: string[]): Promise<string[]> =>
      (await home.done('__complete', '--', ...words)).trim().split('\n');
    expect(await complete('rep')).toEqual(['repipe']);
    expect(await complete('repipe', '--st')).toEqual(['--state', '--stage']);
    expect(await complete('repipe', '--stage', 't')).toEqual(['two', 'three']);
    expect(await complete('ls', 'state:fa')).toEqual(['state:failed']);
    expect(await complete('show', 'ba')).toEqual(['bad']);
    expect(await complete('log', 'bad', 'o')).toEqual(['one']);
    expect(await complete('ls', '--board', '')).toEqual(['demo']);
    expect(await complete('order', 'dr')).toEqual(['drain']);
    expect(await complete('scale', 't')).toEqual(['two=', 'three=']);
    expect(await bench.run(['__complete', '--', 'show', ''], { cwd: '/' })).toMatchObject({
      code: 0,
      stdout: '',
      stderr: '',
    });
  });

  it('the bash script works in bash', async () => {
    const script = [
      `cd "${home.root}"`,
      `PATH="${bench.folder}:$PATH"`,
      `printf '#!/bin/sh\\nexec "%s" "%s" "$@"\\n' "$NODE" "$SLATE" > "${bench.folder}/slate"; chmod +x "${bench.folder}/slate"`,
      'source <(slate completion bash)',
      `try() { COMP_LINE="$1"; COMP_POINT=\${#1}; COMPREPLY=(); _slate; echo "\${COMPREPLY[*]}"; }`,
      'try "slate repi"; try "slate ls state:fai"; try "slate show b"; try "slate create x --pipeline "',
    ].join('\n');
    const { stdout } = await bench.shell(['/bin/bash', '-c', script]);
    expect(stdout.trim().split('\n')).toEqual(['repipe', 'failed', 'bad', 'line']);
  });
});
