/** In order is what housekeeping would leave alone: the same answer as working it out for each name. */
import { expect, test } from 'vitest';
import { Board, createBoard } from '../../src/board/board.ts';
import { InOrder } from '../../src/board/in-order.ts';
import { isLocated, type Located, readName } from '../../src/board/scan.ts';
import { loadPipeline, loadStages } from '../../src/definitions/definitions.ts';
import { pinnedPipeline } from '../../src/process/stages.ts';
import { makeHome } from '../helpers/home.ts';

function bench(): { inOrder: InOrder; at: (folder: string, rest: string) => Located } {
  const home = makeHome({ a: 'command: [/bin/true]', b: 'command: [/bin/true]\nclasses: [x]' });
  createBoard(home, 'b', loadPipeline(home, 'p').pipeline);
  const board = Board.open(home, 'b');
  board.useStages(loadStages(home, board.stages, pinnedPipeline(board)));
  const at = (folder: string, rest: string): Located => {
    const read = readName(board, folder, `50.20261121T120000.${rest}`);
    if (!isLocated(read)) throw new Error(read.why);
    return read;
  };
  return { inOrder: new InOrder(board), at };
}

test.each<[boolean, string, string]>([
  [true, 'active', 'cw.001.x.d'],
  [true, 'queue', 'w_.000.y.d'],
  [true, 'failed', 'cf.002.x.d@2-x1'],
  [true, 'done/2026-11-21', 'cc.002.x.d'],
  [false, 'done', 'cc.002.x.d'],
  [false, 'queue', 'cw.001.x.d'],
  [false, 'active', 'c_.001.x.d'],
  [false, 'active', 'cw.001.x.d@2-x1'],
])('%s: %s/ %s', (expected, folder, rest) => {
  const { inOrder, at } = bench();
  expect(inOrder.has(at(folder, rest))).toBe(expected);
  // From memory, of another dataset.
  expect(inOrder.has(at(folder, rest.replace('.d', '.e')))).toBe(expected);
});
