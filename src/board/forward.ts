/**
 * Finishing an `e` forward: its step has succeeded and what it leaves is on disk, so whoever finds it without an owner does
 * the rest from that alone.
 */
import { claimOf, productFolder, type TryName } from '../model/name.ts';
import { transition } from '../model/transition.ts';
import type { Board } from './board.ts';
import { ChildPosting } from './child-posting.ts';
import { releaseIdOf } from './ids.ts';
import { moveEntry } from './move.ts';
import { type Located, stateOf } from './scan.ts';
import { commitBefore } from './transaction.ts';
import { markPublished } from './tries.ts';

/** Of tries of others that are being finished forward in slices, by what names them. */
const forwarding = new WeakMap<Board, Map<string, ChildPosting>>();

/** @returns true once all that it posts is posted, and would survive a power cut */
function postForward(board: Board, name: TryName, most: number): boolean {
  const known = forwarding.get(board) ?? new Map<string, ChildPosting>();
  forwarding.set(board, known);
  const key = productFolder(name);
  const posting = known.get(key) ?? new ChildPosting(board, name, { fresh: false, forward: finishForward });
  known.set(key, posting);
  posting.advance(most);
  if (posting.isPosted && !posting.isDone) posting.settleEach(most);
  if (posting.isDone) known.delete(key);
  return posting.isDone;
}

/**
 * Finishes an `e` forward, by whoever finds it: what it posts, the mark, then `e`→`c`. `gone` if someone else did, or if
 * there is more to post than may be done at once: it goes on with the next call.
 * @param at an entry whose column is `e` with a claim
 */
export function finishForward(
  board: Board,
  at: Located,
  column: number,
  most = Number.POSITIVE_INFINITY,
): Located | 'gone' {
  const claim = claimOf(at.name, column);
  const stage = board.stages[column] ?? '';
  const { dataset, posted } = at.name;
  if (claim === undefined) return 'gone';
  const name: TryName = { dataset, posted, stage, epoch: claim.epoch };
  if (!postForward(board, name, most)) return 'gone';
  markPublished(board, name);
  const moved = transition(at.name, { type: 'publish', column }, board.rules);
  if (!moved.ok) return 'gone';
  commitBefore(board, moved.name, moved.folder, column);
  const result = moveEntry(board, at, moved.name, moved.folder);
  if (typeof result === 'string') return 'gone';
  board.journal.write('publish', {
    dataset,
    posted,
    class: at.name.class,
    stage,
    column: column + 1,
    epoch: claim.epoch,
    process: claim.process,
    from: at.name.letters,
    to: result.name.letters,
    folder: result.folder,
  });
  if (stateOf(result.folder) === 'done') releaseIdOf(board, result);
  return result;
}
