/** The deaths of the instances in one place: how many, how many in a row, and whether that is more than bad luck. */
import type { InstanceEnd } from './instance.ts';

/** Deaths in a row that are said to be more than bad luck. */
const MANY = 3;

export class Deaths {
  total = 0;
  /** Since the last answer. */
  inRow = 0;
  #why = '';
  #overEntry = false;

  add({ why, overEntry }: Pick<InstanceEnd, 'why' | 'overEntry'>): void {
    this.total++;
    this.inRow++;
    this.#why = why;
    this.#overEntry = overEntry;
  }

  /** It has answered, or is another program now. */
  forget(): void {
    this.inRow = 0;
  }

  /** Undefined if it can be relied on. `isOver`: the last one had no entry in hand that may have brought it about. */
  get trouble(): { readonly why: string; readonly isOver: boolean } | undefined {
    if (this.inRow < MANY) return undefined;
    const why = `its service died ${this.inRow} times in a row (${this.#why}); it is started again and again`;
    return { why, isOver: !this.#overEntry };
  }
}
