/** Is anything left that could still run without a person? */
import type { Board } from '../board/board.ts';
import { Hope, type Served, servedElsewhere } from '../board/gather/hope.ts';
import type { Located } from '../board/scan.ts';
import { isRunnable, mayStillRun } from '../model/home.ts';
import { Awaiting } from './awaiting.ts';
import type { Life } from './life.ts';
import type { Log } from './log-lines.ts';
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
  readonly #awaiting: Awaiting;
  #looks = 0;

  /** @param expectsMore true while something else may still bring entries */
  constructor(board: Board, stages: ServedStages, expectsMore: () => boolean, log: Log) {
    this.#board = board;
    this.#stages = stages;
    this.#expectsMore = expectsMore;
    this.#awaiting = new Awaiting(board, log);
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

  /** Says what it waits for, if that takes long. @param quietMs how long nothing has run here */
  tell(life: Life, quietMs: number): void {
    if (life.order !== 'run' || life.knowsOfMore) return;
    this.#awaiting.turn(performance.now(), quietMs, () =>
      this.#expectsMore() ? 'triggers' : this.#waiting(life).filter(this.#couldRun(life)),
    );
  }

  #anythingToDo(life: Life): boolean {
    const couldRun = this.#couldRun(life);
    return life.everything().some(couldRun) || life.gathering().some(couldRun);
  }

  /** Each entry once: one that gathers may stand in `active/`. */
  #waiting(life: Life): Located[] {
    return [...new Map([...life.everything(), ...life.gathering()].map((entry) => [entry.file, entry])).values()];
  }

  #couldRun(life: Life): (entry: Located) => boolean {
    const columns = [...this.#stages.columns].filter((column) => !this.#stages.isBlocked(column));
    const live = life.keeper.servedStages();
    const young = performance.now() - this.#startMs < STARTING_MS;
    const isServed = (column: number): boolean =>
      young || (live.has(this.#board.stages[column] ?? '') && !this.#stages.isBlocked(column));
    // A stage that does not serve the class will be skipped: nobody is needed for it.
    const isDone = (entry: Located, column: number): boolean =>
      (isServed(column) || !this.#board.rules.serves(column, entry.name.class)) && !this.#isBeyond(life, entry, column);
    const hope = new Hope(this.#board, this.#servedOn(isDone));
    return (entry) =>
      columns.some(
        (column) =>
          !this.#isBeyond(life, entry, column) &&
          !this.#isStranded(life, entry, column) &&
          mayStillRun(
            entry.name.letters,
            column,
            this.#board.graph,
            (at) => isDone(entry, at),
            (at) => hope.mayGoOn(entry, at),
          ),
      );
  }

  /** True if a column waits for more than the host of any live process has. */
  #isBeyond({ slots: { resources } }: Life, entry: Located, column: number): boolean {
    return (
      this.#stages.columns.has(column) &&
      isRunnable(entry.name.letters, column, this.#board.graph) &&
      resources.isBeyond(entry, column) &&
      !resources.isElsewhere(entry, column)
    );
  }

  /** Its job can't be asked for: what is behind it waits for a person. */
  #isStranded({ slots }: Life, { name }: Located, column: number): boolean {
    return slots.dispatcher.left.isStranded(name.dataset) && !isRunnable(name.letters, column, this.#board.graph);
  }

  /** On other boards status files tell who is there. */
  #servedOn(own: (entry: Located, column: number) => boolean): Served {
    const elsewhere = new Map<string, ReadonlySet<string>>();
    return (board, entry, column) => {
      if (board.name === this.#board.name) return own(entry, column);
      const served = elsewhere.get(board.name) ?? servedElsewhere(board);
      elsewhere.set(board.name, served);
      return served.has(board.stages[column] ?? '');
    };
  }
}
