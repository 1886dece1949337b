/** When a batch is taken: a full one at once, a smaller one by the time that this process has seen its entries wait. */
import { expect, test } from 'vitest';
import type { BatchRule } from '../../src/model/definition.ts';
import { Batching } from '../../src/process/batching.ts';

function bench(rule: BatchRule): {
  batching: Batching;
  at: (ms: number) => void;
  see: (...datasets: string[]) => void;
} {
  let now = 0;
  const batching = new Batching(
    (column) => (column === 1 ? rule : undefined),
    () => now,
  );
  return {
    batching,
    at: (ms) => {
      now = ms;
    },
    see: (...datasets) => batching.see(1, new Set(datasets)),
  };
}

test('a stage that takes one at a time is always ready; one that takes several, when there is something', () => {
  const { batching, see } = bench({ most: 3, withinMs: 0, idleMs: undefined });
  expect([batching.isReady(0), batching.isReady(1)]).toEqual([true, false]);
  see('a');
  expect(batching.isReady(1)).toBe(true);
  expect(batching.waitMs()).toBeUndefined();
});

test('a full batch is ready at once, a smaller one when its first has waited', () => {
  const { batching, at, see } = bench({ most: 3, withinMs: 1000, idleMs: undefined });
  see('a');
  at(400);
  see('a', 'b');
  expect([batching.isReady(1), batching.waitMs()]).toEqual([false, 600]);
  see('a', 'b', 'c');
  expect([batching.isFull(1), batching.isReady(1)]).toEqual([true, true]);
  see('b', 'c');
  // `a` went its way: what is left waits from when it came.
  expect([batching.isReady(1), batching.waitMs()]).toEqual([false, 1000]);
  at(1400);
  expect(batching.isReady(1)).toBe(true);
});

test('what was taken is not waited for', () => {
  const { batching, at, see } = bench({ most: 2, withinMs: 1000, idleMs: undefined });
  see('a', 'b');
  batching.forget(1, 'a');
  expect(batching.isReady(1)).toBe(false);
  batching.forget(1, 'b');
  at(5000);
  expect([batching.isReady(1), batching.waitMs()]).toEqual([false, undefined]);
});

test('idle: a smaller one is also ready when none has come for so long', () => {
  const { batching, at, see } = bench({ most: 9, withinMs: 1000, idleMs: 200 });
  see('a');
  at(150);
  see('a', 'b');
  expect(batching.waitMs()).toBe(200);
  at(350);
  expect(batching.isReady(1)).toBe(true);
  at(340);
  for (let ms = 360; ms < 1000; ms += 100) {
    at(ms);
    see('a', 'b', ...Array.from({ length: ms / 100 }, (_, nth) => `c${nth}`).slice(0, 5));
  }
  at(1000);
  expect(batching.isReady(1)).toBe(true);
});

test('fewer to be had than wait: not full until something changes, but never longer than it says', () => {
  const { batching, at, see } = bench({ most: 2, withinMs: 1000, idleMs: undefined });
  see('a', 'b', 'c');
  batching.foundShort(1);
  expect(batching.isReady(1)).toBe(false);
  batching.roomChanged();
  expect(batching.isReady(1)).toBe(true);
  batching.foundShort(1);
  see('a', 'b', 'c');
  expect(batching.isReady(1)).toBe(true);
  batching.foundShort(1);
  at(1000);
  expect(batching.isReady(1)).toBe(true);
});
