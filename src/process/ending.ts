/** From a verdict on a step to the ending of its try on this board: columns for stage names, a time for a backoff. */
import type { Board } from '../board/board.ts';
import type { Held } from '../board/claim.ts';
import type { Ending } from '../board/finish.ts';
import { backoffMs } from '../model/backoff.ts';
import type { StageDefinition } from '../model/definition.ts';
import type { Verdict } from '../model/outcome.ts';
import type { SetLetter } from '../model/transition.ts';

export function endingOf(board: Board, held: Held, stage: StageDefinition, verdict: Verdict): Ending {
  switch (verdict.kind) {
    case 'complete': {
      const set = columnsOf(board, held.claim.column, verdict.set);
      return set.size === 0 ? { kind: 'complete' } : { kind: 'complete', set, cause: verdict.cause };
    }
    case 'back':
      return { kind: 'back', to: board.column(verdict.stage), most: verdict.most };
    case 'retry': {
      const waitMs = backoffMs(stage.backoff, held.claim.try, Math.random());
      return { kind: 'retry', cause: verdict.cause, notBeforeMs: board.now() + waitMs };
    }
    default:
      return { kind: verdict.kind, cause: verdict.cause };
  }
}

function columnsOf(board: Board, own: number, set: ReadonlyMap<string, SetLetter> | 'rest'): Map<number, SetLetter> {
  if (set === 'rest') return new Map((board.graph.descendants[own] ?? []).map((column) => [column, 's']));
  return new Map([...set].map(([name, letter]) => [board.column(name), letter]));
}
