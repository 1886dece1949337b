/** Hints of the kernel: names in folders, and the renames of one file. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { Board, createBoard } from '../../src/board/board.ts';
import { BoardWatch } from '../../src/board/watch.ts';
import { loadPipeline } from '../../src/definitions/definitions.ts';
import { boardPath, makeHome, onCleanup, until } from '../helpers/home.ts';

test('a file that is followed tells of its renames and not of its writes, nor of its neighbours', async () => {
  const home = makeHome({ a: 'command: [/bin/true]' });
  createBoard(home, 'b', loadPipeline(home, 'p').pipeline);
  const path = (name: string): string => boardPath(home, name);
  const hints: string[] = [];
  const watch = new BoardWatch(Board.open(home, 'b'), {
    folders: ['queue'],
    onHint: (folder, file) => hints.push(`${folder}:${file}`),
    onTrouble: (message) => hints.push(message),
  });
  onCleanup(() => watch.close());
  fs.writeFileSync(path('processes/one'), '');
  watch.followFile('processes/one');
  fs.writeFileSync(path('processes/one'), 'x');
  fs.writeFileSync(path('processes/two'), '');
  fs.renameSync(path('processes/two'), path('processes/three'));
  fs.writeFileSync(path('queue/x'), '');
  await until(() => hints.length > 0, 'the hint of the folder');
  expect(hints.splice(0)).toEqual(['queue:x']);
  for (const [from, to] of [
    ['one', 'other'],
    ['other', 'one'],
  ]) {
    fs.renameSync(path(`processes/${from}`), path(`processes/${to}`));
    await until(() => hints.length > 0, 'the hint of the file');
    expect(hints.splice(0)[0]).toMatch(/^processes\/one:/);
  }
});

test('a flood of hints is heard once: it listens again after a while, and says that something has changed', async () => {
  const home = makeHome({ a: 'command: [/bin/true]' });
  createBoard(home, 'b', loadPipeline(home, 'p').pipeline);
  const path = (name: string): string => boardPath(home, `queue/${name}`);
  const hints: (string | undefined)[] = [];
  const watch = new BoardWatch(Board.open(home, 'b'), {
    folders: ['queue', 'held'],
    onHint: (folder, file) => hints.push(`${folder}/${file}`),
    onTrouble: (message) => hints.push(message),
  });
  onCleanup(() => watch.close());
  const names = Array.from({ length: 3_000 }, (_, index) => `x${index}`);
  for (const name of names) fs.writeFileSync(path(name), '');
  await until(() => hints.includes('queue/undefined'), 'it to listen again');
  expect(hints.length).toBeLessThan(names.length);
  hints.length = 0;
  fs.writeFileSync(path('later'), '');
  await until(() => hints.includes('queue/later'), 'the hint of what came later');
  fs.writeFileSync(boardPath(home, 'held/other'), '');
  await until(() => hints.includes('held/other'), 'the hint of another folder');
});
