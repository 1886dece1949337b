import fs from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { claim } from '../../src/board/claim.ts';
import { parseContent } from '../../src/board/content.ts';
import { finish } from '../../src/board/finish.ts';
import { nodeFs } from '../../src/board/fs.ts';
import { nothingSwept, sweepPosts, sweepRubbish } from '../../src/board/housekeep.ts';
import { isComplete, type PostRequest, type PostResult, post } from '../../src/board/post.ts';
import { postMany } from '../../src/board/post-many.ts';
import { formatPosted } from '../../src/model/name.ts';
import { faultyFs, systemError } from '../helpers/faulty-fs.ts';
import { Bench, dyingFs, everyCrash, hookedFs } from './bench.ts';

const POSTED = '20261121T120000';

function refusal(result: PostResult): string {
  return result.ok ? 'posted' : `${result.refusal}: ${result.why}`;
}

/** Two passes of every process that keeps house, and what is a day old goes. */
function sweepTmp(bench: Bench): void {
  const seen = sweepPosts(bench.board, new Set(), nothingSwept());
  sweepPosts(bench.board, seen, nothingSwept());
  sweepRubbish(bench.board, -1);
}

describe('post', () => {
  test('writes the content, links it and puts it into its folder', () => {
    const bench = new Bench({ durability: 'posts' });
    const result = post(bench.board, { dataset: 'x', class: 'acs', rank: 7, params: { k: 'v' }, posted: POSTED });
    expect(result).toMatchObject({ ok: true, entry: { folder: 'queue', file: `07.${POSTED}.w__.000.acs.x` } });
    expect(parseContent(bench.read(`queue/07.${POSTED}.w__.000.acs.x`))).toMatchObject({
      params: { k: 'v' },
      repeated: { dataset: 'x', posted: POSTED, class: 'acs', rank: 7 },
    });
    expect(bench.faults()).toEqual([]);
    expect(bench.names('tmp')).toEqual([]);
    expect(bench.lines()).toMatchObject([{ event: 'post', dataset: 'x', to: 'w__', folder: 'queue' }]);
  });

  test('held entries go to held/, and an entry of a class that no root serves opens further down', () => {
    const bench = new Bench({ classes: { a: ['acs'] } });
    post(bench.board, { dataset: 'held', hold: true, class: 'acs' });
    post(bench.board, { dataset: 'other', class: 'wfc' });
    expect(bench.where('held')).toEqual(['held h__.000']);
    expect(bench.where('other')).toEqual(['queue sw_.000']);
    expect(bench.faults()).toEqual([]);
  });

  test('not before a time: the mtime says so', () => {
    const bench = new Bench();
    const afterMs = Math.ceil(Date.now() / 1000) * 1000 + 3_600_000;
    post(bench.board, { dataset: 'x', afterMs });
    const { folder, file } = bench.one();
    expect(nodeFs.identify(bench.path(`${folder}/${file}`)).mtimeMs).toBe(afterMs);
  });

  test.each<[string, PostRequest, RegExp]>([
    ['a name with a slash', { dataset: '../x' }, /^name: .*'\.'/],
    ['a name with a space', { dataset: 'a b' }, /^name: .*space/],
    ['an empty name', { dataset: '' }, /^name: /],
    ['a name too long for a claim', { dataset: `x${'y'.repeat(200)}` }, /^name: /],
    ['a class in capitals', { dataset: 'x', class: 'ACS' }, /^name: .*class/],
    ['rank 100', { dataset: 'x', rank: 100 }, /^name: 100 is no rank/],
    ['rank 1.5', { dataset: 'x', rank: 1.5 }, /^name: 1.5 is no rank/],
    ['the reserved parameter', { dataset: 'x', params: { slate: 1 } }, /^name: .*'slate' is reserved/],
    ['a posted time that is none', { dataset: 'x', posted: '20261321T120000' }, /^name: .*is no time/],
    ['a posted time with a slash', { dataset: 'x', posted: '../../x' }, /^name: .*is no time/],
  ])('refuses %s, and leaves nothing', (_what, request, why) => {
    const bench = new Bench();
    expect(refusal(post(bench.board, request))).toMatch(why);
    expect(bench.names('tmp')).toEqual([]);
    expect(bench.names('ids')).toEqual([]);
    expect(bench.all()).toEqual([]);
  });

  test('refuses a class that no stage serves', () => {
    const bench = new Bench({ columns: ['a'], classes: { a: ['acs'] } });
    expect(refusal(post(bench.board, { dataset: 'x', class: 'wfc' }))).toMatch(/^class: /);
  });

  test('refuses a dataset that is on the board, and cleans up after itself', () => {
    const bench = new Bench();
    post(bench.board, { dataset: 'x' });
    expect(refusal(post(bench.board, { dataset: 'x' }))).toMatch(/^live: /);
    expect(bench.where()).toEqual(['queue w__.000']);
    expect(bench.names('tmp')).toEqual([]);
    expect(bench.faults()).toEqual([]);
  });

  test('two posts of the same second, one after another that finished: never the same posted time', () => {
    const bench = new Bench({ columns: ['a'] });
    // The clock stands still.
    const now = bench.board.now();
    Object.defineProperty(bench.board, 'now', { value: () => now });
    const seen = new Set<string>();
    for (let run = 0; run < 4; run++) {
      const result = post(bench.board, { dataset: 'x' });
      if (!result.ok) throw new Error(result.why);
      seen.add(result.entry.name.posted);
      finish(bench.board, bench.win({ entry: result.entry }), { kind: 'complete' });
    }
    expect([...seen]).toEqual([0, 1, 2, 3].map((second) => formatPosted(now + second * 1000)));
    expect(bench.faults()).toEqual([]);
  });

  test('moves on past a run that only its products tell of', () => {
    const bench = new Bench();
    const now = bench.board.now();
    Object.defineProperty(bench.board, 'now', { value: () => now });
    fs.mkdirSync(bench.path(`products/x/${formatPosted(now)}`), { recursive: true });
    post(bench.board, { dataset: 'x' });
    expect(bench.one().name.posted).toBe(formatPosted(now + 1000));
  });

  test('a run that ends between the choice of the name and the link moves the new one on, in its content too', () => {
    const bench = new Bench();
    const now = bench.board.now();
    const slow = bench.open({
      fs: hookedFs((op, path) => {
        if (op === 'link' && path.includes('/tmp/')) {
          fs.mkdirSync(bench.path('logs/x'), { recursive: true });
          bench.put(`logs/x/${formatPosted(now)}.a.001.ok.log`);
        }
      }),
    });
    Object.defineProperty(slow, 'now', { value: () => now });
    const result = post(slow, { dataset: 'x', params: { k: 1 } });
    const posted = formatPosted(now + 1000);
    expect(result).toMatchObject({ ok: true, entry: { name: { posted } } });
    const { folder, file } = bench.one();
    expect(parseContent(bench.read(`${folder}/${file}`))).toMatchObject({ params: { k: 1 }, repeated: { posted } });
  });

  test('two posters at the same time: one wins, at every point of the other', () => {
    for (let at = 1; ; at++) {
      const bench = new Bench();
      let calls = 0;
      let other: PostResult | undefined;
      const slow = bench.open({
        fs: hookedFs(() => {
          if (++calls === at) other = post(bench.board, { dataset: 'x', params: { by: 'other' } });
        }),
      });
      const mine = post(slow, { dataset: 'x', params: { by: 'me' } });
      if (other === undefined) {
        expect(at).toBeGreaterThan(4);
        break;
      }
      expect([mine.ok, other.ok].filter(Boolean), `at call ${at}`).toHaveLength(1);
      expect(bench.faults(), `at call ${at}`).toEqual([]);
      expect(bench.names('tmp'), `at call ${at}`).toEqual([]);
    }
  });
});

describe('a poster that dies', () => {
  test('after any of its calls leaves one entry, or none and rubbish that goes; the dataset can be posted', () => {
    let bench = new Bench();
    const deaths = everyCrash(
      (dying) => {
        bench = new Bench();
        post(bench.open({ fs: dying }), { dataset: 'x', afterMs: 1e12 });
      },
      (left) => {
        sweepTmp(bench);
        expect(bench.names('tmp'), `${left} calls`).toEqual([]);
        const stood = bench.where();
        expect(stood.length, `${left} calls`).toBe(bench.names('ids').length);
        const again = post(bench.board, { dataset: 'x' });
        expect(again.ok, `${left} calls`).toBe(stood.length === 0);
        expect(bench.where(), `${left} calls`).toEqual(['queue w__.000']);
        expect(bench.faults(), `${left} calls`).toEqual([]);
      },
    );
    expect(deaths).toBe(4);
  });

  test('is no hindrance to the next post of the dataset, which is refused until it is carried on', () => {
    const bench = new Bench();
    expect(() => post(bench.open({ fs: dyingFs(2) }), { dataset: 'x' })).toThrow('dead before');
    expect(bench.names('ids')).toEqual(['x']);
    expect(refusal(post(bench.board, { dataset: 'x' }))).toMatch(/^live: /);
    sweepTmp(bench);
    expect(bench.where()).toEqual(['queue w__.000']);
    expect(bench.faults()).toEqual([]);
  });

  test('and whose run before it left logs of the same second: the carried on one moves on as well', () => {
    const bench = new Bench();
    const dead = bench.open({ fs: dyingFs(2) });
    const now = dead.now();
    Object.defineProperty(dead, 'now', { value: () => now });
    expect(() => post(dead, { dataset: 'x', params: { k: 1 } })).toThrow('dead before');
    fs.mkdirSync(bench.path('logs/x'));
    bench.put(`logs/x/${formatPosted(now)}.a.001.ok.log`);
    sweepTmp(bench);
    const { folder, file, name } = bench.one();
    expect(name.posted).toBe(formatPosted(now + 1000));
    expect(parseContent(bench.read(`${folder}/${file}`))).toMatchObject({
      params: { k: 1 },
      repeated: { posted: name.posted },
    });
    expect(claim(bench.board, { entry: bench.one(), column: 0, process: 'aaaa', products: false }).kind).toBe('won');
  });

  test('with a fixed posted time: the same post again carries it on, whatever was left', () => {
    let bench = new Bench();
    const request = { dataset: 'x', posted: POSTED, params: { k: 1 } };
    const deaths = everyCrash(
      (dying) => {
        bench = new Bench();
        post(bench.open({ fs: dying }), request);
      },
      (left) => {
        expect(refusal(post(bench.board, request)), `${left} calls`).toBe('posted');
        expect(bench.names('tmp'), `${left} calls`).toEqual([]);
        expect(bench.faults(), `${left} calls`).toEqual([]);
        expect(refusal(post(bench.board, request)), `${left} calls`).toMatch(/^known: /);
      },
    );
    expect(deaths).toBe(3);
  });

  test('with a fixed posted time: known wherever the run stands, and by its log alone when it is gone', () => {
    const bench = new Bench({ columns: ['a'] });
    const request = { dataset: 'x', posted: POSTED };
    post(bench.board, request);
    finish(bench.board, bench.win(), { kind: 'complete' });
    expect(refusal(post(bench.board, request))).toMatch(/^known: /);
    fs.rmSync(bench.path('done'), { recursive: true });
    fs.mkdirSync(bench.path('done'));
    expect(refusal(post(bench.board, { ...request, fresh: true }))).toMatch(/^known: /);
    fs.rmSync(bench.path('logs/x'), { recursive: true });
    expect(refusal(post(bench.board, { ...request, fresh: true }))).toBe('posted');
  });
});

describe('a disk that refuses', () => {
  test.each(['ENOSPC', 'EDQUOT', 'EACCES'] as const)('%s while writing leaves nothing behind', (errno) => {
    const faulty = faultyFs();
    const bench = new Bench({ fs: faulty.fs });
    faulty.fail('create', errno);
    expect(() => post(bench.board, { dataset: 'x' })).toThrow(/dataset x can't be posted/);
    faulty.fail('create', undefined);
    expect(bench.names('tmp')).toEqual([]);
    expect(refusal(post(bench.board, { dataset: 'x' }))).toBe('posted');
  });

  test('a file that was made but could not be filled is taken away', () => {
    const bench = new Bench();
    const spy = vi.spyOn(fs, 'writeSync').mockImplementation(() => {
      throw systemError('ENOSPC', 'write');
    });
    expect(() => post(bench.board, { dataset: 'x' })).toThrow(/no space left/);
    spy.mockRestore();
    expect(bench.names('tmp')).toEqual([]);
    expect(refusal(post(bench.board, { dataset: 'x' }))).toBe('posted');
  });

  test('a create that fails under the name of another’s post leaves that one alone', () => {
    const bench = new Bench();
    expect(() => post(bench.open({ fs: dyingFs(2) }), { dataset: 'x', posted: POSTED })).toThrow('dead before');
    const before = bench.names('tmp');
    const faulty = faultyFs();
    faulty.fail('create', 'ESTALE');
    const other = bench.open({ fs: faulty.fs });
    Object.defineProperty(other, 'now', { value: () => Date.UTC(2026, 10, 21, 12) });
    expect(() => post(other, { dataset: 'x' })).toThrow(/file server fails/);
    expect(bench.names('tmp')).toEqual(before);
    sweepTmp(bench);
    expect(bench.faults()).toEqual([]);
  });

  test.each(['EEXIST', 'EIO'] as const)('a link whose answer was lost (%s) makes one entry', (errno) => {
    const faulty = faultyFs();
    const bench = new Bench({ fs: faulty.fs });
    faulty.loseAnswer('link', errno);
    const said = ((): string => {
      try {
        return refusal(post(bench.board, { dataset: 'x' }));
      } catch (error) {
        return String(error);
      }
    })();
    expect(said).toMatch(errno === 'EEXIST' ? /^posted$/ : /the disk or file server fails/);
    sweepTmp(bench);
    expect(bench.where()).toEqual(['queue w__.000']);
    expect(bench.faults()).toEqual([]);
  });

  test('a rename whose answer was lost is posted', () => {
    const faulty = faultyFs();
    const bench = new Bench({ fs: faulty.fs });
    faulty.loseAnswer('rename', 'ENOENT');
    expect(refusal(post(bench.board, { dataset: 'x' }))).toBe('posted');
    expect(bench.faults()).toEqual([]);
  });
});

describe('postMany', () => {
  test('tells of each in order, refusals too, and syncs once', async () => {
    const faulty = faultyFs();
    const bench = new Bench({ fs: faulty.fs, durability: 'posts' });
    const names = Array.from({ length: 40 }, (_, index) => (index === 7 ? 'a b' : `d${index % 39}`));
    const results: PostResult[] = [];
    await postMany(
      bench.board,
      names.map((dataset) => ({ dataset })),
      (result) => results.push(result),
    );
    expect(results.map(({ dataset }) => dataset)).toEqual(names);
    expect(results.filter(({ ok }) => !ok).map(refusal)).toEqual([
      expect.stringMatching(/^name: /),
      expect.stringMatching(/^live: /),
    ]);
    expect(bench.all()).toHaveLength(38);
    expect(bench.faults()).toEqual([]);
    expect(faulty.calls.filter(({ op }) => op === 'sync')).toEqual([]);
  });

  test('when the disk refuses half-way, what was posted has been told of', async () => {
    const faulty = faultyFs();
    const bench = new Bench({ fs: faulty.fs, durability: 'posts' });
    const results: PostResult[] = [];
    faulty.fail('create', 'ENOSPC', (path) => path.endsWith('.d9'));
    const requests = Array.from({ length: 20 }, (_, index) => ({ dataset: `d${index}` }));
    await expect(postMany(bench.board, requests, (result) => results.push(result))).rejects.toThrow(/no space left/);
    expect(results).toHaveLength(9);
    expect(bench.all()).toHaveLength(9);
  });

  test('makes the next batch while the disk settles one, and tells of each in order', async () => {
    const bench = new Bench({ durability: 'posts' });
    const names = Array.from({ length: 90 }, (_, index) => `d${index % 75}`);
    const told: string[] = [];
    const standing: number[] = [];
    await postMany(
      bench.board,
      names.map((dataset) => ({ dataset })),
      (result) => {
        if (told.push(`${result.dataset} ${result.ok}`) % 20 === 1) standing.push(bench.all().length);
      },
      20,
    );
    expect(told).toEqual(names.map((dataset, index) => `${dataset} ${index < 75}`));
    // When one is told of, the one behind it stands; the last batch is too small to be worth a sync of its own.
    expect(standing).toEqual([40, 60, 75, 75, 75]);
    expect(bench.faults()).toEqual([]);
  });

  test('of several batches: the first that the disk refuses is the last', async () => {
    const faulty = faultyFs();
    const bench = new Bench({ fs: faulty.fs, durability: 'posts' });
    const told: string[] = [];
    faulty.fail('create', 'ENOSPC', (path) => path.endsWith('.d29'));
    const requests = Array.from({ length: 100 }, (_, index) => ({ dataset: `d${index}` }));
    await expect(postMany(bench.board, requests, ({ dataset }) => told.push(dataset), 20)).rejects.toThrow(
      /no space left/,
    );
    expect(told).toEqual(requests.slice(0, 29).map(({ dataset }) => dataset));
    expect(bench.all()).toHaveLength(29);
  });
});

test('isComplete: two links, one of them the dataset’s', () => {
  const bench = new Bench();
  bench.put('tmp/one');
  expect(isComplete(bench.board, 'one', 'x')).toBe(false);
  fs.linkSync(bench.path('tmp/one'), bench.path('tmp/two'));
  expect(isComplete(bench.board, 'one', 'x')).toBe(false);
  fs.linkSync(bench.path('tmp/one'), bench.path('ids/x'));
  expect(isComplete(bench.board, 'one', 'x')).toBe(true);
  expect(isComplete(bench.board, 'three', 'x')).toBe(false);
});
