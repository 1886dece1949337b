import { describe, expect, it } from 'vitest';
import { scheduleOf } from '../../src/definitions/schedule.ts';
import type { Timer } from '../../src/model/definition.ts';
import { dueNow } from '../../src/triggers/due.ts';

const HOUR = 3_600_000;
const timing = { kind: 'every', ms: HOUR } as const;
const common = { board: 'b', schedule: scheduleOf(timing), graceMs: 60_000 };

function dueAt(missed: Timer['missed'], untilMs: number, nowMs: number, jitterMs = 0): unknown {
  const timer = { name: 't', timing, missed, jitterMs } as unknown as Timer;
  return dueNow({ ...common, timer, untilMs, nowMs });
}

describe('what is due', () => {
  it.each<[what: string, missed: Timer['missed'], until: number, now: number, due: unknown]>([
    ['nothing before its time', 'last', 5 * HOUR, 6 * HOUR - 1, { kind: 'wait', dueMs: 6 * HOUR }],
    ['nothing when the clock was put back', 'all', 5 * HOUR, 2 * HOUR, { kind: 'wait', dueMs: 6 * HOUR }],
    ['its time', 'skip', 5 * HOUR, 6 * HOUR, { kind: 'fire', timeMs: 6 * HOUR }],
    ['its time a little late', 'skip', 5 * HOUR, 6 * HOUR + 60_000, { kind: 'fire', timeMs: 6 * HOUR }],
    ['nothing too late with skip', 'skip', 5 * HOUR, 6 * HOUR + 60_001, { kind: 'pass', timeMs: 6 * HOUR }],
    ['the one that is on time with skip', 'skip', 1 * HOUR, 6 * HOUR + 30_000, { kind: 'fire', timeMs: 6 * HOUR }],
    ['the last with last, however late', 'last', 1 * HOUR, 6.9 * HOUR, { kind: 'fire', timeMs: 6 * HOUR }],
    ['the first with all', 'all', 1 * HOUR, 6.9 * HOUR, { kind: 'fire', timeMs: 2 * HOUR }],
    ['its time where the mark is no time of it', 'last', 1.5 * HOUR, 2 * HOUR, { kind: 'fire', timeMs: 2 * HOUR }],
  ])('is %s', (_, missed, until, now, due) => {
    expect(dueAt(missed, until, now)).toEqual(due);
  });

  it('waits for its jitter, and fires the one before as long as the next one waits', () => {
    const wait = dueAt('last', 5 * HOUR, 6 * HOUR, HOUR) as { kind: string; dueMs: number };
    expect(wait.kind).toBe('wait');
    expect(wait.dueMs > 6 * HOUR && wait.dueMs < 7 * HOUR).toBe(true);
    expect(dueAt('last', 5 * HOUR, wait.dueMs, HOUR)).toEqual({ kind: 'fire', timeMs: 6 * HOUR });
    expect(dueAt('last', 4 * HOUR, wait.dueMs - 1, HOUR)).toEqual({ kind: 'fire', timeMs: 5 * HOUR });
  });
});
