/** Entries of the board without their link in `ids/`: put back by hand, or somebody has taken it away. */
import type { Board } from './board.ts';
import { placeOf } from './copies.ts';
import { faultKind, isGone } from './errors.ts';
import { acquireId, identifyFile, identifyHolder } from './ids.ts';
import type { Located } from './scan.ts';

/** Of an entry that has something in it and no link, looked at anew: it may have been moved, or have got one meanwhile. */
export function bareInode(board: Board, entry: Located): bigint | undefined {
  try {
    const own = identifyFile(board, placeOf(entry));
    const isBare = own !== undefined && own.size > 0 && identifyHolder(board, entry.name.dataset) === undefined;
    return isBare ? own.ino : undefined;
  } catch (error) {
    // Of those that this account may not read, `checkContents` tells.
    if (faultKind(error) !== 'denied') throw error;
    return undefined;
  }
}

/** As its next claim would. @returns false if it could not be done */
export function giveLink(board: Board, entry: Located): boolean {
  const { dataset, posted } = entry.name;
  try {
    const ino = bareInode(board, entry);
    if (ino === undefined) return true;
    if (acquireId(board, placeOf(entry), dataset, ino) === 'taken') return false;
    board.journal.write('link', { dataset, posted });
    return true;
  } catch (error) {
    // Moved meanwhile; or another account's file, which the system lets nobody else link.
    if (!isGone(error) && faultKind(error) !== 'denied') throw error;
    return false;
  }
}
