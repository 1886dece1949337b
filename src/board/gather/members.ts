/**
 * The members that groups name, on this board and on others of the home, and which of them is missing. One index of
 * names a board serves all groups.
 */
import { idPath } from '../../model/name.ts';
import { DONE, type MemberSpec } from '../../model/needs.ts';
import { type Board, listBoards } from '../board.ts';
import { BoardError, isGone } from '../errors.ts';
import { identifyHolder } from '../ids.ts';
import type { Located } from '../scan.ts';
import { BoardNames } from './names.ts';
import { type Plan, untilIn } from './plan.ts';
import { isReached } from './standing.ts';

/** A board that is not there is looked for so often. */
const LOOK_AGAIN_MS = 5_000;

/** One dataset that a group waits for. */
export interface Member {
  readonly board: string;
  readonly dataset: string;
  readonly until: string;
  /** Undefined: there is no such board. */
  readonly on: Board | undefined;
  /** Undefined: it stands on no board. */
  readonly sight: Located | undefined;
  readonly isReady: boolean;
}

/** What keeps a group from going on: looked at first the next time. */
export interface Blocker {
  readonly spec: MemberSpec;
  /** Undefined: fewer match than there must be. */
  readonly dataset: string | undefined;
}

export class Members {
  readonly #own: Board;
  readonly #withRemoved: boolean;
  readonly #boards = new Map<string, BoardNames | undefined>();
  #missedMs = Number.NEGATIVE_INFINITY;

  constructor(board: Board, withRemoved = false) {
    this.#own = board;
    this.#withRemoved = withRemoved;
  }

  /** These plans are asked about, and no others. */
  want(plans: Iterable<Plan>): void {
    const wanted = new Map<string, { datasets: Set<string>; globs: Set<string>; onlyDone: boolean }>();
    for (const plan of plans) {
      for (const spec of plan.needs.members) {
        const { board = this.#own.name, dataset, isGlob } = spec;
        const of = wanted.get(board) ?? { datasets: new Set(), globs: new Set(), onlyDone: true };
        wanted.set(board, of);
        (isGlob ? of.globs : of.datasets).add(dataset);
        of.onlyDone &&= untilIn(plan, spec) === DONE;
      }
    }
    for (const name of this.#boards.keys()) if (!wanted.has(name)) this.#boards.delete(name);
    for (const [name, of] of wanted) this.names(name)?.want(of);
  }

  /** These datasets are asked about, and no others. */
  wantNamed(named: Iterable<{ readonly board: string; readonly dataset: string }>): void {
    const byBoard = new Map<string, Set<string>>();
    for (const { board, dataset } of named) byBoard.set(board, (byBoard.get(board) ?? new Set()).add(dataset));
    for (const [name, datasets] of byBoard) this.names(name)?.want({ datasets, globs: new Set() });
  }

  /** The index of a board's names; undefined while there is no such board. */
  names(name: string): BoardNames | undefined {
    const known = this.#boards.get(name);
    if (known !== undefined) return known;
    const isKnownMissing = this.#boards.has(name);
    if (isKnownMissing && performance.now() - this.#missedMs < LOOK_AGAIN_MS) return undefined;
    const board = openSibling(this.#own, name);
    if (board === undefined) this.#missedMs = performance.now();
    const names = board === undefined ? undefined : new BoardNames(board, this.#withRemoved);
    this.#boards.set(name, names);
    return names;
  }

  /** A name in a day of this board's `done/`, as the kernel tells of it. */
  hear(folder: string, file: string | undefined): void {
    this.#boards.get(this.#own.name)?.hear(folder, file);
  }

  /** True if the dataset of this file is asked for, on this board. */
  asksFor(file: string): boolean {
    return this.#boards.get(this.#own.name)?.asksFor(file) === true;
  }

  /** True if members on other boards are asked for: no hint tells of these. */
  get hasOthers(): boolean {
    return [...this.#boards.keys()].some((name) => name !== this.#own.name);
  }

  /** Reads what has changed. */
  refresh(nowMs: number, atOnce = false): { changed: boolean; isWhole: boolean; dueMs: number } {
    let [changed, isWhole, dueMs] = [false, true, Number.POSITIVE_INFINITY];
    for (const names of this.#boards.values()) {
      if (names === undefined) continue;
      const refreshed = names.refresh(nowMs, atOnce);
      changed ||= refreshed.changed;
      isWhole &&= refreshed.isWhole;
      dueMs = Math.min(dueMs, names.dueMs);
    }
    return { changed, isWhole, dueMs };
  }

  /** The first thing that is missing; undefined: all members are there. @param last what was missing before */
  blocker(entry: Located, plan: Plan, last: Blocker | undefined): Blocker | undefined {
    if (last !== undefined && this.#blocks(entry, plan, last)) return last;
    for (const spec of plan.needs.members) {
      const found = this.#blockerIn(entry, plan, spec);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #blocks(entry: Located, plan: Plan, { spec, dataset }: Blocker): boolean {
    if (dataset === undefined) return this.#matching(entry, spec).length < spec.atLeast;
    const names = this.names(spec.board ?? this.#own.name);
    const sight = names?.newest(dataset, spec.from);
    if (sight === undefined) return !spec.isGlob;
    return names === undefined || !isReached(names.board, sight, untilIn(plan, spec));
  }

  #blockerIn(entry: Located, plan: Plan, spec: MemberSpec): Blocker | undefined {
    if (!spec.isGlob) {
      const one = { spec, dataset: spec.dataset };
      return this.#blocks(entry, plan, one) ? one : undefined;
    }
    const matching = this.#matching(entry, spec);
    for (const dataset of matching) if (this.#blocks(entry, plan, { spec, dataset })) return { spec, dataset };
    return matching.length < spec.atLeast ? { spec, dataset: undefined } : undefined;
  }

  /** A glob that matches the group itself does not mean it. */
  #matching(entry: Located, { board = this.#own.name, dataset }: MemberSpec): string[] {
    const matching = this.names(board)?.matching(dataset) ?? [];
    return board === this.#own.name ? matching.filter((name) => name !== entry.name.dataset) : matching;
  }

  /** How many datasets a glob matches. */
  matches(entry: Located, spec: MemberSpec): number {
    return this.#matching(entry, spec).length;
  }

  /** All members, each once: those that are named, then those that globs match. */
  list(entry: Located, plan: Plan): Member[] {
    const found = new Map<string, Member>();
    for (const spec of plan.needs.members) {
      const board = spec.board ?? this.#own.name;
      const names = this.names(board);
      const until = untilIn(plan, spec);
      for (const dataset of spec.isGlob ? this.#matching(entry, spec) : [spec.dataset]) {
        const key = `${board}:${dataset}`;
        if (found.has(key)) continue;
        const sight = names?.newest(dataset, spec.from);
        const isReady = names !== undefined && sight !== undefined && isReached(names.board, sight, until);
        found.set(key, { board, dataset, until, on: names?.board, sight, isReady });
      }
    }
    return [...found.values()];
  }

  /** True if a member that the names show to be ready still is, by its own file: what was kept of names may be old. */
  isStill({ dataset, on: at, sight }: Member): boolean {
    if (at === undefined || sight === undefined) return false;
    const path = at.path(`${sight.folder}/${sight.file}`);
    try {
      const isDone = sight.folder.startsWith('done/');
      // What is done has no link, as a rule. To ask so is a tenth of what an error costs; on a file server only an opened file counts.
      if (!at.isShared && !(isDone && at.fs.isThere(at.path(idPath(dataset))))) return at.fs.isThere(path);
      const { ino } = at.fs.identify(path);
      // A link of another file is a later run's.
      const holder = isDone ? identifyHolder(at, dataset) : undefined;
      return holder === undefined || holder.ino === ino;
    } catch (error) {
      if (isGone(error)) return false;
      throw error;
    }
  }
}

/** Undefined if there is no such board, or one that can't be read: then its members are not there. */
export function openSibling(board: Board, name: string): Board | undefined {
  if (name === board.name) return board;
  try {
    return listBoards(board.home, board.fs).includes(name) ? board.sibling(name) : undefined;
  } catch (error) {
    if (error instanceof BoardError) return undefined;
    throw error;
  }
}
