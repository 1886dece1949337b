/** Counts by time: bins, rings, what a line does to the backlog, points of the ranges. */
import { describe, expect, it } from 'vitest';
import type { JournalLine } from '../../src/board/journal.ts';
import { flowOf, waitingChange } from '../../src/history/flow.ts';
import { Histogram } from '../../src/history/histogram.ts';
import { type Known, Ledger } from '../../src/history/ledger.ts';
import { Ring } from '../../src/history/ring.ts';
import { RANGE_POINTS, RANGES } from '../../src/history/series.ts';
import { line } from './journals.ts';

const NOW = Date.UTC(2026, 10, 21, 12, 0, 0);
const MINUTE = 60_000;

describe('durations in bins', () => {
  const of = (values: readonly number[]): Histogram => {
    const histogram = new Histogram();
    for (const value of values) histogram.add(value);
    return histogram;
  };

  it.each<[string, number[], number, number | undefined]>([
    ['none', [], 0.5, undefined],
    ['one', [2], 0.5, 2],
    ['one, the 95th', [2], 0.95, 2],
    ['the middle of three', [1, 10, 100], 0.5, 10],
    ['the last of twenty', [...new Array(19).fill(1), 1000], 0.95, 1],
    ['the last of ten', [...new Array(9).fill(1), 1000], 0.95, 1000],
    ['a month', [2_592_000], 0.5, 2_592_000],
  ])('%s', (_, values, share, wanted) => {
    const told = of(values).percentile(share);
    if (wanted === undefined) expect(told).toBeUndefined();
    else expect(Math.abs((told ?? 0) / wanted - 1)).toBeLessThan(0.06);
  });

  it('take what is too short or too long for any bin', () => {
    expect(of([0, -1]).percentile(0.5)).toBeLessThan(0.002);
    expect(of([1e300, Number.POSITIVE_INFINITY]).percentile(0.5)).toBeGreaterThan(1e6);
  });

  it('are merged', () => {
    const all = of([1, 1]);
    all.merge(of([100, 100, 100]));
    expect(Math.round(all.percentile(0.5) ?? 0)).toBeGreaterThan(90);
    expect(Math.round(all.percentile(0.4) ?? 0)).toBe(1);
  });
});

describe('a ring', () => {
  it('forgets what is older than it is long, and takes lines in any order', () => {
    const ring = new Ring(1000, 3);
    ring.add(5_500, 'done', 1);
    ring.add(3_500, 'done', 2);
    ring.add(4_500, 'done', 4);
    expect([3, 4, 5].map((step) => ring.get(step, 'done'))).toEqual([2, 4, 1]);
    ring.add(2_500, 'done', 8);
    expect([2, 5].map((step) => ring.get(step, 'done'))).toEqual([0, 1]);
    ring.add(6_000, 'lost', 1);
    expect([3, 4, 5, 6].map((step) => ring.get(step, 'done'))).toEqual([0, 4, 1, 0]);
    expect(ring.get(6, 'lost')).toBe(1);
  });

  it('tells of a span that begins within a step with the part of it', () => {
    const ring = new Ring(1000, 4);
    ring.add(1_100, 'done', 8);
    ring.add(2_100, 'done', 4);
    ring.add(3_100, 'done', 2);
    expect(ring.over(2, 3_250, 'done')).toBe(8 * 0.75 + 4 + 2);
    expect(ring.over(2, 3_000, 'done')).toBe(8 + 4 + 2);
  });
});

const of = { dataset: 'a', posted: 'p' };

describe('what a line does to the backlog', () => {
  it.each<[string, object, number | undefined, boolean]>([
    ['post', { to: 'w_', folder: 'queue' }, 1, false],
    ['rebuild', { to: 'f_', folder: 'failed' }, 1, false],
    ['claim', { from: 'w_', to: 'p_' }, 0, false],
    ['finish', { from: 'p_', to: 'cw', folder: 'active' }, 0, false],
    ['finish', { from: 'cp', to: 'cc', folder: 'done/2026-11-21' }, -1, true],
    ['finish', { from: 'cp', to: 'ce', folder: 'active' }, 0, false],
    ['publish', { from: 'ce', to: 'cc', folder: 'done/2026-11-21' }, -1, true],
    ['arrive', { from: 'cc', to: 'cc', was: 'active', folder: 'done/2026-11-21' }, -1, true],
    ['arrive', { from: 'cw', to: 'cw', was: 'done/2026-11-21', folder: 'active' }, 1, false],
    ['arrive', { from: 'cc', to: 'cc', was: 'done', folder: 'done/2026-11-21' }, 0, false],
    ['arrive', { from: 'w_', to: 'w_', was: 'held', folder: 'queue' }, 0, false],
    ['remove', { from: 'f_', to: 'f_', folder: 'removed/2026-11-21' }, -1, false],
    ['remove', { from: 'cs', to: 'cs', folder: 'removed/2026-11-21' }, 0, false],
    ['repipe', { from: 'cc', to: 'w_', folder: 'queue' }, 1, false],
    ['repipe', { from: 'cf', to: 'cw', folder: 'active' }, 0, false],
    ['skip', { from: 'cf', to: 'cs', folder: 'done/2026-11-21' }, -1, true],
    ['rank', { from: 'cc', to: 'cc', folder: 'done/2026-11-21' }, 0, false],
    ['discard', {}, undefined, false],
    ['order', { from: 'run', to: 'drain', dataset: undefined }, undefined, false],
  ])('%s %j', (event, more, toDo, isDone) => {
    const flow = flowOf(line(NOW, event, { ...of, ...more }));
    expect(flow?.toDo).toBe(toDo);
    expect(flow?.isDone ?? false).toBe(isDone);
  });

  it.each<[string, object, number[]]>([
    ['post', { to: 'w_', folder: 'queue' }, [1, 0]],
    ['claim', { from: '2_', to: 'p_' }, [-1, 0]],
    ['finish', { from: 'p_', to: 'cw', folder: 'active' }, [0, 1]],
    ['finish', { from: 'p_', to: '1_', folder: 'queue' }, [1, 0]],
    ['hold', { from: 'w_', to: 'h_', folder: 'held' }, [-1, 0]],
    ['repipe', { from: 'cc', to: 'w_', folder: 'queue' }, [1, 0]],
    ['remove', { from: 'cw', to: 'cw', folder: 'removed/2026-11-21' }, [0, -1]],
  ])('at each stage: %s %j', (event, more, changes) => {
    const flow = flowOf(line(NOW, event, { ...of, ...more }));
    expect(flow === undefined ? [] : [0, 1].map((column) => waitingChange(flow, column))).toEqual(changes);
  });
});

const ALL: Known = { nowMs: NOW, sinceMs: 0, isAll: true, backlog: undefined };

function ledger(lines: readonly JournalLine[]): Ledger {
  const made = new Ledger(['one', 'two']);
  for (const each of lines) made.add(each, Date.parse(each.t));
  return made;
}

const finish = (at: number, outcome: string, more: object = {}): JournalLine =>
  line(at, 'finish', { ...of, stage: 'one', from: 'p_', to: `${outcome}_`, folder: 'active', outcome, ...more });

describe('points', () => {
  it('are as many as their range has, the last one being made', () => {
    for (const range of RANGES) {
      const { stepMs, points } = RANGE_POINTS[range];
      const series = ledger([]).series(range, 'throughput', 'one', { ...ALL, nowMs: NOW + 1 });
      expect([series.stepMs, series.points.length]).toEqual([stepMs, points]);
      expect(series.endMs - NOW).toBe(stepMs);
      expect(new Set(series.points)).toEqual(new Set([0]));
    }
    expect(RANGES.map((range) => RANGE_POINTS[range].stepMs * RANGE_POINTS[range].points)).toEqual(
      [15, 60, 360, 1440, 10080].map((minutes) => minutes * MINUTE),
    );
  });

  it('are events a minute, at their own times', () => {
    const lines = [-4, -4, -4, -2, -1].map((step) => finish(NOW + step * 15_000 + 1, 'c'));
    lines.push(finish(NOW - 15_000, 'f'), finish(NOW - 15_000, '1'));
    const known = { ...ALL, nowMs: NOW - 1 };
    expect(ledger(lines).series('15m', 'throughput', 'one', known).points.slice(-5, -1)).toEqual([0, 12, 0, 4]);
    expect(ledger(lines).series('15m', 'throughput', 'two', known).points.slice(-5)).toEqual([0, 0, 0, 0, 0]);
    expect(ledger(lines).series('1h', 'throughput', 'one', known).points.at(-1)).toBeCloseTo(5);
    expect(ledger(lines).series('15m', 'failures', undefined, known).points.at(-1)).toBeCloseTo(4);
    expect(ledger(lines).series('15m', 'throughput', 'three', known).points.at(-1)).toBeUndefined();
  });

  it('do not slump where a step has just begun', () => {
    const lines = Array.from({ length: 60 }, (_, second) => finish(NOW - second * 1000 - 1, 'c'));
    const { points } = ledger(lines).series('15m', 'throughput', 'one', { ...ALL, nowMs: NOW + 1500 });
    expect(points.slice(-3)).toEqual([60, 60, 54]);
  });

  it('of the board are entries that came to be done', () => {
    const lines = [finish(NOW - 1, 'c'), finish(NOW - 1, 'c', { from: 'cp', to: 'cc', folder: 'done/2026-11-21' })];
    const points = (stage?: string) =>
      ledger(lines).series('1h', 'throughput', stage, { ...ALL, nowMs: NOW - 1 }).points;
    expect(Math.round(points().at(-1) ?? 0)).toBe(1);
    expect(Math.round(points('one').at(-1) ?? 0)).toBe(2);
  });

  it('of a lost try count as failures if it failed by that', () => {
    const lost = (to: string): JournalLine =>
      line(NOW - 1, 'lost', { ...of, stage: 'one', column: 1, from: 'p_', to, folder: 'queue' });
    const rates = ledger([lost('1_'), lost('f_')]).rates('one', NOW, NOW - MINUTE);
    expect([rates.lost, rates.failed]).toEqual([2, 1]);
  });

  it.each<[string, Partial<Known>, boolean[]]>([
    ['all of it is', {}, [true, true, true, true]],
    ['nothing is', { sinceMs: undefined }, [false, false, false, false]],
    ['from within a step on, more to come', { sinceMs: NOW - 20_000, isAll: false }, [false, false, true, true]],
    ['from within a step on, for good', { sinceMs: NOW - 20_000 }, [false, true, true, true]],
    ['from the beginning of a step on', { sinceMs: NOW - 15_000, isAll: false }, [false, false, true, true]],
  ])('are undefined where nothing is known: %s', (_, known, wanted) => {
    const { points } = ledger([]).series('15m', 'throughput', 'one', { ...ALL, nowMs: NOW + 1, ...known });
    expect(points.slice(-4).map((point) => point !== undefined)).toEqual(wanted);
  });

  it('of the backlog are counted back from what there is now', () => {
    const lines = [
      line(NOW - 50_000, 'post', { ...of, to: 'w_', folder: 'queue' }),
      line(NOW - 40_000, 'post', { ...of, to: 'w_', folder: 'queue' }),
      line(NOW - 20_000, 'claim', { ...of, stage: 'one', from: 'w_', to: 'p_' }),
      finish(NOW - 10_000, 'c', { from: 'p_', to: 'cc', folder: 'done/2026-11-21' }),
    ];
    const known = { ...ALL, nowMs: NOW - 1, backlog: 5 };
    expect(ledger(lines).series('15m', 'backlog', undefined, known).points.slice(-5)).toEqual([4, 5, 6, 6, 5]);
    expect(
      ledger(lines)
        .series('15m', 'backlog', 'one', { ...known, backlog: 1 })
        .points.slice(-5),
    ).toEqual([0, 1, 2, 1, 1]);
    const blind = { ...known, backlog: undefined };
    expect(ledger(lines).series('15m', 'backlog', undefined, blind).points.at(-1)).toBeUndefined();
    // Never below nothing, whatever was done by hand.
    expect(
      ledger(lines)
        .series('15m', 'backlog', undefined, { ...known, backlog: 0 })
        .points.slice(-5),
    ).toEqual([0, 0, 1, 1, 0]);
    // Known as far back as all that came after it.
    const late = { ...known, sinceMs: NOW - 30_000, isAll: false };
    expect(ledger(lines).series('15m', 'backlog', undefined, late).points.slice(-5)).toEqual([
      undefined,
      undefined,
      6,
      6,
      5,
    ]);
  });

  it('of times are those of tries that ended well', () => {
    const lines = [1, 1, 1, 9].map((seconds) => finish(NOW - 1, 'c', { seconds }));
    lines.push(finish(NOW - 1, 'f', { seconds: 1000 }));
    for (const stage of ['one', undefined]) {
      const at = (metric: 'p50' | 'p95') =>
        ledger(lines).series('1h', metric, stage, { ...ALL, nowMs: NOW - 1 }).points;
      expect([at('p50').at(-1), at('p95').at(-1)].map((value) => Math.round(value ?? 0))).toEqual([1, 9]);
      expect(at('p50').at(-2)).toBeUndefined();
    }
  });
});

describe('rates', () => {
  it('are of the last hour, or of the time that the board has existed, at least a minute', () => {
    const lines = [
      line(NOW - 59 * MINUTE, 'claim', { ...of, stage: 'one', from: 'w_', to: 'p_' }),
      finish(NOW - 59 * MINUTE, 'c', { seconds: 2 }),
      finish(NOW - 58 * MINUTE, '1'),
      finish(NOW - 61 * MINUTE, 'c', { seconds: 50 }),
    ];
    const rates = ledger(lines).rates('one', NOW, 0);
    expect(rates).toMatchObject({ claimed: 1 / 60, done: 1 / 60, retried: 1 / 60, failed: 0, lost: 0 });
    expect(Math.round(rates.p95Seconds ?? 0)).toBe(2);
    expect(ledger(lines).rates('one', NOW, NOW - 4 * MINUTE).done).toBe(1 / 4);
    expect(ledger(lines).rates('one', NOW, NOW - 1).done).toBe(1);
    expect(ledger(lines).rates('two', NOW, 0)).toMatchObject({ done: 0, p50Seconds: undefined });
    expect(ledger(lines).rates('three', NOW, 0)).toMatchObject({ done: 0, p50Seconds: undefined });
  });

  it('of entries that came to be done are over ten minutes', () => {
    const done = (at: number): JournalLine => finish(at, 'c', { from: 'cp', to: 'cc', folder: 'done/2026-11-21' });
    const lines = [done(NOW - 1), done(NOW - 9 * MINUTE), done(NOW - 11 * MINUTE), finish(NOW - 1, 'c')];
    expect(ledger(lines).donePerMinute(NOW, 0)).toBe(0.2);
    expect(ledger(lines).donePerMinute(NOW, NOW - 2 * MINUTE)).toBe(1);
    expect(ledger([]).donePerMinute(NOW, 0)).toBe(0);
  });
});
