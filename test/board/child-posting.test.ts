/** Children are posted between the fence and the mark: once for each parent and epoch, whoever does it and wherever it dies. */
import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createBoard } from '../../src/board/board.ts';
import { childrenOf } from '../../src/board/children.ts';
import type { Held } from '../../src/board/claim.ts';
import { parseContent } from '../../src/board/content.ts';
import { type Ending, type FinishResult, finish, finishForward } from '../../src/board/finish.ts';
import type { Fs } from '../../src/board/fs.ts';
import { nothingSwept, sweepEntry, sweepFolder, sweepLinks, sweepPosts } from '../../src/board/housekeep.ts';
import { operate } from '../../src/board/operate.ts';
import { post } from '../../src/board/post.ts';
import type { Located } from '../../src/board/scan.ts';
import { type Child, formatChildren } from '../../src/model/child.ts';
import { faultyFs } from '../helpers/faulty-fs.ts';
import { ALL_DEAD, Bench, everyCrash, hookedFs, NEVER, stagesOf } from './bench.ts';

const T = '20261121T120000';
const child = (dataset: string, more: Partial<Child> = {}): Child => ({
  dataset,
  posted: T,
  class: '-',
  rank: 50,
  letters: 'w__',
  ...more,
});
const posting = (...children: Child[]): Ending => ({ kind: 'complete', sidecars: { post: formatChildren(children) } });
const NAMES = ['c1', 'c2', 'c3'];
const THREE = posting(...NAMES.map((name) => child(name)));

function parent(bench = new Bench()): { bench: Bench; held: Held } {
  post(bench.board, { dataset: 'x' });
  return { bench, held: bench.win() };
}

/** As a stage process does it: called again until it is over. */
function finishAll(bench: Bench, held: Held, ending: Ending, board = bench.board): FinishResult {
  for (let round = 0; round < 50; round++) {
    const result = finish(board, held, ending);
    if (result.kind !== 'posting') return result;
    if (result.posting.isPosted) result.posting.settled();
  }
  throw new Error('it never ends');
}

const standing = (bench: Bench): string[] =>
  bench.all().map(({ folder, name }) => `${folder.split('/')[0]} ${name.dataset} ${name.letters}`);

function queued(bench: Bench, dataset: string): Located {
  const found = bench.all().find(({ folder, name }) => folder === 'queue' && name.dataset === dataset);
  if (found === undefined) throw new Error(`${dataset} is not in queue/`);
  return found;
}

/** Every child once, wherever it stands, and the parent past its stage. */
function expectPosted(bench: Bench, what: string): void {
  const all = bench.all().filter(({ name }) => name.dataset !== 'x');
  expect(all.map(({ name }) => `${name.dataset} ${name.posted}`).sort(), what).toEqual(
    NAMES.map((name) => `${name} ${T}`),
  );
  expect(bench.one('x').name.letters, what).toBe('cw_');
  expect(bench.names('tmp'), what).toEqual([]);
  expect(bench.faults(), what).toEqual([]);
}

/** What stage processes do in time: what is half-done is carried on, the dead one's claims are returned. */
function sweep(bench: Bench): void {
  for (const folder of ['active', 'queue'] as const) sweepFolder(bench.board, folder, ALL_DEAD, nothingSwept());
  sweepPosts(bench.board, sweepPosts(bench.board, new Set(), nothingSwept()), nothingSwept());
  sweepLinks(bench.board, [`removed/${bench.board.today()}`, `done/${bench.board.today()}`], nothingSwept());
}

describe('a try that posts', () => {
  test('its children stand on the board before the parent goes on, with who posted them in their content', () => {
    const { bench, held } = parent();
    const after = Date.parse('2100-01-01T00:00:00Z');
    const ending = posting(
      child('c1', { params: { k: 1 }, rank: 7, class: 'acs' }),
      child('c2', { letters: 'h__', afterMs: after }),
    );
    expect(finishAll(bench, held, ending).kind).toBe('finished');
    expect(standing(bench).sort()).toEqual(['active x cw_', 'held c2 h__', 'queue c1 w__']);
    const by = { board: 'b', dataset: 'x', posted: held.try.posted, stage: 'a', epoch: 1 };
    const c1 = bench.one('c1');
    expect(c1.file).toBe(`07.${T}.w__.000.acs.c1`);
    expect(parseContent(bench.read(`queue/${c1.file}`))).toMatchObject({
      params: { k: 1 },
      repeated: { fixed: true, parent: by },
    });
    expect(fs.statSync(bench.path(`held/${bench.one('c2').file}`)).mtimeMs).toBe(after);
    expect(childrenOf(bench.board, bench.one().name)?.map(({ dataset }) => dataset)).toEqual(['c1', 'c2']);
    expect(bench.events()).toEqual(['post', 'claim', 'finish', 'post', 'post', 'publish']);
    expect(bench.lines().filter(({ event }) => event === 'post')[1]).toMatchObject({ dataset: 'c1', parent: by });
    // A parameter set since does not make it anybody else's.
    operate(bench.board, c1, { verb: 'set', params: { k: 2 } });
    expect(parseContent(bench.read(`queue/${c1.file}`))).toMatchObject({
      params: { k: 2 },
      repeated: { fixed: true, parent: by },
    });
  });

  test('whose claim was taken away posts nothing', () => {
    const { bench, held } = parent();
    operate(bench.board, bench.one(), { verb: 'hold' });
    expect(finishAll(bench, held, THREE).kind).toBe('taken');
    expect(standing(bench)).toEqual(['held x h__']);
  });

  test('thousands: in slices, and one sync for all of them', () => {
    const { bench, held } = parent(new Bench({ durability: 'posts' }));
    const many = posting(...Array.from({ length: 2_500 }, (_, index) => child(`c${index}`)));
    const results: string[] = [];
    for (;;) {
      const result = finish(bench.board, held, many);
      results.push(result.kind === 'posting' ? `posted: ${result.posting.isPosted}` : result.kind);
      if (result.kind !== 'posting') break;
      expect(bench.one().name.letters).toBe('e__');
      if (result.posting.isPosted) result.posting.settled();
    }
    expect(results).toEqual(['posted: false', 'posted: false', 'posted: true', 'finished']);
    expect(bench.names('queue').length).toBe(2_500);
  });

  test('another finishes it forward in slices, too', () => {
    const { bench, held } = parent();
    const many = posting(...Array.from({ length: 1_200 }, (_, index) => child(`c${index}`)));
    expect(finish(bench.board, held, many).kind).toBe('posting');
    const other = bench.open();
    const counts: number[] = [];
    for (let round = 0; round < 20 && bench.one().name.letters === 'e__'; round++) {
      sweepEntry(other, bench.one(), ALL_DEAD, nothingSwept());
      counts.push(bench.names('queue').length);
    }
    expect(counts).toEqual([1_000, 1_000, 1_200]);
    expect(finishAll(bench, held, many).kind).toBe('finished');
    expect(bench.names('queue').length).toBe(1_200);
  });
});

describe('exactly once', () => {
  test('it dies before any of its calls: from the fence on others post the rest, before it nothing is posted', () => {
    let bench = new Bench();
    let held: Held | undefined;
    const deaths = everyCrash(
      (dying) => {
        const made = parent();
        bench = made.bench;
        held = made.held;
        finishAll(bench, held, THREE, bench.open({ fs: dying }));
      },
      (left) => {
        const isFenced = bench.one('x').name.letters === 'e__';
        const isOver = bench.one('x').name.letters === 'cw_';
        if (!isFenced && !isOver) expect(standing(bench), `${left} calls`).toEqual(['active x p__']);
        sweep(bench);
        if (!isFenced && !isOver) {
          expect(standing(bench)).toEqual(['active x 1__']);
          finishAll(bench, bench.win({ process: 'bbbb' }), THREE);
        }
        expectPosted(bench, `${left} calls`);
      },
    );
    // Mark, failing create, two folders, file, fence; create, link, rename each; mark, rename.
    expect(deaths).toBe(6 + 3 * 3 + 2);
  });

  test('it dies before any call, and the next one dies before any call of its own', () => {
    // Not every pair: each first death with some second ones.
    for (let second = 0; second < 11; second++) {
      for (let shift = 0; shift < 11; shift += 3) {
        const first = 6 + ((second + shift) % 11);
        const { bench, held } = parent();
        const dies = (left: number, act: (fs: Fs) => void): void => {
          let calls = 0;
          const deadly = hookedFs((op) => {
            if (
              ['rename', 'link', 'unlink', 'mkdir', 'create', 'setMtime', 'overwrite'].includes(op) &&
              calls++ >= left
            )
              throw new Error('dead');
          });
          try {
            act(deadly);
          } catch (error) {
            expect((error as Error).message).toBe('dead');
          }
        };
        dies(first, (deadly) => finishAll(bench, held, THREE, bench.open({ fs: deadly })));
        dies(second, (deadly) => {
          const { name } = bench.one('x');
          if (name.letters === 'e__') finishForward(bench.open({ fs: deadly }), bench.one('x'), 0);
        });
        sweep(bench);
        expectPosted(bench, `${first} and ${second} calls`);
      }
    }
  });

  test('another finishes it forward, and runs and finishes the children, before any one of its calls', () => {
    let calls = Number.POSITIVE_INFINITY;
    for (let at = 1; at <= calls; at++) {
      const { bench, held } = parent();
      let seen = 0;
      const slow = bench.open({
        fs: hookedFs(() => {
          if (++seen !== at) return;
          const entry = bench.one('x');
          if (entry.name.letters !== 'e__') return;
          const other = bench.open();
          finishForward(other, entry, 0);
          for (const name of NAMES) {
            for (const column of [0, 1, 2]) {
              const claimed = bench.win({ entry: bench.one(name), column, process: 'bbbb' }, other);
              finish(other, claimed, { kind: 'complete' });
            }
          }
        }),
      });
      expect(finishAll(bench, held, THREE, slow).kind, `before call ${at}`).toBe('finished');
      if (seen < at) calls = seen;
      sweep(bench);
      expectPosted(bench, `before call ${at}`);
    }
    expect(calls).toBeGreaterThan(30);
  });

  test('another finishes it forward and a person removes a child before it has been claimed: it stays removed', () => {
    const { bench, held } = parent();
    const faulty = faultyFs();
    faulty.fail('link', 'ENOSPC', (path) => path.endsWith('c2'));
    expect(() => finish(bench.open({ fs: faulty.fs }), held, THREE)).toThrow(/no space/);
    expect(standing(bench).sort()).toEqual(['active x e__', 'queue c1 w__']);
    operate(bench.board, bench.one('c1'), { verb: 'remove' });
    finishForward(bench.board, bench.one(), 0);
    expect(standing(bench).sort()).toEqual(['active x cw_', 'queue c2 w__', 'queue c3 w__', 'removed c1 w__']);
  });

  test.each(['create', 'link', 'rename'] as const)(
    'a disk that refuses %s for a while: all of them, once later',
    (op) => {
      for (const name of NAMES) {
        const faulty = faultyFs();
        const { bench, held } = parent(new Bench({ fs: faulty.fs }));
        faulty.fail(op, 'ENOSPC', (path) => path.includes('/b/tmp/') && path.endsWith(name));
        for (let round = 0; round < 3; round++) expect(() => finishAll(bench, held, THREE)).toThrow();
        expect(bench.one().name.letters).toBe('e__');
        faulty.fail(op, undefined);
        expect(finishAll(bench, held, THREE).kind).toBe('finished');
        expectPosted(bench, `${op} ${name}`);
      }
    },
  );

  test('the owner itself goes on after trouble, and a child was removed meanwhile: it stays removed', () => {
    const { bench, held } = parent();
    const faulty = faultyFs();
    const board = bench.open({ fs: faulty.fs });
    faulty.fail('link', 'ENOSPC', (path) => path.endsWith('c2'));
    expect(() => finish(board, held, THREE)).toThrow(/no space/);
    operate(bench.board, bench.one('c1'), { verb: 'remove' });
    faulty.fail('link', undefined);
    expect(finishAll(bench, held, THREE, board).kind).toBe('finished');
    expect(standing(bench).sort()).toEqual(['active x cw_', 'queue c2 w__', 'queue c3 w__', 'removed c1 w__']);
  });

  test('an owner that comes late, after others have finished it forward, posts nothing of what was left out then', () => {
    const { bench, held } = parent();
    const faulty = faultyFs();
    const board = bench.open({ fs: faulty.fs });
    faulty.fail('create', 'ENOSPC', (path) => path.includes('/b/tmp/'));
    expect(() => finish(board, held, THREE)).toThrow(/no space/);
    post(bench.board, { dataset: 'c2' });
    finishForward(bench.board, bench.one('x'), 0);
    operate(bench.board, bench.one('c2'), { verb: 'remove' });
    faulty.fail('create', undefined);
    expect(finishAll(bench, held, THREE, board).kind).toBe('finished');
    expect(standing(bench).sort()).toEqual(['active x cw_', 'queue c1 w__', 'queue c3 w__', 'removed c2 w__']);
  });

  test('a line that somebody has spoilt is left out, the others are posted', () => {
    const { bench, held } = parent();
    const faulty = faultyFs();
    faulty.fail('create', 'ENOSPC', (path) => path.includes('/b/tmp/'));
    expect(() => finish(bench.open({ fs: faulty.fs }), held, THREE)).toThrow();
    const file = `products/x/${held.try.posted}/a.001.post`;
    bench.put(file, bench.read(file).replace('"c2"', '"c 2"'));
    finishForward(bench.board, bench.one(), 0);
    expect(standing(bench).sort()).toEqual(['active x cw_', 'queue c1 w__', 'queue c3 w__']);
  });
});

describe('a parent that runs its stage again', () => {
  const LATER = '20261121T120005';
  const again = posting(...['c1', 'c2', 'c4'].map((name) => child(name, { posted: LATER })));

  function repiped(before: (bench: Bench) => void = () => undefined): { bench: Bench; held: Held } {
    const { bench, held } = parent();
    finishAll(bench, held, THREE);
    before(bench);
    operate(bench.board, bench.one('x'), { verb: 'repipe', stage: 'a' });
    return { bench, held: bench.win({ entry: bench.one('x') }) };
  }

  test('children that live are superseded, when it has succeeded: taken off, and those that are wanted again posted anew', () => {
    const { bench, held } = repiped();
    expect(standing(bench).filter((line) => line.startsWith('queue')).length).toBe(3);
    finishAll(bench, held, again);
    const lines = bench.all().map(({ folder, name }) => `${folder.split('/')[0]} ${name.dataset} ${name.posted}`);
    expect(lines.filter((line) => line.startsWith('queue')).sort()).toEqual(
      ['c1', 'c2', 'c4'].map((name) => `queue ${name} ${LATER}`),
    );
    expect(lines.filter((line) => line.startsWith('removed')).sort()).toEqual(
      NAMES.map((name) => `removed ${name} ${T}`),
    );
    expect(bench.lines().filter(({ event }) => event === 'remove')[0]).toMatchObject({
      dataset: 'c1',
      posted: T,
      reason: 'superseded: x has run a again (claim 2)',
    });
    expect(childrenOf(bench.board, bench.one('x').name)?.map(({ dataset }) => dataset)).toEqual(['c1', 'c2', 'c4']);
    expect(bench.faults()).toEqual([]);
  });

  test('and posts nothing: they are taken off all the same', () => {
    const { bench, held } = repiped();
    finishAll(bench, held, { kind: 'complete' });
    expect(standing(bench).sort()).toEqual(['active x cw_', ...NAMES.map((name) => `removed ${name} w__`)]);
    expect(childrenOf(bench.board, bench.one('x').name)).toBeUndefined();
  });

  test('and fails: they stay', () => {
    const { bench, held } = repiped();
    finishAll(bench, held, { kind: 'fail', cause: 'x1' });
    expect(standing(bench).filter((line) => line.startsWith('queue')).length).toBe(3);
  });

  test('a child that runs is stopped: its claim is gone, and it is never claimed under the old run again', () => {
    let running: Held | undefined;
    const { bench, held } = repiped((made) => {
      running = made.win({ entry: made.one('c1'), process: 'bbbb' });
    });
    finishAll(bench, held, again);
    expect(finish(bench.board, running as Held, { kind: 'complete' }).kind).toBe('taken');
    const anew = bench.win({ entry: queued(bench, 'c1') });
    expect(anew.try).toMatchObject({ posted: LATER, epoch: 1 });
    expect(bench.faults()).toEqual([`active/${anew.at.file} is still claimed`]);
  });

  test('a child that is done is posted anew', () => {
    const { bench, held } = repiped((made) => {
      for (const column of [0, 1, 2])
        finish(made.board, made.win({ entry: made.one('c1'), column }), { kind: 'complete' });
    });
    finishAll(bench, held, again);
    expect(
      standing(bench)
        .filter((line) => line.includes(' c1 '))
        .sort(),
    ).toEqual(['done c1 ccc', 'queue c1 w__']);
  });

  test('a child that is ending is finished forward first, and its own children stay', () => {
    const faulty = faultyFs();
    faulty.fail('create', 'ENOSPC', (path) => path.endsWith('.ok'));
    const { bench, held } = repiped((made) => {
      const its = made.win({ entry: made.one('c1'), process: 'bbbb' });
      expect(() => finish(made.open({ fs: faulty.fs }), its, posting(child('grandchild')))).toThrow();
    });
    expect(bench.one('c1').name.letters).toBe('e__');
    finishAll(bench, held, again);
    expect(
      standing(bench)
        .filter((line) => /c1|grand/.test(line))
        .sort(),
    ).toEqual(['queue c1 w__', 'queue grandchild w__', 'removed c1 cw_']);
  });

  test('it dies before any of its calls: superseded and posted once', () => {
    let bench = new Bench();
    const deaths = everyCrash(
      (dying) => {
        const made = repiped();
        bench = made.bench;
        finishAll(bench, made.held, again, bench.open({ fs: dying }));
      },
      (left) => {
        sweep(bench);
        const { name } = bench.one('x');
        if (name.letters === '1__') finishAll(bench, bench.win({ entry: bench.one('x') }), again);
        const lines = bench.all().map((at) => `${at.folder.split('/')[0]} ${at.name.dataset} ${at.name.posted}`);
        expect(lines.filter((line) => !line.includes(' x ')).sort(), `${left} calls`).toEqual([
          ...['c1', 'c2', 'c4'].map((its) => `queue ${its} ${LATER}`),
          ...NAMES.map((its) => `removed ${its} ${T}`),
        ]);
        expect(bench.faults(), `${left} calls`).toEqual([]);
      },
    );
    expect(deaths).toBeGreaterThan(18);
  });

  test('posted anew itself, with children of its earlier run alive: they make way', () => {
    const { bench, held } = parent();
    finishAll(bench, held, THREE);
    for (const column of [1, 2])
      finish(bench.board, bench.win({ entry: bench.one('x'), column }), { kind: 'complete' });
    post(bench.board, { dataset: 'x' });
    const second = bench.win({ entry: queued(bench, 'x') });
    finishAll(bench, second, again);
    expect(
      standing(bench)
        .filter((line) => / c\d /.test(line))
        .sort(),
    ).toEqual([
      'queue c1 w__',
      'queue c2 w__',
      // It is not wanted by the new run, and nobody's business there.
      'queue c3 w__',
      'queue c4 w__',
      'removed c1 w__',
      'removed c2 w__',
    ]);
  });
});

describe('what cannot be posted', () => {
  test('a dataset that somebody else has posted since the check: left out, told, and the parent goes on', () => {
    const { bench, held } = parent();
    post(bench.board, { dataset: 'c2' });
    expect(finishAll(bench, held, THREE).kind).toBe('finished');
    expect(standing(bench).sort()).toEqual(['active x cw_', 'queue c1 w__', 'queue c2 w__', 'queue c3 w__']);
    expect(bench.lines().filter(({ event }) => event === 'unposted')).toMatchObject([
      { dataset: 'x', stage: 'a', epoch: 1, child: 'c2', reason: expect.stringContaining('is on the board already') },
    ]);
    expect(bench.names('tmp')).toEqual([]);
  });

  test('a child of another stage is not superseded', () => {
    const { bench, held } = parent();
    finishAll(bench, held, THREE);
    finishAll(
      bench,
      bench.win({ entry: bench.one('x'), column: 1 }),
      posting(child('c1', { posted: '20261121T120009' })),
    );
    expect(bench.all().filter(({ name }) => name.dataset === 'c1')).toMatchObject([
      { folder: 'queue', name: { posted: T } },
    ]);
  });
});

describe('another board', () => {
  const OTHER = {
    name: 'q',
    title: 'Q',
    stages: stagesOf(['only']),
    inFlight: 10,
    durability: 'none',
    landing: [],
    timers: [],
    transaction: false,
    retention: NEVER,
    file: '',
  } as const;

  test('children go there, and are told of with it; a board that is gone leaves them out', () => {
    const { bench, held } = parent();
    const other = createBoard(bench.home, 'other', OTHER, { writer: 'maker' });
    finishAll(
      bench,
      held,
      posting(child('c1', { board: 'other', letters: 'w' }), child('c2', { board: 'nowhere', letters: 'w' })),
    );
    expect(fs.readdirSync(other.path('queue'))).toEqual([`50.${T}.w.000.-.c1`]);
    const content = parseContent(fs.readFileSync(other.path('ids/c1'), 'utf8'));
    expect(content).toMatchObject({ repeated: { parent: { board: 'b', dataset: 'x' } } });
    expect(childrenOf(bench.board, bench.one('x').name)).toEqual([
      { board: 'other', dataset: 'c1', posted: T },
      { board: 'nowhere', dataset: 'c2', posted: T },
    ]);
    expect(bench.lines().filter(({ event }) => event === 'unposted')).toMatchObject([
      { child: 'c2', board: 'nowhere' },
    ]);
    // Superseded there as well.
    operate(bench.board, bench.one('x'), { verb: 'repipe', stage: 'a' });
    finishAll(bench, bench.win({ entry: bench.one('x') }), { kind: 'complete' });
    expect(fs.readdirSync(other.path('queue'))).toEqual([]);
    expect(fs.readdirSync(other.path('ids'))).toEqual([]);
  });
});
