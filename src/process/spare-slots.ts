/** Slots of one kind that are free, each with its working folder. How many there are in all may change while steps run. */
import type { Board } from '../board/board.ts';
import { SlotScratch } from './scratch.ts';

export class SpareSlots {
  readonly #board: Board;
  /** Of those that are free, the ones that have been used: thousands may never be. */
  readonly #used: SlotScratch[] = [];
  #free: number;
  #size: number;
  #busy = 0;

  constructor(board: Board, size: number) {
    this.#board = board;
    this.#size = size;
    this.#free = size;
  }

  get free(): number {
    return this.#free;
  }

  get busy(): number {
    return this.#busy;
  }

  take(): SlotScratch | undefined {
    if (this.#free === 0) return undefined;
    this.#free--;
    this.#busy++;
    return this.#used.pop() ?? new SlotScratch(this.#board);
  }

  /** Its step has ended, or did not begin. */
  giveBack(scratch: SlotScratch): void {
    this.#busy--;
    if (this.#free + this.#busy >= this.#size) {
      scratch.close();
      return;
    }
    this.#free++;
    this.#used.push(scratch);
  }

  /** From now on: steps that are too many end as they would. @param kept free ones that are spoken for */
  resize(size: number, kept: number): void {
    this.#size = size;
    const over = Math.min(this.#free - kept, this.#free + this.#busy - size);
    this.#free = over > 0 ? this.#free - over : Math.max(this.#free, size - this.#busy);
    for (const scratch of this.#used.splice(this.#free)) scratch.close();
  }

  close(): void {
    for (const scratch of this.#used) scratch.close();
  }
}
