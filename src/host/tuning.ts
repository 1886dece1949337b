/** How a host agent works: what all but tests leave alone. */
import type { Backoff } from '../model/definition.ts';

export interface AgentTuning {
  /** Milliseconds between two looks at what is wanted. */
  readonly lookMs: number;
  /** After so many milliseconds without a sign of it another agent takes its place. */
  readonly staleMs: number;
  /** Before a process that has died is started again. */
  readonly backoff: Backoff;
  /** The agent's file is written at least so often. */
  readonly beatMs: number;
  /** Logs of stage processes are looked at so often, and cut when they are longer than `logBytes`. */
  readonly trimMs: number;
  readonly logBytes: number;
}

export const TUNING: AgentTuning = {
  lookMs: 1_000,
  staleMs: 5_000,
  backoff: { firstMs: 1_000, factor: 2, mostMs: 300_000 },
  beatMs: 10_000,
  trimMs: 60_000,
  logBytes: 4_000_000,
};

/** How this program starts itself. */
export interface Launch {
  readonly script: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** More options of `slate run`. */
  readonly options: readonly string[];
}
