import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Board } from '../../src/board/board.ts';
import { claim } from '../../src/board/claim.ts';
import { finish } from '../../src/board/finish.ts';
import { nothingSwept, sweepLinks } from '../../src/board/housekeep.ts';
import { acquireId, judgeHolder, OverIndex, releaseId } from '../../src/board/ids.ts';
import { operate } from '../../src/board/operate.ts';
import { type PostResult, post } from '../../src/board/post.ts';
import { faultyFs } from '../helpers/faulty-fs.ts';
import { Bench, dyingFs, hookedFs } from './bench.ts';

/** A dataset whose entry is done, and whose link a crash has left behind. */
function leftBehind(bench: Bench): void {
  post(bench.board, { dataset: 'x' });
  const held = bench.win();
  finish(bench.board, held, { kind: 'complete' });
  const { folder, file } = bench.one();
  fs.linkSync(bench.path(`${folder}/${file}`), bench.path('ids/x'));
}

/** A dataset whose entry was deleted by hand. */
function lost(bench: Bench): void {
  post(bench.board, { dataset: 'x' });
  const { folder, file } = bench.one();
  fs.rmSync(bench.path(`${folder}/${file}`));
}

describe('judgeHolder', () => {
  test('nobody, me, live, lost, over', () => {
    const bench = new Bench({ columns: ['a'] });
    expect(judgeHolder(bench.board, 'x', 1n)).toBe('nobody');
    post(bench.board, { dataset: 'x' });
    expect(judgeHolder(bench.board, 'x', bench.ino('ids/x'))).toBe('me');
    expect(judgeHolder(bench.board, 'x', 1n)).toBe('live');
    const { folder, file } = bench.one();
    fs.rmSync(bench.path(`${folder}/${file}`));
    expect(judgeHolder(bench.board, 'x', 1n)).toBe('lost');
    fs.rmSync(bench.path('ids/x'));
    leftBehind(bench);
    expect(judgeHolder(bench.board, 'x', 1n)).toBe('over');
  });

  test('an index read before is good for many', () => {
    const faulty = faultyFs();
    const bench = new Bench({ columns: ['a'], fs: faulty.fs });
    leftBehind(bench);
    const over = new OverIndex(bench.board);
    judgeHolder(bench.board, 'x', 1n, over);
    const before = faulty.calls.filter(({ op }) => op === 'names').length;
    expect(judgeHolder(bench.board, 'x', 1n, over)).toBe('over');
    expect(faulty.calls.filter(({ op }) => op === 'names')).toHaveLength(before);
  });
});

describe('acquireId', () => {
  test('links, finds its own, is refused by a live one', () => {
    const bench = new Bench();
    bench.put('queue/one');
    const ino = bench.ino('queue/one');
    expect(acquireId(bench.board, 'queue/one', 'x', ino)).toBe('linked');
    expect(acquireId(bench.board, 'queue/one', 'x', ino)).toBe('mine');
    bench.put('queue/two');
    expect(acquireId(bench.board, 'queue/two', 'x', bench.ino('queue/two'))).toBe('taken');
    expect(bench.ino('ids/x')).toBe(ino);
  });

  test.each([
    ['left behind by a finished entry', leftBehind],
    ['of a lost entry', lost],
  ])('takes over a link %s', (_what, prepare) => {
    const bench = new Bench({ columns: ['a'] });
    prepare(bench);
    bench.put('queue/new');
    expect(acquireId(bench.board, 'queue/new', 'x', bench.ino('queue/new'))).toBe('linked');
    expect(bench.ino('ids/x')).toBe(bench.ino('queue/new'));
    expect(bench.names('tmp')).toEqual([]);
  });

  // Both posts see the same stale link; the second comes in at every point of the first.
  test.each([
    ['left behind', leftBehind],
    ['lost', lost],
  ])('two posts that take over the same link (%s): one wins', (_what, prepare) => {
    for (let at = 1; ; at++) {
      const bench = new Bench({ columns: ['a'] });
      prepare(bench);
      let calls = 0;
      let other: PostResult | undefined;
      const slow = bench.open({
        fs: hookedFs(() => {
          if (++calls === at) other = post(bench.board, { dataset: 'x' });
        }),
      });
      const mine = post(slow, { dataset: 'x' });
      if (other === undefined) {
        expect(at).toBeGreaterThan(10);
        break;
      }
      expect([mine.ok, other.ok].filter(Boolean), `at call ${at}`).toHaveLength(1);
      expect(bench.faults(), `at call ${at}`).toEqual([]);
    }
  });

  test('one that dies while it takes a link over leaves the dataset to the next', () => {
    for (let left = 0; left < 8; left++) {
      const bench = new Bench({ columns: ['a'] });
      leftBehind(bench);
      bench.put('queue/new');
      const dying = bench.open({ fs: dyingFs(left) });
      try {
        acquireId(dying, 'queue/new', 'x', bench.ino('queue/new'));
      } catch (error) {
        expect(String(error)).toContain('dead before');
      }
      expect(acquireId(bench.board, 'queue/new', 'x', bench.ino('queue/new')), `${left} calls`).not.toBe('taken');
      expect(bench.ino('ids/x')).toBe(bench.ino('queue/new'));
    }
  });
});

describe('releaseId', () => {
  test('takes only its own link away', () => {
    const bench = new Bench();
    bench.put('ids/x');
    releaseId(bench.board, 'x', 1n, 'tmp/x');
    expect(bench.names('ids')).toEqual(['x']);
    releaseId(bench.board, 'x', bench.ino('ids/x'), 'tmp/x');
    expect(bench.names('ids')).toEqual([]);
    releaseId(bench.board, 'x', 1n, 'tmp/x');
  });

  test('somebody else may be faster', () => {
    const bench = new Bench();
    bench.put('ids/x');
    const ino = bench.ino('ids/x');
    const slow = bench.open({
      fs: hookedFs((op) => {
        if (op === 'rename') fs.rmSync(bench.path('ids/x'));
      }),
    });
    expect(() => releaseId(slow, 'x', ino, 'tmp/x')).not.toThrow();
  });
});

/** Does something in the middle of what else it does: once, before a certain call. */
function overtaken(meanwhile: (bench: Bench) => void): { bench: Bench; slow: Board } {
  const bench = new Bench({ columns: ['a'] });
  let isDone = false;
  const slow = bench.open({
    fs: hookedFs((called, path) => {
      if (isDone || called !== 'rename' || !path.endsWith('ids/x')) return;
      isDone = true;
      meanwhile(bench);
    }),
  });
  return { bench, slow };
}

const backFromDone = (bench: Bench): void => {
  expect(operate(bench.board, bench.one(), { verb: 'repipe', stage: 'a' }).ok).toBe(true);
};

describe('a link that is taken away too late', () => {
  test('is given back to the entry, if that has come back onto the board meanwhile', () => {
    const { bench, slow } = overtaken(backFromDone);
    post(bench.board, { dataset: 'x' });
    finish(slow, bench.win(), { kind: 'complete' });
    expect(bench.one().folder).toBe('queue');
    expect(bench.faults()).toEqual([]);
    expect(post(bench.board, { dataset: 'x' })).toMatchObject({ ok: false, refusal: 'live' });
  });

  test('is given back to the entry that has been given the dataset meanwhile', () => {
    const { bench, slow } = overtaken(({ board }) => {
      sweepLinks(board, [`done/${board.today()}`], nothingSwept());
      expect(post(board, { dataset: 'x' }).ok).toBe(true);
    });
    post(bench.board, { dataset: 'x' });
    finish(slow, bench.win(), { kind: 'complete' });
    expect(bench.where()).toHaveLength(2);
    expect(bench.faults()).toEqual([]);
  });

  test('is put back by a post that judged it over, if its entry has come back meanwhile', () => {
    const { bench, slow } = overtaken(backFromDone);
    leftBehind(bench);
    expect(post(slow, { dataset: 'x' })).toMatchObject({ ok: false, refusal: 'live' });
    expect(bench.one().folder).toBe('queue');
    expect(bench.faults()).toEqual([]);
  });

  test('leaves the content of the entry that has the dataset now as it is', () => {
    const bench = new Bench({ columns: ['a'] });
    bench.put('queue/50.20261121T120000.w.000.-.x');
    const touched = bench.one();
    let isDone = false;
    const slow = hookedFs((op) => {
      if (isDone || op !== 'overwrite') return;
      isDone = true;
      operate(bench.board, bench.one(), { verb: 'remove' });
      post(bench.board, { dataset: 'x', params: { k: 1 } });
    });
    claim(bench.open({ fs: slow }), { entry: touched, column: 0, process: 'aaaa', products: false });
    expect(JSON.parse(bench.read('ids/x'))).toMatchObject({ k: 1 });
  });
});
