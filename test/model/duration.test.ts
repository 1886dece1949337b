import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DurationError, formatDuration, parseDuration, tryParseDuration } from '../../src/model/duration.ts';

describe('parseDuration', () => {
  it.each([
    ['0', 0],
    ['0s', 0],
    ['850ms', 850],
    ['5s', 5_000],
    ['30m', 1_800_000],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['0.5ms', 1],
    ['2d', 172_800_000],
    ['1w', 604_800_000],
    ['1w2d3h4m5s6ms', 788_645_006],
    ['3d04h', 273_600_000],
  ])('reads %s as %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    '',
    '5',
    '5x',
    '-5s',
    '+5s',
    's',
    '1h 30m',
    ' 5s',
    '5s ',
    '30m1h',
    '1h2h',
    '.5h',
    '1.h',
    '1e3s',
    '5S',
    '101000w',
    `${'9'.repeat(400)}w`,
  ])('refuses %j', (text) => {
    expect(tryParseDuration(text)).toBeUndefined();
    expect(() => parseDuration(text)).toThrow(DurationError);
  });

  it('says what would be right', () => {
    expect(() => parseDuration('5x')).toThrow(
      "'5x' is no duration: write a number and ms, s, m, h, d or w, such as 30m or 1h30m",
    );
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0s'],
    [0.4, '0s'],
    [850, '850ms'],
    [999.9, '999ms'],
    [1000, '1s'],
    [2_549, '2.5s'],
    [9_999, '9.9s'],
    [46_900, '46s'],
    [59_999, '59s'],
    [60_000, '1m'],
    [1_306_000, '21m46s'],
    [3_600_000, '1h'],
    [3_720_000, '1h02m'],
    [273_600_000, '3d04h'],
    [7_776_000_000, '90d'],
    [-5_000, '-5s'],
    [Number.NaN, '?'],
    [Number.POSITIVE_INFINITY, '?'],
  ])('writes %d as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('is read back as the same duration, rounded down by less than its smaller unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 90 * 365 * 86_400_000 }), (ms) => {
        const back = parseDuration(formatDuration(ms));
        const slack = ms < 1000 ? 1 : ms < 10_000 ? 100 : ms < 3_600_000 ? 1000 : ms < 86_400_000 ? 60_000 : 3_600_000;
        expect(back).toBeLessThanOrEqual(ms);
        expect(back).toBeGreaterThan(ms - slack);
        expect(formatDuration(back)).toBe(formatDuration(ms));
      }),
    );
  });
});
