/** The disk refuses: said once, shown in the status file, and said once more when it is over. */
import type { Board } from '../board/board.ts';
import { BoardError, DiskLostError, faultKind, isBlocking, isSystemError, pathText } from '../board/errors.ts';
import { checkFolders, probeDisk } from '../board/probe.ts';
import type { Log } from './log-lines.ts';

/** Before blocked work is tried again: at first, and at most. */
const AGAIN_MS = 500;
const MOST_MS = 10_000;

export class Blockage {
  readonly #board: Board;
  readonly #log: Log;
  #why: string | undefined;
  #waitMs = AGAIN_MS;

  constructor(board: Board, log: Log) {
    this.#board = board;
    this.#log = log;
  }

  /** Undefined: the disk takes what it is given. */
  get why(): string | undefined {
    return this.#why;
  }

  /**
   * Takes in what a turn of the loop has thrown. Rethrows what is no matter of the disk.
   * @returns ms until it should be tried again; negative: this process must stop
   */
  meet(error: unknown): number {
    if (error instanceof DiskLostError) {
      this.#log('fatal', `${error.message}; this process stops, look at the disk`);
      return -1;
    }
    // Something else than a file in the way of the board's own, say: to end would not mend it, and would hide it.
    if (!isBlocking(error) && !isSystemError(error)) throw error;
    const why = error instanceof BoardError ? error.message : pathText(error);
    if (this.#why === undefined) {
      this.#log(
        'blocked',
        `${why}; nothing new is claimed, and what has ended is kept, until ${this.#untilText(error)}`,
      );
      this.#board.journal.write('blocked', { reason: why });
    }
    this.#why = why;
    const wait = this.#waitMs;
    this.#waitMs = Math.min(2 * wait, MOST_MS);
    return wait;
  }

  #untilText(error: unknown): string {
    if (faultKind(error instanceof BoardError ? error.cause : error) !== 'full') return 'it is mended';
    const { root } = this.#board;
    return `there is room again: make some on the disk of ${root} ('df -h' and 'df -i' of it say what is used up)`;
  }

  /**
   * Does what has to be done before there are turns of a loop, as soon as the disk lets it.
   * @param pause sleeps
   * @param ending asked after each failure: why this process is to end
   */
  async persist<T, E>(
    action: () => T,
    pause: (ms: number) => Promise<void>,
    ending: () => E | undefined,
  ): Promise<{ readonly value: T } | { readonly ended: E | 'disk' }> {
    for (;;) {
      let waitMs: number;
      try {
        return { value: action() };
      } catch (error) {
        waitMs = this.meet(error);
      }
      if (waitMs < 0) return { ended: 'disk' };
      let ended = ending();
      if (ended === undefined) {
        await pause(waitMs);
        ended = ending();
      }
      if (ended !== undefined) return { ended };
    }
  }

  /**
   * While blocked, every turn begins with this: a file made, renamed and removed. Nothing is claimed to find out.
   * @throws the system's error while the disk still refuses
   */
  probe(): void {
    if (this.#why !== undefined) probeDisk(this.#board);
  }

  /** Folders that hold nothing yet are put back at the start; trouble with others shows in the first turn. */
  tryFolders(): void {
    try {
      checkFolders(this.#board);
    } catch (error) {
      this.meet(error);
    }
  }

  /** A turn of the loop went through. */
  over(): void {
    if (this.#why === undefined) return;
    this.#log('unblocked', 'the board can be written again');
    this.#board.journal.write('unblocked', { reason: this.#why });
    this.#why = undefined;
  }

  /** Something was really done: the next blockage begins with a short pause again. */
  worked(): void {
    if (this.#why === undefined) this.#waitMs = AGAIN_MS;
  }
}
