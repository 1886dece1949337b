/** The folders of a board that is followed: which there are, which hints tell of, and what was known of each when it was read. */
import { DAY_FOLDERS, dayFolder, isDay, LIVE_FOLDERS } from '../../model/name.ts';
import type { Board } from '../board.ts';
import { isHidden } from '../scan.ts';
import { BoardWatch } from '../watch.ts';
import { type Stamp, sameStamp } from './disk.ts';

/** More hints at once than this, and the folder is read. */
const MOST_HINTS = 2_000;
/** A change may leave no mark in a time stamp as old as this. */
const RACY_MS = 2_000;
/** Days of `done/` and `removed/` that still change, as a rule: today and, round midnight and for slow clocks, yesterday. */
const RECENT_DAYS = 2;

export class Folder {
  readonly path: string;
  /** Number of the last reading of it. */
  reading = 0;
  /** It is to be read, whatever its stamp says. */
  mustRead = true;
  /** What reading it took. */
  costMs = 0;
  readonly hints = new Set<string>();
  #watch: BoardWatch | undefined;
  #isWatched = false;
  /** The folder itself was moved or removed: the watch tells of nothing that comes in its place. */
  #isCut = false;
  #stamp: Stamp | undefined;
  #stampSinceMs = 0;
  /** The stamp before it was read last, if nothing can have changed under it since. */
  #readStamp: Stamp | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** Hints tell of every change. */
  get isWatched(): boolean {
    return this.#isWatched;
  }

  follow(board: Board, onHint: () => void): void {
    if (this.#isCut) this.unfollow();
    if (this.#watch !== undefined) return;
    this.#isWatched = true;
    const watch = new BoardWatch(board, {
      folders: [this.path],
      onHint: (_, file) => {
        if (file !== undefined && isHidden(file)) return;
        if (file === this.path.split('/').at(-1)) this.#isCut = true;
        if (file === undefined || this.#isCut || this.hints.size >= MOST_HINTS) this.mustRead = true;
        else this.hints.add(file);
        onHint();
      },
      // Without hints it is polled: that needs no message.
      onTrouble: () => {
        this.#isWatched = false;
      },
    });
    this.#watch = watch;
    if (!watch.active) this.#isWatched = false;
  }

  unfollow(): void {
    this.#watch?.close();
    this.#watch = undefined;
    this.#isWatched = false;
    this.#isCut = false;
  }

  /** Notes the stamp that it has now. @returns true if another folder stands in its place */
  note(stamp: Stamp, nowMs: number): boolean {
    const isOther = this.#stamp !== undefined && this.#stamp.inode !== stamp.inode;
    if (!sameStamp(this.#stamp, stamp)) this.#stampSinceMs = nowMs;
    this.#stamp = stamp;
    if (isOther) this.mustRead = true;
    return isOther;
  }

  /** Something may have changed since it was read. */
  get hasChanged(): boolean {
    return this.mustRead || this.#stamp === undefined || !sameStamp(this.#readStamp, this.#stamp);
  }

  /**
   * It is read now: what changes from here on, or did so within the same tick of the disk's clock, calls for another reading.
   * @param clockMs now by the disk's clock; undefined: it may differ from this host's
   */
  beginRead(reading: number, nowMs: number, clockMs: number | undefined): void {
    this.reading = reading;
    this.mustRead = false;
    this.hints.clear();
    const stamp = this.#stamp;
    if (stamp === undefined) return;
    const ageMs = clockMs === undefined ? 0 : clockMs - Number(stamp.mtimeNs / 1_000_000n);
    const isOld = ageMs >= RACY_MS || nowMs - this.#stampSinceMs >= RACY_MS;
    this.#readStamp = isOld ? stamp : undefined;
  }
}

export class Folders {
  readonly live: readonly Folder[] = LIVE_FOLDERS.map((folder) => new Folder(folder));
  readonly parents: readonly Folder[] = DAY_FOLDERS.map((folder) => new Folder(folder));
  /** By path. */
  readonly #days = new Map<string, Folder>();

  /** Those that change, the ones with few entries first: they are shown first. */
  get watched(): Folder[] {
    const recent = DAY_FOLDERS.flatMap((parent) => this.#daysOf(parent).slice(0, RECENT_DAYS));
    return [
      ...this.live.filter(({ path }) => path !== 'queue'),
      ...this.live.filter(({ path }) => path === 'queue'),
      ...recent,
    ];
  }

  get oldDays(): Folder[] {
    return DAY_FOLDERS.flatMap((parent) => this.#daysOf(parent).slice(RECENT_DAYS));
  }

  get withEntries(): Folder[] {
    return [...this.live, ...this.#days.values()];
  }

  get all(): Folder[] {
    return [...this.parents, ...this.withEntries];
  }

  isDay(folder: Folder): boolean {
    return this.#days.has(folder.path);
  }

  /** Takes over the days that stand below `done/` or `removed/`. @returns those that are there no longer */
  setDays(parent: Folder, names: readonly string[]): Folder[] {
    const paths = new Set(
      names.filter(isDay).map((day) => dayFolder(parent.path as (typeof DAY_FOLDERS)[number], day)),
    );
    for (const path of paths) if (!this.#days.has(path)) this.#days.set(path, new Folder(path));
    const gone = [...this.#days.values()].filter(({ path }) => path.startsWith(`${parent.path}/`) && !paths.has(path));
    for (const folder of gone) this.forget(folder);
    return gone;
  }

  forget(folder: Folder): void {
    folder.unfollow();
    this.#days.delete(folder.path);
  }

  close(): void {
    for (const folder of this.all) folder.unfollow();
  }

  #daysOf(parent: string): Folder[] {
    return [...this.#days.values()]
      .filter(({ path }) => path.startsWith(`${parent}/`))
      .sort((a, b) => (a.path < b.path ? 1 : -1));
  }
}
