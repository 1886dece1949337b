/** Looks for jobs that are nobody's, at a board on which only submissions of a dead process stand; engines are scripted. */
import { expect, it } from 'vitest';
import { writeSubmission } from '../../../src/board/jobs.ts';
import { type Engine, EngineError } from '../../../src/engines/engine.ts';
import { scratchPath } from '../../../src/model/name.ts';
import { boardDisk } from '../../../src/process/engine/job-disk.ts';
import { Orphans } from '../../../src/process/engine/orphans.ts';
import { Bench } from '../../board/bench.ts';
import { faultyFs } from '../../helpers/faulty-fs.ts';
import { until } from '../../helpers/home.ts';

function engineOf(cancel: (id: string) => void): Engine {
  return {
    indexVariable: 'INDEX',
    submit: async () => '1',
    find: async (jobName) => jobName.split('.').slice(-1),
    poll: async () => new Map(),
    cancel: async (id) => cancel(id),
  };
}

it('goes on when one refuses or does not answer, removes what was never submitted, and reads the board once a look', async () => {
  const door = faultyFs();
  const bench = new Bench({ fs: door.fs });
  const { board } = bench;
  const submit = (name: string, engine: string): void => {
    const of = { dataset: `x${name.at(-1)}`, posted: '20261130T080000', stage: 'a', epoch: 1, column: 0 };
    board.fs.mkdir(board.path(scratchPath(of)));
    const about = {
      name,
      engine,
      kind: 'slurm',
      jobName: `slate.b.${name}`,
      tries: [of],
      made: '2026-11-30T08:00:00Z',
    };
    writeSubmission(board, about, { script: '', runner: '', steps: [''] });
  };
  for (const [name, engine] of [
    ['dddd.1', 'silent'],
    ['dddd.2', 'refusing'],
    ['dddd.3', 'silent'],
    ['dddd.4', 'refusing'],
    ['dddd.5', 'gone'],
    ['dddd.7', 'elsewhere'],
    ['dddd.8', 'elsewhere'],
  ] as const)
    submit(name, engine);
  board.fs.mkdir(board.path('jobs/dddd.6'));
  bench.put('jobs/dddd.6/0.sh');
  const asked: string[] = [];
  const silent = engineOf((id) => {
    asked.push(id);
    throw new EngineError('no answer', false);
  });
  const refusing = engineOf((id) => {
    asked.push(id);
    if (id === '2' || id > '6') throw new EngineError('Access/permission denied', true);
  });
  const disk = boardDisk(board);
  const logs: string[] = [];
  const orphans = new Orphans({
    board,
    id: 'aaaa',
    log: (code, text) => void logs.push(`${code}: ${text}`),
    ownerOf: ({ engine }) => {
      if (engine === 'gone') return { fault: "there is no engine 'gone'" };
      return { engine: engine === 'silent' ? silent : refusing, disk, isServed: engine !== 'elsewhere' };
    },
  });
  const scans = (): number => door.calls.filter(({ op, path }) => op === 'names' && path.endsWith('/queue')).length;
  await until(() => scans() === 1, 'a first look');
  expect(bench.names('jobs')).toHaveLength(8);
  await until(() => asked.includes('7'), 'the second look');
  orphans.close();
  expect(scans()).toBe(2);
  expect(bench.names('jobs')).toEqual(['dddd.1', 'dddd.2', 'dddd.3', 'dddd.5', 'dddd.7', 'dddd.8']);
  // One that is not served here is asked no more for a while.
  expect(asked).toEqual(['1', '2', '4', '7']);
  expect(logs.filter((line) => line.startsWith('engine-refused'))).toEqual([
    expect.stringContaining('jobs of dddd.2'),
    expect.stringContaining('jobs of dddd.7'),
  ]);
  expect(logs.filter((line) => line.startsWith('engine-missing'))).toEqual([
    expect.stringContaining("dddd.5: there is no engine 'gone'"),
  ]);
});

it('is told once of what a site does not let go, and removes the rest', async () => {
  const bench = new Bench();
  const { board } = bench;
  for (const name of ['dddd.1', 'dddd.2']) {
    const of = { dataset: `x${name.at(-1)}`, posted: '20261130T080000', stage: 'a', epoch: 1, column: 0 };
    board.fs.mkdir(board.path(scratchPath(of)));
    const about = { name, engine: 'far', kind: 'slurm', jobName: `slate.b.${name}`, tries: [of], made: '' };
    writeSubmission(board, about, { script: '', runner: '', steps: [''] });
  }
  const removed: string[] = [];
  const disk = {
    ...boardDisk(board),
    remove: async (name: string) => {
      removed.push(name);
      if (name === 'dddd.1') throw new EngineError('site far: rm: Permission denied', true);
    },
  };
  const engine = engineOf(() => undefined);
  const logs: string[] = [];
  const orphans = new Orphans({
    board,
    id: 'aaaa',
    log: (code, text) => void (code.startsWith('jobs-un') && logs.push(`${code}: ${text}`)),
    ownerOf: () => ({ engine, disk, isServed: true }),
  });
  await until(() => !bench.names('jobs').includes('dddd.2'), 'the other one to go');
  orphans.close();
  expect([removed, bench.names('jobs')]).toEqual([['dddd.1', 'dddd.2'], ['dddd.1']]);
  expect(logs).toEqual([expect.stringMatching(/^jobs-unremoved: .*dddd\.1.*Permission denied/)]);
});
