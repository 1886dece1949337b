/**
 * The board as bare names: what counts and lists ask for, without an object an entry. A million names take as long to read
 * as `ls -f` takes, and taking each of them apart would take five times that.
 */
import { isEntryFile, NameView, type State } from '../model/name.ts';
import type { Board } from './board.ts';
import { isGone } from './errors.ts';
import type { Filter } from './filter.ts';
import { foldersOf, isHidden, stateOf } from './scan.ts';
import { sortNames } from './serve-order.ts';

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
  /** The same in the order in which they lie in memory: that is several times as quick. */
  unordered(): Iterable<BareEntry>;
}

const NOWHERE = { folder: '', state: 'queue' } as const;

/** The entries that a filter lets through. */
export function listBoard(board: Board, filter: Filter): Listing {
  const files: string[] = [];
  const folders = foldersOf(board, filter.states).map((folder) => ({ folder, state: stateOf(folder) }));
  /** Of each folder, how many names there are when it has been read. */
  const ends: number[] = [];
  const view = new NameView();
  let foreign = 0;
  for (const { folder, state } of folders) {
    foreign += eachEntry(board, folder, (file) => {
      if (filter.isEmpty || filter.test(view.read(file, state))) files.push(file);
    });
    ends.push(files.length);
  }
  const places = new Uint16Array(files.length);
  for (const [place, end] of ends.entries()) places.fill(place, ends[place - 1] ?? 0, end);
  const folderOf = (at: number): string => (folders[places[at] ?? 0] ?? NOWHERE).folder;
  const order = sortNames(files, (a, b) => {
    const [left, right] = [folderOf(a), folderOf(b)];
    return left < right ? -1 : left > right ? 1 : 0;
  });
  const entryAt = (at: number): BareEntry => {
    const { folder, state } = folders[places[at] ?? 0] ?? NOWHERE;
    return { file: files[at] ?? '', folder, state };
  };
  return {
    length: files.length,
    foreign,
    *entries() {
      for (const at of order) yield entryAt(at);
    },
    *unordered() {
      for (let at = 0; at < files.length; at++) yield entryAt(at);
    },
  };
}
