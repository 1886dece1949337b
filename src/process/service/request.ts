/** What a service is told of an entry, what it is started with, and what becomes of its answer. */
import fs from 'node:fs';
import type { Board } from '../../board/board.ts';
import { faultText, isSystemError } from '../../board/errors.ts';
import { type ServiceContext, stageTemplates } from '../../definitions/definitions.ts';
import type { StageDefinition } from '../../model/definition.ts';
import { formatEpoch } from '../../model/name.ts';
import type { ServiceAnswer } from '../../model/service-line.ts';
import type { Launch } from '../launcher.ts';
import { programPath, type StepTask, stepEnvironment } from '../step.ts';

/** Numbers in a line, and text in a variable. */
const NUMBERS: ReadonlySet<string> = new Set(['try', 'epoch', 'rank', 'cpus', 'memory_mb']);
const PREFIX = 'SLATE_';

/** `SLATE_DATASET` is `dataset`; `SLATE_IN_…` are together in `inputs`, and the parameters stand there themselves. */
export function fieldOf(variable: string): string | undefined {
  if (variable.startsWith(`${PREFIX}IN_`)) return undefined;
  const field = variable.slice(PREFIX.length).toLowerCase();
  return field === 'params' ? 'params_file' : field;
}

export function requestOf(board: Board, task: StepTask): { readonly id: string; readonly line: string } {
  const { dataset, posted, stage, epoch } = task.held.try;
  const id = `${dataset}.${posted}.${stage}.${formatEpoch(epoch)}`;
  const fields: Record<string, unknown> = { id };
  for (const [variable, value] of Object.entries(stepEnvironment(board, task))) {
    const field = fieldOf(variable);
    if (field !== undefined) fields[field] = NUMBERS.has(field) ? Number(value) : value;
  }
  return { id, line: JSON.stringify({ ...fields, params: task.params, inputs: task.inputs, log: task.log }) };
}

/** A name alone is a dataset, and one line whatever is in it. */
function postLine(entry: unknown): string {
  return `${JSON.stringify(typeof entry === 'string' ? { dataset: entry } : entry)}\n`;
}

export interface ServicePlace {
  readonly folder: string;
  readonly log: string;
  readonly place: number;
}

/** What its templates know: it is started before there is an entry. */
export function serviceContext(board: Board, stage: StageDefinition): ServiceContext {
  const { home, name, config } = board;
  return { home, board: name, pipeline: config.pipeline, stage: stage.name, env: process.env };
}

/** The variables that a service sees beside the stage process's own environment. */
export function serviceEnvironment(board: Board, stage: StageDefinition, place: number): Record<string, string> {
  const { home, name, config } = board;
  return {
    SLATE_HOME: home,
    SLATE_BOARD: name,
    SLATE_PIPELINE: config.pipeline,
    SLATE_STAGE: stage.name,
    SLATE_SERVICE: String(place),
  };
}

/** @throws TemplateError if its command names a variable of the environment that is not there */
export function serviceLaunch(board: Board, stage: StageDefinition, { folder, log, place }: ServicePlace): Launch {
  const templates = stageTemplates(stage);
  const { home } = board;
  const context = serviceContext(board, stage);
  const rendered = templates.command(context);
  const [program = '', ...args] = rendered.kind === 'shell' ? ['/bin/sh', '-c', rendered.line] : rendered.argv;
  const env = { ...serviceEnvironment(board, stage, place), ...templates.env(context) };
  return { file: programPath(home, program), args, cwd: folder, env, log, service: true };
}

/**
 * What an answer holds beside its end is kept where a step would have left it, and goes the same way from there.
 * @returns why it can't be kept, if it can't
 */
export function takeAnswer(task: StepTask, { params, reason, post }: ServiceAnswer): string | undefined {
  if (params === undefined && reason === undefined && post === undefined) return undefined;
  const { result } = task;
  try {
    // Behind what the service has written there itself.
    if (post !== undefined) fs.appendFileSync(task.post, post.map(postLine).join(''));
    if (params === undefined && reason === undefined) return undefined;
    // What the service has written there itself is more than a reason.
    if (params === undefined && fs.existsSync(result)) return undefined;
    fs.writeFileSync(result, JSON.stringify({ params, reason }));
    return undefined;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return `its answer can't be kept: ${faultText(error)}`;
  }
}
