/**
 * What stands on the board, held as bare names: a slot an entry, a hundred bytes or so each. An entry may be seen under
 * two names while it is renamed: it is one entry, by the name of the newer epoch. Pure: others read the disk.
 */
import {
  datasetEnd,
  datasetStart,
  epochOf,
  isEntryFile,
  POSTED_AT,
  POSTED_LENGTH,
  postedText,
  type State,
} from '../../model/name.ts';
import { isHidden, stateOf } from '../scan.ts';
import { OtherNames } from './other-names.ts';
import { grown, HASH_START, hashOf, mixed, SlotIndex, sameText } from './slot-index.ts';
import { RunningTally } from './tally.ts';

const LEAST = 1024;
const LIVE = 1;
const CHANGED = 2;
/** Slots that are gone through between two chances for others to run. */
const STEP = 4096;

export class Store {
  readonly tally: RunningTally;
  readonly columns: number;
  /** By slot: the file's name. That of an entry that has gone stays until `recycle`. */
  readonly files: string[] = [];
  /** By slot: the folder it stands in. */
  folderOf = new Uint16Array(LEAST);
  /** By slot: where the dataset begins and ends in the name. */
  starts = new Uint8Array(LEAST);
  ends = new Uint8Array(LEAST);
  /** By slot: the number of its entry, counted as they came. Slots are used anew, numbers are not. */
  born = new Uint32Array(LEAST);
  births = 0;
  /** Folders and their states, by number. */
  readonly folders: string[] = [];
  readonly states: State[] = [];

  /** By slot: the reading of its folder that saw it last. */
  #seen = new Uint32Array(LEAST);
  /** By slot: bits `LIVE` and `CHANGED`. */
  #flags = new Uint8Array(LEAST);
  readonly #others = new OtherNames();
  readonly #foreign: Set<string>[] = [];
  /** Entries whose name was not found, and no other: maybe they are between two names. */
  readonly #doubted = new Set<number>();
  #changed: number[] = [];
  #gone: number[] = [];
  #free: number[] = [];
  readonly #index = new SlotIndex((slot) => this.#isWanted(slot));
  // The identity that is looked for: a dataset within a text, and where its posted time is.
  #text = '';
  #start = 0;
  #end = 0;
  #postedAt = 0;

  constructor(stages: readonly string[]) {
    this.columns = stages.length;
    this.tally = new RunningTally(stages);
  }

  /** The number of a folder. */
  folder(path: string): number {
    const known = this.folders.indexOf(path);
    if (known >= 0) return known;
    this.states.push(stateOf(path));
    this.#foreign.push(new Set());
    return this.folders.push(path) - 1;
  }

  /** Slots in use or used before. */
  get slots(): number {
    return this.files.length;
  }

  isLive(slot: number): boolean {
    return ((this.#flags[slot] ?? 0) & LIVE) !== 0;
  }

  stateOf(slot: number): State {
    return this.states[this.folderOf[slot] ?? 0] ?? 'queue';
  }

  /** Identity of the entry, as `runKey` writes it. */
  keyOf(slot: number): string {
    const file = this.files[slot] ?? '';
    return `${file.slice(this.starts[slot], this.ends[slot])} ${postedText(file)}`;
  }

  /** @param key as `runKey` writes it. @returns -1 if it is not on the board */
  find(key: string): number {
    const space = key.lastIndexOf(' ');
    if (space < 0 || key.length - space - 1 !== POSTED_LENGTH) return -1;
    return this.#index.find(this.#aim(key, 0, space, space + 1));
  }

  /**
   * The name stands in the folder.
   * @param reading number of the whole reading that says so
   * @returns false if it is no entry's: for `setForeign`
   */
  add(folder: number, file: string, reading: number): boolean {
    if (isHidden(file)) return true;
    // Most are known. Whether a name is one is asked only of those that are not.
    const start = datasetStart(file);
    const hash = this.#aim(file, start, datasetEnd(file, start), POSTED_AT);
    const slot = this.#index.find(hash);
    if (slot >= 0 && this.#isAt(slot, folder, file)) {
      this.#seen[slot] = reading;
      if (this.#doubted.size > 0) this.#doubted.delete(slot);
      return true;
    }
    if (!isEntryFile(file, this.columns)) return false;
    if (slot < 0) this.#insert(hash, folder, file, reading);
    else this.#addName(slot, folder, file, reading);
    return true;
  }

  /** The same of a single look at the name. */
  addOne(folder: number, file: string): void {
    if (!this.add(folder, file, 0)) this.#changeForeign(folder, (names) => names.add(file));
  }

  /** The name does not stand in the folder. */
  drop(folder: number, file: string): void {
    if (!isEntryFile(file, this.columns)) {
      this.#changeForeign(folder, (names) => names.delete(file));
      return;
    }
    const start = datasetStart(file);
    const slot = this.#index.find(this.#aim(file, start, datasetEnd(file, start), POSTED_AT));
    if (slot < 0) return;
    if (this.#isAt(slot, folder, file)) this.#lose(slot);
    else this.#others.drop(slot, folder, file);
  }

  /** After a whole reading: the folder's files that are no entries. */
  setForeign(folder: number, files: Set<string>): void {
    this.tally.countForeign(files.size - (this.#foreign[folder]?.size ?? 0));
    this.#foreign[folder] = files;
  }

  /** After a whole reading: what stood in the folder and was not seen. A step of the work at a time. */
  *sweep(folder: number, reading: number): Generator<void> {
    this.#others.sweep(folder, reading);
    for (let slot = 0; slot < this.files.length; slot++) {
      if (this.folderOf[slot] === folder && this.#seen[slot] !== reading && this.isLive(slot)) this.#lose(slot);
      if (slot % STEP === STEP - 1) yield;
    }
  }

  /** Entries that were not found where they stood, and nowhere else. */
  doubted(): number[] {
    return [...this.#doubted];
  }

  /** Takes off the board those of the slots that were not found since. A step of the work at a time. */
  *remove(slots: readonly number[]): Generator<void> {
    let nth = 0;
    for (const slot of slots) {
      if (++nth % STEP === 0) yield;
      if (!this.#doubted.delete(slot)) continue;
      this.tally.count(this.files[slot] ?? '', this.stateOf(slot), -1);
      this.#index.remove(slot);
      this.#flags[slot] = (this.#flags[slot] ?? 0) & ~LIVE;
      this.#gone.push(slot);
      this.#touch(slot);
    }
  }

  /** Slots that have come, changed or gone since the last time, each once. */
  takeChanged(): number[] {
    const changed = this.#changed;
    this.#changed = [];
    for (const slot of changed) this.#flags[slot] = (this.#flags[slot] ?? 0) & ~CHANGED;
    return changed;
  }

  /** Nobody holds the slots of entries that have gone any longer: they may be used anew. */
  recycle(): void {
    for (const slot of this.#gone) this.files[slot] = '';
    this.#free = this.#free.concat(this.#gone);
    this.#gone = [];
  }

  #insert(hash: number, folder: number, file: string, reading: number): void {
    const slot = this.#free.pop() ?? this.files.push('') - 1;
    if (slot >= this.folderOf.length) this.#grow(slot + 1);
    this.#index.insert(hash, slot);
    this.born[slot] = ++this.births;
    this.#flags[slot] = (this.#flags[slot] ?? 0) | LIVE;
    this.#setName(slot, folder, file, reading);
  }

  /** An entry that is known stands under another name, too. */
  #addName(slot: number, folder: number, file: string, reading: number): void {
    const old = { folder: this.folderOf[slot] ?? 0, file: this.files[slot] ?? '', seen: this.#seen[slot] ?? 0 };
    const known = this.#others.find(slot, folder, file);
    if (known !== undefined) {
      known.seen = reading;
      return;
    }
    const isLost = this.#doubted.delete(slot);
    if (!isLost && epochOf(file) < epochOf(old.file)) {
      this.#others.add(slot, { folder, file, seen: reading });
      return;
    }
    if (!isLost) this.#others.add(slot, old);
    this.tally.count(old.file, this.stateOf(slot), -1);
    this.#setName(slot, folder, file, reading);
  }

  #setName(slot: number, folder: number, file: string, reading: number): void {
    const start = datasetStart(file);
    this.files[slot] = file;
    this.folderOf[slot] = folder;
    this.starts[slot] = start;
    this.ends[slot] = datasetEnd(file, start);
    this.#seen[slot] = reading;
    this.tally.count(file, this.stateOf(slot), 1);
    this.#touch(slot);
  }

  /** Its name is not there: another one that was seen takes its place. */
  #lose(slot: number): void {
    const newest = this.#others.takeNewest(slot);
    if (newest === undefined) {
      this.#doubted.add(slot);
      return;
    }
    this.tally.count(this.files[slot] ?? '', this.stateOf(slot), -1);
    this.#setName(slot, newest.folder, newest.file, newest.seen);
  }

  #changeForeign(folder: number, change: (names: Set<string>) => void): void {
    const names = this.#foreign[folder] ?? new Set();
    const before = names.size;
    change(names);
    this.tally.countForeign(names.size - before);
  }

  #touch(slot: number): void {
    const flags = this.#flags[slot] ?? 0;
    if ((flags & CHANGED) !== 0) return;
    this.#flags[slot] = flags | CHANGED;
    this.#changed.push(slot);
  }

  #isAt(slot: number, folder: number, file: string): boolean {
    return this.folderOf[slot] === folder && this.files[slot] === file;
  }

  #aim(text: string, start: number, end: number, postedAt: number): number {
    this.#text = text;
    this.#start = start;
    this.#end = end;
    this.#postedAt = postedAt;
    return mixed(hashOf(hashOf(HASH_START, text, start, end), text, postedAt, postedAt + POSTED_LENGTH));
  }

  #isWanted(slot: number): boolean {
    const file = this.files[slot] ?? '';
    const start = this.starts[slot] ?? 0;
    const length = this.#end - this.#start;
    return (
      (this.ends[slot] ?? 0) - start === length &&
      sameText(file, POSTED_AT, this.#text, this.#postedAt, POSTED_LENGTH) &&
      sameText(file, start, this.#text, this.#start, length)
    );
  }

  #grow(least: number): void {
    this.folderOf = grown(this.folderOf, least);
    this.starts = grown(this.starts, least);
    this.ends = grown(this.ends, least);
    this.born = grown(this.born, least);
    this.#seen = grown(this.#seen, least);
    this.#flags = grown(this.#flags, least);
  }
}
