/**
 * Slateboard as a library: open a board, look at it, post, move, run a stage with a function of your own.
 *
 * ```ts
 * import { openBoard, post, runStages, scanBoard } from 'slateboard';
 * const board = openBoard('/data/hst-home', 'hst');
 * post(board, { dataset: 'j8a20101q', class: 'acs' });
 * await runStages({ board, stages: ['verify'], untilIdle: true, functions: new Map([['verify', () => 0]]) });
 * ```
 */
import { Board, type OpenOptions } from './board/board.ts';
import { loadStages } from './definitions/definitions.ts';
import type { ProcessOptions, ProcessResult } from './process/options.ts';
import { StageProcess } from './process/stage-process.ts';
import { pinnedPipeline } from './process/stages.ts';

export { Board, createBoard, listBoards, type OpenOptions } from './board/board.ts';
export { BoardError, RightsError } from './board/errors.ts';
export { operate, planVerb, type Verb, type VerbResult } from './board/operate.ts';
export { type PostRequest, type PostResult, post } from './board/post.ts';
export { postMany } from './board/post-many.ts';
export { type FolderScan, type Foreign, findDatasets, type Located, scanBoard, scanFolder } from './board/scan.ts';
export { useUmaskOf } from './board/sharing.ts';
export { readStatuses, type StatusContent, type StatusFile } from './board/status.ts';
export { DefinitionError, findHome, loadHome, loadPipeline } from './definitions/definitions.ts';
export type * from './model/definition.ts';
export { compileFilter, FilterError, filterWords } from './model/filter.ts';
export { home } from './model/home.ts';
export { type EntryName, formatName, parseName } from './model/name.ts';
export { type Needs, parseNeeds } from './model/needs.ts';
export { type Event, type Transition, transition } from './model/transition.ts';
export type { ProcessOptions, ProcessResult, StepFunction } from './process/options.ts';
export { StageProcess } from './process/stage-process.ts';
export type { StepTask } from './process/step.ts';

/**
 * Opens a board with its stage files, so that classes and retries are known.
 * @throws BoardError, DefinitionError
 */
export function openBoard(home: string, name: string, options?: OpenOptions): Board {
  const board = Board.open(home, name, options);
  board.useStages(loadStages(home, board.stages, pinnedPipeline(board)));
  return board;
}

/** Runs a stage process in this program until it is idle or told to end. */
export function runStages(options: ProcessOptions): Promise<ProcessResult> {
  return new StageProcess(options).run();
}
