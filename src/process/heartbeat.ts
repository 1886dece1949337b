/**
 * The lease of a stage process: its status file, and the thread that counts in it. Losing it is not an error here; the
 * stage process asks `isFresh` before it claims, and `lost` when it wakes up late.
 */
import { Worker } from 'node:worker_threads';
import type { Board } from '../board/board.ts';
import {
  COUNTER,
  createStatus,
  formatStatusContent,
  listStatusNames,
  removeStatus,
  replaceOrder,
  type StatusContent,
} from '../board/status.ts';
import type { NamedStatus } from '../board/status-reader.ts';
import { Unchanged } from '../board/unchanged.ts';
import { FOLDERS, type StatusName, type StatusOrder } from '../model/name.ts';
import {
  BURIED,
  CLOCK,
  heartbeatThread,
  LAST_GOOD,
  NO_CLOCK,
  SHARED_SLOTS,
  type ThreadData,
  TICK,
} from './heartbeat-thread.ts';

export type Load = Omit<StatusContent, 'counter'>;

/** Beats a lease: some may be late, and an observer wants three looks. */
const BEATS = 6;
/** The status file tells people what runs: to write (and sync) it for each step of a millisecond costs more than the step. */
const SHOW_EVERY_MS = 1_000;
/** The main loop may be late by some ticks before the counter stands still. */
const TICKS = 8;

function splitContent(load: Load): { rest: string; counterDigits: number } {
  const text = formatStatusContent(load, 0);
  const head = COUNTER.exec(text);
  return { rest: text.slice(head?.[0].length ?? 0), counterDigits: head?.[1]?.length ?? 0 };
}

const THREAD = `(${heartbeatThread.toString()})({ fs: require('node:fs'), worker: require('node:worker_threads') })`;

export class Heartbeat {
  readonly #board: Board;
  readonly #name: StatusName;
  readonly #shared = new BigInt64Array(new SharedArrayBuffer(SHARED_SLOTS * 8));
  readonly #worker: Worker;
  readonly #ticker: NodeJS.Timeout;
  readonly #onTrouble: (message: string) => void;
  readonly #onFile: (file: string) => void;
  readonly #folder: Unchanged;
  #found: NamedStatus | undefined;
  #load: Load;
  #order: StatusOrder;
  #sent: string;
  #gist = '';
  #isQuiet = false;
  #saidMs = Number.NEGATIVE_INFINITY;
  #shownMs = Number.NEGATIVE_INFINITY;
  #toShow: (() => Load) | undefined;
  #showTimer: NodeJS.Timeout | undefined;

  /** @param onFile told of the status file, whenever it was made (anew) */
  constructor(
    board: Board,
    name: StatusName,
    load: Load,
    onTrouble: (message: string) => void,
    onFile: (file: string) => void = () => undefined,
  ) {
    this.#board = board;
    this.#name = name;
    this.#order = name.order;
    this.#load = load;
    this.#onTrouble = onTrouble;
    this.#onFile = onFile;
    this.#folder = new Unchanged(board, FOLDERS.processes);
    onFile(createStatus(board, name, load));
    Atomics.store(this.#shared, LAST_GOOD, process.hrtime.bigint());
    Atomics.store(this.#shared, CLOCK, NO_CLOCK);
    const { rest, counterDigits } = splitContent(load);
    this.#sent = rest;
    const data: ThreadData = {
      shared: this.#shared.buffer as SharedArrayBuffer,
      folder: board.path(FOLDERS.processes),
      id: name.id,
      beatMs: board.leaseMs / BEATS,
      stallMs: board.leaseMs / 2,
      rest,
      counterDigits,
    };
    this.#worker = new Worker(THREAD, { eval: true, workerData: data });
    this.#worker.on('error', (error) => this.#onTrouble(`the heartbeat's thread failed: ${error.message}`));
    this.#worker.unref();
    this.#ticker = setInterval(() => this.tick(), board.leaseMs / TICKS);
  }

  /** The main loop is alive. */
  tick(): void {
    Atomics.add(this.#shared, TICK, 1n);
  }

  /** True if a heartbeat reached the disk within half a lease. One that is not fresh claims nothing. */
  isFresh(): boolean {
    const last = Atomics.load(this.#shared, LAST_GOOD);
    return process.hrtime.bigint() - last < BigInt(Math.floor(this.#board.leaseMs / 2)) * 1_000_000n;
  }

  /** Shown at once after a quiet second, else at its end, as it is then. */
  show(load: () => Load): void {
    this.#toShow = load;
    const waitMs = this.#shownMs + SHOW_EVERY_MS - performance.now();
    if (waitMs <= 0) this.#showNow();
    // While nothing changes the main loop's turn of each second does it: a timer of its own would wake an idle process.
    else this.#showTimer ??= setTimeout(() => this.#showNow(), this.#isQuiet ? 2 * SHOW_EVERY_MS : waitMs).unref();
  }

  /** Written by the thread as soon as it comes to it. */
  say(load: Load): void {
    this.#load = load;
    const { rest } = splitContent(load);
    if (rest === this.#sent) return;
    this.#sent = rest;
    this.#worker.postMessage(rest);
  }

  /** The order in the status file's name now. A file that someone removed is made anew, with the order it last had. */
  readOrder(): StatusOrder {
    if (!this.#folder.isSame()) {
      this.#found = this.#folder.read(() => listStatusNames(this.#board)).find(({ name }) => name.id === this.#name.id);
    }
    if (this.#found !== undefined) {
      this.#order = this.#found.name.order;
      return this.#order;
    }
    if (Atomics.load(this.#shared, BURIED) === 0n) return this.#order;
    this.#onFile(createStatus(this.#board, { ...this.#name, order: this.#order }, this.#load));
    Atomics.store(this.#shared, BURIED, 0n);
    return this.#order;
  }

  /** Changes its own order, as after `reload`, unless another has been given meanwhile. @returns the order that stands now */
  replaceOrder(from: StatusOrder, to: StatusOrder): StatusOrder {
    replaceOrder(this.#board, this.#name.id, from, to);
    return this.readOrder();
  }

  #showNow(): void {
    clearTimeout(this.#showTimer);
    this.#showTimer = undefined;
    this.#shownMs = performance.now();
    if (this.#toShow === undefined) return;
    const load = this.#withClock(this.#toShow());
    // Memory, load, disk and clock always change a little: alone they are no reason for a write and a sync a second.
    const services = load.services?.map((service) => ({ ...service, rssMb: 0 }));
    const gist = JSON.stringify({ ...load, services, rssMb: 0, load1: 0, facts: undefined });
    this.#isQuiet = gist === this.#gist;
    if (this.#isQuiet && this.#shownMs - this.#saidMs < this.#board.leaseMs) return;
    this.#gist = gist;
    this.#saidMs = this.#shownMs;
    this.say(load);
  }

  /** What the beats tell of this host's clock beside the board's. */
  #withClock(load: Load): Load {
    const clock = Atomics.load(this.#shared, CLOCK);
    return clock === NO_CLOCK ? load : { ...load, facts: { ...load.facts, clockMs: Number(clock) } };
  }

  /** Ends the thread; with `remove` the status file goes as well. */
  async stop(remove: boolean): Promise<void> {
    clearInterval(this.#ticker);
    clearTimeout(this.#showTimer);
    // While it is waited for, it must keep this program alive.
    this.#worker.ref();
    const ended = new Promise<void>((resolve) => this.#worker.once('exit', () => resolve()));
    this.#worker.postMessage(null);
    await ended;
    if (remove) removeStatus(this.#board, this.#name.id);
  }
}
