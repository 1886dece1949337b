/** Submissions of which this process has no job in hand any more: which of them it may remove. */
import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { scratchPath } from '../../../src/model/name.ts';
import { boardDisk } from '../../../src/process/engine/job-disk.ts';
import { Leftovers } from '../../../src/process/engine/leftovers.ts';
import { Bench } from '../../board/bench.ts';
import { jobTry, writeClaims, writeJobs } from '../../helpers/job-board.ts';

const NAME = 'k3f1.1';

function rig(datasets: readonly string[]) {
  const bench = new Bench({ columns: ['a'] });
  const { board } = bench;
  writeJobs(
    board.root,
    NAME,
    '7',
    datasets.map((dataset) => ({ dataset })),
    0,
  );
  const point = (dataset: string): void => {
    fs.mkdirSync(board.path(scratchPath(jobTry(dataset))));
    fs.writeFileSync(board.path(`${scratchPath(jobTry(dataset))}/.job`), `${NAME} ${datasets.indexOf(dataset)}\n`);
  };
  const leftovers = new Leftovers(board, boardDisk(board), () => undefined);
  const tries = datasets.map((dataset) => jobTry(dataset));
  return {
    bench,
    point,
    leftovers,
    add: (own: readonly number[]) => leftovers.add({ name: NAME, tries, own: new Set(own) }),
  };
}

describe('a submission that is over here', () => {
  it('goes when no working folder points to it any more', async () => {
    const { bench, leftovers, point, add } = rig(['x', 'y']);
    point('y');
    add([0, 1]);
    await leftovers.tidy();
    expect(bench.names('jobs')).toEqual([NAME]);
    fs.rmSync(bench.board.path(scratchPath(jobTry('y'))), { recursive: true });
    await leftovers.tidy();
    expect(bench.names('jobs')).toEqual([]);
    expect(leftovers.size).toBe(0);
  });

  it.each([
    ['goes at the end, though a folder that is kept points to it', [], true],
    ['stays at the end while the claim of a try of it stands: another has it', ['y'], false],
  ])('%s', async (_what, claimed, goes) => {
    const { bench, leftovers, point, add } = rig(['x', 'y']);
    point('y');
    writeClaims(bench.board.root, claimed);
    add([0, 1]);
    await leftovers.removeAll();
    expect(bench.names('jobs')).toEqual(goes ? [] : [NAME]);
  });

  it('stays while jobs of it were not all its own to end, whatever points to it, and goes with the last', async () => {
    const { bench, leftovers, add } = rig(['x', 'y', 'z']);
    add([0]);
    add([2]);
    await leftovers.tidy();
    await leftovers.removeAll();
    expect(bench.names('jobs')).toEqual([NAME]);
    expect(leftovers.size).toBe(0);
    add([1]);
    await leftovers.tidy();
    expect(bench.names('jobs')).toEqual([]);
  });
});
