/**
 * Whether a folder may hold other names than when it was last read, for one stat: what comes, goes or is renamed in it
 * gives it a new change time, which nobody can set. So an idle process reads nothing anew. Believed of local file
 * systems only: where other hosts change a folder behind this one's back, its times may be as old as this one's cache,
 * and it is read.
 */
import type { Board } from './board.ts';

/** The clock that stamps folders stands still for up to 10 ms: a younger stamp could be given again. */
const SETTLED_MS = 100;
/** Where stamps are in whole seconds, or in twos of them, so long. */
const COARSE_SETTLED_MS = 2_100;
/** Once in a while a folder is read whatever its time says: no file system is known well enough. */
const BELIEVED_MS = 600_000;

export class Unchanged {
  readonly #board: Board;
  readonly #folder: string;
  #stamp: string | undefined;
  #readMs = Number.NEGATIVE_INFINITY;

  constructor(board: Board, folder: string) {
    this.#board = board;
    this.#folder = folder;
  }

  /** True if the folder holds the names that the last `read` saw. */
  isSame(): boolean {
    if (this.#stamp === undefined || performance.now() - this.#readMs > BELIEVED_MS) return false;
    return this.#stamp === this.#stampNow();
  }

  /** Reads the folder, and remembers since when it stands so. */
  read<T>(read: () => T): T {
    this.#stamp = undefined;
    // Before it is read: what changes meanwhile is seen by the next question.
    const stamp = this.#stampNow();
    const result = read();
    this.#stamp = stamp;
    this.#readMs = performance.now();
    return result;
  }

  #stampNow(): string | undefined {
    if (this.#board.isShared) return undefined;
    const changed = this.#board.fs.changed(this.#board.path(this.#folder));
    if (changed === undefined) return undefined;
    // A stamp of nanoseconds that looks like one of seconds only waits longer.
    const settledMs = changed.ms % 1000 === 0 ? COARSE_SETTLED_MS : SETTLED_MS;
    return Date.now() - changed.ms > settledMs ? changed.stamp : undefined;
  }
}
