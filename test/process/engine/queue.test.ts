/** A stage process's side of an engine that refuses, loses answers, or whose board's disk is full: by a scripted engine. */
import fs from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import type { Board } from '../../../src/board/board.ts';
import type { Fs } from '../../../src/board/fs.ts';
import { nodeFs } from '../../../src/board/fs.ts';
import { type Engine, EngineError, jobKey } from '../../../src/engines/engine.ts';
import type { Durability } from '../../../src/model/definition.ts';
import { type JobState, NO_JOB_NEEDS, plainEngine } from '../../../src/model/engine.ts';
import { scratchPath } from '../../../src/model/name.ts';
import type { EngineJob } from '../../../src/process/engine/engine-job.ts';
import { boardDisk } from '../../../src/process/engine/job-disk.ts';
import { EngineQueue } from '../../../src/process/engine/queue.ts';
import { Bench } from '../../board/bench.ts';
import { faultyFs } from '../../helpers/faulty-fs.ts';
import { until } from '../../helpers/home.ts';

class Rig {
  readonly bench: Bench;
  readonly board: Board;
  readonly queue: EngineQueue;
  readonly logs: string[] = [];
  readonly submitted: string[] = [];
  readonly cancelled: string[] = [];
  readonly states = new Map<string, JobState>();
  polls = 0;
  /** Told apart by the job's name. */
  onSubmit: (jobName: string) => void = () => undefined;
  onCancel: (id: string) => void = () => undefined;
  onFind: (jobName: string) => readonly string[] = () => [];

  constructor(door: Fs = nodeFs, durability: Durability = 'none') {
    this.bench = new Bench({ fs: door, durability });
    this.board = this.bench.board;
    const engine: Engine = {
      indexVariable: 'INDEX',
      submit: async ({ jobName, count }) => {
        this.onSubmit(jobName);
        const id = `${100 + this.submitted.length}`;
        this.submitted.push(jobName);
        for (let index = 0; index < count; index++) this.states.set(jobKey(id, index), { kind: 'running', node: 'n1' });
        return id;
      },
      find: async (jobName) => this.onFind(jobName),
      poll: async () => {
        this.polls++;
        return new Map(this.states);
      },
      cancel: async (id) => {
        this.onCancel(id);
        this.cancelled.push(id);
      },
    };
    this.queue = new EngineQueue({
      board: this.board,
      id: 'aaaa',
      definition: { ...plainEngine('slurm'), pollMs: 50 },
      engine,
      disk: boardDisk(this.board),
      log: (code, text) => void this.logs.push(`${code}: ${text}`),
      nextNumber: () => ++this.#number,
    });
    open.push(this.queue);
  }

  #number = 0;

  /** @param memoryMb jobs of the same go together */
  run(dataset: string, memoryMb = 0, stage = 'a'): EngineJob {
    const of = { dataset, posted: '20261130T080000', stage, epoch: 1, column: 0 };
    fs.mkdirSync(this.board.path(scratchPath(of)), { recursive: true });
    const launch = { file: '/bin/true', args: [], cwd: '/', env: {}, log: '/dev/null' };
    return this.queue.run(of, { ...NO_JOB_NEEDS, memoryMb }, launch);
  }

  folders(): string[] {
    return this.bench.names('jobs');
  }

  begin(name: string, index = 0): void {
    fs.mkdirSync(this.board.path(`jobs/${name}/${index}.run`));
  }

  end(name: string, index = 0): void {
    this.bench.put(`jobs/${name}/${index}.end`, 'code 0 seconds 1 node n1 peak 5\n');
  }
}

const open: EngineQueue[] = [];
afterEach(async () => {
  for (const queue of open.splice(0)) await queue.close(false);
});

const refuse = (why = 'no'): never => {
  throw new EngineError(why, true);
};

describe('an engine that refuses', () => {
  it('to cancel one submission: the others are cancelled, and ends are seen', async () => {
    const rig = new Rig();
    const [stuck, other, ends] = [rig.run('stuck', 1), rig.run('other', 2), rig.run('ends', 3)];
    await until(() => rig.submitted.length === 3, 'three submissions');
    rig.onCancel = (id) => (id === '100' ? refuse('scancel: Access/permission denied') : undefined);
    stuck.signal('SIGTERM');
    other.signal('SIGTERM');
    await until(() => rig.cancelled.includes('101'), 'the other one to be cancelled');
    expect(await other.ended).toMatchObject({ kind: 'returned' });
    rig.end('aaaa.3');
    expect(await ends.ended).toEqual({ kind: 'exit', code: 0 });
    const polls = rig.polls;
    await until(() => rig.polls > polls + 2, 'it to be asked on and on');
    expect(rig.logs).toEqual([expect.stringContaining('engine-refused: engine slurm: scancel: Access')]);
    expect(rig.queue.isDown).toBe(false);
    expect(stuck.isOver).toBe(false);
  });

  it('to look for one submission, or does not answer: ends of others are seen', async () => {
    const rig = new Rig();
    let lost = true;
    rig.onSubmit = () => {
      if (lost) throw new EngineError('Socket timed out', false);
    };
    rig.onFind = () => refuse('squeue: Invalid name');
    const unfound = rig.run('unfound', 1);
    await until(() => rig.queue.isDown, 'the answer to be lost');
    expect(rig.queue.troubles).toMatchObject([{ what: 'down', stages: [], why: 'Socket timed out' }]);
    await until(() => rig.logs.some((line) => line.includes('looking for aaaa.1')), 'it to be refused');
    await until(() => !rig.queue.isDown, 'the engine to be up');
    lost = false;
    const next = rig.run('next', 2);
    await until(() => rig.submitted.length === 1, 'the next one to be submitted');
    rig.end('aaaa.2');
    expect(await next.ended).toEqual({ kind: 'exit', code: 0 });
    // Its own word counts, whatever the engine refuses.
    rig.end('aaaa.1');
    expect(await unfound.ended).toEqual({ kind: 'exit', code: 0 });
    expect(rig.logs.filter((line) => line.includes('looking for'))).toHaveLength(1);
  });

  it('all: after three of them the rest goes back untried, and nothing more is taken', async () => {
    const rig = new Rig();
    let asked = 0;
    rig.onSubmit = () => {
      asked++;
      refuse('Invalid partition');
    };
    const jobs = Array.from({ length: 30 }, (_, index) => rig.run(`d${index}`, index + 1));
    await Promise.all(jobs.map((job) => job.ended));
    expect(asked).toBe(3);
    expect(rig.queue.hasRoom('a')).toBe(false);
    expect(rig.queue.hasRoom('b')).toBe(true);
    expect(rig.queue.trouble).toBe('engine slurm: Invalid partition');
    expect(rig.queue.troubles).toMatchObject([
      { what: 'refused', engine: 'slurm', kind: 'slurm', stages: ['a'], why: 'Invalid partition' },
    ]);
  });

  it('what has arrived and begun for all that: it is waited for, and not told again', async () => {
    const rig = new Rig();
    rig.onSubmit = (jobName) => {
      rig.begin(jobName.split('.').slice(2).join('.'));
      refuse('words that nobody knows');
    };
    const [began, never] = [rig.run('began'), rig.run('never')];
    expect(await never.ended).toMatchObject({ kind: 'returned', reason: 'words that nobody knows' });
    rig.onFind = () => ['100'];
    rig.states.set('100_0', { kind: 'running', node: 'n1' });
    await until(() => rig.bench.names('jobs/aaaa.1').includes('id'), 'its number to be found');
    expect(began.isOver).toBe(false);
    rig.end('aaaa.1');
    expect(await began.ended).toEqual({ kind: 'exit', code: 0 });
  });
});

describe('a disk that is full while a submission is written', () => {
  it.each(['/a.a.', '/about', '1.sh', 'run.sh'])(
    'at %s: nothing of it stays, and it goes when the disk takes it',
    async (part) => {
      const door = faultyFs();
      const rig = new Rig(door.fs);
      const running = rig.run('before', 5);
      await until(() => rig.submitted.length === 1, 'one that runs');
      door.fail('create', 'ENOSPC', (path) =>
        path.includes('jobs/aaaa.2') || path.includes('scratch/') ? path.includes(part) : false,
      );
      const pair = ['z', 'a'].map((dataset) => rig.run(dataset));
      for (const job of pair)
        expect(await job.ended).toMatchObject({ kind: 'returned', reason: expect.stringContaining('ENOSPC') });
      expect(rig.folders()).toEqual(['aaaa.1']);
      for (const { try: of } of pair) expect(rig.bench.names(scratchPath(of))).toEqual([]);
      expect(rig.queue.hasRoom('a')).toBe(false);
      // What runs is asked for meanwhile.
      rig.end('aaaa.1');
      expect(await running.ended).toEqual({ kind: 'exit', code: 0 });
      door.fail('create', undefined);
      rig.run('z');
      await until(() => rig.submitted.length === 2, 'the next one');
      expect(rig.submitted.at(-1)).toBe('slate.b.aaaa.3');
    },
  );
});

it('goes on when what a submission has left can not be removed: told once, tried again later', async () => {
  const door = faultyFs();
  const rig = new Rig(door.fs);
  door.fail('removeTree', 'EACCES');
  rig.run('x');
  await until(() => rig.submitted.length === 1, 'a job');
  rig.end('aaaa.1');
  fs.rmSync(rig.board.path('scratch'), { recursive: true });
  const removals = (): number => door.calls.filter(({ op }) => op === 'removeTree').length;
  await until(() => removals() === 1, 'its removal');
  rig.run('y', 1);
  await until(() => rig.submitted.length === 2, 'the next job');
  const polls = rig.polls;
  await until(() => rig.polls > polls + 2, 'some more turns');
  expect([rig.queue.isDown, rig.queue.hasRoom('a'), removals()]).toEqual([false, true, 1]);
  expect(rig.logs).toEqual([expect.stringMatching(/^jobs-unremoved: .*aaaa\.1.*EACCES/)]);
});

it('submits nothing more once it is closed, though a turn is still under way', async () => {
  const rig = new Rig();
  rig.onSubmit = () => void rig.queue.close(false);
  const jobs = [rig.run('one', 1), rig.run('two', 2), rig.run('three', 3)];
  await until(() => rig.submitted.length > 0, 'the first one');
  expect(await jobs[2]?.ended).toMatchObject({ kind: 'returned' });
  expect(rig.submitted).toHaveLength(1);
  expect(rig.folders()).toEqual(['aaaa.1']);
});

it.each<[Durability, boolean]>([
  ['none', false],
  ['posts', true],
])('with durability %s what is submitted is synced before the engine hears of it: %s', async (durability, isSynced) => {
  const door = faultyFs();
  const rig = new Rig(door.fs, durability);
  let synced: boolean | undefined;
  rig.onSubmit = () => {
    synced = door.calls.some(({ op, path }) => op === 'sync' && path.endsWith('jobs/aaaa.1/about'));
  };
  rig.run('x');
  await until(() => rig.submitted.length === 1, 'it to be submitted');
  expect(synced).toBe(isSynced);
});
