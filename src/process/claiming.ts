/**
 * Claiming with trouble told apart: is it the disk, which blocks this process, or something about one entry (a file
 * where its folder should be), which then is held for a person to see while the others go on?
 */
import type { Board } from '../board/board.ts';
import { ClaimFailure, type ClaimRequest, type ClaimResult, claim, type Held, setAside } from '../board/claim.ts';
import { faultKind, faultText } from '../board/errors.ts';
import { probeDisk } from '../board/probe.ts';
import { type EntryName, UNFIT } from '../model/name.ts';

/** So many times trouble of device or server that the disk's probe does not share is taken for one that has passed. */
const MOST_PASSING = 3;
const passing = new WeakMap<Board, Map<string, number>>();

/** A lost answer, a server that was away for a moment: nothing that a person could mend about the entry. */
function hasPassed(board: Board, { dataset, posted }: EntryName, column: number, error: unknown): boolean {
  const kind = faultKind(error);
  if (kind !== 'io' && kind !== 'busy' && kind !== 'full') return false;
  const counts = passing.get(board) ?? new Map<string, number>();
  passing.set(board, counts);
  const key = `${dataset}.${posted}.${column}`;
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  return count <= MOST_PASSING;
}

/** @throws the system's error if it is the disk, or was */
export function attemptClaim(board: Board, request: ClaimRequest): ClaimResult {
  try {
    return claim(board, request);
  } catch (error) {
    if (!(error instanceof ClaimFailure)) throw error;
    probeDisk(board);
    if (hasPassed(board, error.at.name, error.claim.column, error.cause)) throw error.cause;
    const why = error.message;
    return { kind: 'unfit', why, at: setAside(board, error.at, error.claim, { cause: UNFIT, why }) };
  }
}

/**
 * What is wrong with an entry whose step could not be started.
 * @param giveBack called before it throws
 * @throws the system's error if it is the disk, or was
 */
export function ownTrouble(board: Board, held: Held, error: Error, giveBack: (why: string) => void): string {
  const why = `${'path' in error ? `${String(error.path)}: ` : ''}${faultText(error)}`;
  try {
    probeDisk(board);
  } catch (disk) {
    giveBack(why);
    throw disk;
  }
  if (hasPassed(board, held.at.name, held.claim.column, error)) {
    giveBack(why);
    throw error;
  }
  return why;
}
