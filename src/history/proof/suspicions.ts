/**
 * That claims are taken only from those who were found dead. A suspicion may be wrong, and costs work then; but it comes first:
 * whoever returns a claim has said that its process is dead, or has read it in the name of the status file. Of a process that
 * is known to have been heard of as alive to its end, and of which nobody has said that it was dead, no claim was ever lost.
 */
import type { JournalLine } from '../../board/journal.ts';
import type { Violation } from './runs.ts';

/** How the `stop` line of a process reads that nobody had found dead. One that fails leaves its status file, to be found. */
const ENDED_WELL: ReadonlySet<string> = new Set(['idle', 'drain', 'halt', 'signal', 'unwanted']);

interface Returned {
  /** `dataset posted`, and the epoch. */
  readonly where: string;
  readonly epoch: string;
  readonly by: string;
}

export class Suspicions {
  readonly #found = new Set<string>();
  readonly #ended = new Set<string>();
  /** By process, the first claim of it that was returned. */
  readonly #returned = new Map<string, Returned>();

  /** @param isOfPart whether the line's dataset is among those that are judged */
  add(line: JournalLine, isOfPart: boolean): void {
    const { event, process } = line;
    if (typeof process !== 'string') return;
    if (event === 'suspect' || (event === 'order' && line.to === 'lost')) this.#found.add(process);
    else if (event === 'stop' && ENDED_WELL.has(String(line.reason))) this.#ended.add(process);
    else if (event === 'lost' && isOfPart && !this.#returned.has(process)) {
      const where = `${line.dataset} ${line.posted}`;
      this.#returned.set(process, { where, epoch: String(line.epoch), by: line.by });
    }
  }

  /** @param alive ids of processes that live, as the board says now */
  judge(alive: ReadonlySet<string>): Violation[] {
    return [...this.#returned].flatMap(([process, { where, epoch, by }]) => {
      if (this.#found.has(process) || !(alive.has(process) || this.#ended.has(process))) return [];
      const message = `epoch ${epoch} was returned as lost by ${by}, and nobody had found its process ${process} dead`;
      return [{ invariant: 'I15', where, message }];
    });
  }
}
