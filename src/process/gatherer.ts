/**
 * This process's share of gathering: looks at what groups wait for when something has changed that may be it, and never
 * so often that it takes more than a few hundredths of the time.
 */
import type { Board } from '../board/board.ts';
import { Gathers } from '../board/gather/gathers.ts';
import { type Located, scanFolder } from '../board/scan.ts';
import { Unchanged } from '../board/unchanged.ts';
import type { Share } from '../model/order.ts';
import type { Log } from './log-lines.ts';
import { Look, type LookTimes } from './looks.ts';

const FOLDER = 'gather';
/** A look with a reason takes at most one part in so many of the time, and changes that follow are heard together. */
const BOUNDS = { costFactor: 100, settleMs: 150 };
/** Other boards are looked at so often: no hint tells of them. */
const OTHERS_MS = 1_000;

/**
 * Begins to measure what a look costs. On a local disk the processor's time counts, which a busy machine does not stretch (and no
 * more than the clock's, for other threads have some as well); elsewhere the time that calls take, for they hold up all else.
 * @returns milliseconds since then, without a part of them
 */
function measureCost(board: Board): (withoutMs: number) => number {
  const startMs = performance.now();
  const start = board.isShared ? undefined : process.cpuUsage();
  return (withoutMs) => {
    const clockMs = performance.now() - startMs;
    const { user, system } = process.cpuUsage(start);
    const tookMs = start === undefined ? clockMs : Math.min(clockMs, (user + system) / 1000);
    return clockMs === 0 ? 0 : tookMs * Math.max(0, 1 - withoutMs / clockMs);
  };
}

export class Gatherer {
  readonly #board: Board;
  readonly #log: Log;
  readonly #gathers: Gathers;
  readonly #folder: Unchanged;
  readonly #look: Look;
  #standing: readonly Located[] = [];
  #active: readonly Located[] = [];
  #inActive: readonly Located[] = [];
  #lastMs = Number.NEGATIVE_INFINITY;
  #costMs = 0;
  #beforeMs = 0;
  /** When something may have come that no hint tells of. */
  #unheardMs = Number.POSITIVE_INFINITY;
  /** What all looks have taken, without what was done for those that went on. */
  spentMs = 0;

  constructor(board: Board, times: LookTimes, log: Log) {
    this.#board = board;
    this.#log = log;
    this.#gathers = new Gathers(board, (where, why) =>
      log('group-faulty', `${where}: ${why}; its entry waits until the file is mended: 'slate check' says how`),
    );
    this.#folder = new Unchanged(board, FOLDER);
    this.#look = new Look({ ...times, ...BOUNDS });
  }

  /**
   * Something has changed in a folder, says the kernel: members finish in `active/` and `done/`, what waits for them comes
   * to `gather/`. @returns true if a look is due for it, and was not before
   */
  hint(folder: string, file: string | undefined): boolean {
    const isDone = folder.startsWith('done/');
    if (folder !== FOLDER && !isDone && folder !== 'active') return false;
    if (folder !== FOLDER && !this.#concerns(file)) return false;
    if (isDone) this.#gathers.hear(folder, file);
    const isNews = !this.#look.isHinted;
    this.#look.hint();
    return isNews;
  }

  /** True for a name that a group may wait for; without a name for any while groups wait. */
  #concerns(file: string | undefined): boolean {
    return file === undefined ? this.#gathers.size > 0 : this.#gathers.concerns(file);
  }

  /** Monotonic time from which on the next look is due. */
  dueMs(): number {
    return Math.min(this.#look.dueMs(), Math.max(this.#unheardMs, this.#lastMs + this.#costMs * BOUNDS.costFactor));
  }

  /** @param active all that stands in `active/` @returns whether entries went on */
  look(nowMs: number, active: readonly Located[], share: Share): boolean {
    let hasGone = false;
    this.#look.take(
      nowMs,
      () => nowMs + this.#costMs,
      () => {
        hasGone = this.#take(active, share);
        return hasGone;
      },
    );
    return hasGone;
  }

  /** All gathering entries as they stand now, read whatever it costs. */
  standing(active: readonly Located[]): readonly Located[] {
    this.#read(active);
    return [...this.#standing, ...this.#inActive];
  }

  #take(active: readonly Located[], share: Share): boolean {
    const took = measureCost(this.#board);
    this.#read(active);
    const { went, dueMs, movedMs } = this.#gathers.look([...this.#standing, ...this.#inActive], false, share);
    const costMs = took(movedMs);
    this.#lastMs = performance.now();
    // One that took long once (code that ran for the first time, a busy disk) does not count.
    this.#costMs = Math.min(costMs, this.#beforeMs);
    this.#beforeMs = costMs;
    this.spentMs += costMs;
    this.#unheardMs = this.#gathers.isPolled ? Math.min(dueMs, this.#lastMs + OTHERS_MS) : dueMs;
    for (const { entry, stage, letter, members, missing } of went) {
      const what = letter === 'w' ? 'goes on' : letter === 'h' ? 'is held' : 'has failed';
      const late = missing > 0 ? `, ${missing} of them missing at its deadline` : '';
      this.#log('gathered', `${entry.name.dataset} ${stage}: ${what} with ${members} members${late}`);
    }
    return went.length > 0;
  }

  #read(active: readonly Located[]): void {
    if (!this.#folder.isSame())
      this.#standing = this.#folder
        .read(() => scanFolder(this.#board, FOLDER).entries)
        .filter(({ name }) => name.letters.includes('g'));
    if (active === this.#active) return;
    this.#active = active;
    this.#inActive = active.filter(({ name }) => name.letters.includes('g'));
  }
}
