/** Which entries go together, and how several processes keep from ending up with half a batch each. */
import { expect, test } from 'vitest';
import type { EntryName } from '../../src/model/name.ts';
import type { Candidate } from '../../src/model/order.ts';
import { blockStart, merged, takeBlock } from '../../src/process/block.ts';

function candidate(nth: number, rank = 50): Candidate {
  const dataset = `d${String(nth).padStart(3, '0')}`;
  const name: EntryName = { rank, posted: '20261121T120000', letters: 'w', epoch: 0, class: '-', dataset, tags: [] };
  return { entry: { name }, column: 0 };
}
const some = (count: number, rank?: number): Candidate[] =>
  Array.from({ length: count }, (_, nth) => candidate(nth, rank));
const datasets = (list: Iterable<Candidate>): string[] => [...list].map(({ entry }) => entry.name.dataset);

test('two lists are served as one', () => {
  const a = [candidate(1, 10), candidate(4), candidate(5)];
  const b = [candidate(2, 10), candidate(3)];
  expect(datasets(merged(a, b))).toEqual(['d001', 'd002', 'd003', 'd004', 'd005']);
  expect(datasets(merged([], b))).toEqual(['d002', 'd003']);
  expect(datasets(merged(a, []))).toEqual(['d001', 'd004', 'd005']);
});

test.each([
  [120, { index: 0, count: 1 }, 0],
  [120, { index: 1, count: 2 }, 50],
  // The rest of 20 is no block.
  [120, { index: 2, count: 3 }, 0],
  [99, { index: 1, count: 2 }, 0],
  [250, { index: 7, count: 8 }, 100],
])('of %i, process %j begins at %i', (count, share, start) => {
  expect(blockStart(some(count), 50, share)).toBe(start);
});

test('a better rank is not passed over', () => {
  const waiting = [...some(40, 10), ...some(80)];
  expect(blockStart(waiting, 50, { index: 1, count: 2 })).toBe(0);
});

test('what is gone or waits for something else is left out; the block is filled up from behind', () => {
  const waiting = some(8);
  const look = (one: Candidate) =>
    one === waiting[1] ? ('gone' as const) : one === waiting[2] ? ('later' as const) : ('ready' as const);
  const { taken, passed } = takeBlock(waiting, 4, 0, false, look);
  expect(datasets(taken)).toEqual(['d000', 'd003', 'd004', 'd005']);
  expect(passed).toEqual([]);
});

test('a block whose first entry others have taken is theirs; alone, a process takes what is left of it', () => {
  const waiting = some(10);
  const look = (one: Candidate) => (one === waiting[0] ? ('gone' as const) : ('ready' as const));
  const shared = takeBlock(waiting, 4, 0, false, look);
  expect([datasets(shared.taken), datasets(shared.passed)]).toEqual([[], ['d000', 'd001', 'd002', 'd003']]);
  expect(datasets(takeBlock(waiting, 4, 0, true, look).taken)).toEqual(['d001', 'd002', 'd003', 'd004']);
});

test('what waits for something else at the head is nobody else’s', () => {
  const waiting = some(4);
  const look = (one: Candidate) => (one === waiting[0] ? ('later' as const) : ('ready' as const));
  expect(datasets(takeBlock(waiting, 4, 0, false, look).taken)).toEqual(['d001', 'd002', 'd003']);
});
