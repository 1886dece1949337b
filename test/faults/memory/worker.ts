/**
 * A stage process, without steps: what it decides and what it does on the board is the real code (`Picker`, `Keeper`,
 * `Finisher`, `Blockage`, claim and finish); the loop around them is that of `StageProcess`, one pass after another.
 */
import type { Board } from '../../../src/board/board.ts';
import type { Held } from '../../../src/board/claim.ts';
import { DiskLostError, isBlocking } from '../../../src/board/errors.ts';
import type { Ending } from '../../../src/board/finish.ts';
import type { Located } from '../../../src/board/scan.ts';
import type { Sidecars } from '../../../src/board/sidecars.ts';
import { formatChildren } from '../../../src/model/child.ts';
import { LOG_GIVEN_BACK, type StatusOrder } from '../../../src/model/name.ts';
import { Blockage } from '../../../src/process/blockage.ts';
import { attemptClaim } from '../../../src/process/claiming.ts';
import { Finisher, type Result } from '../../../src/process/finisher.ts';
import { Keeper } from '../../../src/process/keeper.ts';
import { isClaimOf } from '../../../src/process/members.ts';
import { Picker } from '../../../src/process/picker.ts';
import { checkPosts } from '../../../src/process/post-check.ts';
import { Beat } from './beat.ts';
import { LEASE_MS, PRODUCTS } from './board.ts';
import type { World } from './world.ts';

const SLOTS = 2;
const PASS_MS = 70;
const quiet = (): void => undefined;

interface Running {
  readonly held: Held;
  readonly endsMs: number;
}

class StageWorker {
  readonly #world: World;
  readonly #board: Board;
  readonly #beat: Beat;
  readonly #blockage: Blockage;
  readonly #finisher: Finisher;
  readonly #keeper: Keeper;
  readonly #picker: Picker;
  #running: Running[] = [];
  #passes = 0;
  #lookedMs = Number.NEGATIVE_INFINITY;
  order: StatusOrder = 'run';

  constructor(world: World, board: Board) {
    this.#world = world;
    this.#board = board;
    const { id } = world.setup;
    this.#beat = new Beat(world, board);
    this.#blockage = new Blockage(board, quiet);
    this.#picker = new Picker(board, new Set(board.stages.keys()));
    this.#finisher = new Finisher(board, (result, settled) => this.#ended(result, settled.kind), quiet);
    const isMine = (entry: Located, column: number): boolean =>
      this.#running.some(({ held }) => isClaimOf(held, entry, column)) ||
      this.#finisher.holds(entry, column, isClaimOf);
    // Nothing runs on an engine here.
    const dispatcher = { left: { find: () => undefined } };
    const slots = { freeJobs: 0, isMine, dispatcher, adopt: () => false };
    const stages = { names: board.stages, of: () => ({ products: false }) };
    this.#keeper = new Keeper({ board, id, stages, slots, log: quiet });
  }

  /** @returns how long nothing is due; undefined: it leaves */
  turn(): number | undefined {
    this.#passes++;
    let sleepMs = PASS_MS / 2 + this.#world.below(PASS_MS);
    try {
      if (this.#pass()) return undefined;
      this.#blockage.over();
    } catch (error) {
      sleepMs = Math.min(this.#blockage.meet(error), LEASE_MS);
      // As `Blockage` says: this process stops.
      if (sleepMs < 0) throw error;
    }
    this.#beat.beat();
    this.#board.journal.flush();
    return sleepMs;
  }

  #pass(): boolean {
    if (this.#passes % 3 === 1) this.order = this.#beat.readOrder();
    this.#blockage.probe();
    if (this.order === 'lost') return true;
    const halting = this.order === 'halt';
    const mayClaim = this.order === 'run' && this.#beat.isFresh();
    if (this.#finisher.size > 0) this.#finisher.again();
    this.#settle(halting);
    const active = this.#picker.lookActive();
    if (performance.now() - this.#lookedMs >= this.#keeper.lookEveryMs) {
      this.#lookedMs = performance.now();
      this.#keeper.lookAtProcesses(active, this.#beat.isFresh());
      this.#keeper.sweepActive(active);
    }
    if (this.#passes % 6 === 0) {
      this.#keeper.sweepQuiet();
      this.#keeper.sweepRest();
    }
    if (mayClaim) this.#fill();
    const isEmpty = this.#running.length === 0 && this.#finisher.size === 0;
    return isEmpty && (halting || this.order === 'drain');
  }

  #settle(halting: boolean): void {
    const isOver = ({ endsMs }: Running): boolean => halting || endsMs <= performance.now();
    for (const one of this.#running.filter(isOver)) {
      // Kept by the finisher from here on, whatever the disk says now.
      const result = halting ? givenBack(one.held) : this.#resultOf(one.held);
      this.#running = this.#running.filter((other) => other !== one);
      this.#finisher.settle(result);
    }
  }

  #fill(): void {
    const share = this.#keeper.share();
    this.#picker.lookQueue(share);
    while (this.#running.length < SLOTS) {
      const choice = this.#picker.next(share, () => true);
      if (choice === undefined) return;
      const { entry, column } = choice;
      const products = PRODUCTS.has(column);
      const result = attemptClaim(this.#board, { entry, column, process: this.#world.setup.id, products });
      if (result.kind !== 'won') continue;
      const { held } = result;
      if (entry.folder === 'queue') this.#picker.count(entry.name.rank, 1);
      this.#running.push({ held, endsMs: performance.now() + 30 + this.#world.below(300) });
      this.#step(held);
    }
  }

  /** What the step would do: its disk is the same. It fails where it can't write. */
  #step(held: Held): void {
    if (held.products === undefined) return;
    try {
      this.#board.fs.create(this.#board.path(`${held.products}/made`), `${held.try.epoch}\n`, false);
    } catch (error) {
      if (!isBlocking(error)) throw error;
    }
  }

  /** As the step's exit code would have it. */
  #resultOf(held: Held): Result {
    const { column } = held.claim;
    const dice = this.#world.below(100);
    if (dice < 6) return resultOf(held, { kind: 'fail', cause: 'x2' }, 'x2');
    if (dice < 14) return resultOf(held, { kind: 'retry', cause: 'x75', notBeforeMs: this.#board.now() + 300 }, 'x75');
    if (dice < 17) return resultOf(held, { kind: 'hold', cause: 'x3' }, 'x3');
    // Columns b and d have one before them that all lead from.
    if (dice < 22 && column % 2 === 1) return resultOf(held, { kind: 'back', to: 0, most: 2 }, 'ok');
    return resultOf(held, { kind: 'complete', sidecars: this.#sidecarsOf(held) }, 'ok');
  }

  #sidecarsOf(held: Held): Sidecars {
    const { dataset } = held.try;
    const result = this.#world.chance(0.2) ? { result: '{"params": {"seen": 1}}\n' } : {};
    if (held.claim.column !== 0 || dataset.includes('-') || !this.#world.chance(0.3)) return result;
    const lines = ['k', 'l'].map((kin) => JSON.stringify({ dataset: `${dataset}-${kin}`, params: { mark: dataset } }));
    const children = checkPosts(this.#board, held, lines.join('\n'));
    return typeof children === 'string' ? result : { ...result, post: formatChildren(children) };
  }

  #ended({ held }: Result, kind: string): void {
    if (kind !== 'finished') return;
    const { dataset, posted, epoch } = held.try;
    this.#world.told({ kind: 'finished', dataset, posted, epoch });
  }

  leave(): void {
    if (this.order === 'lost') return;
    this.#board.journal.write('stop', { process: this.#world.setup.id });
    this.#beat.end();
  }
}

function resultOf(held: Held, ending: Ending, log: string): Result {
  return { held, ending, log, notes: {} };
}

function givenBack(held: Held): Result {
  return resultOf(held, { kind: 'giveBack' }, LOG_GIVEN_BACK);
}

export function worker(world: World): void {
  const board = world.open(world.setup.id);
  try {
    const stage = world.patiently(() => new StageWorker(world, board));
    for (;;) {
      const sleepMs = stage.turn();
      if (sleepMs === undefined) break;
      world.sleep(sleepMs);
    }
    stage.leave();
  } catch (error) {
    // It stops, and leaves its status file behind.
    if (!(error instanceof DiskLostError) && !isBlocking(error)) throw error;
  }
  board.journal.flush();
}
