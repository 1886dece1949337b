/** The views of a transactional board: reading them, making them, and the link that shows one. */
import {
  FOLDERS,
  newPublishedLink,
  PUBLISHED_FOLDER,
  parseProductsTarget,
  parseViewName,
  parseViewTarget,
  productsFolder,
  productsTarget,
  publishedLink,
  type ViewMark,
  type ViewName,
  viewFolder,
  viewMark,
  viewTarget,
} from '../model/name.ts';
import type { Board } from './board.ts';
import { isExists, isGone, isNoLink } from './errors.ts';
import { makeBelow } from './fs.ts';
import { folderNames } from './scan.ts';

/** Stage → epoch of the try whose products are shown. */
export type Contents = ReadonlyMap<string, number>;

export interface View {
  readonly number: number;
  readonly hasFolder: boolean;
  readonly isOk: boolean;
  readonly isGone: boolean;
}

/** The views of a run, by number; `files` are the names in its product folder. */
export function viewsAmong(files: readonly string[]): View[] {
  const names = files.flatMap((file) => parseViewName(file) ?? []);
  const has = (number: number, mark: ViewMark | undefined): boolean =>
    names.some((name) => name.number === number && name.mark === mark);
  return [...new Set(names.map(({ number }) => number))]
    .sort((a, b) => a - b)
    .map((number) => ({
      number,
      hasFolder: has(number, undefined),
      isOk: has(number, 'ok'),
      isGone: has(number, 'gone'),
    }));
}

/** What a view shows. A link that somebody else has put there makes it no view of ours. */
export function readView(board: Board, name: ViewName): Contents | undefined {
  const folder = viewFolder(name);
  const contents = new Map<string, number>();
  for (const stage of folderNames(board, folder)) {
    const target = readLink(board, `${folder}/${stage}`);
    const products = target === undefined ? undefined : parseProductsTarget(target);
    if (products?.stage !== stage) return undefined;
    contents.set(stage, products.epoch);
  }
  return contents;
}

/** @returns false: there is one of this number */
export function makeView(board: Board, name: ViewName, contents: Contents): boolean {
  const folder = viewFolder(name);
  const above = productsFolder(name.dataset, name.posted);
  for (let round = 0; ; round++) {
    try {
      board.fs.mkdir(board.path(folder));
      break;
    } catch (error) {
      if (isExists(error)) return false;
      if (!isGone(error) || round > 0) throw error;
      makeBelow(board.fs, board.root, above);
    }
  }
  for (const [stage, epoch] of contents) {
    const path = `${folder}/${stage}`;
    try {
      board.fs.symlink(productsTarget(stage, epoch), board.path(path));
    } catch (error) {
      // The folder is this call's own: the answer was lost.
      if (!isExists(error) || readLink(board, path) !== productsTarget(stage, epoch)) throw error;
    }
  }
  board.settleDisk('posts', [folder, above]);
  return true;
}

/** The view that readers of a dataset see; undefined: none, or something of somebody else's. */
export function shownView(board: Board, dataset: string): ViewName | undefined {
  const shown = lookAtLink(board, dataset);
  return shown === 'none' || shown === 'foreign' ? undefined : shown;
}

/** `foreign`: something that no commit has put there. */
export function lookAtLink(board: Board, dataset: string): ViewName | 'none' | 'foreign' {
  const target = readLink(board, publishedLink(dataset));
  if (target === undefined) return 'none';
  const name = parseViewTarget(target);
  return name?.dataset === dataset ? name : 'foreign';
}

/** Undefined: there is nothing; empty: no link. */
function readLink(board: Board, path: string): string | undefined {
  try {
    return board.fs.readlink(board.path(path));
  } catch (error) {
    if (isGone(error)) return undefined;
    if (isNoLink(error)) return '';
    throw error;
  }
}

/** A later run's, or a later one of the same run. */
export function isLater(a: ViewName, b: ViewName): boolean {
  return a.posted === b.posted ? a.number > b.number : a.posted > b.posted;
}

/**
 * Shows a view: a link beside the old one, renamed onto it, so that every reader finds the one or the other. One that is
 * later stays.
 * @returns `obstructed`: something of somebody else's stands there, and is left alone
 */
export function showView(board: Board, name: ViewName): 'shown' | 'later' | 'obstructed' {
  for (let round = 0; ; round++) {
    const shown = lookAtLink(board, name.dataset);
    if (shown === 'foreign') return 'obstructed';
    if (shown !== 'none' && !isLater(name, shown)) return isLater(shown, name) ? 'later' : 'shown';
    const made = newPublishedLink(name);
    makeLink(board, viewTarget(name), made);
    try {
      board.fs.rename(board.path(made), board.path(publishedLink(name.dataset)));
      board.settleDisk('posts', [PUBLISHED_FOLDER]);
      return 'shown';
    } catch (error) {
      // Done by another process, or done and the answer lost: the next look tells. Else once more, then it is said.
      const now = lookAtLink(board, name.dataset);
      if (now === 'foreign' || (now !== 'none' && !isLater(name, now))) continue;
      if (!isGone(error) || round > 2) throw error;
    }
  }
}

function makeLink(board: Board, target: string, path: string): void {
  for (let round = 0; ; round++) {
    try {
      board.fs.symlink(target, board.path(path));
      return;
    } catch (error) {
      // Its name says where it points: a crash left it, or another process is about to rename it.
      if (isExists(error)) return;
      if (!isGone(error) || round > 0) throw error;
      makePublished(board);
    }
  }
}

function makePublished(board: Board): void {
  try {
    board.fs.mkdir(board.path(PUBLISHED_FOLDER));
  } catch (error) {
    if (!isExists(error)) throw error;
  }
}

/** Takes the link of a run away; that of another run stays. */
export function hideRun(board: Board, dataset: string, posted: string): boolean {
  if (shownView(board, dataset)?.posted !== posted) return false;
  try {
    board.fs.unlink(board.path(publishedLink(dataset)));
  } catch (error) {
    if (!isGone(error)) throw error;
  }
  board.settleDisk('posts', [PUBLISHED_FOLDER]);
  return true;
}

/** Takes the link of a dataset away whose products are about to go. */
export function hideDataset(board: Board, dataset: string): void {
  const shown = shownView(board, dataset);
  if (shown !== undefined) hideRun(board, dataset, shown.posted);
}

/** Runs of a dataset that have left products, oldest first. */
export function runsWithProducts(board: Board, dataset: string): string[] {
  return folderNames(board, `${FOLDERS.products}/${dataset}`).sort();
}

export function markView(board: Board, name: ViewName): void {
  try {
    board.fs.create(board.path(viewMark(name, 'ok')), '', board.config.durability !== 'none');
  } catch (error) {
    if (!isExists(error)) throw error;
  }
  board.settleDisk('posts', [productsFolder(name.dataset, name.posted)]);
}
