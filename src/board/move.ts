/**
 * The one way in which an entry changes: rename as a compare-and-swap on its whole name. Of any number of claimers,
 * sweepers and operators exactly one wins each step. After any error a fresh readdir decides what happened, because a
 * file server may have done the rename and lost its answer.
 */
import { dayFolder, type EntryName, formatName, type HomeFolder } from '../model/name.ts';
import type { Board } from './board.ts';
import { faultKind } from './errors.ts';
import { makeBelow } from './fs.ts';
import { folderNames, type Located } from './scan.ts';

/** The folder on disk that an entry belongs to now: `done` is kept by day. */
export function folderOnDisk(board: Board, home: HomeFolder | 'removed'): string {
  return home === 'done' || home === 'removed' ? dayFolder(home, board.today()) : home;
}

export interface MoveOptions {
  /** Look whether the source still stands before saying `gone` (costs a readdir of its folder). Default true. */
  readonly checkSource?: boolean;
  /** Refuse to land on a name that exists. For moves whose target carries no claim: hand-made copies may have it. */
  readonly careful?: boolean;
  /** The folder on disk, where it is not the one that `home` has today. */
  readonly folder?: string | undefined;
}

/** Where it stands now; `gone`: someone else changed it first; `occupied`: the target's name exists (careful only). */
export type MoveResult = Located | 'gone' | 'occupied';

/** A readdir: on a file server a stat of a name may be half a minute old. A local disk's stat is true, and costs no listing. */
export function stands(board: Board, folder: string, file: string): boolean {
  return board.isShared ? folderNames(board, folder).includes(file) : board.fs.isThere(board.path(`${folder}/${file}`));
}

/** From this many names on a listing is kept for ten times as long as it took: a bulk operation costs no readdir an entry. */
const LARGE = 1_000;
const KEPT_FACTOR = 10;
const listings = new WeakMap<Board, Map<string, { readonly names: Set<string>; readonly untilMs: number }>>();

function isOccupied(board: Board, folder: string, file: string): boolean {
  if (!board.isShared) return stands(board, folder, file);
  const kept = listings.get(board) ?? new Map();
  listings.set(board, kept);
  const start = performance.now();
  const listing = kept.get(folder);
  // A name that stood there may have gone since: that is looked up anew.
  if (listing !== undefined && start < listing.untilMs && !listing.names.has(file)) return false;
  const names = new Set(folderNames(board, folder));
  const now = performance.now();
  if (names.size < LARGE) kept.delete(folder);
  else kept.set(folder, { names, untilMs: now + KEPT_FACTOR * (now - start) });
  return names.has(file);
}

/**
 * Renames `from` to `to` in the folder `home`.
 * @throws the system's error if it failed for any other reason than that the entry has changed.
 */
export function moveEntry(
  board: Board,
  from: Located,
  to: EntryName,
  home: HomeFolder | 'removed',
  options: MoveOptions = {},
): MoveResult {
  const folder = options.folder ?? folderOnDisk(board, home);
  const target: Located = { folder, file: formatName(to), name: to };
  if (target.file === from.file && folder === from.folder) return from;
  if (options.careful === true && isOccupied(board, folder, target.file)) return 'occupied';
  const source = board.path(`${from.folder}/${from.file}`);
  const path = board.path(`${folder}/${target.file}`);
  // One more round when only the day's folder was missing, or the lookup of the source was stale.
  for (let round = 0; ; round++) {
    try {
      board.fs.rename(source, path);
      break;
    } catch (error) {
      const kind = faultKind(error);
      if (kind === 'gone' && folder.includes('/')) makeBelow(board.fs, board.root, folder);
      if (stands(board, folder, target.file)) break;
      if (kind !== 'gone') throw error;
      if (options.checkSource === false || !stands(board, from.folder, from.file)) return 'gone';
      if (round > 0) throw error;
    }
  }
  board.settleDisk('strict', [from.folder, folder]);
  return target;
}
