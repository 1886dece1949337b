import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type ClaimResult, claim } from '../../src/board/claim.ts';
import { parseContent } from '../../src/board/content.ts';
import { finish } from '../../src/board/finish.ts';
import { nothingSwept, sweepEntry } from '../../src/board/housekeep.ts';
import { operate } from '../../src/board/operate.ts';
import { post } from '../../src/board/post.ts';
import { formatName } from '../../src/model/name.ts';
import { faultyFs } from '../helpers/faulty-fs.ts';
import { Bench, everyCrash, hookedFs } from './bench.ts';

const NAME = '50.20261121T120000.w__.000.-.x';

function tryClaim(bench: Bench, board = bench.board, products = false, process = 'aaaa'): ClaimResult {
  return claim(board, { entry: bench.one(), column: 0, process, products });
}

describe('claim', () => {
  test('wins: the name, the log, the products’ folder, the journal', () => {
    const bench = new Bench();
    post(bench.board, { dataset: 'x', params: { k: 1 } });
    const held = bench.win({ products: true });
    expect(bench.where()).toEqual(['active p__.001@1-aaaa-1-1']);
    const { posted } = held.try;
    expect(held).toMatchObject({
      claim: { column: 0, process: 'aaaa', epoch: 1, try: 1 },
      stage: 'a',
      try: { dataset: 'x', stage: 'a', epoch: 1 },
      content: { params: { k: 1 } },
      products: `products/x/${posted}/a.001`,
    });
    expect(held.ino).toBe(bench.ino('ids/x'));
    expect(bench.names('logs/x')).toEqual([`${posted}.a.001.run.log`]);
    expect(fs.statSync(bench.path(`products/x/${posted}/a.001`)).isDirectory()).toBe(true);
    expect(bench.events()).toEqual(['post', 'claim']);
  });

  test('of two who see the same name one wins, the other has lost, and looked at nothing else', () => {
    const bench = new Bench();
    post(bench.board, { dataset: 'x' });
    const entry = bench.one();
    const request = { entry, column: 0, products: false };
    expect(claim(bench.board, { ...request, process: 'aaaa' }).kind).toBe('won');
    expect(claim(bench.board, { ...request, process: 'bbbb' })).toEqual({ kind: 'lost' });
    expect(bench.where()).toEqual(['active p__.001@1-aaaa-1-1']);
    expect(bench.events()).toEqual(['post', 'claim']);
  });

  test('refused by the letters', () => {
    const bench = new Bench();
    post(bench.board, { dataset: 'x' });
    const refused = claim(bench.board, { entry: bench.one(), column: 1, process: 'aaaa', products: false });
    expect(refused).toMatchObject({ kind: 'refused' });
    expect(bench.where()).toEqual(['queue w__.000']);
  });

  test('a digit is the next try', () => {
    const bench = new Bench();
    post(bench.board, { dataset: 'x' });
    for (const nth of [1, 2, 3]) {
      const held = bench.win();
      expect(held.claim).toMatchObject({ epoch: nth, try: nth });
      finish(bench.board, held, { kind: 'retry', cause: 'x75' });
    }
    expect(bench.where()).toEqual(['failed f__.003@1-x75']);
  });

  test('an entry made by touch gets its link and its content', () => {
    const bench = new Bench();
    bench.put(`queue/${NAME}`);
    const held = bench.win();
    expect(held.content).toEqual({ all: {}, params: {}, repeated: undefined });
    expect(bench.ino('ids/x')).toBe(held.ino);
    expect(parseContent(bench.read('ids/x'))).toMatchObject({
      repeated: { dataset: 'x', posted: '20261121T120000', class: '-', rank: 50 },
    });
    expect(bench.events()).toContain('link');
  });

  test('a second entry of a dataset, made by hand, is held as a duplicate; the first runs', () => {
    const bench = new Bench();
    post(bench.board, { dataset: 'x' });
    const [first] = bench.all();
    bench.put(`queue/${NAME}`);
    const second = bench.all().find(({ file }) => file === NAME);
    if (first === undefined || second === undefined) throw new Error('two entries');
    const request = { column: 0, process: 'aaaa', products: true };
    expect(claim(bench.board, { ...request, entry: second })).toMatchObject({
      kind: 'unfit',
      why: expect.stringContaining('another entry holds dataset x'),
      at: { folder: 'held', file: '50.20261121T120000.h__.001.-.x@1-d' },
    });
    expect(claim(bench.board, { ...request, entry: first }).kind).toBe('won');
    expect(bench.ino('ids/x')).not.toBe(bench.ino('held/50.20261121T120000.h__.001.-.x@1-d'));
    expect(bench.names('products/x/20261121T120000')).toEqual([]);
  });

  test.each([
    ['class', { class: 'acs' }, /its class was changed by hand from '-' to 'acs'/],
    ['posted time', { posted: '20261121T120000' }, /its posted was changed by hand/],
    ['dataset', { dataset: 'y' }, /its dataset was changed by hand from 'x' to 'y'/],
  ])('an entry whose %s was changed by hand is held, and says why', (_what, changes, why) => {
    const bench = new Bench();
    post(bench.board, { dataset: 'x' });
    const entry = bench.mv(bench.one(), 'queue', changes);
    expect(claim(bench.board, { entry, column: 0, process: 'aaaa', products: false })).toMatchObject({
      kind: 'unfit',
      why: expect.stringMatching(why),
    });
    expect(bench.where(entry.name.dataset)).toEqual(['held h__.001@1-n']);
    // The file is still the one that ids/x holds: renamed back and released, it runs.
    expect(bench.names('ids')).toEqual(['x']);
  });

  test('a rank changed by hand is nobody’s business', () => {
    const bench = new Bench();
    post(bench.board, { dataset: 'x' });
    bench.mv(bench.one(), 'queue', { rank: 1 });
    expect(tryClaim(bench).kind).toBe('won');
  });

  test('content that is no JSON holds the entry; mended and released it runs', () => {
    const bench = new Bench();
    bench.put(`queue/${NAME}`, '{oops');
    expect(tryClaim(bench)).toMatchObject({ kind: 'unfit', why: expect.stringContaining('no JSON') });
    expect(bench.where()).toEqual(['held h__.001@1-n']);
    const { folder, file } = bench.one();
    bench.put(`${folder}/${file}`, '{}');
    operate(bench.board, bench.one(), { verb: 'release' });
    expect(tryClaim(bench).kind).toBe('won');
  });

  test.each([
    ['read', 'EACCES'],
    ['link', 'EPERM'],
    ['overwrite', 'EACCES'],
  ] as const)('a file of another user (%s: %s) is held and stops nobody else', (op, errno) => {
    const faulty = faultyFs();
    const bench = new Bench({ fs: faulty.fs });
    bench.put(`queue/${NAME}`);
    const entry = bench.one();
    faulty.fail(op, errno);
    expect(claim(bench.board, { entry, column: 0, process: 'aaaa', products: false })).toMatchObject({
      kind: 'unfit',
      why: expect.stringMatching(/not permitted.*owner/),
    });
    faulty.fail(op, undefined);
    expect(bench.where()).toEqual(['held h__.001@1-n']);
  });
});

describe('an epoch turned back by hand', () => {
  test.each([
    ['a log', (bench: Bench) => bench.put('logs/x/20261121T120000.b.007.ok.log')],
    ['a log of this very try', (bench: Bench) => bench.put('logs/x/20261121T120000.a.001.run.log')],
    ['products', (bench: Bench) => fs.mkdirSync(bench.path('products/x/20261121T120000/a.007'), { recursive: true })],
  ])('goes on past the highest epoch of %s', (_what, leave) => {
    const bench = new Bench();
    bench.put(`queue/${NAME}`);
    fs.mkdirSync(bench.path('logs/x'));
    leave(bench);
    const before = bench.names('logs/x');
    const result = tryClaim(bench, bench.board, true);
    expect(result).toMatchObject({ kind: 'unfit', why: expect.stringContaining('turned it back') });
    expect(bench.one()).toMatchObject({ folder: 'queue', name: { letters: 'w__', tags: [] } });
    expect(bench.names('logs/x'), 'no log of a try that never ran').toEqual(before);
    const highest = bench.one().name.epoch;
    expect(bench.win({ products: true }).claim).toMatchObject({ epoch: highest + 1, try: 1 });
    expect(highest).toBe(before[0]?.includes('.007.') || before.length === 0 ? 7 : 1);
  });

  test('is noticed though a branch has brought the entry past it meanwhile', () => {
    const bench = new Bench({ columns: ['a', 'b:'] });
    bench.put('queue/50.20261121T120000.ww.000.-.x');
    fs.mkdirSync(bench.path('logs/x'));
    bench.put('logs/x/20261121T120000.a.002.ok.log');
    const hooked = hookedFs((op, path) => {
      const now = bench.one();
      if (op !== 'names' || !path.endsWith('/logs/x') || now.name.epoch !== 1) return;
      const file = now.file.replace('.pw.001.', '.pp.003.');
      fs.renameSync(bench.path(`active/${now.file}`), bench.path(`active/${file}+2-bbbb-3-1`));
    });
    expect(tryClaim(bench, bench.open({ fs: hooked }))).toMatchObject({ kind: 'unfit' });
    expect(bench.where()).toEqual(['active wp.003@2-bbbb-3-1']);
  });

  test('keeps the tries that the letter tells of', () => {
    const bench = new Bench();
    bench.put('active/50.20261121T120000.2__.003.-.x');
    fs.mkdirSync(bench.path('logs/x'));
    bench.put('logs/x/20261121T120000.a.004.x75.log');
    expect(tryClaim(bench).kind).toBe('unfit');
    expect(bench.where()).toEqual(['active 2__.004']);
    expect(bench.win().claim).toMatchObject({ epoch: 5, try: 3 });
  });

  test('a products’ folder in the way that is nobody’s: given back, and its log says so', () => {
    const faulty = faultyFs();
    const bench = new Bench({ fs: faulty.fs });
    post(bench.board, { dataset: 'x' });
    fs.mkdirSync(bench.path(`products/x/${bench.one().name.posted}`), { recursive: true });
    // A file server that made the folder and lost the answer says that it is there.
    faulty.loseAnswer('mkdir', 'EEXIST', (path) => path.endsWith('/a.001'));
    expect(tryClaim(bench, bench.board, true).kind).toBe('unfit');
    expect(bench.names('logs/x')).toEqual([expect.stringMatching(/\.a\.001\.back\.log$/)]);
    expect(bench.win({ products: true }).claim.epoch).toBe(2);
  });
});

describe('a name that changes under the claim', () => {
  test('by another branch, right after the rename: the claim goes on from there', () => {
    const bench = new Bench({ columns: ['a', 'b:'] });
    post(bench.board, { dataset: 'x' });
    let done = false;
    const slow = bench.open({
      fs: hookedFs((op, path) => {
        if (op !== 'read' || done || !path.includes('/active/')) return;
        done = true;
        claim(bench.board, { entry: bench.one(), column: 1, process: 'bbbb', products: false });
      }),
    });
    expect(tryClaim(bench, slow)).toMatchObject({ kind: 'won', held: { at: { name: { letters: 'pp', epoch: 2 } } } });
  });

  test('by an operator who takes it away at any point: it is lost or won, never an error', () => {
    for (let at = 1; ; at++) {
      const bench = new Bench();
      bench.put(`queue/${NAME}`, '{}');
      let calls = 0;
      let taken = false;
      const slow = bench.open({
        fs: hookedFs(() => {
          if (++calls !== at) return;
          taken = operate(bench.board, bench.one(), { verb: 'hold' }).ok;
        }),
      });
      const result = tryClaim(bench, slow, true);
      expect(bench.where(), `at call ${at}: ${result.kind}`).toHaveLength(1);
      if (!taken) break;
      expect(bench.one().folder, `at call ${at}: ${result.kind}`).toBe('held');
    }
  });
});

describe('answers that are lost', () => {
  test.each(['ENOENT', 'EIO', 'ESTALE'] as const)('of the rename (%s): it has won', (errno) => {
    const faulty = faultyFs();
    const bench = new Bench({ fs: faulty.fs });
    post(bench.board, { dataset: 'x' });
    faulty.loseAnswer('rename', errno);
    expect(tryClaim(bench).kind).toBe('won');
    expect(bench.where()).toEqual(['active p__.001@1-aaaa-1-1']);
  });

  test('of the rename on a file server: a listing decides, never a stat', () => {
    const faulty = faultyFs();
    const bench = new Bench({ fs: faulty.fs });
    post(bench.board, { dataset: 'x' });
    const board = bench.open({ fs: faulty.fs });
    Object.defineProperty(board, 'isShared', { value: true });
    faulty.loseAnswer('rename', 'ENOENT');
    faulty.fail('isThere', 'ESTALE');
    expect(tryClaim(bench, board).kind).toBe('won');
    expect(faulty.calls.some(({ op, path }) => op === 'names' && path.endsWith('/active'))).toBe(true);
  });

  test('of the link of an entry made by touch: it has won', () => {
    const faulty = faultyFs();
    const bench = new Bench({ fs: faulty.fs });
    bench.put(`queue/${NAME}`);
    faulty.loseAnswer('link', 'EEXIST');
    expect(tryClaim(bench).kind).toBe('won');
  });

  test.each(['ENOSPC', 'EIO', 'EROFS', 'EDQUOT'] as const)('a disk that refuses the rename (%s) is told', (errno) => {
    const faulty = faultyFs();
    const bench = new Bench({ fs: faulty.fs });
    post(bench.board, { dataset: 'x' });
    faulty.fail('rename', errno);
    expect(() => tryClaim(bench)).toThrow(/injected/);
    faulty.fail('rename', undefined);
    expect(bench.where()).toEqual(['queue w__.000']);
  });
});

describe('an entry that comes back from done/ while a post takes its dataset over', () => {
  /** Its link has been set aside by a post that died, or is slow, before it unlinked it: the file still has two links. */
  function setAside(bench: Bench): void {
    post(bench.board, { dataset: 'x' });
    finish(bench.board, bench.win(), { kind: 'complete' });
    const done = bench.one();
    const back = formatName({ ...done.name, letters: 'w' });
    fs.linkSync(bench.path(`${done.folder}/${done.file}`), bench.path('ids/x'));
    fs.renameSync(bench.path('ids/x'), bench.path('tmp/.stale-0123456789ab'));
    fs.renameSync(bench.path(`${done.folder}/${done.file}`), bench.path(`queue/${back}`));
    expect(fs.statSync(bench.path(`queue/${bench.one().file}`)).nlink).toBe(2);
  }

  test('it gets its link again', () => {
    const bench = new Bench({ columns: ['a'] });
    setAside(bench);
    expect(tryClaim(bench).kind).toBe('won');
    expect(bench.ino('ids/x')).toBe(bench.ino(`active/${bench.one().file}`));
  });

  test('it is held if the dataset is another’s by now, and only that one runs', () => {
    const bench = new Bench({ columns: ['a'] });
    setAside(bench);
    const entry = bench.one();
    expect(post(bench.board, { dataset: 'x' }).ok).toBe(true);
    const result = claim(bench.board, { entry, column: 0, process: 'aaaa', products: false });
    expect(result).toMatchObject({ kind: 'unfit', at: { folder: 'held', name: { letters: 'h' } } });
    expect(bench.names('held')[0]).toMatch(/@1-d$/);
  });
});

test('a claimer that dies after any of its calls: the claim goes back, and the next one wins', () => {
  let bench = new Bench();
  const deaths = everyCrash(
    (dying) => {
      bench = new Bench();
      bench.put(`queue/${NAME}`);
      tryClaim(bench, bench.open({ fs: dying }), true);
    },
    (left) => {
      const context = { ownId: '', isDead: () => true, isMine: () => false };
      sweepEntry(bench.board, bench.one(), context, nothingSwept());
      expect(bench.where(), `${left} calls`).toEqual([left === 0 ? 'queue w__.000' : 'active 1__.001']);
      bench.win({ products: true, process: 'bbbb' });
      expect(bench.ino('ids/x'), `${left} calls`).toBe(bench.ino(`active/${bench.one().file}`));
    },
  );
  // Rename, link, content, and logs/ and products/ with the folders above them.
  expect(deaths).toBeGreaterThanOrEqual(7);
});
