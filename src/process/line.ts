/**
 * Candidates in the order in which they are served, and which of them are this process's own share. Several processes
 * have read the same names: if each went for the first, all but one would come too late.
 */
import { type Candidate, choose, ownedBy, type Share } from '../model/order.ts';

/** Candidates that are looked over at a time. */
const SPREAD = 64;

export class Line<C extends Candidate> {
  readonly #all: C[];
  #own: C[] = [];
  #share: Share = { index: 0, count: 1 };

  /** @param sorted as served */
  constructor(sorted: C[]) {
    this.#all = sorted;
  }

  get length(): number {
    return this.#all.length;
  }

  get isEmpty(): boolean {
    return this.#all.length === 0;
  }

  /** Whether something of this process's share is left, as far as that was asked for. */
  get hasOwn(): boolean {
    return this.#own.length > 0;
  }

  first(fits: (column: number) => boolean): C | undefined {
    return this.#all.find(({ column }) => fits(column));
  }

  /**
   * The candidate to try next.
   * @param atHead of the first few, whoever's they are. Otherwise the first one of this process's share, as long as that
   * has the best rank: what is passed over is the others', who are at it at this moment
   */
  pick(share: Share, fits: (column: number) => boolean, atHead: boolean): C | undefined {
    const first = this.first(fits);
    if (share.count < 2 || first === undefined) return first;
    const own = atHead ? undefined : this.#ownOf(share).find(({ column }) => fits(column));
    if (own?.entry.name.rank === first.entry.name.rank) return own;
    const few: C[] = [];
    for (const candidate of this.#all) {
      if (fits(candidate.column)) few.push(candidate);
      if (few.length >= SPREAD) break;
    }
    return few[choose(few, share)];
  }

  remove(candidate: C): void {
    for (const list of [this.#all, this.#own]) {
      const at = list.indexOf(candidate);
      if (at >= 0) list.splice(at, 1);
    }
  }

  #ownOf(share: Share): readonly C[] {
    if (share.index !== this.#share.index || share.count !== this.#share.count) {
      this.#share = share;
      this.#own = this.#all.filter(({ entry }) => ownedBy(entry.name, share));
    }
    return this.#own;
  }
}
