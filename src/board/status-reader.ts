/**
 * Looks at all status files, again and again, as each stage process does: 50 processes open 50 files each. What can't change is read once: names as long as the folder is the same, the mark once a process. The counter is
 * read anew by every look, from a file opened anew.
 */
import { FOLDERS, type StatusName } from '../model/name.ts';
import type { Board } from './board.ts';
import { isGone } from './errors.ts';
import { type ProcessMark, seemsGone } from './host.ts';
import type { Sighting } from './lease.ts';
import { COUNTER_BYTES, listStatusNames, parseCounter, readStatus } from './status.ts';
import { Unchanged } from './unchanged.ts';

/** A status file by its name. */
export interface NamedStatus {
  readonly file: string;
  readonly name: StatusName;
}

interface Known {
  readonly counter: number;
  readonly mark: ProcessMark;
}

export class StatusReader {
  readonly #board: Board;
  readonly #own: ProcessMark;
  readonly #folder: Unchanged;
  readonly #known = new Map<string, Known>();
  #names: readonly NamedStatus[] = [];

  /** @param own this process's mark: of its host's others the kernel is asked whether they are still there */
  constructor(board: Board, own: ProcessMark) {
    this.#board = board;
    this.#own = own;
    this.#folder = new Unchanged(board, FOLDERS.processes);
  }

  /** By id. The same array as long as no process comes, goes or gets an order. */
  names(): readonly NamedStatus[] {
    if (!this.#folder.isSame()) this.#names = this.#folder.read(() => listStatusNames(this.#board));
    return this.#names;
  }

  /** One look at each. */
  look(): Sighting[] {
    const names = this.names();
    const ids = new Set(names.map(({ name }) => name.id));
    for (const id of this.#known.keys()) if (!ids.has(id)) this.#known.delete(id);
    return names.map(({ file, name }) => this.#sight(file, name));
  }

  #sight(file: string, { id, order }: StatusName): Sighting {
    const before = this.#known.get(id);
    if (before !== undefined) {
      const counter = this.#readCounter(file);
      if (counter !== undefined && counter !== before.counter && !seemsGone(before.mark, this.#own)) {
        this.#known.set(id, { counter, mark: before.mark });
        // It has counted since the last look, and its pid is there: the kernel need not be asked for more.
        return { id, order, counter, mark: undefined };
      }
    }
    const content = readStatus(this.#board, file);
    if (content === undefined) return { id, order, counter: undefined, mark: undefined };
    const { counter, pid, bootId, pidSpace, startTicks } = content;
    const mark = { pid, bootId, pidSpace, startTicks };
    this.#known.set(id, { counter, mark });
    return { id, order, counter, mark };
  }

  #readCounter(file: string): number | undefined {
    try {
      return parseCounter(this.#board.fs.readStart(this.#board.path(`${FOLDERS.processes}/${file}`), COUNTER_BYTES));
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }
}
