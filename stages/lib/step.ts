import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { DataError } from './data-error.ts';
import { type FitsFile, readFits } from './fits-read.ts';
import { EXIT, exitCodeOf, reading, StepError, writing } from './step-errors.ts';

/** What every step program takes when it is run by hand. */
const OPTIONS = {
  input: { type: 'string' },
  out: { type: 'string' },
  dataset: { type: 'string' },
  from: { type: 'string', multiple: true },
  member: { type: 'string', multiple: true },
  param: { type: 'string', multiple: true },
  help: { type: 'boolean', short: 'h' },
} as const;

const FLAGS_HELP = `
  --input FILE       what it works on, gzipped or not     (runner: "input" in $SLATE_PARAMS)
  --out DIR          where the results go; made if need be (runner: $SLATE_PRODUCTS)
  --dataset NAME     name of the results; default: from the input's file name (runner: $SLATE_DATASET)
  --from STAGE=DIR   the results of an earlier stage; may be repeated (runner: $SLATE_IN_<STAGE>)
  --member DIR       the results of a member, or of several; may be repeated (runner: $SLATE_MEMBERS)
  --param NAME=VALUE a parameter; may be repeated (runner: $SLATE_PARAMS)
  -h, --help

Exit codes: 0 done, 2 the data are bad, 3 hold for a person, 64 usage, 66 a file is missing or unreadable, 70 bug, 73 cannot write,
75 passing trouble of disk or network: try again.
`;

/** What a step knows of its task, from the runner's environment or from flags. */
export interface Task {
  readonly stage: string;
  readonly dataset: string;
  /** Folder for results; it exists. */
  readonly out: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Product folders of earlier stages, by stage as the environment or the flag names it (`calibrate`). */
  readonly from: ReadonlyMap<string, string>;
  /** Folders of members that were named by hand; the runner's come in the environment: see `memberFiles`. */
  readonly members: readonly string[];
}

/** The environment's name for an earlier stage's folder, without `SLATE_IN_`. */
const envName = (stage: string) => stage.toUpperCase().replaceAll('-', '_');

/**
 * Puts a task together: flags rule, then the environment.
 * @returns undefined if help was asked for
 * @throws StepError 64 with what is missing and how to give it
 */
export function readTask(stage: string, argv: readonly string[], env: Task['env']): Task | undefined {
  const flags = parseFlags(argv);
  if (flags.help === true) return undefined;
  const from = new Map<string, string>();
  for (const [key, value] of Object.entries(env)) {
    if (key.startsWith('SLATE_IN_') && value) from.set(key.slice('SLATE_IN_'.length).toLowerCase(), resolve(value));
  }
  for (const [name, folder] of pairs('from', flags.from)) from.set(envName(name).toLowerCase(), resolve(folder));
  const params: Record<string, unknown> = env.SLATE_PARAMS ? readParams(env.SLATE_PARAMS) : {};
  for (const [name, value] of pairs('param', flags.param)) params[name] = value;
  if (flags.input !== undefined) params.input = resolve(flags.input);
  const out = flags.out ?? env.SLATE_PRODUCTS;
  if (!out) throw new StepError(EXIT.usage, 'no output folder: give --out DIR, or set SLATE_PRODUCTS');
  const named = typeof params.input === 'string' ? datasetOf(params.input) : undefined;
  const dataset = flags.dataset ?? env.SLATE_DATASET ?? named ?? datasetFrom(from);
  if (!dataset)
    throw new StepError(EXIT.usage, 'no dataset: give --input FILE or --dataset NAME, or set SLATE_DATASET');
  if (/[/\0]/.test(dataset) || dataset.startsWith('.')) {
    throw new StepError(EXIT.usage, `the dataset ${JSON.stringify(dataset)} cannot be part of a file name`);
  }
  const folder = resolve(out);
  writing(folder, () => mkdirSync(folder, { recursive: true }));
  const members = (flags.member ?? []).map((each) => resolve(each));
  return { stage, dataset, out: folder, params, env, from, members };
}

function parseFlags(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, strict: true }).values;
  } catch (error) {
    throw new StepError(EXIT.usage, `${(error as Error).message.split('\n')[0]}; see --help`);
  }
}

function* pairs(flag: string, values: readonly string[] = []): Generator<[string, string]> {
  for (const text of values) {
    const equals = text.indexOf('=');
    if (equals < 1) throw new StepError(EXIT.usage, `--${flag} ${text}: NAME=VALUE is needed`);
    yield [text.slice(0, equals), text.slice(equals + 1)];
  }
}

function readParams(path: string): Record<string, unknown> {
  const text = reading(path, () => readFileSync(path, 'utf8'));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new StepError(EXIT.usage, `${path} (SLATE_PARAMS): not JSON: ${(error as Error).message}`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new StepError(EXIT.usage, `${path} (SLATE_PARAMS): a JSON object is needed`);
}

/** `j8bt06nyq_t01` from `…/j8bt06nyq_t01_flt.fits.gz`. */
function datasetOf(path: string): string {
  return basename(path).replace(/(_(flt|raw|cal))?\.(fits|fit|fts)(\.gz)?$/i, '');
}

function datasetFrom(from: Task['from']): string | undefined {
  const folder = from.get('calibrate');
  if (folder === undefined) return undefined;
  const found = reading(folder, () => readdirSync(folder)).filter((name) => name.endsWith('_cal.fits'));
  return found.length === 1 && found[0] !== undefined ? datasetOf(found[0]) : undefined;
}

/** Path of the input. Relative paths count from the home under the runner, since the working folder is a scratch folder. */
export function inputPath(task: Task): string {
  const { input } = task.params;
  if (typeof input !== 'string' || input === '') {
    throw new StepError(EXIT.usage, 'no input: give --input FILE, or post the dataset with the parameter input=FILE');
  }
  return isAbsolute(input) ? input : resolve(task.env.SLATE_HOME ?? '', input);
}

/** Path of an earlier stage's product. */
export function productPath(task: Task, stage: string, name: string): string {
  const folder = task.from.get(envName(stage).toLowerCase());
  if (folder !== undefined) return join(folder, name);
  throw new StepError(
    EXIT.usage,
    `no results of ${stage}: give --from ${stage}=DIR, or set SLATE_IN_${envName(stage)}`,
  );
}

/**
 * A number among the parameters; text is converted, since `slate post --param` hands on text.
 * @throws StepError 64 if it is not a number within the limits
 */
export function numberParam(task: Task, name: string, fallback: number, least: number, most: number): number {
  const value = task.params[name] ?? fallback;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && number >= least && number <= most) return number;
  throw new StepError(
    EXIT.usage,
    `the parameter ${name} must be a number from ${least} to ${most}, but is ${JSON.stringify(value)}`,
  );
}

/**
 * A text among the parameters.
 * @param what the text must be, for the message
 * @throws StepError 64 if it is missing or does not match
 */
export function textParam(task: Task, name: string, pattern: RegExp, what: string): string {
  const value = task.params[name];
  if (typeof value === 'string' && pattern.test(value)) return value;
  throw new StepError(
    EXIT.usage,
    `the parameter ${name} must be ${what}, but is ${JSON.stringify(value) ?? 'missing'}`,
  );
}

/** Reads a JSON object that another step has written. */
export function readJson(path: string): Record<string, unknown> {
  const text = reading(path, () => readFileSync(path, 'utf8'));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new DataError(`${path}: not JSON: ${(error as Error).message}`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new DataError(`${path}: a JSON object is needed`);
}

/** Reads a FITS file with errors that name it. */
export function openFits(path: string): FitsFile {
  return reading(path, () => readFits(path));
}

/** Writes a result into the task's folder, over an older one if there is one, and says so. */
export function writeResult(task: Task, name: string, bytes: string | Uint8Array): void {
  const path = join(task.out, name);
  writing(path, () => writeFileSync(path, bytes));
  say(`wrote ${name} (${Buffer.byteLength(bytes)} bytes)`);
}

/** A line of progress. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** A line about something odd that does not stop the step. */
export function warn(text: string): void {
  process.stdout.write(`warning: ${text}\n`);
}

/**
 * Runs a step program: task, work, exit code. Never calls process.exit, so that nothing written is lost.
 * @param about what the program does and which parameters it takes, for --help
 */
export function runStep(stage: string, about: string, work: (task: Task) => void): void {
  let dataset = '';
  try {
    const task = readTask(stage, process.argv.slice(2), process.env);
    if (task === undefined) {
      process.stdout.write(`${about.trim()}\n${FLAGS_HELP}`);
      return;
    }
    dataset = `${task.dataset}: `;
    work(task);
  } catch (error) {
    process.exitCode = exitCodeOf(error);
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${stage}: ${dataset}${message}\n`);
    // A bug needs its place; everything else is said by the one line.
    if (process.exitCode === EXIT.bug && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  }
}
