/** What a stage process makes sure of before it is one: that it may write, and that its group can use what it makes. */
import type { Board } from '../board/board.ts';
import { reservationsHere } from '../board/reservations.ts';
import { requireRights, worldWritable } from '../board/rights.ts';
import { useUmaskOf } from '../board/sharing.ts';
import { LIMITS_FOLDER, PUBLISHED_FOLDER, RESERVATIONS_FOLDER, TIMERS_FOLDER } from '../model/name.ts';
import type { Log } from './log-lines.ts';
import type { ServedStages } from './stages.ts';

/** Not every board has them; where they are, they are written to. */
const LATE_FOLDERS: readonly string[] = [LIMITS_FOLDER, PUBLISHED_FOLDER, TIMERS_FOLDER];

/** @throws RightsError: it may not; nothing was changed */
export function requireToRun(board: Board, stages: ServedStages): void {
  const late = LATE_FOLDERS.filter((folder) => board.fs.isFolder(board.path(folder)));
  const reserved = stages.reserve ? [RESERVATIONS_FOLDER, reservationsHere(board.host)] : [];
  requireRights(board, 'run', [...late, ...reserved]);
}

/** Before anything is started: what is started has its umask from here. */
export function settleIn(board: Board, log: Log): void {
  useUmaskOf(board);
  const open = worldWritable(board);
  if (open !== undefined) log('world-writable', open);
}
