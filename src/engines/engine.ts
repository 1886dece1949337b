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
  /** The variable of shell that holds a job's number within its submission. */
  readonly indexVariable: string;
  /** Submits all jobs at once. @returns the engine's number for them @throws EngineError */
  submit(order: SubmitOrder): Promise<string>;
  /** The number of a submission whose answer was lost; undefined: the engine knows of none of that name. @throws EngineError */
  find(jobName: string): Promise<string | undefined>;
  /**
   * All jobs of this user that the engine knows of, with one command whatever their number.
   * @returns states by `jobKey`
   * @throws EngineError
   */
  poll(): Promise<ReadonlyMap<string, JobState>>;
  /** Ends jobs, or keeps them from beginning. Those that have ended are no error. @throws EngineError */
  cancel(id: string, indexes: readonly number[]): Promise<void>;
}

export function jobKey(id: string, index: number): string {
  return `${id}_${index}`;
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
