/** Starting the step of what was claimed, as a program or as a function, and what becomes of it if it can't be started. */
import type { Board } from '../board/board.ts';
import type { Held } from '../board/claim.ts';
import { isBlocking, isSystemError } from '../board/errors.ts';
import { TemplateError } from '../definitions/definitions.ts';
import type { StageDefinition } from '../model/definition.ts';
import type { Needs } from '../model/demand.ts';
import { batchScratchPath, LOG_GIVEN_BACK, LOG_RUNNING, logPath, UNFIT } from '../model/name.ts';
import { BatchRun } from './batch-run.ts';
import { ownTrouble } from './claiming.ts';
import type { Dispatcher } from './engine/dispatcher.ts';
import { siteLaunch } from './engine/site-launch.ts';
import type { Finisher, Result } from './finisher.ts';
import { runFunction } from './functions.ts';
import type { Launcher, Running } from './launcher.ts';
import type { Log } from './log-lines.ts';
import type { StepFunction } from './options.ts';
import type { SlotScratch } from './scratch.ts';
import type { Services } from './service/services.ts';
import type { ServedStages } from './stages.ts';
import { batchOf, launchOf, makeTask, type StepTask, writeFiles } from './step.ts';

export interface StartParts {
  readonly board: Board;
  readonly stages: ServedStages;
  readonly launcher: Launcher;
  readonly functions: ReadonlyMap<string, StepFunction>;
  readonly services: Services;
  readonly dispatcher: Dispatcher;
}

export interface StartedStep {
  readonly running: Running;
  /** Undefined: the stage takes one entry at a time. */
  readonly batch: BatchRun | undefined;
}

/**
 * @param members one, or those that go together; the first gives the folder and the log their names
 * @param needs what it has been given of its host
 * @throws TemplateError, and the system's error when the disk refuses
 */
export function startMembers(
  parts: StartParts & { readonly process: string; readonly log: Log },
  members: readonly Held[],
  stage: StageDefinition,
  scratch: SlotScratch,
  needs: Needs | undefined,
): StartedStep {
  const { board, process, log, stages } = parts;
  const [first] = members;
  if (first === undefined) throw new Error('a step for nothing');
  const make = (held: Held, folder: string): StepTask =>
    makeTask(board, held, stage, folder, stages.anyProducts, needs);
  if (stage.batch === undefined)
    return { running: start(parts, stage, make(first, scratch.take(first.try))), batch: undefined };
  const folder = scratch.take(first.try, batchScratchPath(first.try));
  const tasks = members.map((held) => make(held, folder));
  const batch = new BatchRun({ board, stage, members, process, log }, folder);
  try {
    batch.prepare(tasks);
    const task: StepTask = { ...(tasks[0] as StepTask), batch: batchOf(tasks, folder) };
    return { running: start(parts, stage, task), batch };
  } catch (error) {
    batch.close();
    throw error;
  }
}

function start(parts: StartParts, stage: StageDefinition, task: StepTask): Running {
  const { board, functions, launcher, services, dispatcher } = parts;
  const { engine } = stage;
  const step = functions.get(stage.name);
  if (step === undefined && engine?.site !== undefined)
    return dispatcher.run(engine, task, siteLaunch(board, task, engine.site));
  writeFiles(board, task);
  if (step !== undefined) return runFunction(step, task);
  const { column } = task.held.claim;
  if (services.isService(column)) return services.run(column, task);
  const launch = launchOf(board, task);
  return engine === undefined ? launcher.start(launch) : dispatcher.run(engine, task, launch);
}

/**
 * A template that can't be filled fails its entry, with the name that is missing; trouble with the disk gives it back, and
 * something in the way of the first one's folder or log holds that one.
 * @throws what is no matter of these entries
 */
export function endUnstarted(board: Board, finisher: Finisher, members: readonly Held[], error: unknown): void {
  const [first, ...others] = members;
  if (first === undefined) return;
  if (error instanceof TemplateError) {
    board.fs.append(board.path(logPath(first.try, LOG_RUNNING)), `${error.message}\n`);
    const notes = { reason: error.message };
    settleAll(
      finisher,
      members.map((held) => ({ held, ending: { kind: 'fail', cause: UNFIT }, log: UNFIT, notes })),
    );
    return;
  }
  if (!isSystemError(error)) throw error;
  const giveBack = (which: readonly Held[], reason: string): void =>
    settleAll(
      finisher,
      which.map((held) => ({ held, ending: { kind: 'giveBack' }, log: LOG_GIVEN_BACK, notes: { reason } })),
    );
  const why = ownTrouble(board, first, error, (reason) => giveBack(members, reason));
  const held: Result = { held: first, ending: { kind: 'hold', cause: UNFIT }, log: UNFIT, notes: { reason: why } };
  settleAll(finisher, [held]);
  giveBack(others, `the batch that ${first.try.dataset} began could not be started: ${why}`);
}

/** Each is kept where the disk refuses it: one must not keep the others back. @throws the first of its errors */
function settleAll(finisher: Finisher, results: readonly Result[]): void {
  let first: unknown;
  for (const result of results) {
    try {
      finisher.settle(result);
    } catch (error) {
      if (!isBlocking(error)) throw error;
      first ??= error;
    }
  }
  if (first !== undefined) throw first;
}
