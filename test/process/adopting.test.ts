/** Taking over jobs of a dead process while its disk refuses: nothing of this process is spent, and the next pass takes them. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import type { EngineDefinition } from '../../src/model/engine.ts';
import { plainEngine } from '../../src/model/engine.ts';
import { scratchPath } from '../../src/model/name.ts';
import { takeOver } from '../../src/process/adopting.ts';
import { Dispatcher } from '../../src/process/engine/dispatcher.ts';
import { NO_GRANT } from '../../src/process/resources.ts';
import { Slots } from '../../src/process/slots.ts';
import type { SlotsOptions } from '../../src/process/slots-options.ts';
import { Bench } from '../board/bench.ts';
import { type FaultyFs, faultyFs } from '../helpers/faulty-fs.ts';
import { onCleanup } from '../helpers/home.ts';
import { jobTry, writeClaims, writeJobs } from '../helpers/job-board.ts';

const ENGINE: EngineDefinition = { ...plainEngine('slurm'), name: 'cluster' };

function rig(door: FaultyFs) {
  const bench = new Bench({ columns: ['a'], fs: door.fs });
  const { board } = bench;
  const given = { grants: 0 };
  const dispatcher = new Dispatcher({ board, id: 'aaaa', log: () => undefined, engines: () => [ENGINE] });
  onCleanup(() => dispatcher.close(false));
  const stages = {
    ...{ names: ['a'], places: { here: false, away: true }, jobSlots: (size: number) => size },
    ...{ of: () => ({ scratch: 'remove' }), isAway: () => true, started: () => undefined },
  };
  const resources = {
    adopt: () => {
      given.grants++;
      return NO_GRANT;
    },
    release: () => given.grants--,
  };
  const options = {
    board,
    id: 'aaaa',
    size: 2,
    dispatcher,
    stages,
    resources,
    log: () => undefined,
    wake: () => undefined,
  };
  const slots = new Slots(options as unknown as SlotsOptions);
  const pass = (): void => void takeOver({ board, id: 'aaaa', slots, stages } as never, bench.one(), 0);
  return { bench, slots, given, pass };
}

test.each([
  ['the number of the submission', 'read', '/id'],
  ['what was seen of its jobs', 'read', '/seen'],
  ['the pointer to a submission that is gone', 'unlink', '/.job'],
] as const)('%s: EIO', (_what, op, end) => {
  const door = faultyFs();
  const { bench, slots, given, pass } = rig(door);
  const of = jobTry('x');
  fs.mkdirSync(bench.path(scratchPath(of)));
  fs.writeFileSync(bench.path(`${scratchPath(of)}/.job`), 'k3f1.1 0\n');
  const isThere = op === 'read';
  if (isThere) writeJobs(bench.board.root, 'k3f1.1', '7', [{ dataset: 'x' }], 0);
  writeClaims(bench.board.root, ['x']);
  door.fail(op, 'EIO', (path) => path.endsWith(end));
  for (let passes = 0; passes < 3; passes++) {
    expect(pass).toThrow('EIO');
    expect([slots.freeJobs, slots.busy.size, given.grants]).toEqual([2, 0, 0]);
  }
  door.fail(op, undefined);
  pass();
  expect(bench.one().file).toContain('aaaa');
  expect([slots.freeJobs, slots.busy.size, given.grants]).toEqual(isThere ? [1, 1, 1] : [2, 0, 0]);
});
