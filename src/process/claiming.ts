/**
 * Claiming with trouble told apart: is it the disk, which blocks this process, or something about one entry (a file
 * where its folder should be), which then is held for a person to see while the others go on?
 */
import type { Board } from '../board/board.ts';
import { ClaimFailure, type ClaimRequest, type ClaimResult, claim, setAside } from '../board/claim.ts';
import { faultText } from '../board/errors.ts';
import { probeDisk } from '../board/probe.ts';
import { UNFIT } from '../model/name.ts';

/** @throws the system's error if it is the disk */
export function attemptClaim(board: Board, request: ClaimRequest): ClaimResult {
  try {
    return claim(board, request);
  } catch (error) {
    if (!(error instanceof ClaimFailure)) throw error;
    probeDisk(board);
    const why = error.message;
    return { kind: 'unfit', why, at: setAside(board, error.at, error.claim, { cause: UNFIT, why }) };
  }
}

/**
 * What is wrong with an entry whose step could not be started.
 * @param giveBack called before it throws
 * @throws the system's error if it is the disk
 */
export function ownTrouble(board: Board, error: Error, giveBack: (why: string) => void): string {
  const why = `${'path' in error ? `${String(error.path)}: ` : ''}${faultText(error)}`;
  try {
    probeDisk(board);
  } catch (disk) {
    giveBack(why);
    throw disk;
  }
  return why;
}
