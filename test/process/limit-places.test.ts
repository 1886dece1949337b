/** Places of the board's limits in one stage process: those of jobs that it takes over, and of jobs that it leaves. */
import { describe, expect, test } from 'vitest';
import { readTokens, type TokenOwner, takenPlaces, takeTokens } from '../../src/board/limits.ts';
import { setLimit } from '../../src/board/settings.ts';
import type { StageDefinition } from '../../src/model/definition.ts';
import { LimitPlaces } from '../../src/process/limit-places.ts';
import { Bench, hookedFs } from '../board/bench.ts';

const never = (): boolean => false;
const always = (): boolean => true;

function stage(limits: Record<string, number>): StageDefinition {
  return { name: 'a', limits } as unknown as StageDefinition;
}

function owner(process: string, dataset: string): TokenOwner {
  return { process, host: 'here', dataset, posted: '20261121T120000', stage: 'a', epoch: 1 };
}

function withLimit(places: number): { bench: Bench; limits: LimitPlaces } {
  const bench = new Bench();
  setLimit(bench.board, 'db', places);
  const limits = new LimitPlaces(bench.board, 'self', () => undefined);
  limits.keep(never, never);
  return { bench, limits };
}

function holders(bench: Bench): string[] {
  return readTokens(bench.board).map(({ place, owner: one }) => `${place} ${one?.process} ${one?.dataset}`);
}

describe('a job that was taken over', () => {
  test.each<[string, number, Record<string, number>, Record<string, number>]>([
    ['as many as it had', 2, { db: 1 }, { db: 1 }],
    ['as many as it had, whatever its stage says by now', 4, {}, { db: 2 }],
    ['beyond the limit, if that was lowered meanwhile', 0, { db: 1 }, { db: 1 }],
  ])('has places of its own, %s; the dead one has none any more', (_, places, limitsNow, had) => {
    const { bench, limits } = withLimit(places);
    const taken = takeTokens(bench.board, had, { db: 9 }, owner('dead', 'x'));
    const others = takeTokens(bench.board, { db: 1 }, { db: 9 }, owner('live', 'y'));
    expect([taken.kind, others.kind]).toEqual(['taken', 'taken']);
    limits.keep((id) => id === 'dead', always);
    const held = limits.adopt(stage(limitsNow), owner('self', 'x'));
    const count = had.db ?? 0;
    expect(holders(bench).map((text) => text.slice(2))).toEqual(['live y', ...Array(count).fill('self x')]);
    if (held !== undefined) limits.release(held);
    expect(holders(bench)).toEqual([`${count + 1} live y`]);
  });

  test('is counted from the first moment: no place is free between', () => {
    const { bench } = withLimit(1);
    const seen: number[] = [];
    const fs = hookedFs((_, path) => {
      if (/limits|\.token|\.stale/.test(path)) seen.push(takenPlaces(bench.board).get('db')?.size ?? 0);
    });
    const limits = new LimitPlaces(bench.open({ fs }), 'self', () => undefined);
    takeTokens(bench.board, { db: 1 }, { db: 1 }, owner('dead', 'x'));
    limits.keep((id) => id === 'dead', always);
    seen.length = 0;
    limits.adopt(stage({ db: 1 }), owner('self', 'x'));
    expect(seen.length).toBeGreaterThan(5);
    expect(Math.min(...seen)).toBe(1);
    expect(takenPlaces(bench.board).get('db')?.size).toBe(1);
  });

  test('whose places nobody has kept takes new ones, and no step starts until there is room again', () => {
    const { bench, limits } = withLimit(2);
    const mine = limits.take(stage({ db: 2 }), owner('self', 'y'), 0);
    const held = limits.adopt(stage({ db: 1 }), owner('self', 'x'));
    expect(holders(bench)).toEqual(['1 self y', '2 self y', '3 self x']);
    if (mine === undefined || held === undefined) throw new Error('no place');
    expect(limits.take(stage({ db: 1 }), owner('self', 'z'), 0)).toBeUndefined();
    expect(limits.hasRoom(stage({ db: 1 }))).toBe(false);
    limits.release(mine);
    limits.look(performance.now());
    expect(limits.hasRoom(stage({ db: 1 }))).toBe(true);
    expect(limits.take(stage({ db: 1 }), owner('self', 'z'), 0)).toBeDefined();
    expect(holders(bench)).toEqual(['1 self z', '3 self x']);
  });

  test('of a stage without limits takes none', () => {
    const { bench, limits } = withLimit(2);
    expect(limits.adopt(stage({}), owner('self', 'x'))).toBeUndefined();
    expect(bench.names('limits')).toEqual([]);
  });
});

test('what is left counts until it is taken over, and once a look has missed it; then its places go', () => {
  const { bench, limits } = withLimit(2);
  const held = limits.take(stage({ db: 1 }), owner('self', 'x'), 0);
  if (held === undefined) throw new Error('no place');
  limits.leave(held);
  limits.keep(never, always);
  expect(holders(bench)).toEqual(['1 self x']);
  limits.keep(never, never);
  expect(holders(bench)).toEqual(['1 self x']);
  limits.keep(never, never);
  expect(holders(bench)).toEqual([]);
});
