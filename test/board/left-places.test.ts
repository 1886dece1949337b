/** Places of a dead process are its job's until another process has taken that over, and nobody's else. */
import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { adopt } from '../../src/board/adopt.ts';
import { jobsGoOn } from '../../src/board/left-places.ts';
import { sweepTokens, type TokenOwner, takenPlaces, takeTokens } from '../../src/board/limits.ts';
import { post } from '../../src/board/post.ts';
import { scanFolder } from '../../src/board/scan.ts';
import { sweepBoard } from '../../src/board/sweep.ts';
import { scratchPath } from '../../src/model/name.ts';
import { Bench } from './bench.ts';

function withJob(): { bench: Bench; owner: TokenOwner } {
  const bench = new Bench();
  post(bench.board, { dataset: 'x' });
  const held = bench.win();
  fs.mkdirSync(bench.path(scratchPath(held.try)), { recursive: true });
  bench.put(`${scratchPath(held.try)}/.job`, 'aaaa.1 0\n');
  return { bench, owner: { ...held.try, process: 'aaaa', host: 'here' } };
}

function goesOn({ board }: Bench, owner: TokenOwner): boolean {
  return jobsGoOn(board, scanFolder(board, 'active').entries)(owner);
}

describe('jobsGoOn', () => {
  test('a claim of that process, and a pointer to its job', () => {
    const { bench, owner } = withJob();
    expect(goesOn(bench, owner)).toBe(true);
    fs.rmSync(bench.path(`${scratchPath(owner)}/.job`));
    expect(goesOn(bench, owner)).toBe(false);
  });

  test.each<[string, Partial<TokenOwner>]>([
    ['another process', { process: 'bbbb' }],
    ['another dataset', { dataset: 'y' }],
    ['another run of it', { posted: '20200101T000000' }],
    ['another try', { epoch: 2 }],
    ['another stage', { stage: 'b' }],
    ['no stage of the board', { stage: '../a' }],
  ])('not of %s', (_, change) => {
    const { bench, owner } = withJob();
    expect(goesOn(bench, { ...owner, ...change })).toBe(false);
  });

  test('not once the entry was moved by hand, nor once another process has taken the try over', () => {
    const moved = withJob();
    const { name } = moved.bench.one();
    moved.bench.mv(moved.bench.one(), 'held', { letters: `h${name.letters.slice(1)}`, tags: [] });
    expect(goesOn(moved.bench, moved.owner)).toBe(false);
    const adopted = withJob();
    const { board } = adopted.bench;
    adopt(board, { entry: adopted.bench.one(), column: 0, process: 'bbbb', products: false });
    expect(goesOn(adopted.bench, adopted.owner)).toBe(false);
    expect(goesOn(adopted.bench, { ...adopted.owner, process: 'bbbb' })).toBe(true);
  });
});

test('a sweep leaves a dead process what its jobs count by, and frees the rest', async () => {
  const { bench, owner } = withJob();
  const { board } = bench;
  for (const one of [owner, { ...owner, dataset: 'y' }]) takeTokens(board, { db: 1 }, { db: 2 }, one);
  const judge = { isDead: () => true, ownId: 'self', isHeld: () => false };
  sweepTokens(board, { ...judge, goesOn: jobsGoOn(board, scanFolder(board, 'active').entries) });
  expect(takenPlaces(board).get('db')).toEqual(new Set([1]));
  takeTokens(board, { db: 1 }, { db: 2 }, { ...owner, dataset: 'y' });
  bench.put('processes/aaaa.lost.a.1.here');
  await sweepBoard(board, { wait: false, pause: async () => true });
  expect(takenPlaces(board).get('db')).toEqual(new Set([1]));
});
