/**
 * Removes what submissions that are over have left. What can't be removed is told once and tried again after a while: it keeps nobody
 * from submitting, nor others from going.
 */
import type { Board } from '../../board/board.ts';
import { isSystemError } from '../../board/errors.ts';
import { removeSubmission, type Submission } from '../../board/jobs.ts';
import { EngineError } from '../../engines/engine.ts';
import type { Log } from '../log-lines.ts';
import type { JobDisk } from './job-disk.ts';

const AGAIN_MS = 600_000;

export class Removing {
  readonly #board: Board;
  readonly #log: Log;
  /** When those that could not be removed are tried again, by their names. */
  readonly #againMs = new Map<string, number>();

  constructor(board: Board, log: Log) {
    this.#board = board;
    this.#log = log;
  }

  isDue(name: string): boolean {
    return performance.now() >= (this.#againMs.get(name) ?? Number.NEGATIVE_INFINITY);
  }

  /**
   * The board's comes last: as long as it is there, somebody knows of the rest.
   * @returns false: it can't be removed now
   * @throws EngineError its site was not reached
   */
  async remove(disk: JobDisk, { name, tries }: Pick<Submission, 'name' | 'tries'>): Promise<boolean> {
    try {
      await disk.remove(name, tries);
      removeSubmission(this.#board, name);
      this.#againMs.delete(name);
      return true;
    } catch (error) {
      const isRefusal = error instanceof EngineError ? error.isRefusal : isSystemError(error);
      if (!isRefusal || !(error instanceof Error)) throw error;
      if (!this.#againMs.has(name))
        this.#log(
          'jobs-unremoved',
          `what jobs of ${name} have left can't be removed: ${error.message}; it is tried again`,
        );
      this.#againMs.set(name, performance.now() + AGAIN_MS);
      return false;
    }
  }
}
