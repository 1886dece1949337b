/** What an engine's own log of a submission says of jobs that it could not start: the folder with it goes soon. */
import fs from 'node:fs';
import type { Board } from '../../board/board.ts';
import { isGone, isSystemError } from '../../board/errors.ts';
import type { JobTry } from '../../board/jobs.ts';
import { JOB_FILES, LOG_RUNNING, logPath, submissionPath } from '../../model/name.ts';

/** The end of it: the jobs of a submission say much the same. */
const MOST_BYTES = 4096;

/** Puts it behind what the try has logged. @returns what a person should read */
export function quoteEngineLog(board: Board, name: string, of: JobTry | undefined): string {
  const text = tailOf(board.path(submissionPath(name, JOB_FILES.log))).trimEnd();
  if (text === '' || of === undefined) return 'its engine has left no log of it here';
  try {
    board.fs.append(board.path(logPath(of, LOG_RUNNING)), `The engine's log of submission ${name} ends so:\n${text}\n`);
  } catch (error) {
    // The try ends as it would.
    if (!isSystemError(error)) throw error;
  }
  return "its log ends with what the engine's own log says";
}

/** Empty if there is none, as on a site. */
function tailOf(path: string): string {
  let fd: number;
  try {
    fd = fs.openSync(path, 'r');
  } catch (error) {
    if (isGone(error)) return '';
    throw error;
  }
  try {
    const { size } = fs.fstatSync(fd);
    const bytes = Buffer.alloc(Math.min(size, MOST_BYTES));
    const count = fs.readSync(fd, bytes, 0, bytes.length, size - bytes.length);
    const text = bytes.subarray(0, count).toString();
    return size > MOST_BYTES ? text.slice(text.indexOf('\n') + 1) : text;
  } finally {
    fs.closeSync(fd);
  }
}
