/** Transactional boards: all together or not at all, whoever dies where, and never back to an older view. */
import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Board } from '../../src/board/board.ts';
import type { Held } from '../../src/board/claim.ts';
import { filesOfEntry } from '../../src/board/entry-files.ts';
import { finish } from '../../src/board/finish.ts';
import { type Fs, nodeFs } from '../../src/board/fs.ts';
import { nothingSwept, sweepEntry } from '../../src/board/housekeep.ts';
import { operate, type Verb } from '../../src/board/operate.ts';
import { post } from '../../src/board/post.ts';
import { retain } from '../../src/board/retention.ts';
import { settleViewsNow } from '../../src/board/settle-views.ts';
import { commit, isCommitted, visibilityOf } from '../../src/board/transaction.ts';
import { faultyFs } from '../helpers/faulty-fs.ts';
import { ALL_DEAD, Bench, type BenchOptions, everyCrash, hookedFs, NOBODY } from './bench.ts';

const T = '20261121T120000';

function benchOf(options: BenchOptions = {}): Bench {
  return new Bench({ columns: ['a', 'b'], transaction: true, ...options });
}

/** Claims a column, and leaves a file that says which try made it. */
function begin(bench: Bench, column: number, board = bench.board, posted = T): Held {
  const entry = bench.all().find(({ name, folder }) => name.posted === posted && !folder.startsWith('removed'));
  const held = bench.win({ column, products: true, ...(entry === undefined ? {} : { entry }) }, board);
  fs.writeFileSync(bench.path(`${held.products}/file`), `${held.try.stage} ${held.try.posted} ${held.try.epoch}`);
  return held;
}

const end = (held: Held, board: Board) => finish(board, held, { kind: 'complete' });

function run(bench: Bench, column: number, posted = T): void {
  end(begin(bench, column, bench.board, posted), bench.board);
}

/** What a reader sees: stage → content of its file. Undefined: nothing. */
function seen(bench: Bench, dataset = 'x'): Record<string, string> | undefined {
  const link = bench.path(`published/${dataset}`);
  if (!fs.existsSync(link)) return undefined;
  return Object.fromEntries(
    fs
      .readdirSync(link)
      .sort()
      .map((stage) => [stage, fs.readFileSync(`${link}/${stage}/file`, 'utf8')]),
  );
}

const verb = (bench: Bench, what: Verb, posted = T) => {
  const entry = bench.all().find(({ name }) => name.posted === posted);
  if (entry === undefined) throw new Error('no entry');
  return operate(bench.board, entry, what);
};

/** What any stage process does for a dead one, and housekeeping after it. */
function recover(bench: Bench): void {
  for (const entry of bench.all())
    if (!entry.folder.includes('/')) sweepEntry(bench.board, entry, ALL_DEAD, nothingSwept());
  settleViewsNow(bench.board);
}

describe('a transaction', () => {
  test('shows nothing before the entry is done, then all together, and keeps what steps read where it was', () => {
    const bench = benchOf();
    post(bench.board, { dataset: 'x', posted: T });
    run(bench, 0);
    expect(seen(bench)).toBeUndefined();
    expect(visibilityOf(bench.board, 'x', T)).toEqual({ kind: 'open' });
    run(bench, 1);
    expect(seen(bench)).toEqual({ a: `a ${T} 1`, b: `b ${T} 2` });
    expect(visibilityOf(bench.board, 'x', T)).toEqual({ kind: 'visible', view: 1, stages: ['a', 'b'] });
    expect(fs.readlinkSync(bench.path('published/x'))).toBe(`../products/x/${T}/.view.001`);
    expect(bench.names(`products/x/${T}`)).toEqual([
      '.view.001',
      '.view.001.ok',
      'a.001',
      'a.001.ok',
      'b.002',
      'b.002.ok',
    ]);
    expect(bench.names('published')).toEqual(['x']);
    expect(bench.lines().find(({ event }) => event === 'commit')).toMatchObject({
      dataset: 'x',
      view: 1,
      stages: ['a', 'b'],
    });
  });

  test('is not what an ordinary board does', () => {
    const bench = benchOf({ transaction: false });
    post(bench.board, { dataset: 'x', posted: T });
    run(bench, 0);
    run(bench, 1);
    expect(fs.existsSync(bench.path('published'))).toBe(false);
    expect(bench.names(`products/x/${T}`).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test('commits with the last stage also where that one makes no products, or another branch ends last', () => {
    const bench = benchOf({ columns: ['a', 'b:a', 'c:a'] });
    post(bench.board, { dataset: 'x', posted: T });
    run(bench, 0);
    const b = begin(bench, 1);
    const c = bench.win({ entry: bench.one(), column: 2, products: false });
    end(b, bench.board);
    expect(seen(bench)).toBeUndefined();
    end(c, bench.board);
    expect(bench.where()).toEqual(['done ccc.003']);
    expect(Object.keys(seen(bench) ?? {})).toEqual(['a', 'b']);
    expect(bench.lines().filter(({ event, outcome }) => event === 'finish' && outcome === 'e')).toHaveLength(3);
  });

  test('commits for two branches that end at the same time', () => {
    for (let call = 1; ; call++) {
      const bench = benchOf({ columns: ['a:', 'b:'] });
      post(bench.board, { dataset: 'x', posted: T });
      const [a, b] = [begin(bench, 0), begin(bench, 1)];
      let calls = 0;
      const hooked: Fs = hookedFs(() => {
        if (++calls === call) end(b, bench.board);
      });
      end(a, bench.open({ fs: hooked }));
      if (calls < call) break;
      expect(bench.where(), `call ${call}`).toEqual(['done cc.002']);
      expect(Object.keys(seen(bench) ?? {}), `call ${call}`).toEqual(['a', 'b']);
    }
  });

  test('shows what is there so far at a checkpoint, and all of it in the end', () => {
    const bench = benchOf({ columns: ['a', 'b', 'c'], checkpoints: ['b'] });
    post(bench.board, { dataset: 'x', posted: T });
    run(bench, 0);
    expect(seen(bench)).toBeUndefined();
    run(bench, 1);
    expect(Object.keys(seen(bench) ?? {})).toEqual(['a', 'b']);
    run(bench, 2);
    expect(Object.keys(seen(bench) ?? {})).toEqual(['a', 'b', 'c']);
    expect(bench.lines().flatMap(({ event, checkpoint }) => (event === 'commit' ? [checkpoint] : []))).toEqual([
      true,
      undefined,
    ]);
  });

  test.each<[string, (bench: Bench) => void]>([
    ['an operator skips what is left', (bench) => void verb(bench, { verb: 'skip', stage: 'b' })],
    [
      'letters are set by mv, and housekeeping moves it',
      (bench) => {
        const moved = bench.mv(bench.one(), 'active', { letters: 'cs' });
        sweepEntry(bench.board, moved, NOBODY, nothingSwept());
      },
    ],
    [
      'it is moved to done by hand',
      (bench) => {
        bench.mv(bench.one(), `done/${bench.board.today()}`, { letters: 'cs' });
        settleViewsNow(bench.board);
      },
    ],
  ])('commits when %s', (_, act) => {
    const bench = benchOf();
    post(bench.board, { dataset: 'x', posted: T });
    run(bench, 0);
    act(bench);
    expect(bench.where()).toEqual(['done cs.001']);
    expect(seen(bench)).toEqual({ a: `a ${T} 1` });
  });
});

describe('given up', () => {
  test('before it was done it shows nothing; after, it is out of sight at once, by command or by mv', () => {
    for (const byHand of [false, true]) {
      for (const stages of [1, 2]) {
        const bench = benchOf();
        post(bench.board, { dataset: 'x', posted: T });
        for (let column = 0; column < stages; column++) run(bench, column);
        if (byHand) bench.mv(bench.one(), `removed/${bench.board.today()}`);
        else verb(bench, { verb: 'remove' });
        settleViewsNow(bench.board);
        expect(seen(bench)).toBeUndefined();
        expect(visibilityOf(bench.board, 'x', T).kind).toBe(stages === 1 ? 'open' : 'givenUp');
        // Its products wait for its entry to be forgotten: until then it can be put back.
        expect(bench.names(`products/x/${T}/a.001`)).toEqual(['file']);
        bench.mv(bench.one(), stages === 1 ? 'active' : `done/${bench.board.today()}`);
        settleViewsNow(bench.board);
        expect(seen(bench) !== undefined).toBe(stages === 2);
      }
    }
  });

  test('its products go with its entry, by retention, and nothing else does', () => {
    const bench = benchOf({ columns: ['a'], retention: { removedMs: 1 } });
    for (const posted of [T, '20261122T120000']) {
      post(bench.board, { dataset: 'x', posted });
      run(bench, 0, posted);
    }
    verb(bench, { verb: 'remove' });
    const day = bench.board.today();
    fs.renameSync(bench.path(`removed/${day}`), bench.path('removed/2020-01-01'));
    retain(bench.board);
    expect(bench.names('products/x')).toEqual(['20261122T120000']);
    expect(seen(bench)).toEqual({ a: 'a 20261122T120000 1' });
  });

  test('an earlier run stays what is seen until a later one commits, and does not come back when that one goes', () => {
    const bench = benchOf();
    const later = '20261122T120000';
    post(bench.board, { dataset: 'x', posted: T });
    run(bench, 0);
    run(bench, 1);
    post(bench.board, { dataset: 'x', posted: later });
    run(bench, 0, later);
    expect(seen(bench)?.a).toBe(`a ${T} 1`);
    verb(bench, { verb: 'remove' }, later);
    settleViewsNow(bench.board);
    expect(seen(bench)?.a).toBe(`a ${T} 1`);
    const third = '20261123T120000';
    post(bench.board, { dataset: 'x', posted: third });
    run(bench, 0, third);
    run(bench, 1, third);
    expect(seen(bench)?.a).toBe(`a ${third} 1`);
    expect(visibilityOf(bench.board, 'x', T)).toEqual({ kind: 'replaced', by: third });
    verb(bench, { verb: 'remove' }, third);
    settleViewsNow(bench.board);
    expect(seen(bench)).toBeUndefined();
  });
});

describe('sent back', () => {
  test('a done entry stays visible until its new commit, which shows the new tries', () => {
    const bench = benchOf();
    post(bench.board, { dataset: 'x', posted: T });
    run(bench, 0);
    run(bench, 1);
    verb(bench, { verb: 'repipe', stage: 'b' });
    expect(seen(bench)?.b).toBe(`b ${T} 2`);
    run(bench, 1);
    expect(seen(bench)).toEqual({ a: `a ${T} 1`, b: `b ${T} 3` });
    expect(fs.readlinkSync(bench.path('published/x'))).toMatch(/\.view\.002$/);
  });
});

describe('after a death before any call that changes the disk', () => {
  test.each<[string, number, (bench: Bench, board: Board) => void]>([
    ['in the last ending', 2, (_, board) => end(held as Held, board)],
    [
      'in an operator who skips the rest',
      1,
      (bench, board) => void operate(board, bench.one(), { verb: 'skip', stage: 'b' }),
    ],
  ])('%s, recovery shows all of it, once, and nothing before the entry is done', (_, stages, act) => {
    let bench = benchOf();
    const deaths = everyCrash(
      (dying) => {
        bench = benchOf();
        post(bench.board, { dataset: 'x', posted: T });
        run(bench, 0);
        if (stages === 2) held = begin(bench, 1);
        act(bench, bench.open({ fs: dying }));
      },
      (left) => {
        const told = `${left} calls`;
        const before = seen(bench);
        if (before !== undefined) expect(Object.keys(before), told).toHaveLength(stages);
        recover(bench);
        // A claim that was lost before its fence is tried again.
        if (!bench.where()[0]?.startsWith('done')) {
          expect(before, told).toBeUndefined();
          if (stages === 2) run(bench, 1);
          else verb(bench, { verb: 'skip', stage: 'b' });
        }
        expect(bench.where()[0], told).toMatch(/^done c[cs]\./);
        expect(Object.keys(seen(bench) ?? {}), told).toHaveLength(stages);
        expect(
          bench.names('published').filter((name) => !name.startsWith('.')),
          told,
        ).toEqual(['x']);
        expect(isCommitted(bench.board, bench.one().name), told).toBe(true);
      },
    );
    expect(deaths).toBeGreaterThan(6);
  });

  test('in an operator who takes it off, it is out of sight after recovery', () => {
    let bench = benchOf();
    const deaths = everyCrash(
      (dying) => {
        bench = benchOf();
        post(bench.board, { dataset: 'x', posted: T });
        run(bench, 0);
        run(bench, 1);
        operate(bench.open({ fs: dying }), bench.one(), { verb: 'remove' });
      },
      (left) => {
        recover(bench);
        const isRemoved = bench.where()[0]?.startsWith('removed') === true;
        expect(seen(bench) === undefined, `${left} calls`).toBe(isRemoved);
      },
    );
    expect(deaths).toBeGreaterThan(2);
  });
});

let held: Held | undefined;

describe('a reader', () => {
  test('finds at every call of a commit that replaces another one the old view or the new one, whole', () => {
    const bench = benchOf();
    post(bench.board, { dataset: 'x', posted: T });
    run(bench, 0);
    run(bench, 1);
    verb(bench, { verb: 'repipe', stage: 'a' });
    run(bench, 0);
    const last = begin(bench, 1);
    const sights = new Set<string>();
    const hooked: Fs = hookedFs(() => sights.add(JSON.stringify(seen(bench))));
    end(last, bench.open({ fs: hooked }));
    sights.add(JSON.stringify(seen(bench)));
    expect([...sights]).toEqual([
      JSON.stringify({ a: `a ${T} 1`, b: `b ${T} 2` }),
      JSON.stringify({ a: `a ${T} 3`, b: `b ${T} 4` }),
    ]);
  });
});

describe('never backwards', () => {
  test('whoever is stopped at any call of a commit, while others show something later', () => {
    const later = '20261122T120000';
    for (const meanwhile of ['the same', 'a later view', 'a later run'] as const) {
      for (let call = 1; ; call++) {
        const bench = benchOf();
        post(bench.board, { dataset: 'x', posted: T });
        run(bench, 0);
        const slow = begin(bench, 1);
        let calls = 0;
        const hooked: Fs = hookedFs((op) => {
          if (op === 'append' || ++calls !== call) return;
          recover(bench);
          if (!bench.where()[0]?.startsWith('done')) run(bench, 1);
          if (meanwhile === 'a later view') {
            verb(bench, { verb: 'repipe', stage: 'b' });
            run(bench, 1);
          }
          if (meanwhile === 'a later run') {
            post(bench.board, { dataset: 'x', posted: later });
            run(bench, 0, later);
            run(bench, 1, later);
          }
        });
        const wanted = (): Record<string, string> | undefined => seen(bench);
        end(slow, bench.open({ fs: hooked }));
        if (calls < call) break;
        settleViewsNow(bench.board);
        const told = `${meanwhile} before call ${call}`;
        const shown = wanted();
        expect(Object.keys(shown ?? {}), told).toEqual(['a', 'b']);
        const entry = bench.all().find(({ name }) => name.posted === (meanwhile === 'a later run' ? later : T));
        expect(shown?.b, told).toBe(`b ${entry?.name.posted} ${entry?.name.epoch}`);
      }
    }
  });

  test('an older run that is done again after a later one leaves that one in sight, and says so', () => {
    const bench = benchOf({ columns: ['a'] });
    const later = '20261122T120000';
    post(bench.board, { dataset: 'x', posted: T });
    run(bench, 0);
    post(bench.board, { dataset: 'x', posted: later });
    run(bench, 0, later);
    verb(bench, { verb: 'repipe', stage: 'a' });
    run(bench, 0);
    expect(seen(bench)?.a).toBe(`a ${later} 1`);
    expect(bench.lines().findLast(({ event }) => event === 'commit')).toMatchObject({
      posted: T,
      reason: expect.stringContaining('later run'),
    });
  });
});

describe('a file server', () => {
  test.each(['rename', 'symlink', 'mkdir', 'create'] as const)('that loses its answer to %s: it is done once', (op) => {
    const faulty = faultyFs();
    const bench = benchOf();
    post(bench.board, { dataset: 'x', posted: T });
    run(bench, 0);
    const last = begin(bench, 1);
    const board = bench.open({ fs: faulty.fs });
    faulty.loseAnswer(
      op,
      op === 'rename' ? 'ENOENT' : 'EEXIST',
      (path) => /published|\.view/.test(path) || op === 'symlink',
    );
    end(last, board);
    expect(bench.where()).toEqual(['done cc.002']);
    expect(seen(bench)).toEqual({ a: `a ${T} 1`, b: `b ${T} 2` });
  });

  test('that is full keeps the ending until there is room', () => {
    const faulty = faultyFs();
    const bench = benchOf();
    post(bench.board, { dataset: 'x', posted: T });
    run(bench, 0);
    const last = begin(bench, 1);
    const board = bench.open({ fs: faulty.fs });
    faulty.fail('symlink', 'ENOSPC');
    expect(() => end(last, board)).toThrow();
    expect([bench.where()[0], seen(bench)]).toEqual([expect.stringMatching(/^active ce/), undefined]);
    faulty.fail('symlink', undefined);
    expect(end(last, board).kind).toBe('finished');
    expect(Object.keys(seen(bench) ?? {})).toEqual(['a', 'b']);
  });
});

test('what somebody else has put into published/ is left alone, and said; the entry goes on', () => {
  const bench = benchOf({ columns: ['a'] });
  fs.mkdirSync(bench.path('published/x'));
  post(bench.board, { dataset: 'x', posted: T });
  run(bench, 0);
  expect(bench.where()).toEqual(['done c.001']);
  expect(bench.lines().findLast(({ event }) => event === 'commit')?.reason).toContain(
    'something else stands in its place',
  );
  fs.rmdirSync(bench.path('published/x'));
  settleViewsNow(bench.board);
  expect(seen(bench)).toEqual({ a: `a ${T} 1` });
});

test('a run that has left nothing, or of which retention has left nothing, changes nothing', () => {
  const bench = benchOf({ columns: ['a'] });
  post(bench.board, { dataset: 'x', posted: T });
  run(bench, 0);
  const before = seen(bench);
  post(bench.board, { dataset: 'x', posted: '20261122T120000' });
  verb(bench, { verb: 'skip', stage: 'a' }, '20261122T120000');
  settleViewsNow(bench.board);
  expect([before, seen(bench)]).toEqual([{ a: `a ${T} 1` }, { a: `a ${T} 1` }]);
  fs.rmSync(bench.path('products/x'), { recursive: true });
  fs.rmSync(bench.path('published/x'));
  expect([settleViewsNow(bench.board), bench.names('products'), bench.names('published')]).toEqual([0, [], []]);
});

test('the files of an entry tell what readers see of it', async () => {
  const bench = benchOf({ columns: ['a'] });
  post(bench.board, { dataset: 'x', posted: T });
  const told = async () =>
    (await filesOfEntry(bench.board, bench.one())).flatMap(({ path, note }) => (path === 'published/x' ? [note] : []));
  expect(await told()).toEqual([]);
  run(bench, 0);
  expect(await told()).toEqual(['what readers see; a link']);
});

test('a commit that is made again changes nothing', () => {
  const bench = benchOf({ columns: ['a'] });
  post(bench.board, { dataset: 'x', posted: T });
  run(bench, 0);
  const before = bench.names(`products/x/${T}`);
  const writes: string[] = [];
  const board = bench.open({
    fs: hookedFs((op, path) => /^(rename|symlink|mkdir|create)/.test(op) && writes.push(`${op} ${path}`), nodeFs),
  });
  commit(board, bench.one().name, false);
  expect([bench.names(`products/x/${T}`), writes]).toEqual([before, []]);
});
