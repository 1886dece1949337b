/** Whether the claims of running tries still stand, by what a look at `active/` has seen; what it does not show is looked for. */
import type { Board } from '../board/board.ts';
import type { Held } from '../board/claim.ts';
import { type ClaimSight, isEntry, judgeSight, locateClaim } from '../board/locate.ts';
import type { Located } from '../board/scan.ts';

export class Sightings {
  readonly #board: Board;
  readonly #byDataset = new Map<string, Located[]>();

  /** @param seen all that stands in `active/` */
  constructor(board: Board, seen: readonly Located[]) {
    this.#board = board;
    for (const entry of seen) {
      const others = this.#byDataset.get(entry.name.dataset);
      if (others === undefined) this.#byDataset.set(entry.name.dataset, [entry]);
      else others.push(entry);
    }
  }

  of(held: Held): ClaimSight {
    const at = (this.#byDataset.get(held.try.dataset) ?? [])
      .filter((entry) => isEntry(entry.name, held.try))
      .find((entry) => judgeSight(entry, held.claim)?.kind === 'stands');
    return at === undefined ? locateClaim(this.#board, held.try, held.claim) : { kind: 'stands', at };
  }
}
