/**
 * What the heartbeat's own thread runs. It is handed to the thread as text (`Function.toString`), so that one bundled
 * file is all that is needed: it may use nothing from outside itself but its parameter. Only synchronous calls, since
 * four hung asynchronous ones would stop libuv's pool and the heartbeat with it.
 */

/** Slots of the shared array (BigInt64): times are nanoseconds of the monotonic clock that all threads share. */
export const TICK = 0;
export const LAST_GOOD = 1;
/** 1: the status file is gone, and the main thread should make it anew. */
export const BURIED = 2;
/** Milliseconds that this host's clock is ahead of the disk's, by the last beat. */
export const CLOCK = 3;
export const SHARED_SLOTS = 4;
/** In its slot: nothing is known yet. */
export const NO_CLOCK = -(2n ** 62n);

export interface ThreadData {
  readonly shared: SharedArrayBuffer;
  readonly folder: string;
  readonly id: string;
  readonly beatMs: number;
  /** The counter stands still when the main loop has not ticked for this long. */
  readonly stallMs: number;
  /** First content, without the counter: as `formatStatusContent` writes it behind `{"counter":`. */
  readonly rest: string;
  readonly counterDigits: number;
}

/** Node's modules that the thread needs, given to it because it can't import. */
export interface ThreadModules {
  readonly fs: typeof import('node:fs');
  readonly worker: typeof import('node:worker_threads');
}

export function heartbeatThread({ fs, worker }: ThreadModules): void {
  const data = worker.workerData as ThreadData;
  const shared = new BigInt64Array(data.shared);
  let rest = data.rest;
  let counter = 0;
  let lastTick = -1n;
  let lastTickAt = process.hrtime.bigint();
  let fd = -1;

  const open = (): void => {
    const file = fs.readdirSync(data.folder).find((name) => name.startsWith(`${data.id}.`));
    if (file === undefined) {
      Atomics.store(shared, 2, 1n);
      return;
    }
    fd = fs.openSync(`${data.folder}/${file}`, 'r+');
    Atomics.store(shared, 2, 0n);
  };
  const close = (): void => {
    if (fd < 0) return;
    try {
      fs.closeSync(fd);
    } catch (error) {
      // The server forgot the file (ESTALE): there is nothing left to close.
      console.error(`heartbeat: close: ${String(error)}`);
    }
    fd = -1;
  };
  const beat = (): void => {
    const now = process.hrtime.bigint();
    const tick = Atomics.load(shared, 0);
    if (tick !== lastTick) {
      lastTick = tick;
      lastTickAt = now;
    }
    if (now - lastTickAt <= BigInt(data.stallMs) * 1_000_000n) counter++;
    try {
      if (fd < 0) open();
      if (fd < 0) return;
      const text = `{"counter":${String(counter).padStart(data.counterDigits)},${rest}`;
      const before = Date.now();
      fs.writeSync(fd, text, 0);
      fs.fsyncSync(fd);
      const after = Date.now();
      const { nlink, mtimeMs } = fs.fstatSync(fd);
      if (nlink === 0) {
        close();
        Atomics.store(shared, 2, 1n);
        return;
      }
      Atomics.store(shared, 1, process.hrtime.bigint());
      // The disk has stamped the write, so its clock can be seen without asking for it (`clockOffset` in board/).
      const offset = mtimeMs < before ? before - mtimeMs : mtimeMs > after ? after - mtimeMs : 0;
      if (after >= before && after - before <= 1_000) Atomics.store(shared, 3, BigInt(Math.round(offset)));
    } catch {
      // Whatever it was, LAST_GOOD stays old: the main thread sees that, stops claiming, and says so.
      close();
    }
  };
  worker.parentPort?.on('message', (message: string | null) => {
    if (message === null) {
      clearInterval(timer);
      close();
      worker.parentPort?.close();
      return;
    }
    rest = message;
    beat();
  });
  const timer = setInterval(beat, data.beatMs);
  beat();
}
