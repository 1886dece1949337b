/** Does the board's disk take what it is given? Asked before anything is risked on the answer. */
import { randomBytes } from 'node:crypto';
import { ALL_FOLDERS, FOLDERS } from '../model/name.ts';
import type { Board } from './board.ts';
import { BoardError, isExists } from './errors.ts';

/** As much as a log's first block. */
const PROBE_BYTES = 4096;
/** Folders that hold nothing that is not made anew: one that is missing is put back. Others are a person's to restore. */
export const WORK_FOLDERS: readonly string[] = [FOLDERS.scratch, FOLDERS.tmp, FOLDERS.locks, FOLDERS.journal];
/** Of one that is missing. */
export const FOLDER_ADVICE = 'move it back, or, if it was empty, make it with mkdir';

/**
 * Looks that the board's folders are there, makes, renames and removes a small file, and makes and removes a folder. What
 * a refusal leaves is hidden, and swept after a day.
 * @throws the system's error; BoardError for a folder that is missing
 */
export function probeDisk(board: Board): void {
  checkFolders(board);
  const id = randomBytes(6).toString('hex');
  const name = board.path(`${FOLDERS.tmp}/.probe-${id}`);
  board.fs.create(name, ' '.repeat(PROBE_BYTES), false);
  try {
    board.fs.rename(name, `${name}-2`);
  } catch (error) {
    board.fs.unlink(name);
    throw error;
  }
  board.fs.unlink(`${name}-2`);
  const folder = board.path(`${FOLDERS.scratch}/.probe-${id}`);
  try {
    board.fs.mkdir(folder);
  } catch (error) {
    // Nobody else makes this one: a file server was asked twice.
    if (!isExists(error)) throw error;
  }
  board.fs.rmdir(folder);
}

/** Puts missing work folders back. @throws BoardError for another one, if the board itself is there */
export function checkFolders(board: Board): void {
  const present = new Set(board.fs.names(board.root));
  for (const folder of ALL_FOLDERS.filter((name) => !present.has(name))) {
    if (!WORK_FOLDERS.includes(folder)) {
      const where = board.path(folder);
      throw new BoardError(`${where}: the board's folder is missing: ${FOLDER_ADVICE}`, {
        cause: Object.assign(new Error(`ENOENT: ${where}`), { code: 'ENOENT', errno: -2, path: where }),
      });
    }
    try {
      board.fs.mkdir(board.path(folder));
    } catch (error) {
      if (!isExists(error)) throw error;
    }
  }
}
