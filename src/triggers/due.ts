/** What a timer has to do now, from how far it has come. Pure but for its schedule, which asks for no clock either. */
import { dueMs, type Schedule } from '../definitions/schedule.ts';
import type { Timer } from '../model/definition.ts';

export type Due =
  /** Nothing before `dueMs`; undefined: nothing ever. */
  | { readonly kind: 'wait'; readonly dueMs: number | undefined }
  /** Post the firing of this time; earlier ones are left out. */
  | { readonly kind: 'fire'; readonly timeMs: number }
  /** Nothing up to this time is made up for. */
  | { readonly kind: 'pass'; readonly timeMs: number };

export interface Progress {
  readonly board: string;
  readonly timer: Timer;
  readonly schedule: Schedule;
  /** All times up to this one have been dealt with. */
  readonly untilMs: number;
  readonly nowMs: number;
  /** So much later a firing still counts as on time. */
  readonly graceMs: number;
}

export function dueNow({ board, timer, schedule, untilMs, nowMs, graceMs }: Progress): Due {
  const due = (timeMs: number): number => dueMs(board, timer, timeMs);
  const first = schedule.next(untilMs);
  if (first === undefined || due(first) > nowMs)
    return { kind: 'wait', dueMs: first === undefined ? undefined : due(first) };
  if (timer.missed === 'all') return { kind: 'fire', timeMs: first };
  let last = first;
  // The latest ones may wait for their jitter still.
  for (let at = schedule.latest(first, nowMs); at !== undefined; at = schedule.latest(first, at - 1)) {
    if (due(at) > nowMs) continue;
    last = at;
    break;
  }
  const isLate = nowMs - due(last) > graceMs;
  return timer.missed === 'skip' && isLate ? { kind: 'pass', timeMs: last } : { kind: 'fire', timeMs: last };
}
