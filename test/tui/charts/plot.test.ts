import { describe, expect, test } from 'vitest';
import { axisLine, plotLines, resample, summaryOf } from '../../../src/tui/charts/plot.ts';
import { axisText, roundUp, ticksOf, topOf, valueText } from '../../../src/tui/charts/scale.ts';
import { summaryText } from '../../../src/tui/charts/words.ts';
import { NOW_MS } from '../data.ts';

const BARS = ['1', '2', '3', '4', '5', '6', '7', '8'];
const GAP = undefined;

describe('resample', () => {
  test.each([
    [[1, 2, 3, 4], 4, [1, 2, 3, 4]],
    [[1, 3, 5, 7], 2, [2, 6]],
    [[1, 2], 4, [1, 1, 2, 2]],
    [[1, GAP, GAP, GAP], 2, [1, GAP]],
    [[GAP, Number.NaN, Number.POSITIVE_INFINITY, 4], 2, [GAP, 4]],
    [[1, 2, 3], 2, [1, 2.5]],
    [[], 3, []],
    [[1], 0, []],
  ])('%j to %d', (points, cells, values) => {
    expect(resample(points, cells)).toEqual(values);
  });
});

describe('plotLines', () => {
  test.each([
    [[0, 1, 8, 16], 16, 2, ['   8', ' 188']],
    [[9, GAP, -1], 16, 2, ['1  ', '8  ']],
    // Seen, however little; never above the edge.
    [[0.0001, 99], 16, 2, [' 8', '18']],
    [[5, 5], 5, 1, ['88']],
    [[5, 5], 0, 1, ['  ']],
    [[Number.NaN], 5, 1, [' ']],
    [[1], 5, 0, []],
  ])('%j under %d in %d rows', (values, top, rows, lines) => {
    expect(plotLines(values, top, rows, BARS)).toEqual(lines);
  });

  test('the axis is broken where nothing is known', () => {
    expect(axisLine([1, 0, GAP, Number.NaN, 2], '-')).toBe('--  -');
  });
});

test.each([
  [0, 1],
  [Number.NaN, 1],
  [Number.POSITIVE_INFINITY, 1],
  [1, 1],
  [1.01, 1.25],
  [7, 8],
  [99, 100],
  [1_234_567, 1_250_000],
  [0.02, 0.02],
])('%d is rounded up to %d', (value, rounded) => {
  expect(roundUp(value)).toBeCloseTo(rounded, 10);
});

test.each([
  ['backlog', 0.2, 1],
  ['backlog', 1300, 1500],
  ['throughput', 0.02, 0.02],
  ['p50', 4.1, 5],
  ['p50', 31, 60],
  ['p95', 61, 120],
  ['p95', 90_000, 172_800],
] as const)('the upper edge of %s for %d is %d', (metric, most, top) => {
  expect(topOf(metric, most)).toBeCloseTo(top, 10);
});

test.each([
  ['p50', 90, '1m30s', '1m30s'],
  ['backlog', 1234.4, '1.23k', '1.23k'],
  ['failures', 0.5, '0.5', '0.5/min'],
] as const)('%s of %d at the axis and in a sentence', (metric, value, axis, sentence) => {
  expect([axisText(metric, value), valueText(metric, value)]).toEqual([axis, sentence]);
});

describe('ticksOf', () => {
  const HOUR = 3_600_000;
  const told = (...args: Parameters<typeof ticksOf>): string[] => ticksOf(...args).map(({ x, text }) => `${x} ${text}`);

  test('round times, as close as they fit', () => {
    expect(told(NOW_MS - HOUR, NOW_MS, 60, '1h', 'utc')).toEqual([
      '7 13:10',
      '17 13:20',
      '27 13:30',
      '37 13:40',
      '47 13:50',
    ]);
    expect(told(NOW_MS - HOUR, NOW_MS, 20, '1h', 'utc')).toEqual(['9 13:30']);
  });

  test('days for a week', () => {
    expect(told(NOW_MS - 168 * HOUR, NOW_MS, 70, '7d', 'utc')).toEqual([
      '4 11-15',
      '14 11-16',
      '24 11-17',
      '34 11-18',
      '44 11-19',
      '54 11-20',
      '64 11-21',
    ]);
  });

  test.each(['15m', '1h', '6h', '24h', '7d'] as const)('%s: none over another, none over the edge', (range) => {
    const span = { '15m': 0.25, '1h': 1, '6h': 6, '24h': 24, '7d': 168 }[range] * HOUR;
    for (let cells = 1; cells < 250; cells++) {
      let end = -1;
      for (const { x, text } of ticksOf(NOW_MS - span, NOW_MS, cells, range, 'local')) {
        expect(x).toBeGreaterThan(end);
        end = x + text.length;
        expect(end).toBeLessThanOrEqual(cells);
      }
    }
  });

  test.each([
    [NOW_MS, NOW_MS, 60],
    [NOW_MS, NOW_MS - 1, 60],
    [NOW_MS - 1000, NOW_MS, 0],
    [Number.NaN, NOW_MS, 60],
  ])('none from %d to %d in %d cells', (start, end, cells) => {
    expect(ticksOf(start, end, cells, '1h', 'utc')).toEqual([]);
  });
});

describe('in words', () => {
  const series = (...points: (number | undefined)[]) => ({ stepMs: 60_000, endMs: NOW_MS, points });
  const tell = (...points: (number | undefined)[]): string =>
    summaryText('throughput', series(...points), 'utc', NOW_MS);

  test.each([
    [[GAP, GAP], 'nothing is known of this time'],
    [[], 'nothing is known of this time'],
    [[0, 0], 'none'],
    [[0, 0, GAP, GAP], 'none; nothing is known of the last 2m'],
    [[1, 3, 2], 'latest 2/min, average 2/min, most 3/min at 14:00Z'],
    [[1, 3, GAP], 'latest 3/min 1m ago, average 2/min, most 3/min at 14:00Z'],
  ])('%j', (points, text) => {
    expect(tell(...points)).toBe(text);
  });

  // A point of 15 seconds, a minute, 2 hours: the minute in which it begins, though it ends in the next one.
  test.each([
    [15_000, '2026-11-21T03:41:00Z', '03:40Z'],
    [15_000, '2026-11-21T03:40:30Z', '03:40Z'],
    [60_000, '2026-11-21T03:41:00Z', '03:40Z'],
    [7_200_000, '2026-11-21T04:00:00Z', '02:00Z'],
  ])('the most of a point of %d ms that ends at %s was at %s', (stepMs, end, at) => {
    const endMs = Date.parse(end);
    const text = summaryText('throughput', { stepMs, endMs: endMs + stepMs, points: [3, 0] }, 'utc', endMs);
    expect(text).toContain(`most 3/min at ${at}`);
  });

  test('the most is told of when it was first', () => {
    expect(summaryOf(series(1, 5, 5))).toEqual({
      latest: 5,
      ago: 0,
      average: 11 / 3,
      most: 5,
      mostMs: NOW_MS - 120_000,
    });
  });
});
