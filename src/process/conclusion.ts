/** From how a step ended to what becomes of its try, and of its working folder. */
import type { Board } from '../board/board.ts';
import type { Held } from '../board/claim.ts';
import type { StageDefinition } from '../model/definition.ts';
import { LOG_GIVEN_BACK } from '../model/name.ts';
import { type StepEnd, verdictOf } from '../model/outcome.ts';
import { endingOf } from './ending.ts';
import type { ExecutionEnd } from './execution.ts';
import type { Result } from './finisher.ts';

export interface Conclusion {
  readonly result: Result;
  /** What becomes of the working folder, and whether the step has done its work. */
  readonly scratch: StageDefinition['scratch'];
  readonly succeeded: boolean;
}

export function conclude(board: Board, held: Held, stage: StageDefinition, ended: ExecutionEnd): Conclusion {
  const step = stepEndOf(ended);
  const { end, seconds } = ended;
  if (step.kind === 'back') {
    const notes = { reason: step.reason, seconds };
    return {
      result: { held, ending: { kind: 'giveBack' }, log: LOG_GIVEN_BACK, notes },
      scratch: 'remove',
      succeeded: true,
    };
  }
  const verdict = verdictOf(step, stage.exits);
  const notes = {
    seconds,
    code: end.kind === 'exit' ? end.code : null,
    signal: end.kind === 'signal' ? end.signal : null,
    stageFile: stage.sha256,
  };
  return {
    result: { held, ending: endingOf(board, held, stage, verdict), log: verdict.log, notes },
    scratch: stage.scratch,
    succeeded: verdict.kind === 'complete',
  };
}

/** `back`: nothing that the step did brought this about, so it uses up no try. */
function stepEndOf({ end, stopped }: ExecutionEnd): StepEnd | { readonly kind: 'back'; readonly reason: string } {
  if (end.kind === 'unstartable') {
    const reason = end.what === 'program' ? 'its program is missing' : `its log can't be opened: ${end.error}`;
    return { kind: 'back', reason };
  }
  if (end.kind === 'broken') return { kind: 'back', reason: 'what started it died' };
  if (stopped === 'halt') return { kind: 'back', reason: 'this process is halting' };
  return stopped === 'timeout' ? { kind: 'timeout' } : end;
}
