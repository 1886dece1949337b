/** What a stage process is told, and what it says at its end. */
import type { Board } from '../board/board.ts';
import type { BudgetOptions } from './budget.ts';
import type { Log } from './log-lines.ts';
import type { StepTask } from './step.ts';

/**
 * A step as a function in this process (OPUS called that an internal poller). It returns an exit code (undefined: 0),
 * which the stage's `exits` map; what it throws is exit code 1, with the message in the log. `signal` is aborted when
 * the step is to stop.
 */
export type StepFunction = (task: StepTask, signal: AbortSignal) => Promise<number | undefined> | number | undefined;

export interface ProcessOptions {
  readonly board: Board;
  /** Stages served; default: all of the board. */
  readonly stages?: readonly string[] | undefined;
  /** Steps at once; default 1. */
  readonly slots?: number | undefined;
  /** What this host has for steps; default: its cores and memory. */
  readonly budget?: BudgetOptions | undefined;
  /** Kept by a host agent: its slots follow the wish of this host, and it ends when there is none. */
  readonly kept?: boolean | undefined;
  /** Ends when nothing that it serves could still run without a person. */
  readonly untilIdle?: boolean | undefined;
  /** Stages whose step is a function instead of a program. */
  readonly functions?: ReadonlyMap<string, StepFunction> | undefined;
  /** True while something else of this program may still bring entries (landing zones): then it is not idle. */
  readonly expectsMore?: (() => boolean) | undefined;
  /** What this program does for the whole board beside its stages; shown in its status file. */
  readonly roles?: (() => readonly string[]) | undefined;
  /** Told in each turn how long no step has run. */
  readonly whenQuiet?: ((quietMs: number) => void) | undefined;
  readonly log?: Log | undefined;
}

export interface ProcessResult {
  /** `idle` --until-idle · `unwanted` no wish of its host · `drain`, `halt` by order · `signal` · `disk` fsync failed. */
  readonly reason: 'idle' | 'unwanted' | 'drain' | 'halt' | 'signal' | 'disk';
  readonly signal: NodeJS.Signals | undefined;
  /** Steps of this process that ended well, and those that ended in `f`. */
  readonly done: number;
  readonly failed: number;
  /** Why stages could not run at the end, or empty. */
  readonly trouble: string;
}
