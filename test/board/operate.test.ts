import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { claim } from '../../src/board/claim.ts';
import { parseContent } from '../../src/board/content.ts';
import { finish } from '../../src/board/finish.ts';
import { operate, planVerb, type Verb, type VerbResult } from '../../src/board/operate.ts';
import { post } from '../../src/board/post.ts';
import { faultyFs } from '../helpers/faulty-fs.ts';
import { Bench, hookedFs } from './bench.ts';

const POSTED = '20261121T120000';
const DAY = 'done/2026-11-20';

/** An entry by hand with its link, and a verb on it. */
function withVerb(folder: string, short: string, verb: Verb): { said: string; bench: Bench; result: VerbResult } {
  const bench = new Bench();
  const [head = '', tags] = short.split('@');
  const [letters, epoch] = head.split('.');
  const file = `50.${POSTED}.${letters}.${epoch}.-.x${tags === undefined ? '' : `@${tags}`}`;
  fs.mkdirSync(bench.path(folder), { recursive: true });
  bench.put(`${folder}/${file}`, '{}');
  if (!folder.includes('/')) fs.linkSync(bench.path(`${folder}/${file}`), bench.path('ids/x'));
  const plan = planVerb(bench.board, bench.one(), verb);
  const result = operate(bench.board, bench.one(), verb, 'because');
  if (result.ok && plan.ok) expect({ ...plan.name, ok: true }).toEqual({ ...result.entry.name, ok: true });
  return { said: result.ok ? (bench.where()[0] ?? '') : `${result.refusal}: ${result.why}`, bench, result };
}

describe('every verb in every state', () => {
  const hold: Verb = { verb: 'hold' };
  const release: Verb = { verb: 'release' };
  const repipe: Verb = { verb: 'repipe' };
  const skip: Verb = { verb: 'skip' };
  test.each<[string, string, Verb, string | RegExp]>([
    ['queue', 'w__.000', hold, 'held h__.000@1-o'],
    ['queue', 'w__.000', { verb: 'hold', stage: 'c' }, 'queue w_h.000@3-o'],
    ['active', 'p__.001@1-aaaa-1-1', hold, 'held h__.001@1-o'],
    ['failed', 'f__.001@1-x2', hold, /^refused: .*nothing of it waits/],
    ['held', 'h__.001@1-o', hold, /^refused: /],
    [DAY, 'ccc.003', hold, /^refused: /],
    ['queue', 'w__.000', release, /^refused: nothing of it is held/],
    ['held', 'h__.000@1-o', release, 'queue w__.000'],
    ['held', 'ch_.001@2-o', release, 'active cw_.001'],
    ['failed', 'f__.001@1-x2', release, /^refused: nothing of it is held/],
    ['queue', 'w__.000', repipe, /^refused: nothing of it has failed/],
    ['failed', 'cf_.003@2-x2', repipe, 'active cw_.003'],
    ['active', 'p__.001@1-aaaa-1-1', repipe, 'queue w__.001'],
    [DAY, 'ccc.003', { verb: 'repipe', stage: 'b' }, 'active cw_.003'],
    [DAY, 'ccc.003', { verb: 'repipe', stage: 'a' }, 'queue w__.003'],
    [DAY, 'ccc.003', repipe, /^refused: nothing of it has failed/],
    ['queue', 'w__.000', skip, 'queue sw_.000'],
    ['failed', 'f__.001@1-x2', skip, 'queue sw_.001'],
    ['failed', 'ccf.003@3-x2', skip, 'done ccs.003'],
    ['active', 'p__.001@1-aaaa-1-1', skip, 'queue sw_.001'],
    [DAY, 'ccc.003', { verb: 'skip', stage: 'b' }, /^refused: .*complete; repipe/],
    ['queue', 'w__.000', { verb: 'rank', rank: 7 }, 'queue w__.000'],
    ['active', 'p__.001@1-aaaa-1-1', { verb: 'rank', rank: 7 }, 'active p__.001@1-aaaa-1-1'],
    [DAY, 'ccc.003', { verb: 'rank', rank: 7 }, 'done ccc.003'],
    ['queue', 'w__.000', { verb: 'remove' }, 'removed w__.000'],
    ['active', 'p__.001@1-aaaa-1-1', { verb: 'remove' }, 'removed p__.001'],
    ['active', 'ce_.002', { verb: 'remove' }, 'removed ce_.002'],
    ['failed', 'f__.001@1-x2', { verb: 'remove' }, 'removed f__.001@1-x2'],
    [DAY, 'ccc.003', { verb: 'remove' }, 'removed ccc.003'],
    ['removed/2026-11-20', 'w__.000', repipe, /^refused: it was removed/],
    ['removed/2026-11-20', 'w__.000', { verb: 'remove' }, /^refused: it was removed/],
    [
      'queue',
      'w__.000',
      { verb: 'hold', stage: 'nosuch' },
      /^refused: the board has no stage 'nosuch'; it has a, b, c/,
    ],
  ])('%s/%s %o: %s', (folder, short, verb, expected) => {
    const { said, bench, result } = withVerb(folder, short, verb);
    if (typeof expected === 'string') expect(said).toBe(expected);
    else expect(said).toMatch(expected);
    // Whatever it was: a link if and only if it is on the board, and one line only for what was done.
    expect(bench.faults().filter((fault) => !fault.endsWith('is still claimed'))).toEqual([]);
    expect(bench.lines()).toMatchObject(result.ok ? [{ event: verb.verb, reason: 'because', dataset: 'x' }] : []);
  });

  test.each<Verb>([hold, skip, repipe, { verb: 'remove' }])('%o finishes an `e` forward first', (verb) => {
    const staged: Verb = verb.verb === 'remove' ? verb : ({ ...verb, stage: 'a' } as Verb);
    const { said, bench } = withVerb('active', 'e__.001@1-aaaa-1-1', staged);
    expect(bench.names(`products/x/${POSTED}`)).toEqual(['a.001.ok']);
    const expected = { hold: /^refused: .*complete/, skip: /^refused: .*complete/, repipe: /^queue w__\.001$/ };
    expect(said).toMatch(verb.verb in expected ? expected[verb.verb as keyof typeof expected] : /^removed cw_\.001$/);
  });

  test('what stays in done/ keeps its day', () => {
    const { result } = withVerb(DAY, 'ccc.003', { verb: 'rank', rank: 7 });
    expect(result).toMatchObject({ ok: true, entry: { folder: DAY, name: { rank: 7 } } });
  });
});

describe('set', () => {
  test('writes in place, takes away with null, keeps what the name says, and the inode', () => {
    const bench = new Bench();
    post(bench.board, { dataset: 'x', class: 'acs', params: { a: 'long enough to be cut', b: 2 } });
    const before = bench.ino('ids/x');
    const set = (params: Record<string, unknown>): unknown =>
      operate(bench.board, bench.one(), { verb: 'set', params });
    set({ a: null, c: [3], slate: 'no' });
    expect(bench.ino('ids/x')).toBe(before);
    expect(bench.ino(`queue/${bench.one().file}`)).toBe(before);
    const content = parseContent(bench.read('ids/x'));
    expect(content).toMatchObject({ params: { b: 2, c: [3] }, repeated: { dataset: 'x', class: 'acs' } });
    set({ a: 'longer than ever before, by far, indeed: '.repeat(20) });
    expect(parseContent(bench.read('ids/x'))).toMatchObject({ params: { b: 2, c: [3] } });
  });

  test('keeps the time that it waits for, or leaves it alone where only another account can', () => {
    const faulty = faultyFs();
    const bench = new Bench({ fs: faulty.fs });
    const afterMs = Math.ceil(Date.now() / 1000) * 1000 + 3_600_000;
    post(bench.board, { dataset: 'x', afterMs });
    const set = (a: number): unknown => operate(bench.board, bench.one(), { verb: 'set', params: { a } });
    const time = (): number => fs.statSync(bench.path('ids/x')).mtimeMs;
    expect([set(1), time()]).toEqual([expect.objectContaining({ ok: true }), afterMs]);
    faulty.fail('setMtime', 'EPERM');
    expect(set(2)).toMatchObject({ ok: false, refusal: 'refused', why: expect.stringContaining('under that account') });
    expect([parseContent(bench.read('ids/x')), time()]).toEqual([
      expect.objectContaining({ params: { a: 1 } }),
      afterMs,
    ]);
  });
});

describe('a name that changes between the look and the rename', () => {
  test('is worked out anew from what it is', () => {
    const bench = new Bench();
    post(bench.board, { dataset: 'x' });
    const seen = bench.one();
    const held = bench.win();
    expect(operate(bench.board, seen, { verb: 'hold' }).ok).toBe(true);
    expect(bench.where()).toEqual(['held h__.001@1-o']);
    expect(finish(bench.board, held, { kind: 'complete' }).kind).toBe('taken');
  });

  test('at every call of it: a claim comes in between, and the entry is held all the same', () => {
    for (let at = 1; ; at++) {
      const bench = new Bench();
      post(bench.board, { dataset: 'x' });
      const seen = bench.one();
      let calls = 0;
      let claimed = '';
      const slow = bench.open({
        fs: hookedFs(() => {
          if (++calls === at)
            claimed = claim(bench.board, { entry: bench.one(), column: 0, process: 'aaaa', products: true }).kind;
        }),
      });
      const result = operate(slow, seen, { verb: 'hold' });
      expect(result.ok, `at call ${at}: ${claimed}`).toBe(true);
      expect(bench.one().folder, `at call ${at}: ${claimed}`).toBe('held');
      if (claimed === '') break;
    }
  });

  test('a verb that no longer fits is refused by the state that it has now', () => {
    const bench = new Bench({ columns: ['a'] });
    post(bench.board, { dataset: 'x' });
    const seen = bench.one();
    finish(bench.board, bench.win(), { kind: 'complete' });
    expect(operate(bench.board, seen, { verb: 'hold' })).toMatchObject({ ok: false, refusal: 'refused' });
    expect(bench.where()).toEqual(['done c.001']);
  });

  test('one that has left the board is absent', () => {
    const bench = new Bench();
    post(bench.board, { dataset: 'x' });
    const seen = bench.one();
    fs.rmSync(bench.path(`${seen.folder}/${seen.file}`));
    for (const verb of [{ verb: 'hold' }, { verb: 'remove' }, { verb: 'set', params: {} }] as const)
      expect(operate(bench.board, seen, verb)).toMatchObject({ ok: false, refusal: 'absent' });
  });

  test('a copy by hand in the way is never written over', () => {
    const bench = new Bench();
    bench.put(`queue/50.${POSTED}.w__.000.-.x`, '{"mine":1}');
    const seen = bench.one();
    bench.put(`held/50.${POSTED}.h__.000.-.x@1-o`, '{"copy":1}');
    expect(operate(bench.board, seen, { verb: 'hold' })).toMatchObject({
      ok: false,
      refusal: 'refused',
      why: expect.stringContaining('look at both'),
    });
    expect(bench.read(`held/50.${POSTED}.h__.000.-.x@1-o`)).toBe('{"copy":1}');
  });
});

describe('back from done/', () => {
  function finished(): Bench {
    const bench = new Bench({ columns: ['a'] });
    post(bench.board, { dataset: 'x' });
    finish(bench.board, bench.win(), { kind: 'complete' });
    return bench;
  }

  test('takes the link', () => {
    const bench = finished();
    expect(operate(bench.board, bench.one(), { verb: 'repipe', stage: 'a' }).ok).toBe(true);
    expect(bench.where()).toEqual(['queue w.001']);
    expect(bench.faults()).toEqual([]);
  });

  test('is refused if the dataset has been posted again', () => {
    const bench = finished();
    const done = bench.one();
    post(bench.board, { dataset: 'x' });
    expect(operate(bench.board, done, { verb: 'repipe', stage: 'a' })).toMatchObject({
      ok: false,
      refusal: 'refused',
      why: expect.stringContaining('posted again'),
    });
    expect(bench.where()).toEqual(['queue w.000', 'done c.001']);
    expect(bench.faults()).toEqual([]);
  });

  test('is refused if its place is taken, and does not keep the link', () => {
    const bench = finished();
    const done = bench.one();
    bench.put(`queue/${done.file.replace('.c.', '.w.')}`);
    expect(operate(bench.board, done, { verb: 'repipe', stage: 'a' })).toMatchObject({ ok: false, refusal: 'refused' });
    expect(bench.names('ids')).toEqual([]);
  });
});

test('many at a time: the folder is not read anew for each, and none lands on another', () => {
  const faulty = faultyFs();
  const bench = new Bench({ fs: faulty.fs });
  const count = 1_500;
  for (let index = 0; index < count; index++) bench.put(`failed/50.${POSTED}.f__.001.-.d${index}`, '{}');
  const entries = bench.all();
  // Among the last, when the folder has grown large.
  const inTheWay = entries
    .filter((_, index) => index > 1_100 && index % 7 === 0)
    .map(({ file }) => file.replace('.f__.', '.w__.'));
  for (const file of inTheWay) bench.put(`queue/${file}`, 'in the way');
  const before = faulty.calls.length;
  const results = entries.map((entry) => operate(bench.board, entry, { verb: 'repipe' }));
  const reads = faulty.calls.slice(before).filter(({ op, path }) => op === 'names' && path.endsWith('/queue'));
  expect(results.filter(({ ok }) => ok)).toHaveLength(count - inTheWay.length);
  for (const file of inTheWay) expect(bench.read(`queue/${file}`)).toBe('in the way');
  expect(reads.length).toBeLessThan(count);
});
