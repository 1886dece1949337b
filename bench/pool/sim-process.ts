/**
 * A stage process of the simulated pool. What it decides and what it does on the board is the real code: `Picker`,
 * `Look`, `choose`, `claim`, `finish`, the try's log, scratch and products. What is modelled is the loop around them,
 * in the order of `StageProcess` and `Life`: one thing after another, so that a long readdir keeps the slots waiting; and
 * the housekeeping of others' leases, as the calls that it makes.
 *
 * It runs in pieces: each `yield` is a moment at which other processes may come in between. Within a piece (one look,
 * one candidate asked whether it is due, one claim, one finish) the disk changes at the piece's beginning, and its time
 * passes afterwards.
 */
import type { Board } from '../../src/board/board.ts';
import { claim, type Held } from '../../src/board/claim.ts';
import { finish } from '../../src/board/finish.ts';
import { hasClaim } from '../../src/board/locate.ts';
import type { Located } from '../../src/board/scan.ts';
import { closeLog, officialProducts } from '../../src/board/tries.ts';
import type { Share } from '../../src/model/order.ts';
import { Look, POLLED } from '../../src/process/looks.ts';
import { type Choice, Picker } from '../../src/process/picker.ts';
import { SlotScratch } from '../../src/process/scratch.ts';
import { Upkeep } from './upkeep.ts';

/** As in `Life`: running steps are checked for their claims at least this often. */
const CHECK_EVERY_MS = 1_000;

/**
 * The stage process's own work. A step costs it half a millisecond (`bench/steps.ts`); a name 2.5 µs when it is new and
 * 0.05 when it was seen before, as most were: 1.5 is taken for all.
 */
const CPU = { nameMs: 0.0015, claimMs: 0.2, finishMs: 0.3 } as const;

export interface SimWorld {
  readonly nowMs: number;
  /** Time passes for whoever runs now. */
  pass(ms: number): void;
  /** A step of this process ends so much later, for all of these at once. */
  startStep(batch: readonly Held[]): void;
  /** Everything from here to the end is another thread's time: it loads the server, and nobody waits for it. */
  aside(action: () => void): void;
}

export interface SimProcessOptions {
  readonly board: Board;
  readonly id: string;
  readonly slots: number;
  /** Entries a step; 1: each has a step of its own. */
  readonly batch: number;
  readonly share: Share;
  readonly world: SimWorld;
  readonly statusFile: string;
  /** See `Upkeep`. */
  readonly phase: number;
}

export interface SimCounts {
  claims: number;
  /** Candidates that someone else had taken: seen when asked whether it is due, and at the rename itself. */
  stale: number;
  lost: number;
  finished: number;
  looksActive: number;
  looksQueue: number;
  /** Slot time from a claim's beginning to its step's start and from the step's end to its finish. */
  overheadMs: number;
}

/** Fewer are taken than a step may have, once the first of them has waited so long. */
const BATCH_WITHIN_MS = 2_000;

interface Running {
  readonly scratch: SlotScratch;
  /** Where its entry was last seen: another branch's claim changes the name. */
  at: Located;
}

interface Ended {
  readonly held: Held;
  readonly scratch: SlotScratch;
  readonly atMs: number;
  /** The last of its step: then the slot is free. */
  readonly isLast: boolean;
}

export class SimProcess {
  readonly counts: SimCounts = {
    claims: 0,
    stale: 0,
    lost: 0,
    finished: 0,
    looksActive: 0,
    looksQueue: 0,
    overheadMs: 0,
  };
  readonly #options: SimProcessOptions;
  readonly #picker: Picker;
  readonly #active = new Look({ ...POLLED, findIsReason: false });
  readonly #queue = new Look(POLLED);
  readonly #idle: SlotScratch[];
  #free: number;
  readonly #running = new Map<Held, Running>();
  readonly #ended: Ended[] = [];
  readonly #upkeep: Upkeep;
  #lastLookMs = Number.NEGATIVE_INFINITY;
  #changed = false;

  constructor(options: SimProcessOptions) {
    this.#options = options;
    const { board, slots, batch, world, statusFile } = options;
    const rule = batch > 1 ? { most: batch, withinMs: BATCH_WITHIN_MS, idleMs: undefined } : undefined;
    this.#upkeep = new Upkeep(board, world, statusFile, options.phase);
    this.#picker = new Picker(
      board,
      new Set(board.stages.keys()),
      () => options.world.nowMs,
      () => rule,
    );
    this.#free = slots;
    this.#idle = Array.from({ length: slots * batch }, () => new SlotScratch(board));
  }

  get hasEnded(): boolean {
    return this.#ended.length > 0;
  }

  get busy(): number {
    return this.#running.size;
  }

  stepEnded(batch: readonly Held[], atMs: number): void {
    for (const held of batch) {
      const running = this.#running.get(held);
      if (running === undefined) throw new Error(`${held.at.file} does not run here`);
      this.#running.delete(held);
      const isLast = held === batch.at(-1);
      this.#ended.push({ held: { ...held, at: running.at }, scratch: running.scratch, atMs, isLast });
    }
  }

  /** The loop. Yields after each piece: undefined to go on at once, a time to sleep until then or until a step ends. */
  *run(): Generator<number | undefined, never> {
    const { board } = this.#options;
    for (;;) {
      yield* this.#upkeep.orders();
      for (let next = this.#ended.shift(); next !== undefined; next = this.#ended.shift()) yield* this.#finish(next);
      yield* this.#look();
      while (this.#free > 0) {
        const choice = this.#next();
        yield;
        if (choice === undefined) break;
        yield* this.#begin(choice);
      }
      board.journal.flush();
      if (this.#upkeep.beat(this.#changed)) this.#changed = false;
      yield this.#dueMs();
    }
  }

  *#look(): Generator<number | undefined, void> {
    const { world, share } = this.#options;
    yield* this.#upkeep.clock();
    const keepDue = this.#upkeep.isKeepDue;
    if (keepDue || this.#activeDueMs() <= world.nowMs) {
      this.#active.take(
        world.nowMs,
        () => world.nowMs,
        () => {
          this.counts.looksActive++;
          const seen = this.#picker.lookActive();
          this.#check(seen);
          world.pass(seen.length * CPU.nameMs);
          return seen.length > 0;
        },
      );
      this.#lastLookMs = world.nowMs;
      yield;
    }
    if (keepDue) yield* this.#upkeep.leases();
    yield* this.#upkeep.quiet();
    if (this.#queueDueMs() > world.nowMs) return;
    this.#queue.take(
      world.nowMs,
      () => world.nowMs,
      () => {
        this.counts.looksQueue++;
        const { entries, total } = this.#picker.lookQueue(share);
        world.pass((entries.length + total / 10) * CPU.nameMs);
        return entries.length > 0;
      },
    );
    yield;
  }

  /** As `Slots.check`: under which names the entries of running steps stand by now. */
  #check(seen: readonly Located[]): void {
    const running = new Map<string, [Held, Running][]>();
    for (const one of this.#running) {
      const { dataset } = one[0].try;
      running.set(dataset, [...(running.get(dataset) ?? []), one]);
    }
    for (const entry of seen)
      for (const [held, slot] of running.get(entry.name.dataset) ?? [])
        if (hasClaim(entry.name, held.claim)) slot.at = entry;
  }

  #next(): Choice | undefined {
    return this.#picker.next(this.#options.share, () => true);
  }

  /** A candidate that the picker asked for and that was gone: the door tells of it. */
  askedInVain(): void {
    this.counts.stale++;
  }

  *#begin(choice: Choice): Generator<number | undefined, void> {
    const { batch, share, world } = this.#options;
    const choices = batch > 1 ? this.#picker.block(choice.column, share) : [choice];
    if (batch > 1) yield;
    const members: Held[] = [];
    for (const [at, one] of choices.entries()) {
      const held = this.#claim(one);
      if (held !== undefined) members.push(held);
      yield;
      // As `Slots`: whoever was faster with the first of them is after the others as well.
      if (members.length > 0 || share.count < 2) continue;
      this.#picker.leaveToOthers(choices.slice(at + 1));
      break;
    }
    if (members.length === 0) return;
    this.#free--;
    world.startStep(members);
  }

  /** @returns undefined if another has it */
  #claim({ entry, column }: Choice): Held | undefined {
    const { board, id, world } = this.#options;
    const start = world.nowMs;
    world.pass(CPU.claimMs);
    const result = claim(board, { entry, column, process: id, products: true });
    if (result.kind === 'lost') this.counts.lost++;
    if (result.kind === 'unfit' || result.kind === 'refused') throw new Error(`${entry.file}: ${result.why}`);
    if (result.kind !== 'won') return;
    const { held } = result;
    if (entry.folder === 'queue') this.#picker.count(entry.name.rank, 1);
    const scratch = this.#idle.pop();
    if (scratch === undefined) throw new Error('no free slot');
    officialProducts(board, held.at.name);
    scratch.take(held.try);
    this.#running.set(held, { scratch, at: held.at });
    this.#changed = true;
    this.counts.claims++;
    this.counts.overheadMs += world.nowMs - start;
    return held;
  }

  *#finish({ held, scratch, atMs, isLast }: Ended): Generator<number | undefined, void> {
    const { board, batch, world } = this.#options;
    world.pass(CPU.finishMs);
    if (held.products !== undefined) board.fs.sync(board.path(held.products));
    const finished = finish(board, held, { kind: 'complete' });
    if (finished.kind !== 'finished') throw new Error(`${held.at.file}: ${finished.kind}`);
    closeLog(board, held.try, 'ok');
    scratch.release('keep-failed', true);
    this.#idle.push(scratch);
    if (isLast) this.#free++;
    this.#changed = true;
    this.counts.finished++;
    if (isLast) this.counts.overheadMs += world.nowMs - atMs;
    yield;
    // What goes together is seen at the next look.
    if (batch > 1) return;
    const { name } = finished.at;
    const column = this.#picker.columns(name.letters).at(-1);
    if (column === undefined || this.#picker.bestRank(() => true) < name.rank) return;
    const choice: Choice = { entry: finished.at, column };
    const isDue = this.#picker.isDue(choice);
    yield;
    if (isDue) yield* this.#begin(choice);
  }

  #activeDueMs(): number {
    const due = this.#active.dueMs();
    if (this.#free > 0 && this.#picker.isEmpty) return due;
    return Math.max(due, this.#lastLookMs + CHECK_EVERY_MS);
  }

  #queueDueMs(): number {
    return this.#picker.queueRanOut || this.#picker.isEmpty ? this.#queue.dueMs() : Number.POSITIVE_INFINITY;
  }

  #dueMs(): number {
    const queueMs = this.#free > 0 ? this.#queueDueMs() : Number.POSITIVE_INFINITY;
    const waitMs = this.#free > 0 ? this.#picker.batchWaitMs() : undefined;
    const batchMs = waitMs === undefined ? Number.POSITIVE_INFINITY : this.#options.world.nowMs + waitMs;
    return Math.min(this.#upkeep.dueMs, this.#activeDueMs(), queueMs, batchMs);
  }
}
