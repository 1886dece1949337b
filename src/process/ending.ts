/** From a verdict on a step to the ending of its try on this board: columns for stage names, a time for a backoff. */
import type { Board } from '../board/board.ts';
import type { Held } from '../board/claim.ts';
import type { Ending } from '../board/finish.ts';
import { backoffMs } from '../model/backoff.ts';
import type { StageDefinition } from '../model/definition.ts';
import type { Verdict } from '../model/outcome.ts';

export function endingOf(board: Board, held: Held, stage: StageDefinition, verdict: Verdict): Ending {
  if (verdict.kind === 'complete') {
    const set = new Map([...verdict.set].map(([name, letter]) => [board.column(name), letter] as const));
    return set.size === 0 ? { kind: 'complete' } : { kind: 'complete', set };
  }
  if (verdict.kind !== 'retry') return { kind: verdict.kind, cause: verdict.cause };
  const waitMs = backoffMs(stage.backoff, held.claim.try, Math.random());
  return { kind: 'retry', cause: verdict.cause, notBeforeMs: board.now() + waitMs };
}
