import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { finish } from '../../src/board/finish.ts';
import {
  claimants,
  nothingSwept,
  type SweepContext,
  sweepEntry,
  sweepFolder,
  sweepLinks,
  sweepPosts,
  sweepRubbish,
} from '../../src/board/housekeep.ts';
import { post } from '../../src/board/post.ts';
import { faultyFs } from '../helpers/faulty-fs.ts';
import { ALL_DEAD, Bench, dyingFs, hookedFs, NOBODY } from './bench.ts';

const POSTED = '20261121T120000';

/** An entry by hand in a folder, swept once. @returns where it stands then, and what the pass counted */
function swept(folder: string, short: string, context: SweepContext = NOBODY, bench = new Bench()) {
  const [head = '', tags] = short.split('@');
  const [letters = '', epoch = '000'] = head.split('.');
  bench.put(`${folder}/50.${POSTED}.${letters}.${epoch}.-.x${tags === undefined ? '' : `@${tags}`}`);
  const count = nothingSwept();
  sweepEntry(bench.board, bench.one(), context, count);
  return { where: bench.where()[0], count, bench };
}

describe('a name set by hand', () => {
  test.each([
    ['failed', 'w__.003@1-x2', 'queue w__.003'],
    ['failed', 'cw_.003', 'active cw_.003'],
    ['queue', 'h__.000', 'held h__.000'],
    ['queue', 'c__.001', 'active cw_.001'],
    ['active', 'ccc.003', 'done ccc.003'],
    ['active', 'css.003', 'done css.003'],
    ['held', 'f__.001@1-x2', 'failed f__.001@1-x2'],
    ['queue', 'w__.000@1-x2+2-aaaa-1-1', 'queue w__.000'],
    ['gather', 'w__.000', 'queue w__.000'],
    ['queue', 'p__.001@1-aaaa-1-1', 'active p__.001@1-aaaa-1-1'],
  ])('%s/%s goes to %s', (folder, short, where) => {
    const result = swept(folder, short);
    expect(result.where).toBe(where);
    expect(result.count).toMatchObject({ moved: 1, lost: 0 });
    expect(result.bench.events()).toEqual(['arrive']);
  });

  test.each([
    ['queue', 'w_h.000@3-o'],
    ['active', 'p__.001@1-aaaa-1-1'],
    ['active', 'cw_.001'],
    ['failed', 'f__.001@1-l'],
  ])('%s/%s stays as it is', (folder, short) => {
    const result = swept(folder, short);
    expect(result.where).toBe(`${folder} ${short}`);
    expect(result.count.moved).toBe(0);
    expect(result.bench.events()).toEqual([]);
  });

  test('never onto a name that exists', () => {
    const bench = new Bench();
    bench.put(`queue/50.${POSTED}.w__.000.-.x`, 'the first');
    bench.put(`failed/50.${POSTED}.w__.000.-.x`, 'the second');
    const count = nothingSwept();
    sweepFolder(bench.board, 'failed', NOBODY, count);
    expect(count.moved).toBe(0);
    expect(bench.read(`queue/50.${POSTED}.w__.000.-.x`)).toBe('the first');
    expect(bench.read(`failed/50.${POSTED}.w__.000.-.x`)).toBe('the second');
  });

  test('taken out of done/ by hand: it has its link again before anybody can post its dataset', () => {
    const bench = new Bench({ columns: ['a'] });
    post(bench.board, { dataset: 'x' });
    finish(bench.board, bench.win(), { kind: 'complete' });
    const at = bench.mv(bench.one(), bench.one().folder, { letters: 'f' });
    sweepEntry(bench.board, at, NOBODY, nothingSwept());
    expect(bench.where()).toEqual(['failed f.001']);
    expect(bench.faults()).toEqual([]);
  });

  test('finished by hand: its link goes', () => {
    const bench = new Bench();
    post(bench.board, { dataset: 'x' });
    bench.mv(bench.one(), 'queue', { letters: 'css' });
    sweepFolder(bench.board, 'queue', NOBODY, nothingSwept());
    expect(bench.where()).toEqual(['done css.000']);
    expect(bench.faults()).toEqual([]);
  });

  test('foreign and hidden files, and folders, are left alone', () => {
    const bench = new Bench();
    for (const file of ['README', '.nfs1', `50.${POSTED}.w_.000.-.x`, `50.${POSTED}.w__.0.-.x`])
      bench.put(`queue/${file}`);
    const before = bench.names('queue');
    sweepFolder(bench.board, 'queue', ALL_DEAD, nothingSwept());
    expect(bench.names('queue')).toEqual(before);
  });
});

describe('claims', () => {
  const dead: SweepContext = { ...NOBODY, isDead: (id) => id === 'dead' };

  test.each([
    ['p__.001@1-dead-1-1', 'active 1__.001'],
    ['p__.003@1-dead-3-2', 'active 2__.003'],
    ['p__.003@1-dead-3-3', 'failed f__.003@1-l'],
    ['cp_.002@2-dead-2-1', 'active c1_.002'],
  ])('of a dead process: %s → %s', (short, where) => {
    const result = swept('active', short, dead);
    expect(result.where).toBe(where);
    expect(result.count.lost).toBe(1);
    expect(result.bench.events()).toEqual(['lost']);
  });

  test('of the living stay, and are counted by owner', () => {
    const result = swept('active', 'p__.001@1-live-1-1', dead);
    expect(result.where).toBe('active p__.001@1-live-1-1');
    expect([...result.count.owners]).toEqual([['live', 1]]);
  });

  test('without a tag, as hands make them: tried again; an `e` without one has failed', () => {
    expect(swept('active', 'p__.001').where).toBe('active 1__.001');
    expect(swept('active', 'e__.001').where).toBe('failed f__.001@1-l');
  });

  test('of two dead ones in one entry both are returned', () => {
    const bench = new Bench({ columns: ['a', 'b:'] });
    const result = swept('active', 'pp.002@1-dead-1-1+2-dead-2-1', dead, bench);
    expect(result.where).toBe('active 11.002');
    expect(result.count.lost).toBe(2);
  });

  test('its own that it knows stays, its own that it does not know is given back, not counted as a try', () => {
    const own: SweepContext = { ownId: 'mine', isDead: () => false, isMine: () => true };
    expect(swept('active', 'p__.001@1-mine-1-1', own).where).toBe('active p__.001@1-mine-1-1');
    const back = swept('active', 'p__.002@1-mine-2-2', { ...own, isMine: () => false });
    expect(back.where).toBe('active 1__.002');
    expect(back.bench.events()).toEqual(['giveback']);
  });

  test('an `e` of the dead and an own unknown one go forward, with the mark', () => {
    for (const [id, context] of [
      ['dead', dead],
      ['mine', { ...NOBODY, ownId: 'mine' }],
    ] as const) {
      const result = swept('active', `e__.001@1-${id}-1-1`, context);
      expect(result.where).toBe('active cw_.001');
      expect(result.count).toMatchObject({ forwarded: 1, lost: 0 });
      expect(result.bench.names(`products/x/${POSTED}`)).toEqual(['a.001.ok']);
    }
  });

  test('the lost try’s log is closed, its empty working folder goes, one with something in it stays', () => {
    for (const full of [false, true]) {
      const bench = new Bench();
      post(bench.board, { dataset: 'x' });
      const { posted } = bench.win().try;
      fs.mkdirSync(bench.path('scratch/x.a.001'));
      if (full) bench.put('scratch/x.a.001/core');
      sweepEntry(bench.board, bench.one(), ALL_DEAD, nothingSwept());
      expect(bench.names('logs/x')).toEqual([`${posted}.a.001.l.log`]);
      expect(bench.names('scratch')).toEqual(full ? ['x.a.001'] : []);
    }
  });

  test.each(['link', 'rmdir'] as const)('what another user left (%s: EPERM) hinders nobody', (op) => {
    const faulty = faultyFs();
    const bench = new Bench({ fs: faulty.fs });
    post(bench.board, { dataset: 'x' });
    bench.win();
    faulty.fail(op, 'EPERM');
    sweepEntry(bench.board, bench.one(), ALL_DEAD, nothingSwept());
    expect(bench.where()).toEqual(['active 1__.001']);
  });

  test('two sweepers at once: one try more, not two', () => {
    const bench = new Bench();
    post(bench.board, { dataset: 'x' });
    bench.win();
    const seen = bench.one();
    sweepEntry(bench.board, seen, ALL_DEAD, nothingSwept());
    bench.win({ process: 'bbbb' });
    sweepEntry(bench.board, seen, ALL_DEAD, nothingSwept());
    expect(bench.where()).toEqual(['active p__.002@1-bbbb-2-2']);
  });

  test('claimants', () => {
    const bench = new Bench({ columns: ['a', 'b:'] });
    bench.put(`active/50.${POSTED}.pp.002.-.x@1-aaaa-1-1+2-bbbb-2-1`);
    bench.put(`active/50.${POSTED}.ef.002.-.y@1-cccc-1-1+2-dddd-2-1`);
    expect([...claimants(bench.all())].sort()).toEqual(['aaaa', 'bbbb', 'cccc']);
  });
});

describe('posts that stopped half-way', () => {
  test('are carried on only by the second pass that sees them', () => {
    const bench = new Bench();
    expect(() => post(bench.open({ fs: dyingFs(2) }), { dataset: 'x' })).toThrow('dead before');
    const count = nothingSwept();
    const seen = sweepPosts(bench.board, new Set(), count);
    expect(count.posted).toBe(0);
    expect(bench.all()).toEqual([]);
    expect(sweepPosts(bench.board, seen, count)).toEqual(seen);
    expect(count.posted).toBe(1);
    expect(bench.where()).toEqual(['queue w__.000']);
    expect(sweepPosts(bench.board, seen, count)).toEqual(new Set());
  });

  test('a single link, a foreign name and one whose dataset is another’s stay in tmp/', () => {
    const bench = new Bench();
    post(bench.board, { dataset: 'x' });
    bench.put('tmp/README');
    bench.put(`tmp/50.${POSTED}.w__.000.-.y`);
    bench.put(`tmp/50.${POSTED}.w__.000.-.x`);
    fs.linkSync(bench.path(`tmp/50.${POSTED}.w__.000.-.x`), bench.path('tmp/.other'));
    const before = bench.names('tmp');
    const seen = sweepPosts(bench.board, new Set(), nothingSwept());
    sweepPosts(bench.board, seen, nothingSwept());
    expect(bench.names('tmp')).toEqual(before);
    expect(bench.all()).toHaveLength(1);
  });
});

describe('rubbish', () => {
  test('goes after a day; two links, foreign names and the young stay', () => {
    const bench = new Bench();
    const old = Date.now() / 1000 - 90_000;
    const files = ['.probe-1', `50.${POSTED}.w__.000.-.x`, 'notes.txt', '.notes', `50.${POSTED}.w__.000.-.linked`];
    for (const file of files) bench.put(`tmp/${file}`);
    fs.linkSync(bench.path(`tmp/50.${POSTED}.w__.000.-.linked`), bench.path('ids/linked'));
    for (const file of files) fs.utimesSync(bench.path(`tmp/${file}`), old, old);
    bench.put(`tmp/50.${POSTED}.w__.000.-.young`);
    expect(sweepRubbish(bench.board)).toBe(2);
    expect(bench.names('tmp')).toEqual([
      '.notes',
      `50.${POSTED}.w__.000.-.linked`,
      `50.${POSTED}.w__.000.-.young`,
      'notes.txt',
    ]);
  });

  test('a post that goes on while it is looked at is no error', () => {
    const bench = new Bench();
    bench.put(`tmp/50.${POSTED}.w__.000.-.x`);
    const slow = bench.open({
      fs: hookedFs((op, path) => {
        if (op === 'identify' && path.includes('/tmp/')) fs.rmSync(path);
      }),
    });
    expect(sweepRubbish(slow, -1)).toBe(0);
  });
});

describe('links left behind', () => {
  test('of entries in done/ go; those of datasets posted again stay', () => {
    const bench = new Bench({ columns: ['a'] });
    for (const dataset of ['x', 'y']) {
      post(bench.board, { dataset });
      finish(bench.board, bench.win({ entry: bench.one(dataset) }), { kind: 'complete' });
    }
    const { folder, file } = bench.one('x');
    fs.linkSync(bench.path(`${folder}/${file}`), bench.path('ids/x'));
    post(bench.board, { dataset: 'y' });
    const count = nothingSwept();
    sweepLinks(bench.board, [folder, 'done/2026-01-01'], count);
    expect(count.unlinked).toBe(1);
    expect(bench.names('ids')).toEqual(['y']);
    expect(bench.faults()).toEqual([]);
  });
});
