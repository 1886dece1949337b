/** Logs and journals of gigabytes (without the gigabytes: sparse files), of one line, of nothing that is text. */
import fs from 'node:fs';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { logTailOf } from '../../../src/board/entry-files.ts';
import { LogWindow } from '../../../src/board/log-window.ts';
import { findDatasets } from '../../../src/board/scan.ts';
import { openBoard } from '../../../src/index.ts';
import { boardPath, makeBoard, SLATE, slate, slateOk } from '../../helpers/home.ts';
import { fifo, sparse } from '../../hostile/plant.ts';

const TRUE = 'command: [/bin/true]';
const POSTED = '20261121T120000';
const LOG = `logs/one/${POSTED}.a.001.x2.log`;

/** A board with a failed entry, and what stands in its log. */
async function withLog(make: (path: string) => void): Promise<string> {
  const home = await makeBoard({ a: TRUE });
  fs.writeFileSync(boardPath(home, `failed/50.${POSTED}.f.001.-.one@1-x2`), '{}');
  fs.mkdirSync(boardPath(home, 'logs/one'));
  make(boardPath(home, LOG));
  return home;
}

/** Bytes that the reader of a log takes at most, whatever its length. */
async function growthOf(action: () => Promise<void>): Promise<number> {
  const before = process.memoryUsage().rss;
  await action();
  return process.memoryUsage().rss - before;
}

const END = 'the end\n';

test.each([
  ['zeros without a line end', (path: string) => sparse(path, 2 ** 33)],
  [
    'one line, then another',
    (path: string) => {
      sparse(path, 2 ** 33);
      fs.appendFileSync(path, `\n${END}`);
    },
  ],
  ['colours without end', (path: string) => fs.writeFileSync(path, '\u001b[31m\u001b]0;'.repeat(500_000))],
  ['returns', (path: string) => fs.writeFileSync(path, '\r'.repeat(5_000_000))],
  ['steps back', (path: string) => fs.writeFileSync(path, `${'x'.repeat(2_000_000)}${'\b'.repeat(2_000_000)}`)],
  ['tabs', (path: string) => fs.writeFileSync(path, '\t'.repeat(3_000_000))],
  ['line ends', (path: string) => fs.writeFileSync(path, '\n'.repeat(3_000_000))],
  ['marks on one letter', (path: string) => fs.writeFileSync(path, `a${'\u0301'.repeat(1_000_000)}`)],
  ['no UTF-8', (path: string) => fs.writeFileSync(path, Buffer.alloc(3_000_000, 0xff))],
] as const)('a window on a log of %s holds a part of it', async (_what, make) => {
  const home = await withLog(make);
  const board = openBoard(home, 'b');
  const grown = await growthOf(async () => {
    const window = await LogWindow.open(board, 'one');
    expect(window?.fault).toBeUndefined();
    for (let round = 0; round < 3; round++) await window?.more();
    for (const line of window?.lines ?? []) expect(line.length).toBeLessThanOrEqual(20_000);
    await window?.close();
    const [entry] = findDatasets(board, new Set(['one']));
    if (entry === undefined) throw new Error('no entry');
    expect((await logTailOf(board, entry, 10)).length).toBeLessThanOrEqual(10);
  });
  expect(grown).toBeLessThan(400 * 2 ** 20);
  const shown = await slate(home, ['show', 'one']);
  expect(shown.code, shown.stderr).toBe(0);
  expect(shown.stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
});

test('a log that is a pipe, a folder or a device is told, and not waited for', async () => {
  for (const make of [
    fifo,
    (path: string) => fs.mkdirSync(path),
    (path: string) => fs.symlinkSync('/dev/zero', path),
  ]) {
    const home = await withLog(make);
    const board = openBoard(home, 'b');
    const window = await LogWindow.open(board, 'one');
    expect(window?.fault).toContain('is no plain file');
    await window?.close();
    const { code, stderr } = await slate(home, ['log', 'one']);
    expect(code, stderr).not.toBe(70);
    expect(code, stderr).not.toBe(0);
    expect((await slate(home, ['show', 'one'])).code).toBe(0);
  }
});

// A terminal for one command, where the system has util-linux.
const SCRIPT = '/usr/bin/script';

test.skipIf(!fs.existsSync(SCRIPT))(
  'on a terminal a log can not move the cursor; into a pipe it goes as it is',
  async () => {
    const evil = 'a\u001b[2J\u001b]52;c;ZXZpbA==\u0007\u009b31m\u202eb\n';
    const home = await withLog((path) => fs.writeFileSync(path, evil));
    expect(await slateOk(home, ['log', 'one'])).toBe(evil);
    const line = `"${process.execPath}" "${SLATE}" --home "${home}" --board b`;
    for (const words of ['log one', 'show one', 'history one', 'ls', 'status']) {
      const { stdout } = await execa(SCRIPT, ['-qec', `${line} ${words}`, '/dev/null'], {
        env: { TERM: 'xterm', NO_COLOR: '1' },
        reject: false,
      });
      // Colours are slate's own.
      expect(stdout.replace(/\u001b\[[0-9;]*m/g, ''), words).not.toMatch(
        /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202e]/,
      );
    }
  },
);
