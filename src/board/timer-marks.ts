/**
 * How far the timers of a board have come, as the names in `timers/` say. A step is a rename of the mark: who is second
 * finds it gone, and looks anew.
 */
import { readdir } from 'node:fs/promises';
import { parseTimerMark, TIMERS_FOLDER, type TimerMark, timerMarkPath } from '../model/name.ts';
import type { Board } from './board.ts';
import { isExists, isGone } from './errors.ts';
import { isHidden } from './scan.ts';

export interface TimerMarks {
  /** By timer. Of several marks of one timer (a crash cannot make them, people can) the furthest. */
  readonly marks: ReadonlyMap<string, TimerMark>;
  /** Files that are no marks. */
  readonly foreign: readonly string[];
}

/** One readdir. The folder is made when the first timer is watched. */
export function readTimerMarks(board: Board): TimerMarks {
  return marksAmong(namesIn(board));
}

/** The same without waiting for the disk. @throws the system's error */
export async function loadTimerMarks(board: Board): Promise<TimerMarks> {
  try {
    return marksAmong(await readdir(board.path(TIMERS_FOLDER)));
  } catch (error) {
    if (isGone(error)) return marksAmong([]);
    throw error;
  }
}

function marksAmong(files: readonly string[]): TimerMarks {
  const marks = new Map<string, TimerMark>();
  const foreign: string[] = [];
  for (const file of files) {
    if (isHidden(file)) continue;
    const mark = parseTimerMark(file);
    if (mark === undefined) foreign.push(file);
    else if (isFurther(mark, marks.get(mark.timer))) marks.set(mark.timer, mark);
  }
  return { marks, foreign };
}

function namesIn(board: Board): string[] {
  try {
    return board.fs.names(board.path(TIMERS_FOLDER));
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

/** Of two that have come equally far, the one that says more. */
function isFurther(mark: TimerMark, than: TimerMark | undefined): boolean {
  if (than === undefined || mark.until !== than.until) return than === undefined || mark.until > than.until;
  return timerMarkPath(mark) > timerMarkPath(than);
}

/** Makes a timer's first mark. One that another process has made in the same second is the same. */
export function createTimerMark(board: Board, timer: string, until: string): void {
  try {
    board.fs.mkdir(board.path(TIMERS_FOLDER));
  } catch (error) {
    if (!isExists(error)) throw error;
  }
  try {
    board.fs.createEmpty(board.path(timerMarkPath({ timer, until, fired: undefined })));
  } catch (error) {
    if (!isExists(error)) throw error;
  }
}

/** @returns false: another process has moved it on, or a person has removed it */
export function moveTimerMark(board: Board, from: TimerMark, to: Omit<TimerMark, 'timer'>): boolean {
  const target = timerMarkPath({ ...to, timer: from.timer });
  try {
    board.fs.rename(board.path(timerMarkPath(from)), board.path(target));
  } catch (error) {
    // A file server may have done it and lost its answer. Whether it was another process that did it makes no difference.
    if (namesIn(board).includes(target.slice(TIMERS_FOLDER.length + 1))) return board.isShared || !isGone(error);
    if (!isGone(error)) throw error;
    return false;
  }
  board.settleDisk('posts', [TIMERS_FOLDER]);
  return true;
}
