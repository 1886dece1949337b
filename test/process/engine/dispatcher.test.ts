/** Which engines a stage process has, and what it says of them, when engines.yaml changes. Engines are scripted. */
import fs from 'node:fs';
import { afterEach, expect, it, vi } from 'vitest';
import { listSubmissions } from '../../../src/board/jobs.ts';
import { type Engine, EngineError } from '../../../src/engines/engine.ts';
import { makeEngine } from '../../../src/engines/engines.ts';
import type { StageDefinition } from '../../../src/model/definition.ts';
import { type EngineDefinition, plainEngine } from '../../../src/model/engine.ts';
import { scratchPath } from '../../../src/model/name.ts';
import { Dispatcher } from '../../../src/process/engine/dispatcher.ts';
import type { StepTask } from '../../../src/process/step.ts';
import { Bench } from '../../board/bench.ts';
import { until } from '../../helpers/home.ts';
import { writeJobs } from '../../helpers/job-board.ts';

const refusing: Engine = {
  indexVariable: 'INDEX',
  submit: async () => {
    throw new EngineError('Invalid partition', true);
  },
  find: async () => [],
  poll: async () => new Map(),
  cancel: async () => undefined,
};

vi.mock('../../../src/engines/engines.ts', () => ({ makeEngine: vi.fn(() => refusing) }));

const NOPE: EngineDefinition = { ...plainEngine('slurm'), name: 'cluster', partition: 'nope', pollMs: 50 };
const LAUNCH = { file: '/bin/true', args: [], cwd: '/', env: {}, log: '/dev/null' };

const open: Dispatcher[] = [];
afterEach(async () => {
  for (const dispatcher of open.splice(0)) await dispatcher.close(false);
});

it('makes an engine once, and tells of what it refused until it is another', async () => {
  const { board } = new Bench();
  let served = NOPE;
  const engines = (): EngineDefinition[] => [served];
  writeJobs(board.root, 'dddd.1', '7', [{ dataset: 'gone' }], 0);
  const dispatcher = new Dispatcher({ board, id: 'aaaa', log: () => undefined, engines });
  open.push(dispatcher);
  const of = { dataset: 'x', posted: '20261130T080000', stage: 'a', epoch: 1 };
  fs.mkdirSync(board.path(scratchPath(of)), { recursive: true });
  const task = {
    held: { try: of, claim: { column: 0 }, content: {} },
    stage: {},
    needs: undefined,
  } as unknown as StepTask;
  expect(await dispatcher.run(NOPE, task, LAUNCH).ended).toMatchObject({ kind: 'returned' });
  expect(dispatcher.trouble).toBe('engine cluster: Invalid partition');
  expect(dispatcher.troubles).toMatchObject([{ what: 'refused', engine: 'cluster', stages: ['a'] }]);
  const stage = (engine: EngineDefinition): StageDefinition => ({ name: 'a', engine }) as StageDefinition;
  expect(dispatcher.hasRoom(stage(NOPE))).toBe(false);
  // Looked for orphans, too.
  await until(() => listSubmissions(board).every((name) => name !== 'dddd.1'), 'looks for orphans');
  expect(makeEngine).toHaveBeenCalledTimes(1);
  dispatcher.reload();
  expect(dispatcher.hasRoom(stage(NOPE))).toBe(true);
  served = { ...NOPE, partition: 'main' };
  expect([dispatcher.trouble, dispatcher.troubles, dispatcher.hasRoom(stage(served))]).toEqual(['', [], true]);
});
