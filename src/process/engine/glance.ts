/**
 * Ends that jobs have told on the board's own disk are seen between two questions to the engine: it need not be asked about
 * them, and the next stage need not wait for it. One stat a submission, and a look into those folders that have changed.
 */
import type { Board } from '../../board/board.ts';
import { submissionPath } from '../../model/name.ts';
import { type Sent, settleTold } from './sent.ts';

export const GLANCE_MS = 1_000;

export class Glance {
  readonly #board: Board;
  /** When the names in a submission's folder last changed, as far as they were looked at. */
  readonly #seen = new Map<string, string>();
  atMs = Number.NEGATIVE_INFINITY;

  constructor(board: Board) {
    this.#board = board;
  }

  /** @returns submissions of which no job is left */
  look(all: Iterable<Sent>): Sent[] {
    this.atMs = performance.now();
    const over: Sent[] = [];
    for (const sent of all) {
      if (sent.id === undefined) continue;
      const stamp = this.#board.fs.changed(this.#board.path(submissionPath(sent.name)))?.stamp;
      if (stamp === undefined || stamp === this.#seen.get(sent.name)) continue;
      this.#seen.set(sent.name, stamp);
      settleTold(this.#board, sent);
      if (sent.jobs.size > 0) continue;
      over.push(sent);
    }
    return over;
  }

  forget(name: string): void {
    this.#seen.delete(name);
  }
}
