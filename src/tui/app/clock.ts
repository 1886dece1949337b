/** The board's clock for a dashboard that only looks. */
import type { Board } from '../../board/board.ts';
import { BoardError, isSystemError } from '../../board/errors.ts';

/** Milliseconds that the board's clock is ahead of this host's: measured once; a board that can't be written to tells none. */
export function clockOffset(board: Board): number {
  try {
    return board.now() - Date.now();
  } catch (error) {
    if (!(error instanceof BoardError) && !isSystemError(error)) throw error;
    return 0;
  }
}
