/** What is served next: rank, age, due times, the in-flight limit, and each process its own share. */
import fs from 'node:fs';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Board, createBoard } from '../../src/board/board.ts';
import { loadPipeline } from '../../src/definitions/definitions.ts';
import { formatName } from '../../src/model/name.ts';
import { Picker } from '../../src/process/picker.ts';
import { boardPath, makeHome } from '../helpers/home.ts';

const ALONE = { index: 0, count: 1 };
const any = (): boolean => true;

function bench(inFlight = 2000): {
  board: Board;
  picker: Picker;
  put: (folder: string, letters: string, dataset: string, rank?: number, second?: number) => string;
} {
  const home = makeHome({ a: 'command: [/bin/true]', b: 'command: [/bin/true]' }, undefined, `inFlight: ${inFlight}\n`);
  createBoard(home, 'b', loadPipeline(home, 'p').pipeline);
  const board = Board.open(home, 'b');
  const put = (folder: string, letters: string, dataset: string, rank = 50, second = 0): string => {
    const posted = `20261121T1200${String(second).padStart(2, '0')}`;
    const file = formatName({ rank, posted, letters, epoch: 0, class: '-', dataset, tags: [] });
    fs.writeFileSync(boardPath(home, `${folder}/${file}`), '');
    return boardPath(home, `${folder}/${file}`);
  };
  return { board, picker: new Picker(board, new Set([0, 1])), put };
}

function all(picker: Picker, fits: (column: number) => boolean = any): string[] {
  const order: string[] = [];
  for (let next = picker.next(ALONE, fits); next !== undefined; next = picker.next(ALONE, fits))
    order.push(`${next.entry.name.dataset}:${next.column}`);
  return order;
}

test('rank, then posted time, then dataset; active and queued alike', () => {
  const { picker, put } = bench();
  put('queue', 'w_', 'late', 50, 9);
  put('queue', 'w_', 'b', 50, 1);
  put('queue', 'w_', 'a', 50, 1);
  put('queue', 'w_', 'urgent', 5, 9);
  put('active', 'cw', 'begun', 50, 3);
  put('active', 'cp', 'running', 50, 0);
  put('active', 'cf', 'odd', 50, 0);
  picker.lookActive();
  picker.lookQueue();
  expect(all(picker)).toEqual(['urgent:0', 'a:0', 'b:0', 'begun:1', 'late:0']);
});

test('an entry may leave the queue while fewer than inFlight have its rank or a better one', () => {
  const { picker, put } = bench(2);
  put('active', 'cp', 'x', 50, 0);
  put('active', 'cp', 'y', 60, 0);
  put('queue', 'w_', 'same', 50, 1);
  put('queue', 'w_', 'worse', 60, 1);
  put('queue', 'w_', 'urgent', 10, 1);
  picker.lookActive();
  picker.lookQueue();
  expect(picker.next(ALONE, any)?.entry.name.dataset).toBe('urgent');
  picker.count(10, 1);
  // Rank 50: x and urgent stand before it.
  expect(picker.next(ALONE, any)).toBeUndefined();
  picker.count(10, -1);
  expect(picker.next(ALONE, any)?.entry.name.dataset).toBe('same');
});

test('what is not due waits for its mtime, and is told', () => {
  const { board, picker, put } = bench();
  const path = put('queue', 'w_', 'later', 1);
  put('queue', 'w_', 'now', 50);
  const due = board.now() + 3_600_000;
  fs.utimesSync(path, due / 1000, due / 1000);
  picker.lookQueue();
  expect(all(picker)).toEqual(['now:0']);
  expect(picker.nextDueMs()).toBeLessThanOrEqual(due);
  expect(picker.nextDueMs()).toBeGreaterThan(board.now());
  picker.lookQueue();
  expect(all(picker)).toEqual(['now:0']);
});

test('a stage without room is passed over, and the best rank that waits is known', () => {
  const { picker, put } = bench();
  put('active', 'cw', 'x', 20);
  put('queue', 'w_', 'y', 30);
  picker.lookActive();
  picker.lookQueue();
  expect(picker.bestRank(any)).toBe(20);
  expect(picker.bestRank((column) => column === 0)).toBe(30);
  expect(all(picker, (column) => column === 0)).toEqual(['y:0']);
});

test('several processes begin with different entries, and each could take all', () => {
  const { board, put } = bench();
  for (let index = 0; index < 40; index++) put('queue', 'w_', `d${index}`, 50);
  const firsts = [0, 1, 2, 3].map((index) => {
    const picker = new Picker(board, new Set([0, 1]));
    picker.lookQueue();
    const taken: string[] = [];
    for (
      let next = picker.next({ index, count: 4 }, any);
      next !== undefined;
      next = picker.next({ index, count: 4 }, any)
    )
      taken.push(next.entry.name.dataset);
    expect(new Set(taken).size).toBe(40);
    return taken.slice(0, 5);
  });
  expect(new Set(firsts.flat()).size).toBe(20);
});

test('news of the queue is what was not seen and stands within the window', () => {
  const { picker, put } = bench();
  const seen = put('queue', 'w_', 'seen').split('/').at(-1) ?? '';
  picker.lookQueue();
  expect(picker.isNews(seen)).toBe(false);
  expect(picker.isNews(seen.replace('seen', 'new'))).toBe(true);
});

test('a folder that has not changed is not read again; what was taken of it is found again', () => {
  const { board, picker, put } = bench();
  put('active', 'cw', 'begun');
  put('active', 'cp', 'other');
  put('queue', 'w_', 'new');
  const later = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 60_000);
  onTestFinished(() => later.mockRestore());
  const seen = picker.lookActive();
  const read = picker.lookQueue();
  const names = vi.spyOn(board.fs, 'names');
  expect(picker.lookActive()).toBe(seen);
  expect(picker.lookQueue()).toBe(read);
  expect(names).not.toHaveBeenCalled();
  expect(all(picker)).toEqual(['begun:1', 'new:0']);
  expect(picker.isEmpty).toBe(true);
  picker.lookActive();
  picker.lookQueue();
  expect(all(picker)).toEqual(['begun:1', 'new:0']);
});

test.each<[boolean, 'active' | 'queue', string, string]>([
  [false, 'active', 'cw__', 'runnable, by others only'],
  [false, 'active', 'cp__@2-abcd-1-1', 'claimed by another'],
  [false, 'queue', 'w___', 'queued for others'],
  [true, 'active', 'cccw', 'runnable here'],
  [true, 'active', 'cp__', 'claimed by nobody'],
  [true, 'active', 'cw__@3-o', 'held ahead'],
  [true, 'active', 'w___', 'in the wrong folder'],
  [true, 'active', 'c___', 'unsettled'],
  [true, 'active', 'cw', 'of another board'],
  [true, 'queue', 'cw__', 'in the wrong folder'],
])('concerns %s: in %s/ %s, %s', (expected, folder, text) => {
  const home = makeHome(Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, 'command: [/bin/true]'])));
  createBoard(home, 'b', loadPipeline(home, 'p').pipeline);
  const picker = new Picker(Board.open(home, 'b'), new Set([3]));
  const [letters = '', tags] = text.split('@');
  const file = `50.20261121T120000.${letters}.001.-.x${tags === undefined ? '' : `@${tags}`}`;
  expect(picker.concerns(folder, file)).toBe(expected);
  expect(picker.concerns(folder, file)).toBe(expected);
});

test('a name that is none concerns everybody', () => {
  const { picker } = bench();
  expect(picker.concerns('active', 'note')).toBe(true);
});

test('of a queue that all see alike, each of many processes takes its own', () => {
  const { board, put } = bench();
  for (let at = 0; at < 600; at++) put('queue', 'w_', `d${String(at).padStart(4, '0')}`);
  const taken = new Set<string>();
  for (let index = 0; index < 20; index++) {
    const picker = new Picker(board, new Set([0, 1]));
    picker.lookQueue({ index, count: 20 });
    for (let slot = 0; slot < 15; slot++) {
      const next = picker.next({ index, count: 20 }, any);
      taken.add(next?.entry.file ?? '');
    }
  }
  expect(taken.size).toBe(300);
});

test('what stands in active/ is no longer offered from the queue', () => {
  const { picker, put } = bench();
  // Its file stays, so that only the look tells: asked for, it would be there.
  put('queue', 'w_', 'begun', 50, 1);
  put('queue', 'w_', 'waiting', 50, 2);
  picker.lookQueue({ index: 0, count: 2 });
  put('active', 'p_', 'begun', 50, 1);
  picker.lookActive();
  expect(all(picker)).toEqual(['waiting:0']);
});

test('of many processes each remembers more of the queue', () => {
  const { picker, put } = bench();
  for (let at = 0; at < 2_200; at++) put('queue', 'w_', `d${String(at).padStart(4, '0')}`);
  expect(picker.lookQueue().entries).toHaveLength(2_048);
  expect(picker.lookQueue({ index: 0, count: 100 }).entries).toHaveLength(2_200);
});

test('of a long queue many that are not due yet are passed over, and nothing is forgotten for it', () => {
  const { picker, put } = bench();
  const later = new Date(Date.now() + 3_600_000);
  for (let at = 0; at < 2_100; at++) {
    const path = put('queue', 'w_', `d${String(at).padStart(4, '0')}`);
    if (at < 80) fs.utimesSync(path, later, later);
  }
  picker.lookQueue();
  for (const dataset of ['d0080', 'd0081']) expect(picker.next(ALONE, any)?.entry.name.dataset).toBe(dataset);
  expect(picker.isEmpty).toBe(false);
});

test('of a stage that takes several, a full batch in order of service; the rest waits for more', () => {
  const { board, put } = bench();
  let now = 0;
  const rule = { most: 3, withinMs: 1000, idleMs: undefined };
  const picker = new Picker(
    board,
    new Set([0, 1]),
    () => now,
    (column) => (column === 0 ? rule : undefined),
  );
  for (let index = 0; index < 4; index++) put('queue', 'w_', `d${index}`, 50, index);
  put('queue', 'w_', 'urgent', 5, 9);
  put('active', 'cw', 'begun', 50, 30);
  picker.lookActive();
  picker.lookQueue();
  const names = (): string[] => picker.block(0, ALONE).map(({ entry }) => entry.name.dataset);

  expect(picker.next(ALONE, any)?.column).toBe(0);
  expect(names()).toEqual(['urgent', 'd0', 'd1']);
  // Two are left: the other stage is served, and nothing is lost of them.
  expect(all(picker)).toEqual(['begun:1']);
  expect([picker.isEmpty, picker.batchWaitMs()]).toEqual([true, 1000]);
  now = 1000;
  expect([picker.isEmpty, picker.bestRank(any)]).toEqual([false, 50]);
  expect(picker.next(ALONE, any)?.column).toBe(0);
  expect(names()).toEqual(['d2', 'd3']);
  expect([picker.isEmpty, picker.batchWaitMs()]).toEqual([true, undefined]);
});

test('what is not due makes no batch full, and is not taken with it', () => {
  const { board, put } = bench();
  let now = 0;
  const picker = new Picker(
    board,
    new Set([0, 1]),
    () => now,
    () => ({ most: 3, withinMs: 1000, idleMs: undefined }),
  );
  const paths = ['a', 'b', 'c'].map((dataset) => put('queue', 'w_', dataset));
  const due = board.now() / 1000 + 3600;
  fs.utimesSync(paths[1] ?? '', due, due);
  picker.lookQueue();
  expect(picker.next(ALONE, any)?.column).toBe(0);
  expect(picker.block(0, ALONE)).toEqual([]);
  expect(picker.next(ALONE, any)).toBeUndefined();
  now = 1000;
  expect(picker.block(0, ALONE).map(({ entry }) => entry.name.dataset)).toEqual(['a', 'c']);
});

test('no more enter than may; those that may not yet go on waiting, at the longest for as long as it says', () => {
  const { board, put } = bench(2);
  let now = 0;
  const picker = new Picker(
    board,
    new Set([0]),
    () => now,
    () => ({ most: 3, withinMs: 1000, idleMs: undefined }),
  );
  for (const dataset of ['a', 'b', 'c', 'd']) put('queue', 'w_', dataset);
  picker.lookActive();
  picker.lookQueue();
  expect(picker.block(0, ALONE)).toEqual([]);
  expect(picker.next(ALONE, any)).toBeUndefined();
  now = 1000;
  expect(picker.block(0, ALONE).map(({ entry }) => entry.name.dataset)).toEqual(['a', 'b']);
});

test('two processes take different blocks; a block that another has begun is left to it for a moment', () => {
  const { board, put } = bench();
  const files = Array.from({ length: 7 }, (_, index) => put('queue', 'w_', `d${index}`, 50, index));
  let now = 0;
  const pickers = [0, 1].map(() => {
    const picker = new Picker(
      board,
      new Set([0]),
      () => now,
      () => ({ most: 3, withinMs: 1000, idleMs: undefined }),
    );
    picker.lookQueue({ index: 0, count: 2 });
    // So that neither goes to the head, as each does now and then.
    now += 1;
    return picker;
  });
  const block = (index: number): string[] =>
    pickers[index]?.block(0, { index, count: 2 }).map(({ entry }) => entry.name.dataset) ?? [];
  expect(block(0)).toEqual(['d0', 'd1', 'd2']);
  for (const file of files.slice(0, 3)) fs.rmSync(file);
  // The first time at the head: it is taken, and with it the block.
  expect(block(1)).toEqual([]);
  expect(pickers[1]?.lookAfterOthers()).toBe(false);
  expect(block(1)).toEqual(['d3', 'd4', 'd5']);
  now += 50;
  expect(pickers[1]?.lookAfterOthers()).toBe(true);
  expect(pickers[1]?.lookAfterOthers()).toBe(false);
});
