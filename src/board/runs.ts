/** All runs of a dataset, wherever they stand. */
import type { Board } from './board.ts';
import { isGone } from './errors.ts';
import { manyNamesOf } from './pieces.ts';
import { runKey } from './rows.ts';
import { ALL_STATES, datasetOfFile, findDatasets, foldersOf, isLocated, type Located, readName } from './scan.ts';

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
  return runsAmong(board, findDatasets(board, new Set([dataset]), ALL_STATES), posted);
}

/** The same, looked for without holding the event loop. @throws the signal's reason */
export async function findRuns(board: Board, dataset: string, signal?: AbortSignal): Promise<Located[]> {
  const found: Located[] = [];
  for (const folder of foldersOf(board, ALL_STATES)) {
    for await (const names of manyNamesOf(board.path(folder))) {
      signal?.throwIfAborted();
      for (const file of names) {
        const read = datasetOfFile(file) === dataset ? readName(board, folder, file) : undefined;
        if (read !== undefined && isLocated(read)) found.push(read);
      }
    }
  }
  return runsAmong(board, found);
}

function runsAmong(board: Board, found: readonly Located[], posted?: string): Located[] {
  const wanted = found.filter(({ name }) => posted === undefined || name.posted === posted);
  // Copies are shown, names that are no longer there are not.
  const isSeenTwice = new Set(wanted.map(runKey)).size < wanted.length;
  return sortByPosted(isSeenTwice ? wanted.filter((entry) => inodeOf(board, entry) !== undefined) : wanted);
}
