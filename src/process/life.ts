/**
 * One life of a stage process, under one process id: its parts, and when which of them is due. A process that was taken
 * for dead begins another.
 */
import type { Board } from '../board/board.ts';
import { type Located, scanFolder } from '../board/scan.ts';
import { BOARD_ROOT, isUnfinished } from '../board/strays.ts';
import { dayFolder, FOLDERS, isDay, LIMITS_FOLDER, type StatusOrder } from '../model/name.ts';
import { Gatherer } from './gatherer.ts';
import type { Heartbeat } from './heartbeat.ts';
import type { Keeper } from './keeper.ts';
import type { Log } from './log-lines.ts';
import { Look, type LookTimes } from './looks.ts';
import type { Picker } from './picker.ts';
import type { Services } from './service/services.ts';
import type { Slots } from './slots.ts';
import type { Wake } from './wake.ts';

const ORDER_EVERY_MS = 1_000;
/** A queue that is too loud to be listened to is read at most so often by a process that has work. */
const UNSURE_MS = 2_000;
/** Running steps are checked for their claims at least this often. */
const CHECK_EVERY_MS = 1_000;
const QUIET_COST_FACTOR = 100;

export interface LifeParts {
  readonly id: string;
  readonly board: Board;
  readonly slots: Slots;
  readonly services: Services;
  readonly picker: Picker;
  readonly keeper: Keeper;
  readonly heartbeat: Heartbeat;
  readonly times: LookTimes;
  readonly log: Log;
  readonly wake: Wake;
  /** Lets a folder be watched that was not there before. */
  readonly follow: (folder: string) => boolean;
  /** Also what concerns only others is a hint: who waits until they are done wants to know. */
  readonly hearsAll: boolean;
}

export class Life {
  readonly id: string;
  readonly slots: Slots;
  readonly services: Services;
  readonly keeper: Keeper;
  readonly gatherer: Gatherer;
  readonly heartbeat: Heartbeat;
  order: StatusOrder = 'run';
  lookedSinceIdleCheck = false;
  haltedMs: number | undefined;
  programsDueMs: number | undefined;
  readonly #board: Board;
  readonly #active: Look;
  readonly #queue: Look;
  readonly #wake: Wake;
  readonly #follow: (folder: string) => boolean;
  readonly #hearsAll: boolean;
  readonly #quietHints = new Set<string>();
  readonly #newDays = new Set<string>();
  #misfiledHinted = false;
  /** Names that appeared in a day of `done/` and do not belong there. */
  readonly #doneHints = new Map<string, Set<string>>();
  readonly #picker: Picker;
  #seen: Located[] = [];
  #orderMs = Number.NEGATIVE_INFINITY;
  #orderHinted = true;
  #checkHinted = false;
  #queueUnsure = false;
  #queueMs = Number.NEGATIVE_INFINITY;
  #dueHinted = false;
  #keepMs = Number.NEGATIVE_INFINITY;
  #quietDueMs = Number.NEGATIVE_INFINITY;
  #wasFresh = true;

  constructor(parts: LifeParts) {
    this.id = parts.id;
    this.slots = parts.slots;
    this.services = parts.services;
    this.keeper = parts.keeper;
    this.gatherer = new Gatherer(parts.board, parts.times, parts.log);
    this.heartbeat = parts.heartbeat;
    this.#board = parts.board;
    this.#picker = parts.picker;
    // Something there changes all the time.
    this.#active = new Look({ ...parts.times, findIsReason: false });
    this.#queue = new Look(parts.times);
    this.#wake = parts.wake;
    this.#follow = parts.follow;
    this.#hearsAll = parts.hearsAll;
  }

  /** Steps and services stand still for as long as the order says so. */
  suspendOrResume(before: StatusOrder, order: StatusOrder): void {
    if (order === 'suspend') this.slots.steps.suspendAll();
    else if (before === 'suspend') this.slots.steps.resumeAll();
    if (order === before) return;
    if (order === 'suspend') this.services.suspend();
    else if (before === 'suspend') this.services.resume();
  }

  /** Something changed in a folder, says the kernel. Most of it is the work of others that needs no look. */
  hint(folder: string, file: string | undefined): void {
    if (this.gatherer.hint(folder, file)) this.#wake.now();
    if (folder.startsWith(`${FOLDERS.processes}/`)) this.#orderHinted = true;
    else if (folder === LIMITS_FOLDER || folder.startsWith('..')) {
      if (!this.slots.resources.hint()) return;
    } else if (folder === 'active') {
      const isOwn = file !== undefined && this.slots.isCurrentName(file);
      // Who has work in memory may wait for room that others make.
      if (!isOwn && this.#picker.isEmpty && this.#isOthers(folder, file)) return;
      this.#active.hint();
      if (isOwn) this.#checkHinted = true;
      else if (this.slots.free === 0 || !this.#picker.isEmpty) return;
    } else if (folder === 'queue') {
      if (file !== undefined && (!this.#picker.isNews(file) || this.#isOthers(folder, file))) return;
      // Something, nobody knows what: who has work is in no hurry to read a long queue for it.
      if (file === undefined && !this.#picker.isEmpty) {
        this.#queueUnsure = true;
        return;
      }
      this.#queue.hint();
      if (this.slots.free === 0) return;
    } else if (folder === 'done' || folder === BOARD_ROOT) {
      if (file !== undefined && folder === 'done' && isDay(file)) this.#newDays.add(dayFolder('done', file));
      else this.#misfiledHinted = true;
    } else if (folder.startsWith('done/')) {
      if (file === undefined || !isUnfinished(file)) return;
      this.#doneHints.set(folder, (this.#doneHints.get(folder) ?? new Set()).add(file));
    } else this.#quietHints.add(folder);
    this.#wake.now();
  }

  /** The flood of a busy neighbour's renames: heard, and nothing else. */
  #isOthers(folder: 'active' | 'queue', file: string | undefined): boolean {
    return file !== undefined && !this.#hearsAll && !this.#picker.concerns(folder, file);
  }

  orderDue(nowMs: number): boolean {
    if (!this.#orderHinted && nowMs - this.#orderMs < ORDER_EVERY_MS) return false;
    this.#orderHinted = false;
    this.#orderMs = nowMs;
    return true;
  }

  /** Looks where it is due, and repairs what it finds. @throws the system's error when the disk refuses */
  look(nowMs: number, fresh: boolean, mayClaim: boolean): void {
    // Both are asked: each forgets what it has told.
    const [isDue, isLeft] = [this.#picker.forgetDue(), this.#picker.lookAfterOthers()];
    if (isDue || isLeft) {
      this.#active.hint();
      this.#queue.hint();
      this.#dueHinted = true;
    }
    const keepDue = nowMs - this.#keepMs >= this.keeper.lookEveryMs;
    if (keepDue || this.#activeDueMs() <= nowMs) this.#lookActive(nowMs);
    if (keepDue) {
      this.#keepMs = nowMs;
      this.keeper.lookAtProcesses(this.#seen, fresh, this.slots.resources.owners());
      this.slots.resources.keep((id) => this.keeper.isDead(id), this.#seen);
      for (const folder of this.slots.resources.folders) this.#follow(folder);
      this.keeper.sweepActive(this.#seen);
    }
    if (this.gatherer.dueMs() <= nowMs && this.gatherer.look(nowMs, this.#seen, this.keeper.share())) this.lookSoon();
    if (this.#quietHints.size > 0 || nowMs >= this.#quietDueMs) this.#lookQuiet(nowMs);
    for (const day of this.#newDays) {
      // Followed first, then read once: what was renamed there in between is seen.
      this.#follow(day);
      this.keeper.sweepDay(day);
    }
    this.#newDays.clear();
    if (this.#misfiledHinted) this.keeper.sweepMisfiled();
    this.#misfiledHinted = false;
    for (const [folder, files] of this.#doneHints) this.keeper.sweepDone(folder, files);
    this.#doneHints.clear();
    if (mayClaim && this.#queueDueMs() <= nowMs) this.#lookQueue(nowMs);
  }

  /** True if the queue held more than could be kept of it, and that is used up. */
  get knowsOfMore(): boolean {
    return this.#picker.queueRanOut;
  }

  /** All entries that gather, as seen by a fresh look. */
  gathering(): readonly Located[] {
    return this.gatherer.standing(this.#seen);
  }

  /** What could still run, as seen by a fresh look at everything that is not finished. */
  everything(): Located[] {
    return [...this.#seen, ...scanFolder(this.#board, 'queue').entries];
  }

  /** The next look at both folders comes soon. */
  lookSoon(): void {
    this.#active.hint();
    this.#queue.hint();
    this.#wake.now();
  }

  /** What the journal is told of it at its end. */
  told(): { process: string; gatherSeconds: number } {
    return { process: this.id, gatherSeconds: Math.round(this.gatherer.spentMs) / 1000 };
  }

  /** How long nothing is due. */
  sleepMs(nowMs: number): number {
    const due = [
      this.#orderMs + ORDER_EVERY_MS,
      this.#keepMs + this.keeper.lookEveryMs,
      this.#activeDueMs(),
      this.gatherer.dueMs(),
      ...(this.slots.free > 0 ? [this.#queueDueMs()] : []),
      this.slots.steps.hearMs,
      ...(this.programsDueMs === undefined ? [] : [nowMs + this.programsDueMs]),
      ...(this.slots.resources.dueMs === undefined || this.slots.free === 0
        ? []
        : [nowMs + this.slots.resources.dueMs]),
    ];
    const entryDue = this.#picker.nextDueMs();
    if (entryDue !== undefined) due.push(nowMs + Math.max(0, entryDue - this.#board.now()));
    const waitMs = this.slots.free > 0 ? this.#picker.batchWaitMs() : undefined;
    if (waitMs !== undefined) due.push(nowMs + waitMs);
    return Math.max(1, Math.min(...due) - nowMs);
  }

  /** Says once that the lease is in danger, and once that it no longer is. */
  checkFresh(fresh: boolean, log: Log): void {
    if (fresh === this.#wasFresh) return;
    this.#wasFresh = fresh;
    if (fresh) log('unblocked', 'the heartbeat reaches the disk again');
    else log('heartbeat-stale', 'no heartbeat has reached the disk for half a lease: nothing new is claimed');
  }

  #activeDueMs(): number {
    const due = this.#active.dueMs();
    const starving = this.slots.free > 0 && this.#picker.isEmpty;
    // With work in memory or no free slot, only the claims of running steps want a look.
    if (starving || this.#checkHinted || this.#dueHinted) return due;
    return Math.max(due, this.#lastLookMs + CHECK_EVERY_MS);
  }

  #lastLookMs = Number.NEGATIVE_INFINITY;

  #lookActive(nowMs: number): void {
    this.#checkHinted = false;
    this.#dueHinted = false;
    this.#active.take(
      nowMs,
      () => performance.now(),
      () => {
        const before = this.#seen;
        this.#seen = this.#picker.lookActive();
        return this.#seen !== before && this.#seen.length > 0;
      },
    );
    this.#lastLookMs = performance.now();
    this.lookedSinceIdleCheck = true;
    if (this.slots.busy.size > 0) this.slots.check(this.#seen);
  }

  #queueDueMs(): number {
    // As good as a hint: more stands there, and nothing of it is known.
    if (this.#picker.queueRanOut) this.#queue.hint();
    // Who has work asks less often whether something better has come unheard.
    const hasWaited = this.#picker.isEmpty || performance.now() - this.#queueMs >= UNSURE_MS;
    if (this.#queueUnsure && hasWaited) this.#queue.hint();
    if (this.#queue.isHinted || this.#picker.isEmpty) return this.#queue.dueMs();
    return Number.POSITIVE_INFINITY;
  }

  #lookQueue(nowMs: number): void {
    this.#queue.take(
      nowMs,
      () => performance.now(),
      () => {
        this.#queueUnsure = false;
        this.#queueMs = nowMs;
        const { entries, odd } = this.#picker.lookQueue(this.keeper.share());
        this.keeper.sweep(odd);
        return entries.length > 0;
      },
    );
  }

  #lookQuiet(nowMs: number): void {
    if (nowMs >= this.#quietDueMs) {
      this.keeper.sweepQuiet();
      this.keeper.sweepRest();
      const today = dayFolder('done', this.#board.today());
      // Followed first, then read once: what was renamed there before is seen.
      if (this.#follow(today)) this.keeper.sweepDay(today);
      // Hints tell of most changes there: a look at 30,000 failed entries may take a hundredth of the time.
      const end = performance.now();
      this.#quietDueMs = end + Math.max(this.#board.leaseMs, QUIET_COST_FACTOR * (end - nowMs));
    } else this.keeper.sweepQuiet(this.#quietHints);
    this.#quietHints.clear();
  }
}
