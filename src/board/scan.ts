/**
 * What stands on the board: one readdir a folder, never a stat an entry. A scan is not a snapshot: an entry under
 * rename may be missing or stand under two names. Decisions are made on names and confirmed by renames.
 */
import { DAY_FOLDERS, dayFolder, type EntryName, isDay, LIVE_FOLDERS, parseName, type State } from '../model/name.ts';
import type { Board } from './board.ts';
import { isGone } from './errors.ts';

/** An entry and where it stands: `folder` is relative to the board (`queue`, `done/2026-11-21`). */
export interface Located {
  readonly folder: string;
  readonly file: string;
  readonly name: EntryName;
}

/** A file that is no entry of this board; left alone. */
export interface Foreign {
  readonly folder: string;
  readonly file: string;
  /** Offset of the wrong character in `file`. */
  readonly at: number;
  readonly why: string;
}

export interface FolderScan {
  readonly entries: Located[];
  readonly foreign: Foreign[];
}

/** Dot files are foreign to every folder and never reported: editors, NFS (`.nfs…`) and probes make them. */
export function isHidden(file: string): boolean {
  return file.startsWith('.');
}

/** Reads a name in a folder as an entry of this board. */
export function readName(board: Board, folder: string, file: string): Located | Foreign {
  const parsed = parseName(file);
  if (!parsed.ok) return { folder, file, at: parsed.at, why: parsed.why };
  const { name } = parsed;
  if (name.letters.length !== board.stages.length) {
    const at = file.indexOf(name.letters);
    return { folder, file, at, why: `it has ${name.letters.length} columns, and the board has ${board.stages.length}` };
  }
  return { folder, file, name };
}

export function isLocated(read: Located | Foreign): read is Located {
  return 'name' in read;
}

/**
 * One readdir. A missing folder is empty (a day that has not been).
 * @param before entries of an earlier look at the same folder, by file: a name that stands there still is not taken apart
 *   again, for what it says never changes
 */
export function scanFolder(board: Board, folder: string, before?: ReadonlyMap<string, Located>): FolderScan {
  const scan: FolderScan = { entries: [], foreign: [] };
  for (const file of folderNames(board, folder)) {
    if (isHidden(file)) continue;
    const read = before?.get(file) ?? readName(board, folder, file);
    if (isLocated(read)) scan.entries.push(read);
    else scan.foreign.push(read);
  }
  return scan;
}

export function folderNames(board: Board, folder: string): string[] {
  try {
    return board.fs.names(board.path(folder));
  } catch (error) {
    // The board's own folders are there, or the board is not.
    if (isGone(error) && folder.includes('/')) return [];
    throw error;
  }
}

/** Days below `done/` or `removed/`, the latest first. */
export function days(board: Board, folder: 'done' | 'removed' | 'journal'): string[] {
  return folderNames(board, folder).filter(isDay).sort().reverse();
}

/** The state that a folder stands for. */
export function stateOf(folder: string): State {
  return folder.split('/')[0] as State;
}

/** All folders that hold entries of these states, days included. */
export function foldersOf(board: Board, states: Iterable<State>): string[] {
  const wanted = new Set(states);
  const live: string[] = LIVE_FOLDERS.filter((folder) => wanted.has(folder));
  const dated = DAY_FOLDERS.filter((folder) => wanted.has(folder)).flatMap((folder) =>
    days(board, folder).map((day) => dayFolder(folder, day)),
  );
  return [...live, ...dated];
}

export const ALL_STATES: readonly State[] = [...LIVE_FOLDERS, ...DAY_FOLDERS];

/** All entries of these states (default: all but removed). */
export function scanBoard(board: Board, states: Iterable<State> = [...LIVE_FOLDERS, 'done']): FolderScan {
  const scan: FolderScan = { entries: [], foreign: [] };
  for (const folder of foldersOf(board, states)) {
    const { entries, foreign } = scanFolder(board, folder);
    for (const entry of entries) scan.entries.push(entry);
    for (const file of foreign) scan.foreign.push(file);
  }
  return scan;
}

/**
 * Entries of these datasets, wherever they stand. Names are compared by their end first, so that a look among 200,000
 * parses only what may be meant.
 */
export function findDatasets(board: Board, datasets: ReadonlySet<string>, states?: Iterable<State>): Located[] {
  return findDatasetsIn(board, datasets, foldersOf(board, states ?? [...LIVE_FOLDERS, 'done']));
}

/** The same in these folders. */
export function findDatasetsIn(board: Board, datasets: ReadonlySet<string>, folders: Iterable<string>): Located[] {
  const found: Located[] = [];
  for (const folder of folders) {
    for (const file of folderNames(board, folder)) {
      const dataset = datasetOfFile(file);
      if (dataset === undefined || !datasets.has(dataset)) continue;
      const read = readName(board, folder, file);
      if (isLocated(read)) found.push(read);
    }
  }
  return found;
}

/** The dataset's field of a file name, without checking the rest. */
export function datasetOfFile(file: string): string | undefined {
  let at = 0;
  for (let dots = 0; dots < 5; dots++) {
    at = file.indexOf('.', at) + 1;
    if (at === 0) return undefined;
  }
  const sign = file.indexOf('@', at);
  return sign < 0 ? file.slice(at) : file.slice(at, sign);
}
