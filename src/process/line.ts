/**
 * Candidates in the order in which they are served, and which of them are this process's own share. Several processes
 * have read the same names: if each went for the first, all but one would come too late.
 */
import { type Candidate, choose, ownedBy, type Share } from '../model/order.ts';

/** Candidates that are looked over at a time. */
const SPREAD = 64;

/** Candidates in their order; the first of them are taken away again and again, at no cost for those behind. */
class Queue<C> {
  readonly #items: readonly C[];
  readonly #left: Set<C>;
  #start = 0;

  constructor(items: readonly C[]) {
    this.#items = items;
    this.#left = new Set(items);
  }

  get length(): number {
    return this.#left.size;
  }

  /** @returns whether it was there */
  remove(item: C): boolean {
    return this.#left.delete(item);
  }

  /** Puts one of its items back where it stood. @returns whether it was gone */
  restore(item: C): boolean {
    if (this.#left.has(item) || !this.#items.includes(item)) return false;
    this.#left.add(item);
    this.#start = 0;
    return true;
  }

  *[Symbol.iterator](): Generator<C> {
    while (this.#start < this.#items.length && !this.#left.has(this.#items[this.#start] as C)) this.#start++;
    for (let at = this.#start; at < this.#items.length; at++) {
      const item = this.#items[at] as C;
      if (this.#left.has(item)) yield item;
    }
  }
}

/** Whether a step of a column could start now; with an entry: whether this one's could. */
export type Fits<C extends Candidate> = (column: number, entry?: C['entry']) => boolean;

function firstOf<C extends Candidate>(queue: Queue<C>, fits: Fits<C>): C | undefined {
  for (const candidate of queue) if (fits(candidate.column, candidate.entry)) return candidate;
  return undefined;
}

export class Line<C extends Candidate> {
  readonly #all: Queue<C>;
  /** How many are left of each column. */
  readonly #columns = new Map<number, number>();
  #own = new Queue<C>([]);
  #share: Share = { index: 0, count: 1 };

  /** @param sorted as served */
  constructor(sorted: readonly C[]) {
    this.#all = new Queue(sorted);
    for (const { column } of sorted) this.#columns.set(column, (this.#columns.get(column) ?? 0) + 1);
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

  first(fits: Fits<C>): C | undefined {
    // A stage without room would be asked for once a name.
    return this.hasAny(fits) ? firstOf(this.#all, fits) : undefined;
  }

  /** Whether there is something of such a column. */
  hasAny(fits: (column: number) => boolean): boolean {
    for (const column of this.#columns.keys()) if (fits(column)) return true;
    return false;
  }

  /** All of a column, in their order. */
  *of(column: number): Generator<C> {
    if (!this.#columns.has(column)) return;
    for (const candidate of this.#all) if (candidate.column === column) yield candidate;
  }

  /**
   * The candidate to try next.
   * @param atHead of the first few, whoever's they are. Otherwise the first one of this process's share, as long as that
   * has the best rank: what is passed over is the others', who are at it at this moment
   */
  pick(share: Share, fits: Fits<C>, atHead: boolean): C | undefined {
    const first = this.first(fits);
    if (share.count < 2 || first === undefined) return first;
    const own = atHead ? undefined : firstOf(this.#ownOf(share), fits);
    if (own?.entry.name.rank === first.entry.name.rank) return own;
    const few: C[] = [];
    for (const candidate of this.#all) {
      if (fits(candidate.column, candidate.entry)) few.push(candidate);
      if (few.length >= SPREAD) break;
    }
    return few[choose(few, share)];
  }

  remove(candidate: C): void {
    this.#own.remove(candidate);
    if (!this.#all.remove(candidate)) return;
    const left = (this.#columns.get(candidate.column) ?? 0) - 1;
    if (left > 0) this.#columns.set(candidate.column, left);
    else this.#columns.delete(candidate.column);
  }

  /** What was removed is put back where it stood, if it is this line's. */
  restore(candidate: C): void {
    if (this.#all.restore(candidate))
      this.#columns.set(candidate.column, (this.#columns.get(candidate.column) ?? 0) + 1);
    this.#own.restore(candidate);
  }

  /** Forgets all others. @returns whether there were any */
  keep(isKept: (candidate: C) => boolean): boolean {
    const before = this.#all.length;
    for (const candidate of this.#all) if (!isKept(candidate)) this.remove(candidate);
    return this.#all.length < before;
  }

  #ownOf(share: Share): Queue<C> {
    if (share.index !== this.#share.index || share.count !== this.#share.count) {
      this.#share = share;
      this.#own = new Queue([...this.#all].filter(({ entry }) => ownedBy(entry.name, share)));
    }
    return this.#own;
  }
}
