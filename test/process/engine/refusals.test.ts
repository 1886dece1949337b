import { expect, it } from 'vitest';
import { Refusals } from '../../../src/process/engine/refusals.ts';

const A = new Set(['a']);
const OPEN = Number.POSITIVE_INFINITY;

it('lengthens the pauses, and lets a few show whether it still is so', () => {
  let nowMs = 0;
  const refusals = new Refusals(() => nowMs);
  const seen = Array.from({ length: 8 }, () => {
    refusals.begin();
    const ms = refusals.refused(A, 'no');
    // Of one turn, another counts for nothing more.
    refusals.refused(A, 'no');
    expect(refusals.room('a')).toBe(0);
    expect(refusals.why).toBe('no');
    nowMs += ms;
    expect(refusals.why).toBe('');
    return [ms / 1000, refusals.room('a')];
  });
  expect(seen).toEqual([
    [30, 1],
    [60, 2],
    [120, 4],
    [240, 8],
    [480, 16],
    [600, 20],
    [600, 20],
    [600, 20],
  ]);
  refusals.begin();
  refusals.taken(A);
  expect(refusals.room('a')).toBe(OPEN);
});

it.each([['taken first'], ['refused first']])('waits a short time only for one entry of a stage (%s)', (which) => {
  let nowMs = 0;
  const refusals = new Refusals(() => nowMs);
  for (let turn = 0; turn < 3; turn++) {
    refusals.begin();
    if (which === 'taken first') refusals.taken(A);
    refusals.refused(A, 'too much memory');
    if (which === 'refused first') refusals.taken(A);
    expect(refusals.room('a')).toBe(0);
    expect(refusals.room('b')).toBe(OPEN);
    nowMs += 30_000;
    expect(refusals.room('a')).toBe(OPEN);
  }
});

it('has enough after three in a row', () => {
  const refusals = new Refusals(() => 0);
  refusals.begin();
  for (const _ of [1, 2]) refusals.refused(A, 'no');
  refusals.taken(new Set(['b']));
  for (const _ of [1, 2]) refusals.refused(A, 'no');
  expect(refusals.isEnough).toBe(false);
  refusals.refused(A, 'no');
  expect(refusals.isEnough).toBe(true);
  refusals.begin();
  expect(refusals.isEnough).toBe(false);
});
