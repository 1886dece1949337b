import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clock, dateOf, dateTime, shortTime } from '../../src/tui/times.ts';

const NOW = Date.UTC(2026, 10, 21, 14, 2, 31, 999);

describe('times', () => {
  let zone: string | undefined;
  beforeEach(() => {
    zone = process.env.TZ;
    // Without daylight saving time, and half an hour off: what ignores the zone is found.
    process.env.TZ = 'Asia/Kolkata';
  });
  afterEach(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });

  it('are told in UTC with a Z, or in the zone of the process', () => {
    expect(clock(NOW, 'utc')).toBe('14:02:31Z');
    expect(clock(NOW, 'local')).toBe('19:32:31');
    expect(dateTime(NOW, 'utc')).toBe('2026-11-21 14:02:31Z');
    expect(dateTime(Date.UTC(2026, 11, 31, 20), 'local')).toBe('2027-01-01 01:30:00');
    expect(dateOf(Date.UTC(2026, 11, 31, 20), 'local')).toBe('2027-01-01');
  });

  it.each([
    [Date.UTC(2026, 10, 21), '00:00:00Z'],
    [Date.UTC(2026, 10, 20, 23, 59, 59), '11-20 23:59:59Z'],
    [Date.UTC(2025, 10, 21, 1, 2, 3), '2025-11-21 01:02:03Z'],
    [Number.NaN, '?'],
    [9e15, '?'],
  ])('are as short as can be: %s', (ms, wanted) => {
    expect(shortTime(ms, NOW, 'utc')).toBe(wanted);
  });

  it('say when they are none', () => {
    expect([clock(Number.NaN, 'local'), dateTime(Number.POSITIVE_INFINITY, 'utc'), dateOf(Number.NaN, 'utc')]).toEqual([
      '?',
      '?',
      '?',
    ]);
  });
});
