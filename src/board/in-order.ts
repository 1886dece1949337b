/**
 * Whether housekeeping would leave a name alone. Of thousands that stand in a folder most have the same letters, class and
 * tags: what becomes of these is worked out once.
 */
import { formatName } from '../model/name.ts';
import { arrive } from '../model/transition.ts';
import type { Board } from './board.ts';
import { type Located, stateOf } from './scan.ts';

/** People may write anything into names: what is remembered stays small. */
const MOST_KINDS = 1_000;

export class InOrder {
  readonly #board: Board;
  readonly #kinds = new Map<string, boolean>();
  #rules: Board['rules'];

  constructor(board: Board) {
    this.#board = board;
    this.#rules = board.rules;
  }

  /** True if `settlePlace` of housekeeping would not move the entry. Claims are another matter. */
  has({ folder, file, name }: Located): boolean {
    if (this.#rules !== this.#board.rules) {
      this.#rules = this.#board.rules;
      this.#kinds.clear();
    }
    // Rank, times, epoch and dataset stay as they are, if they are written as they should be.
    if (formatName(name) !== file) return false;
    const at = file.indexOf('@');
    const kind = `${folder}|${name.letters}|${name.class}${at < 0 ? '' : file.slice(at)}`;
    let isInOrder = this.#kinds.get(kind);
    if (isInOrder === undefined) {
      const arrived = arrive(name, this.#rules);
      isInOrder =
        arrived.ok && arrived.folder === stateOf(folder) && folder !== 'done' && formatName(arrived.name) === file;
      if (this.#kinds.size >= MOST_KINDS) this.#kinds.clear();
      this.#kinds.set(kind, isInOrder);
    }
    return isInOrder;
  }
}
