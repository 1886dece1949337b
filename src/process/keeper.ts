/**
 * This process's share of housekeeping: who is alive, what the dead have left, names that stand in the wrong place.
 * Every stage process does all of it, spread in time; each repair is a rename that only one of them wins.
 */
import { ownMark } from '../board/host.ts';
import {
  claimants,
  nothingSwept,
  type SweepContext,
  type Swept,
  sweepEntry,
  sweepLinks,
  sweepPosts,
  sweepRubbish,
  sweptText,
} from '../board/housekeep.ts';
import { InOrder } from '../board/in-order.ts';
import { LeaseObserver } from '../board/lease.ts';
import { doneFolders, recentFolders } from '../board/recent.ts';
import { type Retained, retainSteps } from '../board/retention.ts';
import { type Located, scanFolder } from '../board/scan.ts';
import { settleViews } from '../board/settle-views.ts';
import { giveOrder } from '../board/status.ts';
import { type NamedStatus, StatusReader } from '../board/status-reader.ts';
import { entryAt, misfiled, unfinishedOfDay } from '../board/strays.ts';
import { Unchanged } from '../board/unchanged.ts';
import type { Share } from '../model/order.ts';
import { type Adopting, takeOver } from './adopting.ts';
import type { Log } from './log-lines.ts';
import { Sliced } from './sliced.ts';

/** Folders where only people put entries: looked at when a hint comes, and now and then. */
const QUIET_FOLDERS = ['failed', 'held', 'gather'] as const;
const RETENTION_EVERY_MS = 3_600_000;
/** Processes on a board. */
const FEW = 8;
const SLOW_EVERY_LEASES = 20;
const CLAIMED = /[pe]/;

export interface KeeperOptions extends Adopting {
  readonly log: Log;
}

export class Keeper {
  readonly #options: KeeperOptions;
  readonly #observer: LeaseObserver;
  readonly #suspected = new Set<string>();
  #dead = new Map<string, string>();
  readonly #reader: StatusReader;
  #statuses: readonly NamedStatus[] = [];
  #share: Share | undefined;
  #tmpSeen = new Set<string>();
  /** What was last seen in `active/`, and those of it that bear claims. */
  #active: readonly Located[] = [];
  #claimed: readonly Located[] = [];
  /** What stood there at the last sweep. */
  #swept: readonly Located[] | undefined;
  #unsettled: readonly Located[] = [];
  readonly #inOrder: InOrder;
  readonly #quiet: ReadonlyMap<string, { readonly folder: Unchanged; unsettled: readonly Located[] }>;
  #slowMs = Number.NEGATIVE_INFINITY;
  readonly #retention: Sliced<Retained>;
  readonly #views: Sliced<number>;

  constructor(options: KeeperOptions) {
    this.#options = options;
    const own = ownMark();
    this.#observer = new LeaseObserver({ leaseMs: options.board.leaseMs, own, ownId: options.id });
    this.#inOrder = new InOrder(options.board);
    this.#reader = new StatusReader(options.board, own);
    this.#retention = new Sliced(() => retainSteps(options.board), RETENTION_EVERY_MS);
    const seen = new Set<string>();
    this.#views = new Sliced(() => settleViews(options.board, seen), SLOW_EVERY_LEASES * options.board.leaseMs);
    this.#quiet = new Map(
      QUIET_FOLDERS.map((folder) => [folder, { folder: new Unchanged(options.board, folder), unsettled: [] }]),
    );
  }

  /**
   * Between two looks at the other processes (ms): five a lease, and four where many look. Each of them reads the status
   * files of all, and the first to see one stand still for a lease is enough.
   */
  get lookEveryMs(): number {
    return this.#options.board.leaseMs / (this.#statuses.length > FEW ? 4 : 5);
  }

  /** Which of the live processes that serve one of the same stages this one is. */
  share(): Share {
    this.#share ??= this.#countShare();
    return this.#share;
  }

  #countShare(): Share {
    const { id, stages } = this.#options;
    const mates = this.#statuses.filter(
      ({ name }) =>
        !this.#dead.has(name.id) && name.order === 'run' && name.stages.some((stage) => stages.names.includes(stage)),
    );
    const index = mates.findIndex(({ name }) => name.id === id);
    return index < 0 ? { index: 0, count: 1 } : { index, count: mates.length };
  }

  /** Stages that a live process serves, this one's included. */
  servedStages(): Set<string> {
    const served = new Set(this.#options.stages.names);
    for (const { name } of this.#statuses) {
      if (this.#dead.has(name.id) || name.order === 'drain' || name.order === 'halt') continue;
      for (const stage of name.stages) served.add(stage);
    }
    return served;
  }

  /** True if the last look found it dead. */
  isDead(process: string): boolean {
    return this.#dead.has(process);
  }

  /**
   * Looks at all status files, and says who is dead.
   * @param healthy whether this process's own heartbeats succeed
   * @param owners who else is named on the board, beside those that claims name
   */
  lookAtProcesses(active: readonly Located[], healthy: boolean, owners: Iterable<string> = []): void {
    const { board, id, log } = this.#options;
    const sightings = this.#reader.look();
    const named = claimants(this.#claimedOf(active));
    for (const owner of owners) named.add(owner);
    this.#statuses = this.#reader.names();
    this.#share = undefined;
    this.#dead = this.#observer.look(sightings, named, performance.now(), healthy);
    for (const [other, why] of this.#dead) {
      if (this.#suspected.has(other)) continue;
      this.#suspected.add(other);
      const name = this.#statuses.find((status) => status.name.id === other)?.name;
      if (name?.order === 'lost') continue;
      log(
        'suspect',
        `process ${other}${name === undefined ? '' : ` on ${name.host} (pid ${name.pid})`} is taken for dead: ${why}; its entries go back`,
      );
      board.journal.write('suspect', { process: other, reason: why, by: id });
      // What follows is judged by it: that a claim was returned needs a reason on disk.
      board.journal.flush();
      if (name !== undefined) giveOrder(board, other, 'lost', why);
    }
  }

  /** Repairs in `active/`. The same array again costs a look at its claims, and at what could not be put right. */
  sweepActive(entries: readonly Located[]): void {
    if (entries !== this.#swept) {
      this.#unsettled = this.#unsettledOf(entries);
      this.#swept = entries;
    }
    this.sweep(this.#unsettled);
  }

  /** A name without claims that is in order stays so: only claims change with their owners. */
  #unsettledOf(entries: readonly Located[]): readonly Located[] {
    return entries.filter((entry) => isClaimed(entry) || !this.#inOrder.has(entry));
  }

  /** Repairs among these entries. */
  sweep(entries: readonly Located[]): void {
    const swept = nothingSwept();
    this.#repair(this.#unsettledOf(entries), swept);
    this.#tell(swept);
  }

  /** Repairs in the folders of what waits for people. */
  sweepQuiet(folders: Iterable<string> = QUIET_FOLDERS): void {
    for (const name of folders) {
      const quiet = this.#quiet.get(name);
      if (quiet === undefined) continue;
      if (quiet.folder.isSame()) {
        this.sweep(quiet.unsettled);
        continue;
      }
      const { entries } = quiet.folder.read(() => scanFolder(this.#options.board, name));
      // First: where the disk refuses a repair, it is tried again.
      quiet.unsettled = this.#unsettledOf(entries);
      this.sweep(quiet.unsettled);
    }
  }

  #claimedOf(active: readonly Located[]): readonly Located[] {
    if (active !== this.#active) {
      this.#active = active;
      this.#claimed = active.filter(isClaimed);
    }
    return this.#claimed;
  }

  /** Half-made posts, and what one process on the board is enough for: links left behind, and retention. */
  sweepRest(): void {
    const { board } = this.#options;
    const swept = nothingSwept();
    this.#tmpSeen = sweepPosts(board, this.#tmpSeen, swept);
    this.#repair(misfiled(board), swept);
    if (this.#isFirst()) {
      if (performance.now() - this.#slowMs > SLOW_EVERY_LEASES * board.leaseMs) {
        this.#slowMs = performance.now();
        sweepLinks(board, recentFolders(board), swept);
        for (const folder of doneFolders(board)) this.#repair(unfinishedOfDay(board, folder), swept);
        sweepRubbish(board);
      }
      this.#goOn();
    }
    this.#tell(swept);
  }

  #repair(entries: readonly Located[], swept: Swept): void {
    const context = this.#context();
    for (const entry of entries) sweepEntry(this.#options.board, entry, context, swept);
  }

  /** A day of `done/` that has just been made. */
  sweepDay(folder: string): void {
    const swept = nothingSwept();
    this.#repair(unfinishedOfDay(this.#options.board, folder), swept);
    this.#tell(swept);
  }

  /** Entries beside the board's folders. */
  sweepMisfiled(): void {
    const swept = nothingSwept();
    this.#repair(misfiled(this.#options.board), swept);
    this.#tell(swept);
  }

  /** An entry renamed in place in `done/`, as the kernel has told. */
  sweepDone(folder: string, files: Iterable<string>): void {
    const swept = nothingSwept();
    const { board } = this.#options;
    this.#repair(
      [...files].flatMap((file) => entryAt(board, folder, file) ?? []),
      swept,
    );
    this.#tell(swept);
  }

  /** Goes on with what takes long on a large board, for a moment each. */
  #goOn(): void {
    const { log } = this.#options;
    const settled = this.#views.turn();
    if (settled !== undefined && settled > 0) log('swept', `${settled} entries shown or taken out of sight`);
    const removed = this.#retention.turn()?.total ?? 0;
    if (removed > 0) log('retention', `${removed} files and folders that had outlived their retention were removed`);
  }

  /** True for one of the live processes of the board, as far as they know of each other. */
  #isFirst(): boolean {
    return (
      this.#statuses.find(({ name }) => !this.#dead.has(name.id) && name.order === 'run')?.name.id === this.#options.id
    );
  }

  #context(): SweepContext {
    const { id, slots } = this.#options;
    return {
      ownId: id,
      isMine: (entry, column) => slots.isMine(entry, column),
      isDead: (process) => this.#dead.has(process),
      adopt: (entry, column) => takeOver(this.#options, entry, column),
    };
  }

  #tell(swept: Swept): void {
    const said = sweptText(swept);
    if (said !== '') this.#options.log('swept', said);
  }
}

/** True if what is to be done with the entry depends on who lives, and not on its name alone. */
function isClaimed({ name }: Located): boolean {
  return CLAIMED.test(name.letters);
}
