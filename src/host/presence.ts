/** Which stage processes a host has for its wishes: found by their status files, whoever started them. */
import type { Board } from '../board/board.ts';
import type { ProcessMark } from '../board/host.ts';
import { LeaseObserver } from '../board/lease.ts';
import { giveOrder, readStatus } from '../board/status.ts';
import { type NamedStatus, StatusReader } from '../board/status-reader.ts';
import { wishKey } from '../model/name.ts';
import type { KeptProcess } from './plan.ts';

interface Known {
  readonly isKept: boolean;
  readonly key: string;
  readonly started: string;
}

export interface Present {
  readonly running: readonly KeptProcess[];
  /** Why those that ran at the last look and are dead now are that, by id. Who has just gone has ended well. */
  readonly dead: ReadonlyMap<string, string>;
}

export class Presence {
  readonly #board: Board;
  readonly #reader: StatusReader;
  readonly #observer: LeaseObserver;
  /** What a process says of itself at its start; it stays so. */
  readonly #known = new Map<string, Known>();

  constructor(board: Board, own: ProcessMark) {
    this.#board = board;
    this.#reader = new StatusReader(board, own);
    this.#observer = new LeaseObserver({ leaseMs: board.leaseMs, own, ownId: '' });
  }

  /** @param healthy false if the disk did not answer since the last look: then nobody is taken for dead */
  look(healthy: boolean): Present {
    const sightings = this.#reader.look();
    const here = this.#reader.names().filter(({ name }) => name.host === this.#board.host);
    const ids = new Set(here.map(({ name }) => name.id));
    for (const id of this.#known.keys()) if (!ids.has(id)) this.#known.delete(id);
    const own = sightings.filter(({ id }) => ids.has(id));
    const dead = this.#observer.look(own, [], performance.now(), healthy);
    return { running: here.flatMap((status) => this.#kept(status, dead) ?? []), dead };
  }

  #kept({ file, name }: NamedStatus, dead: ReadonlyMap<string, string>): KeptProcess | undefined {
    const { id, order, pid } = name;
    const why = dead.get(id);
    const known = this.#know(file, id);
    if (why !== undefined) {
      // Nobody else may be there to say so, and its claims go back only then.
      if (order !== 'lost' && known?.isKept === true) {
        this.#board.journal.write('suspect', { process: id, reason: why });
        giveOrder(this.#board, id, 'lost', why);
      }
      return undefined;
    }
    if (known?.isKept !== true || order === 'lost') return undefined;
    return { id, key: known.key, pid, order, started: known.started };
  }

  #know(file: string, id: string): Known | undefined {
    const before = this.#known.get(id);
    if (before !== undefined) return before;
    const content = readStatus(this.#board, file);
    // Just being written: the next look sees it whole.
    if (content === undefined) return undefined;
    const known = { isKept: content.kept === true, key: wishKey(content.stages), started: content.started };
    this.#known.set(id, known);
    return known;
  }
}
