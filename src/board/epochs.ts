/**
 * Which epochs of a run have been used: told by the logs and product folders that bear them. An epoch that was turned
 * back by hand is noticed so, before a step starts.
 */
import { logFolder, productsFolder, type TryName } from '../model/name.ts';
import type { Board } from './board.ts';
import { isExists } from './errors.ts';
import type { Located } from './scan.ts';
import { listLogs, listProducts } from './tries.ts';

/** Where entries stood after the last try of this process: nobody has claimed them since its own claim. */
const unclaimedSince = new WeakSet<Located>();

/**
 * A try has ended, and its entry stands at `at` now. If the name still bears the try's own epoch, no branch was claimed
 * meanwhile: what was true of the epochs at that claim holds for the next one that begins with this very name.
 */
export function tryEnded(at: Located, name: TryName): void {
  if (at.name.epoch === name.epoch) unclaimedSince.add(at);
}

/**
 * The epochs that a claim's own must not be among.
 * @param from where the entry stood before the claim
 * @param products whether the stage makes products: a stage without can't meet those of others
 */
export function usedEpochs(board: Board, from: Located, name: TryName, products: boolean): ReadonlySet<number> {
  const used = new Set<number>();
  if (!unclaimedSince.has(from) && !isFirst(board, name)) {
    for (const log of listLogs(board, name.dataset)) if (log.posted === name.posted) used.add(log.epoch);
  }
  if (products && board.fs.isFolder(board.path(productsFolder(name.dataset, name.posted)))) {
    for (const { epoch } of listProducts(board, name.dataset, name.posted)) used.add(epoch);
  }
  return used;
}

/** A first claim makes the dataset's log folder: where it could, there is nothing to list. */
function isFirst(board: Board, name: TryName): boolean {
  if (name.epoch !== 1) return false;
  try {
    board.fs.mkdir(board.path(logFolder(name.dataset)));
    return true;
  } catch (error) {
    if (!isExists(error)) throw error;
    return false;
  }
}
