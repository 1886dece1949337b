/** Stage processes, hosts and timers for the dashboard: read again and again, without waiting for a disk that hangs. */
import type { Board } from '../../board/board.ts';
import { isSystemError } from '../../board/errors.ts';
import type { HostRow } from '../../board/hosts.ts';
import { loadHostRows } from '../../board/load-hosts.ts';
import { loadProcessRows, type ProcessRow } from '../../board/processes.ts';
import type { TimerRow } from '../../triggers/timer-rows.ts';
import { TimerSource } from './timers.ts';

const EVERY_MS = 2_000;

export interface ProcessSourceOptions {
  /** By the board's clock. */
  readonly now: () => number;
  readonly onChange: () => void;
}

export class ProcessSource {
  readonly #board: Board;
  readonly #options: ProcessSourceOptions;
  readonly #timers: TimerSource;
  #timer: NodeJS.Timeout | undefined;
  #isReading = false;
  /** Something was changed while it was read. */
  #isDue = false;
  #isStopped = false;
  #areHostsShown = false;
  rows: readonly ProcessRow[] = [];
  /** Undefined: not read yet. */
  hosts: readonly HostRow[] | undefined;

  constructor(board: Board, options: ProcessSourceOptions) {
    this.#board = board;
    this.#options = options;
    this.#timers = new TimerSource(board);
  }

  get timers(): readonly TimerRow[] {
    return this.#timers.rows;
  }

  start(): void {
    void this.#read();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  /** Somebody has just changed something: looks at once, or once more. */
  refresh(): void {
    this.#isDue = this.#isReading;
    void this.#read();
  }

  /** Whether hosts are looked at: only then they are read. */
  showHosts(areShown: boolean): void {
    const isNew = areShown && !this.#areHostsShown;
    this.#areHostsShown = areShown;
    if (isNew) this.refresh();
  }

  /** One reading at a time; while the disk refuses, the live board tells why. */
  async #read(): Promise<void> {
    if (this.#isReading || this.#isStopped) return;
    this.#isReading = true;
    this.#isDue = false;
    clearTimeout(this.#timer);
    const { now, onChange } = this.#options;
    try {
      this.rows = await loadProcessRows(this.#board, now());
      if (this.#areHostsShown) this.hosts = await loadHostRows(this.#board, this.rows, now());
      await this.#timers.read(now());
      onChange();
    } catch (error) {
      if (!isSystemError(error)) throw error;
    }
    this.#isReading = false;
    if (!this.#isStopped) this.#timer = setTimeout(() => void this.#read(), this.#isDue ? 0 : EVERY_MS);
  }
}
