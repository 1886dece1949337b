/** All runs of a dataset, wherever they stand. */
import type { Board } from './board.ts';
import { isGone } from './errors.ts';
import { runKey } from './rows.ts';
import { ALL_STATES, findDatasets, type Located } from './scan.ts';

/** Undefined: it stands there no longer; an entry under rename shows under two names. */
export function inodeOf(board: Board, { folder, file }: Located): bigint | undefined {
  try {
    return board.fs.identify(board.path(`${folder}/${file}`)).ino;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

export function sortByPosted(entries: Located[]): Located[] {
  return entries.sort((a, b) => (a.name.posted < b.name.posted ? -1 : a.name.posted > b.name.posted ? 1 : 0));
}

/** All runs of a dataset, wherever they stand, oldest first. */
export function runsOf(board: Board, dataset: string, posted?: string): Located[] {
  const found = findDatasets(board, new Set([dataset]), ALL_STATES);
  const wanted = found.filter(({ name }) => posted === undefined || name.posted === posted);
  // Copies are shown, names that are no longer there are not.
  const isSeenTwice = new Set(wanted.map(runKey)).size < wanted.length;
  return sortByPosted(isSeenTwice ? wanted.filter((entry) => inodeOf(board, entry) !== undefined) : wanted);
}
