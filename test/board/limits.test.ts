/** Places of limits: never more than there are, all that a step wants or none, and nothing stays of who has died. */
import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Board } from '../../src/board/board.ts';
import { sweepRubbish } from '../../src/board/housekeep.ts';
import {
  type HeldTokens,
  readTokens,
  releaseTokens,
  sweepTokens,
  type TokenOwner,
  takenPlaces,
  takeTokens,
} from '../../src/board/limits.ts';
import { readShared, setLimit } from '../../src/board/settings.ts';
import { faultyFs } from '../helpers/faulty-fs.ts';
import { Bench, everyCrash, hookedFs } from './bench.ts';

const owner = (process: string, dataset = 'x'): TokenOwner => ({
  process,
  host: 'here',
  dataset,
  posted: '20261121T120000',
  stage: 'a',
  epoch: 1,
});

function take(board: Board, wanted: Record<string, number>, most: Record<string, number>, process = 'aaaa') {
  return takeTokens(board, wanted, most, owner(process));
}

function taken(
  board: Board,
  wanted: Record<string, number>,
  most: Record<string, number>,
  process = 'aaaa',
): HeldTokens {
  const taking = take(board, wanted, most, process);
  if (taking.kind !== 'taken') throw new Error(`${taking.limit} is full`);
  return taking.held;
}

describe('takeTokens', () => {
  test('takes the first free places, all of several limits or none, and gives them back', () => {
    const bench = new Bench();
    const { board } = bench;
    const first = taken(board, { db: 2, net: 1 }, { db: 3, net: 2 });
    expect(bench.names('limits')).toEqual(['db.1', 'db.2', 'net.1']);
    expect(readTokens(board)[0]?.owner).toMatchObject(owner('aaaa'));
    expect(take(board, { db: 2, net: 1 }, { db: 3, net: 2 })).toEqual({ kind: 'full', limit: 'db' });
    expect(bench.names('limits')).toEqual(['db.1', 'db.2', 'net.1']);
    const second = taken(board, { db: 1 }, { db: 3 });
    expect(bench.names('limits')).toContain('db.3');
    releaseTokens(board, first);
    expect(bench.names('limits')).toEqual(['db.3']);
    releaseTokens(board, first);
    releaseTokens(board, second);
    expect(bench.names('limits')).toEqual([]);
    expect(bench.names('tmp')).toEqual([]);
  });

  test('a place that is another is by the time of the release stays', () => {
    const bench = new Bench();
    const held = taken(bench.board, { db: 1 }, { db: 1 });
    // Removed by hand, and taken by another process.
    fs.rmSync(bench.path('limits/db.1'));
    taken(bench.board, { db: 1 }, { db: 1 }, 'bbbb');
    releaseTokens(bench.board, held);
    expect(readTokens(bench.board).map((token) => token.owner?.process)).toEqual(['bbbb']);
  });

  test('others that are quicker between the look and the links: never more than there are', () => {
    for (let at = 1; at <= 8; at++) {
      const bench = new Bench();
      const quick = bench.open();
      let calls = 0;
      const slow = bench.open({
        fs: hookedFs((_, path) => {
          if (!/limits|\.token/.test(path) || ++calls !== at) return;
          take(quick, { db: 1 }, { db: 2 }, 'bbbb');
          take(quick, { db: 1 }, { db: 2 }, 'cccc');
        }),
      });
      const taking = take(slow, { db: 2 }, { db: 2 });
      const places = takenPlaces(bench.board).get('db') ?? new Set();
      expect(places.size, `before call ${at}`).toBeLessThanOrEqual(2);
      if (taking.kind === 'taken')
        expect(readTokens(bench.board).map(({ owner }) => owner?.process)).toEqual(['aaaa', 'aaaa']);
      expect(bench.names('tmp')).toEqual([]);
    }
  });

  test('a limit that was lowered below what is taken lets nobody in, whoever is quick', () => {
    const bench = new Bench();
    const high = [1, 2, 3, 4].map(() => taken(bench.board, { db: 1 }, { db: 4 }));
    releaseTokens(bench.board, high[0] as HeldTokens);
    releaseTokens(bench.board, high[1] as HeldTokens);
    // Places 3 and 4 are taken, 1 and 2 free: of three there is room for one.
    const quick = bench.open();
    let done = false;
    const slow = bench.open({
      fs: hookedFs((op, path) => {
        if (op !== 'create' || !path.includes('.token') || done) return;
        done = true;
        taken(quick, { db: 1 }, { db: 3 }, 'bbbb');
      }),
    });
    expect(take(slow, { db: 1 }, { db: 3 })).toEqual({ kind: 'full', limit: 'db' });
    expect(takenPlaces(bench.board).get('db')?.size).toBe(3);
  });

  test('a lost answer to the link is seen by the links of the file', () => {
    const faulty = faultyFs();
    const bench = new Bench({ fs: faulty.fs });
    taken(bench.board, { db: 1 }, { db: 3 });
    faulty.loseAnswer('link', 'EEXIST');
    const held = taken(bench.board, { db: 1 }, { db: 3 });
    expect(held.tokens).toEqual([{ limit: 'db', place: 2 }]);
    expect(bench.names('limits')).toEqual(['db.1', 'db.2']);
  });

  test('whatever call it dies before, others free what it had', () => {
    let bench = new Bench();
    const deaths = everyCrash(
      (dying) => {
        bench = new Bench();
        releaseTokens(
          bench.open({ fs: dying }),
          taken(bench.open({ fs: dying }), { db: 2, net: 1 }, { db: 2, net: 1 }, 'dead'),
        );
      },
      () => {
        sweepTokens(bench.board, {
          isDead: (id) => id === 'dead',
          ownId: 'bbbb',
          isHeld: () => false,
          goesOn: () => false,
        });
        expect(bench.names('limits')).toEqual([]);
        taken(bench.board, { db: 2, net: 1 }, { db: 2, net: 1 });
        sweepRubbish(bench.board, -1);
        expect(bench.names('tmp').filter((name) => !name.startsWith('.clock'))).toEqual([]);
      },
    );
    expect(deaths).toBeGreaterThan(6);
  });
});

describe('sweepTokens', () => {
  const judge = { isDead: (id: string) => id === 'dead', ownId: 'self', isHeld: () => false, goesOn: () => false };

  test('frees the places of the dead and what this process knows nothing of; not those of others, nor by hand', () => {
    const bench = new Bench();
    const most = { db: 9 };
    for (const id of ['dead', 'self', 'live']) taken(bench.board, { db: 1 }, most, id);
    const kept = taken(bench.board, { db: 1 }, most, 'self');
    bench.put('limits/db.7');
    bench.put('limits/db.8', 'kept for ann\n');
    const { freed, left } = sweepTokens(bench.board, { ...judge, isHeld: (text) => text === kept.text });
    expect(freed.map(({ place }) => place)).toEqual([1, 2]);
    expect(left.map(({ place, owner }) => [place, owner?.process])).toEqual([
      [3, 'live'],
      [4, 'self'],
      [7, undefined],
      [8, undefined],
    ]);
    expect(bench.names('tmp')).toEqual([]);
  });

  test('a place that was freed and taken anew while it was judged goes back to its new owner', () => {
    const bench = new Bench();
    const dead = taken(bench.board, { db: 1 }, { db: 1 }, 'dead');
    let done = false;
    const slow = bench.open({
      fs: hookedFs((op, path) => {
        if (op !== 'rename' || !path.endsWith('limits/db.1') || done) return;
        done = true;
        releaseTokens(bench.board, dead);
        taken(bench.board, { db: 1 }, { db: 1 }, 'live');
      }),
    });
    expect(sweepTokens(slow, judge).freed).toEqual([]);
    expect(done).toBe(true);
    expect(readTokens(bench.board).map(({ owner }) => owner?.process)).toEqual(['live']);
    expect(bench.names('tmp')).toEqual([]);
  });
});

test('a limit is set in board.yaml, and all else of it stays', () => {
  const bench = new Bench();
  fs.appendFileSync(bench.path('board.yaml'), '# mine\n');
  expect(setLimit(bench.board, 'db', 3)).toBeUndefined();
  expect(setLimit(bench.board, 'db', 5)).toBe(3);
  expect(readShared(bench.board)?.limits).toEqual({ db: 5 });
  expect(bench.read('board.yaml')).toContain('# mine');
  expect(bench.read('board.yaml')).toContain('do not change them.');
  expect(bench.lines().filter(({ event }) => event === 'limit')).toMatchObject([
    { limit: 'db', places: 3 },
    { limit: 'db', places: 5, was: 3 },
  ]);
  bench.put('board.yaml', '{');
  expect(readShared(bench.board)).toBeUndefined();
  expect(() => setLimit(bench.board, 'db', 6)).toThrow(/board.yaml/);
});
