/**
 * Names of what is submitted to an engine: `jobs/<process>.<number>/` holds one submission of one or more jobs. Pure.
 */
import { isProcessId } from './fields.ts';

/** Made when a board's first job is submitted. */
export const JOBS_FOLDER = 'jobs';

/** In a try's working folder: which job it is. */
export const JOB_POINTER = '.job';

export const JOB_FILES = {
  /** JSON: which tries, by which engine. */
  about: 'about',
  /** The engine's number for it, once that is known. */
  id: 'id',
  /** JSON: what its engine has said of each job, the last time that this was something new. */
  seen: 'seen',
  /** Numbers of jobs that its engine was told to cancel: a list in JSON a line. */
  cancels: 'cancels',
  /** Empty: its engine was told of it more than once. */
  again: 'again',
  /** What is submitted; it calls the next one. */
  script: 'job.sh',
  /** Runs one job of the submission: its argument is the number. */
  runner: 'run.sh',
  /** What the engine itself has to say. */
  log: 'engine.log',
} as const;

/** The engine's name for a submission is made of it, so that one whose number was lost can be found. */
export function submissionName(process: string, number: number): string {
  return `${process}.${number}`;
}

/** @returns the process that submitted it; undefined for a foreign name */
export function parseSubmission(name: string): { process: string; number: number } | undefined {
  const [process = '', number = '', ...more] = name.split('.');
  if (!isProcessId(process) || more.length > 0 || !/^[1-9]\d{0,8}$/.test(number)) return undefined;
  return { process, number: Number(number) };
}

export function submissionPath(name: string, file?: string): string {
  return file === undefined ? `${JOBS_FOLDER}/${name}` : `${JOBS_FOLDER}/${name}/${file}`;
}

/** The step of one job: a script of shell. */
export function stepFile(index: number): string {
  return `${index}.sh`;
}

/** Made by whoever decides about the job: a folder by the job when it begins, a plain file by one who keeps it from beginning. */
export function startMark(index: number): string {
  return `${index}.run`;
}

/** How it ended, in its own words. */
export function endFile(index: number): string {
  return `${index}.end`;
}

/** The job whose end a file tells; undefined for another file. */
export function parseEndFile(file: string): number | undefined {
  const [, index] = /^(0|[1-9]\d{0,5})\.end$/.exec(file) ?? [];
  return index === undefined ? undefined : Number(index);
}

/** What stands in a pointer. */
export function formatPointer(name: string, index: number): string {
  return `${name} ${index}\n`;
}

export function parsePointer(text: string): { name: string; index: number } | undefined {
  const [name = '', index = '', ...more] = text.trim().split(' ');
  if (parseSubmission(name) === undefined || !/^(0|[1-9]\d{0,5})$/.test(index) || more.length > 0) return undefined;
  return { name, index: Number(index) };
}
