/** Taking an entry off the board, for a reason that its poster has: what `slate remove` does, asked for by no person. */
import { type Claim, claimsOf, fittingTags, LIVE_FOLDERS } from '../model/name.ts';
import type { Board } from './board.ts';
import { dropGroup } from './groups.ts';
import { releaseIdOf } from './ids.ts';
import { isEntry } from './locate.ts';
import { moveEntry } from './move.ts';
import { findDatasets, type Located } from './scan.ts';
import { giveUpAfter } from './transaction.ts';
import { leaveTrace } from './tries.ts';

/** Finishes a column that is `e` forward; `gone`: its name has changed meanwhile. */
export type Forward = (board: Board, at: Located, column: number) => Located | 'gone';

const ROUNDS = 20;

/** @returns false if it has left the board by itself, or can't be moved */
export function takeOff(board: Board, entry: Located, reason: string, forward: Forward): boolean {
  let at: Located | undefined = entry;
  for (let round = 0; round < ROUNDS && at !== undefined; round++) {
    const { name }: Located = at;
    const ending: Claim | undefined = claimsOf(name).find(({ column }) => name.letters[column] === 'e');
    const next: Located | 'gone' | 'occupied' =
      ending === undefined ? remove(board, at) : forward(board, at, ending.column);
    if (next === 'occupied') return false;
    if (ending === undefined && next !== 'gone') {
      const { dataset, posted, class: cls } = name;
      const change = { from: name.letters, to: next.name.letters, folder: next.folder };
      board.journal.write('remove', { dataset, posted, class: cls, ...change, reason });
      return true;
    }
    at = next === 'gone' ? again(board, at) : next;
  }
  return false;
}

function remove(board: Board, at: Located): Located | 'gone' | 'occupied' {
  const tags = fittingTags(at.name).filter((tag) => tag.kind === 'cause');
  const moved = moveEntry(board, at, { ...at.name, tags }, 'removed', { careful: true });
  if (typeof moved === 'string') return moved;
  dropGroup(board, moved.name);
  giveUpAfter(board, moved.name);
  leaveTrace(board, moved.name);
  releaseIdOf(board, moved);
  return moved;
}

/** The same run under the name that it has now. Two looks: one may miss an entry under rename. */
function again(board: Board, at: Located): Located | undefined {
  for (let look = 0; look < 2; look++) {
    const found = findDatasets(board, new Set([at.name.dataset]), LIVE_FOLDERS).find(({ name }) =>
      isEntry(name, at.name),
    );
    if (found !== undefined) return found;
  }
  return undefined;
}
