/** `slate status --watch`: plain lines, again whenever the board has changed. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeBoard, onCleanup, SLATE, slate, slateOk, until } from '../helpers/home.ts';

function watch(home: string, args: readonly string[] = []) {
  const child = spawn(process.execPath, [SLATE, '--home', home, 'status', '--watch', '100ms', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', err: '' };
  child.stdout.on('data', (data: Buffer) => {
    said.out += data.toString();
  });
  child.stderr.on('data', (data: Buffer) => {
    said.err += data.toString();
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  onCleanup(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { child, said, ended };
}

it('tells the board again when it has changed, and not before', async () => {
  const home = await makeBoard({ one: "command: ['true']" });
  const { said } = watch(home);
  await until(() => said.out.includes('0 stage processes'), 'the first look');
  expect(said.out).toMatch(/^\d{4}-\d\d-\d\dT[\d:]+Z\nboard b, /);
  await slateOk(home, ['post', 'a', 'b']);
  await until(() => said.out.includes('2 entries: 2 queue'), 'the second');
  await slateOk(home, ['hold', 'a']);
  await until(() => said.out.includes('1 queue, 1 held'), 'the third');
  const blocks = said.out.split('\n\n');
  expect(new Set(blocks.map((block) => block.split('\n').slice(2, 3).join())).size).toBe(blocks.length);
  expect(said.out).not.toMatch(/\x1b/);
});

it('is one document a line with --json', async () => {
  const home = await makeBoard({ one: "command: ['true']" });
  const { said } = watch(home, ['--json']);
  await slateOk(home, ['post', 'a']);
  await until(() => said.out.includes('"queue":1'), 'the entry');
  const documents = said.out
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text) as Record<string, unknown>);
  expect(documents.at(-1)).toMatchObject({ schemaVersion: 1, total: 1, time: expect.stringMatching(/Z$/) });
});

it('says once that the board can not be read, and goes on when it can', async () => {
  const home = await makeBoard({ one: "command: ['true']" });
  const { said } = watch(home);
  await until(() => said.out.includes('0 entries'), 'the first look');
  const board = join(home, 'blackboard', 'b');
  fs.renameSync(board, `${board}.away`);
  await until(() => said.err.includes("can't be read"), 'the trouble to be told');
  fs.renameSync(`${board}.away`, board);
  await until(() => said.err.includes('can be read again'), 'its end');
  expect(said.err.match(/can't be read/g)).toHaveLength(1);
});

it('looks once with --check', async () => {
  const home = await makeBoard({ one: "command: ['true']" });
  const { code, stderr } = await slate(home, ['status', '--watch', '--check']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('choose one')]);
});
