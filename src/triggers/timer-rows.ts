/** The timers of a board as a person sees them: when each came last and comes next, and what keeps it. Reads names only. */
import type { Board } from '../board/board.ts';
import { heldRun } from '../board/ids.ts';
import { loadTimerMarks, readTimerMarks, type TimerMarks } from '../board/timer-marks.ts';
import { scheduleOf, timingText } from '../definitions/schedule.ts';
import type { Timer } from '../model/definition.ts';
import { parsePosted, type TimerMark } from '../model/name.ts';
import { dueNow } from './due.ts';
import { datasetOf } from './firing.ts';
import { graceOf } from './timers.ts';

export type TimerState =
  /** No process has watched it yet. */
  | 'new'
  | 'waiting'
  /** Its time has come, and nobody has fired it. */
  | 'due'
  /** In the making, or waiting for its dataset to leave the board. */
  | 'firing'
  /** Its mark lies ahead of the board's clock. */
  | 'ahead';

export interface TimerRow {
  readonly name: string;
  /** `every 15m`, `0 3 * * * Europe/Berlin` */
  readonly timing: string;
  readonly state: TimerState;
  /** Milliseconds UTC, as the others below. Of the last firing that was posted. */
  readonly lastMs: number | undefined;
  /** The dataset of the last firing, while it is on the board. */
  readonly running: string | undefined;
  /** Up to which all times have been dealt with. */
  readonly untilMs: number | undefined;
  /** The next time from now on; undefined: none comes any more. */
  readonly nextMs: number | undefined;
}

export function timerRows(board: Board, timers: readonly Timer[], nowMs = board.now()): TimerRow[] {
  return rowsOf(board, timers, readTimerMarks(board), nowMs).map((row, index) => {
    const timer = timers[index];
    const last = timer === undefined || row.lastMs === undefined ? undefined : datasetOf(board, timer, row.lastMs);
    return last !== undefined && heldRun(board, last) !== undefined ? { ...row, running: last } : row;
  });
}

/** The same without waiting for the disk, and without looking whether the last ones are on the board. */
export async function loadTimerRows(board: Board, timers: readonly Timer[], nowMs: number): Promise<TimerRow[]> {
  return rowsOf(board, timers, await loadTimerMarks(board), nowMs);
}

function rowsOf(board: Board, timers: readonly Timer[], { marks }: TimerMarks, nowMs: number): TimerRow[] {
  return timers.map((timer) => rowOf(board, timer, marks.get(timer.name), nowMs));
}

function rowOf(board: Board, timer: Timer, mark: TimerMark | undefined, nowMs: number): TimerRow {
  const schedule = scheduleOf(timer.timing);
  const ms = (time: string | undefined): number | undefined => (time === undefined ? undefined : parsePosted(time));
  const lastMs = ms(mark?.fired);
  const untilMs = ms(mark?.until);
  return {
    name: timer.name,
    timing: timingText(timer.timing),
    state: stateOf(),
    lastMs,
    running: undefined,
    untilMs,
    nextMs: schedule.next(Math.max(nowMs, untilMs ?? 0)),
  };

  function stateOf(): TimerState {
    if (mark === undefined || untilMs === undefined) return 'new';
    if (mark.firing !== undefined) return 'firing';
    if (untilMs > nowMs) return 'ahead';
    const due = dueNow({ board: board.name, timer, schedule, untilMs, nowMs, graceMs: graceOf(board) });
    return due.kind === 'wait' ? 'waiting' : 'due';
  }
}
