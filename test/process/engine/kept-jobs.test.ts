/** Jobs that were kept from starting, told from those that have begun, by whoever comes after: marks on both kinds of disks, and what an adopter makes of them. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Board } from '../../../src/board/board.ts';
import { type JobTry, keepFromStarting, type Submission, writeSubmission } from '../../../src/board/jobs.ts';
import type { Engine } from '../../../src/engines/engine.ts';
import { type JobState, plainEngine } from '../../../src/model/engine.ts';
import { scratchPath, startMark } from '../../../src/model/name.ts';
import { boardDisk } from '../../../src/process/engine/job-disk.ts';
import { EngineQueue } from '../../../src/process/engine/queue.ts';
import { keepScript, parseKept } from '../../../src/process/engine/site-scripts.ts';
import { Bench } from '../../board/bench.ts';
import { tempFolder } from '../../helpers/home.ts';

const OF: JobTry = { dataset: 'd', posted: '20261130T080000', stage: 'a', epoch: 1, column: 0 };

/** A submission of a process that is dead. */
function left(board: Board): Submission {
  fs.mkdirSync(board.path(scratchPath(OF)), { recursive: true });
  const made = '2026-11-30T08:00:00Z';
  const about = { name: 'dead.1', engine: 'e', kind: 'pbs', jobName: 'slate.b.dead.1', tries: [OF], made };
  writeSubmission(board, about, { script: '', runner: '', steps: [''] });
  return about;
}

describe('a mark tells who has made it', () => {
  it('on the board', () => {
    const { board } = new Bench();
    left(board);
    expect(keepFromStarting(board, 'dead.1', 0)).toBe('now');
    expect(keepFromStarting(board, 'dead.1', 0)).toBe('before');
    fs.mkdirSync(board.path('jobs/dead.1/1.run'));
    expect(keepFromStarting(board, 'dead.1', 1)).toBeUndefined();
    expect(keepFromStarting(board, 'gone.1', 0)).toBe('now');
  });

  it('on a site, where one that can’t be made decides nothing', () => {
    const root = tempFolder();
    const jobs = [0, 1, 2].map((index) => ({ index, work: `work/${index}`, have: 0 }));
    const keep = (of: typeof jobs): { kept: Map<number, string>; status: number | null; said: string } => {
      const script = keepScript(root, { folder: 'jobs/b.dead.1', name: 'dead.1', jobs: of });
      const { stdout, status } = spawnSync('/bin/sh', ['-s'], { input: script, encoding: 'utf8' });
      return { kept: parseKept(stdout), status, said: stdout };
    };
    fs.mkdirSync(join(root, 'jobs', 'b.dead.1', startMark(1)), { recursive: true });
    const first = keep(jobs.slice(0, 2));
    expect([...first.kept]).toEqual([[0, 'now']]);
    expect(first.said).not.toContain(' 1\n');
    expect([...keep(jobs).kept]).toEqual([
      [0, 'before'],
      [2, 'now'],
    ]);
    // Nothing of that name can be made, and nothing is there.
    fs.symlinkSync('nowhere/at/all', join(root, 'jobs', 'b.dead.1', startMark(3)));
    expect(keep([{ index: 3, work: 'work/3', have: 0 }])).toMatchObject({ status: 1, kept: new Map() });
  });
});

const ENDED: JobState = { kind: 'ended' };
const FAULT: JobState = { kind: 'fault', fault: 'cancelled', reason: 'CANCELLED' };
const BACK = { kind: 'returned' };
const LAUNCH = { kind: 'broke', cause: 'job_launch' };

interface Case {
  readonly began: 'was kept' | 'has begun' | 'never began';
  readonly forgets: boolean;
  readonly state: JobState | undefined;
}

async function takenOver({ began, forgets, state }: Case): Promise<unknown> {
  const { board } = new Bench();
  const about = left(board);
  const mark = board.path('jobs/dead.1/0.run');
  if (began === 'has begun') fs.mkdirSync(mark);
  if (began === 'was kept') fs.writeFileSync(mark, '');
  const engine: Engine = {
    indexVariable: 'INDEX',
    forgets,
    submit: async () => '1',
    find: async () => (state === undefined ? [] : ['7']),
    poll: async () => new Map(state === undefined ? [] : [['7_0', state]]),
    cancel: async () => undefined,
  };
  const queue = new EngineQueue({
    board,
    id: 'aaaa',
    definition: { ...plainEngine('pbs'), pollMs: 50 },
    engine,
    disk: boardDisk(board),
    log: () => undefined,
    nextNumber: () => 1,
  });
  const end = await queue.adopt(about, 0)?.ended;
  await queue.close(false);
  return end;
}

it('who takes over a job gives it back if it was kept from starting, whatever its engine says of it', async () => {
  const cases: [Case['began'], boolean, JobState | undefined, object][] = [
    ['was kept', true, undefined, BACK],
    ['was kept', false, undefined, BACK],
    ['was kept', false, ENDED, BACK],
    ['was kept', false, FAULT, BACK],
    ['has begun', true, undefined, LAUNCH],
    ['has begun', false, undefined, BACK],
    ['has begun', false, ENDED, LAUNCH],
    ['never began', true, undefined, BACK],
    ['never began', false, ENDED, LAUNCH],
  ];
  const ends = await Promise.all(cases.map(([began, forgets, state]) => takenOver({ began, forgets, state })));
  expect(ends).toMatchObject(cases.map(([, , , end]) => end));
  expect(JSON.stringify(ends)).not.toContain('undefined');
});
