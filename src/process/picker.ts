/**
 * What this process could claim next: what it saw in `active/` and in the queue window, in the order in which entries
 * are served. Everything here is a memory of names; the claim's rename finds out whether it is still true.
 */
import type { Board } from '../board/board.ts';
import { faultKind, isGone } from '../board/errors.ts';
import { type Located, scanFolder } from '../board/scan.ts';
import { type QueueRead, readQueue } from '../board/window.ts';
import { runnableColumns } from '../model/home.ts';
import { type Candidate, choose, compareCandidates, compareNames, mayEnter, type Share } from '../model/order.ts';

export type Choice = Candidate<Located>;
const RANKS = 100;
const LOOK_AGAIN_MS = 5_000;
/** Candidates that are looked over at a time. */
const SPREAD = 64;

export class Picker {
  readonly #board: Board;
  readonly #serves: ReadonlySet<number>;
  readonly #columnsOf = new Map<string, readonly number[]>();
  /** Files that are not due yet, and when they are (the board's clock). */
  readonly #notBefore = new Map<string, number>();
  #active: Choice[] = [];
  #queue: Choice[] = [];
  #activeByRank: number[] = new Array<number>(RANKS).fill(0);
  #queueMore = true;
  /** Names of the last look at the queue, and the last of them. */
  #known = new Set<string>();
  #last = '';
  #seen: Located[] = [];

  constructor(board: Board, serves: ReadonlySet<number>) {
    this.#board = board;
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

  /** One readdir of `active/`. @returns all that stands there */
  lookActive(): Located[] {
    this.#seen = scanFolder(this.#board, 'active').entries;
    this.#activeByRank = new Array<number>(RANKS).fill(0);
    for (const { name } of this.#seen) this.#activeByRank[name.rank] = (this.#activeByRank[name.rank] ?? 0) + 1;
    this.#active = this.#candidates(this.#seen);
    return this.#seen;
  }

  /** One readdir of `queue/`. */
  lookQueue(): QueueRead {
    this.forgetDue();
    const read = readQueue(
      this.#board,
      (letters) => this.columns(letters).length > 0,
      (file) => this.#notBefore.has(file),
    );
    this.#queue = this.#candidates(read.entries);
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

  /** True if nothing of the queue window is left, though the queue had more. */
  get queueRanOut(): boolean {
    return this.#queue.length === 0 && this.#queueMore;
  }

  /** True if nothing is left of what was seen. */
  get isEmpty(): boolean {
    return this.#active.length === 0 && this.#queue.length === 0;
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
    return this.#notBefore.size < before;
  }

  /** Takes the next candidate out of the memory. `fits`: whether there is room for its stage. */
  next(share: Share, fits: (column: number) => boolean): Choice | undefined {
    for (;;) {
      const active = this.#best(this.#active, share, fits);
      const queued = this.#best(this.#queue, share, fits);
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
      if (this.isDue(choice)) return choice;
    }
  }

  /** The best rank that waits for this process, 100 if nothing does. */
  bestRank(fits: (column: number) => boolean): number {
    const ranks = [this.#active, this.#queue].map(
      (list) => list.find(({ column }) => fits(column))?.entry.name.rank ?? RANKS,
    );
    return Math.min(...ranks);
  }

  /** An entry was claimed or came back: the counts by rank follow until the next look. */
  count(rank: number, change: 1 | -1): void {
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

  #candidates(entries: readonly Located[]): Choice[] {
    const now = this.#board.now();
    const found: Choice[] = [];
    for (const entry of entries) {
      if ((this.#notBefore.get(entry.file) ?? 0) > now) continue;
      for (const column of this.columns(entry.name.letters)) found.push({ entry, column });
    }
    return found.sort(compareCandidates);
  }

  #best(list: readonly Choice[], share: Share, fits: (column: number) => boolean): Choice | undefined {
    const fitting: Choice[] = [];
    for (const choice of list) {
      if (!fits(choice.column)) continue;
      fitting.push(choice);
      if (fitting.length >= SPREAD || share.count < 2) break;
    }
    return fitting[choose(fitting, share)];
  }

  #take(choice: Choice): void {
    for (const list of [this.#active, this.#queue]) {
      const at = list.indexOf(choice);
      if (at >= 0) list.splice(at, 1);
    }
  }
}
