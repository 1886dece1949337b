/** Entries that may not run before a time, as a rule their file's mtime; remembered so that not each look asks for them. */
import type { Board } from '../board/board.ts';
import { dueMs } from '../board/delay.ts';
import { faultKind, isGone, isNoFile, isNoLink } from '../board/errors.ts';
import type { Located } from '../board/scan.ts';

/** Looked at again before that: somebody may `touch` it to let it run now. */
const LOOK_AGAIN_MS = 5_000;

export class DueTimes {
  readonly #board: Board;
  /** Files that are not due yet, and when they are to be looked at (the board's clock). */
  readonly #notBefore = new Map<string, number>();

  constructor(board: Board) {
    this.#board = board;
  }

  /** True if it was found not to be due yet. */
  has(file: string): boolean {
    return this.#notBefore.has(file);
  }

  isLater(file: string, nowMs: number): boolean {
    return (this.#notBefore.get(file) ?? 0) > nowMs;
  }

  /** When the first of them will be due; undefined if none waits. */
  nextMs(): number | undefined {
    return this.#notBefore.size === 0 ? undefined : Math.min(...this.#notBefore.values());
  }

  /** Forgets what no longer has to wait. @returns whether there was any */
  forget(): boolean {
    const now = this.#board.now();
    const before = this.#notBefore.size;
    for (const [file, dueMs] of this.#notBefore) if (dueMs <= now) this.#notBefore.delete(file);
    return this.#notBefore.size < before;
  }

  /** True if the entry stands there and may run now. One that may not is remembered until it is due. */
  isDue(entry: Located): boolean {
    const { folder, file } = entry;
    let atMs: number;
    try {
      atMs = dueMs(this.#board, entry, this.#board.fs.identify(this.#board.path(`${folder}/${file}`)).mtimeMs);
    } catch (error) {
      // Another user's, or no file at all: the claim finds out, and holds it.
      if (faultKind(error) === 'denied' || isNoFile(error)) return true;
      if (isGone(error)) return this.#isLink(`${folder}/${file}`);
      throw error;
    }
    const now = this.#board.now();
    if (atMs <= now) return true;
    this.#notBefore.set(file, Math.min(atMs, now + Math.max(LOOK_AGAIN_MS, (atMs - now) / 10)));
    return false;
  }

  /** One that leads nowhere: it is listed, and can't be looked at. */
  #isLink(path: string): boolean {
    try {
      this.#board.fs.readlink(this.#board.path(path));
      return true;
    } catch (error) {
      if (isGone(error) || isNoLink(error)) return false;
      throw error;
    }
  }
}
