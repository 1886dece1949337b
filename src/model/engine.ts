/** Where a stage's steps run, if that is not on the host of its stage process: `engines.yaml`. Types, and small rules. */

import type { SiteDefinition } from './site.ts';

export const ENGINE_KINDS = ['slurm', 'pbs', 'htcondor'] as const;
export type EngineKind = (typeof ENGINE_KINDS)[number];

/** Steps run on the host of their stage process. */
export const LOCAL = 'local';

export interface JobTemplate {
  /** Relative to the home. */
  readonly file: string;
  readonly text: string;
}

export interface EngineDefinition {
  /** What `engine:` of a stage says. */
  readonly name: string;
  readonly kind: EngineKind;
  readonly partition: string | undefined;
  readonly account: string | undefined;
  /** For stages without a `timeout`; undefined: the partition's. */
  readonly walltimeMs: number | undefined;
  /** Words that go to the submitting command as they are. */
  readonly options: readonly string[];
  /** Lines of shell that every job begins with. */
  readonly setup: string;
  /** The site's own job file; undefined: `setup`, then the step. */
  readonly template: JobTemplate | undefined;
  /** Jobs that one stage process has with it at a time. */
  readonly most: number;
  /** Most jobs that are submitted together. */
  readonly array: number;
  /** Between two questions. */
  readonly pollMs: number;
  /** Its commands and its nodes are there, and see nothing of the board's disk; undefined: they see it. */
  readonly site?: SiteDefinition;
}

/** The engine that a bare kind names. */
export function plainEngine(kind: EngineKind): EngineDefinition {
  return {
    name: kind,
    kind,
    partition: undefined,
    account: undefined,
    walltimeMs: undefined,
    options: [],
    setup: '',
    template: undefined,
    most: 1_000,
    array: 100,
    pollMs: 5_000,
  };
}

/** What jobs of one submission have in common. */
export interface JobNeeds {
  /** 0: not said. */
  readonly milliCpus: number;
  /** 0: not said. */
  readonly memoryMb: number;
  readonly walltimeMs: number | undefined;
}

/** Nothing is said: the engine's own defaults hold. */
export const NO_JOB_NEEDS: JobNeeds = { milliCpus: 0, memoryMb: 0, walltimeMs: undefined };

/** What an engine may say of a job besides, while it runs or after; what it can't is left out. */
export interface JobFacts {
  readonly node?: string | undefined;
  /** Megabytes of memory, at most, so far. */
  readonly peakMb?: number | undefined;
  /** When it began to run, by the engine's clock. */
  readonly startedMs?: number | undefined;
}

/** A job as its engine sees it. */
export type JobState =
  /** `reason` in the engine's words. */
  | { readonly kind: 'pending'; readonly reason: string }
  /** It will not start before somebody lets it. */
  | { readonly kind: 'held'; readonly reason: string }
  | ({ readonly kind: 'running'; readonly node: string } & JobFacts)
  /** It has ended as programs end: what its own record says counts. */
  | ({ readonly kind: 'ended' } & JobFacts)
  /** It was ended, or never began: see `JobFault`. */
  | ({ readonly kind: 'fault'; readonly fault: JobFault; readonly reason: string } & JobFacts);

/**
 * What an engine does to jobs: `walltime` and `memory` are the step's own doing, `cancelled` is somebody's; of the others
 * the step can't help.
 */
export type JobFault = 'walltime' | 'memory' | 'cancelled' | 'node' | 'preempted' | 'launch';

/** The cause in an entry's name; undefined: the entry is given back, and uses up no try. */
export const FAULT_CAUSES: Readonly<Record<JobFault, string | undefined>> = {
  walltime: 't',
  memory: 'm',
  cancelled: 'job_cancelled',
  launch: 'job_launch',
  node: undefined,
  preempted: undefined,
};
