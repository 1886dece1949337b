import { expect, it } from 'vitest';
import { NO_JOB_NEEDS } from '../../../src/model/engine.ts';
import { EngineJob } from '../../../src/process/engine/engine-job.ts';
import { Gathering } from '../../../src/process/engine/gathering.ts';
import { until } from '../../helpers/home.ts';

function job(dataset: string, memoryMb = 0): EngineJob {
  const of = { dataset, posted: '20261130T080000', stage: 'a', epoch: 1, column: 0 };
  return new EngineJob(of, { ...NO_JOB_NEEDS, memoryMb }, undefined, () => undefined);
}

const names = (group: readonly EngineJob[] | undefined): string[] | undefined => group?.map((one) => one.try.dataset);

it('lets go at once what is as much as goes together, and the rest when nothing more comes', async () => {
  const waiting = new Gathering();
  for (const dataset of ['a', 'b', 'c']) waiting.add(job(dataset));
  const first = waiting.next(2);
  expect(names(first)).toEqual(['a', 'b']);
  waiting.take(first ?? []);
  await until(() => waiting.next(2) !== undefined, 'the last one');
  expect(names(waiting.next(2))).toEqual(['c']);
  expect(waiting.size).toBe(1);
});

it('puts together what has the same needs', () => {
  const waiting = new Gathering();
  for (const [dataset, memory] of [
    ['a', 1],
    ['b', 2],
    ['c', 1],
  ] as const)
    waiting.add(job(dataset, memory));
  expect(names(waiting.next(2))).toEqual(['a', 'c']);
  waiting.take(waiting.next(2) ?? []);
  expect(names(waiting.next(1))).toEqual(['b']);
});

it('gives back what is not wanted any more', async () => {
  const waiting = new Gathering();
  const unwanted = job('a');
  waiting.add(unwanted);
  unwanted.signal('SIGTERM');
  waiting.dropUnwanted();
  expect(waiting.size).toBe(0);
  expect((await unwanted.ended).kind).toBe('returned');
});
