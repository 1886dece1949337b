import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LogWindow, type WhichLog } from '../../src/board/log-window.ts';
import { closeLog } from '../../src/board/tries.ts';
import type { OpenLog } from '../../src/tui/data.ts';
import { onCleanup, tempFolder } from '../helpers/home.ts';
import { Bench } from './bench.ts';

const RUN = '20261121T120000';
const TRY = { dataset: 'x', posted: RUN, stage: 'a', epoch: 1 };

class Logs {
  readonly bench = new Bench();

  path(log: string): string {
    return this.bench.path(`logs/x/${RUN}.${log}.log`);
  }

  write(log: string, content: string | Buffer): void {
    fs.mkdirSync(this.bench.path('logs/x'), { recursive: true });
    fs.appendFileSync(this.path(log), content);
  }

  async open(which: WhichLog = {}, options: { tailBytes?: number; mostLines?: number } = {}): Promise<LogWindow> {
    const window = await LogWindow.open(this.bench.board, 'x', which, { now: () => 42, ...options });
    if (window === undefined) throw new Error('no log');
    onCleanup(() => window.close());
    return window;
  }
}

const number = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => `line ${from + index}`);
const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

describe('which log', () => {
  test('is that of the latest try, or of one that is told', async () => {
    const logs = new Logs();
    for (const log of ['a.001.x2', 'a.002.ok', 'b.003.run']) logs.write(log, `${log}\n`);
    fs.writeFileSync(logs.bench.path('logs/x/20261122T120000.a.001.run.log'), 'another run\n');
    const told = async (which?: WhichLog): Promise<unknown[]> => {
      const window = await logs.open(which);
      return [window.lines[0], window.isRunning, window.tries.length];
    };
    expect(await told()).toEqual(['another run', true, 4]);
    expect(await told({ posted: RUN })).toEqual(['b.003.run', true, 4]);
    expect(await told({ posted: RUN, stage: 'a' })).toEqual(['a.002.ok', false, 4]);
    expect(await told({ posted: RUN, epoch: 1 })).toEqual(['a.001.x2', false, 4]);
    expect(await LogWindow.open(logs.bench.board, 'x', { stage: 'c' })).toBeUndefined();
    expect(await LogWindow.open(logs.bench.board, 'nobody')).toBeUndefined();
  });

  test('is what the log view shows', async () => {
    const logs = new Logs();
    logs.write('a.001.ok', 'text\n');
    const open: OpenLog = await logs.open();
    expect(open).toMatchObject({ dataset: 'x', path: logs.path('a.001.ok'), firstLine: 0, fault: undefined });
  });
});

describe('a log', () => {
  test('is read from its end, and further back when asked', async () => {
    const logs = new Logs();
    const all = number(0, 60_000);
    logs.write('a.001.ok', text(all));
    const window = await logs.open();
    expect(window.lines).toEqual(all.slice(-window.lines.length));
    expect(window.lines.length).toBeLessThan(7_000);
    expect(window.skippedBytes).toBe(text(all.slice(0, -window.lines.length)).length);
    const [, before] = [await window.more(100_000), window.lines.length];
    expect(before).toBeLessThan(20_000);
    expect(window.lines).toEqual(all.slice(-before));
    expect(window.lines[0]).toBe(all.at(window.firstLine - (window.lines.length + window.firstLine)));
    while (await window.more());
    expect(window.lines).toEqual(all);
    expect(window.skippedBytes).toBe(0);
    expect(window.seenMs).toEqual(new Array(60_000).fill(undefined));
  });

  test('gives each line a number for good', async () => {
    const logs = new Logs();
    const all = number(0, 20_000);
    logs.write('a.001.run', text(all));
    const window = await logs.open({}, { mostLines: 15_000 });
    const numberOf = (line: string): number => window.lines.indexOf(line) + window.firstLine;
    const last = numberOf('line 19999');
    await window.more(64 * 1024);
    expect(numberOf('line 19999')).toBe(last);
    logs.write('a.001.run', text(number(20_000, 30_000)));
    await window.poll();
    expect([numberOf('line 19999'), numberOf('line 20000')]).toEqual([last, last + 1]);
    expect(window.lines).toEqual(number(15_000, 30_000));
    expect(window.skippedBytes).toBe(text(number(0, 15_000)).length);
    // There is no room for more.
    expect(await window.more()).toBe(false);
  });

  test('shorter than a piece, empty, or one line of any length', async () => {
    const logs = new Logs();
    logs.write('a.001.ok', '');
    logs.write('a.002.ok', 'one\ntwo');
    logs.write('a.003.ok', `first\n${'漢'.repeat(100_000)}\nlast\n`);
    expect((await logs.open({ epoch: 1 })).lines).toEqual([]);
    expect((await logs.open({ epoch: 2 })).lines).toEqual(['one', 'two']);
    const window = await logs.open({ epoch: 3 });
    expect(window.lines.at(-1)).toBe('last');
    while (await window.more());
    expect(window.lines[0]).toBe('first');
    expect(window.lines.slice(1, -1).join('')).toBe('漢'.repeat(100_000));
    expect(window.skippedBytes).toBe(0);
  });

  test('is followed under the name that it gets', async () => {
    const logs = new Logs();
    logs.write('a.001.run', 'one\ntw');
    const window = await logs.open();
    expect([window.lines, window.seenMs, window.isRunning]).toEqual([['one', 'tw'], [undefined, undefined], true]);
    expect(await window.poll()).toBe(false);
    logs.write('a.001.run', 'o\nthree\n 10%\r');
    const before = window.lines;
    expect(await window.poll()).toBe(true);
    expect(before).toEqual(['one', 'tw']);
    expect(window.lines).toEqual(['one', 'two', 'three', ' 10%']);
    // The second was seen when the log was opened.
    expect(window.seenMs).toEqual([undefined, undefined, 42, 42]);
    logs.write('a.001.run', ' 20%\r');
    // For an instant it has both names.
    fs.linkSync(logs.path('a.001.run'), logs.path('a.001.x2'));
    await window.poll();
    expect([window.isRunning, window.path]).toEqual([false, logs.path('a.001.x2')]);
    closeLog(logs.bench.board, TRY, 'x2');
    logs.write('a.001.x2', ' 30%\nend\n');
    expect(await window.poll()).toBe(true);
    expect(window.lines).toEqual(['one', 'two', 'three', ' 30%', 'end']);
    expect([window.isRunning, window.log.outcome, window.path]).toEqual([false, 'x2', logs.path('a.001.x2')]);
    logs.write('a.002.run', '');
    await window.poll();
    expect([window.tries.length, window.log.epoch]).toEqual([2, 1]);
  });

  test('that is truncated begins anew', async () => {
    const logs = new Logs();
    logs.write('a.001.run', text(number(0, 10)));
    const window = await logs.open();
    const after = window.firstLine + window.lines.length;
    fs.truncateSync(logs.path('a.001.run'), 0);
    logs.write('a.001.run', 'new\n');
    expect(await window.poll()).toBe(true);
    expect([window.lines, window.skippedBytes, window.firstLine]).toEqual([['new'], 0, after]);
  });

  test('that grows faster than it is read is told from its end', async () => {
    const logs = new Logs();
    logs.write('a.001.run', 'one\n');
    const window = await logs.open();
    const all = number(0, 500_000);
    logs.write('a.001.run', text(all));
    await window.poll();
    expect(window.lines.length).toBeLessThan(10_000);
    expect(window.lines).toEqual(all.slice(-window.lines.length));
    await window.more(64 * 1024);
    expect(window.lines).toEqual(all.slice(-window.lines.length));
  });

  test('that is removed can be read on, and says so', async () => {
    const logs = new Logs();
    logs.write('a.001.run', 'one\n');
    const window = await logs.open();
    fs.rmSync(logs.path('a.001.run'));
    expect(await window.poll()).toBe(true);
    expect(window.fault).toContain('no longer there');
    expect([window.lines, window.isRunning]).toEqual([['one'], false]);
    expect(await window.poll()).toBe(false);
  });

  test('that can’t be read says why', async () => {
    const logs = new Logs();
    fs.mkdirSync(logs.path('a.001.ok'), { recursive: true });
    const window = await logs.open();
    expect(window.fault).toContain('a.001.ok.log: ');
    expect(window.lines).toEqual([]);
    const folder = tempFolder();
    await expect(window.saveCopy(join(folder, 'copy'))).rejects.toThrow('there is nothing that could be saved');
    expect(fs.readdirSync(folder)).toEqual([]);
    fs.rmdirSync(logs.path('a.001.ok'));
    logs.write('a.001.ok', 'text\n');
    const again = await logs.open();
    expect([again.fault, again.lines]).toEqual([undefined, ['text']]);
  });

  test('is looked at once at a time', async () => {
    const logs = new Logs();
    logs.write('a.001.run', 'one\n');
    const window = await logs.open();
    logs.write('a.001.run', 'two\n');
    expect(await Promise.all([window.poll(), window.more(), window.poll()])).toEqual([true, false, true]);
    expect(window.lines).toEqual(['one', 'two']);
  });
});

test('a log that is closed keeps what it has, and is not read again', async () => {
  const logs = new Logs();
  logs.write('a.001.run', 'one\n');
  const window = await logs.open();
  logs.write('a.001.run', 'two\n');
  await window.close();
  expect([await window.poll(), await window.more(), window.lines]).toEqual([false, false, ['one']]);
  await expect(window.saveCopy(join(tempFolder(), 'copy'))).rejects.toThrow('nothing that could be saved');
});

describe('a copy', () => {
  test('is never written over anything', async () => {
    const logs = new Logs();
    logs.write('a.001.run', '\x1b[31mred\x1b[0m\n'.repeat(20_000));
    const window = await logs.open();
    const folder = tempFolder();
    const to = join(folder, 'x.log');
    expect(await window.saveCopy(to)).toBe(to);
    fs.symlinkSync('nowhere', join(folder, 'x-2.log'));
    expect(await window.saveCopy(to)).toBe(join(folder, 'x-3.log'));
    closeLog(logs.bench.board, TRY, 'ok');
    expect(await window.saveCopy(to)).toBe(join(folder, 'x-4.log'));
    for (const name of ['x.log', 'x-3.log', 'x-4.log'])
      expect(fs.readFileSync(join(folder, name)).equals(fs.readFileSync(logs.path('a.001.ok')))).toBe(true);
    expect(fs.readdirSync(folder)).toHaveLength(4);
  });

  test('that can’t be written says why', async () => {
    const logs = new Logs();
    logs.write('a.001.ok', 'text\n');
    const window = await logs.open();
    await expect(window.saveCopy('/nowhere/at/all.log')).rejects.toThrow(
      "/nowhere/at/all.log: the log can't be saved there: is not there (ENOENT)",
    );
  });
});
