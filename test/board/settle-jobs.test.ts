/** What of a submission is synced before its engine is told. */
import fs from 'node:fs';
import { relative } from 'node:path';
import { expect, test } from 'vitest';
import { writeSubmission } from '../../src/board/jobs.ts';
import { settleSubmission } from '../../src/board/settle-jobs.ts';
import type { Durability } from '../../src/model/definition.ts';
import { scratchPath } from '../../src/model/name.ts';
import { faultyFs } from '../helpers/faulty-fs.ts';
import { jobTry } from '../helpers/job-board.ts';
import { Bench } from './bench.ts';

const FILES = ['0.sh', '1.sh', 'about', 'job.sh', 'run.sh'].map((file) => `jobs/k3f1.1/${file}`);
const POINTERS = ['scratch/x.a.001/.job', 'scratch/y.a.001/.job'];
const PARENTS = ['', 'active', 'jobs', 'jobs/k3f1.1', 'queue', 'scratch', 'scratch/x.a.001', 'scratch/y.a.001'];

test.each<[Durability, readonly string[]]>([
  ['none', []],
  ['posts', [...FILES, ...POINTERS, ...PARENTS]],
  ['strict', [...FILES, ...POINTERS, ...PARENTS]],
])('durability %s', async (durability, synced) => {
  const door = faultyFs();
  const { board } = new Bench({ durability, fs: door.fs });
  const tries = ['x', 'y'].map((dataset) => jobTry(dataset));
  for (const one of tries) fs.mkdirSync(board.path(scratchPath(one)));
  const about = { name: 'k3f1.1', engine: 'cluster', kind: 'slurm', jobName: 'n', tries, made: '2026-11-30T08:00:00Z' };
  writeSubmission(board, about, { script: 's', runner: 'r', steps: ['0', '1'] });
  door.calls.length = 0;
  await settleSubmission(board, about);
  const paths = door.calls.filter(({ op }) => op === 'sync').map(({ path }) => relative(board.root, path));
  expect(paths.sort()).toEqual([...synced].sort());
});
