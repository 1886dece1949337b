/** How many active entries each rank has: what decides whether another one may leave the queue. */
import type { Located } from '../board/scan.ts';
import { mayEnter } from '../model/order.ts';

const RANKS = 100;

export class ActiveRanks {
  #counts: number[] = new Array<number>(RANKS).fill(0);

  /** All that stands in `active/`. */
  see(entries: readonly Located[]): void {
    this.#counts = new Array<number>(RANKS).fill(0);
    for (const { name } of entries) this.count(name.rank, 1);
  }

  count(rank: number, change: 1 | -1): void {
    this.#counts[rank] = Math.max(0, (this.#counts[rank] ?? 0) + change);
  }

  mayEnter(rank: number, inFlight: number): boolean {
    return mayEnter(rank, this.#counts, inFlight);
  }

  copy(): ActiveRanks {
    const copy = new ActiveRanks();
    copy.#counts = [...this.#counts];
    return copy;
  }
}
