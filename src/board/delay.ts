/**
 * Until when a failed try's entry waits: its file's mtime. Only its owner may set that, so on a board of several accounts the
 * one that has tried writes the time on what is its own, the log of the try.
 */
import { isDigit, type Letter } from '../model/letters.ts';
import { LOG_RUNNING, logPath, type TryName } from '../model/name.ts';
import type { Board } from './board.ts';
import { faultKind, isGone } from './errors.ts';
import type { Located } from './scan.ts';
import { groupOf } from './sharing.ts';
import { listLogs } from './tries.ts';

/** mtime = the later of what it is and the time given; the file's name may have changed, then the next round does it. */
export function delay(board: Board, { folder, file }: Located, ended: TryName, notBeforeMs: number): void {
  const path = board.path(`${folder}/${file}`);
  try {
    if (board.fs.identify(path).mtimeMs < notBeforeMs) board.fs.setMtime(path, notBeforeMs);
  } catch (error) {
    if (faultKind(error) === 'denied') delayByLog(board, ended, notBeforeMs);
    else if (!isGone(error)) throw error;
  }
}

function delayByLog(board: Board, ended: TryName, notBeforeMs: number): void {
  try {
    board.fs.setMtime(board.path(logPath(ended, LOG_RUNNING)), notBeforeMs);
  } catch (error) {
    // A log that a person has taken away, or given away: it is tried again at once.
    if (!isGone(error) && faultKind(error) !== 'denied') throw error;
  }
}

/**
 * When an entry may run, as its file's mtime says, or the log of the last try of a stage that is to be tried again. Where one account
 * works alone, or none is to be tried again, nothing is looked at.
 */
export function dueMs(board: Board, { name }: Located, mtimeMs: number): number {
  const { dataset, posted, letters } = name;
  const again = board.stages.filter((_, column) => isDigit(letters[column] as Letter));
  if (again.length === 0 || mtimeMs > board.now() || groupOf(board) === undefined) return mtimeMs;
  return Math.max(mtimeMs, ...again.map((stage) => lastLogMs(board, { dataset, posted, stage })));
}

/** Time of the stage's last log. It may just get its outcome's name: then it is looked for once more. */
function lastLogMs(board: Board, { dataset, posted, stage }: Omit<TryName, 'epoch'>, rounds = 2): number {
  const last = listLogs(board, dataset).findLast((log) => log.posted === posted && log.stage === stage);
  if (last === undefined) return Number.NEGATIVE_INFINITY;
  try {
    return board.fs.identify(board.path(last.file)).mtimeMs;
  } catch (error) {
    if (isGone(error) && rounds > 1) return lastLogMs(board, { dataset, posted, stage }, rounds - 1);
    if (isGone(error) || faultKind(error) === 'denied') return Number.NEGATIVE_INFINITY;
    throw error;
  }
}
