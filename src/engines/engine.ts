/**
 * What a batch system has to be able to do, so that steps can run on it: one file for each, registered in `engines.ts`. All
 * that the board needs to know is on the board; an engine is asked and told, and keeps nothing.
 */
import type { JobNeeds, JobState } from '../model/engine.ts';

export interface SubmitOrder {
  /** By which it can be asked for. */
  readonly jobName: string;
  /** Absolute path of the script. */
  readonly script: string;
  /** Absolute path of a folder that the engine may write its own words to, and of the file there. */
  readonly log: string;
  /** Jobs, numbered from 0. */
  readonly count: number;
  readonly needs: JobNeeds;
}

export interface Engine {
  /** The variable of shell that holds a job's number within its submission, with `:-` and what else it is if need be. */
  readonly indexVariable: string;
  /** True: it may know nothing any more of a job as soon as that has ended. */
  readonly forgets?: boolean;
  /** Most jobs that it can take at once; missing: as many as its definition says. @throws EngineError */
  together?(): Promise<number>;
  /** Submits all jobs at once. @returns the engine's number for them @throws EngineError */
  submit(order: SubmitOrder): Promise<string>;
  /** All numbers of a submission: two, if its answer was lost and it was made again. None: it knows of none of that name. @throws EngineError */
  find(jobName: string): Promise<readonly string[]>;
  /**
   * All jobs of these submissions that the engine knows of, whosever they are, with one command or two whatever their number.
   * @param ids their numbers
   * @returns states by `jobKey`
   * @throws EngineError
   */
  poll(ids: readonly string[]): Promise<ReadonlyMap<string, JobState>>;
  /** Ends jobs, or keeps them from beginning. Those that have ended are no error. @throws EngineError */
  cancel(id: string, indexes: readonly number[]): Promise<void>;
}

export function jobKey(id: string, index: number): string {
  return `${id}_${index}`;
}

/** `0-4,7`: in order, each once. */
export function ranges(indexes: readonly number[]): string[] {
  const sorted = [...new Set(indexes)].sort((a, b) => a - b);
  const parts: string[] = [];
  for (let at = 0; at < sorted.length; ) {
    let end = at;
    while ((sorted[end + 1] ?? Number.NaN) === (sorted[end] ?? 0) + 1) end++;
    parts.push(end === at ? `${sorted[at]}` : `${sorted[at]}-${sorted[end]}`);
    at = end + 1;
  }
  return parts;
}

/** What a client of an engine has said no to, or could not ask. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  /** True: the engine refuses this, and will again. False: it could not be asked; what was asked of it may have been done. */
  readonly isRefusal: boolean;

  constructor(message: string, isRefusal: boolean) {
    super(message);
    this.isRefusal = isRefusal;
  }
}
