/**
 * Entries where no look at the usual folders finds them: put by hand into the board's own folder, into `done/` without a
 * day, or renamed in place in a day of `done/` to letters that are not finished.
 */
import { isDay } from '../model/name.ts';
import type { Board } from './board.ts';
import { folderNames, isHidden, isLocated, type Located, readName } from './scan.ts';

/** The board's own folder, as a place of entries. */
export const BOARD_ROOT = '.';

/** Entries beside the board's folders, and in `done/` beside its days. Two readdirs of a few names. */
export function misfiled(board: Board): Located[] {
  const inRoot = board.fs.names(board.root).map((file) => [BOARD_ROOT, file] as const);
  const inDone = folderNames(board, 'done')
    .filter((file) => !isDay(file))
    .map((file) => ['done', file] as const);
  return [...inRoot, ...inDone].flatMap(([folder, file]) => entryAt(board, folder, file) ?? []);
}

/** Entries of a day of `done/` whose letters are not all complete or skipped. One readdir. */
export function unfinishedOfDay(board: Board, folder: string): Located[] {
  return folderNames(board, folder).flatMap((file) => (isUnfinished(file) ? (entryAt(board, folder, file) ?? []) : []));
}

/** True for a name whose letters, as far as it has any, are not all finished. */
export function isUnfinished(file: string): boolean {
  const letters = file.split('.', 3)[2];
  return letters !== undefined && !/^[cs]+$/.test(letters);
}

/** The entry of this name, if it is one. */
export function entryAt(board: Board, folder: string, file: string): Located | undefined {
  if (isHidden(file)) return undefined;
  const read = readName(board, folder, file);
  return isLocated(read) ? read : undefined;
}
