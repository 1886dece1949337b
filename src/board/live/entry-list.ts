/**
 * The entries that a filter lets through, in an order. All are kept sorted, so that a filter is one walk over them and never
 * sorts; few changes are put in their places, many sort anew, in slices, while the old order is shown.
 */
import { NameView, type State } from '../../model/name.ts';
import type { Board } from '../board.ts';
import type { Cause } from '../causes.ts';
import type { Located } from '../scan.ts';
import { EntryReader } from './entry-reader.ts';
import type { LiveFilter } from './filter.ts';
import { LiveSets } from './key-set.ts';
import { compareNow, sortSlots } from './orders.ts';
import { othersRun, runAtOnce, runSliced } from './slices.ts';
import { SlotList } from './slot-list.ts';
import { SlotSet } from './slot-set.ts';
import type { Store } from './store.ts';
import type { Entries, SortKey, Tally } from './types.ts';

/** Put in their places one by one, or sorted while the caller waits: some milliseconds. */
const FEW = 1_000;
/** Of ever more changes while it sorts, the rest is put in place at last. */
const MOST_ROUNDS = 5;
const NONE = 0xffff_ffff;

export class EntryList implements Entries {
  readonly sets: LiveSets;
  readonly #reader: EntryReader;
  readonly #store: Store;
  readonly #onChange: () => void;
  /** All entries, removed ones too. */
  readonly #all = new SlotList();
  readonly #shown = new SlotList();
  readonly #view = new NameView();
  /** Slots that have changed and are not in their places yet. */
  readonly #pending = new SlotSet();
  #key: SortKey = 'rank';
  #wantedKey: SortKey = 'rank';
  #isReversed = false;
  #filter: LiveFilter | undefined;
  /** Number of the sorting under way; a new one makes the old one stop. */
  #sorting = 0;
  #isSorting = false;
  /** What has changed since the sorting under way began. */
  readonly #late = new SlotSet();
  /** By slot: its row. Worked out when somebody asks. */
  #rows: Uint32Array | undefined;
  #version = 0;

  constructor(board: Board, store: Store, onChange: () => void = () => undefined) {
    this.#reader = new EntryReader(board, store);
    this.#store = store;
    this.#onChange = onChange;
    const list = this;
    this.sets = new LiveSets(store, {
      get version() {
        return list.version;
      },
      get length() {
        return list.length;
      },
      get wantsRemoved() {
        return list.#filter?.wantsRemoved === true;
      },
      slotAt: (index) => this.#slotAt(index),
    });
  }

  /** Changes whenever the list does. */
  get version(): number {
    return this.#version;
  }

  get length(): number {
    return this.#shown.length;
  }

  get isSorting(): boolean {
    return this.#isSorting;
  }

  get tally(): Tally {
    return this.#store.tally.tally;
  }

  get causes(): readonly Cause[] {
    return this.#store.tally.causes;
  }

  keyAt(index: number): string {
    const slot = this.#slotAt(index);
    return slot < 0 ? '' : this.#store.keyOf(slot);
  }

  at(index: number): Located | undefined {
    return this.#reader.read(this.#slotAt(index));
  }

  stateAt(index: number): State | undefined {
    const slot = this.#slotAt(index);
    return slot < 0 ? undefined : this.#store.stateOf(slot);
  }

  find(key: string): Located | undefined {
    return this.#reader.read(this.#store.find(key));
  }

  indexOf(key: string): number {
    const slot = this.#store.find(key);
    if (slot < 0) return -1;
    this.#rows ??= this.#findRows();
    const row = this.#rows[slot] ?? NONE;
    if (row === NONE) return -1;
    return this.#isReversed ? this.#shown.length - 1 - row : row;
  }

  oldestWaiting(column: number): Located | undefined {
    return this.#reader.oldestWaiting(column, this.#version);
  }

  /** Undefined: all but the removed ones. */
  setFilter(filter: LiveFilter | undefined): void {
    this.#filter = filter;
    this.#refilter();
  }

  /** A filter by age lets through others as time goes on. */
  renewFilter(): void {
    const renewed = this.#filter?.renewed;
    if (this.#filter === undefined || renewed === undefined) return;
    this.setFilter({ ...this.#filter, test: renewed() });
  }

  setSort(key: SortKey, isReversed: boolean): void {
    if (isReversed !== this.#isReversed) {
      this.#isReversed = isReversed;
      this.#changed();
    }
    if (key === this.#wantedKey) return;
    this.#wantedKey = key;
    this.#sort();
  }

  /** Takes over what has changed in the store. */
  absorb(): void {
    const changed = this.#store.takeChanged();
    (this.#isSorting ? this.#late : this.#pending).addAll(changed);
    if (!this.#isSorting && this.#pending.size <= FEW) {
      if (this.#pending.size > 0) this.#place();
      return;
    }
    this.#hideGone(changed);
    if (!this.#isSorting) this.#sort();
  }

  /** Stops sorting. */
  close(): void {
    this.#sorting++;
  }

  #sort(): void {
    const sorting = ++this.#sorting;
    this.#pending.addAll(this.#late.slots);
    this.#late.clear();
    if (this.#all.length + this.#pending.size <= FEW) {
      this.#finishSort(runAtOnce(this.#sortAll()));
      return;
    }
    this.#isSorting = true;
    void this.#sortInSlices(sorting);
  }

  async #sortInSlices(sorting: number): Promise<void> {
    for (let round = 1; ; round++) {
      await othersRun();
      if (sorting !== this.#sorting) return;
      const sorted = await runSliced(this.#sortAll(), () => sorting !== this.#sorting);
      // Another order may have been asked for since the last slice.
      if (sorted === undefined || sorting !== this.#sorting) return;
      this.#late.addAll(this.#store.takeChanged());
      if (this.#late.size <= FEW || round === MOST_ROUNDS) {
        this.#finishSort(sorted);
        this.#onChange();
        return;
      }
      this.#pending.addAll(this.#late.slots);
      this.#late.clear();
    }
  }

  #sortAll(): Generator<void, Uint32Array<ArrayBuffer>> {
    return sortSlots(this.#unsorted(), this.#wantedKey, this.#store);
  }

  /** All entries: those that are in order, then those that have changed. */
  #unsorted(): Uint32Array<ArrayBuffer> {
    const { flags, slots: changed } = this.#pending;
    const slots = new Uint32Array(this.#all.length + changed.length);
    let length = 0;
    for (const slot of this.#all.slots) if (flags[slot] !== 1) slots[length++] = slot;
    for (const slot of changed) if (this.#store.isLive(slot)) slots[length++] = slot;
    return slots.slice(0, length);
  }

  #finishSort(sorted: Uint32Array<ArrayBuffer>): void {
    this.#isSorting = false;
    this.#key = this.#wantedKey;
    this.#all.take(sorted);
    this.#pending.clear();
    this.#pending.addAll(this.#late.slots);
    this.#late.clear();
    this.#pending.addAll(this.#store.takeChanged());
    this.#refilter();
    this.#place();
  }

  /** Puts what has changed in its place. */
  #place(): void {
    const compare = compareNow(this.#key, this.#store);
    const sorted = this.#pending.slots.filter((slot) => this.#store.isLive(slot)).sort(compare);
    this.#all.remove(this.#pending);
    this.#shown.remove(this.#pending);
    this.#pending.clear();
    this.#all.insert(sorted, compare);
    this.#shown.insert(
      sorted.filter((slot) => this.#isShown(slot)),
      compare,
    );
    this.#store.recycle();
    this.#changed();
  }

  /** What has gone is not shown, however long it takes to put the rest in order. */
  #hideGone(changed: readonly number[]): void {
    const gone = changed.filter((slot) => !this.#store.isLive(slot));
    if (gone.length === 0) return;
    const set = new SlotSet();
    set.addAll(gone);
    this.#shown.remove(set);
    this.#changed();
  }

  #refilter(): void {
    // Asked slot by slot, as the names lie in memory: along the order it would take three times as long.
    const isShown = new Uint8Array(this.#store.slots);
    for (let slot = 0; slot < isShown.length; slot++) if (this.#isShown(slot)) isShown[slot] = 1;
    this.#shown.clear();
    const { slots } = this.#all;
    for (let at = 0; at < slots.length; at++) {
      const slot = slots[at] ?? 0;
      if (isShown[slot] === 1) this.#shown.push(slot);
    }
    this.#changed();
  }

  #isShown(slot: number): boolean {
    if (!this.#store.isLive(slot)) return false;
    const state = this.#store.stateOf(slot);
    const filter = this.#filter;
    if (state === 'removed' && filter?.wantsRemoved !== true) return false;
    if (filter === undefined) return true;
    return filter.test(this.#view.read(this.#store.files[slot] ?? '', state, this.#store.starts[slot]));
  }

  #changed(): void {
    this.#version++;
    this.#rows = undefined;
  }

  #slotAt(index: number): number {
    return this.#shown.at(this.#isReversed ? this.#shown.length - 1 - index : index);
  }

  #findRows(): Uint32Array {
    const rows = new Uint32Array(this.#store.slots).fill(NONE);
    const { slots } = this.#shown;
    for (let row = 0; row < slots.length; row++) rows[slots[row] ?? 0] = row;
    return rows;
  }
}
