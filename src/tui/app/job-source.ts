/** Jobs of engines for the dashboard: read again and again while they are shown, without waiting for a disk that hangs. */
import type { Board } from '../../board/board.ts';
import { isSystemError } from '../../board/errors.ts';
import { JobReader } from '../../board/job-reader.ts';
import type { JobRow } from '../../board/job-rows.ts';

const EVERY_MS = 2_000;

export class JobSource {
  readonly #reader: JobReader;
  readonly #onChange: () => void;
  #timer: NodeJS.Timeout | undefined;
  #areShown = false;
  #isReading = false;
  /** What was read last: another array only if it is something else. */
  #text = '';
  /** Undefined: not read yet. */
  rows: readonly JobRow[] | undefined;

  constructor(board: Board, onChange: () => void) {
    this.#reader = new JobReader(board);
    this.#onChange = onChange;
  }

  show(areShown: boolean): void {
    if (areShown === this.#areShown) return;
    this.#areShown = areShown;
    if (areShown) void this.#read();
    else clearTimeout(this.#timer);
  }

  stop(): void {
    this.show(false);
  }

  /** One reading at a time; while the disk refuses, the live board tells why. */
  async #read(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    clearTimeout(this.#timer);
    try {
      const rows = await this.#reader.read();
      const text = JSON.stringify(rows);
      if (this.rows === undefined || text !== this.#text) {
        this.rows = rows;
        this.#text = text;
        this.#onChange();
      }
    } catch (error) {
      if (!isSystemError(error)) throw error;
    }
    this.#isReading = false;
    if (this.#areShown) this.#timer = setTimeout(() => void this.#read(), EVERY_MS);
  }
}
