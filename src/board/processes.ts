/** The stage processes of a board as their status files tell of them, and what is to be thought of it. */
import { FOLDERS } from '../model/name.ts';
import type { Board } from './board.ts';
import { isGone } from './errors.ts';
import { askKernel, ownMark } from './host.ts';
import { readStatuses, type StatusFile } from './status.ts';

export interface ProcessRow {
  readonly status: StatusFile;
  /** Since its status file was last written; undefined if it has just gone. */
  readonly beatMs: number | undefined;
  /** Longer silent than a lease. A single look proves nothing: only that it is worth another. */
  readonly isSilent: boolean;
  /** Found dead by another process, or ended, as the kernel of this host knows: what its file says of it is over. */
  readonly isDead: boolean;
}

export function processRows(board: Board): ProcessRow[] {
  const nowMs = board.now();
  const own = ownMark();
  return readStatuses(board).map((status) => {
    const beatMs = beatOf(board, status.file, nowMs);
    const isEnded = status.content !== undefined && askKernel(status.content, own) === 'dead';
    const isDead = isEnded || status.name.order === 'lost';
    return { status, beatMs, isSilent: !isDead && beatMs !== undefined && beatMs > board.leaseMs, isDead };
  });
}

function beatOf(board: Board, file: string, nowMs: number): number | undefined {
  try {
    const { mtimeMs } = board.fs.identify(board.path(`${FOLDERS.processes}/${file}`));
    return Math.max(0, nowMs - mtimeMs);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}
