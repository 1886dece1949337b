/** Which names concern a stage process: by their letters, worked out once for all that have the same. */
import type { Board } from '../board/board.ts';
import { home, isSettled, runnableColumns } from '../model/home.ts';

/** People may write anything into names: what is remembered stays small. */
const MOST_KINDS = 1_000;
const CLAIMED = /[pe]/;

export class Concerns {
  readonly #board: Board;
  readonly #serves: ReadonlySet<number>;
  readonly #columnsOf = new Map<string, readonly number[]>();
  readonly #concerns = new Map<string, boolean>();

  /** @param serves columns */
  constructor(board: Board, serves: ReadonlySet<number>) {
    this.#board = board;
    this.#serves = serves;
  }

  /** Columns of these letters that could be claimed and are served here. */
  columns(letters: string): readonly number[] {
    let columns = this.#columnsOf.get(letters);
    if (columns === undefined) {
      columns = runnableColumns(letters, this.#board.graph).filter((column) => this.#serves.has(column));
      this.#columnsOf.set(letters, columns);
    }
    return columns;
  }

  /** False for a name in this folder that is in order, and that only others can do something about. */
  has(folder: 'active' | 'queue', file: string): boolean {
    const letters = file.split('.', 3)[2] ?? '';
    // In `active/` claims are what is usual; any other tag may stand there for a person who has to be heard.
    if (file.includes('@') !== CLAIMED.test(letters)) return true;
    const kind = `${folder}.${letters}`;
    let concerns = this.#concerns.get(kind);
    if (concerns === undefined) {
      const { graph, stages } = this.#board;
      const isInOrder =
        letters.length === stages.length && home(letters, graph) === folder && isSettled(letters, graph);
      concerns = !isInOrder || this.columns(letters).length > 0;
      if (this.#concerns.size >= MOST_KINDS) this.#concerns.clear();
      this.#concerns.set(kind, concerns);
    }
    return concerns;
  }
}
