/** What tries leave for later: written before the fence, official with the `.ok`, and looked for only where there may be some. */
import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { childrenOf } from '../../src/board/children.ts';
import type { Held } from '../../src/board/claim.ts';
import { type Ending, finish, finishForward } from '../../src/board/finish.ts';
import { nothingSwept, sweepEntry } from '../../src/board/housekeep.ts';
import { addedParams, officialTries, readResult } from '../../src/board/official.ts';
import { operate } from '../../src/board/operate.ts';
import { post } from '../../src/board/post.ts';
import { officialProducts } from '../../src/board/tries.ts';
import { formatChildren } from '../../src/model/child.ts';
import { faultyFs } from '../helpers/faulty-fs.ts';
import { ALL_DEAD, Bench, type BenchOptions, everyCrash } from './bench.ts';

const COMPLETE: Ending = { kind: 'complete' };
const RESULT: Ending = { kind: 'complete', sidecars: { result: '{"params":{"k":1}}\n' } };

function running(options: BenchOptions = {}, products = false): { bench: Bench; held: Held } {
  const bench = new Bench(options);
  post(bench.board, { dataset: 'x' });
  return { bench, held: bench.win({ products }) };
}

/** Claims a column of the one entry and ends it. */
function run(bench: Bench, column: number, ending: Ending, products = false): Held {
  const held = bench.win({ column, products });
  expect(finish(bench.board, held, ending).kind).toBe('finished');
  return held;
}

function repipe(bench: Bench, stage: string): void {
  expect(operate(bench.board, bench.one(), { verb: 'repipe', stage }).ok).toBe(true);
}

const params = (bench: Bench): unknown[] => {
  const { name } = bench.one();
  return addedParams(bench.board, name, officialTries(bench.board, name)).map((one) => [
    one.stage,
    one.epoch,
    one.params,
  ]);
};

describe('a result', () => {
  test('goes through the fence without products, and is official then', () => {
    const { bench, held } = running();
    expect(finish(bench.board, held, RESULT).kind).toBe('finished');
    expect(bench.where()).toEqual(['active cw_.001']);
    const { posted } = held.try;
    expect(bench.names(`products/x/${posted}`)).toEqual(['a.001.ok', 'a.001.result']);
    expect(bench.names('logs/x')).toEqual([`${posted}.a.001.left`, `${posted}.a.001.run.log`]);
    expect(bench.events()).toEqual(['post', 'claim', 'finish', 'publish']);
    expect(params(bench)).toEqual([['a', 1, { k: 1 }]]);
    expect(officialProducts(bench.board, bench.one().name)).toEqual(new Map());
    expect(readResult(bench.board, held.try)).toEqual({ params: { k: 1 }, reason: undefined });
  });

  test('of an entry that was taken away stays without its mark', () => {
    const { bench, held } = running();
    expect(operate(bench.board, bench.one(), { verb: 'hold' }).ok).toBe(true);
    expect(finish(bench.board, held, RESULT).kind).toBe('taken');
    expect(bench.names(`products/x/${held.try.posted}`)).toEqual(['a.001.result']);
    expect(params(bench)).toEqual([]);
  });

  test('of a failed try says no more than why, and nothing is official', () => {
    const { bench, held } = running();
    const ending: Ending = { kind: 'fail', cause: 'x2', sidecars: { result: '{"params":{},"reason":"no bias"}\n' } };
    expect(finish(bench.board, held, ending).kind).toBe('finished');
    expect(bench.where()).toEqual(['failed f__.001@1-x2']);
    expect(readResult(bench.board, held.try)?.reason).toBe('no bias');
    expect(bench.names('logs/x')).toEqual([`${held.try.posted}.a.001.run.log`]);
    repipe(bench, 'a');
    run(bench, 0, COMPLETE);
    expect(params(bench)).toEqual([]);
  });

  test('that somebody has spoilt since adds nothing', () => {
    const { bench, held } = running();
    finish(bench.board, held, RESULT);
    bench.put(`products/x/${held.try.posted}/a.001.result`, '{');
    expect(readResult(bench.board, held.try)).toBeUndefined();
    expect(params(bench)).toEqual([]);
  });

  test('of several stages add up in column order', () => {
    const bench = new Bench({ columns: ['a', 'b', 'c'] });
    post(bench.board, { dataset: 'x' });
    for (const column of [0, 1])
      run(bench, column, { kind: 'complete', sidecars: { result: `{"params":{"k":${column}}}` } });
    expect(params(bench)).toEqual([
      ['a', 1, { k: 0 }],
      ['b', 2, { k: 1 }],
    ]);
    repipe(bench, 'b');
    expect(params(bench)).toEqual([['a', 1, { k: 0 }]]);
  });
});

describe('a stage that runs again', () => {
  test('with another result: that one is official', () => {
    const { bench, held } = running();
    finish(bench.board, held, RESULT);
    repipe(bench, 'a');
    expect(params(bench)).toEqual([]);
    run(bench, 0, { kind: 'complete', sidecars: { result: '{"params":{"other":2}}' } });
    expect(params(bench)).toEqual([['a', 2, { other: 2 }]]);
  });

  test.each([true, false])(
    'without one: it leaves its mark, and the old result no longer counts (looked up by name: %s)',
    (fresh) => {
      const { bench, held } = running();
      const ended = finish(bench.board, held, RESULT);
      if (ended.kind !== 'finished') throw new Error(ended.kind);
      repipe(bench, 'a');
      const again = bench.win(fresh ? {} : { entry: bench.one() }, fresh ? bench.open() : bench.board);
      expect(finish(bench.board, again, COMPLETE).kind).toBe('finished');
      expect(bench.names(`products/x/${held.try.posted}`)).toEqual(['a.001.ok', 'a.001.result', 'a.002.ok']);
      expect(params(bench)).toEqual([]);
    },
  );

  test('without one, though its first log has outlived its retention', () => {
    const { bench, held } = running();
    finish(bench.board, held, RESULT);
    fs.rmSync(bench.path('logs/x'), { recursive: true });
    repipe(bench, 'a');
    run(bench, 0, COMPLETE);
    expect(params(bench)).toEqual([]);
  });

  test('after a failed try: nothing was official, nothing is marked', () => {
    const { bench, held } = running();
    finish(bench.board, held, { kind: 'retry', cause: 'x75' });
    const again = run(bench, 0, COMPLETE);
    expect(again.traces.left).toBe(false);
    expect(bench.names('products')).toEqual([]);
  });

  test('with products made before and none now: none are official', () => {
    const { bench, held } = running({}, true);
    finish(bench.board, held, RESULT);
    expect(officialProducts(bench.board, bench.one().name).size).toBe(1);
    repipe(bench, 'a');
    run(bench, 0, COMPLETE);
    expect(officialProducts(bench.board, bench.one().name).size).toBe(0);
  });
});

describe('who knows that something was left', () => {
  test('the next stage, by hand-on and by a look', () => {
    for (const byHand of [true, false]) {
      const { bench, held } = running();
      const ended = finish(bench.board, held, RESULT);
      if (ended.kind !== 'finished') throw new Error(ended.kind);
      const next = bench.win({ column: 1, entry: byHand ? ended.at : bench.one() });
      expect(next.traces.left).toBe(true);
    }
  });

  test('nobody, where nothing was: the calls are those of before', () => {
    const faulty = faultyFs();
    const bench = new Bench({ fs: faulty.fs });
    post(bench.board, { dataset: 'x' });
    fs.mkdirSync(bench.path(`done/${bench.board.today()}`));
    faulty.calls.length = 0;
    for (const column of [0, 1, 2]) {
      const held = run(bench, column, COMPLETE);
      expect(held.traces.left).toBe(false);
    }
    const touched = faulty.calls.filter(({ path }) => path.includes('/products'));
    expect(touched).toEqual([]);
    const perStage = faulty.calls.filter(({ op }) => op !== 'append' && op !== 'names' && op !== 'eachName');
    // Claim: rename, read, who holds its dataset, mkdir or not, log. Finish: rename. And the link's end: taken, looked at with its entry, and gone.
    expect(perStage.map(({ op }) => op)).toEqual([
      ...['rename', 'read', 'identify', 'mkdir', 'createEmpty', 'rename'],
      ...['rename', 'read', 'identify', 'createEmpty', 'rename'],
      ...['rename', 'read', 'identify', 'createEmpty', 'rename', 'rename', 'identify', 'identify', 'unlink'],
    ]);
  });

  test('a stage after two branches, of which the other left something meanwhile', () => {
    const bench = new Bench({ columns: ['a', 'b:a', 'c:a', 'd:b+c'] });
    post(bench.board, { dataset: 'x' });
    run(bench, 0, COMPLETE);
    const other = bench.win({ column: 1, process: 'bbbb' }, bench.open());
    const mine = bench.win({ column: 2 });
    expect(finish(bench.open(), other, RESULT).kind).toBe('finished');
    const ended = finish(bench.board, mine, COMPLETE);
    if (ended.kind !== 'finished') throw new Error(ended.kind);
    // The name still bears the epoch of this process's own claim.
    const next = bench.win({ column: 3, entry: ended.at });
    expect(next.traces.left).toBe(true);
  });
});

describe('children', () => {
  const children = (...datasets: string[]): string =>
    formatChildren(
      datasets.map((dataset) => ({ dataset, posted: '20261121T120000', class: '-', rank: 50, letters: 'w__' })),
    );

  test('are those that official tries have posted', () => {
    const { bench, held } = running();
    expect(childrenOf(bench.board, bench.one().name)).toBeUndefined();
    // The entries themselves are not this test's matter: they stand already.
    for (const dataset of ['y', 'z']) post(bench.board, { dataset, posted: '20261121T120000' });
    finish(bench.board, held, { kind: 'complete', sidecars: { post: children('y', 'z') } });
    const { name } = bench.one();
    const expected = ['y', 'z'].map((dataset) => ({ board: 'b', dataset, posted: '20261121T120000' }));
    expect(childrenOf(bench.board, name)).toEqual(expected);
    expect(childrenOf(bench.board, name)).toBe(childrenOf(bench.board, name));
    repipe(bench, 'a');
    expect(childrenOf(bench.board, bench.one().name)).toBeUndefined();
  });
});

describe('one that dies while it finishes with a result', () => {
  test.each([true, false])('after any of its calls (products: %s): forward from the fence, else back', (products) => {
    let bench = new Bench();
    let held: Held | undefined;
    const deaths = everyCrash(
      (dying) => {
        const made = running({}, products);
        bench = made.bench;
        held = made.held;
        finish(bench.open({ fs: dying }), held, RESULT);
      },
      (left) => {
        const letters = bench.one().name.letters;
        sweepEntry(bench.board, bench.one(), ALL_DEAD, nothingSwept());
        expect(bench.one().name.letters, `${left} calls`).toBe(letters === 'p__' ? '1__' : 'cw_');
        expect(params(bench), `${left} calls`).toEqual(letters === 'p__' ? [] : [['a', 1, { k: 1 }]]);
        if (letters !== 'p__') return;
        finish(bench.board, bench.win({ products, process: 'bbbb' }), RESULT);
        expect(params(bench), `${left} calls`).toEqual([['a', 2, { k: 1 }]]);
      },
    );
    // Mark, (failing create, two folders,) result, rename, .ok, rename.
    expect(deaths).toBe(products ? 5 : 8);
  });

  test('a disk that refuses for a while, at any call: finished once later, and the file is whole', () => {
    for (const op of ['create', 'mkdir', 'rename'] as const) {
      const faulty = faultyFs();
      const { bench, held } = running({ fs: faulty.fs });
      faulty.fail(op, 'ENOSPC');
      expect(() => finish(bench.board, held, RESULT)).toThrow(/injected/);
      faulty.fail(op, undefined);
      expect(finish(bench.board, held, RESULT).kind).toBe('finished');
      expect(params(bench)).toEqual([['a', 1, { k: 1 }]]);
    }
  });

  test('a torn file of an earlier attempt is written over', () => {
    const { bench, held } = running();
    fs.mkdirSync(bench.path(`products/x/${held.try.posted}`), { recursive: true });
    bench.put(`products/x/${held.try.posted}/a.001.result`, '{"par');
    expect(finish(bench.board, held, RESULT).kind).toBe('finished');
    expect(params(bench)).toEqual([['a', 1, { k: 1 }]]);
  });

  test('an `e` that somebody else finishes forward has its result', () => {
    const faulty = faultyFs();
    const { bench, held } = running({ fs: faulty.fs });
    faulty.fail('create', 'ENOSPC', (path) => path.endsWith('.ok'));
    expect(() => finish(bench.board, held, RESULT)).toThrow(/injected/);
    finishForward(bench.open(), bench.one(), 0);
    expect(params(bench)).toEqual([['a', 1, { k: 1 }]]);
    faulty.fail('create', undefined);
    expect(finish(bench.board, held, RESULT).kind).toBe('finished');
    expect(bench.lines().filter(({ event }) => event === 'publish')).toHaveLength(1);
  });
});
