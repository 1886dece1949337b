/** How stage processes of wishes have ended: told once each, whether they were this agent's children or found by it. */
import type { Board } from '../board/board.ts';
import { CRASH_LOOP } from '../board/hosts.ts';
import { formatDuration } from '../model/duration.ts';
import { hostLogPath } from '../model/name.ts';
import { lastLine } from '../process/detached.ts';
import type { Keeping } from './keeping.ts';
import type { HostLog } from './log.ts';
import type { KeptProcess } from './plan.ts';

export interface ChildEnd {
  readonly key: string;
  readonly pid: number;
  /** Empty: it has ended well. */
  readonly why: string;
}

export interface EndFacts {
  /** What ran at the last look, and what runs at this one. */
  readonly before: readonly KeptProcess[];
  readonly running: readonly KeptProcess[];
  /** Why those that are dead are that, by id. */
  readonly dead: ReadonlyMap<string, string>;
  /** Pids of children that live, as far as this process has heard. */
  readonly children: ReadonlySet<number>;
}

export class Ends {
  readonly #board: Board;
  readonly #log: HostLog;
  readonly #keeping: (key: string) => Keeping;
  readonly #heard: ChildEnd[] = [];
  /** Pids of children whose end was told. */
  readonly #told = new Set<number>();

  constructor(board: Board, log: HostLog, keeping: (key: string) => Keeping) {
    this.#board = board;
    this.#log = log;
    this.#keeping = keeping;
  }

  /** A child has ended; told by the next `take`. */
  add(end: ChildEnd): void {
    this.#heard.push(end);
  }

  /** Children tell how they ended; of others the board does. */
  take({ before, running, dead, children }: EndFacts, nowMs: number): void {
    for (const end of this.#heard.splice(0)) {
      this.#tell(end, nowMs);
      if (before.some((one) => one.pid === end.pid)) this.#told.add(end.pid);
    }
    for (const { id, key, pid } of before) {
      if (running.some((one) => one.id === id || one.pid === pid)) continue;
      if (children.has(pid) || this.#told.delete(pid)) continue;
      this.#tell({ key, pid, why: dead.get(id) ?? '' }, nowMs);
    }
  }

  #tell({ key, pid, why }: ChildEnd, nowMs: number): void {
    const label = `board ${this.#board.name}: the process of ${key} (pid ${pid})`;
    if (why === '') {
      this.#keeping(key).ended(nowMs);
      this.#log('info', 'host-ended', `${label} has ended`);
    } else this.#tellDeath(label, key, why, nowMs);
  }

  #tellDeath(label: string, key: string, how: string, nowMs: number): void {
    const board = this.#board;
    const file = hostLogPath(board.host, key);
    const said = lastLine(board.path(file));
    const reason = said === '' ? how : `${how}; ${file}: ${said}`;
    const keeping = this.#keeping(key);
    const pauseMs = keeping.died(reason, nowMs);
    const { deaths } = keeping;
    const row = deaths > 1 ? `, ${deaths} times in a row` : '';
    const again = `it is started again in ${formatDuration(pauseMs)}`;
    this.#log(deaths >= CRASH_LOOP ? 'error' : 'warn', 'host-died', `${label} has died${row}: ${reason}; ${again}`);
    board.journal.write('died', { onHost: board.host, stages: key.split('+'), deaths, reason });
  }
}
