/** Working folders: one that stayed empty serves the slot's next step; a failed step's is kept for a look. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { Board, createBoard } from '../../src/board/board.ts';
import { loadPipeline } from '../../src/definitions/definitions.ts';
import { SlotScratch } from '../../src/process/scratch.ts';
import { list, makeHome } from '../helpers/home.ts';

function bench(): { home: string; scratch: SlotScratch } {
  const home = makeHome({ a: 'command: [/bin/true]' });
  createBoard(home, 'b', loadPipeline(home, 'p').pipeline);
  return { home, scratch: new SlotScratch(Board.open(home, 'b')) };
}

const name = (dataset: string): { dataset: string; posted: string; stage: string; epoch: number } => ({
  dataset,
  posted: '20261121T120000',
  stage: 'a',
  epoch: 1,
});

test('an empty folder is renamed for the next step and removed with the slot', () => {
  const { home, scratch } = bench();
  const first = scratch.take(name('x'));
  const { ino } = fs.statSync(first);
  scratch.release('keep-failed', true);
  expect(list(home, 'scratch')).toEqual(['x.a.001']);
  expect(fs.statSync(scratch.take(name('y'))).ino).toBe(ino);
  expect(list(home, 'scratch')).toEqual(['y.a.001']);
  scratch.release('keep-failed', false);
  scratch.close();
  expect(list(home, 'scratch')).toEqual([]);
});

test.each([
  ['keep-failed', true, []],
  ['keep-failed', false, ['x.a.001']],
  ['keep', true, ['x.a.001']],
  ['remove', false, []],
] as const)('what a step wrote, with %s and success %s, leaves %j', (policy, succeeded, left) => {
  const { home, scratch } = bench();
  fs.writeFileSync(`${scratch.take(name('x'))}/file`, 'x');
  scratch.release(policy, succeeded);
  scratch.close();
  expect(list(home, 'scratch')).toEqual([...left]);
});

test('a folder left by an earlier run at the same epoch is cleared', () => {
  const { scratch } = bench();
  const first = scratch.take(name('x'));
  fs.writeFileSync(`${first}/old`, 'x');
  expect(fs.readdirSync(scratch.take(name('x')))).toEqual([]);
});
