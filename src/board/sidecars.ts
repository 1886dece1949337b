/**
 * Sidecars: what a try that has succeeded leaves for later, as files of its own beside its products. They are on disk
 * before the fence, so that whoever finds the try's `e` can do the rest from them alone.
 */
import {
  leftMark,
  logFolder,
  productsFolder,
  SIDECARS,
  type Sidecar,
  sidecarPath,
  type TryName,
} from '../model/name.ts';
import type { Board } from './board.ts';
import { isExists, isGone } from './errors.ts';
import { makeBelow } from './fs.ts';

/** Texts of the files, as they are to stand there. */
export type Sidecars = Readonly<Partial<Record<Sidecar, string>>>;

export function hasSidecars(sidecars: Sidecars | undefined): boolean {
  return sidecars !== undefined && SIDECARS.some((kind) => sidecars[kind] !== undefined);
}

/**
 * Writes what a try leaves, and its mark among the logs first: who finds the one finds the other. May be called again
 * after any error: until the fence is passed nobody else reads these files.
 * @param counts false: of a try that failed, whose result says no more than why; nothing depends on it
 * @throws the system's error when the disk refuses
 */
export function writeSidecars(board: Board, name: TryName, sidecars: Sidecars | undefined, counts: boolean): void {
  const kinds = SIDECARS.filter((kind) => sidecars?.[kind] !== undefined);
  if (kinds.length === 0) return;
  if (counts) createIn(board, logFolder(name.dataset), leftMark(name), '', false);
  const folder = productsFolder(name.dataset, name.posted);
  const sync = counts && board.config.durability !== 'none';
  for (const kind of kinds) createIn(board, folder, sidecarPath(name, kind), sidecars?.[kind] ?? '', sync);
  if (counts) board.settleDisk('posts', foldersAbove(folder));
}

/** `products/x/20261121T120000` and the folders above it: all of them may be new. */
function foldersAbove(folder: string): string[] {
  const parts = folder.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

function createIn(board: Board, folder: string, path: string, content: string, sync: boolean): void {
  const absolute = board.path(path);
  for (let round = 0; ; round++) {
    try {
      board.fs.create(absolute, content, sync);
      return;
    } catch (error) {
      if (isExists(error)) break;
      if (!isGone(error) || round > 0) throw error;
      makeBelow(board.fs, board.root, folder);
    }
  }
  // An earlier attempt of this very try made it; a disk that refused may have left it torn.
  if (board.fs.read(absolute).content !== content) board.fs.overwrite(absolute, content, sync);
}
