import { expect, it } from 'vitest';
import { Refusals } from '../../../src/process/engine/refusals.ts';

const A = new Set(['a']);
const OPEN = Number.POSITIVE_INFINITY;

it('lengthens the pauses, and lets a few show whether it still is so', () => {
  let nowMs = 0;
  const refusals = new Refusals(
    () => 0,
    () => nowMs,
  );
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

it('takes it for lasting after three turns in which nothing was taken, and no longer once something is', () => {
  const refusals = new Refusals(
    () => 0,
    () => 0,
  );
  const seen = [1, 2, 3].map(() => {
    refusals.begin();
    refusals.refused(A, 'no');
    refusals.refused(A, 'no');
    return refusals.isStubborn('a');
  });
  expect(seen).toEqual([false, false, true]);
  expect(refusals.isStubborn('b')).toBe(false);
  refusals.begin();
  refusals.taken(A);
  expect(refusals.isStubborn('a')).toBe(false);
});

it.each([['taken first'], ['refused first']])('waits a short time only for one entry of a stage (%s)', (which) => {
  let nowMs = 0;
  const refusals = new Refusals(
    () => 0,
    () => nowMs,
  );
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
  const refusals = new Refusals(
    () => 0,
    () => 0,
  );
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

it('tells since when, of those too that are just being tried again, until they are taken or nobody tries', () => {
  let nowMs = 0;
  const refusals = new Refusals(
    () => Date.UTC(2026, 10, 30) + nowMs,
    () => nowMs,
  );
  const day = '2026-11-30T00';
  refusals.begin();
  refusals.refused(new Set(['a', 'b']), 'no');
  refusals.refused(new Set(['c']), 'never');
  nowMs = 35_000;
  expect(refusals.told).toEqual([
    { why: 'no', stages: ['a', 'b'], since: `${day}:00:00.000Z`, again: `${day}:00:30.000Z` },
    { why: 'never', stages: ['c'], since: `${day}:00:00.000Z`, again: `${day}:00:30.000Z` },
  ]);
  refusals.begin();
  refusals.taken(new Set(['b']));
  refusals.refused(A, 'no');
  expect(refusals.told[0]).toEqual({
    why: 'no',
    stages: ['a'],
    since: `${day}:00:00.000Z`,
    again: `${day}:01:35.000Z`,
  });
  nowMs += 60_000;
  expect(refusals.told.map(({ stages }) => stages)).toEqual([['a']]);
  nowMs += 30_000;
  expect(refusals.told).toEqual([]);
});

it('is tried again before its time if somebody says so, with no more than before', () => {
  const refusals = new Refusals(
    () => 0,
    () => 1_000,
  );
  for (let turn = 0; turn < 3; turn++) {
    refusals.begin();
    refusals.refused(A, 'no');
  }
  expect(refusals.room('a')).toBe(0);
  refusals.hurry();
  expect(refusals.room('a')).toBe(4);
});
