/**
 * `ids/<dataset>`: a hard link to the entry's file while it is on the board. It makes a dataset unique and shows a
 * loss. Judged on the opened file: two links = on the board, one = its entry is lost.
 */
import { randomBytes } from 'node:crypto';
import { FOLDERS, idPath } from '../model/name.ts';
import type { Board } from './board.ts';
import { parseContent } from './content.ts';
import { isExists, isGone } from './errors.ts';
import type { Identity } from './fs.ts';
import { datasetOfFile, folderNames, foldersOf, type Located } from './scan.ts';

/** Who holds a dataset. `over`: an entry that is finished or removed, whose link was left behind by a crash. */
export type Holder = 'nobody' | 'me' | 'live' | 'lost' | 'over';

/** The file behind `ids/<dataset>`, opened; undefined if there is none. */
export function identifyHolder(board: Board, dataset: string): Identity | undefined {
  return identifyFile(board, idPath(dataset));
}

/** A file of the board, opened; undefined if there is none. */
export function identifyFile(board: Board, path: string): Identity | undefined {
  try {
    return board.fs.identify(board.path(path));
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** Which run holds a dataset, as its content says, and which file; `posted` is empty for one that does not say. */
export interface HeldBy {
  readonly posted: string;
  readonly ino: bigint;
}

/**
 * Undefined: nobody holds it, or its entry is lost. Right but for a link that a crash has left behind, which housekeeping
 * takes away. One open.
 */
export function heldBy(board: Board, dataset: string): HeldBy | undefined {
  try {
    const { content, identity } = board.fs.read(board.path(idPath(dataset)));
    if (identity.links < 2) return undefined;
    const parsed = parseContent(content);
    const posted = typeof parsed === 'string' ? '' : (parsed.repeated?.posted ?? '');
    return { posted, ino: identity.ino };
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** The posted time of the run that holds a dataset, likewise. */
export function heldRun(board: Board, dataset: string): string | undefined {
  return heldBy(board, dataset)?.posted;
}

/** Datasets that stand in `done/` or `removed/`, with the inodes' owners looked up only when asked. One readdir a day. */
export class OverIndex {
  readonly #board: Board;
  #paths: Map<string, string[]> | undefined;

  constructor(board: Board) {
    this.#board = board;
  }

  /** True if the inode is that of a finished or removed entry of this dataset. */
  holds(dataset: string, ino: bigint): boolean {
    return this.find(dataset, ino) !== undefined;
  }

  /** Where a finished or removed entry of this dataset with this inode stands. */
  find(dataset: string, ino: bigint): string | undefined {
    this.#paths ??= this.#read();
    return (this.#paths.get(dataset) ?? []).find((path) => identifyFile(this.#board, path)?.ino === ino);
  }

  #read(): Map<string, string[]> {
    const paths = new Map<string, string[]>();
    for (const { dataset, path } of overEntries(this.#board)) paths.set(dataset, [...(paths.get(dataset) ?? []), path]);
    return paths;
  }
}

function* overEntries(board: Board): Generator<{ dataset: string; path: string }> {
  for (const folder of foldersOf(board, ['done', 'removed'])) {
    for (const file of folderNames(board, folder)) {
      const dataset = datasetOfFile(file);
      if (dataset !== undefined) yield { dataset, path: `${folder}/${file}` };
    }
  }
}

export function judgeHolder(board: Board, dataset: string, mine: bigint, over = new OverIndex(board)): Holder {
  return judge(dataset, identifyHolder(board, dataset), mine, over);
}

function judge(dataset: string, holder: Identity | undefined, mine: bigint, over: OverIndex): Holder {
  if (holder === undefined) return 'nobody';
  if (holder.ino === mine) return 'me';
  if (holder.links < 2) return 'lost';
  return over.holds(dataset, holder.ino) ? 'over' : 'live';
}

export type Acquired = 'linked' | 'mine' | 'taken';

/**
 * Gives the entry at `path` (relative) its link. `mine`: it had it; `taken`: another live entry holds the dataset.
 * A link confirmed lost or over is taken from its holder.
 */
export function acquireId(
  board: Board,
  path: string,
  dataset: string,
  ino: bigint,
  over = new OverIndex(board),
): Acquired {
  for (let round = 0; round < 3; round++) {
    try {
      board.fs.link(board.path(path), board.path(idPath(dataset)));
      return 'linked';
    } catch (error) {
      // A lost answer says EEXIST as well: then the link is mine.
      if (!isExists(error)) throw error;
    }
    const holder = identifyHolder(board, dataset);
    const judged = judge(dataset, holder, ino, over);
    if (judged === 'me') return 'mine';
    if (judged === 'live') return 'taken';
    if (holder !== undefined) setAside(board, dataset, holder, over);
  }
  return 'taken';
}

/** Takes a link that was judged lost or over out of the way. */
function setAside(board: Board, dataset: string, judged: Identity, over: OverIndex): void {
  // To judge may have taken long: another post may have taken the dataset over meanwhile.
  if (identifyHolder(board, dataset)?.ino !== judged.ino) return;
  takeLink(board, dataset, ({ ino, links }) => {
    if (ino !== judged.ino) return false;
    return judged.links < 2 ? links < 2 : over.holds(dataset, ino);
  });
}

/**
 * Takes `ids/<dataset>` away. No system call unlinks a name only if it is a given file: so it gets a name of its own first, and
 * what should not have been taken (a newer link, or that of an entry that has come back onto the board) is put back.
 */
function takeLink(board: Board, dataset: string, isOver: (taken: Identity) => boolean): void {
  const path = board.path(idPath(dataset));
  const aside = board.path(`${FOLDERS.tmp}/.stale-${randomBytes(6).toString('hex')}`);
  try {
    board.fs.rename(path, aside);
  } catch (error) {
    // Somebody else was faster.
    if (isGone(error)) return;
    throw error;
  }
  if (!isOver(board.fs.identify(aside))) {
    try {
      board.fs.link(aside, path);
    } catch (error) {
      if (!isExists(error)) throw error;
    }
  }
  board.fs.unlink(aside);
}

/**
 * Removes `ids/<dataset>` if it is a link to this inode, whose file has left the board and stands at `path`.
 * @param isOwn it was, a moment ago: another link is not expected, and not looked for first
 */
export function releaseId(board: Board, dataset: string, ino: bigint, path: string, isOwn = false): void {
  if (!isOwn && identifyHolder(board, dataset)?.ino !== ino) return;
  // One link: it is the last name of a file that was taken back.
  const isOff = (links: number): boolean => links < 2 || identifyFile(board, path)?.ino === ino;
  takeLink(board, dataset, (taken) => taken.ino === ino && isOff(taken.links));
}

/** Unlinks `ids/<dataset>` of an entry that has left the board, if it is the same file. */
export function releaseIdOf(board: Board, { folder, file, name }: Located): void {
  const path = `${folder}/${file}`;
  const ino = identifyFile(board, path)?.ino;
  if (ino !== undefined) releaseId(board, name.dataset, ino, path);
}
