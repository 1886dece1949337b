/**
 * The gathering entries of a board: which of them have all that they wait for. Any stage process evaluates all of them, on
 * the names as they are; the rename that lets an entry go on is won by one. What happens in between costs time only.
 */
import { DEADLINE, groupPath, type HomeFolder } from '../../model/name.ts';
import { ownedBy, type Share } from '../../model/order.ts';
import { type Event, transition } from '../../model/transition.ts';
import type { Board } from '../board.ts';
import { isGone } from '../errors.ts';
import { moveEntry } from '../move.ts';
import { runKey } from '../rows.ts';
import { type Located, stateOf } from '../scan.ts';
import { FileNeeds } from './files.ts';
import { type Blocker, type Member, Members } from './members.ts';
import { COST_FACTOR } from './names.ts';
import { gatheringColumns, type Plan, plansOf } from './plan.ts';
import { forgetGathered, writeGathered } from './record.ts';

/** Files of groups that were changed in place are noticed after so long, or fifty times what looking for that costs. */
const RELOAD_MS = 2_000;
/** A glob's members must be the same twice, so long apart: one look may miss an entry under rename. */
const TWICE_MS = 30;
/** What is there, but not for certain yet, is looked at again after so long. */
const AGAIN_MS = 50;
/** What another process is to let go on is left to it for so long. */
const OTHERS_MS = 250;
const ALONE: Share = { index: 0, count: 1 };

/** What one column of an entry waits for, and what is known of it. */
interface Wait {
  readonly plan: Plan;
  blocker: Blocker | undefined;
  /** The members that a glob matched when all were first there. */
  seen: { readonly members: string; readonly ms: number } | undefined;
  /** Since when all has been there. */
  readyMs: number | undefined;
}

interface Group {
  entry: Located;
  /** Letters and epoch that the plans were made for, and which file. */
  readonly kind: string;
  readonly stamp: string;
  readonly waits: readonly Wait[];
}

/** What became of a column. */
export interface Went {
  readonly entry: Located;
  readonly stage: string;
  readonly letter: 'w' | 'h' | 'f';
  readonly members: number;
  readonly missing: number;
}

export interface GatherLook {
  readonly went: readonly Went[];
  /** Monotonic time from which on something may have come that no hint tells of. */
  readonly dueMs: number;
  /** How long it took to let go on what went on. */
  readonly movedMs: number;
}

export class Gathers {
  readonly #board: Board;
  readonly #members: Members;
  readonly #files: FileNeeds;
  readonly #onFault: (where: string, why: string) => void;
  readonly #told = new Set<string>();
  #groups = new Map<string, Group>();
  #reloadDueMs = Number.NEGATIVE_INFINITY;
  #wantedFor = 0;

  /** @param onFault told once of each group whose file is faulty */
  constructor(board: Board, onFault: (where: string, why: string) => void = () => undefined) {
    this.#board = board;
    this.#members = new Members(board);
    this.#files = new FileNeeds(board);
    this.#onFault = onFault;
  }

  /** Groups as of the last look. */
  get size(): number {
    return this.#groups.size;
  }

  /** False for a name of this board that no group asks for. */
  concerns(file: string): boolean {
    return this.#groups.size > 0 && this.#members.asksFor(file);
  }

  /** A name in a day of `done/` has come or gone; undefined: something has. */
  hear(folder: string, file: string | undefined): void {
    this.#members.hear(folder, file);
  }

  /** True if hints do not tell of all that is waited for. */
  get isPolled(): boolean {
    return this.#members.hasOthers;
  }

  /**
   * Looks at all gathering entries, and lets those go on that have what they wait for, or whose deadline is over.
   * @param entries all entries with a gathering column
   * @param atOnce reads what has changed, whatever it costs
   * @param share which of the processes that look this one is: what is another's is left to it for a moment
   * @throws the system's error when the disk refuses
   */
  look(entries: readonly Located[], atOnce = false, share = ALONE): GatherLook {
    const nowMs = performance.now();
    let movedMs = 0;
    this.#load(entries, nowMs, atOnce);
    const { isWhole, dueMs } = this.#members.refresh(nowMs, atOnce);
    this.#files.begin();
    const clock = this.#board.now();
    const went: Went[] = [];
    let due = Math.min(dueMs, this.#reloadDueMs);
    for (const group of this.#groups.values()) {
      const outcomes: Outcome[] = [];
      for (const wait of group.waits) {
        const outcome = this.#outcomeOf(group.entry, wait, { nowMs, clock, isWhole, share });
        if (typeof outcome === 'number') due = Math.min(due, outcome);
        else outcomes.push(outcome);
      }
      if (outcomes.length === 0) continue;
      const fromMs = performance.now();
      went.push(...this.#move(group, outcomes));
      movedMs += performance.now() - fromMs;
    }
    return { went, dueMs: Math.min(due, this.#files.dueMs), movedMs };
  }

  /** What is to become of a column, or when to look again if nothing else happens (monotonic). */
  #outcomeOf(entry: Located, wait: Wait, at: At): Outcome | number {
    const { plan } = wait;
    const { notBeforeMs, files } = plan.needs;
    if (plan.fault !== undefined) return Number.POSITIVE_INFINITY;
    if (notBeforeMs !== undefined && at.clock < notBeforeMs) return at.nowMs + (notBeforeMs - at.clock);
    wait.blocker = this.#members.blocker(entry, plan, wait.blocker);
    if (wait.blocker === undefined && files.every((spec) => this.#files.isThere(spec, at.nowMs))) {
      wait.readyMs ??= at.nowMs;
      // Of several that look one lets it go on: to find that out by the rename, each would look at all members.
      if (!ownedBy(entry.name, at.share) && at.nowMs - wait.readyMs < OTHERS_MS) return wait.readyMs + OTHERS_MS;
      const members = this.#members.list(entry, plan);
      return this.#isSettled(wait, members, at) && this.#isStillAll(plan, members, at)
        ? { plan, letter: 'w', members }
        : at.nowMs + AGAIN_MS;
    }
    wait.seen = undefined;
    wait.readyMs = undefined;
    const { deadlineMs, atDeadline } = plan;
    if (deadlineMs === undefined) return Number.POSITIVE_INFINITY;
    if (at.clock < deadlineMs) return at.nowMs + (deadlineMs - at.clock);
    // What came just in time may stand in a folder that has not been read again yet.
    if (!at.isWhole) return at.nowMs + AGAIN_MS;
    const letter = atDeadline === 'run' ? 'w' : atDeadline === 'hold' ? 'h' : 'f';
    return { plan, letter, members: this.#members.list(entry, plan) };
  }

  /** Names and counts were kept for a while: what they say is asked of the files themselves, once. */
  #isStillAll({ needs }: Plan, members: readonly Member[], { nowMs }: At): boolean {
    return (
      members.every((member) => this.#members.isStill(member)) &&
      needs.files.every((spec) => this.#files.isThere(spec, nowMs, true))
    );
  }

  /** Members that are named are there or not; of those that a glob matches one look may have missed one. */
  #isSettled(wait: Wait, members: readonly Member[], { nowMs, isWhole }: At): boolean {
    if (!wait.plan.needs.members.some(({ isGlob }) => isGlob)) return true;
    if (!isWhole) return false;
    const list = members.map(({ board, dataset }) => `${board}:${dataset}`).join(' ');
    if (wait.seen?.members === list) return nowMs - wait.seen.ms >= TWICE_MS;
    wait.seen = { members: list, ms: nowMs };
    return false;
  }

  /** One rename for all columns of an entry. */
  #move(group: Group, outcomes: readonly Outcome[]): Went[] {
    const board = this.#board;
    const { entry } = group;
    let to = { name: entry.name, folder: stateOf(entry.folder) as HomeFolder };
    for (const { plan, letter } of outcomes) {
      const { column } = plan;
      const event: Event =
        letter === 'w'
          ? { type: 'gathered', column }
          : { type: letter === 'h' ? 'hold' : 'fail', column, cause: DEADLINE };
      const moved = transition(to.name, event, board.rules);
      if (!moved.ok) return [];
      to = moved;
    }
    const at = moveEntry(board, entry, to.name, to.folder, { careful: true });
    // Someone else was faster, or a person has changed it: the next look sees what it is now.
    if (typeof at === 'string') return [];
    group.entry = at;
    return outcomes.map((outcome) => this.#record(entry, at, outcome));
  }

  #record(entry: Located, at: Located, { plan, letter, members }: Outcome): Went {
    const board = this.#board;
    const { column } = plan;
    if (letter === 'w') writeGathered(board, entry.name, column, members);
    const { dataset, posted, class: cls, letters } = entry.name;
    const stage = board.stages[column] ?? '';
    const missing = members.filter(({ isReady }) => !isReady).length;
    const isLate = letter !== 'w' || missing > 0;
    const late = { missing, reason: `at its deadline; ${missing} of ${members.length} members are missing` };
    board.journal.write('gathered', {
      dataset,
      posted,
      class: cls,
      stage,
      column: column + 1,
      from: letters,
      to: at.name.letters,
      folder: at.folder,
      outcome: letter,
      members: members.length,
      ...(isLate ? late : {}),
    });
    return { entry: at, stage, letter, members: members.length, missing };
  }

  /** Makes plans for entries that are new, and for those whose file has changed. */
  #load(entries: readonly Located[], nowMs: number, atOnce: boolean): void {
    const mayReload = atOnce || nowMs >= this.#reloadDueMs;
    const before = this.#groups;
    const groups = new Map<string, Group>();
    let isNew = false;
    for (const entry of entries) {
      const key = runKey(entry);
      const kind = `${gatheringColumns(entry.name.letters).join()} ${entry.name.epoch}`;
      const known = before.get(key);
      const isKnown = known?.kind === kind;
      const stamp = isKnown && !mayReload ? known.stamp : this.#stampOf(entry);
      if (isKnown && known.stamp === stamp) {
        known.entry = entry;
        groups.set(key, known);
      } else {
        isNew = true;
        groups.set(key, this.#made(entry, kind, stamp));
      }
    }
    this.#groups = groups;
    // What is asked for in vain costs little; to count it anew for each group that goes on, a lot.
    const isFew = groups.size === 0 ? this.#wantedFor > 0 : groups.size * 2 < this.#wantedFor;
    if (isNew || isFew) {
      this.#wantedFor = groups.size;
      this.#members.want([...groups.values()].flatMap(({ waits }) => waits.map(({ plan }) => plan)));
    }
    if (groups.size === 0) this.#reloadDueMs = Number.POSITIVE_INFINITY;
    else if (mayReload || isNew)
      this.#reloadDueMs = nowMs + Math.max(RELOAD_MS, (performance.now() - nowMs) * COST_FACTOR);
  }

  #made(entry: Located, kind: string, stamp: string): Group {
    const plans = plansOf(this.#board, entry, gatheringColumns(entry.name.letters));
    for (const { column, fault } of plans) {
      if (entry.name.epoch > 0) forgetGathered(this.#board, entry.name, column);
      if (fault === undefined || this.#told.has(`${fault.where} ${fault.why}`)) continue;
      this.#told.add(`${fault.where} ${fault.why}`);
      this.#onFault(fault.where, fault.why);
    }
    return {
      entry,
      kind,
      stamp,
      waits: plans.map((plan) => ({ plan, blocker: undefined, seen: undefined, readyMs: undefined })),
    };
  }

  #stampOf(entry: Located): string {
    try {
      const { ino, mtimeMs, size } = this.#board.fs.identify(this.#board.path(groupPath(entry.name.dataset)));
      return `${ino} ${mtimeMs} ${size}`;
    } catch (error) {
      if (isGone(error)) return '';
      throw error;
    }
  }
}

/** The time of a look: monotonic, and the board's clock. */
interface At {
  readonly nowMs: number;
  readonly clock: number;
  /** Every name is known as it stands now. */
  readonly isWhole: boolean;
  readonly share: Share;
}

interface Outcome {
  readonly plan: Plan;
  readonly letter: 'w' | 'h' | 'f';
  readonly members: readonly Member[];
}
