/** Jobs that are not wanted any more are cancelled, submission by submission: one that is refused holds up no other. */
import type { Board } from '../../board/board.ts';
import { noteCancels } from '../../board/job-cancels.ts';
import { type Engine, EngineError } from '../../engines/engine.ts';
import type { Log } from '../log-lines.ts';
import { cancelEach, findCopies, idsOf } from './copies.ts';
import type { JobDisk } from './job-disk.ts';
import { type Sent, toCancel, wasCancelled } from './sent.ts';

/** After it was refused. */
const AGAIN_MS = 30_000;

interface CancellingParts {
  readonly board: Board;
  /** This life's process id. */
  readonly id: string;
  readonly engine: Engine;
  readonly disk: JobDisk;
  readonly log: Log;
}

export class Cancelling {
  readonly #parts: CancellingParts;
  /** When it was refused. */
  readonly #refusedMs = new WeakMap<Sent, number>();

  constructor(parts: CancellingParts) {
    this.#parts = parts;
  }

  /** There is something to cancel now. */
  isDue(sent: Sent): boolean {
    if (sent.id === undefined) return false;
    const refusedMs = this.#refusedMs.get(sent);
    return (refusedMs === undefined || performance.now() - refusedMs >= AGAIN_MS) && toCancel(sent).length > 0;
  }

  /** @throws EngineError if the engine can't be asked */
  async cancelAll(all: Iterable<Sent>): Promise<void> {
    const { board, engine, log } = this.#parts;
    for (const sent of all) {
      if (sent.id === undefined || !this.isDue(sent)) continue;
      const indexes = toCancel(sent);
      noteCancels(board, sent.name, indexes);
      try {
        if (sent.copies !== undefined) await findCopies(board, sent, { engine, log });
        await cancelEach(engine, idsOf(sent), indexes);
      } catch (error) {
        if (!(error instanceof EngineError) || !error.isRefusal) throw error;
        if (!this.#refusedMs.has(sent))
          log('engine-refused', `engine ${sent.engine}: ${error.message}; ${sent.id} goes on until it is cancelled`);
        this.#refusedMs.set(sent, performance.now());
        continue;
      }
      await wasCancelled(this.#parts, sent, indexes);
    }
  }
}
