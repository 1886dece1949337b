/** What a step may post: all faults with their line, before anything of it counts; and the posted times. */
import fs from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import type { Held } from '../../src/board/claim.ts';
import { finish } from '../../src/board/finish.ts';
import { operate } from '../../src/board/operate.ts';
import { post } from '../../src/board/post.ts';
import { formatChildren } from '../../src/model/child.ts';
import { parsePosted } from '../../src/model/name.ts';
import { checkPosts, MOST_POSTS } from '../../src/process/post-check.ts';
import { Bench } from '../board/bench.ts';

function parent(bench = new Bench({ classes: { a: ['acs', '-'], b: ['acs'], c: ['acs', '-'] } })): {
  bench: Bench;
  held: Held;
} {
  post(bench.board, { dataset: 'x', class: 'acs', rank: 20 });
  return { bench, held: bench.win() };
}

const line = (value: unknown): string => JSON.stringify(value);

test('each entry gets all that makes it: rank and class of the parent unless told, letters, a posted time', () => {
  const { bench, held } = parent();
  const text = ['c1', '', line({ dataset: 'c2', class: '-', rank: 3, params: { k: 1 }, hold: true })].join('\n');
  const children = checkPosts(bench.board, held, text);
  const posted = expect.stringMatching(/^\d{8}T\d{6}$/);
  expect(children).toEqual([
    { dataset: 'c1', posted, class: 'acs', rank: 20, letters: 'w__' },
    { dataset: 'c2', posted, class: '-', rank: 3, letters: 'h__', params: { k: 1 } },
  ]);
  expect(fs.readdirSync(bench.path('ids'))).toEqual(['x']);
});

describe('what is refused, with its line', () => {
  it.each([
    ['c1\n{"dataset":', /^line 2: no JSON: /],
    ['c 1', /^line 1: dataset c 1: a dataset may not contain a space/],
    ['../c', /^line 1: dataset \.\.\/c: a dataset may not begin with '\.'/],
    ['c1\n\nc1', /^line 3: dataset c1: it stands there twice$/],
    ['x', /^line 1: dataset x: it is on board b already, and was not posted by an earlier try of this stage$/],
    ['taken', /^line 1: dataset taken: it is on board b already/],
    [line({ dataset: 'c1', class: 'wfc' }), /^line 1: dataset c1: no stage of this board serves class 'wfc'$/],
    [line({ dataset: 'c1', class: 'ACS' }), /^line 1: dataset c1: a class may not /],
    [line({ dataset: 'c1', params: { slate: 1 } }), /^line 1: dataset c1: the parameter name 'slate' is reserved/],
    [line({ dataset: 'c'.repeat(129) }), /^line 1: .* at most 128 are allowed$/],
    [line({ dataset: 'c1', board: 'none' }), /^line 1: board 'none': there is no board 'none'/],
    [line({ dataset: 'c1', board: '../b' }), /^line 1: board '\.\.\/b': /],
    [line({ dataset: 'c1', x: 1 }), /^line 1: unknown key /],
    [line({ dataset: 'c1', needs: { members: ['c1'] } }), /^line 1: dataset c1: it would wait for itself/],
    [line({ dataset: 'c1', needs: {} }), /^line 1: needs: they name no members/],
  ])('%j', (text, why) => {
    const { bench, held } = parent(new Bench({ classes: { a: ['acs', '-'], b: ['acs'], c: ['acs', '-'] } }));
    post(bench.board, { dataset: 'taken', class: 'acs' });
    expect(checkPosts(bench.board, held, text)).toMatch(why);
  });

  it('too many', () => {
    const { bench, held } = parent(new Bench());
    const text = Array.from({ length: MOST_POSTS + 1 }, (_, index) => `c${index}`).join('\n');
    expect(checkPosts(bench.board, held, text)).toBe(`line ${MOST_POSTS + 1}: more than ${MOST_POSTS} entries`);
  }, 60_000);
});

describe('the posted time', () => {
  const postedOf = (checked: ReturnType<typeof checkPosts>): string =>
    (checked as { posted: string }[])[0]?.posted ?? '';

  test('is none that the dataset has had before', () => {
    const { bench, held } = parent(new Bench());
    const first = postedOf(checkPosts(bench.board, held, 'c1'));
    fs.mkdirSync(bench.path('logs/c1'));
    for (const ahead of [0, 1, 2, 3, 4]) {
      const ms = (parsePosted(first) ?? 0) + ahead * 1000;
      const time = new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
      fs.writeFileSync(bench.path(`logs/c1/${time}.a.001.ok.log`), '');
    }
    expect(parsePosted(postedOf(checkPosts(bench.board, held, 'c1')))).toBeGreaterThanOrEqual(
      (parsePosted(first) ?? 0) + 5_000,
    );
  });

  test('is later than that of an earlier try of the stage, though nothing has come of that one', () => {
    const { bench, held } = parent(new Bench());
    const children = checkPosts(bench.board, held, 'c1\nc2');
    if (typeof children === 'string') throw new Error(children);
    finish(bench.board, held, { kind: 'complete', sidecars: { post: formatChildren(children) } });
    operate(bench.board, bench.one('x'), { verb: 'repipe', stage: 'a' });
    const again = bench.win({ entry: bench.one('x') });
    // Still on the board, and one that is not: both times differ from those of before.
    operate(bench.board, bench.one('c2'), { verb: 'remove' });
    const anew = checkPosts(bench.board, again, 'c1\nc2');
    if (typeof anew === 'string') throw new Error(anew);
    for (const [index, { posted }] of anew.entries()) expect(posted > (children[index]?.posted ?? '')).toBe(true);
  });

  test('a child of another stage, or one that took its place, is somebody else’s', () => {
    const { bench, held } = parent(new Bench());
    const children = checkPosts(bench.board, held, 'c1');
    if (typeof children === 'string') throw new Error(children);
    finish(bench.board, held, { kind: 'complete', sidecars: { post: formatChildren(children) } });
    const other = bench.win({ entry: bench.one('x'), column: 1 });
    expect(checkPosts(bench.board, other, 'c1')).toMatch(/^line 1: dataset c1: it is on board b already/);
  });
});
