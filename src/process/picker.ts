/**
 * What this process could claim next: what it saw in `active/` and in the queue window, in the order in which entries
 * are served. Everything here is a memory of names; the claim's rename finds out whether it is still true.
 */
import type { Board } from '../board/board.ts';
import { type Located, scanFolder } from '../board/scan.ts';
import { Unchanged } from '../board/unchanged.ts';
import { type QueueRead, readQueue, windowFor } from '../board/window.ts';
import type { BatchRule } from '../model/definition.ts';
import { type Candidate, compareCandidates, compareNames, type Share } from '../model/order.ts';
import { ActiveRanks } from './active-ranks.ts';
import { Batching } from './batching.ts';
import { blockStart, merged, type Sight, takeBlock } from './block.ts';
import { Concerns } from './concerns.ts';
import { DueTimes } from './due-times.ts';
import { type Fits, Line } from './line.ts';

export type Choice = Candidate<Located>;
const RANKS = 100;
const ALONE: Share = { index: 0, count: 1 };
/** So often at least a process serves the head of the line, whoever's share that is. */
const HEAD_EVERY_MS = 250;
/** Entries at the head that others have taken already, looked up one after another. */
const MOST_STALE = 32;
/** What is known to be cheaper than reading the queue anew: a stat of a name that is gone, in names read. */
const STAT_IN_NAMES = 6;

export class Picker {
  readonly #board: Board;
  readonly #clock: () => number;
  readonly #serves: ReadonlySet<number>;
  readonly #concerns: Concerns;
  readonly #dueTimes: DueTimes;
  #active = new Line<Choice>([]);
  #queue = new Line<Choice>([]);
  #headMs = Number.NEGATIVE_INFINITY;
  #stale = 0;
  #share = ALONE;
  readonly #ranks = new ActiveRanks();
  #queueMore = true;
  /** Names of the last look at the queue, and the last of them. */
  #known = new Set<string>();
  #last = '';
  #seen: Located[] = [];
  #read: QueueRead = { entries: [], odd: [], more: true, total: 0 };
  readonly #activeFolder: Unchanged;
  readonly #queueFolder: Unchanged;
  /** False: what was made of the last reading has been used since, and is to be made anew. */
  #activeFresh = false;
  #queueFresh = false;

  readonly #batching: Batching;
  /** False: what waits for the column is to wait for more to go together with. */
  readonly isReady = (column: number): boolean => this.#batching.isReady(column);

  /**
   * @param clock milliseconds that only go forward
   * @param batchOf of the columns that take several entries at once
   */
  constructor(
    board: Board,
    serves: ReadonlySet<number>,
    clock: () => number = () => performance.now(),
    batchOf: (column: number) => BatchRule | undefined = () => undefined,
  ) {
    this.#board = board;
    this.#clock = clock;
    this.#activeFolder = new Unchanged(board, 'active');
    this.#queueFolder = new Unchanged(board, 'queue');
    this.#serves = serves;
    this.#concerns = new Concerns(board, serves);
    this.#dueTimes = new DueTimes(board);
    this.#batching = new Batching(batchOf, clock);
  }

  /** Columns of these letters that could be claimed and are served here. */
  columns(letters: string): readonly number[] {
    return this.#concerns.columns(letters);
  }

  /** False for a name in this folder that is in order, and that only others can do something about. */
  concerns(folder: 'active' | 'queue', file: string): boolean {
    return this.#concerns.has(folder, file);
  }

  /** One readdir of `active/`, or a stat if nothing has changed there. @returns all that stands there; the same array if it is the same */
  lookActive(): Located[] {
    // Most of what it finds stood there at the last one.
    const before = (): ReadonlyMap<string, Located> => new Map(this.#seen.map((entry) => [entry.file, entry]));
    if (!this.#activeFolder.isSame())
      this.#seen = this.#activeFolder.read(() => scanFolder(this.#board, 'active', before()).entries);
    else if (this.#activeFresh) return this.#seen;
    this.#activeFresh = true;
    this.#ranks.see(this.#seen);
    this.#active = new Line(this.#candidates(this.#seen));
    this.#forgetBegun();
    this.#seeWaiting();
    return this.#seen;
  }

  /**
   * One readdir of `queue/`, or a stat if nothing has changed there and nothing of it was used. Of many processes each
   * remembers more, so that what is its own lasts as long.
   */
  lookQueue(share: Share = ALONE): QueueRead {
    this.forgetDue();
    if (this.#queueFresh && this.#share.count >= share.count && this.#queueFolder.isSame()) return this.#read;
    this.#share = share;
    const read = this.#queueFolder.read(() =>
      readQueue(
        this.#board,
        (letters) => this.columns(letters).length > 0,
        (file) => this.#dueTimes.has(file),
        windowFor(this.#board, this.#read.total, share.count),
      ),
    );
    this.#read = read;
    this.#queueFresh = true;
    this.#queue = new Line(this.#candidates(read.entries));
    this.#seeWaiting();
    this.#queueMore = read.more;
    this.#known = new Set(read.entries.map(({ file }) => file));
    this.#last = read.entries.at(-1)?.file ?? '';
    return read;
  }

  /** True if this name of the queue was not seen before, and would stand within the window. */
  isNews(file: string): boolean {
    if (this.#known.has(file)) return false;
    return !this.#queueMore || file < this.#last;
  }

  /** True if nothing of the queue window is left to be taken now, though the queue had more. */
  get queueRanOut(): boolean {
    return this.#queueMore && !this.#queue.hasAny(this.isReady);
  }

  /** True if nothing is left of what was seen but what waits for more to go together with. */
  get isEmpty(): boolean {
    return !this.#active.hasAny(this.isReady) && !this.#queue.hasAny(this.isReady);
  }

  /** How long until there is something to be done about what waits for a batch; undefined: nothing waits. */
  batchWaitMs(): number | undefined {
    return this.#batching.waitMs();
  }

  /** True once, when it is time to see what has become of what was left to others. */
  lookAfterOthers(): boolean {
    if (!this.#batching.passedIsOver()) return false;
    this.#activeFresh = false;
    this.#queueFresh = false;
    return true;
  }

  /** When the first of those that are not due yet will be; undefined if none waits. */
  nextDueMs(): number | undefined {
    return this.#dueTimes.nextMs();
  }

  /** Forgets what no longer has to wait. @returns whether there was any: the next look finds it */
  forgetDue(): boolean {
    if (!this.#dueTimes.forget()) return false;
    this.#activeFresh = false;
    this.#queueFresh = false;
    return true;
  }

  /** Takes the next candidate out of the memory; one of a stage that takes several stays there: `block` has what goes with it. */
  next(share: Share, hasRoom: Fits<Choice>): Choice | undefined {
    const fits: Fits<Choice> = (column, entry) => this.isReady(column) && hasRoom(column, entry);
    for (;;) {
      const now = this.#clock();
      const atHead = now - this.#headMs >= HEAD_EVERY_MS;
      const active = this.#active.pick(share, fits, atHead);
      const queued = this.#queue.pick(share, fits, atHead);
      const enters = queued !== undefined && this.#ranks.mayEnter(queued.entry.name.rank, this.#board.config.inFlight);
      const isFirst = active !== undefined && (!enters || compareNames(active.entry.name, queued.entry.name) <= 0);
      const choice = isFirst ? active : enters ? queued : undefined;
      if (choice === undefined || this.#batching.ruleOf(choice.column) !== undefined) return choice;
      this.take(choice);
      const isDue = this.isDue(choice);
      // One that is not due yet stands where it stood.
      if (isDue) this.#stale = 0;
      else if (!this.#dueTimes.has(choice.entry.file)) this.#stale++;
      if (atHead && (isDue || this.#stale >= MOST_STALE)) {
        this.#headMs = now;
        this.#stale = 0;
      }
      if (isDue) return choice;
      if (this.#stale >= MOST_STALE) this.#giveUpQueue();
    }
  }

  /** A candidate that could not be had after all stands again where it stood. */
  putBack(choice: Choice): void {
    this.#active.restore(choice);
    this.#queue.restore(choice);
  }

  /**
   * Takes the entries that go together next out of the memory; none, if others were faster, or if fewer can be had than
   * were thought: then they wait for more.
   */
  block(column: number, share: Share): readonly Choice[] {
    const rule = this.#batching.ruleOf(column);
    if (rule === undefined) return [];
    const waiting = [...merged(this.#active.of(column), this.#queue.of(column))];
    const now = this.#clock();
    const atHead = !this.#batching.isFull(column) || now - this.#headMs >= HEAD_EVERY_MS;
    if (atHead) this.#headMs = now;
    const start = atHead ? 0 : blockStart(waiting, rule.most, share);
    const ranks = this.#ranks.copy();
    const look = (choice: Choice): Sight => {
      const { folder, name, file } = choice.entry;
      if (folder === 'queue' && !ranks.mayEnter(name.rank, this.#board.config.inFlight)) return 'later';
      if (this.isDue(choice)) {
        if (folder === 'queue') ranks.count(name.rank, 1);
        return 'ready';
      }
      this.take(choice);
      return this.#dueTimes.has(file) ? 'later' : 'gone';
    };
    const { taken, passed } = takeBlock(waiting, rule.most, start, share.count < 2, look);
    if (passed.length > 0) this.leaveToOthers(passed);
    else if (taken.length < rule.most && !this.#batching.isOver(column)) {
      this.#batching.foundShort(column);
      return [];
    }
    for (const choice of taken) this.take(choice);
    return taken;
  }

  /** Others are at these: what has become of them is looked at a little later. */
  leaveToOthers(choices: readonly Choice[]): void {
    for (const choice of choices) this.take(choice);
    this.#batching.pass();
  }

  /** What is left are others' shares, and they have taken them: to read the queue anew is cheaper than to find out one by one. */
  #giveUpQueue(): void {
    if (!this.#queue.hasOwn && this.#queueMore && this.#read.total < this.#queue.length * STAT_IN_NAMES)
      this.#queue = new Line([]);
    this.#stale = 0;
  }

  /** The best rank that waits for this process, 100 if nothing does. */
  bestRank(hasRoom: Fits<Choice>): number {
    const fits: Fits<Choice> = (column, entry) => this.isReady(column) && hasRoom(column, entry);
    return Math.min(...[this.#active, this.#queue].map((line) => line.first(fits)?.entry.name.rank ?? RANKS));
  }

  /** An entry was claimed or came back: the counts by rank follow until the next look. */
  count(rank: number, change: 1 | -1): void {
    this.#activeFresh = false;
    this.#batching.roomChanged();
    this.#ranks.count(rank, change);
  }

  /** True if the entry may run now. One that may not is remembered until it is due. */
  isDue({ entry }: Choice): boolean {
    return this.#dueTimes.isDue(entry);
  }

  /** What others have begun is in the queue no more: to know it from here saves asking for each of their names. */
  #forgetBegun(): void {
    if (this.#share.count < 2 || this.#queue.isEmpty) return;
    const begun = new Set(this.#seen.map(({ name }) => `${name.dataset} ${name.posted}`));
    const isLeft = ({ entry }: Choice): boolean => !begun.has(`${entry.name.dataset} ${entry.name.posted}`);
    if (this.#queue.keep(isLeft)) this.#queueFresh = false;
  }

  #candidates(entries: readonly Located[]): Choice[] {
    const now = this.#board.now();
    const found: Choice[] = [];
    for (const entry of entries) {
      if (this.#dueTimes.isLater(entry.file, now)) continue;
      for (const column of this.columns(entry.name.letters)) found.push({ entry, column });
    }
    return found.sort(compareCandidates);
  }

  /** What waits for stages that take several entries, after a look. */
  #seeWaiting(): void {
    for (const column of this.#serves) {
      if (this.#batching.ruleOf(column) === undefined) continue;
      const waiting = [...this.#active.of(column), ...this.#queue.of(column)];
      this.#batching.see(column, new Set(waiting.map(({ entry }) => entry.name.dataset)));
    }
  }

  /** It is looked after, or gone: it is forgotten until the next look. */
  take(choice: Choice): void {
    this.#batching.forget(choice.column, choice.entry.name.dataset);
    this.#activeFresh = false;
    this.#queueFresh = false;
    this.#active.remove(choice);
    this.#queue.remove(choice);
  }
}
