/**
 * Which places of limits are a job's still whose process is dead: its claim stands under that process's name, and nobody has
 * taken it over. Whoever does takes places of its own.
 */
import { claimOf } from '../model/name.ts';
import type { Board } from './board.ts';
import { jobOf } from './jobs.ts';
import type { TokenOwner } from './limits.ts';
import type { Located } from './scan.ts';

/** @param active entries that stand in `active/` */
export function jobsGoOn(board: Board, active: readonly Located[]): (owner: TokenOwner) => boolean {
  return ({ process, dataset, posted, stage, epoch }) => {
    const column = board.column(stage);
    const isStanding = active.some(({ name }) => {
      if (name.dataset !== dataset || name.posted !== posted || name.letters[column] !== 'p') return false;
      const claim = claimOf(name, column);
      return claim?.epoch === epoch && claim.process === process;
    });
    return isStanding && jobOf(board, { dataset, posted, stage, epoch }) !== undefined;
  };
}
