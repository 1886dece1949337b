/** What this host is found to be by a program that runs on it: load, cores, free disk. Asked for people, so rarely. */
import { availableParallelism, loadavg } from 'node:os';
import type { Board } from '../board/board.ts';
import { isSystemError } from '../board/errors.ts';
import type { HostFacts } from '../board/host-facts.ts';
import { FOLDERS } from '../model/name.ts';
import { MB } from '../model/size.ts';

/** To ask a file server once a minute costs nobody anything. */
const DISK_EVERY_MS = 60_000;
/** No two disks have as much free; of one disk two looks may differ by what is written meanwhile. */
const SAME_DISK_MB = 16;

type Disk = Pick<HostFacts, 'freeMb' | 'scratchMb'>;

/** Load of one minute, two decimals. */
export function loadNow(): number {
  return Math.round((loadavg()[0] ?? 0) * 100) / 100;
}

export class OwnFacts {
  readonly #board: Board;
  readonly #clock: () => number;
  readonly #cpus = availableParallelism();
  #disk: Disk = {};
  #lookedMs = Number.NEGATIVE_INFINITY;

  constructor(board: Board, clock: () => number = () => performance.now()) {
    this.#board = board;
    this.#clock = clock;
  }

  /** All but the load, which changes faster, and the clock. */
  read(): HostFacts {
    const nowMs = this.#clock();
    if (nowMs - this.#lookedMs >= DISK_EVERY_MS) {
      this.#lookedMs = nowMs;
      this.#disk = this.#look();
    }
    return { cpus: this.#cpus, ...this.#disk };
  }

  #look(): Disk {
    const freeMb = this.#freeMb(FOLDERS.products);
    const scratchMb = this.#freeMb(FOLDERS.scratch);
    if (freeMb === undefined) return scratchMb === undefined ? {} : { scratchMb };
    const isOwn = scratchMb !== undefined && Math.abs(scratchMb - freeMb) > SAME_DISK_MB;
    return isOwn ? { freeMb, scratchMb } : { freeMb };
  }

  #freeMb(folder: string): number | undefined {
    try {
      return Math.floor(this.#board.fs.freeBytes(this.#board.path(folder)) / MB);
    } catch (error) {
      // What is wrong with the disk is found out, and said, by who writes there.
      if (!isSystemError(error)) throw error;
      return undefined;
    }
  }
}
