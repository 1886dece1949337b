/** A sweep lets gathering entries go on where no stage process runs. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { finish } from '../../../src/board/finish.ts';
import { post } from '../../../src/board/post.ts';
import { type SweepResult, sweepBoard } from '../../../src/board/sweep.ts';
import { parseNeeds } from '../../../src/model/needs.ts';
import { Bench } from '../bench.ts';

function put(bench: Bench, dataset: string, value?: unknown): void {
  const needs = value === undefined ? undefined : parseNeeds(value, Date.now());
  if (typeof needs === 'string') throw new Error(needs);
  post(bench.board, needs === undefined ? { dataset } : { dataset, needs });
}

async function sweep(bench: Bench, isStopped = false): Promise<SweepResult & { readonly faulty: string[] }> {
  const faulty: string[] = [];
  const result = await sweepBoard(bench.board, {
    wait: false,
    pause: async (ms) => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      return !isStopped;
    },
    onFaultyGroup: (where) => faulty.push(where),
  });
  return { ...result, faulty };
}

test('what has all that it waits for goes on, a glob as well, and what has not waits', async () => {
  const bench = new Bench({ columns: ['sum', 'cal:'], gather: { sum: {} } });
  for (const dataset of ['m1', 'm2']) {
    put(bench, dataset);
    bench.mv(bench.one(dataset), 'queue', { letters: 'sw' });
    finish(bench.board, bench.win({ entry: bench.one(dataset), column: 1 }), { kind: 'complete' });
  }
  put(bench, 'named', { members: ['m1', 'm2'] });
  put(bench, 'glob', { members: ['m*'] });
  put(bench, 'waits', { members: ['m3'] });
  put(bench, 'faulty', { members: ['m1'] });
  fs.writeFileSync(bench.path('groups/faulty'), 'no JSON');
  const swept = await sweep(bench);
  expect([swept.gathered, swept.faulty.length]).toEqual([2, 1]);
  const letters = ['named', 'glob', 'waits', 'faulty'].map((dataset) => bench.one(dataset).name.letters[0]);
  expect(letters).toEqual(['w', 'w', 'g', 'g']);
  expect(bench.lines().filter(({ event }) => event === 'gathered')).toMatchObject([{ members: 2 }, { members: 2 }]);
  expect((await sweep(bench)).gathered).toBe(0);
});

test('a deadline that is over acts', async () => {
  const bench = new Bench({ columns: ['sum'], gather: { sum: {} } });
  put(bench, 'late', { members: ['never'], deadline: '2026-11-21T12:00:00Z', then: 'fail' });
  expect((await sweep(bench)).gathered).toBe(1);
  expect(bench.where('late')).toEqual(['failed f.000@1-deadline']);
});

test('who ends the command between two looks waits for no more', async () => {
  const bench = new Bench({ columns: ['sum'], gather: { sum: {} } });
  put(bench, 'm1');
  bench.mv(bench.one('m1'), `done/${bench.board.today()}`, { letters: 's' });
  put(bench, 'glob', { members: ['m*'] });
  expect((await sweep(bench, true)).gathered).toBe(0);
  expect((await sweep(bench)).gathered).toBe(1);
});
