/**
 * The board as bare names: what counts and lists ask for, without an object an entry. A million names take as long to read
 * as `ls -f` takes, and taking each of them apart would take five times that.
 */
import { isEntryFile, NameTable, NameView, orderOf, type State } from '../model/name.ts';
import type { Board } from './board.ts';
import { isGone } from './errors.ts';
import type { Filter } from './filter.ts';
import { foldersOf, isHidden, stateOf } from './scan.ts';

/**
 * One readdir: visits the names of a folder that are this board's entries. A missing folder is empty (a day that has not
 * been).
 * @returns how many files are none
 */
export function eachEntry(board: Board, folder: string, visit: (file: string) => void): number {
  const columns = board.stages.length;
  let foreign = 0;
  eachFile(board, folder, (file) => {
    if (isEntryFile(file, columns)) visit(file);
    else if (!isHidden(file)) foreign++;
  });
  return foreign;
}

function eachFile(board: Board, folder: string, visit: (file: string) => void): void {
  try {
    board.fs.eachName(board.path(folder), (file) => {
      visit(file);
      return true;
    });
  } catch (error) {
    // The board's own folders are there, or the board is not.
    if (!isGone(error) || !folder.includes('/')) throw error;
  }
}

/** An entry, as where it stands. */
export interface BareEntry {
  readonly file: string;
  readonly folder: string;
  readonly state: State;
}

/** Entries as bare names, some eighty bytes each. */
export interface Listing {
  readonly length: number;
  /** Files that are no entry of this board. */
  readonly foreign: number;
  /** What the numbers of groups in `table` stand for. */
  readonly folders: readonly { readonly folder: string; readonly state: State }[];
  readonly table: NameTable;
  /** Its records, in the order they are served. */
  readonly order: Uint32Array;
  entryAt(record: number): BareEntry;
  /** In the order they are served. */
  entries(): Iterable<BareEntry>;
}

/** Names that are added at a time. */
const AT_ONCE = 1_000;

/** The entries that a filter lets through. */
export function listBoard(board: Board, filter: Filter): Listing {
  // One name in two folders is told by folder.
  const folders = foldersOf(board, filter.states)
    .sort()
    .map((folder) => ({ folder, state: stateOf(folder) }));
  const table = new NameTable(board.stages.length);
  const view = new NameView();
  let foreign = 0;
  for (const [group, { folder, state }] of folders.entries()) {
    const refuse = (file: string): void => {
      if (!isHidden(file)) foreign++;
    };
    if (filter.isEmpty) {
      let files: string[] = [];
      const add = (): void => table.addAll(files, group).forEach(refuse);
      eachFile(board, folder, (file) => {
        if (files.push(file) < AT_ONCE) return;
        add();
        files = [];
      });
      add();
    } else
      eachFile(board, folder, (file) => {
        if (!table.add(file, group)) refuse(file);
        else if (!filter.test(view.read(file, state))) table.drop();
      });
  }
  const order = orderOf(table);
  const entryAt = (record: number): BareEntry => {
    const { folder, state } = folders[table.groupOf(record)] ?? { folder: '', state: 'queue' };
    return { file: table.textOf(record), folder, state };
  };
  function* entries(): Generator<BareEntry> {
    for (const record of order) yield entryAt(record);
  }
  return { length: table.length, foreign, folders, table, order, entryAt, entries };
}
