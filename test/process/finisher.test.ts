import { expect, test } from 'vitest';
import { adopt } from '../../src/board/adopt.ts';
import { post } from '../../src/board/post.ts';
import { Finisher, type Settled } from '../../src/process/finisher.ts';
import { Bench } from '../board/bench.ts';

test('a try that another process has adopted is let go: its log and its end are that one’s', () => {
  const bench = new Bench({ columns: ['a'] });
  post(bench.board, { dataset: 'x' });
  const held = bench.win();
  const other = adopt(bench.board, { entry: bench.one(), column: 0, process: 'efgh', products: false });
  if (other === undefined) throw new Error('it could not be adopted');
  const told: Settled[] = [];
  const finisher = new Finisher(
    bench.board,
    (_result, settled) => told.push(settled),
    () => undefined,
  );
  const notes = {};
  expect(finisher.settle({ held, ending: { kind: 'complete' }, log: 'ok', notes })).toEqual({ kind: 'left' });
  expect([told, finisher.size]).toEqual([[{ kind: 'left' }], 0]);
  expect(bench.names('logs/x').map((file) => file.split('.').slice(1).join('.'))).toEqual(['a.001.run.log']);
  expect(finisher.settle({ held: other, ending: { kind: 'complete' }, log: 'ok', notes }).kind).toBe('finished');
  expect(bench.lines().map(({ event }) => event)).not.toContain('discard');
  expect(bench.faults()).toEqual([]);
});
