/** Which tries of dead processes this one takes over: those whose steps are jobs of engines, of the stages that it serves. */
import { adopt } from '../board/adopt.ts';
import type { Board } from '../board/board.ts';
import type { Held } from '../board/claim.ts';
import type { Located } from '../board/scan.ts';
import type { StageDefinition } from '../model/definition.ts';
import { claimOf } from '../model/name.ts';
import type { LeftJob, LeftJobs } from './engine/left-jobs.ts';
import type { Running } from './launcher.ts';
import type { Grant } from './resources.ts';
import type { SlotsOptions } from './slots-options.ts';

export interface Adopting {
  readonly board: Board;
  readonly id: string;
  /** Those that are served. */
  readonly stages: {
    readonly names: readonly string[];
    of(column: number): Pick<StageDefinition, 'products'>;
  };
  readonly slots: {
    readonly freeJobs: number;
    readonly dispatcher: { readonly left: Pick<LeftJobs, 'find'> };
    isMine(entry: Located, column: number): boolean;
    /** @returns false if there is no room, or the try has no job that could be found: then it is given back */
    adopt(held: Held, left: LeftJob | undefined): boolean;
  };
}

/** @returns where the entry stands then; undefined: it is not this process's to take, or not now */
export function takeOver({ board, id, slots, stages }: Adopting, entry: Located, column: number): Located | undefined {
  const stage = board.stages[column] ?? '';
  const epoch = claimOf(entry.name, column)?.epoch;
  if (!stages.names.includes(stage) || slots.freeJobs <= 0 || epoch === undefined) return undefined;
  const { dataset, posted } = entry.name;
  const left = slots.dispatcher.left.find({ dataset, posted, stage, epoch });
  if (left === 'stranded') return undefined;
  const { products } = stages.of(column);
  const held = adopt(board, { entry, column, process: id, products });
  if (held === undefined) return undefined;
  slots.adopt(held, left);
  return held.at;
}

/** A job as its slot has it. */
export interface TakenUp {
  /** With the engine that has it, whatever its file says by now. */
  readonly stage: StageDefinition;
  readonly running: Running;
  readonly grant: Grant;
}

/** @returns undefined if there is no such job. @throws the system's error: then nothing was taken */
export function takeUp(
  { stages, resources, dispatcher }: Pick<SlotsOptions, 'stages' | 'resources' | 'dispatcher'>,
  held: Held,
  left: LeftJob,
): TakenUp | undefined {
  const stage = { ...stages.of(held.claim.column), engine: left.engine };
  const grant = resources.adopt(held, stage);
  let running: Running | undefined;
  try {
    running = dispatcher.adopt(left);
  } finally {
    if (running === undefined) resources.release(grant);
  }
  return running === undefined ? undefined : { stage, running, grant };
}
