/** What a try has left in its product folder, made ready to become official: the group's, where the board is, and on the disk. */
import { lstatSync } from 'node:fs';
import type { Board } from './board.ts';
import { ProductsError, syncTree } from './durable.ts';
import { DiskLostError, faultKind, isGone, pathText } from './errors.ts';
import { groupOf, shareTree } from './sharing.ts';

/** @throws the system's error; DiskLostError if an fsync fails; ProductsError for what can't be published as it is */
export function settleProducts(board: Board, products: string): void {
  const group = groupOf(board);
  if (group !== undefined) share(board.path(products), group);
  if (board.config.durability === 'none') return;
  try {
    syncTree(board.fs, board.path(products));
  } catch (error) {
    if (faultKind(error) !== 'io') throw error;
    throw new DiskLostError(`${products}: fsync failed: what is on this disk can't be trusted`, { cause: error });
  }
}

/** A step may have put a link in the folder's place: rights of what is behind it are not this board's to change. */
function share(path: string, group: number): void {
  let isOwn = false;
  try {
    isOwn = lstatSync(path).isDirectory();
    if (isOwn) shareTree(path, group);
  } catch (error) {
    if (!isGone(error) && faultKind(error) !== 'toolong') throw error;
    throw new ProductsError(pathText(error));
  }
  if (!isOwn) throw new ProductsError(`${path}: its folder of products was replaced`);
}
