/** Looks at folders: names that were taken apart before are what they were, and mean what the board makes of them. */
import { expect, test } from 'vitest';
import { scanFolder } from '../../src/board/scan.ts';
import { Bench } from './bench.ts';

const file = (columns: string, dataset: string): string => `50.20261121T120000.${columns}.000.-.${dataset}`;

test('a second look finds what the first did, and what has come since', () => {
  const bench = new Bench();
  for (const dataset of ['a', 'b']) bench.put(`active/${file('cw_', dataset)}`);
  bench.put('active/no entry');
  const first = scanFolder(bench.board, 'active');
  bench.put(`active/${file('cw_', 'c')}`);
  const second = scanFolder(bench.board, 'active', new Map(first.entries.map((entry) => [entry.file, entry])));
  expect(first.entries.map(({ name }) => name.dataset)).toEqual(['a', 'b']);
  expect(second.entries.map(({ name }) => name.dataset)).toEqual(['a', 'b', 'c']);
  expect(second.entries.map((entry) => first.entries.includes(entry))).toEqual([true, true, false]);
  expect(second.foreign).toEqual(first.foreign);
});
