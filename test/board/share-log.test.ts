/** The log that tries of one execution share, where links can be made and where not; and what sweepers do about a batch. */
import fs from 'node:fs';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Board, createBoard } from '../../src/board/board.ts';
import { claim } from '../../src/board/claim.ts';
import { nothingSwept, sweepEntry } from '../../src/board/housekeep.ts';
import { post } from '../../src/board/post.ts';
import { scanFolder } from '../../src/board/scan.ts';
import { closeOwnLog, openLog, shareLog } from '../../src/board/tries.ts';
import { loadPipeline } from '../../src/definitions/definitions.ts';
import { batchScratchPath, logPath, type TryName } from '../../src/model/name.ts';
import { list, makeHome } from '../helpers/home.ts';

function bench(): { home: string; board: Board } {
  const home = makeHome({ a: 'command: [/bin/true]' });
  createBoard(home, 'b', loadPipeline(home, 'p').pipeline);
  return { home, board: Board.open(home, 'b') };
}
const name = (dataset: string): TryName => ({ dataset, posted: '20261121T120000', stage: 'a', epoch: 1 });
const ino = (board: Board, dataset: string, outcome: string): number =>
  fs.statSync(board.path(logPath(name(dataset), outcome))).ino;

test('a second name of one file, that gets an outcome of its own and is never overwritten', () => {
  const { home, board } = bench();
  expect(openLog(board, name('x'))).toBe(true);
  expect(shareLog(board, name('y'), name('x'))).toBe(true);
  expect(ino(board, 'y', 'run')).toBe(ino(board, 'x', 'run'));
  // The epoch was used.
  expect(shareLog(board, name('y'), name('x'))).toBe(false);
  closeOwnLog(board, name('x'), 'ok');
  closeOwnLog(board, name('y'), 'x2');
  expect([...list(home, 'logs/x'), ...list(home, 'logs/y')]).toEqual([
    '20261121T120000.a.001.ok.log',
    '20261121T120000.a.001.x2.log',
  ]);
  expect(ino(board, 'y', 'x2')).toBe(ino(board, 'x', 'ok'));
});

test('where no link can be made, a log of its own that says where to look', () => {
  const { board } = bench();
  openLog(board, name('x'));
  const link = vi.spyOn(board.fs, 'link').mockImplementation(() => {
    throw Object.assign(new Error('EPERM'), { errno: -1 });
  });
  onTestFinished(() => link.mockRestore());
  expect(shareLog(board, name('y'), name('x'))).toBe(true);
  expect(fs.readFileSync(board.path(logPath(name('y'), 'run')), 'utf8')).toBe(
    "slate: it runs together with others: 'slate log x a --epoch 1' has the output\n",
  );
  expect(shareLog(board, name('y'), name('x'))).toBe(false);
});

test.each([
  ['.batch', []],
  ['left-by-the-step', ['left-by-the-step']],
])('the folder of a dead process’s batch goes if there is nothing in it but what was given: %s', (file, left) => {
  const { home, board } = bench();
  post(board, { dataset: 'x' });
  const [entry] = scanFolder(board, 'queue').entries;
  const won = entry && claim(board, { entry, column: 0, process: 'dead', products: false });
  if (won?.kind !== 'won') throw new Error('not claimed');
  const folder = batchScratchPath(won.held.try);
  fs.mkdirSync(board.path(folder));
  fs.writeFileSync(board.path(`${folder}/${file}`), 'x');
  const context = { ownId: 'aaaa', isMine: () => false, isDead: () => true };
  sweepEntry(board, won.held.at, context, nothingSwept());
  expect(list(home, 'logs/x').map((log) => log.replace(/^[^.]*\./, ''))).toEqual(['a.001.l.log']);
  expect(list(home, folder)).toEqual(left);
  expect(list(home, 'scratch').length).toBe(left.length);
});
