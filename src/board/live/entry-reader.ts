/** Entries taken apart, for the few that are looked at, and what has waited longest. */
import type { Board } from '../board.ts';
import { isLocated, type Located, readName } from '../scan.ts';
import { oldestWaiting } from './oldest.ts';
import type { Store } from './store.ts';

/** More than any screen shows. */
const CACHED = 1_000;
/** Looking for what has waited longest goes through all entries: not more often, and not more than a hundredth of the time. */
const OLDEST_EVERY_MS = 1_000;
const OLDEST_FACTOR = 100;

interface Oldest {
  /** When it may be looked for again. */
  readonly nextMs: number;
  /** Of the list. */
  readonly version: number;
  /** By column. */
  readonly slots: readonly number[];
}

export class EntryReader {
  readonly #board: Board;
  readonly #store: Store;
  readonly #located = new Map<number, Located>();
  #oldest: Oldest | undefined;

  constructor(board: Board, store: Store) {
    this.#board = board;
    this.#store = store;
  }

  read(slot: number): Located | undefined {
    if (slot < 0) return undefined;
    const file = this.#store.files[slot] ?? '';
    const folder = this.#store.folders[this.#store.folderOf[slot] ?? 0] ?? '';
    const known = this.#located.get(slot);
    if (known?.file === file && known.folder === folder) return known;
    const read = readName(this.#board, folder, file);
    if (!isLocated(read)) return undefined;
    if (this.#located.size >= CACHED) this.#located.clear();
    this.#located.set(slot, read);
    return read;
  }

  /** @param version of what is on the board: while it is the same, so is the answer */
  oldestWaiting(column: number, version: number): Located | undefined {
    const nowMs = performance.now();
    const known = this.#oldest;
    const isOld = known === undefined || (known.version !== version && nowMs >= known.nextMs);
    const oldest = isOld ? this.#findOldest(nowMs, version) : known;
    this.#oldest = oldest;
    const slot = oldest.slots[column] ?? -1;
    return this.#store.isLive(slot) ? this.read(slot) : undefined;
  }

  #findOldest(startMs: number, version: number): Oldest {
    const slots = oldestWaiting(this.#store);
    const endMs = performance.now();
    return { nextMs: endMs + Math.max(OLDEST_EVERY_MS, OLDEST_FACTOR * (endMs - startMs)), version, slots };
  }
}
