/**
 * A stage is not started while its disk has less than its minimum free. The disk is asked at most once a second, and goes on
 * being asked while a stage waits for it: it resumes by itself.
 */
import type { Board } from '../board/board.ts';
import { isSystemError } from '../board/errors.ts';
import { FOLDERS } from '../model/name.ts';
import { formatSize } from '../model/size.ts';
import type { Log } from './log-lines.ts';

const BELIEVED_MS = 1_000;
const LOOK_AGAIN_MS = 2_000;
/** Where a step writes; one of them may be a link to another file system. */
const PLACES = [FOLDERS.products, FOLDERS.scratch] as const;

export class DiskFloor {
  readonly #board: Board;
  readonly #log: Log;
  readonly #clock: () => number;
  readonly #short = new Map<string, { readonly least: number; why: string }>();
  #readMs = Number.NEGATIVE_INFINITY;
  #free: { readonly bytes: number; readonly path: string } = { bytes: Number.POSITIVE_INFINITY, path: '' };

  constructor(board: Board, log: Log, clock: () => number = () => performance.now()) {
    this.#board = board;
    this.#log = log;
    this.#clock = clock;
  }

  /** Whether a stage may start that wants so much to be free. */
  allows(stage: string, least: number): boolean {
    if (least === 0) return true;
    this.#look(this.#short.has(stage) ? LOOK_AGAIN_MS : BELIEVED_MS);
    return this.#judge(stage, least);
  }

  /** Looks again for the stages that wait. @returns when it should be called again, ms; undefined: none waits */
  turn(): number | undefined {
    if (this.#short.size === 0) return undefined;
    this.#look(LOOK_AGAIN_MS);
    for (const [stage, { least }] of [...this.#short]) this.#judge(stage, least);
    return this.#short.size === 0 ? 0 : Math.max(1, this.#readMs + LOOK_AGAIN_MS - this.#clock());
  }

  /** Which stages wait, and for how much; empty if none. */
  get trouble(): string {
    return [...this.#short].map(([stage, { why }]) => `stage ${stage}: ${why}`).join('; ');
  }

  /** The stages have other minima, perhaps. */
  reset(): void {
    this.#short.clear();
    this.#readMs = Number.NEGATIVE_INFINITY;
  }

  #judge(stage: string, least: number): boolean {
    const { bytes, path } = this.#free;
    const before = this.#short.get(stage);
    if (bytes >= least) {
      if (before === undefined) return true;
      this.#short.delete(stage);
      this.#log('stage-unblocked', `stage ${stage}: ${formatSize(bytes)} are free again in ${path}`);
      return true;
    }
    const why = `${formatSize(bytes)} are free in ${path}, and it wants ${formatSize(least)}`;
    if (before === undefined)
      this.#log('stage-blocked', `stage ${stage}: ${why}; it goes on by itself when there is more`);
    this.#short.set(stage, { least, why });
    return false;
  }

  #look(everyMs: number): void {
    const nowMs = this.#clock();
    if (nowMs - this.#readMs < everyMs) return;
    this.#readMs = nowMs;
    const free = PLACES.flatMap((folder) => {
      const path = this.#board.path(folder);
      try {
        return [{ bytes: this.#board.fs.freeBytes(path), path }];
      } catch (error) {
        // What is wrong with the disk is found out, and said, by who writes there.
        if (!isSystemError(error)) throw error;
        return [];
      }
    });
    this.#free = free.reduce((least, one) => (one.bytes < least.bytes ? one : least), {
      bytes: Number.POSITIVE_INFINITY,
      path: this.#board.path(FOLDERS.products),
    });
  }
}
