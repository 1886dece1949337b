/** Names of entries that have another one already: seen while they were renamed, or made by hand. Few, as a rule. Pure. */
import { epochOf } from '../../model/name.ts';

export interface OtherName {
  /** Number of the folder. */
  readonly folder: number;
  readonly file: string;
  /** The reading of the folder that saw it last. */
  seen: number;
}

export class OtherNames {
  readonly #names = new Map<number, OtherName[]>();

  add(slot: number, name: OtherName): void {
    const names = this.#names.get(slot);
    if (names === undefined) this.#names.set(slot, [name]);
    else names.push(name);
  }

  find(slot: number, folder: number, file: string): OtherName | undefined {
    return this.#names.get(slot)?.find((name) => name.folder === folder && name.file === file);
  }

  drop(slot: number, folder: number, file: string): void {
    this.#keep(slot, (name) => name.folder !== folder || name.file !== file);
  }

  /** Drops those in a folder that this reading of it has not seen. */
  sweep(folder: number, reading: number): void {
    for (const slot of [...this.#names.keys()])
      this.#keep(slot, (name) => name.folder !== folder || name.seen === reading);
  }

  /** Takes out the one of the newest epoch. */
  takeNewest(slot: number): OtherName | undefined {
    const names = this.#names.get(slot);
    if (names === undefined) return undefined;
    const newest = names.reduce((best, name) => (epochOf(name.file) >= epochOf(best.file) ? name : best));
    this.#keep(slot, (name) => name !== newest);
    return newest;
  }

  #keep(slot: number, keep: (name: OtherName) => boolean): void {
    const kept = this.#names.get(slot)?.filter(keep) ?? [];
    if (kept.length === 0) this.#names.delete(slot);
    else this.#names.set(slot, kept);
  }
}
