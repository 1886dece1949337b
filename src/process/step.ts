/**
 * What a step is given: its command, working folder and environment. The names of the variables are the contract with
 * every step that was ever written; `docs/steps.md` lists them.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Board } from '../board/board.ts';
import { type Held, paramsPath } from '../board/claim.ts';
import { makeBelow } from '../board/fs.ts';
import { membersFile, readMembers } from '../board/gather/step-members.ts';
import { type Added, addedFor, listTryFiles, mergedParams, officialTries, type TryFiles } from '../board/official.ts';
import { officialProducts } from '../board/tries.ts';
import {
  type BatchContext,
  type StageTemplates,
  type StepContext,
  stageTemplates,
} from '../definitions/definitions.ts';
import type { StageDefinition } from '../model/definition.ts';
import { formatCpus, type Needs } from '../model/demand.ts';
import type { EngineKind } from '../model/engine.ts';
import { BATCH_FILES, batchScratchPath, LOG_RUNNING, logPath, scratchPath } from '../model/name.ts';
import { STEP_FILES } from './hand-in.ts';
import type { Launch } from './launcher.ts';
import { isExecutable, ownCommand, placesOf, transferPrograms } from './programs.ts';
import { checkLengths } from './unstartable.ts';

/** One try, ready to be run. Paths are absolute. */
export interface StepTask {
  readonly held: Held;
  readonly stage: StageDefinition;
  readonly scratch: string;
  readonly products: string | undefined;
  /** Official products of earlier stages. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly log: string;
  /** The list of what a gathering stage has gathered; undefined for other stages. */
  readonly members: string | undefined;
  /** Those of the entry, and what earlier stages have added. */
  readonly params: Readonly<Record<string, unknown>>;
  /** A JSON file with them; not there in a batch, whose list has them. */
  readonly paramsFile: string;
  /** Where the step may write its result. */
  readonly result: string;
  /** Where it may write entries to post. */
  readonly post: string;
  /** What it has been given of its host; undefined: the stage declares nothing. */
  readonly needs: Needs | undefined;
  /** What stands for the home where the step runs; undefined: the home itself. */
  readonly home?: string;
  /** Of a stage that takes several entries: all of them, this one first. */
  readonly batch?: BatchTask | undefined;
}

export interface BatchTask {
  readonly tasks: readonly StepTask[];
  /** The same as JSON lines, in a file. */
  readonly list: string;
  /** Where JSON lines may tell what became of each. */
  readonly outcomes: string;
  /** Datasets whose claims are taken away meanwhile, a line each. */
  readonly taken: string;
}

/** A batch whose working folder is this one. */
export function batchOf(tasks: readonly StepTask[], folder: string): BatchTask {
  const { list, outcomes, taken } = BATCH_FILES;
  return { tasks, list: join(folder, list), outcomes: join(folder, outcomes), taken: join(folder, taken) };
}

/** The variable that holds the products of a stage: `SLATE_IN_CALIBRATE`. */
export function inputVariable(stage: string): string {
  return `SLATE_IN_${stage.toUpperCase().replaceAll('-', '_')}`;
}

/** The task of a try that is about to run, with the parameters' file where it needs one of its own. */
export function makeTask(
  board: Board,
  held: Held,
  stage: StageDefinition,
  scratch: string,
  anyProducts: boolean,
  needs?: Needs,
): StepTask {
  // Where no try can have left anything, nothing is looked for.
  const files = anyProducts || held.traces.left ? listTryFiles(board, held.at.name.dataset, held.at.name.posted) : [];
  const task = taskOf(board, held, stage, scratch, { files, members: membersFile(board, held) }, needs);
  if (task.params !== held.content.all && stage.batch === undefined)
    board.fs.create(task.paramsFile, `${JSON.stringify(task.params)}\n`, false);
  return task;
}

/** What a task is made of beside its entry. */
export interface Found {
  /** What the tries of its run have left. */
  readonly files: readonly TryFiles[];
  /** The list of what a gathering stage has gathered. */
  readonly members: string | undefined;
}

/** The same, from what was found, without touching the disk. */
export function taskOf(
  board: Board,
  held: Held,
  stage: StageDefinition,
  scratch: string,
  { files, members }: Found,
  needs?: Needs,
): StepTask {
  const { name } = held.at;
  const inputs: Record<string, string> = {};
  for (const [earlier, folder] of officialProducts(board, name, files)) inputs[earlier] = board.path(folder);
  const added = addedBefore(board, held, files);
  const own = held.content.all;
  const params = mergedParams(own, added);
  return {
    held,
    stage,
    scratch,
    products: held.products === undefined ? undefined : board.path(held.products),
    inputs,
    log: board.path(logPath(held.try, LOG_RUNNING)),
    params,
    paramsFile: added.length === 0 ? paramsPath(board, name) : join(scratch, STEP_FILES.params),
    result: `${scratch}/${STEP_FILES.result}`,
    members,
    post: `${scratch}/${STEP_FILES.post}`,
    needs,
  };
}

/** What the stages before this one have added to the entry's own parameters, in column order: of two the later holds. */
export function addedBefore(board: Board, held: Held, files: readonly TryFiles[]): Added[] {
  const { name } = held.at;
  return addedFor(board, name, held.claim.column, officialTries(board, name, files));
}

/** The variables that a step sees beside the stage process's own environment. */
export function stepEnvironment(board: Board, task: StepTask): Record<string, string> {
  const { held, stage, batch } = task;
  const { name } = held.at;
  // Made for every step: one object that grows is made in half the time of one that is spread together.
  const env: Record<string, string> = {
    SLATE_HOME: task.home ?? board.home,
    SLATE_BOARD: board.name,
    SLATE_PIPELINE: board.config.pipeline,
    SLATE_STAGE: stage.name,
  };
  // None of one entry's: what is not there can't be taken for all.
  if (batch !== undefined) {
    env.SLATE_SCRATCH = task.scratch;
    env.SLATE_BATCH = batch.list;
    env.SLATE_OUTCOMES = batch.outcomes;
    env.SLATE_TAKEN = batch.taken;
    return withNeeds(env, task);
  }
  env.SLATE_DATASET = name.dataset;
  env.SLATE_CLASS = name.class;
  env.SLATE_RANK = String(name.rank).padStart(2, '0');
  env.SLATE_POSTED = name.posted;
  env.SLATE_TRY = String(held.claim.try);
  env.SLATE_EPOCH = String(held.claim.epoch);
  env.SLATE_PARAMS = task.paramsFile;
  env.SLATE_RESULT = task.result;
  env.SLATE_POST = task.post;
  env.SLATE_SCRATCH = task.scratch;
  if (task.products !== undefined) env.SLATE_PRODUCTS = task.products;
  if (task.members !== undefined) env.SLATE_MEMBERS = task.members;
  withNeeds(env, task);
  for (const [earlier, folder] of Object.entries(task.inputs)) env[inputVariable(earlier)] = folder;
  return env;
}

function withNeeds(env: Record<string, string>, { stage, needs }: StepTask): Record<string, string> {
  if (stage.cpus !== undefined) env.SLATE_CPUS = formatCpus(needs?.milliCpus ?? 0);
  if (stage.memory !== undefined) env.SLATE_MEMORY_MB = String(needs?.memoryMb ?? 0);
  return env;
}

/**
 * Writes the files of the stage into the working folder, rendered for this entry.
 * @throws TemplateError, before anything is written, and the system's error when the disk refuses
 */
export function writeFiles(board: Board, task: StepTask): void {
  if (task.stage.files.length === 0) return;
  const folder = (task.batch === undefined ? scratchPath : batchScratchPath)(task.held.try);
  for (const { name, content, executable } of stageTemplates(task.stage).files(contextOf(board, task))) {
    const above = name.split('/').slice(0, -1);
    if (above.length > 0) makeBelow(board.fs, board.root, `${folder}/${above.join('/')}`);
    board.fs.create(`${task.scratch}/${name}`, content, false, executable ? 0o777 : 0o666);
  }
}

export function contextOf(board: Board, task: StepTask, members = membersOf(board, task)): StepContext | BatchContext {
  const { held, stage, batch } = task;
  const { name } = held.at;
  const common = {
    home: task.home ?? board.home,
    board: board.name,
    pipeline: board.config.pipeline,
    stage: stage.name,
    scratch: task.scratch,
    cpus: stage.cpus === undefined ? undefined : (task.needs?.milliCpus ?? 0) / 1000,
    memory: stage.memory === undefined ? undefined : (task.needs?.memoryMb ?? 0),
    env: process.env,
  };
  if (batch !== undefined)
    return { ...common, batch: { path: batch.list, outcomes: batch.outcomes, count: batch.tasks.length } };
  return {
    ...common,
    dataset: name.dataset,
    class: name.class,
    rank: String(name.rank).padStart(2, '0'),
    try: held.claim.try,
    epoch: held.claim.epoch,
    posted: name.posted,
    params: task.params,
    products: task.products,
    inputs: task.inputs,
    members,
  };
}

/** Read only where a template names them. */
function membersOf(board: Board, { members, stage }: StepTask): StepContext['members'] {
  return members === undefined || !stageTemplates(stage).usesMembers ? [] : readMembers(board, members);
}

/**
 * The program to start. @throws TemplateError if a template names what this entry has not.
 */
export function launchOf(board: Board, task: StepTask): Launch {
  const { command, env } = renderedOf(board, task);
  const argv = command.kind === 'shell' ? ['/bin/sh', '-c', command.line] : command.argv;
  const [program = '', ...args] = task.stage.transfer === undefined ? argv : ownCommand(argv);
  const all = Object.assign(stepEnvironment(board, task), env);
  if (stageTemplates(task.stage).fixed === undefined) checkLengths(task.stage, { args, env: all });
  return { file: programPath(task.home ?? board.home, program), args, cwd: task.scratch, env: all, log: task.log };
}

function renderedOf(board: Board, task: StepTask): NonNullable<StageTemplates['fixed']> {
  const templates = stageTemplates(task.stage);
  if (templates.fixed !== undefined) return templates.fixed;
  const context = contextOf(board, task);
  return { command: templates.command(context), env: templates.env(context) };
}

/** A program with a slash is looked up from the home, one without on PATH. */
export function programPath(home: string, program: string): string {
  return program.includes('/') ? resolve(home, program) : program;
}

/** Why a stage's program can't be started here, or undefined. A program that a template names is not looked at. */
export function programFault(home: string, stage: StageDefinition): string | undefined {
  if (stage.engine !== undefined) {
    // The program is run on the engine's nodes, which may have others than this host.
    const client = stage.engine.site?.run[0] ?? CLIENTS[stage.engine.kind];
    return placesOf(home, client).some(isExecutable)
      ? undefined
      : `the command '${client}' of engine ${stage.engine.name} is not on PATH`;
  }
  const programs =
    stage.transfer !== undefined
      ? transferPrograms(home, stage.transfer)
      : [stage.command.kind === 'shell' ? '/bin/sh' : (stage.command.argv[0] ?? '')];
  const missing = programs.find((program) => !/\{[{%]/.test(program) && !placesOf(home, program).some(isExecutable));
  if (missing === undefined) return undefined;
  const where = missing.includes('/') ? placesOf(home, missing)[0] : 'PATH';
  return `its program '${missing}' is not there or may not be run (looked at ${where})`;
}

/**
 * What a person should look at before the stage is run here: its program is missing, or an argument looks like a file of
 * the home, which the step, in its own working folder, would not find.
 */
export function commandNote(home: string, stage: StageDefinition): string | undefined {
  const fault = programFault(home, stage);
  if (fault !== undefined) return fault;
  const args = stage.command.kind === 'argv' && stage.transfer === undefined ? stage.command.argv.slice(1) : [];
  const lost = args.find((arg) => /^[\w.-]+(\/[\w.-]+)+$/.test(arg) && existsSync(resolve(home, arg)));
  if (lost === undefined) return undefined;
  return `the argument '${lost}' is a file of the home, but a step runs in a working folder of its own: write '{{ home }}/${lost}'`;
}

/** What an engine is submitted to by. */
const CLIENTS: Readonly<Record<EngineKind, string>> = { slurm: 'sbatch', pbs: 'qsub', htcondor: 'condor_submit' };
