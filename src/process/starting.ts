/** Starting the step of a try that was claimed, as a program or as a function, and what becomes of one that can't be started. */
import type { Board } from '../board/board.ts';
import type { Held } from '../board/claim.ts';
import { isSystemError } from '../board/errors.ts';
import { TemplateError } from '../definitions/definitions.ts';
import type { StageDefinition } from '../model/definition.ts';
import type { Needs } from '../model/demand.ts';
import { LOG_GIVEN_BACK, LOG_RUNNING, logPath, UNFIT } from '../model/name.ts';
import { ownTrouble } from './claiming.ts';
import type { Finisher } from './finisher.ts';
import { runFunction } from './functions.ts';
import type { Launcher, Running } from './launcher.ts';
import type { StepFunction } from './options.ts';
import type { Services } from './service/services.ts';
import type { ServedStages } from './stages.ts';
import { launchOf, makeTask, writeFiles } from './step.ts';

export interface StartParts {
  readonly board: Board;
  readonly stages: ServedStages;
  readonly launcher: Launcher;
  readonly functions: ReadonlyMap<string, StepFunction>;
  readonly services: Services;
}

/**
 * @param scratch absolute path of its working folder
 * @param needs what it has been given of its host
 * @throws TemplateError, and the system's error when the disk refuses
 */
export function startStep(
  parts: StartParts,
  held: Held,
  stage: StageDefinition,
  scratch: string,
  needs: Needs | undefined,
): Running {
  const { board, stages, functions, launcher, services } = parts;
  const task = makeTask(board, held, stage, scratch, stages.anyProducts, needs);
  writeFiles(board, task);
  const step = functions.get(stage.name);
  if (step !== undefined) return runFunction(step, task);
  const { column } = held.claim;
  return services.isService(column) ? services.run(column, task) : launcher.start(launchOf(board, task));
}

/**
 * A template that this entry can't fill fails it, with the name that is missing; trouble with the disk gives it back.
 * @throws what is no matter of this entry
 */
export function endUnstarted(board: Board, finisher: Finisher, held: Held, error: unknown): void {
  if (error instanceof TemplateError) {
    board.fs.append(board.path(logPath(held.try, LOG_RUNNING)), `${error.message}\n`);
    finisher.settle({ held, ending: { kind: 'fail', cause: UNFIT }, log: UNFIT, notes: { reason: error.message } });
    return;
  }
  if (!isSystemError(error)) throw error;
  const giveBack = (why: string): void => {
    finisher.settle({ held, ending: { kind: 'giveBack' }, log: LOG_GIVEN_BACK, notes: { reason: why } });
  };
  const why = ownTrouble(board, error, giveBack);
  finisher.settle({ held, ending: { kind: 'hold', cause: UNFIT }, log: UNFIT, notes: { reason: why } });
}
