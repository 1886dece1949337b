/** What is wrong with the marks of a board's timers, told to a person. */
import { parsePosted, TIMERS_FOLDER, timerMarkPath } from '../model/name.ts';
import type { Board } from './board.ts';
import type { Finding } from './finding.ts';
import { readTimerMarks } from './timer-marks.ts';

/** A clock that was set right by so much is no matter. */
const AHEAD_MS = 60_000;

/** @param timers names of the pipeline's timers; undefined: not known, for it has faults */
export function checkTimers(board: Board, timers: ReadonlySet<string> | undefined): Finding[] {
  const { marks, foreign } = readTimerMarks(board);
  const note = (where: string, message: string): Finding => ({ severity: 'note', where, message, fixed: false });
  const nowMs = board.now();
  return [
    ...foreign.map((file) => note(`${TIMERS_FOLDER}/${file}`, 'is no mark of a timer: look at it, and remove it')),
    ...[...marks.values()].flatMap((mark) => {
      if (timers?.has(mark.timer) === false) {
        const message = `the pipeline has no timer '${mark.timer}' (any more): remove the file if that is meant`;
        return [note(timerMarkPath(mark), message)];
      }
      if ((parsePosted(mark.until) ?? 0) < nowMs + AHEAD_MS) return [];
      const message = `lies ahead of the board's clock: timer ${mark.timer} is silent until then; remove it to begin anew`;
      return [note(timerMarkPath(mark), message)];
    }),
  ];
}
