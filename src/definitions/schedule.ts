/** When a timer comes: the same times on every host, worked out from the times alone. */
import { Cron } from 'croner';
import type { Timer, Timing } from '../model/definition.ts';
import { formatDuration } from '../model/duration.ts';
import { hashText } from '../model/order.ts';

/** Milliseconds UTC, whole seconds. */
export interface Schedule {
  /** The first time after that one; undefined: none comes any more. */
  next(afterMs: number): number | undefined;
  /** The last time after that one and not after the other. */
  latest(afterMs: number, untilMs: number): number | undefined;
}

/** Of many times that have passed only so many are counted. */
export const MOST_COUNTED = 1_000;
const MINUTE_MS = 60_000;
/** So much longer is each piece of the past that is searched for the last time. */
const GROWTH = 8;

export function scheduleOf(timing: Timing): Schedule {
  return timing.kind === 'every' ? everySchedule(timing.ms) : cronSchedule(timing.pattern, timing.zone);
}

/** Counted from 1970, not from a start: hosts and restarts agree. */
function everySchedule(ms: number): Schedule {
  const upTo = (time: number): number => Math.floor(time / ms) * ms;
  return {
    next: (after) => upTo(after) + ms,
    latest: (after, until) => (upTo(until) > after ? upTo(until) : undefined),
  };
}

/** @throws what croner says is wrong with the expression */
function cronSchedule(pattern: string, zone: string): Schedule {
  const cron = new Cron(pattern, { timezone: zone, paused: true, mode: '5-or-6-parts' });
  const next = (after: number): number | undefined => cron.nextRun(new Date(after))?.getTime();
  return {
    next,
    // Forward only: what the past holds must be what it held when it was the future.
    latest(after, until) {
      for (let span = MINUTE_MS; ; span *= GROWTH) {
        const from = Math.max(after, until - span);
        let found: number | undefined;
        for (let time = next(from); time !== undefined && time <= until; time = next(time)) found = time;
        if (found !== undefined || from === after) return found;
      }
    },
  };
}

/** How many times lie between, both ends included in the second only; at most `MOST_COUNTED` are counted. */
export function countTimes(schedule: Schedule, afterMs: number, untilMs: number): number {
  let count = 0;
  for (let time = schedule.next(afterMs); time !== undefined && time <= untilMs; time = schedule.next(time)) {
    count++;
    if (count >= MOST_COUNTED) break;
  }
  return count;
}

/** What is wrong with a cron expression, in croner's words; undefined if it comes at least once more. */
export function cronFault(pattern: string, zone: string, nowMs: number): string | undefined {
  const fields = pattern.trim().split(/\s+/).length;
  if (!pattern.trim().startsWith('@') && fields !== 5 && fields !== 6)
    return `it has ${fields} fields, not minute hour day month weekday, perhaps with a second first`;
  try {
    return cronSchedule(pattern, zone).next(nowMs) === undefined ? 'never comes' : undefined;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return error.message.replace(/^CronPattern: /, '');
  }
}

export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** When the firing of a time is posted: on every host the same moment, up to the timer's jitter later. */
export function dueMs(board: string, { name, jitterMs }: Pick<Timer, 'name' | 'jitterMs'>, timeMs: number): number {
  return timeMs + (jitterMs === 0 ? 0 : hashText(`${board}/${name}/${timeMs}`) % jitterMs);
}

/** `every 15m` or `0 3 * * * Europe/Berlin`. */
export function timingText(timing: Timing): string {
  if (timing.kind === 'every') return `every ${formatDuration(timing.ms)}`;
  return timing.zone === 'UTC' ? timing.pattern : `${timing.pattern} ${timing.zone}`;
}

/** The day of a time in a zone, `2026-11-21`. */
export function dayIn(zone: string, timeMs: number): string {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    calendar: 'iso8601',
    numberingSystem: 'latn',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(timeMs);
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
}
