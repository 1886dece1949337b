/** Sending an entry back through the finisher: the count is read when the try ends, and a result is never lost over it. */
import { describe, expect, test } from 'vitest';
import { finish } from '../../src/board/finish.ts';
import { post } from '../../src/board/post.ts';
import { Finisher, type Settled } from '../../src/process/finisher.ts';
import { Bench } from '../board/bench.ts';
import { faultyFs } from '../helpers/faulty-fs.ts';

function made(sent: number) {
  const faulty = faultyFs();
  const bench = new Bench({ columns: ['a', 'b'], fs: faulty.fs });
  post(bench.board, { dataset: 'x' });
  finish(bench.board, bench.win(), { kind: 'complete' });
  const held = bench.win({ column: 1 });
  for (let nth = 0; nth < sent; nth++)
    bench.put(`logs/x/${held.try.posted}.b.000.sent1.log`.replace('000', `00${nth}`));
  const ended: Settled['kind'][] = [];
  const finisher = new Finisher(
    bench.board,
    (_result, settled) => ended.push(settled.kind),
    () => undefined,
  );
  const result = {
    held,
    ending: { kind: 'back', to: 0, most: 1 } as const,
    log: 'x12',
    notes: { reason: 'bad_flat', code: 12 },
  };
  const logs = (): string[] => bench.names('logs/x').flatMap((file) => /\.b\.002\.(.*)\.log$/.exec(file)?.[1] ?? []);
  return { bench, faulty, held, finisher, result, ended, logs };
}

describe('a try that sends its entry back', () => {
  test('does so once, with its name in the log and the reason in the journal', () => {
    const { bench, finisher, result, ended, logs } = made(0);
    expect(finisher.settle(result).kind).toBe('finished');
    expect([ended, bench.where(), logs()]).toEqual([['finished'], ['queue w_.002'], ['sent1']]);
    expect(bench.lines().at(-1)).toMatchObject({ outcome: '_', back: 'a', reason: 'bad_flat' });
  });

  test('fails when that was once too often, and says why', () => {
    const { bench, finisher, result, ended, logs } = made(1);
    expect(finisher.settle(result).kind).toBe('finished');
    expect([ended, bench.where(), logs()]).toEqual([['finished'], ['failed cf.002@2-back_limit'], ['back_limit']]);
    expect(bench.lines().at(-1)).toMatchObject({
      outcome: 'f',
      reason: 'it was sent back to a once already: bad_flat',
    });
  });

  test.each(['names', 'rename'] as const)('is kept while the disk refuses %s, and counted when it does not', (op) => {
    const { bench, faulty, finisher, result, ended, logs } = made(0);
    faulty.fail(op, 'EIO');
    expect(() => finisher.settle(result)).toThrow(/injected/);
    expect(() => finisher.again()).toThrow(/injected/);
    expect([ended, finisher.size]).toEqual([[], 1]);
    faulty.fail(op, undefined);
    finisher.again();
    expect([ended, bench.where(), logs(), finisher.size]).toEqual([['finished'], ['queue w_.002'], ['sent1'], 0]);
  });

  test('and whose claim was taken away meanwhile is not counted', () => {
    const { bench, finisher, result, ended, logs } = made(0);
    bench.mv(bench.one(), 'held', { letters: 'ch', tags: [] });
    expect(finisher.settle(result).kind).toBe('taken');
    expect([ended, bench.where(), logs()]).toEqual([['taken'], ['held ch.002'], ['gone']]);
  });

  test('to where it may not go fails as not fit to run, and is not counted', () => {
    const { bench, finisher, result, logs } = made(0);
    expect(finisher.settle({ ...result, ending: { kind: 'back', to: 1, most: 1 } }).kind).toBe('finished');
    expect([bench.where(), logs()]).toEqual([['failed cf.002@2-n'], ['n']]);
  });
});
