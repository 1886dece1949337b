/** Submissions that are over: they stand on the board until the ends of their entries are written down. */
import type { Board } from '../../board/board.ts';
import { type JobTry, jobOf, removeSubmission } from '../../board/jobs.ts';
import type { JobDisk } from './job-disk.ts';

/** Where a working folder still points to them, as one that is kept does. */
const KEPT_MS = 600_000;

interface Leftover {
  readonly name: string;
  readonly tries: readonly JobTry[];
  readonly overMs: number;
}

export class Leftovers {
  readonly #board: Board;
  readonly #disk: JobDisk;
  readonly #over: Leftover[] = [];

  constructor(board: Board, disk: JobDisk) {
    this.#board = board;
    this.#disk = disk;
  }

  get size(): number {
    return this.#over.length;
  }

  add({ name, tries }: Omit<Leftover, 'overMs'>): void {
    this.#over.push({ name, tries, overMs: performance.now() });
  }

  /** Whoever dies before an end is written down leaves it to be read by the next one. */
  async tidy(): Promise<void> {
    let failure: unknown;
    for (const one of [...this.#over]) {
      const isRead =
        performance.now() - one.overMs > KEPT_MS || one.tries.every((name) => jobOf(this.#board, name) === undefined);
      if (!isRead) continue;
      try {
        await this.#remove(one);
        this.#over.splice(this.#over.indexOf(one), 1);
      } catch (error) {
        // Those behind it may go.
        failure ??= error;
      }
    }
    if (failure !== undefined) throw failure;
  }

  /** All ends are written down. */
  async removeAll(): Promise<void> {
    for (const one of this.#over.splice(0)) await this.#remove(one);
  }

  /** The board's comes last: as long as it is there, somebody knows of the rest. */
  async #remove({ name, tries }: Pick<Leftover, 'name' | 'tries'>): Promise<void> {
    await this.#disk.remove(name, tries);
    removeSubmission(this.#board, name);
  }
}
