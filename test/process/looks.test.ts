/** When to look again: hints, growing intervals, and never more than a tenth of the time. */
import { expect, test } from 'vitest';
import { Look, POLLED, WATCHED } from '../../src/process/looks.ts';

const TIMES = { leastMs: 100, mostMs: 1000 };

function take(look: Look, nowMs: number, costMs: number, found: boolean): void {
  let clock = nowMs;
  look.take(
    nowMs,
    () => clock,
    () => {
      clock += costMs;
      return found;
    },
  );
}

test('the first look is due at once; then at the least interval while something is found', () => {
  const look = new Look(TIMES);
  expect(look.dueMs()).toBe(Number.NEGATIVE_INFINITY);
  take(look, 1000, 1, true);
  expect(look.dueMs()).toBe(1101);
  take(look, 2000, 5, true);
  expect(look.dueMs()).toBe(2505);
});

test('the interval grows while nothing is found, up to the most, and a hint ends that', () => {
  const look = new Look(TIMES);
  const waits: number[] = [];
  for (let round = 0, now = 0; round < 8; round++) {
    take(look, now, 0, false);
    waits.push(look.dueMs() - now);
    now = look.dueMs();
  }
  expect(waits.slice(0, 3)).toEqual([150, 225, 337.5]);
  expect(waits.at(-1)).toBe(1000);
  look.hint();
  expect(look.isHinted).toBe(true);
  take(look, 10_000, 0, false);
  expect(look.isHinted).toBe(false);
  expect(look.dueMs()).toBe(10_150);
});

test('a hint brings the next look near, but a look that cost much is not repeated before ten times that', () => {
  const look = new Look(TIMES);
  take(look, 0, 2, true);
  look.hint();
  expect(look.dueMs()).toBe(22);
  take(look, 100, 50, true);
  look.hint();
  expect(look.dueMs()).toBe(650);
});

test('where no hint comes, a look that found something is repeated after ten times its cost, another after a hundred times', () => {
  for (const [times, found, waitMs] of [
    [POLLED, true, 3_000],
    [POLLED, false, 30_000],
    [WATCHED, true, 30_000],
    [WATCHED, false, 30_000],
  ] as const) {
    const look = new Look(times);
    take(look, 0, 300, found);
    expect(look.dueMs()).toBe(300 + waitMs);
  }
});
