/**
 * What a step is given: its command, working folder and environment. The names of the variables are the contract with
 * every step that was ever written; `docs/steps.md` lists them.
 */
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import type { Board } from '../board/board.ts';
import { type Held, paramsPath } from '../board/claim.ts';
import { isSystemError } from '../board/errors.ts';
import { membersFile, readMembers } from '../board/gather/step-members.ts';
import { addedParams, listTryFiles, officialTries, type TryFiles } from '../board/official.ts';
import { officialProducts } from '../board/tries.ts';
import { type StepContext, stageTemplates } from '../definitions/definitions.ts';
import type { StageDefinition } from '../model/definition.ts';
import { LOG_RUNNING, logPath } from '../model/name.ts';
import { STEP_FILES } from './hand-in.ts';
import type { Launch } from './launcher.ts';

/** One try, ready to be run. Paths are absolute. */
export interface StepTask {
  readonly held: Held;
  readonly stage: StageDefinition;
  readonly scratch: string;
  readonly products: string | undefined;
  /** Official products of earlier stages. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly log: string;
  /** Those of the entry, and what earlier stages have added. */
  /** The list of what a gathering stage has gathered; undefined for other stages. */
  readonly members: string | undefined;
  readonly params: Readonly<Record<string, unknown>>;
  /** A JSON file with them. */
  readonly paramsFile: string;
  /** Where the step may write its result. */
  readonly result: string;
  /** Where it may write entries to post. */
  readonly post: string;
}

/** The variable that holds the products of a stage: `SLATE_IN_CALIBRATE`. */
export function inputVariable(stage: string): string {
  return `SLATE_IN_${stage.toUpperCase().replaceAll('-', '_')}`;
}

export function makeTask(
  board: Board,
  held: Held,
  stage: StageDefinition,
  scratch: string,
  anyProducts: boolean,
): StepTask {
  const { name } = held.at;
  // Where no try can have left anything, nothing is looked for.
  const files = anyProducts || held.traces.left ? listTryFiles(board, name.dataset, name.posted) : [];
  const inputs: Record<string, string> = {};
  for (const [earlier, folder] of officialProducts(board, name, files)) inputs[earlier] = board.path(folder);
  const params = paramsOf(board, held, officialTries(board, name, files));
  const paramsFile = params === held.content.all ? paramsPath(board, name) : join(scratch, STEP_FILES.params);
  if (params !== held.content.all) board.fs.create(paramsFile, `${JSON.stringify(params)}\n`, false);
  return {
    held,
    stage,
    scratch,
    products: held.products === undefined ? undefined : board.path(held.products),
    inputs,
    log: board.path(logPath(held.try, LOG_RUNNING)),
    params,
    paramsFile,
    result: join(scratch, STEP_FILES.result),
    members: membersFile(board, held),
    post: join(scratch, STEP_FILES.post),
  };
}

/** The entry's own parameters, and over them what the stages before this one have added, in column order. */
function paramsOf(board: Board, held: Held, official: readonly TryFiles[]): StepTask['params'] {
  const { column } = held.claim;
  const isBefore = ({ stage }: TryFiles): boolean =>
    board.graph.descendants[board.column(stage)]?.includes(column) === true;
  const added = addedParams(board, held.at.name, official.filter(isBefore));
  return added.length === 0
    ? held.content.all
    : Object.assign({}, held.content.all, ...added.map(({ params }) => params));
}

/** The variables that a step sees beside the stage process's own environment. */
export function stepEnvironment(board: Board, task: StepTask): Record<string, string> {
  const { held, stage } = task;
  const { name } = held.at;
  return {
    SLATE_HOME: board.home,
    SLATE_BOARD: board.name,
    SLATE_PIPELINE: board.config.pipeline,
    SLATE_STAGE: stage.name,
    SLATE_DATASET: name.dataset,
    SLATE_CLASS: name.class,
    SLATE_RANK: String(name.rank).padStart(2, '0'),
    SLATE_POSTED: name.posted,
    SLATE_TRY: String(held.claim.try),
    SLATE_EPOCH: String(held.claim.epoch),
    SLATE_PARAMS: task.paramsFile,
    SLATE_RESULT: task.result,
    SLATE_POST: task.post,
    SLATE_SCRATCH: task.scratch,
    ...(task.products === undefined ? {} : { SLATE_PRODUCTS: task.products }),
    ...(task.members === undefined ? {} : { SLATE_MEMBERS: task.members }),
    ...Object.fromEntries(Object.entries(task.inputs).map(([stageName, folder]) => [inputVariable(stageName), folder])),
  };
}

function contextOf(board: Board, task: StepTask): StepContext {
  const { held, stage } = task;
  const { name } = held.at;
  return {
    home: board.home,
    board: board.name,
    pipeline: board.config.pipeline,
    stage: stage.name,
    dataset: name.dataset,
    class: name.class,
    rank: String(name.rank).padStart(2, '0'),
    try: held.claim.try,
    epoch: held.claim.epoch,
    posted: name.posted,
    params: task.params,
    scratch: task.scratch,
    products: task.products,
    inputs: task.inputs,
    members: task.members === undefined || !stageTemplates(stage).usesMembers ? [] : readMembers(board, task.members),
    env: process.env,
  };
}

/**
 * The program to start. @throws TemplateError if a template names what this entry has not.
 */
export function launchOf(board: Board, task: StepTask): Launch {
  const templates = stageTemplates(task.stage);
  const context = contextOf(board, task);
  const rendered = templates.command(context);
  const argv = rendered.kind === 'shell' ? ['/bin/sh', '-c', rendered.line] : rendered.argv;
  const [program = '', ...args] = argv;
  const env = { ...stepEnvironment(board, task), ...templates.env(context) };
  return { file: programPath(board.home, program), args, cwd: task.scratch, env, log: task.log };
}

/** A program with a slash is looked up from the home, one without on PATH. */
export function programPath(home: string, program: string): string {
  return program.includes('/') ? resolve(home, program) : program;
}

/** Why a stage's program can't be started here, or undefined. A program that a template names is not looked at. */
export function programFault(home: string, stage: StageDefinition): string | undefined {
  const program = stage.command.kind === 'shell' ? '/bin/sh' : (stage.command.argv[0] ?? '');
  if (program.includes('{{') || program.includes('{%')) return undefined;
  const places = program.includes('/')
    ? [resolve(home, program)]
    : (process.env.PATH ?? '').split(delimiter).map((folder) => `${folder === '' ? '.' : folder}/${program}`);
  if (places.some(isExecutable)) return undefined;
  const where = program.includes('/') ? places[0] : 'PATH';
  return `its program '${program}' is not there or may not be run (looked at ${where})`;
}

/**
 * What a person should look at before the stage is run here: its program is missing, or an argument looks like a file of
 * the home, which the step, in its own working folder, would not find.
 */
export function commandNote(home: string, stage: StageDefinition): string | undefined {
  const fault = programFault(home, stage);
  if (fault !== undefined) return fault;
  const args = stage.command.kind === 'argv' ? stage.command.argv.slice(1) : [];
  const lost = args.find((arg) => /^[\w.-]+(\/[\w.-]+)+$/.test(arg) && existsSync(resolve(home, arg)));
  if (lost === undefined) return undefined;
  return `the argument '${lost}' is a file of the home, but a step runs in a working folder of its own: write '{{ home }}/${lost}'`;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return false;
  }
}
