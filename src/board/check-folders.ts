/**
 * Folders of the board that are missing, or are something else than folders, told to a person. So that the rest can be looked at all the
 * same, a check sees them as empty; it mends nothing then, for what was in them would look lost.
 */
import { ALL_FOLDERS } from '../model/name.ts';
import type { Board } from './board.ts';
import { isExists } from './errors.ts';
import type { Finding } from './finding.ts';
import type { Fs } from './fs.ts';
import { FOLDER_ADVICE, WORK_FOLDERS } from './probe.ts';

/** Absolute paths of those that a person has to put back. */
export function missingFolders(board: Board): string[] {
  return lackOf(board).flatMap((folder) => (WORK_FOLDERS.includes(folder) ? [] : [board.path(folder)]));
}

/** @param fix makes those anew that hold nothing to be missed, as a stage process does */
export function checkFoldersOf(board: Board, fix: boolean): Finding[] {
  return lackOf(board).map((where): Finding => {
    if (!WORK_FOLDERS.includes(where))
      return { severity: 'fault', where, message: `the board's folder is missing: ${FOLDER_ADVICE}`, fixed: false };
    const message = "the board's folder is missing: a stage process or 'slate check --fix' makes it anew";
    return { severity: 'note', where, message, fixed: fix && couldMake(board, where) };
  });
}

function lackOf(board: Board): string[] {
  return ALL_FOLDERS.filter((folder) => !board.fs.isFolder(board.path(folder)));
}

function couldMake(board: Board, folder: string): boolean {
  try {
    board.fs.mkdir(board.path(folder));
    return true;
  } catch (error) {
    // What is no folder stands in its place.
    if (!isExists(error)) throw error;
    return board.fs.isFolder(board.path(folder));
  }
}

/** A door through which the folders at these paths are there and empty. */
export function seeingEmpty(fs: Fs, paths: readonly string[]): Fs {
  const empty = new Set(paths);
  return {
    ...fs,
    names: (path) => (empty.has(path) ? [] : fs.names(path)),
    kinds: (path) => (empty.has(path) ? [] : fs.kinds(path)),
    eachName: (path, visit) => {
      if (!empty.has(path)) fs.eachName(path, visit);
    },
  };
}
