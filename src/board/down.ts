/** The second half of letting a host run nothing: orders to those that do not read its mark. */
import type { Board } from './board.ts';
import type { ProcessRow } from './processes.ts';
import { giveOrder } from './status.ts';

export interface DownOptions {
  /** Steps are stopped and their entries given back; else they end as they would. */
  readonly now?: boolean | undefined;
  readonly reason?: string | undefined;
}

/**
 * The mark (`markDown`) comes before, and `live` is looked up after it: who is started meanwhile reads the mark. Those that no
 * agent keeps do not, and are given the order.
 * @param live stage processes of the host that are not known to be dead
 */
export function orderDown(board: Board, live: readonly ProcessRow[], { now, reason }: DownOptions): void {
  for (const { status } of live) {
    if (now === true) giveOrder(board, status.name.id, 'halt', reason);
    else if (status.content?.kept !== true) giveOrder(board, status.name.id, 'drain', reason);
  }
}
