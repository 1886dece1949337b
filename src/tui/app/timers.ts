/** The timers of the board for the dashboard: definitions read now and then, marks with the processes. */
import type { Board } from '../../board/board.ts';
import type { Timer } from '../../model/definition.ts';
import type { TimerRow } from '../../triggers/timer-rows.ts';

const DEFINITIONS_MS = 60_000;

export class TimerSource {
  readonly #board: Board;
  #timers: readonly Timer[] = [];
  #readMs = Number.NEGATIVE_INFINITY;
  rows: readonly TimerRow[] = [];

  constructor(board: Board) {
    this.#board = board;
  }

  /** @throws the system's error */
  async read(nowMs: number): Promise<void> {
    if (performance.now() - this.#readMs > DEFINITIONS_MS) {
      this.#timers = await timersOf(this.#board);
      this.#readMs = performance.now();
    }
    if (this.#timers.length === 0) {
      this.rows = [];
      return;
    }
    const { loadTimerRows } = await import('../../triggers/timer-rows.ts');
    this.rows = await loadTimerRows(this.#board, this.#timers, nowMs);
  }
}

/** A pipeline with faults shows no timers: `slate check` tells why. */
async function timersOf(board: Board): Promise<readonly Timer[]> {
  const { loadPipeline } = await import('../../definitions/load.ts');
  try {
    return loadPipeline(board.home, board.config.pipeline).pipeline.timers;
  } catch (error) {
    if (error instanceof Error && error.name === 'DefinitionError') return [];
    throw error;
  }
}
