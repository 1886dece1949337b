/** Is anything left that could still run without a person? */
import type { Board } from '../board/board.ts';
import type { Located } from '../board/scan.ts';
import { mayStillRun } from '../model/home.ts';
import type { Life } from './life.ts';
import type { ServedStages } from './stages.ts';

/** Others that are being started at the same time may yet serve what is upstream. */
const STARTING_MS = 3_000;
/** An entry under rename may hide from one look. */
const LOOKS = 2;

export class Idleness {
  readonly #board: Board;
  readonly #stages: ServedStages;
  readonly #expectsMore: () => boolean;
  readonly #startMs = performance.now();
  #looks = 0;

  /** @param expectsMore true while something else may still bring entries */
  constructor(board: Board, stages: ServedStages, expectsMore: () => boolean) {
    this.#board = board;
    this.#stages = stages;
    this.#expectsMore = expectsMore;
  }

  /** True after several looks in a row that found nothing. Counts each look once. */
  isIdle(life: Life): boolean {
    if (!life.lookedSinceIdleCheck) return false;
    life.lookedSinceIdleCheck = false;
    // More stands in the queue than was read: nothing needs to be looked at to know that.
    if (this.#expectsMore() || life.knowsOfMore || this.#anythingToDo(life)) {
      this.#looks = 0;
      return false;
    }
    this.#looks++;
    if (this.#looks >= LOOKS) return true;
    life.lookSoon();
    return false;
  }

  #anythingToDo(life: Life): boolean {
    const columns = [...this.#stages.columns].filter((column) => !this.#stages.isBlocked(column));
    const live = life.keeper.servedStages();
    const young = performance.now() - this.#startMs < STARTING_MS;
    const isServed = (column: number): boolean =>
      young || (live.has(this.#board.stages[column] ?? '') && !this.#stages.isBlocked(column));
    const couldRun = ({ name }: Located): boolean => {
      // A stage that does not serve the class will be skipped: nobody is needed for it.
      const isDone = (column: number): boolean => isServed(column) || !this.#board.rules.serves(column, name.class);
      return columns.some((column) => mayStillRun(name.letters, column, this.#board.graph, isDone));
    };
    return life.everything().some(couldRun);
  }
}
