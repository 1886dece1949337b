/**
 * The names of a board that groups ask for, kept from one look to the next: one readdir of each folder that has changed,
 * for all groups together, and no stat of a member. A long folder is read the less often the longer that takes, so
 * that looking stays within a few hundredths of the time.
 */
import { globMatches } from '../../model/filter/glob.ts';
import { DAY_FOLDERS, dayFolder, LIVE_FOLDERS } from '../../model/name.ts';
import type { Board } from '../board.ts';
import { datasetOfFile, days, folderNames, isHidden, isLocated, type Located, readName } from '../scan.ts';
import { Unchanged } from '../unchanged.ts';

/** To read a folder may take one part in so many of the time. */
export const COST_FACTOR = 50;
/** The same, of one whose changes are told by name: that is to find what was not heard. */
const HEARD_FACTOR = 400;

/** What is asked of a board. */
export interface Wanted {
  readonly datasets: ReadonlySet<string>;
  readonly globs: ReadonlySet<string>;
  /** Only what is done counts: the folders of what is on its way need not be read. */
  readonly onlyDone?: boolean | undefined;
}

interface Reading {
  readonly unchanged: Unchanged;
  /** What was asked for of the names that stand there, by name: what it says is not taken apart again. */
  files: Map<string, Located>;
  /** The latest run of each dataset. */
  sights: Map<string, Located>;
  /** Datasets by the globs that match them. */
  matches: Map<string, Set<string>>;
  /** Which `Wanted` it was read for. */
  round: number;
  readMs: number;
  costMs: number;
  beforeMs: number;
  /** Since it was read, the kernel has told of what came. */
  isHeard: boolean;
}

export interface Refreshed {
  /** Names that were asked for may stand elsewhere than before. */
  readonly changed: boolean;
  /** Every folder is known as it stands now; false: some are to be read again, but not yet. */
  readonly isWhole: boolean;
}

export class BoardNames {
  readonly board: Board;
  readonly #withRemoved: boolean;
  readonly #readings = new Map<string, Reading>();
  readonly #dayLists = new Map<string, { readonly unchanged: Unchanged; days: readonly string[] }>();
  #wanted: Wanted = { datasets: new Set(), globs: new Set() };
  #heads: ReadonlyMap<number, ReadonlyMap<string, readonly string[]>> = new Map();
  #round = 0;
  readonly #heard = new Map<string, Reading>();
  #dueMs = Number.POSITIVE_INFINITY;

  /** @param withRemoved also what was taken off the board is wanted: nobody waits for it, but people ask where it is */
  constructor(board: Board, withRemoved = false) {
    this.board = board;
    this.#withRemoved = withRemoved;
  }

  /** From now on these are asked for. What was read for fewer is read again. */
  want(wanted: Wanted): void {
    const isMore =
      wanted.onlyDone !== this.#wanted.onlyDone ||
      [...wanted.datasets].some((dataset) => !this.#wanted.datasets.has(dataset)) ||
      [...wanted.globs].some((glob) => !this.#wanted.globs.has(glob));
    this.#wanted = wanted;
    if (!isMore) return;
    this.#heads = headsOf(wanted.globs);
    this.#round++;
  }

  asksFor(file: string): boolean {
    const dataset = datasetOfFile(file);
    return dataset !== undefined && (this.#wanted.datasets.has(dataset) || this.#globsOf(dataset).length > 0);
  }

  /** The kernel tells of a name in a day of `done/`, that has come or gone; undefined: of something. */
  hear(folder: string, file: string | undefined): void {
    const reading = this.#readings.get(folder);
    if (reading === undefined) return;
    reading.isHeard = file !== undefined;
    if (file !== undefined) this.#heard.set(`${folder}/${file}`, reading);
  }

  /** Looks at what was heard of, one by one: that costs less than to read a long folder again. */
  #takeHeard(): boolean {
    let changed = false;
    for (const [path, reading] of this.#heard) {
      const at = path.lastIndexOf('/');
      const file = path.slice(at + 1);
      const isThere = this.board.fs.isThere(this.board.path(path));
      // What has gone may have hidden another run: all of it is made anew.
      if (!isThere && reading.files.has(file)) reading.round = -1;
      if (!isThere || reading.round !== this.#round || reading.files.has(file)) continue;
      this.#add(reading, path.slice(0, at), file, undefined);
      changed = true;
    }
    this.#heard.clear();
    return changed;
  }

  /** Reads what has changed and may be read again. @param atOnce whatever that costs */
  refresh(nowMs: number, atOnce = false): Refreshed {
    let changed = this.#takeHeard();
    let isWhole = true;
    this.#dueMs = Number.POSITIVE_INFINITY;
    const folders = this.#folders();
    for (const folder of this.#readings.keys()) {
      if (folders.includes(folder)) continue;
      this.#readings.delete(folder);
      changed = true;
    }
    for (const folder of folders) {
      const reading = this.#reading(folder);
      if (reading.round === this.#round && reading.unchanged.isSame()) continue;
      const isHeard = reading.isHeard && reading.round === this.#round;
      const dueMs = reading.readMs + reading.costMs * (isHeard ? HEARD_FACTOR : COST_FACTOR);
      if (!atOnce && nowMs < dueMs) {
        this.#dueMs = Math.min(this.#dueMs, dueMs);
        isWhole = false;
        continue;
      }
      this.#read(folder, reading);
      changed = true;
    }
    return { changed, isWhole };
  }

  /** When the first of the folders that could not be read again yet may be. */
  get dueMs(): number {
    return this.#dueMs;
  }

  /** The latest run of a dataset, posted then or later; one that was removed only if there is no other. */
  newest(dataset: string, from = ''): Located | undefined {
    let best: Located | undefined;
    for (const { sights } of this.#readings.values()) {
      const sight = sights.get(dataset);
      if (sight === undefined || sight.name.posted < from) continue;
      if (best === undefined || isLater(sight, best)) best = sight;
    }
    return best;
  }

  /** Datasets that stand on the board and match the glob, in the order of their names. */
  matching(glob: string): string[] {
    const found = new Set<string>();
    for (const [folder, { matches }] of this.#readings) {
      if (!folder.startsWith('removed/')) for (const dataset of matches.get(glob) ?? []) found.add(dataset);
    }
    return [...found].sort();
  }

  /** What stands in the queue is not there yet, whoever asks for it by name; but a glob matches it. */
  #folders(): string[] {
    const { globs, onlyDone } = this.#wanted;
    const live = LIVE_FOLDERS.filter((folder) =>
      this.#withRemoved || globs.size > 0 ? true : folder !== 'queue' && onlyDone !== true,
    );
    const dated = this.#withRemoved ? DAY_FOLDERS : (['done'] as const);
    return [...live, ...dated.flatMap((folder) => this.#daysOf(folder).map((day) => dayFolder(folder, day)))];
  }

  #daysOf(folder: 'done' | 'removed'): readonly string[] {
    const list = this.#dayLists.get(folder) ?? { unchanged: new Unchanged(this.board, folder), days: [] };
    this.#dayLists.set(folder, list);
    if (!list.unchanged.isSame()) list.days = list.unchanged.read(() => days(this.board, folder));
    return list.days;
  }

  #reading(folder: string): Reading {
    let reading = this.#readings.get(folder);
    if (reading === undefined) {
      const unchanged = new Unchanged(this.board, folder);
      const none = { files: new Map(), sights: new Map(), matches: new Map() };
      reading = {
        unchanged,
        ...none,
        round: -1,
        readMs: Number.NEGATIVE_INFINITY,
        costMs: 0,
        beforeMs: 0,
        isHeard: false,
      };
      this.#readings.set(folder, reading);
    }
    return reading;
  }

  #read(folder: string, reading: Reading): void {
    const startMs = performance.now();
    const names = reading.unchanged.read(() => folderNames(this.board, folder));
    const isSameRound = reading.round === this.#round;
    const fresh: string[] = [];
    let known = 0;
    for (const file of names) {
      if (reading.files.has(file)) known++;
      else fresh.push(file);
    }
    // Into a day of `done/` names only come, as a rule: then what is known of it stands.
    if (!isSameRound || known < reading.files.size) {
      const before = reading.files;
      Object.assign(reading, { files: new Map(), sights: new Map(), matches: new Map() });
      for (const file of names) this.#add(reading, folder, file, before.get(file));
    } else for (const file of fresh) this.#add(reading, folder, file, undefined);
    reading.round = this.#round;
    reading.isHeard = false;
    reading.readMs = performance.now();
    const tookMs = reading.readMs - startMs;
    // One that took long once (code that ran for the first time, a busy disk) does not count.
    reading.costMs = Math.min(tookMs, reading.beforeMs);
    reading.beforeMs = tookMs;
  }

  #add({ files, sights, matches }: Reading, folder: string, file: string, before: Located | undefined): void {
    const dataset = before?.name.dataset ?? datasetOfFile(file);
    if (dataset === undefined || isHidden(file)) return;
    const globs = this.#globsOf(dataset);
    if (globs.length === 0 && !this.#wanted.datasets.has(dataset)) return;
    const read = before ?? readName(this.board, folder, file);
    if (!isLocated(read)) return;
    files.set(file, read);
    const known = sights.get(dataset);
    if (known === undefined || isLater(read, known)) sights.set(dataset, read);
    for (const glob of globs) matches.set(glob, (matches.get(glob) ?? new Set()).add(dataset));
  }

  /** Each name is compared with the globs that begin as it does, not with all. */
  #globsOf(dataset: string): readonly string[] {
    if (this.#heads.size === 0) return NONE;
    const found: string[] = [];
    for (const [length, byHead] of this.#heads) {
      for (const glob of byHead.get(dataset.slice(0, length)) ?? []) if (globMatches(glob, dataset)) found.push(glob);
    }
    return found;
  }
}

const NONE: readonly string[] = [];

/** Of two sights of a dataset: a later run, or the same one after more claims, or where it stands on the board. */
function isLater(sight: Located, than: Located): boolean {
  const isRemoved = sight.folder.startsWith('removed/');
  if (isRemoved !== than.folder.startsWith('removed/')) return !isRemoved;
  if (sight.name.posted !== than.name.posted) return sight.name.posted > than.name.posted;
  return sight.name.epoch > than.name.epoch;
}

/** Globs by what stands before their first sign, by its length. */
function headsOf(globs: ReadonlySet<string>): Map<number, Map<string, string[]>> {
  const heads = new Map<number, Map<string, string[]>>();
  for (const glob of globs) {
    const head = glob.slice(0, glob.search(/[*?]/));
    const byHead = heads.get(head.length) ?? new Map<string, string[]>();
    byHead.set(head, [...(byHead.get(head) ?? []), glob]);
    heads.set(head.length, byHead);
  }
  return heads;
}
