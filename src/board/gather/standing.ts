/** Where a member of a group stands, and whether that is far enough. Pure but for the board's graph. */
import { parentsFinished } from '../../model/home.ts';
import { isFinished } from '../../model/letters.ts';
import type { State } from '../../model/name.ts';
import { DONE } from '../../model/needs.ts';
import type { Board } from '../board.ts';
import { type Located, stateOf } from '../scan.ts';

export type Standing = State | 'ready' | 'absent';

/** How far: a column and all that comes before it, or everything. Undefined: the board has no such stage. */
export function isReached(board: Board, { folder, name }: Located, until: string): boolean {
  if (stateOf(folder) === 'removed') return false;
  const { letters } = name;
  if (until === DONE) return [...letters].every((letter) => isFinished(letter as never));
  const column = board.column(until);
  return column >= 0 && isFinishedUpTo(board, letters, column);
}

function isFinishedUpTo(board: Board, letters: string, column: number): boolean {
  const seen = new Set([column]);
  for (const at of seen) {
    if (!isFinished(letters[at] as never)) return false;
    if (parentsFinished(letters, at, board.graph)) for (const parent of board.graph.parents[at] ?? []) seen.add(parent);
    else return false;
  }
  return true;
}

/** Where it stands, in a word. */
export function standingOf(board: Board, sight: Located | undefined, until: string): Standing {
  if (sight === undefined) return 'absent';
  return isReached(board, sight, until) ? 'ready' : stateOf(sight.folder);
}
