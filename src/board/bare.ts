/**
 * The board as bare names: what counts and lists ask for, without an object an entry. A million names take as long to read
 * as `ls -f` takes, and taking each of them apart would take five times that.
 */
import { isEntryFile, NameView, type State } from '../model/name.ts';
import type { Board } from './board.ts';
import { isGone } from './errors.ts';
import type { Filter } from './filter.ts';
import { folderNames, foldersOf, isHidden, stateOf } from './scan.ts';

/**
 * One readdir: visits the names of a folder that are this board's entries. A missing folder is empty (a day that has not
 * been).
 * @returns how many files are none
 */
export function eachEntry(board: Board, folder: string, visit: (file: string) => void): number {
  const columns = board.stages.length;
  let foreign = 0;
  try {
    board.fs.eachName(board.path(folder), (file) => {
      if (isEntryFile(file, columns)) visit(file);
      else if (!isHidden(file)) foreign++;
      return true;
    });
  } catch (error) {
    // The board's own folders are there, or the board is not.
    if (!isGone(error) || !folder.includes('/')) throw error;
  }
  return foreign;
}

/** An entry, as where it stands. */
export interface BareEntry {
  readonly file: string;
  readonly folder: string;
  readonly state: State;
}

/** Entries as bare names, in the order they are served; a hundred bytes each. */
export interface Listing {
  readonly length: number;
  /** Files that are no entry of this board. */
  readonly foreign: number;
  entries(): Iterable<BareEntry>;
}

/** A folder's entries, in order. */
interface Run {
  readonly folder: string;
  readonly state: State;
  readonly files: readonly string[];
}

/** The entries that a filter lets through. */
export function listBoard(board: Board, filter: Filter): Listing {
  const runs: Run[] = [];
  let foreign = 0;
  for (const folder of foldersOf(board, filter.states)) {
    const state = stateOf(folder);
    const files = folderNames(board, folder);
    foreign += keepEntries(board, files, state, filter);
    // Node hands over the names in order, though it does not promise to: what is in order is sorted in no time, and lies
    // in memory as it is going to be read, which is worth more than the half second that its sorting a million takes.
    runs.push({ folder, state, files: files.sort() });
  }
  const length = runs.reduce((sum, { files }) => sum + files.length, 0);
  return { length, foreign, entries: () => merged(runs) };
}

/** Leaves of the files those that are entries and that the filter lets through. @returns how many are no entries */
function keepEntries(board: Board, files: string[], state: State, filter: Filter): number {
  const columns = board.stages.length;
  const view = new NameView();
  let kept = 0;
  let foreign = 0;
  for (const file of files) {
    if (!isEntryFile(file, columns)) {
      if (!isHidden(file)) foreign++;
    } else if (filter.isEmpty || filter.test(view.read(file, state))) files[kept++] = file;
  }
  files.length = kept;
  return foreign;
}

/** How far a run has been told. */
interface Head {
  readonly run: Run;
  at: number;
}

/** All runs in one order: by name, the same name by folder. */
function* merged(runs: readonly Run[]): Generator<BareEntry> {
  const heads: Head[] = [];
  for (const run of runs) if (run.files.length > 0) insert(heads, { run, at: 0 });
  for (let head = heads.shift(); head !== undefined; head = heads.shift()) {
    const { folder, state, files } = head.run;
    const [next] = heads;
    do yield { file: files[head.at++] ?? '', folder, state };
    while (head.at < files.length && (next === undefined || isBefore(head, next)));
    if (head.at < files.length) insert(heads, head);
  }
}

function insert(heads: Head[], head: Head): void {
  const at = heads.findIndex((other) => isBefore(head, other));
  heads.splice(at < 0 ? heads.length : at, 0, head);
}

function isBefore(a: Head, b: Head): boolean {
  const [left = '', right = ''] = [a.run.files[a.at], b.run.files[b.at]];
  return left === right ? a.run.folder < b.run.folder : left < right;
}
