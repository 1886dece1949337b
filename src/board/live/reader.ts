/**
 * Brings what is known of a board up to what stands on it. What is seen is added first and what is missing dropped last,
 * and only when a second look does not find it either: an entry that is moved from folder to folder meanwhile never
 * vanishes in between.
 */
import type { Board } from '../board.ts';
import { isGone } from '../errors.ts';
import type { LiveDisk } from './disk.ts';
import { type Folder, Folders } from './folders.ts';
import type { Pace } from './pace.ts';
import { runSliced } from './slices.ts';
import type { Store } from './store.ts';

/** Days long past are asked whether they have changed. */
const OLD_DAYS_EVERY_MS = 60_000;
/** A look at a single name takes about this, most of it on the way to another thread and back. */
const SINGLE_MS = 0.05;

export interface ReaderOptions {
  readonly onHint: () => void;
  /** Parts of a long look may be shown. */
  readonly onPart: () => void;
  /** Asked now and then: true breaks off, and what was not read is read the next time. */
  readonly isStopped: () => boolean;
}

export class Reader {
  /** What the disk was asked and has not answered yet. */
  asked: { readonly what: string; sinceMs: number } | undefined;
  /** What it was asked when it failed last. */
  failedAt = '';
  readonly #board: Board;
  readonly #store: Store;
  readonly #disk: LiveDisk;
  readonly #pace: Pace;
  readonly #options: ReaderOptions;
  readonly #folders = new Folders();
  #readings = 0;
  #oldDaysAt = 0;

  constructor(board: Board, store: Store, disk: LiveDisk, pace: Pace, options: ReaderOptions) {
    this.#board = board;
    this.#store = store;
    this.#disk = disk;
    this.#pace = pace;
    this.#options = options;
  }

  /** Names that hints have told of and nobody has looked at. */
  get behind(): number {
    return this.#folders.all.reduce((sum, { hints }) => sum + hints.size, 0);
  }

  /** There is a day more, or one less. */
  get hasNewDays(): boolean {
    return this.#folders.parents.some(({ hints, mustRead }) => hints.size > 0 || mustRead);
  }

  /** Trust nothing that is known: all is to be read again. */
  distrust(): void {
    for (const folder of this.#folders.all) folder.mustRead = true;
  }

  /** After a fault: the board that comes back may be another one, in the same place. */
  begin(): void {
    this.distrust();
    for (const folder of this.#folders.all) folder.unfollow();
  }

  close(): void {
    this.#folders.close();
  }

  /** Asks only whether the board is there. @throws the system's error */
  async probe(): Promise<void> {
    for (const folder of this.#folders.live) await this.#stamp(folder);
  }

  /** A stat of each folder; those that have changed are read, as the pace allows. @throws the system's error */
  async look(isForced: boolean): Promise<void> {
    const doubted = this.#store.doubted();
    const startMs = performance.now();
    for (const parent of this.#folders.parents) await this.#lookForDays(parent);
    const withOldDays = isForced || startMs >= this.#oldDaysAt;
    if (withOldDays) this.#oldDaysAt = startMs + OLD_DAYS_EVERY_MS;
    const changed: Folder[] = [];
    for (const folder of this.#folders.watched) {
      this.#follow(folder);
      if (await this.#hasChanged(folder)) changed.push(folder);
    }
    for (const folder of this.#folders.oldDays) {
      folder.unfollow();
      if ((withOldDays || folder.mustRead) && (await this.#hasChanged(folder))) changed.push(folder);
    }
    const due = changed.filter(
      (folder) => isForced || this.#pace.mayRead(startMs, folder.mustRead || !folder.isWatched),
    );
    const readMs = performance.now();
    for (const folder of due) {
      if (!(await this.#read(folder))) return;
      this.#options.onPart();
    }
    for (const folder of due) await this.#sweep(folder, folder.reading);
    await runSliced(this.#store.remove(doubted));
    const endMs = performance.now();
    if (due.length > 0) this.#pace.hasRead(endMs, endMs - readMs);
  }

  /** Looks at each name that was hinted at, or at the folder where that is cheaper. @throws the system's error */
  async followHints(): Promise<void> {
    const doubted = this.#store.doubted();
    const read: Folder[] = [];
    const found: [Folder, string][] = [];
    const missing: [Folder, string][] = [];
    for (const folder of this.#folders.withEntries) {
      const names = [...folder.hints];
      if (names.length === 0 || folder.mustRead) continue;
      if (names.length * SINGLE_MS > folder.costMs) {
        if (!(await this.#read(folder))) return;
        read.push(folder);
        continue;
      }
      folder.hints.clear();
      for (const name of names) {
        const path = `${folder.path}/${name}`;
        const isThere = await this.#ask(path, () => this.#disk.exists(this.#board.path(path)));
        (isThere ? found : missing).push([folder, name]);
      }
    }
    for (const [folder, name] of found) this.#store.addOne(this.#store.folder(folder.path), name);
    for (const [folder, name] of missing) this.#store.drop(this.#store.folder(folder.path), name);
    for (const folder of read) await this.#sweep(folder, folder.reading);
    await runSliced(this.#store.remove(doubted));
  }

  async #lookForDays(parent: Folder): Promise<void> {
    this.#follow(parent);
    await this.#stamp(parent);
    parent.hints.clear();
    if (!parent.hasChanged) return;
    parent.beginRead(0, performance.now(), this.#clockMs());
    const names: string[] = [];
    await this.#eachName(parent, (name) => names.push(name) > 0);
    for (const folder of this.#folders.setDays(parent, names)) await this.#sweepGone(folder);
  }

  async #hasChanged(folder: Folder): Promise<boolean> {
    try {
      await this.#stamp(folder);
    } catch (error) {
      if (!isGone(error) || !this.#folders.isDay(folder)) throw error;
      this.#folders.forget(folder);
      await this.#sweepGone(folder);
      return false;
    }
    return folder.hasChanged;
  }

  #follow(folder: Folder): void {
    if (this.#pace.isWatched) folder.follow(this.#board, this.#options.onHint);
  }

  async #stamp(folder: Folder): Promise<void> {
    const stamp = await this.#ask(`${folder.path}/`, () => this.#disk.stamp(this.#board.path(folder.path)));
    if (!folder.note(stamp, performance.now())) return;
    // Another folder of that name: hints still tell of the old one.
    folder.unfollow();
    this.#follow(folder);
  }

  /** Adds what stands in the folder. @returns false if it was broken off */
  async #read(folder: Folder): Promise<boolean> {
    const startMs = performance.now();
    const number = this.#store.folder(folder.path);
    const reading = ++this.#readings;
    const foreign = new Set<string>();
    folder.beginRead(reading, startMs, this.#clockMs());
    let isWhole = true;
    const visit = (name: string): boolean => {
      if (!this.#store.add(number, name, reading)) foreign.add(name);
      isWhole = !this.#options.isStopped();
      return isWhole;
    };
    try {
      await this.#eachName(folder, visit);
    } catch (error) {
      folder.mustRead = true;
      if (!isGone(error) || !this.#folders.isDay(folder)) throw error;
    }
    if (isWhole) this.#store.setForeign(number, foreign);
    else this.distrust();
    folder.costMs = performance.now() - startMs;
    return isWhole;
  }

  /** Drops what a reading of the folder has not seen. */
  async #sweep(folder: Folder, reading: number): Promise<void> {
    await runSliced(this.#store.sweep(this.#store.folder(folder.path), reading));
  }

  /** Drops all that stood in a folder that is there no longer. */
  async #sweepGone(folder: Folder): Promise<void> {
    this.#store.setForeign(this.#store.folder(folder.path), new Set());
    await this.#sweep(folder, ++this.#readings);
  }

  async #eachName(folder: Folder, visit: (name: string) => boolean): Promise<void> {
    const what = `${folder.path}/`;
    await this.#ask(what, () =>
      this.#disk.eachName(this.#board.path(folder.path), (name) => {
        if (this.asked !== undefined) this.asked.sinceMs = performance.now();
        return visit(name);
      }),
    );
  }

  async #ask<T>(what: string, question: () => Promise<T>): Promise<T> {
    this.asked = { what, sinceMs: performance.now() };
    try {
      return await question();
    } catch (error) {
      this.failedAt = what;
      throw error;
    } finally {
      this.asked = undefined;
    }
  }

  /** By the disk's clock; undefined if that is another host's. */
  #clockMs(): number | undefined {
    return this.#board.isNetwork ? undefined : Date.now();
  }
}
