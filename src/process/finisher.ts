/**
 * Ends tries so that no result is lost: while the disk refuses, the outcome is kept and tried again; while the claim is
 * nowhere to be seen, it is kept until a second look a lease later agrees.
 */
import type { Board } from '../board/board.ts';
import type { Held } from '../board/claim.ts';
import { syncTree } from '../board/durable.ts';
import { DiskLostError, faultKind, isBlocking } from '../board/errors.ts';
import { type Ending, type FinishNotes, finish } from '../board/finish.ts';
import type { Located } from '../board/scan.ts';
import { closeOwnLog } from '../board/tries.ts';
import { LOG_GIVEN_BACK, LOG_GONE, UNFIT } from '../model/name.ts';

export interface Result {
  readonly held: Held;
  readonly ending: Ending;
  /** Outcome in the log's name. */
  readonly log: string;
  readonly notes: FinishNotes;
}

export type Settled =
  | { readonly kind: 'finished'; readonly at: Located }
  | { readonly kind: 'taken' }
  /** Still kept: the disk refuses, or the claim is out of sight. */
  | { readonly kind: 'kept' };

interface Kept {
  result: Result;
  synced: boolean;
  unseenMs: number | undefined;
  lookedMs: number;
}

/** To look for a claim that is out of sight reads every folder. */
const LOOK_AGAIN_MS = 500;

export class Finisher {
  readonly #board: Board;
  readonly #kept = new Map<Held, Kept>();
  /** What else could not be done while the disk refused: closing logs. */
  #chores: (() => void)[] = [];
  readonly #onEnd: (result: Result, settled: Settled) => void;

  /** @param onEnd told once of every try, when it is finished or was taken away */
  constructor(board: Board, onEnd: (result: Result, settled: Settled) => void) {
    this.#board = board;
    this.#onEnd = onEnd;
  }

  get size(): number {
    return this.#kept.size + this.#chores.length;
  }

  holds(entry: Located, column: number, sameTry: (held: Held, entry: Located, column: number) => boolean): boolean {
    return [...this.#kept.keys()].some((held) => sameTry(held, entry, column));
  }

  /** Ends a try now, if the disk lets. @throws DiskLostError, and what is no matter of the disk */
  settle(result: Result): Settled {
    const kept: Kept = { result, synced: false, unseenMs: undefined, lookedMs: 0 };
    this.#kept.set(result.held, kept);
    return this.#attempt(kept);
  }

  /** Tries again what is kept. @throws the system's error while the disk still refuses */
  again(): void {
    const chores = this.#chores;
    this.#chores = [];
    for (const chore of chores) this.#do(chore);
    let first: unknown;
    for (const kept of [...this.#kept.values()]) {
      if (kept.unseenMs !== undefined && performance.now() - kept.lookedMs < LOOK_AGAIN_MS) continue;
      try {
        this.#attempt(kept);
      } catch (error) {
        // One that the disk refuses must not keep the others back.
        if (!isBlocking(error)) throw error;
        first ??= error;
      }
    }
    if (first !== undefined) throw first;
  }

  #attempt(kept: Kept): Settled {
    const { held, ending, notes } = kept.result;
    if (ending.kind === 'complete' && held.products !== undefined && !kept.synced) {
      this.#sync(held.products);
      kept.synced = true;
    }
    const finished = finish(this.#board, held, ending, notes);
    switch (finished.kind) {
      case 'finished':
        this.#end(kept, kept.result.log);
        this.#onEnd(kept.result, finished);
        return finished;
      case 'taken':
        return this.#discard(kept);
      case 'refused': {
        // Its exit code asks for what the graph does not allow: that is a fault of the stage file, for a person to see.
        if (ending.kind !== 'complete') return this.#discard(kept, finished.why);
        kept.result = {
          ...kept.result,
          ending: { kind: 'fail', cause: UNFIT },
          notes: { ...notes, reason: finished.why },
        };
        return this.#attempt(kept);
      }
      case 'unseen':
        kept.lookedMs = performance.now();
        kept.unseenMs ??= performance.now();
        return performance.now() - kept.unseenMs > this.#board.leaseMs ? this.#discard(kept) : { kind: 'kept' };
    }
  }

  #discard(kept: Kept, reason = 'its claim was taken away'): Settled {
    const { held } = kept.result;
    const { dataset, posted, stage, epoch } = held.try;
    const { process, try: nth } = held.claim;
    this.#board.journal.write('discard', {
      dataset,
      posted,
      stage,
      epoch,
      try: nth,
      process,
      reason,
    });
    this.#end(kept, kept.result.log === LOG_GIVEN_BACK ? LOG_GIVEN_BACK : LOG_GONE);
    this.#onEnd(kept.result, { kind: 'taken' });
    return { kind: 'taken' };
  }

  #end(kept: Kept, outcome: string): void {
    this.#kept.delete(kept.result.held);
    this.#do(() => closeOwnLog(this.#board, kept.result.held.try, outcome));
  }

  /** What comes after the rename may wait; the rename has told all that matters. */
  #do(chore: () => void): void {
    try {
      chore();
    } catch (error) {
      if (!isBlocking(error)) throw error;
      this.#chores.push(chore);
    }
  }

  #sync(products: string): void {
    if (this.#board.config.durability === 'none') return;
    try {
      syncTree(this.#board.fs, this.#board.path(products));
    } catch (error) {
      if (faultKind(error) !== 'io') throw error;
      throw new DiskLostError(`${products}: fsync failed: what is on this disk can't be trusted`, { cause: error });
    }
  }
}
