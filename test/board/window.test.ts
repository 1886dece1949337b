import { describe, expect, test } from 'vitest';
import { finish } from '../../src/board/finish.ts';
import { operate } from '../../src/board/operate.ts';
import { post } from '../../src/board/post.ts';
import { readQueue, WINDOW, windowFor } from '../../src/board/window.ts';
import { Bench } from './bench.ts';

const all = (): boolean => true;
const none = (): boolean => false;
const name = (rank: number, dataset: string, letters = 'w__', more = ''): string =>
  `${String(rank).padStart(2, '0')}.20261121T120000.${letters}.000.-.${dataset}${more}`;

function datasets(entries: readonly { name: { dataset: string } }[]): string[] {
  return entries.map(({ name: { dataset } }) => dataset);
}

describe('readQueue', () => {
  test('the best of many, as served, whatever the order on disk', () => {
    const bench = new Bench();
    const count = 300;
    for (let index = 0; index < count; index++) bench.put(`queue/${name((index * 37) % 100, `d${index}`)}`);
    const files = bench.names('queue');
    for (const window of [1, 7, 100, 149, 150, 299, 300, 301]) {
      const read = readQueue(bench.board, all, none, window);
      expect(
        read.entries.map(({ file }) => file),
        `window ${window}`,
      ).toEqual(files.slice(0, window));
      expect(read.more, `window ${window}`).toBe(window < count);
      expect(read.total).toBe(count);
      expect(read.odd).toEqual([]);
    }
  });

  test('letters that nobody wants, and names to skip, take no room', () => {
    const bench = new Bench({ columns: ['a', 'b:'] });
    for (let index = 0; index < 50; index++) bench.put(`queue/${name(0, `no${index}`, 'hw')}`);
    bench.put(`queue/${name(1, 'later', 'ww')}`);
    bench.put(`queue/${name(2, 'yes', 'ww')}`);
    const asked: string[] = [];
    const read = readQueue(
      bench.board,
      (letters) => {
        asked.push(letters);
        return letters === 'ww';
      },
      (file) => file.includes('later'),
      5,
    );
    expect(datasets(read.entries)).toEqual(['yes']);
    expect(asked.sort()).toEqual(['hw', 'ww']);
  });

  test('what belongs elsewhere is odd; foreign and hidden files are neither', () => {
    const bench = new Bench();
    bench.put(`queue/${name(50, 'running', 'p__', '@1-aaaa-1-1')}`);
    bench.put(`queue/${name(50, 'opens', 'c__')}`);
    bench.put(`queue/${name(50, 'tagged', 'w__', '@1-x2')}`);
    bench.put(`queue/${name(50, 'short', 'w_')}`);
    bench.put('queue/README');
    bench.put('queue/.nfs0001');
    bench.put(`queue/${name(50, 'good')}`);
    const read = readQueue(bench.board, all, none);
    expect(datasets(read.entries)).toEqual(['good']);
    expect(datasets(read.odd).sort()).toEqual(['opens', 'running', 'tagged']);
  });

  test('a breakpoint set ahead does not keep an entry in the queue for ever', () => {
    const bench = new Bench();
    post(bench.board, { dataset: 'x' });
    const held = operate(bench.board, bench.one(), { verb: 'hold', stage: 'c' });
    expect(held.ok).toBe(true);
    expect(bench.where()).toEqual(['queue w_h.000@3-o']);
    const read = readQueue(bench.board, all, none);
    expect(datasets(read.entries)).toEqual(['x']);
    expect(read.odd).toEqual([]);
    const entry = read.entries[0];
    finish(bench.board, bench.win(entry === undefined ? {} : { entry }), { kind: 'complete' });
    expect(bench.where()).toEqual(['active cwh.001@3-o']);
  });

  test('odd names are no more than housekeeping can bear at once', () => {
    const bench = new Bench();
    for (let index = 0; index < 300; index++) bench.put(`queue/${name(50, `d${index}`, 'f__')}`);
    expect(readQueue(bench.board, all, none).odd).toHaveLength(256);
  });
});

describe('windowFor', () => {
  const on = (watch: 'auto' | 'watch' | 'poll', isNetwork = false) => ({ config: { watch }, isNetwork }) as never;

  test.each([
    [0, WINDOW],
    [32_768, 2_048],
    [160_000, 10_000],
    [1_000_000, 62_500],
    [9_000_000, 65_536],
  ])('of %i names: %i', (total, kept) => {
    expect(windowFor(on('auto'), total, 16)).toBe(kept);
    expect(windowFor(on('watch', true), total, 16)).toBe(kept);
  });

  test('of many processes each has enough', () => {
    expect(windowFor(on('auto'), 0, 200)).toBe(12_800);
    expect(windowFor(on('poll'), 1_000_000, 200)).toBe(12_800);
    expect(windowFor(on('auto'), 0, 9_000)).toBe(65_536);
  });

  test('where no hint tells of better names, few', () => {
    expect(windowFor(on('poll'), 1_000_000, 16)).toBe(WINDOW);
    expect(windowFor(on('auto', true), 1_000_000, 16)).toBe(WINDOW);
  });
});
