/** What a stage process gives those who deal with one engine. */
import type { Board } from '../../board/board.ts';
import type { Engine } from '../../engines/engine.ts';
import type { EngineDefinition } from '../../model/engine.ts';
import type { Log } from '../log-lines.ts';
import type { JobDisk } from './job-disk.ts';

export interface QueueOptions {
  readonly board: Board;
  /** This life's process id. */
  readonly id: string;
  readonly definition: EngineDefinition;
  readonly engine: Engine;
  /** That its jobs see. */
  readonly disk: JobDisk;
  readonly log: Log;
  readonly nextNumber: () => number;
  /** Aborted when nobody waits for answers any more. */
  readonly unwanted?: AbortSignal;
}
