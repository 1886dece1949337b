/**
 * Jobs of engines on the board: `jobs/<process>.<number>/` is a submission, and the pointer in a try's working folder says
 * which job is its. All of it is written before the engine hears of the job, so that whoever takes the entry over finds it.
 */
import { randomBytes } from 'node:crypto';
import { parseSights, type Sights } from '../model/job-sight.ts';
import {
  endFile,
  formatPointer,
  JOB_FILES,
  JOB_POINTER,
  JOBS_FOLDER,
  parseEndFile,
  parsePointer,
  parseSubmission,
  scratchPath,
  startMark,
  stepFile,
  submissionPath,
  type TryName,
} from '../model/name.ts';
import type { Board } from './board.ts';
import { isExists, isGone, isSystemError } from './errors.ts';

export interface JobTry extends TryName {
  readonly column: number;
  /** The entry that has posted the try's; `board:dataset` of another board. */
  readonly of?: string | undefined;
}

/** What `about` says. */
export interface Submission {
  readonly name: string;
  /** Of engines.yaml. */
  readonly engine: string;
  readonly kind: string;
  /** The name by which the engine can be asked for it. */
  readonly jobName: string;
  /** By index. */
  readonly tries: readonly JobTry[];
  /** RFC 3339. */
  readonly made: string;
}

/** How a job ended, by what it wrote itself. */
export interface JobRecord {
  /** As the shell has it: 128 and more are signals. */
  readonly code: number;
  readonly seconds: number;
  /** By the node's clock; undefined: an older one's record. */
  readonly startedMs?: number | undefined;
  readonly node: string;
  /** Kilobytes, at most; undefined: the node has nothing to measure it with. */
  readonly peakKb: number | undefined;
  /** Its step did not begin: its node could not give it what it needs. */
  readonly isUnstarted?: boolean;
}

export interface SubmissionFiles {
  readonly script: string;
  readonly runner: string;
  /** By index. */
  readonly steps: readonly string[];
}

/** Writes a submission, then the pointers to its jobs. What the disk does not take whole it does not keep. */
export function writeSubmission(board: Board, about: Submission, files: SubmissionFiles): void {
  try {
    writeAll(board, about, files);
  } catch (error) {
    try {
      for (const one of about.tries) dropPointer(board, one);
      removeSubmission(board, about.name);
    } catch (left) {
      // It goes when this process is dead: nothing of it was submitted.
      if (!isSystemError(left)) throw left;
    }
    throw error;
  }
}

function writeAll(board: Board, about: Submission, files: SubmissionFiles): void {
  const { name, tries } = about;
  for (const folder of [JOBS_FOLDER, submissionPath(name)]) {
    try {
      board.fs.mkdir(board.path(folder));
    } catch (error) {
      if (!isExists(error)) throw error;
    }
  }
  const put = (file: string, text: string): void =>
    void board.fs.create(board.path(submissionPath(name, file)), text, false, 0o777);
  for (const [index, text] of files.steps.entries()) put(stepFile(index), text);
  put(JOB_FILES.runner, files.runner);
  put(JOB_FILES.script, files.script);
  put(JOB_FILES.about, `${JSON.stringify(about)}\n`);
  for (const [index, one] of tries.entries())
    board.fs.create(board.path(`${scratchPath(one)}/${JOB_POINTER}`), formatPointer(name, index), false);
}

/** The engine's number. Before this it can be found by its name. */
export function writeJobId(board: Board, name: string, id: string): void {
  try {
    board.fs.create(board.path(submissionPath(name, JOB_FILES.id)), `${id}\n`, true);
  } catch (error) {
    // Another one that looked for it has found it as well.
    if (!isExists(error)) throw error;
  }
}

export function readJobId(board: Board, name: string): string | undefined {
  const text = readOr(board, submissionPath(name, JOB_FILES.id))?.trim();
  return text === undefined || text === '' ? undefined : text;
}

/** Undefined: there is none, or it can't be understood. */
export function readSubmission(board: Board, name: string): Submission | undefined {
  return parseAbout(name, readOr(board, submissionPath(name, JOB_FILES.about)));
}

export function parseAbout(name: string, text: string | undefined): Submission | undefined {
  if (text === undefined) return undefined;
  try {
    const about = JSON.parse(text) as Submission;
    return about.name === name && Array.isArray(about.tries) ? about : undefined;
  } catch (error) {
    // Torn: its poster died over it, and nothing was submitted.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Which job a try is; undefined: none, as far as the board knows. */
export function jobOf(board: Board, name: TryName): { readonly name: string; readonly index: number } | undefined {
  const text = readOr(board, `${scratchPath(name)}/${JOB_POINTER}`);
  return text === undefined ? undefined : parsePointer(text);
}

/** The try has no job that anybody could find: it is as if it had never had one. */
export function dropPointer(board: Board, name: TryName): void {
  try {
    board.fs.unlink(board.path(`${scratchPath(name)}/${JOB_POINTER}`));
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

export function listSubmissions(board: Board): string[] {
  try {
    return board.fs.names(board.path(JOBS_FOLDER)).filter((name) => parseSubmission(name) !== undefined);
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

/** Indexes of the jobs whose end is told. */
export function endedJobs(board: Board, name: string): number[] {
  try {
    return board.fs.names(board.path(submissionPath(name))).flatMap((file) => parseEndFile(file) ?? []);
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

export function readEnd(board: Board, name: string, index: number): JobRecord | undefined {
  const text = readOr(board, submissionPath(name, endFile(index)));
  return text === undefined ? undefined : parseEnd(text);
}

/** `code 0 seconds 12.345 node n1 peak 5120 start 1790000000123`, or `unstarted node n1 start 1790000000123` */
export function parseEnd(text: string): JobRecord | undefined {
  const [, where, when] = /^unstarted node (\S*) start (\d{1,15})\s*$/.exec(text) ?? [];
  if (where !== undefined)
    return { code: 1, seconds: 0, node: where, peakKb: undefined, startedMs: Number(when), isUnstarted: true };
  const match = /^code (\d{1,3}) seconds (\d{1,10}(?:\.\d{1,3})?) node (\S*) peak (\d*)(?: start (\d{1,15}))?\s*$/.exec(
    text,
  );
  if (match === null) return undefined;
  const [, code, seconds, node = '', peak, start] = match;
  return {
    code: Number(code),
    seconds: Number(seconds),
    node,
    peakKb: peak === '' ? undefined : Number(peak),
    ...(start === undefined ? {} : { startedMs: Number(start) }),
  };
}

/** That a job never begins was decided by this call, or `before`: by another, whose decision it is to give its entry back. */
export type Kept = 'now' | 'before';

/**
 * Decides that a job never begins, if that is still open: whoever makes the mark does. A file as the job's own is a folder, by
 * one call too: whoever comes after a crash knows which it was. @returns undefined: it has begun
 */
export function keepFromStarting(board: Board, name: string, index: number): Kept | undefined {
  const mark = board.path(submissionPath(name, startMark(index)));
  try {
    board.fs.createEmpty(mark);
    return 'now';
  } catch (error) {
    // What is not seen for certain is taken for the job's own.
    if (isExists(error)) return !board.fs.isFolder(mark) && board.fs.isThere(mark) ? 'before' : undefined;
    // The whole submission is gone: nothing of it can begin.
    if (isGone(error)) return 'now';
    throw error;
  }
}

/** What was last seen of its jobs, for whoever looks at them: appears whole, in place of what was seen before. */
export function writeSights(board: Board, name: string, text: string): void {
  const made = board.path(submissionPath(name, `.${JOB_FILES.seen}-${randomBytes(6).toString('hex')}`));
  try {
    board.fs.create(made, text, false);
    board.fs.rename(made, board.path(submissionPath(name, JOB_FILES.seen)));
  } catch (error) {
    // The submission is over, and gone.
    if (!isGone(error)) throw error;
  }
}

export function readSights(board: Board, name: string): Sights {
  return parseSights(readOr(board, submissionPath(name, JOB_FILES.seen)));
}

export function removeSubmission(board: Board, name: string): void {
  board.fs.removeTree(board.path(submissionPath(name)));
}

function readOr(board: Board, path: string): string | undefined {
  try {
    return board.fs.read(board.path(path)).content;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}
