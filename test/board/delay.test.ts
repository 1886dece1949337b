/** A retry waits, whoever has posted the entry: where its file's time may not be set, by the time of the try's log. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import type { Board } from '../../src/board/board.ts';
import { dueMs } from '../../src/board/delay.ts';
import { finish } from '../../src/board/finish.ts';
import { post } from '../../src/board/post.ts';
import { closeOwnLog, openLog } from '../../src/board/tries.ts';
import { faultyFs } from '../helpers/faulty-fs.ts';
import { Bench } from './bench.ts';

const HOUR = 3_600_000;

/** A failed try that is to be made again in an hour. */
function retried({ isGroups = true, isOthers = true } = {}) {
  const bench = new Bench();
  post(bench.board, { dataset: 'x' });
  if (isGroups) fs.chmodSync(bench.board.root, 0o2775);
  const faulty = faultyFs();
  const board = bench.open({ fs: faulty.fs });
  if (isOthers) faulty.fail('setMtime', 'EPERM', (path) => path.includes('/active/'));
  const held = bench.win({}, board);
  openLog(board, held.try);
  const untilMs = Math.ceil(board.now() / 1000) * 1000 + HOUR;
  finish(board, held, { kind: 'retry', cause: 'x75', notBeforeMs: untilMs });
  closeOwnLog(board, held.try, 'x75');
  const look = (by: Board): number => dueMs(by, bench.one(), by.fs.identify(fileOf(bench)).mtimeMs);
  return { bench, board, faulty, untilMs, look };
}

function fileOf(bench: Bench): string {
  const { folder, file } = bench.one();
  return bench.path(`${folder}/${file}`);
}

test('an entry that another account posted waits for its time, for every process of the board', () => {
  const { bench, untilMs, look } = retried();
  expect(bench.where()).toEqual(['active 1__.001']);
  expect(fs.statSync(fileOf(bench)).mtimeMs).toBeLessThan(bench.board.now() + 1);
  expect(look(bench.open())).toBe(untilMs);
});

test('one that a person lets go on does not, nor one whose log is gone', () => {
  const { bench, look } = retried();
  bench.mv(bench.one(), 'queue', { letters: 'w__' });
  expect(look(bench.open())).toBeLessThan(bench.board.now() + 1);
  bench.mv(bench.one(), 'active', { letters: '1__' });
  fs.rmSync(bench.path('logs/x'), { recursive: true });
  expect(look(bench.open())).toBeLessThan(bench.board.now() + 1);
});

test('the last try counts: a later one that is to be made at once is', () => {
  const { bench, board, look } = retried();
  const held = bench.win({}, board);
  openLog(board, held.try);
  finish(board, held, { kind: 'retry', cause: 'x75' });
  closeOwnLog(board, held.try, 'x75');
  expect(bench.where()).toEqual(['active 2__.002']);
  expect(look(bench.open())).toBeLessThan(bench.board.now() + 1);
});

test('what is not needed is not looked at', () => {
  const isLog = ({ path }: { path: string }): boolean => path.includes('/logs/');
  for (const made of [{ isGroups: false }, { isOthers: false }]) {
    const { board, faulty, look } = retried(made);
    faulty.calls.splice(0);
    look(board);
    expect(faulty.calls.filter(isLog)).toEqual([]);
  }
});
