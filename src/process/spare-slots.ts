/** The slots of a stage process that are free, each with its working folder. How many there are in all may change while steps run. */
import type { Board } from '../board/board.ts';
import { SlotScratch } from './scratch.ts';

export class SpareSlots {
  readonly #board: Board;
  readonly #idle: SlotScratch[];
  #size: number;
  #busy = 0;

  constructor(board: Board, size: number) {
    this.#board = board;
    this.#size = size;
    this.#idle = Array.from({ length: size }, () => new SlotScratch(board));
  }

  get free(): number {
    return this.#idle.length;
  }

  take(): SlotScratch | undefined {
    const scratch = this.#idle.pop();
    if (scratch !== undefined) this.#busy++;
    return scratch;
  }

  /** Its step has ended, or did not begin. */
  giveBack(scratch: SlotScratch): void {
    this.#busy--;
    if (this.#idle.length + this.#busy < this.#size) this.#idle.push(scratch);
    else scratch.close();
  }

  /** From now on: steps that are too many end as they would. @param kept free ones that are spoken for */
  resize(size: number, kept: number): void {
    this.#size = size;
    const over = Math.min(this.#idle.length - kept, this.#idle.length + this.#busy - size);
    if (over > 0) for (const scratch of this.#idle.splice(0, over)) scratch.close();
    while (this.#idle.length + this.#busy < size) this.#idle.push(new SlotScratch(this.#board));
  }

  close(): void {
    for (const scratch of this.#idle) scratch.close();
  }
}
