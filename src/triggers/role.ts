/**
 * A role that one process of all hosts should have (a landing zone, a timer), elected by proper-lockfile in `locks/`.
 * It only avoids double work: after a long stop two processes may believe to have it, so whatever a role does must be
 * safe without it.
 */
import fs from 'node:fs';
import lockfile from 'proper-lockfile';
import type { Board } from '../board/board.ts';
import { FOLDERS } from '../model/name.ts';

/** Below this proper-lockfile takes its own value. */
const LEAST_STALE_MS = 2_000;
/** The holder renews this many times within the time after which it counts as dead. */
const UPDATES = 4;

/** After so many milliseconds without a renewal a role is taken over. */
export function roleStaleMs(board: Board): number {
  return Math.max(LEAST_STALE_MS, board.leaseMs);
}

/** Milliseconds until the next try to get a role, spread so that waiting processes do not try in step. */
export function roleRetryMs(board: Board, chance: number): number {
  return roleStaleMs(board) * (0.2 + 0.3 * chance);
}

type Callback = (error: Error | null, stat?: fs.Stats) => void;

/**
 * proper-lockfile compares this host's clock with the lock's mtime, which another host has set: with clocks an hour
 * apart it steals living locks. Seen through this, all hosts set and read the lock by the board's clock.
 */
function onBoardClock(offsetMs: number): object {
  return {
    mkdir: fs.mkdir,
    rmdir: fs.rmdir,
    rmdirSync: fs.rmdirSync,
    stat: (path: string, callback: Callback) =>
      fs.stat(path, (error, stat) => {
        if (error !== null) return callback(error);
        stat.mtime = new Date(stat.mtime.getTime() - offsetMs);
        callback(null, stat);
      }),
    utimes: (path: string, atime: Date, mtime: Date, callback: fs.NoParamCallback) =>
      fs.utimes(path, new Date(atime.getTime() + offsetMs), new Date(mtime.getTime() + offsetMs), callback),
  };
}

export class Role {
  readonly #board: Board;
  readonly #name: string;
  readonly #onLost: (why: string) => void;
  readonly #staleMs: number;
  #release: (() => Promise<void>) | undefined;

  /**
   * @param onLost told when the role is no longer this process's: another one took it, or the lock can't be renewed
   * @param staleMs after so long without a renewal it is taken over
   */
  constructor(board: Board, name: string, onLost: (why: string) => void, staleMs = roleStaleMs(board)) {
    this.#board = board;
    this.#staleMs = staleMs;
    this.#name = name;
    this.#onLost = onLost;
  }

  get held(): boolean {
    return this.#release !== undefined;
  }

  /** True if the role is (now) this process's. @throws the system's error if the lock can't be made. */
  async tryTake(): Promise<boolean> {
    if (this.held) return true;
    const path = this.#board.path(`${FOLDERS.locks}/${this.#name}`);
    const stale = this.#staleMs;
    // Whole milliseconds, one value for the life of the lock: the holder knows its own mtime again by equality.
    const offsetMs = this.#board.isNetwork ? Math.round(this.#board.now() - Date.now()) : 0;
    let lost = false;
    try {
      const release = await lockfile.lock(path, {
        lockfilePath: `${path}.lock`,
        realpath: false,
        stale,
        update: stale / UPDATES,
        retries: 0,
        fs: onBoardClock(offsetMs),
        onCompromised: (error) => {
          lost = true;
          this.#release = undefined;
          this.#onLost(error.message);
        },
      });
      if (!lost) this.#release = release;
      return this.held;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ELOCKED') return false;
      throw error;
    }
  }

  /** Gives the role up, so that another process gets it at once. @throws the system's error. */
  async release(): Promise<void> {
    const release = this.#release;
    this.#release = undefined;
    await release?.();
  }
}
