/** When timers come: times that all hosts agree on, across changes of the clocks of a zone. */
import { describe, expect, it } from 'vitest';
import { countTimes, cronFault, dayIn, dueMs, isZone, scheduleOf, timingText } from '../../src/definitions/schedule.ts';
import type { Timing } from '../../src/model/definition.ts';

const at = (text: string): number => Date.parse(text);
const cron = (pattern: string, zone = 'UTC'): Timing => ({ kind: 'cron', pattern, zone });
const every = (ms: number): Timing => ({ kind: 'every', ms });

function times(timing: Timing, from: string, number: number): string[] {
  const schedule = scheduleOf(timing);
  const found: string[] = [];
  for (let time = schedule.next(at(from)); time !== undefined && found.length < number; time = schedule.next(time))
    found.push(new Date(time).toISOString().slice(0, 16));
  return found;
}

describe('every', () => {
  it('counts from 1970, wherever it begins', () => {
    expect(times(every(900_000), '2026-11-30T00:07:13Z', 2)).toEqual(['2026-11-30T00:15', '2026-11-30T00:30']);
    expect(times(every(900_000), '2026-11-30T00:15:00Z', 1)).toEqual(['2026-11-30T00:30']);
    expect(times(every(86_400_000), '2026-11-30T00:15:00Z', 1)).toEqual(['2026-12-01T00:00']);
  });

  it('knows the latest, and that there is none', () => {
    const { latest } = scheduleOf(every(60_000));
    expect(latest(at('2026-11-30T00:00:00Z'), at('2026-11-30T05:00:59Z'))).toBe(at('2026-11-30T05:00:00Z'));
    expect(latest(at('2026-11-30T05:00:00Z'), at('2026-11-30T05:00:59Z'))).toBeUndefined();
  });
});

describe('cron', () => {
  const berlin = 'Europe/Berlin';
  // 29 March 2026: 02:00 → 03:00 at 01:00Z. 25 October 2026: 03:00 → 02:00 at 01:00Z.
  it.each<[what: string, pattern: string, zone: string, from: string, times: string[]]>([
    ['UTC knows no change', '30 2 * * *', 'UTC', '2026-03-28T12:00Z', ['2026-03-29T02:30', '2026-03-30T02:30']],
    [
      'one time of a day that is not there comes when the hour is over',
      '30 2 * * *',
      berlin,
      '2026-03-28T12:00Z',
      ['2026-03-29T01:00', '2026-03-30T00:30'],
    ],
    [
      'one time of a day that is there twice comes once',
      '30 2 * * *',
      berlin,
      '2026-10-24T12:00Z',
      ['2026-10-25T00:30', '2026-10-26T01:30'],
    ],
    [
      'each half hour comes each half hour, when the clock is put forward',
      '*/30 * * * *',
      berlin,
      '2026-03-29T00:15Z',
      ['2026-03-29T00:30', '2026-03-29T01:00', '2026-03-29T01:30'],
    ],
    [
      'and when it is put back',
      '*/30 * * * *',
      berlin,
      '2026-10-25T00:15Z',
      ['2026-10-25T00:30', '2026-10-25T01:00', '2026-10-25T01:30', '2026-10-25T02:00'],
    ],
    [
      'several times of an hour that is not there are left out',
      '15,45 2 * * *',
      berlin,
      '2026-03-28T12:00Z',
      ['2026-03-30T00:15', '2026-03-30T00:45'],
    ],
    [
      'several times of an hour that is there twice come twice',
      '15,45 2 * * *',
      berlin,
      '2026-10-24T12:00Z',
      ['2026-10-25T00:15', '2026-10-25T00:45', '2026-10-25T01:15', '2026-10-25T01:45'],
    ],
    ['the last day of a month', '0 0 L * *', 'UTC', '2026-02-01T00:00Z', ['2026-02-28T00:00', '2026-03-31T00:00']],
    ['a word', '@daily', 'UTC', '2026-02-01T00:00Z', ['2026-02-02T00:00']],
  ])('%s', (_, pattern, zone, from, expected) => {
    expect(times(cron(pattern, zone), from, expected.length)).toEqual(expected);
  });

  it.each(['30 2 * * *', '15,45 2 * * *', '*/20 * * * *', '0 0 1 * *'])(
    '%s comes at the same times whenever one begins to look',
    (pattern) => {
      for (const zone of [berlin, 'America/New_York', 'Australia/Lord_Howe', 'UTC']) {
        for (const [from, to] of [
          ['2026-03-27', '2026-04-06'],
          ['2026-10-03', '2026-11-02'],
        ] as const) {
          const schedule = scheduleOf(cron(pattern, zone));
          const all: number[] = [];
          for (let time = schedule.next(at(from)); time !== undefined && time < at(to); time = schedule.next(time))
            all.push(time);
          for (let look = at(from); look < at(to); look += 25_413_000) {
            const next = all.find((time) => time > look);
            if (next !== undefined) expect(schedule.next(look)).toBe(next);
            expect(schedule.latest(at(from), look)).toBe(all.findLast((time) => time <= look));
          }
        }
      }
    },
  );

  it('says what is wrong', () => {
    const now = at('2026-01-01T00:00Z');
    expect(cronFault('0 3 * * *', 'UTC', now)).toBeUndefined();
    expect(cronFault('61 * * * *', 'UTC', now)).toBe('Invalid value for minute: 61');
    expect(cronFault('0 0 30 2 *', 'UTC', now)).toBe('never comes');
    expect(cronFault('0 0 0 1 1 * 2030', 'UTC', now)).toMatch(/^it has 7 fields, not minute hour/);
    expect([isZone('Europe/Berlin'), isZone('UTC'), isZone('Mars/Utopia')]).toEqual([true, true, false]);
  });
});

describe('what belongs to times', () => {
  it('counts them, but not without end', () => {
    expect(countTimes(scheduleOf(every(1_000)), 0, 5_000)).toBe(5);
    expect(countTimes(scheduleOf(every(1_000)), 0, 5_000_000)).toBe(1_000);
    expect(countTimes(scheduleOf(cron('0 3 * * *')), at('2026-01-01T03:00Z'), at('2026-01-04T03:00Z'))).toBe(3);
  });

  it('spreads them the same on every host', () => {
    const timer = { name: 'nightly', jitterMs: 600_000 };
    const due = [1, 2, 3].map((day) => dueMs('b', timer, day * 86_400_000) - day * 86_400_000);
    expect(due).toEqual([1, 2, 3].map((day) => dueMs('b', timer, day * 86_400_000) - day * 86_400_000));
    expect(new Set(due).size).toBe(3);
    for (const ms of due) expect(ms >= 0 && ms < 600_000).toBe(true);
    expect(dueMs('b', { name: 'nightly', jitterMs: 0 }, 5_000)).toBe(5_000);
  });

  it('tells the day in a zone, and a schedule in words', () => {
    expect(dayIn('Europe/Berlin', at('2026-11-30T23:30Z'))).toBe('2026-12-01');
    expect(dayIn('UTC', at('2026-11-30T23:30Z'))).toBe('2026-11-30');
    expect([
      timingText(every(900_000)),
      timingText(cron('0 3 * * *')),
      timingText(cron('@daily', 'Europe/Berlin')),
    ]).toEqual(['every 15m', '0 3 * * *', '@daily Europe/Berlin']);
  });
});
