/**
 * What this process could claim next: what it saw in `active/` and in the queue window, in the order in which entries
 * are served. Everything here is a memory of names; the claim's rename finds out whether it is still true.
 */
import type { Board } from '../board/board.ts';
import { faultKind, isGone } from '../board/errors.ts';
import { type Located, scanFolder } from '../board/scan.ts';
import { Unchanged } from '../board/unchanged.ts';
import { type QueueRead, readQueue, windowFor } from '../board/window.ts';
import { home, isSettled, runnableColumns } from '../model/home.ts';
import { type Candidate, compareCandidates, compareNames, mayEnter, type Share } from '../model/order.ts';
import { type Fits, Line } from './line.ts';

export type Choice = Candidate<Located>;
const RANKS = 100;
const ALONE: Share = { index: 0, count: 1 };
const LOOK_AGAIN_MS = 5_000;
/** So often at least a process serves the head of the line, whoever's share that is. */
const HEAD_EVERY_MS = 250;
/** Entries at the head that others have taken already, looked up one after another. */
const MOST_STALE = 32;
/** What is known to be cheaper than reading the queue anew: a stat of a name that is gone, in names read. */
const STAT_IN_NAMES = 6;
const MOST_KINDS = 1_000;
const CLAIMED = /[pe]/;

export class Picker {
  readonly #board: Board;
  readonly #clock: () => number;
  readonly #serves: ReadonlySet<number>;
  readonly #concerns = new Map<string, boolean>();
  readonly #columnsOf = new Map<string, readonly number[]>();
  /** Files that are not due yet, and when they are (the board's clock). */
  readonly #notBefore = new Map<string, number>();
  #active = new Line<Choice>([]);
  #queue = new Line<Choice>([]);
  #headMs = Number.NEGATIVE_INFINITY;
  #stale = 0;
  #share = ALONE;
  #activeByRank: number[] = new Array<number>(RANKS).fill(0);
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

  /** @param clock milliseconds that only go forward */
  constructor(board: Board, serves: ReadonlySet<number>, clock: () => number = () => performance.now()) {
    this.#board = board;
    this.#clock = clock;
    this.#activeFolder = new Unchanged(board, 'active');
    this.#queueFolder = new Unchanged(board, 'queue');
    this.#serves = serves;
  }

  /** Columns of these letters that could be claimed and are served here. */
  columns(letters: string): readonly number[] {
    let columns = this.#columnsOf.get(letters);
    if (columns === undefined) {
      columns = runnableColumns(letters, this.#board.graph).filter((column) => this.#serves.has(column));
      this.#columnsOf.set(letters, columns);
    }
    return columns;
  }

  /** One readdir of `active/`, or a stat if nothing has changed there. @returns all that stands there; the same array if it is the same */
  lookActive(): Located[] {
    if (!this.#activeFolder.isSame())
      this.#seen = this.#activeFolder.read(() => scanFolder(this.#board, 'active', this.#before()).entries);
    else if (this.#activeFresh) return this.#seen;
    this.#activeFresh = true;
    this.#activeByRank = new Array<number>(RANKS).fill(0);
    for (const { name } of this.#seen) this.#activeByRank[name.rank] = (this.#activeByRank[name.rank] ?? 0) + 1;
    this.#active = new Line(this.#candidates(this.#seen));
    this.#forgetBegun();
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
        (file) => this.#notBefore.has(file),
        windowFor(this.#board, this.#read.total, share.count),
      ),
    );
    this.#read = read;
    this.#queueFresh = true;
    this.#queue = new Line(this.#candidates(read.entries));
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

  /** False for a name in this folder that is in order, and that only others can do something about. */
  concerns(folder: 'active' | 'queue', file: string): boolean {
    const letters = file.split('.', 3)[2] ?? '';
    // In `active/` claims are what is usual; any other tag may stand there for a person who has to be heard.
    if (file.includes('@') !== CLAIMED.test(letters)) return true;
    const kind = `${folder}.${letters}`;
    let concerns = this.#concerns.get(kind);
    if (concerns === undefined) {
      const { graph, stages } = this.#board;
      const isInOrder =
        letters.length === stages.length && home(letters, graph) === folder && isSettled(letters, graph);
      concerns = !isInOrder || this.columns(letters).length > 0;
      // People may write anything into names: what is remembered stays small.
      if (this.#concerns.size >= MOST_KINDS) this.#concerns.clear();
      this.#concerns.set(kind, concerns);
    }
    return concerns;
  }

  /** True if nothing of the queue window is left, though the queue had more. */
  get queueRanOut(): boolean {
    return this.#queue.isEmpty && this.#queueMore;
  }

  /** True if nothing is left of what was seen. */
  get isEmpty(): boolean {
    return this.#active.isEmpty && this.#queue.isEmpty;
  }

  /** When the first of those that are not due yet will be; undefined if none waits. */
  nextDueMs(): number | undefined {
    return this.#notBefore.size === 0 ? undefined : Math.min(...this.#notBefore.values());
  }

  /** Forgets what no longer has to wait. @returns whether there was any: the next look finds it */
  forgetDue(): boolean {
    const now = this.#board.now();
    const before = this.#notBefore.size;
    for (const [file, dueMs] of this.#notBefore) if (dueMs <= now) this.#notBefore.delete(file);
    if (this.#notBefore.size === before) return false;
    this.#activeFresh = false;
    this.#queueFresh = false;
    return true;
  }

  /** Takes the next candidate out of the memory. `fits`: whether there is room for its stage. */
  next(share: Share, fits: Fits<Choice>): Choice | undefined {
    for (;;) {
      const now = this.#clock();
      const atHead = now - this.#headMs >= HEAD_EVERY_MS;
      const active = this.#active.pick(share, fits, atHead);
      const queued = this.#queue.pick(share, fits, atHead);
      const enters =
        queued !== undefined && mayEnter(queued.entry.name.rank, this.#activeByRank, this.#board.config.inFlight);
      const choice =
        active !== undefined && (!enters || compareNames(active.entry.name, queued.entry.name) <= 0)
          ? active
          : enters
            ? queued
            : undefined;
      if (choice === undefined) return undefined;
      this.#take(choice);
      const isDue = this.isDue(choice);
      // One that is not due yet stands where it stood.
      if (isDue) this.#stale = 0;
      else if (!this.#notBefore.has(choice.entry.file)) this.#stale++;
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

  /** What is left are others' shares, and they have taken them: to read the queue anew is cheaper than to find out one by one. */
  #giveUpQueue(): void {
    if (!this.#queue.hasOwn && this.#queueMore && this.#read.total < this.#queue.length * STAT_IN_NAMES)
      this.#queue = new Line([]);
    this.#stale = 0;
  }

  /** The best rank that waits for this process, 100 if nothing does. */
  bestRank(fits: Fits<Choice>): number {
    return Math.min(...[this.#active, this.#queue].map((line) => line.first(fits)?.entry.name.rank ?? RANKS));
  }

  /** An entry was claimed or came back: the counts by rank follow until the next look. */
  count(rank: number, change: 1 | -1): void {
    this.#activeFresh = false;
    this.#activeByRank[rank] = Math.max(0, (this.#activeByRank[rank] ?? 0) + change);
  }

  /** True if the entry may run now. One that may not is remembered until it is due. */
  isDue({ entry }: Choice): boolean {
    let mtimeMs: number;
    try {
      mtimeMs = this.#board.fs.identify(this.#board.path(`${entry.folder}/${entry.file}`)).mtimeMs;
    } catch (error) {
      if (isGone(error)) return false;
      // Another user's: the claim finds out, and holds it.
      if (faultKind(error) === 'denied') return true;
      throw error;
    }
    if (mtimeMs <= this.#board.now()) return true;
    // Looked at again before that: somebody may `touch` it to let it run now.
    const now = this.#board.now();
    this.#notBefore.set(entry.file, Math.min(mtimeMs, now + Math.max(LOOK_AGAIN_MS, (mtimeMs - now) / 10)));
    return false;
  }

  /** Most of what a look at `active/` finds stood there at the last one. */
  #before(): ReadonlyMap<string, Located> {
    return new Map(this.#seen.map((entry) => [entry.file, entry]));
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
      if ((this.#notBefore.get(entry.file) ?? 0) > now) continue;
      for (const column of this.columns(entry.name.letters)) found.push({ entry, column });
    }
    return found.sort(compareCandidates);
  }

  #take(choice: Choice): void {
    this.#activeFresh = false;
    this.#queueFresh = false;
    this.#active.remove(choice);
    this.#queue.remove(choice);
  }
}
