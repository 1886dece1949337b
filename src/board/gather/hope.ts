/**
 * Could a gathering entry still go on by what live processes do, or does it wait for a person? Asked by a process that has
 * nothing else to do and is to end then.
 */
import { mayStillRun } from '../../model/home.ts';
import { isFinished } from '../../model/letters.ts';
import { DONE } from '../../model/needs.ts';
import type { Board } from '../board.ts';
import { processRows } from '../processes.ts';
import { type Located, scanFolder } from '../scan.ts';
import { countFiles } from './files.ts';
import { type Member, Members } from './members.ts';
import { type Plan, plansOf } from './plan.ts';

/** Whether anybody is there to do a column of a board. */
export type Served = (board: Board, entry: Located, column: number) => boolean;

export class Hope {
  readonly #board: Board;
  readonly #served: Served;
  readonly #members: Members;
  readonly #busy = new Map<string, boolean>();
  /** Entries that are being asked about: two groups that wait for each other come to nothing. */
  readonly #asked = new Set<string>();

  constructor(board: Board, served: Served) {
    this.#board = board;
    this.#served = served;
    this.#members = new Members(board, true);
  }

  /** True if the gathering column may become ready, or its deadline lets it go on. */
  mayGoOn(entry: Located, column: number): boolean {
    return this.#mayGoOn(this.#board, entry, column);
  }

  #mayGoOn(board: Board, entry: Located, column: number): boolean {
    const key = `${board.name} ${entry.name.dataset} ${column}`;
    if (this.#asked.has(key)) return false;
    this.#asked.add(key);
    try {
      const [plan] = plansOf(board, entry, [column], false);
      if (plan === undefined || plan.fault !== undefined) return false;
      if (plan.deadlineMs !== undefined && plan.atDeadline === 'run') return true;
      return this.#mayBeThere(board, entry, plan);
    } finally {
      this.#asked.delete(key);
    }
  }

  #mayBeThere(board: Board, entry: Located, plan: Plan): boolean {
    const members = board === this.#board ? this.#members : new Members(board, true);
    members.want([plan]);
    members.refresh(performance.now(), true);
    const { members: specs, files } = plan.needs;
    const areFilesHoped = files.every((spec) => countFiles(board, spec) >= spec.atLeast || this.#isBusy(board));
    if (!areFilesHoped) return false;
    const missing = members.list(entry, plan).filter(({ isReady }) => !isReady);
    if (!missing.every((member) => this.#mayArrive(member))) return false;
    // Of a glob that matches too few nobody knows which are to come.
    return specs.every((spec) => {
      if (!spec.isGlob || members.matches(entry, spec) >= spec.atLeast) return true;
      const on = members.names(spec.board ?? board.name)?.board;
      return on !== undefined && this.#isBusy(on);
    });
  }

  #mayArrive({ on, sight, until }: Member): boolean {
    if (on === undefined) return false;
    // Somebody who is at work may post it.
    if (sight === undefined) return this.#isBusy(on);
    if (sight.folder.startsWith('removed/')) return false;
    const { letters } = sight.name;
    const columns =
      until === DONE
        ? [...letters].flatMap((letter, column) => (isFinished(letter as never) ? [] : [column]))
        : [on.column(until)];
    return columns.every((column) => column >= 0 && this.#mayRun(on, sight, column));
  }

  #mayRun(board: Board, entry: Located, column: number): boolean {
    return mayStillRun(
      entry.name.letters,
      column,
      board.graph,
      (at) => this.#served(board, entry, at),
      (at) => this.#mayGoOn(board, entry, at),
      true,
    );
  }

  /** True if something on the board is being done, or is about to. */
  #isBusy(board: Board): boolean {
    let isBusy = this.#busy.get(board.name);
    if (isBusy === undefined) {
      // What waits for what is asked here counts no more than what it waits for.
      this.#busy.set(board.name, false);
      const entries = ['active', 'queue'].flatMap((folder) => scanFolder(board, folder).entries);
      isBusy = entries.some((entry) =>
        board.stages.some((_, column) =>
          mayStillRun(entry.name.letters, column, board.graph, (at) => this.#served(board, entry, at), undefined, true),
        ),
      );
      this.#busy.set(board.name, isBusy);
    }
    return isBusy;
  }
}

/** Stages of another board that live processes serve, as its status files say. */
export function servedElsewhere(board: Board): ReadonlySet<string> {
  const served = new Set<string>();
  for (const { status, isDead, isSilent } of processRows(board)) {
    const { order, stages } = status.name;
    // Its order, or that its host wants nothing of it.
    const isLeaving = order === 'drain' || order === 'halt' || status.content?.state === 'draining';
    if (isDead || isSilent || isLeaving) continue;
    for (const stage of status.content?.stages ?? stages) served.add(stage);
  }
  return served;
}
