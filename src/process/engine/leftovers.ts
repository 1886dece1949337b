/**
 * Submissions that are over: they stand on the board until the ends of their entries are written down. Only those of which
 * every job was this process's to end: of what it shares with others, they may wait for the rest; see `Orphans`.
 */
import type { Board } from '../../board/board.ts';
import { standingOf, stands } from '../../board/job-claims.ts';
import { type JobTry, jobOf } from '../../board/jobs.ts';
import type { Log } from '../log-lines.ts';
import type { JobDisk } from './job-disk.ts';
import { Removing } from './removing.ts';
import type { Sent } from './sent.ts';

/** A working folder still points to them, as one that is kept does: so long nobody asks whose they are. */
const KEPT_MS = 600_000;

interface Leftover {
  readonly name: string;
  readonly tries: readonly JobTry[];
  askMs: number;
}

export class Leftovers {
  readonly #board: Board;
  readonly #disk: JobDisk;
  readonly #removing: Removing;
  #over: Leftover[] = [];
  /** Of submissions of which others have, or had, jobs: which were this process's. */
  readonly #parts = new Map<string, ReadonlySet<number>>();

  constructor(board: Board, disk: JobDisk, log: Log) {
    this.#board = board;
    this.#disk = disk;
    this.#removing = new Removing(board, log);
  }

  get size(): number {
    return this.#over.length;
  }

  /** This process has no job of it in hand. */
  add({ name, tries, own }: Pick<Sent, 'name' | 'tries' | 'own'>): void {
    const all = new Set([...(this.#parts.get(name) ?? []), ...own]);
    this.#parts.delete(name);
    if (all.size < tries.length) this.#parts.set(name, all);
    else this.#over.push({ name, tries, askMs: performance.now() + KEPT_MS });
  }

  /**
   * Whoever dies before an end is written down leaves it to be read by the next one.
   * @throws EngineError the site was not reached
   */
  async tidy(): Promise<void> {
    const due = this.#over.filter(({ name }) => this.#removing.isDue(name));
    for (const one of this.#readable(due, performance.now()))
      if (await this.#removing.remove(this.#disk, one)) this.#over = this.#over.filter((other) => other !== one);
  }

  /** All ends are written down. */
  async removeAll(): Promise<void> {
    const all = this.#readable(this.#over, Number.POSITIVE_INFINITY);
    this.#over = [];
    for (const one of all) await this.#removing.remove(this.#disk, one);
  }

  /** Those that nobody has to read again. */
  #readable(all: readonly Leftover[], nowMs: number): Leftover[] {
    const isPointedTo = ({ tries }: Leftover): boolean => tries.some((name) => jobOf(this.#board, name) !== undefined);
    const free = new Set(all.filter((one) => !isPointedTo(one)));
    const asked = all.filter((one) => !free.has(one) && one.askMs <= nowMs);
    const tries = asked.flatMap((one) => one.tries);
    // Two looks: a listing may miss a name that is being changed.
    const looks = asked.length === 0 ? [] : [standingOf(this.#board, tries), standingOf(this.#board, tries)];
    for (const one of asked) {
      one.askMs = nowMs + KEPT_MS;
      if (!one.tries.some((job) => looks.some((standing) => stands(job, standing)))) free.add(one);
    }
    return all.filter((one) => free.has(one));
  }
}
