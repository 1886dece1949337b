import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { claim, type Held } from '../../src/board/claim.ts';
import { type Ending, finish, finishForward } from '../../src/board/finish.ts';
import { nodeFs } from '../../src/board/fs.ts';
import { nothingSwept, sweepEntry } from '../../src/board/housekeep.ts';
import { operate } from '../../src/board/operate.ts';
import { post } from '../../src/board/post.ts';
import { officialProducts, timesSent } from '../../src/board/tries.ts';
import { faultyFs, systemError } from '../helpers/faulty-fs.ts';
import { ALL_DEAD, Bench, type BenchOptions, everyCrash, hookedFs } from './bench.ts';

function running(options: BenchOptions = {}, products = false): { bench: Bench; held: Held } {
  const bench = new Bench(options);
  post(bench.board, { dataset: 'x' });
  return { bench, held: bench.win({ products }) };
}

const COMPLETE: Ending = { kind: 'complete' };

describe('every ending', () => {
  test.each<[string, Ending, boolean, string]>([
    ['complete', COMPLETE, false, 'active cw_.001'],
    ['complete with products', COMPLETE, true, 'active cw_.001'],
    ['skip', { kind: 'complete', set: new Map([[1, 's']]) }, false, 'active csw.001'],
    ['fail', { kind: 'fail', cause: 'x2' }, false, 'failed f__.001@1-x2'],
    ['fail with products', { kind: 'fail', cause: 'x2' }, true, 'failed f__.001@1-x2'],
    ['retry', { kind: 'retry', cause: 'x75' }, false, 'active 1__.001'],
    ['hold', { kind: 'hold', cause: 'x3' }, false, 'held h__.001@1-x3'],
    ['give back', { kind: 'giveBack' }, false, 'queue w__.001'],
  ])('%s', (_what, ending, products, where) => {
    const { bench, held } = running({}, products);
    expect(finish(bench.board, held, ending).kind).toBe('finished');
    // Letters that have not begun go back to the queue, digits do not.
    expect(bench.where()).toEqual([where]);
    expect(bench.faults()).toEqual([]);
    const mark = fs.existsSync(bench.path(`products/x/${held.try.posted}/a.001.ok`));
    expect(mark).toBe(products && ending.kind === 'complete');
    expect(bench.lines().filter(({ event }) => event === 'finish' || event === 'giveback')).toHaveLength(1);
  });

  test('the last one goes to done/ of today, and its link away', () => {
    const { bench, held } = running({ columns: ['a'] });
    const finished = finish(bench.board, held, COMPLETE);
    expect(finished).toMatchObject({ kind: 'finished', at: { folder: `done/${bench.board.today()}` } });
    expect(bench.names('ids')).toEqual([]);
    expect(bench.faults()).toEqual([]);
  });

  test('a retry waits by its mtime, which never goes back', () => {
    const { bench, held } = running();
    const at = Math.ceil(bench.board.now() / 1000) * 1000 + 60_000;
    finish(bench.board, held, { kind: 'retry', cause: 'x75', notBeforeMs: at });
    const mtime = (): number => fs.statSync(bench.path(`active/${bench.one().file}`)).mtimeMs;
    expect(mtime()).toBe(at);
    finish(bench.board, bench.win(), { kind: 'retry', cause: 'x75', notBeforeMs: at - 30_000 });
    expect(mtime()).toBe(at);
  });

  test('the last retry fails and waits for nothing', () => {
    const { bench, held } = running({ retries: 0 });
    const before = fs.statSync(bench.path('ids/x')).mtimeMs;
    finish(bench.board, held, { kind: 'retry', cause: 'x75', notBeforeMs: bench.board.now() + 60_000 });
    expect(bench.where()).toEqual(['failed f__.001@1-x75']);
    expect(fs.statSync(bench.path('ids/x')).mtimeMs).toBe(before);
  });

  test('an entry that another user posted can be retried, though its mtime is not ours to set', () => {
    const faulty = faultyFs();
    const { bench, held } = running({ fs: faulty.fs });
    faulty.fail('setMtime', 'EPERM');
    const ending: Ending = { kind: 'retry', cause: 'x75', notBeforeMs: bench.board.now() + 60_000 };
    expect(finish(bench.board, held, ending).kind).toBe('finished');
    expect(bench.where()).toEqual(['active 1__.001']);
  });

  test('letters for what does not come after it are refused, and nothing is changed', () => {
    const { bench, held } = running({ columns: ['a', 'b:'] });
    const refused = finish(bench.board, held, { kind: 'complete', set: new Map([[1, 's']]) });
    expect(refused).toMatchObject({ kind: 'refused', why: expect.stringContaining('does not come after') });
    expect(bench.where()).toEqual(['active pw.001@1-aaaa-1-1']);
  });
});

describe('sent back', () => {
  const HST = ['verify', 'cal', 'det:cal', 'pre:cal', 'arc:det+pre'];

  /** Verified and calibrated; `det` and perhaps `pre` run. */
  function branching(more: { products?: boolean; both?: boolean } = {}): { bench: Bench; det: Held; pre?: Held } {
    const { bench, held } = running({ columns: HST });
    finish(bench.board, held, COMPLETE);
    finish(bench.board, bench.win({ column: 1, products: true }), COMPLETE);
    const det = bench.win({ column: 2 });
    if (more.both !== true) return { bench, det };
    return { bench, det, pre: bench.win({ column: 3, process: 'bbbb', products: more.products ?? false }) };
  }
  const BACK: Ending = { kind: 'back', to: 1, most: 2 };

  test('in one rename: the stage waits again, all below is not reached, and the log says so before it', () => {
    const { bench, det } = branching();
    const seen: string[] = [];
    const watched = bench.open({ fs: hookedFs((op, path) => void (op === 'rename' && seen.push(path))) });
    expect(finish(watched, det, BACK).kind).toBe('finished');
    expect(seen.map((path) => path.split('/').at(-2))).toEqual(['x', 'active']);
    expect(bench.where()).toEqual(['active cw___.003']);
    expect(bench.names('logs/x').at(-1)).toMatch(/\.verify\.001\.run\.log$/);
    expect(bench.names('logs/x').some((file) => file.endsWith('.det.003.sent2.log'))).toBe(true);
    expect(officialProducts(bench.board, bench.one().name).size).toBe(0);
    const line = bench.lines(watched).find(({ stage, event }) => stage === 'det' && event === 'finish');
    expect(line).toMatchObject({ outcome: '_', from: 'ccpw_', to: 'cw___' });
    expect(bench.faults()).toEqual([]);
    // The next try has other products.
    finish(bench.board, bench.win({ column: 1, products: true }), COMPLETE);
    expect([...officialProducts(bench.board, bench.one().name).values()]).toEqual([
      `products/x/${det.try.posted}/cal.004`,
    ]);
  });

  test('a branch that runs loses its claim, one that has ended its step is finished forward first', () => {
    const first = branching({ both: true });
    expect(finish(first.bench.board, first.det, BACK).kind).toBe('finished');
    expect(first.bench.where()).toEqual(['active cw___.004']);
    expect(finish(first.bench.board, first.pre as Held, COMPLETE).kind).toBe('taken');

    const second = branching({ both: true, products: true });
    const { bench, det, pre } = second;
    const faulty = faultyFs();
    faulty.fail('create', 'ENOSPC', (path) => path.endsWith('.ok'));
    const stuck = bench.open({ fs: faulty.fs });
    expect(() => finish(stuck, pre as Held, COMPLETE)).toThrow(/injected/);
    expect(bench.where()).toEqual(['active ccpe_.004@3-aaaa-3-1+4-bbbb-4-1']);
    expect(finish(bench.board, det, BACK).kind).toBe('finished');
    expect(bench.where()).toEqual(['active cw___.004']);
    expect(bench.names(`products/x/${det.try.posted}`)).toContain('pre.004.ok');
    // Its owner finds that it has been published.
    faulty.fail('create', undefined);
    expect(finish(stuck, pre as Held, COMPLETE).kind).toBe('finished');
    expect(bench.faults()).toEqual([]);
  });

  test('is counted by the logs of its stage and run, up to one that was too often', () => {
    const { bench, det } = branching();
    const at = (epoch: number): Held['try'] => ({ ...det.try, epoch });
    const log = (epoch: number, outcome: string, stage = 'det', posted = det.try.posted): void =>
      bench.put(`logs/x/${posted}.${stage}.${String(epoch).padStart(3, '0')}.${outcome}.log`);
    log(4, 'sent2');
    log(5, 'sent1');
    log(6, 'sent2', 'pre');
    log(7, 'sent2', 'det', '20200101T000000');
    log(8, 'x2');
    log(9, 'sent2');
    const count = (epoch: number, to = 1): number => timesSent(bench.board, at(epoch), to);
    expect([count(4), count(5), count(9), count(10), count(10, 0)]).toEqual([0, 1, 1, 2, 1]);
    // A person has let it run again.
    log(10, 'back_limit');
    log(11, 'sent2');
    expect([count(11), count(12)]).toEqual([0, 1]);
  });

  test.each(['ENOENT', 'EIO'] as const)('an answer that is lost (%s), and the entry has gone on since', (errno) => {
    const { bench, det } = branching();
    let helped = false;
    const slow = bench.open({
      fs: {
        ...nodeFs,
        rename: (from, to) => {
          nodeFs.rename(from, to);
          if (helped || !to.includes('/active/')) return;
          helped = true;
          bench.win({ column: 1, process: 'bbbb', products: true });
          throw systemError(errno, to);
        },
      },
    });
    if (errno === 'EIO') expect(() => finish(slow, det, BACK)).toThrow(/injected/);
    expect(finish(slow, det, BACK).kind).toBe('finished');
    expect(timesSent(bench.board, { ...det.try, epoch: 9 }, 1)).toBe(1);
  });

  test('a person was faster: it is not sent back', () => {
    const { bench, det } = branching();
    expect(operate(bench.board, bench.one(), { verb: 'hold', stage: 'det' }).ok).toBe(true);
    expect(finish(bench.board, det, BACK).kind).toBe('taken');
    expect(bench.where()).toEqual(['active cchw_.003@3-o']);
  });

  test('to where it may not go: refused, and nothing is changed', () => {
    const { bench, det } = branching();
    for (const to of [2, 3, 4, -1]) {
      const refused = finish(bench.board, det, { kind: 'back', to, most: 1 });
      expect(refused).toMatchObject({ kind: 'refused', why: expect.stringContaining('does not come before it') });
    }
    expect(bench.where()).toEqual(['active ccpw_.003@3-aaaa-3-1']);
    expect(bench.names('logs/x').filter((file) => file.includes('sent'))).toEqual([]);
  });

  test('dying after any of its calls: never sent uncounted, and a try that was lost is not counted', () => {
    let bench = new Bench();
    let det: Held | undefined;
    const deaths = everyCrash(
      (dying) => {
        const made = branching();
        bench = made.bench;
        det = made.det;
        finish(bench.open({ fs: dying }), det, BACK);
      },
      () => {
        const { letters } = bench.one().name;
        const counted = timesSent(bench.board, { ...(det as Held).try, epoch: 9 }, 1);
        if (letters === 'cw___') expect(counted).toBe(1);
        else {
          expect(letters).toBe('ccpw_');
          sweepEntry(bench.board, bench.one(), ALL_DEAD, nothingSwept());
          expect(bench.where()).toEqual(['active cc1w_.003']);
          expect(timesSent(bench.board, { ...(det as Held).try, epoch: 9 }, 1)).toBe(0);
          expect(bench.names('logs/x').some((file) => file.endsWith('.det.003.l.log'))).toBe(true);
        }
      },
    );
    expect(deaths).toBe(2);
  });
});

describe('a name that changes under the running step', () => {
  test('its rank', () => {
    const { bench, held } = running();
    bench.mv(bench.one(), 'active', { rank: 3 });
    expect(finish(bench.board, held, COMPLETE)).toMatchObject({ kind: 'finished', at: { name: { rank: 3 } } });
    expect(bench.where()).toEqual(['active cw_.001']);
  });

  test('another branch goes on', () => {
    const { bench, held } = running({ columns: ['a', 'b:'] });
    const other = bench.win({ column: 1, process: 'bbbb' });
    expect(finish(bench.board, held, COMPLETE).kind).toBe('finished');
    expect(bench.where()).toEqual(['active cp.002@2-bbbb-2-1']);
    expect(finish(bench.board, other, COMPLETE).kind).toBe('finished');
    expect(bench.where()).toEqual(['done cc.002']);
    expect(bench.faults()).toEqual([]);
  });

  test.each(['failed', 'queue', 'held', 'gather', 'done/2026-01-01', 'removed/2026-01-01'])(
    'someone moves it to %s/',
    (folder) => {
      const { bench, held } = running();
      bench.mv(bench.one(), folder);
      expect(finish(bench.board, held, COMPLETE).kind).toBe('finished');
      expect(bench.where()).toEqual(['active cw_.001']);
      expect(bench.faults()).toEqual([]);
    },
  );

  test('between any two calls, its rank again and again', () => {
    const { bench, held } = running({}, true);
    let rank = 10;
    const slow = bench.open({
      fs: hookedFs((op) => {
        if (op === 'rename' && rank < 14) bench.mv(bench.one(), 'active', { rank: ++rank });
      }),
    });
    expect(finish(slow, held, COMPLETE).kind).toBe('finished');
    expect(bench.where()).toEqual(['active cw_.001']);
    expect(bench.one().name.rank).toBe(14);
  });
});

describe('a claim that was taken away', () => {
  test.each([
    ['held', { verb: 'hold' }],
    ['repiped', { verb: 'repipe' }],
    ['skipped', { verb: 'skip' }],
    ['removed', { verb: 'remove' }],
  ] as const)('%s: the result is discarded, nothing is published, nothing is changed', (_what, verb) => {
    const { bench, held } = running({}, true);
    expect(operate(bench.board, bench.one(), verb).ok).toBe(true);
    const before = bench.where();
    expect(finish(bench.board, held, COMPLETE).kind).toBe('taken');
    expect(bench.where()).toEqual(before);
    expect(bench.names(`products/x/${held.try.posted}`)).toEqual(['a.001']);
  });

  test('claimed anew by another: the zombie publishes nothing', () => {
    const { bench, held } = running({}, true);
    sweepEntry(bench.board, bench.one(), ALL_DEAD, nothingSwept());
    const second = bench.win({ products: true, process: 'bbbb' });
    expect(finish(bench.board, held, COMPLETE).kind).toBe('taken');
    expect(bench.names(`products/x/${held.try.posted}`)).toEqual(['a.001', 'a.002']);
    expect(finish(bench.board, second, COMPLETE).kind).toBe('finished');
    expect(officialProducts(bench.board, bench.one().name).get('a')).toBe(`products/x/${held.try.posted}/a.002`);
  });

  test('out of sight it is kept, and finished once it is seen again', () => {
    const { bench, held } = running();
    const file = bench.one().file;
    fs.renameSync(bench.path(`active/${file}`), bench.path(`tmp/.away`));
    expect(finish(bench.board, held, COMPLETE)).toEqual({ kind: 'unseen' });
    fs.renameSync(bench.path('tmp/.away'), bench.path(`held/${file}`));
    expect(finish(bench.board, held, COMPLETE).kind).toBe('finished');
    expect(bench.where()).toEqual(['active cw_.001']);
  });
});

describe('an `e`', () => {
  test.each(['rename', 'create'] as const)(
    'finished forward by another before our %s: it is finished, not taken',
    (before) => {
      const { bench, held } = running({ columns: ['a'] }, true);
      let helped = false;
      const slow = bench.open({
        fs: hookedFs((op) => {
          if (op !== before || helped || bench.one().name.letters !== 'e') return;
          helped = true;
          finishForward(bench.board, bench.one(), 0);
        }),
      });
      expect(finish(slow, held, COMPLETE)).toMatchObject({ kind: 'finished', at: { name: { letters: 'c' } } });
      expect(helped).toBe(true);
      expect(bench.where()).toEqual(['done c.001']);
      expect(bench.faults()).toEqual([]);
    },
  );

  test('finished forward while our disk refused the mark: told as finished afterwards, too', () => {
    const faulty = faultyFs();
    const { bench, held } = running({ fs: faulty.fs }, true);
    faulty.fail('create', 'ENOSPC', (path) => path.endsWith('.ok'));
    expect(() => finish(bench.board, held, COMPLETE)).toThrow(/injected/);
    finishForward(bench.open(), bench.one(), 0);
    expect(bench.where()).toEqual(['active cw_.001']);
    const second = bench.win({ column: 1, process: 'bbbb' });
    faulty.fail('create', undefined);
    expect(finish(bench.board, held, COMPLETE).kind).toBe('finished');
    expect(second.claim.epoch).toBe(2);
  });

  test('whose mark the disk refuses for a while: one finish in the journal, however often it is tried', () => {
    const faulty = faultyFs();
    const { bench, held } = running({ fs: faulty.fs }, true);
    faulty.fail('create', 'ENOSPC', (path) => path.endsWith('.ok'));
    for (let round = 0; round < 5; round++) expect(() => finish(bench.board, held, COMPLETE)).toThrow(/injected/);
    expect(bench.where()).toEqual(['active e__.001@1-aaaa-1-1']);
    faulty.fail('create', undefined);
    expect(finish(bench.board, held, COMPLETE).kind).toBe('finished');
    expect(bench.events()).toEqual(['post', 'claim', 'finish', 'publish']);
  });

  test('set by hand where no products are is finished forward all the same', () => {
    const { bench } = running();
    bench.mv(bench.one(), 'active', { letters: 'e__' });
    expect(finishForward(bench.board, bench.one(), 0)).toMatchObject({ name: { letters: 'cw_' } });
  });

  test('seen by two at once is moved once', () => {
    const { bench } = running({}, true);
    const at = bench.mv(bench.one(), 'active', { letters: 'e__' });
    expect(finishForward(bench.board, at, 0)).toMatchObject({ folder: 'active' });
    claim(bench.board, { entry: bench.one(), column: 1, process: 'bbbb', products: false });
    expect(finishForward(bench.board, at, 0)).toBe('gone');
    expect(bench.where()).toEqual(['active cp_.002@2-bbbb-2-1']);
  });
});

describe('trouble with the disk', () => {
  test.each(['ENOSPC', 'EIO', 'ESTALE', 'EDQUOT', 'EROFS'] as const)('%s: kept, and finished once later', (errno) => {
    const faulty = faultyFs();
    const { bench, held } = running({ fs: faulty.fs });
    faulty.fail('rename', errno);
    for (let round = 0; round < 3; round++) expect(() => finish(bench.board, held, COMPLETE)).toThrow(/injected/);
    faulty.fail('rename', undefined);
    expect(finish(bench.board, held, COMPLETE).kind).toBe('finished');
    expect(bench.events()).toEqual(['post', 'claim', 'finish']);
  });

  test('the link can not be taken away: finished all the same, housekeeping does the rest', () => {
    const faulty = faultyFs();
    const { bench, held } = running({ fs: faulty.fs, columns: ['a'] });
    faulty.fail('unlink', 'EIO');
    expect(finish(bench.board, held, COMPLETE).kind).toBe('finished');
    expect(bench.where()).toEqual(['done c.001']);
    expect(bench.events()).toEqual(['post', 'claim', 'finish']);
  });

  test.each(['ENOENT', 'EIO'] as const)('an answer that is lost (%s), with and without products', (errno) => {
    for (const products of [false, true]) {
      const faulty = faultyFs();
      const { bench, held } = running({ fs: faulty.fs }, products);
      faulty.loseAnswer('rename', errno);
      expect(finish(bench.board, held, COMPLETE).kind).toBe('finished');
      expect(bench.where()).toEqual(['active cw_.001']);
    }
  });

  test('the folder of the day is missing, or vanishes: it is made', () => {
    const { bench, held } = running({ columns: ['a'] });
    fs.rmSync(bench.path('done'), { recursive: true });
    fs.mkdirSync(bench.path('done'));
    expect(finish(bench.board, held, COMPLETE).kind).toBe('finished');
    expect(bench.where()).toEqual(['done c.001']);
  });

  test('the board itself is gone: an error, and nothing is made anew', () => {
    const { bench, held } = running({ columns: ['a'] });
    fs.rmSync(bench.path('done'), { recursive: true });
    expect(() => finish(bench.board, held, COMPLETE)).toThrow();
    expect(fs.existsSync(bench.path('done'))).toBe(false);
    fs.mkdirSync(bench.path('done'));
    expect(finish(bench.board, held, COMPLETE).kind).toBe('finished');
  });
});

describe('one that dies while it finishes', () => {
  test.each([true, false])('after any of its calls (products: %s): forward from the fence, else back', (products) => {
    let bench = new Bench();
    let held: Held | undefined;
    const deaths = everyCrash(
      (dying) => {
        const made = running({ columns: ['a'] }, products);
        bench = made.bench;
        held = made.held;
        fs.rmSync(bench.path('done'), { recursive: true });
        fs.mkdirSync(bench.path('done'));
        finish(bench.open({ fs: dying }), held, COMPLETE);
      },
      (left) => {
        const letters = bench.one().name.letters;
        sweepEntry(bench.board, bench.one(), ALL_DEAD, nothingSwept());
        const marked = fs.existsSync(bench.path(`products/x/${held?.try.posted}/a.001.ok`));
        expect(bench.one().name.letters, `${left} calls`).toBe(letters === 'p' ? '1' : 'c');
        expect(marked, `${left} calls`).toBe(products && letters !== 'p');
        if (letters === 'p') {
          finish(bench.board, bench.win({ products, process: 'bbbb' }), COMPLETE);
          expect(bench.where(), `${left} calls`).toEqual(['done c.002']);
        }
      },
    );
    // Rename, mark, (failing rename,) day, rename, unlink.
    expect(deaths).toBe(products ? 7 : 5);
  });
});
