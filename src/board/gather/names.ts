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

/** What is asked of a board. */
export interface Wanted {
  readonly datasets: ReadonlySet<string>;
  readonly globs: ReadonlySet<string>;
}

interface Reading {
  readonly unchanged: Unchanged;
  /** The latest run of each dataset that was asked for. */
  sights: ReadonlyMap<string, Located>;
  /** By glob. */
  matches: ReadonlyMap<string, readonly string[]>;
  /** Which `Wanted` it was read for. */
  round: number;
  readMs: number;
  costMs: number;
  beforeMs: number;
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
  #dueMs = Number.POSITIVE_INFINITY;

  /** @param withRemoved also what was taken off the board is wanted: nobody waits for it, but people ask where it is */
  constructor(board: Board, withRemoved = false) {
    this.board = board;
    this.#withRemoved = withRemoved;
  }

  /** From now on these are asked for. What was read for fewer is read again. */
  want(wanted: Wanted): void {
    const isMore =
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

  /** Reads what has changed and may be read again. @param atOnce whatever that costs */
  refresh(nowMs: number, atOnce = false): Refreshed {
    let changed = false;
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
      const dueMs = reading.readMs + reading.costMs * COST_FACTOR;
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

  #folders(): string[] {
    const dated = this.#withRemoved ? DAY_FOLDERS : (['done'] as const);
    return [...LIVE_FOLDERS, ...dated.flatMap((folder) => this.#daysOf(folder).map((day) => dayFolder(folder, day)))];
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
      reading = {
        unchanged,
        sights: new Map(),
        matches: new Map(),
        round: -1,
        readMs: Number.NEGATIVE_INFINITY,
        costMs: 0,
        beforeMs: 0,
      };
      this.#readings.set(folder, reading);
    }
    return reading;
  }

  #read(folder: string, reading: Reading): void {
    const startMs = performance.now();
    const sights = new Map<string, Located>();
    const matches = new Map<string, string[]>();
    for (const file of reading.unchanged.read(() => folderNames(this.board, folder))) {
      const dataset = datasetOfFile(file);
      if (dataset === undefined || isHidden(file)) continue;
      const globs = this.#globsOf(dataset);
      if (globs.length === 0 && !this.#wanted.datasets.has(dataset)) continue;
      const read = readName(this.board, folder, file);
      if (!isLocated(read)) continue;
      const known = sights.get(dataset);
      if (known === undefined || isLater(read, known)) sights.set(dataset, read);
      if (known === undefined) for (const glob of globs) matches.set(glob, [...(matches.get(glob) ?? []), dataset]);
    }
    reading.sights = sights;
    reading.matches = matches;
    reading.round = this.#round;
    reading.readMs = performance.now();
    const tookMs = reading.readMs - startMs;
    // One that took long once (code that ran for the first time, a busy disk) does not count.
    reading.costMs = Math.min(tookMs, reading.beforeMs);
    reading.beforeMs = tookMs;
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
