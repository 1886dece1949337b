/** Slots of a host and slots of jobs, neither of which waits for the other. */
import { expect, test } from 'vitest';
import { SlotPools } from '../../src/process/slot-pools.ts';
import { Bench } from '../board/bench.ts';

const [HERE, AWAY] = [0, 1];

function pools(
  served: { here: boolean; away: boolean },
  size: number,
  jobs: number,
  making = { isOpen: false },
): SlotPools {
  const stages = { isAway: (column: number) => column === AWAY, places: served, jobSlots: () => jobs };
  return new SlotPools({ board: new Bench().board, stages, size }, making);
}

test('steps here leave jobs their slots, and the other way round', () => {
  const both = pools({ here: true, away: true }, 1, 2);
  expect(both.free).toBe(3);
  const step = both.take('here');
  expect([both.hasRoom(HERE), both.hasRoom(AWAY), both.take('here')]).toEqual([false, true, undefined]);
  const jobs = [both.take('job'), both.take('job')];
  expect([both.hasRoom(AWAY), both.take('job'), both.free, both.jobs]).toEqual([false, undefined, 0, 2]);
  if (step === undefined || jobs[0] === undefined) throw new Error('no slot');
  both.giveBack(step);
  expect([both.hasRoom(HERE), both.hasRoom(AWAY)]).toEqual([true, false]);
  both.giveBack(jobs[0]);
  expect([both.hasRoom(AWAY), both.free, both.jobs]).toEqual([true, 2, 1]);
});

test.each([
  ['here only', { here: true, away: false }, 4],
  ['jobs only', { here: false, away: true }, 7],
])('what is served %s has use for these only; jobs of the dead are taken all the same', (_, served, free) => {
  const own = pools(served, 4, 7);
  expect(own.free).toBe(free);
  expect(own.freeJobs).toBe(7);
});

test('a batch that is being made keeps one of this host, through a change of size', () => {
  const making = { isOpen: true };
  const both = pools({ here: true, away: true }, 1, 1, making);
  expect([both.hasRoom(HERE), both.hasRoom(AWAY), both.free]).toEqual([false, true, 1]);
  both.resize(1);
  making.isOpen = false;
  expect(both.take('here')).toBeDefined();
});
