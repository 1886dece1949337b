/**
 * Ends tries so that no result is lost: while the disk refuses, the outcome is kept and tried again; while the claim is
 * nowhere to be seen, it is kept until a second look a lease later agrees.
 */
import { isAdopted } from '../board/adopt.ts';
import type { Board } from '../board/board.ts';
import type { ChildPosting } from '../board/child-posting.ts';
import type { Held } from '../board/claim.ts';
import { ProductsError } from '../board/durable.ts';
import { isBlocking, isNoFile, isSystemError, pathText } from '../board/errors.ts';
import { type Ending, type FinishNotes, type FinishResult, finish, isFenced } from '../board/finish.ts';
import { syncDisk } from '../board/post-many.ts';
import type { Located } from '../board/scan.ts';
import { settleProducts } from '../board/settle-products.ts';
import { closeOwnLog, timesSent } from '../board/tries.ts';
import { BACK_LIMIT, LOG_GIVEN_BACK, LOG_GONE, sentOutcome, UNFIT } from '../model/name.ts';

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
  /** The very try is another process's now, with its folder and its log. */
  | { readonly kind: 'left' }
  /** Still kept: the disk refuses, or the claim is out of sight. */
  | { readonly kind: 'kept' };

interface Kept {
  result: Result;
  synced: boolean;
  /** Whether it is known if the entry may be sent back once more. */
  isRouted: boolean;
  /** Outcome that its log was to have, if it was to be sent back. */
  sent: string | undefined;
  /** What it has posted is being synced: nothing else is done meanwhile. */
  isSyncing: boolean;
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
  readonly #wake: () => void;
  readonly #unsynced: { readonly kept: Kept; readonly posting: ChildPosting }[] = [];
  #isSyncing = false;
  readonly #onEnd: (result: Result, settled: Settled) => void;

  /**
   * @param onEnd told once of every try, when it is finished or was taken away
   * @param wake asks for a turn in which what is kept is tried again
   */
  constructor(board: Board, onEnd: (result: Result, settled: Settled) => void, wake: () => void) {
    this.#board = board;
    this.#wake = wake;
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
    return this.#attempt(this.keep(result));
  }

  /** Keeps a result for the next `again`. */
  keep(result: Result): Kept {
    const kept: Kept = {
      result,
      synced: false,
      isSyncing: false,
      isRouted: false,
      sent: undefined,
      unseenMs: undefined,
      lookedMs: 0,
    };
    this.#kept.set(result.held, kept);
    return kept;
  }

  /** Tries again what is kept. @throws the system's error while the disk still refuses */
  again(): void {
    const chores = this.#chores;
    this.#chores = [];
    for (const chore of chores) this.#do(chore);
    let first: unknown;
    for (const kept of [...this.#kept.values()]) {
      if (kept.isSyncing) continue;
      if (kept.unseenMs !== undefined && performance.now() - kept.lookedMs < LOOK_AGAIN_MS) continue;
      try {
        this.#attempt(kept);
      } catch (error) {
        // One that the disk refuses must not keep the others back.
        if (!isBlocking(error) && !isSystemError(error)) throw error;
        first ??= error;
      }
    }
    if (first !== undefined) throw first;
  }

  #attempt(kept: Kept): Settled {
    this.#route(kept);
    const { held, ending, notes } = kept.result;
    let finished: FinishResult;
    try {
      if (ending.kind === 'complete' && held.products !== undefined && !kept.synced) {
        settleProducts(this.#board, held.products);
        kept.synced = true;
      }
      finished = finish(this.#board, held, ending, notes);
    } catch (error) {
      // What stands in the way of this one try, or what its step has left, fails it; the others go on.
      const isOwn = error instanceof ProductsError || (isNoFile(error) && !isFenced(held));
      if (ending.kind !== 'complete' || !isOwn) throw error;
      return this.#fail(kept, pathText(error));
    }
    switch (finished.kind) {
      case 'finished':
        this.#end(kept, kept.result.log);
        this.#onEnd(kept.result, finished);
        return finished;
      case 'taken':
        return isAdopted(held, finished.at) ? this.#letGo(kept) : this.#discard(kept);
      case 'refused': {
        // Its exit code asks for what the graph does not allow: that is a fault of the stage file, for a person to see.
        if (ending.kind !== 'complete' && ending.kind !== 'back') return this.#discard(kept, finished.why);
        return this.#fail(kept, finished.why);
      }
      case 'posting':
        this.#goOn(kept, finished.posting);
        return { kind: 'kept' };
      case 'unseen':
        kept.lookedMs = performance.now();
        kept.unseenMs ??= performance.now();
        return performance.now() - kept.unseenMs > this.#board.leaseMs ? this.#discard(kept) : { kind: 'kept' };
    }
  }

  #fail(kept: Kept, reason: string): Settled {
    const notes = { ...kept.result.notes, reason };
    kept.result = { ...kept.result, ending: { kind: 'fail', cause: UNFIT }, log: UNFIT, notes };
    return this.#attempt(kept);
  }

  /**
   * A try that sends its entry back has the column in its log's name; what is counted are these names. One that would do so
   * once too often fails.
   */
  #route(kept: Kept): void {
    const { held, ending, notes } = kept.result;
    if (ending.kind !== 'back' || kept.isRouted) return;
    const stage = this.#board.stages[ending.to] ?? '';
    const isOver = timesSent(this.#board, held.try, ending.to) >= ending.most;
    kept.isRouted = true;
    if (!isOver) {
      kept.sent = sentOutcome(ending.to);
      kept.result = { ...kept.result, log: kept.sent, notes: { ...notes, back: stage } };
      return;
    }
    const often = ending.most === 1 ? 'once' : `${ending.most} times`;
    const said = typeof notes.reason === 'string' ? `: ${notes.reason}` : '';
    const reason = `it was sent back to ${stage} ${often} already${said}`;
    kept.result = {
      ...kept.result,
      ending: { kind: 'fail', cause: BACK_LIMIT, sidecars: ending.sidecars },
      log: BACK_LIMIT,
      notes: { ...notes, reason },
    };
  }

  /** What it posts is posted in slices and synced all at once, while the loop goes on. */
  #goOn(kept: Kept, posting: ChildPosting): void {
    if (!posting.isPosted || posting.syncsEach) {
      this.#wake();
      return;
    }
    kept.isSyncing = true;
    this.#unsynced.push({ kept, posting });
    if (!this.#isSyncing) void this.#syncAll();
  }

  /** One sync for all that wait for one; what comes meanwhile waits for the next. */
  async #syncAll(): Promise<void> {
    this.#isSyncing = true;
    while (this.#unsynced.length > 0) {
      const batch = this.#unsynced.splice(0);
      const isSynced = await syncDisk(this.#board);
      for (const { kept, posting } of batch) {
        if (isSynced) posting.settled();
        else posting.syncsEach = true;
        kept.isSyncing = false;
      }
      this.#wake();
    }
    this.#isSyncing = false;
  }

  /** Another has taken this process for dead, and ends the very try: its log and its result are that one's. */
  #letGo(kept: Kept): Settled {
    this.#kept.delete(kept.result.held);
    this.#onEnd(kept.result, { kind: 'left' });
    return { kind: 'left' };
  }

  #discard(kept: Kept, reason = 'its claim was taken away'): Settled {
    const { held, notes } = kept.result;
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
      ...(notes.job === undefined ? {} : { job: notes.job }),
    });
    this.#end(kept, kept.result.log === LOG_GIVEN_BACK ? LOG_GIVEN_BACK : LOG_GONE);
    this.#onEnd(kept.result, { kind: 'taken' });
    return { kind: 'taken' };
  }

  #end(kept: Kept, outcome: string): void {
    this.#kept.delete(kept.result.held);
    this.#do(() => {
      closeOwnLog(this.#board, kept.result.held.try, outcome);
      // Its log was given its name before the rename; that was not to be.
      const { sent } = kept;
      if (sent !== undefined && sent !== outcome) closeOwnLog(this.#board, kept.result.held.try, outcome, sent);
    });
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
}
