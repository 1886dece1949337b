/** Which jobs were told to be cancelled, for who takes them over. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { noteCancels, readCancels } from '../../src/board/job-cancels.ts';
import { Bench } from './bench.ts';

test('what is noted is read, each time a line; what is torn or foreign is passed by', () => {
  const bench = new Bench();
  const { board } = bench;
  fs.mkdirSync(bench.path('jobs/aaaa.1'), { recursive: true });
  expect(readCancels(board, 'aaaa.1')).toEqual(new Set());
  noteCancels(board, 'aaaa.1', [0, 3]);
  noteCancels(board, 'aaaa.1', [4]);
  expect(readCancels(board, 'aaaa.1')).toEqual(new Set([0, 3, 4]));
  fs.appendFileSync(bench.path('jobs/aaaa.1/cancels'), '{"all": true}\n["5", 6]\n[7, 8');
  expect(readCancels(board, 'aaaa.1')).toEqual(new Set([0, 3, 4, 6]));
});

test('a submission that is gone has nothing to note', () => {
  const { board } = new Bench();
  noteCancels(board, 'aaaa.1', [0]);
  expect(readCancels(board, 'aaaa.1')).toEqual(new Set());
});
