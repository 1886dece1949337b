/** A submission that was made twice because its answer was lost, and has arrived twice: by a scripted engine. */
import fs from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { noteToldAgain } from '../../../src/board/job-copies.ts';
import { type JobTry, type Submission, writeJobId, writeSubmission } from '../../../src/board/jobs.ts';
import { type Engine, EngineError } from '../../../src/engines/engine.ts';
import { type JobState, NO_JOB_NEEDS, plainEngine } from '../../../src/model/engine.ts';
import { scratchPath } from '../../../src/model/name.ts';
import { cancelEach, isUnseen, numbersOf, stateOf } from '../../../src/process/engine/copies.ts';
import type { EngineJob } from '../../../src/process/engine/engine-job.ts';
import { boardDisk } from '../../../src/process/engine/job-disk.ts';
import { EngineQueue } from '../../../src/process/engine/queue.ts';
import { Bench } from '../../board/bench.ts';
import { until } from '../../helpers/home.ts';

const RUNNING: JobState = { kind: 'running', node: 'n1' };
const ENDED: JobState = { kind: 'ended' };
const TRY: JobTry = { dataset: 'd', posted: '20261130T080000', stage: 'a', epoch: 1, column: 0 };

class Rig {
  readonly board = new Bench().board;
  readonly states = new Map<string, JobState>();
  readonly cancelled: string[] = [];
  readonly logs: string[] = [];
  /** Numbers that were asked for. */
  asked: readonly string[] = [];
  finds = 0;
  /** By name it is seen only by who asks a second time between two polls. */
  isLate = false;
  #since = 0;
  /** By its name the engine has it so. */
  found: readonly string[] = [];
  readonly queue: EngineQueue;

  constructor() {
    let isLost = true;
    const engine: Engine = {
      indexVariable: 'INDEX',
      submit: async () => {
        if (!isLost) return '100';
        isLost = false;
        throw new EngineError('Socket timed out on send/recv operation', false);
      },
      find: async () => {
        this.finds++;
        return this.isLate && ++this.#since < 2 ? [] : this.found;
      },
      poll: async (ids) => {
        this.asked = ids;
        this.#since = 0;
        return new Map(this.states);
      },
      cancel: async (id) => void this.cancelled.push(id),
    };
    this.queue = new EngineQueue({
      board: this.board,
      id: 'aaaa',
      definition: { ...plainEngine('slurm'), pollMs: 50 },
      engine,
      disk: boardDisk(this.board),
      log: (code, text) => void this.logs.push(`${code}: ${text}`),
      nextNumber: () => 1,
    });
    open.push(this.queue);
    fs.mkdirSync(this.board.path(scratchPath(TRY)), { recursive: true });
  }

  path(file: string, name = 'aaaa.1'): string {
    return this.board.path(`jobs/${name}/${file}`);
  }

  end(name?: string): void {
    fs.writeFileSync(this.path('0.end', name), 'code 0 seconds 1 node n1 peak 5\n');
  }

  /** The second answer has come, and the first one has arrived since: its job has begun, and the other's has ended at that. */
  async twice(): Promise<EngineJob> {
    const launch = { file: '/bin/true', args: [], cwd: '/', env: {}, log: '/dev/null' };
    const job = this.queue.run(TRY, NO_JOB_NEEDS, launch);
    this.states.set('100_0', RUNNING);
    await until(() => this.asked.includes('100'), 'it to be made again');
    fs.mkdirSync(this.path('0.run'));
    this.states.set('100_0', ENDED);
    return job;
  }

  /** As a process that is dead has left it. */
  left(): Submission {
    const made = '2026-11-30T08:00:00Z';
    const about = { name: 'dead.1', engine: 'slurm', kind: 'slurm', jobName: 'slate.b.dead.1', tries: [TRY], made };
    writeSubmission(this.board, about, { script: '', runner: '', steps: [''] });
    return about;
  }
}

const open: EngineQueue[] = [];
afterEach(async () => {
  for (const queue of open.splice(0)) await queue.close(false);
});

describe('what has arrived twice', () => {
  it('is waited for under both numbers', async () => {
    const rig = new Rig();
    const job = await rig.twice();
    rig.found = ['99', '100'];
    rig.states.set('99_0', RUNNING);
    await until(() => rig.asked.includes('99'), 'the other one to be asked for');
    const before = rig.finds;
    rig.states.delete('100_0');
    rig.asked = [];
    await until(() => rig.asked.length === 2, 'both to be asked for again');
    expect([job.isOver, rig.finds]).toEqual([false, before]);
    rig.end();
    expect(await job.ended).toEqual({ kind: 'exit', code: 0 });
    expect(rig.logs.filter((line) => line.startsWith('jobs-twice'))).toEqual([
      'jobs-twice: engine slurm has aaaa.1 as 100 and 99: each of its jobs runs once',
    ]);
  });

  it('is cancelled under both, also one that comes to light afterwards', async () => {
    const rig = new Rig();
    const job = await rig.twice();
    job.signal('SIGTERM');
    await until(() => rig.cancelled.includes('100'), 'the one that is known to be cancelled');
    rig.states.set('99_0', RUNNING);
    rig.found = ['99', '100'];
    await until(() => rig.cancelled.includes('99'), 'the other one to be cancelled');
    expect(job.isOver).toBe(false);
    rig.states.set('99_0', { kind: 'fault', fault: 'cancelled', reason: 'CANCELLED' });
    expect(await job.ended).toMatchObject({ kind: 'returned', reason: 'it was cancelled' });
  });

  it('is known to who takes it over', async () => {
    const rig = new Rig();
    const about = rig.left();
    writeJobId(rig.board, 'dead.1', '100');
    noteToldAgain(rig.board, 'dead.1');
    fs.mkdirSync(rig.path('0.run', 'dead.1'));
    rig.states.set('100_0', ENDED);
    rig.states.set('99_0', RUNNING);
    rig.found = ['100', '99'];
    const job = rig.queue.adopt(about, 0);
    await until(() => rig.asked.includes('99'), 'the other one to be asked for');
    expect(job?.isOver).toBe(false);
    rig.end('dead.1');
    expect(await job?.ended).toEqual({ kind: 'exit', code: 0 });
  });
});

it('one that was made again and has arrived once ends as any other', async () => {
  const rig = new Rig();
  const job = await rig.twice();
  expect(fs.existsSync(rig.path('again'))).toBe(true);
  rig.found = ['100'];
  expect(await job.ended).toMatchObject({ kind: 'broke', cause: 'job_launch' });
});

it('what has begun although nobody knew its number is looked for once more before it counts as vanished', async () => {
  const rig = new Rig();
  const about = rig.left();
  fs.mkdirSync(rig.path('0.run', 'dead.1'));
  rig.states.set('98_0', RUNNING);
  rig.found = ['98'];
  rig.isLate = true;
  const job = rig.queue.adopt(about, 0);
  await until(() => rig.asked.includes('98'), 'it to be asked for');
  rig.end('dead.1');
  expect(await job?.ended).toEqual({ kind: 'exit', code: 0 });
});

it.each<[string | undefined, string[] | undefined, Record<string, JobState>, JobState | undefined, boolean]>([
  [undefined, undefined, {}, undefined, true],
  ['1', undefined, {}, undefined, true],
  ['1', undefined, { '2_0': RUNNING }, undefined, true],
  ['1', undefined, { '1_0': ENDED }, ENDED, false],
  ['1', ['2'], { '1_0': ENDED }, ENDED, true],
  ['1', ['2'], { '1_0': ENDED, '2_0': RUNNING }, RUNNING, false],
  ['1', ['2'], { '1_0': { kind: 'pending', reason: '' }, '2_0': RUNNING }, RUNNING, false],
])('%s and %o: %j', (id, copies, states, state, unseen) => {
  const of = new Map(Object.entries(states));
  expect(stateOf({ id, copies }, of, 0)).toEqual(state);
  expect(isUnseen({ id, copies }, of, 0)).toBe(unseen);
});

it('nobody’s jobs are cancelled under all numbers, whatever one of them says', async () => {
  const rig = new Rig();
  const about = rig.left();
  const find = async (): Promise<string[]> => ['100', '99'];
  expect(await numbersOf(rig.board, about, { find })).toEqual(['100', '99']);
  writeJobId(rig.board, 'dead.1', '99');
  expect(await numbersOf(rig.board, about, { find })).toEqual(['99']);
  noteToldAgain(rig.board, 'dead.1');
  expect(await numbersOf(rig.board, about, { find })).toEqual(['99', '100']);
  const told: string[] = [];
  const cancel = async (id: string): Promise<void> => {
    told.push(id);
    if (id === '99') throw new EngineError('no', true);
  };
  await expect(cancelEach({ cancel }, ['99', '100'], [0])).rejects.toThrow('no');
  expect(told).toEqual(['99', '100']);
});
