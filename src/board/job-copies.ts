/** That an engine was told of a submission more than once, since its answer was lost: it may have it under several numbers. */
import { JOB_FILES, submissionPath } from '../model/name.ts';
import type { Board } from './board.ts';
import { isExists, isGone } from './errors.ts';

/** Before it is told again. */
export function noteToldAgain(board: Board, name: string): void {
  try {
    board.fs.create(board.path(submissionPath(name, JOB_FILES.again)), '', true);
  } catch (error) {
    if (!isExists(error)) throw error;
  }
}

export function wasToldAgain(board: Board, name: string): boolean {
  try {
    board.fs.read(board.path(submissionPath(name, JOB_FILES.again)));
    return true;
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}
