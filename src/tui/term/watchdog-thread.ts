/**
 * What the watchdog's own thread runs while the main thread may stand still in a call that waits for a disk. Handed to the
 * thread as text (`Function.toString`), as the heartbeat's: it may use nothing from outside itself but its parameter, and
 * opens nothing that could lie on that disk.
 */

/** Slots of the shared array (Int32). */
export const TICK = 0;
/** 1: the dashboard has the terminal; else a pager, or the shell. */
export const HAS_TERMINAL = 1;
/** 1: the thread has written over the screen. */
export const DRAWN = 2;
/** 1: the thread is to end. */
export const END = 3;
export const SHARED_SLOTS = 4;

export interface WatchData {
  readonly shared: SharedArrayBuffer;
  /** Gives the terminal back. */
  readonly farewell: string;
  /** How often it looks whether the main loop has ticked. */
  readonly lookMs: number;
  /** So many looks in a row without a tick: it stands still. A process that was stopped and goes on has missed one. */
  readonly looks: number;
  /** A main thread that does not wait but works is given so long. */
  readonly busySeconds: number;
  /** How often keys are looked for then. */
  readonly keysMs: number;
  /** Signals that end the dashboard: a bit for each, as `/proc` shows them. */
  readonly endSignals: bigint;
  /** The error's number when nothing has been typed. */
  readonly nothingTyped: number;
}

/** Node's modules that the thread needs, given to it because it can't import. */
export interface WatchModules {
  readonly fs: typeof import('node:fs');
  readonly worker: typeof import('node:worker_threads');
  readonly spawnSync: typeof import('node:child_process').spawnSync;
}

export function watchdogThread({ fs, worker, spawnSync }: WatchModules): void {
  const data = worker.workerData as WatchData;
  const shared = new Int32Array(data.shared);
  const { O_RDWR, O_NONBLOCK, O_NOCTTY } = fs.constants;
  let fd = -1;
  try {
    fd = fs.openSync('/dev/tty', O_RDWR | O_NONBLOCK | O_NOCTTY);
  } catch {
    // It is nobody's terminal that could be spoken to here: signals are all that is left.
  }

  const write = (text: string): void => {
    try {
      fs.writeSync(fd, text);
    } catch {
      // A terminal that takes nothing (Ctrl-S) or has gone: whoever sits there sees nothing anyway.
    }
  };
  /** @returns undefined: the terminal has gone */
  const typed = (): string | undefined => {
    const bytes = Buffer.alloc(4096);
    try {
      const length = fs.readSync(fd, bytes);
      return length === 0 ? undefined : bytes.toString('latin1', 0, length);
    } catch (error) {
      return (error as NodeJS.ErrnoException).errno === data.nothingTyped ? '' : undefined;
    }
  };
  /** What the system tells of the main thread. */
  const statusOf = (): string => {
    try {
      return fs.readFileSync('/proc/self/status', 'latin1');
    } catch {
      // Another system: a signal is heard when the disk is back, keys are at once.
      return '';
    }
  };
  /** A signal for which the main thread has a listener waits, like that thread, for the call to return. */
  const isToldToEnd = (status: string): boolean =>
    [...status.matchAll(/^(?:Sig|Shd)Pnd:\s*([0-9a-f]+)$/gm)].some(
      ([, mask]) => (BigInt(`0x${mask}`) & data.endSignals) !== 0n,
    );
  const end = (isOurs: boolean, seconds: number): void => {
    if (isOurs) {
      write(data.farewell);
      // What raw mode took away. Nothing of this process' own can do it: that is the main thread's.
      const cooked = ['brkint', 'icrnl', 'ixon', 'opost', 'isig', 'icanon', 'iexten', 'echo'];
      const env = { PATH: '/usr/bin:/bin' };
      spawnSync('stty', cooked, { stdio: [fd, 'ignore', 'ignore'], env, timeout: 1_000 });
      write(`slate: the disk has not answered for ${seconds} s: ended by SIGKILL\n`);
    }
    process.kill(process.pid, 'SIGKILL');
  };

  let tick = -1;
  let missed = 0;
  let sinceNs = 0n;
  let shownSeconds = -1;
  while (Atomics.wait(shared, 3, 0, missed < data.looks ? data.lookMs : data.keysMs) === 'timed-out') {
    const now = Atomics.load(shared, 0);
    if (now !== tick) {
      tick = now;
      missed = 0;
      sinceNs = process.hrtime.bigint();
      shownSeconds = -1;
      continue;
    }
    missed++;
    if (missed < data.looks) continue;
    const seconds = Number((process.hrtime.bigint() - sinceNs) / 1_000_000_000n);
    const status = statusOf();
    // It counts something large, or gets no processor: that is no disk, and its keys are its own.
    if (/^State:\s*R/m.test(status) && seconds < data.busySeconds) continue;
    const isOurs = fd >= 0 && Atomics.load(shared, 1) === 1;
    const keys = isOurs ? typed() : '';
    // A `q` that was typed before it was said what it does may be a letter of a text; one inside of a sequence is no key.
    const alone = keys?.replaceAll(/\x1b(?:\[[\d;<?]*[A-Za-z~]|O.)?/g, ' ') ?? '';
    const isLeft = /[\x03\x1c]/.test(alone) || (shownSeconds >= 0 && alone.includes('q'));
    if (keys === undefined || isLeft || isToldToEnd(status)) {
      end(isOurs && keys !== undefined, seconds);
      break;
    }
    if (!isOurs || seconds === shownSeconds) continue;
    shownSeconds = seconds;
    const text = ` STALE ${seconds} s: the disk does not answer. q or Ctrl-C ends, other keys are lost `;
    write(`\x1b7\x1b[?7l\x1b[1;1H\x1b[0;7m${text}\x1b[m\x1b[K\x1b[?7h\x1b8`);
    // After it, so that a main loop that has just come back paints again.
    Atomics.store(shared, 2, 1);
  }
  if (fd >= 0) fs.closeSync(fd);
}
