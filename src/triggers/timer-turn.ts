/**
 * One step of a timer. Its mark says how far it has come; each step is a rename of the mark, and between the one that
 * names the time and the one that ends it the entry is posted, by its time, so that anybody may do it again.
 */
import type { Board } from '../board/board.ts';
import { heldRun } from '../board/ids.ts';
import { findDatasetsIn } from '../board/scan.ts';
import { createTimerMark, moveTimerMark } from '../board/timer-marks.ts';
import { countTimes, MOST_COUNTED, type Schedule, scheduleOf } from '../definitions/schedule.ts';
import type { Timer } from '../model/definition.ts';
import { formatPosted, parsePosted, type TimerMark } from '../model/name.ts';
import { count } from '../model/text.ts';
import { dueNow } from './due.ts';
import { datasetOf, fire } from './firing.ts';
import type { TimerLog } from './timer-log.ts';

export interface TimerFacts {
  readonly board: Board;
  readonly timer: Timer;
  readonly schedule: Schedule;
  readonly graceMs: number;
  readonly log: TimerLog;
}

export type Step =
  /** Something was done: look again. */
  | { readonly kind: 'done'; readonly fired: boolean }
  | { readonly kind: 'wait'; readonly dueMs: number | undefined }
  /** Its dataset is on the board: it waits until that is finished. */
  | { readonly kind: 'queued'; readonly dataset: string };

export function timerFacts(board: Board, timer: Timer, graceMs: number, log: TimerLog): TimerFacts {
  return { board, timer, schedule: scheduleOf(timer.timing), graceMs, log };
}

/** @throws BoardError, the system's error if the disk refuses: nothing is lost, the mark says where to go on */
export function timerStep(facts: TimerFacts, mark: TimerMark | undefined, nowMs: number): Step {
  const { board, timer, schedule, graceMs } = facts;
  if (mark === undefined) {
    // From now on: what lies before its first sight was not missed.
    createTimerMark(board, timer.name, formatPosted(nowMs));
    return { kind: 'done', fired: false };
  }
  if (mark.firing !== undefined) {
    // A crash has left it so, perhaps so long ago that nobody knows any more whether it was posted.
    const isForgotten = nowMs - (parsePosted(mark.firing) ?? 0) > forgottenMs(board);
    return isForgotten
      ? pass(facts, mark, mark.firing, 'it was left half-done for too long')
      : post(facts, mark, mark.firing);
  }
  const untilMs = parsePosted(mark.until) ?? 0;
  const due = dueNow({ board: board.name, timer, schedule, untilMs, nowMs, graceMs });
  if (due.kind === 'wait') return due;
  const time = formatPosted(due.timeMs);
  if (due.kind === 'pass') return pass(facts, mark, time, 'nobody looked at its time');
  const running = runningOf(facts, mark);
  if (running !== undefined) return pass(facts, mark, time, `the last one, ${running}, is not finished yet`);
  const firing = { ...mark, firing: time };
  return moveTimerMark(board, mark, firing) ? post(facts, firing, time) : { kind: 'done', fired: false };
}

/**
 * The dataset of the last firing, if it is still at work and that matters. One that has failed or is held waits for a
 * person, who need not come before the next time does.
 */
function runningOf({ board, timer }: TimerFacts, { fired }: TimerMark): string | undefined {
  if (timer.overlap === 'queue' || fired === undefined) return undefined;
  const dataset = datasetOf(board, timer, parsePosted(fired) ?? 0);
  if (dataset === undefined || heldRun(board, dataset) === undefined) return undefined;
  const waiting = findDatasetsIn(board, new Set([dataset]), ['failed', 'held']);
  return waiting.some(({ name }) => name.posted === fired) ? undefined : dataset;
}

function post(facts: TimerFacts, mark: TimerMark, time: string): Step {
  const { board, timer, log } = facts;
  const timeMs = parsePosted(time) ?? 0;
  const wanted = timer.overlap === 'queue' ? datasetOf(board, timer, timeMs) : undefined;
  const holder = wanted === undefined ? undefined : heldRun(board, wanted);
  if (wanted !== undefined && holder !== undefined && holder !== time) return { kind: 'queued', dataset: wanted };
  const { dataset, result } = fire(board, timer, timeMs);
  if (result.ok || result.refusal === 'known') {
    const earlier = earlierTimes(facts, mark, timeMs);
    if (!moveTimerMark(board, mark, { until: time, fired: time })) return { kind: 'done', fired: true };
    const left = earlier === 0 ? '' : `; ${timesText(earlier)} before it left out`;
    board.journal.write('fired', {
      dataset,
      posted: time,
      timer: timer.name,
      ...(earlier === 0 ? {} : { left: earlier }),
    });
    log('info', 'timer-fired', `${timer.name}: ${dataset} was posted${left}`);
    return { kind: 'done', fired: true };
  }
  if (result.refusal !== 'live') {
    log('error', 'timer-refused', `${timer.name}: the firing of ${time} can't be posted: ${result.why}`);
    return pass(facts, mark, time, result.why);
  }
  if (timer.overlap === 'queue') return { kind: 'queued', dataset };
  return pass(facts, mark, time, `dataset ${dataset} is on the board`);
}

/** What nobody remembers after so long: an entry, wherever it went. */
function forgottenMs(board: Board): number {
  const { doneMs, removedMs } = board.config.retention;
  return Math.min(doneMs ?? Number.POSITIVE_INFINITY, removedMs ?? Number.POSITIVE_INFINITY);
}

function earlierTimes({ schedule }: TimerFacts, mark: TimerMark, timeMs: number): number {
  return Math.max(0, countTimes(schedule, parsePosted(mark.until) ?? 0, timeMs) - 1);
}

function timesText(number: number): string {
  return number >= MOST_COUNTED ? `${MOST_COUNTED} times or more` : count(number, 'time');
}

/** All times up to this one are left out. */
function pass(facts: TimerFacts, mark: TimerMark, time: string, reason: string): Step {
  const { board, timer, schedule, log } = facts;
  const number = countTimes(schedule, parsePosted(mark.until) ?? 0, parsePosted(time) ?? 0);
  if (moveTimerMark(board, mark, { until: time, fired: mark.fired })) {
    board.journal.write('passed', { timer: timer.name, until: time, left: number, reason });
    log('warn', 'timer-passed', `${timer.name}: ${timesText(number)} up to ${time} left out: ${reason}`);
  }
  return { kind: 'done', fired: false };
}
