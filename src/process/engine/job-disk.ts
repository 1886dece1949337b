/** Where jobs read what they are to do and write how they ended: the board's own disk, or one that only its site's commands reach. */
import type { Board } from '../../board/board.ts';
import { type JobTry, type Kept, keepFromStarting, type SubmissionFiles } from '../../board/jobs.ts';
import { submissionPath } from '../../model/name.ts';
import type { Launch } from '../launcher.ts';

/** Jobs of one submission of which no end is known. */
export interface Awaited {
  readonly name: string;
  readonly tries: readonly JobTry[];
  readonly indexes: readonly number[];
  /** False: nobody waits for them any more, and what they have logged is nobody's. */
  readonly isWanted?: boolean;
}

/** @throws EngineError from what is asked of a site, and the system's error */
export interface JobDisk {
  /** A submission's folder, absolute, as its jobs see it. */
  folder(name: string): string;
  /** All that jobs read, before their engine hears of them. Once more is as good as once. */
  put(name: string, files: SubmissionFiles, launches: readonly Launch[]): Promise<void>;
  /** Brings to the board what jobs have told of their ends, and what those that run have logged, whatever their number. */
  fetch(awaited: readonly Awaited[]): Promise<void>;
  /**
   * See `keepFromStarting`. What has been logged by jobs that had begun is brought to the board.
   * @returns those that will never begin
   */
  keep(awaited: Awaited): Promise<ReadonlyMap<number, Kept>>;
  /** What a submission has left, once that is on the board. */
  remove(name: string, tries: readonly JobTry[]): Promise<void>;
}

/** Jobs see the board's disk: all of it is there already. */
export function boardDisk(board: Board): JobDisk {
  return {
    folder: (name) => board.path(submissionPath(name)),
    put: async () => undefined,
    fetch: async () => undefined,
    keep: async ({ name, indexes }) =>
      new Map(
        indexes.flatMap((index) => {
          const kept = keepFromStarting(board, name, index);
          return kept === undefined ? [] : [[index, kept] as const];
        }),
      ),
    remove: async () => undefined,
  };
}
