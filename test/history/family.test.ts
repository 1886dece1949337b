/** Whose child an entry is, and where its children stand. */
import { expect, test } from 'vitest';
import { createBoard } from '../../src/board/board.ts';
import { finish } from '../../src/board/finish.ts';
import { operate } from '../../src/board/operate.ts';
import { post } from '../../src/board/post.ts';
import { describeLine } from '../../src/history/describe.ts';
import { childSights, familyLines, loadChildSights } from '../../src/history/family.ts';
import { loadStories, paramsWithSources, parentText, storiesOf } from '../../src/history/story.ts';
import { formatChildren } from '../../src/model/child.ts';
import { Bench, NEVER, stagesOf } from '../board/bench.ts';

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

function family(): Bench {
  const bench = new Bench({ retries: 0 });
  createBoard(bench.home, 'other', OTHER, { writer: 'maker' });
  post(bench.board, { dataset: 'x', params: { k: 1, own: 2 } });
  const common = { posted: '20261121T120000', class: '-', rank: 50 };
  const children = ['done', 'failed', 'waits', 'removed'].map((dataset) => ({ ...common, dataset, letters: 'w__' }));
  const elsewhere = ['there', 'gone'].map((dataset, index) => ({
    ...common,
    dataset,
    letters: 'w',
    board: ['other', 'nowhere'][index],
  }));
  const sidecars = { post: formatChildren([...children, ...elsewhere]), result: '{"params":{"k":3,"more":[1]}}' };
  finish(bench.board, bench.win(), { kind: 'complete', sidecars });
  for (const column of [0, 1, 2])
    finish(bench.board, bench.win({ entry: bench.one('done'), column }), { kind: 'complete' });
  finish(bench.board, bench.win({ entry: bench.one('failed') }), { kind: 'fail', cause: 'x2' });
  operate(bench.board, bench.one('removed'), { verb: 'remove' });
  return bench;
}

test('its children, where they stand, at once and in short steps', async () => {
  const bench = family();
  const { name } = bench.one('x');
  const sights = childSights(bench.board, name);
  expect(sights?.map(({ board, dataset, state, text }) => `${board}:${dataset} ${state} (${text})`)).toEqual([
    'b:done done (done)',
    'b:failed failed (failed at a: exit code 2)',
    'b:waits queue (queue at a)',
    'b:removed removed (removed)',
    'other:there queue (queue at only)',
    "nowhere:gone absent (there is no board 'nowhere')",
  ]);
  expect(await loadChildSights(bench.board, name)).toEqual(sights);
  expect(familyLines(sights ?? [], 'b')).toEqual([
    '6: 1 done, 1 failed, 2 queue, 1 removed, 1 absent',
    'failed  failed at a: exit code 2',
    'waits  queue at a',
    'removed  removed',
    'other:there  queue at only',
    "nowhere:gone  there is no board 'nowhere'",
  ]);
  expect(childSights(bench.board, bench.one('done').name)).toBeUndefined();
});

test('many that are not done are told by number', () => {
  const many = Array.from({ length: 15 }, (_, index) => ({
    board: 'b',
    dataset: `c${index}`,
    posted: '20261121T120000',
    state: 'queue' as const,
    letters: 'w',
    text: 'queue',
  }));
  expect(familyLines(many, 'b')).toHaveLength(12);
  expect(familyLines(many, 'b').at(-1)).toBe('and 5 more that are not done');
});

test('the story tells of parent, children, and where parameters come from', async () => {
  const bench = family();
  bench.lines();
  const [parent] = storiesOf(bench.board, 'x');
  expect(parent?.children?.length).toBe(6);
  expect(await loadStories(bench.board, 'x')).toEqual([parent]);
  expect(paramsWithSources(parent ?? { params: {} })).toEqual([
    { key: 'k', value: 3, source: 'a.001' },
    { key: 'own', value: 2, source: undefined },
    { key: 'more', value: [1], source: 'a.001' },
  ]);
  const [child] = storiesOf(bench.board, 'waits');
  expect(child?.children).toBeUndefined();
  if (child?.parent === undefined) throw new Error('no parent');
  expect(parentText(child.parent, 'b', (posted) => posted)).toBe(`a.001 of x, posted ${bench.one('x').name.posted}`);
  expect(parentText(child.parent, 'other', () => 'then')).toBe('a.001 of b:x, posted then');
  const line = bench.lines().find(({ event, dataset }) => event === 'post' && dataset === 'waits');
  expect(describeLine(line as never)).toBe('w__, in queue, child of x, rank=50');
});
