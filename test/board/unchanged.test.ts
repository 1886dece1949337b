/** A folder that has not changed is not read again; one that may have, always is. */
import fs from 'node:fs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Board, createBoard } from '../../src/board/board.ts';
import { folderNames } from '../../src/board/scan.ts';
import { Unchanged } from '../../src/board/unchanged.ts';
import { loadPipeline } from '../../src/definitions/definitions.ts';
import { faultyFs } from '../helpers/faulty-fs.ts';
import { boardPath, makeHome } from '../helpers/home.ts';

const STEP_MS = 60_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A board whose folders are old enough to be believed. */
function bench(): { home: string; board: Board; folder: Unchanged; read: () => string[] } {
  const home = makeHome({ a: 'command: [/bin/true]' });
  createBoard(home, 'b', loadPipeline(home, 'p').pipeline);
  const board = Board.open(home, 'b');
  vi.setSystemTime(Date.now() + STEP_MS);
  const folder = new Unchanged(board, 'queue');
  return { home, board, folder, read: () => folder.read(() => folderNames(board, 'queue')) };
}

test('the same until a name comes, goes, or is renamed in it', () => {
  const { home, folder, read } = bench();
  const path = (name: string): string => boardPath(home, `queue/${name}`);
  expect(folder.isSame()).toBe(false);
  expect(read()).toEqual([]);
  expect(folder.isSame()).toBe(true);
  const changes = [
    () => fs.writeFileSync(path('x'), ''),
    () => fs.renameSync(path('x'), path('y')),
    () => fs.renameSync(path('y'), boardPath(home, 'y')),
    () => fs.renameSync(boardPath(home, 'y'), path('z')),
    () => fs.unlinkSync(path('z')),
  ];
  for (const change of changes) {
    // The kernel's clock for stamps moves on, as it does within what is not believed.
    const until = process.hrtime.bigint() + 20_000_000n;
    while (process.hrtime.bigint() < until) fs.statSync('/');
    change();
    vi.setSystemTime(Date.now() + STEP_MS);
    expect(folder.isSame()).toBe(false);
    read();
    expect(folder.isSame()).toBe(true);
  }
});

test('what changes while it is read is seen by the next question', () => {
  const { home, board, folder } = bench();
  folder.read(() => {
    const names = folderNames(board, 'queue');
    fs.writeFileSync(boardPath(home, 'queue/x'), '');
    return names;
  });
  vi.setSystemTime(Date.now() + STEP_MS);
  expect(folder.isSame()).toBe(false);
});

test('a change a moment ago could have a second one with the same time: it is not believed', () => {
  const { home, folder, read } = bench();
  vi.useRealTimers();
  fs.writeFileSync(boardPath(home, 'queue/x'), '');
  read();
  expect(folder.isSame()).toBe(false);
});

test.each([
  ['of a whole second', 1000, 2_050, false],
  ['of a whole second', 1000, 2_150, true],
  ['in between', 1234, 90, false],
  ['in between', 1234, 150, true],
])('a time %s (%i ms), %i ms ago: believed %s', (_, ms, ageMs, isBelieved) => {
  const { home } = bench();
  const { fs: door } = faultyFs();
  const board = Board.open(home, 'b', { fs: { ...door, changed: () => ({ stamp: 'one', ms }) } });
  const folder = new Unchanged(board, 'queue');
  vi.setSystemTime(ms + ageMs);
  folder.read(() => undefined);
  expect(folder.isSame()).toBe(isBelieved);
});

test('not believed for ever', () => {
  const { folder, read } = bench();
  read();
  vi.advanceTimersByTime(599_000);
  expect(folder.isSame()).toBe(true);
  vi.advanceTimersByTime(2_000);
  expect(folder.isSame()).toBe(false);
});

test('nor where others may change it unseen, nor after a reading that failed', () => {
  const { home, board, folder, read } = bench();
  read();
  expect(() =>
    folder.read(() => {
      throw new Error('EIO');
    }),
  ).toThrow('EIO');
  expect(folder.isSame()).toBe(false);
  const { fs: door, calls } = faultyFs();
  const shared = Object.assign(Board.open(home, 'b', { fs: door }), { isShared: true });
  const there = new Unchanged(shared, 'queue');
  there.read(() => folderNames(shared, 'queue'));
  expect(there.isSame()).toBe(false);
  expect(calls.filter(({ op }) => op === 'changed')).toEqual([]);
  expect(board.isShared).toBe(false);
});
