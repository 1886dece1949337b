import fs from 'node:fs';
import { expect, test } from 'vitest';
import { checkJobs } from '../../src/board/check-jobs.ts';
import { ownMark } from '../../src/board/host.ts';
import { createStatus } from '../../src/board/status.ts';
import { writeClaims, writeJobs } from '../helpers/job-board.ts';
import { Bench } from './bench.ts';

const END = 'code 0 seconds 1 node n1 peak 5\n';

test('submissions of dead processes: what is nobody’s, over, or was never submitted', () => {
  const { board } = new Bench({ columns: ['a'] });
  const write = (name: string, id: string | undefined, jobs: Parameters<typeof writeJobs>[3]): void =>
    writeJobs(board.root, name, id, jobs, 0);
  write('k3f1.1', '7', [{ dataset: 'x' }, { dataset: 'held' }, { dataset: 'told', end: END }]);
  write('k3f1.2', undefined, [{ dataset: 'held' }]);
  write('k3f1.3', '8', [{ dataset: 'told', end: END }]);
  write('k3f1.4', '9', [{ dataset: 'x' }, { dataset: 'told', end: END }]);
  fs.mkdirSync(board.path('jobs/k3f1.5'));
  writeClaims(board.root, ['x']);
  const found = (): string[] =>
    checkJobs(board).map(({ severity, where, message }) => `${severity} ${where}: ${message}`);
  expect(found().sort()).toEqual([
    expect.stringMatching(/^note jobs\/k3f1.1: 1 job of engine 'cluster' \(job 7\) may run.*remove jobs\/k3f1\.1\/$/),
    expect.stringMatching(
      /^note jobs\/k3f1.2: 1 job of engine 'cluster' \(found by its name slate\.b\.k3f1\.2\) may run/,
    ),
    expect.stringMatching(/^note jobs\/k3f1.3: is over/),
    expect.stringMatching(/^note jobs\/k3f1.5: was never submitted/),
  ]);
  const { pid } = process;
  createStatus(board, { id: 'k3f1', order: 'run', stages: ['a'], pid, host: 'here' }, {
    ...ownMark(),
    message: '',
    entries: [],
  } as never);
  expect(found()).toEqual([]);
});
