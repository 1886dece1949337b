/** Memory is given back once in each pause, and not at work. */
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type Collect, Rest } from '../../src/process/rest.ts';

function bench(): { rest: Rest; calls: string[] } {
  const calls: string[] = [];
  const collect: Collect = (options) => void calls.push(options?.type ?? 'major');
  return { rest: new Rest(() => collect), calls };
}

test('a small collection, then a full one, once in a pause', () => {
  const { rest, calls } = bench();
  for (let ms = 0; ms <= 60_000; ms += 1_000) rest.turn(ms);
  expect(calls).toEqual(['minor', 'major']);
  rest.turn(0);
  for (let ms = 0; ms <= 60_000; ms += 1_000) rest.turn(ms);
  expect(calls).toEqual(['minor', 'major', 'minor', 'major']);
});

test('none while something runs, or ran a moment ago', () => {
  const { rest, calls } = bench();
  for (let turn = 0; turn < 100; turn++) rest.turn(turn % 5 === 0 ? 0 : 4_999);
  expect(calls).toEqual([]);
});

test('Node has a collector to give', async () => {
  const rest = new Rest();
  const held = new WeakRef({});
  // What was made in a task is held until its end.
  await setImmediate();
  expect(held.deref()).toBeDefined();
  await setImmediate();
  rest.turn(5_000);
  rest.turn(11_000);
  expect(held.deref()).toBeUndefined();
});
