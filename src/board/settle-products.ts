/** What a try has left in its product folder, made ready to become official: the group's, where the board is, and on the disk. */
import type { Board } from './board.ts';
import { syncTree } from './durable.ts';
import { DiskLostError, faultKind } from './errors.ts';
import { groupOf, shareTree } from './sharing.ts';

/** @throws the system's error; DiskLostError if an fsync fails */
export function settleProducts(board: Board, products: string): void {
  const group = groupOf(board);
  if (group !== undefined) shareTree(board.path(products), group);
  if (board.config.durability === 'none') return;
  try {
    syncTree(board.fs, board.path(products));
  } catch (error) {
    if (faultKind(error) !== 'io') throw error;
    throw new DiskLostError(`${products}: fsync failed: what is on this disk can't be trusted`, { cause: error });
  }
}
