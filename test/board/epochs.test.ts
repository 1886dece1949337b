/** Which epochs were used is listed only where others may have used one. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { claim } from '../../src/board/claim.ts';
import { finish } from '../../src/board/finish.ts';
import { post } from '../../src/board/post.ts';
import type { Located } from '../../src/board/scan.ts';
import { closeOwnLog, officialProducts } from '../../src/board/tries.ts';
import { faultyFs } from '../helpers/faulty-fs.ts';
import { Bench } from './bench.ts';

function ended(bench: Bench, entry: Located, column: number): Located {
  const result = claim(bench.board, { entry, column, process: 'aaaa', products: false });
  if (result.kind !== 'won') throw new Error(result.kind);
  const end = finish(bench.board, result.held, { kind: 'complete' });
  if (end.kind !== 'finished') throw new Error(end.kind);
  closeOwnLog(bench.board, result.held.try, 'ok');
  return end.at;
}

test('an entry that goes from stage to stage in one process lists nothing', () => {
  const faulty = faultyFs();
  const bench = new Bench({ fs: faulty.fs });
  post(bench.board, { dataset: 'x' });
  const start = bench.one();
  faulty.calls.length = 0;
  ended(bench, ended(bench, ended(bench, start, 0), 1), 2);
  expect(faulty.calls.filter(({ op }) => op === 'names' || op === 'eachName')).toEqual([]);
  expect(bench.names('logs/x').map((file) => file.split('.').slice(1).join('.'))).toEqual([
    'a.001.ok.log',
    'b.002.ok.log',
    'c.003.ok.log',
  ]);
});

test('the same name, but found by a look: its logs are listed, and an epoch turned back is passed', () => {
  const bench = new Bench();
  post(bench.board, { dataset: 'x' });
  ended(bench, bench.one(), 0);
  // By hand: an epoch that another stage's log bears.
  const turned = bench.mv(bench.one(), 'active', { epoch: 0 });
  const result = claim(bench.board, { entry: turned, column: 1, process: 'aaaa', products: false });
  expect(result).toMatchObject({ kind: 'unfit' });
  expect(bench.where()).toEqual(['active cw_.001']);
});

test('a branch that was claimed since: the logs are listed', () => {
  const faulty = faultyFs();
  const bench = new Bench({ columns: ['a', 'b:a', 'c:a'], fs: faulty.fs });
  post(bench.board, { dataset: 'x' });
  const forked = ended(bench, bench.one(), 0);
  const one = claim(bench.board, { entry: forked, column: 1, process: 'aaaa', products: false });
  if (one.kind !== 'won') throw new Error(one.kind);
  const other = claim(bench.board, { entry: bench.one(), column: 2, process: 'bbbb', products: false });
  expect(other.kind).toBe('won');
  const end = finish(bench.board, one.held, { kind: 'retry', cause: 'x1' });
  if (end.kind !== 'finished') throw new Error(end.kind);
  faulty.calls.length = 0;
  expect(claim(bench.board, { entry: end.at, column: 1, process: 'aaaa', products: false }).kind).toBe('won');
  expect(faulty.calls.some(({ op, path }) => op === 'names' && path.endsWith('/logs/x'))).toBe(true);
});

test('a log that was closed by a sweeper keeps the name that it was given', () => {
  const bench = new Bench();
  post(bench.board, { dataset: 'x' });
  const held = bench.win();
  const { posted } = held.try;
  fs.renameSync(bench.path(`logs/x/${posted}.a.001.run.log`), bench.path(`logs/x/${posted}.a.001.l.log`));
  closeOwnLog(bench.board, held.try, 'gone');
  expect(bench.names('logs/x')).toEqual([`${posted}.a.001.l.log`]);
});

test('a stage that made products and makes none any more: what it made counts no longer', () => {
  const bench = new Bench();
  post(bench.board, { dataset: 'x' });
  const run = (products: boolean): void => {
    const end = finish(bench.board, bench.win({ products }), { kind: 'complete' });
    expect(end.kind).toBe('finished');
  };
  run(true);
  expect(officialProducts(bench.board, bench.one().name).size).toBe(1);
  bench.mv(bench.one(), 'queue', { letters: 'w__' });
  run(false);
  expect(officialProducts(bench.board, bench.one().name).size).toBe(0);
  expect(bench.names(`products/x/${bench.one().name.posted}`)).toEqual(['a.001', 'a.001.ok', 'a.002.ok']);
});
