/**
 * So that the dashboard can always be left: while its main thread stands still in a call that waits for a disk (a disk that
 * stopped answering in the middle of a reading, an action), a thread of its own says so on the screen's first line, and
 * ends the process when asked to. It costs a look a second.
 */
import { constants } from 'node:os';
import { Worker } from 'node:worker_threads';
import { DRAWN, END, HAS_TERMINAL, SHARED_SLOTS, TICK, type WatchData, watchdogThread } from './watchdog-thread.ts';

const TICK_MS = 1_000;
const LOOKS = 3;
const BUSY_SECONDS = 30;
const KEYS_MS = 100;

const END_SIGNALS = [
  constants.signals.SIGHUP,
  constants.signals.SIGINT,
  constants.signals.SIGQUIT,
  constants.signals.SIGTERM,
]
  .map((signal) => 1n << BigInt(signal - 1))
  .reduce((all, one) => all | one);

const THREAD = `(${watchdogThread.toString()})({
  fs: require('node:fs'), worker: require('node:worker_threads'), spawnSync: require('node:child_process').spawnSync,
})`;

export interface WatchdogOptions {
  /** What gives the terminal back. */
  readonly farewell: string;
  /** The screen has been written over. */
  readonly onDrawn: () => void;
  readonly onTrouble: (message: string) => void;
}

export class Watchdog {
  readonly #shared = new Int32Array(new SharedArrayBuffer(SHARED_SLOTS * Int32Array.BYTES_PER_ELEMENT));
  readonly #ticker: NodeJS.Timeout;

  constructor({ farewell, onDrawn, onTrouble }: WatchdogOptions) {
    const data: WatchData = {
      shared: this.#shared.buffer as SharedArrayBuffer,
      farewell,
      lookMs: TICK_MS,
      looks: LOOKS,
      busySeconds: BUSY_SECONDS,
      keysMs: KEYS_MS,
      endSignals: END_SIGNALS,
      nothingTyped: -constants.errno.EAGAIN,
    };
    const worker = new Worker(THREAD, { eval: true, workerData: data });
    worker.on('error', (error) => onTrouble(`the watchdog's thread failed: ${error.message}`));
    worker.unref();
    this.#ticker = setInterval(() => {
      Atomics.add(this.#shared, TICK, 1);
      if (Atomics.exchange(this.#shared, DRAWN, 0) === 1) onDrawn();
    }, TICK_MS).unref();
  }

  /** Whether the terminal is the dashboard's now: only then it is written to, and its keys are read. */
  readonly setTerminal = (isOurs: boolean): void => {
    Atomics.store(this.#shared, HAS_TERMINAL, isOurs ? 1 : 0);
  };

  stop(): void {
    clearInterval(this.#ticker);
    Atomics.store(this.#shared, END, 1);
    Atomics.notify(this.#shared, END);
  }
}
