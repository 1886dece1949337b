/**
 * Sets of very many entries' keys, held as slots: five bytes each, and no text is built before it is asked for. A set never
 * changes; what leaves the board leaves it, too. Pure.
 */
import type { FilterRow } from '../../model/filter.ts';
import { NameView } from '../../model/name.ts';
import type { Store } from './store.ts';
import type { EntrySets } from './types.ts';

/** Sets of fewer are ordinary ones. */
const FEW = 2_000;

export class KeySet implements ReadonlySet<string> {
  /** Each once, in the order of the keys. */
  readonly slots: Uint32Array;
  /** The version of the list in which all of them were found to be there. */
  keptIn: number | undefined;
  readonly #store: Store;
  /** By slot: 1 if it is in the set. */
  readonly #flags: Uint8Array;
  /** Entries that came later are not in it, although they may stand in a slot that is. */
  readonly #births: number;

  /** @param slots of entries that stand on the board, each once */
  constructor(store: Store, slots: Uint32Array) {
    this.slots = slots;
    this.#store = store;
    this.#births = store.births;
    this.#flags = new Uint8Array(store.slots);
    for (let at = 0; at < slots.length; at++) this.#flags[slots[at] ?? 0] = 1;
  }

  /** Those that have left the board since are counted. */
  get size(): number {
    return this.slots.length;
  }

  holds(slot: number): boolean {
    const store = this.#store;
    return this.#flags[slot] === 1 && (store.born[slot] ?? 0) <= this.#births && store.isLive(slot);
  }

  has(key: string): boolean {
    return this.holds(this.#store.find(key));
  }

  *values(): Generator<string, undefined> {
    for (const slot of this.slots) if (this.holds(slot)) yield this.#store.keyOf(slot);
    return undefined;
  }

  keys(): Generator<string, undefined> {
    return this.values();
  }

  *entries(): Generator<[string, string], undefined> {
    for (const key of this.values()) yield [key, key];
    return undefined;
  }

  [Symbol.iterator](): Generator<string, undefined> {
    return this.values();
  }

  forEach(visit: (key: string, again: string, set: ReadonlySet<string>) => void): void {
    for (const key of this.values()) visit(key, key, this);
  }
}

/** The rows of a list, by slot. */
export interface SlotRows {
  readonly version: number;
  readonly length: number;
  slotAt(index: number): number;
  /** Removed entries are listed. */
  readonly wantsRemoved: boolean;
}

export class LiveSets implements EntrySets {
  readonly #store: Store;
  readonly #rows: SlotRows;
  readonly #view = new NameView();

  constructor(store: Store, rows: SlotRows) {
    this.#store = store;
    this.#rows = rows;
  }

  range(first: number, last: number, more: ReadonlySet<string>): ReadonlySet<string> {
    const slots = new Uint32Array(more.size + Math.max(0, last - first + 1));
    const isIn = new Uint8Array(this.#store.slots);
    let length = 0;
    const add = (slot: number): void => {
      if (slot < 0 || isIn[slot] === 1) return;
      isIn[slot] = 1;
      slots[length++] = slot;
    };
    for (const slot of this.#slotsOf(more)) add(slot);
    for (let row = first; row <= last; row++) add(this.#rows.slotAt(row));
    return new KeySet(this.#store, slots.slice(0, length));
  }

  toggled(keys: ReadonlySet<string>, key: string): ReadonlySet<string> {
    if (!(keys instanceof KeySet)) {
      const next = new Set(keys);
      if (!next.delete(key)) next.add(key);
      return next;
    }
    const toggled = this.#store.find(key);
    const isIn = keys.holds(toggled);
    const others = picked(keys.slots, (slot) => slot !== toggled && keys.holds(slot));
    if (isIn || toggled < 0) return new KeySet(this.#store, others);
    const more = new Uint32Array(others.length + 1);
    more.set(others);
    more[others.length] = toggled;
    return new KeySet(this.#store, more);
  }

  kept(keys: ReadonlySet<string>): ReadonlySet<string> {
    if (!(keys instanceof KeySet)) {
      if (keys.size > FEW) return this.kept(this.range(0, -1, keys));
      const left = [...keys].filter((key) => this.#isThere(this.#store.find(key)));
      return left.length === keys.size ? keys : new Set(left);
    }
    const { version } = this.#rows;
    if (keys.keptIn === version) return keys;
    const left = picked(keys.slots, (slot) => keys.holds(slot) && this.#isThere(slot));
    const kept = left.length === keys.size ? keys : new KeySet(this.#store, left);
    kept.keptIn = version;
    return kept;
  }

  isAll(keys: ReadonlySet<string>): boolean {
    const { length } = this.#rows;
    if (keys.size !== length) return false;
    for (let row = 0; row < length; row++) {
      const slot = this.#rows.slotAt(row);
      if (!(keys instanceof KeySet ? keys.holds(slot) : keys.has(this.#store.keyOf(slot)))) return false;
    }
    return true;
  }

  select(keys: ReadonlySet<string>, test?: (row: FilterRow) => boolean): string[] {
    const { files, starts } = this.#store;
    const selected: string[] = [];
    for (const slot of this.#slotsOf(keys)) {
      if (!this.#isThere(slot)) continue;
      if (test === undefined || test(this.#view.read(files[slot] ?? '', this.#store.stateOf(slot), starts[slot])))
        selected.push(this.#store.keyOf(slot));
    }
    return selected;
  }

  /** Of those that stand on the board. */
  #slotsOf(keys: ReadonlySet<string>): Uint32Array | readonly number[] {
    if (keys instanceof KeySet) return picked(keys.slots, (slot) => keys.holds(slot));
    return Array.from(keys, (key) => this.#store.find(key)).filter((slot) => slot >= 0);
  }

  #isThere(slot: number): boolean {
    return (
      slot >= 0 && this.#store.isLive(slot) && (this.#rows.wantsRemoved || this.#store.stateOf(slot) !== 'removed')
    );
  }
}

/** `filter` of typed arrays takes several times as long. */
function picked(slots: Uint32Array, isPicked: (slot: number) => boolean): Uint32Array {
  const left = new Uint32Array(slots.length);
  let length = 0;
  for (let at = 0; at < slots.length; at++) {
    const slot = slots[at] ?? 0;
    if (isPicked(slot)) left[length++] = slot;
  }
  return length === slots.length ? slots : left.slice(0, length);
}
