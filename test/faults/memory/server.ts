/**
 * What all clients share: the disk as it is, and as it would be after a power cut. Names are journaled as ext4 and XFS do
 * it: of the changes since the last fsync, of whatever file or folder, a first part survives. A file's bytes are sure only
 * when it was synced itself; others may be there, or in part, or not.
 */
import { MemoryDisk, type MemoryFile } from '../../../bench/pool/memory-disk.ts';
import { memoryFs } from '../../../bench/pool/memory-fs.ts';
import type { Fs } from '../../../src/board/fs.ts';

/** A change that was made and not synced, to be made on the other disk as well. */
type Change = (disk: MemoryDisk, door: Fs) => void;

export class Server {
  readonly #now: () => number;
  #nowMs: number | undefined;
  #disk: MemoryDisk;
  #door: Fs;
  #durable: MemoryDisk;
  #unsynced: { readonly change: Change; readonly atMs: number }[] = [];
  /** What is sure of files' bytes, where they have any. */
  #synced = new WeakMap<MemoryFile, Buffer>();

  constructor(now: () => number, prepare: (disk: MemoryDisk) => void) {
    this.#now = now;
    // While a change is made once more, it is the time at which it was made.
    this.#disk = new MemoryDisk({ now: () => this.#nowMs ?? this.#now() });
    prepare(this.#disk);
    this.#allSynced();
    this.#durable = this.#disk.clone();
    this.#door = memoryFs(this.#disk);
  }

  get disk(): MemoryDisk {
    return this.#disk;
  }

  /** Sees everything as it is, at once. */
  get door(): Fs {
    return this.#door;
  }

  /** A change of names, or of what a name's file is. */
  change<T>(change: (disk: MemoryDisk, door: Fs) => T): T {
    const atMs = this.#now();
    const result = change(this.#disk, this.#door);
    this.#unsynced.push({ change: (disk, door) => void change(disk, door), atMs });
    return result;
  }

  /** Writes to an opened file, wherever its name is by now. */
  write(file: MemoryFile, text: string, at: number | 'end'): void {
    const { ino } = file;
    this.change((disk) => {
      // The same file on the other disk; one that has no name any more is nobody's to read.
      const target = disk === this.#disk ? file : fileOf(disk, ino);
      if (target === undefined) return;
      const data = Buffer.from(text);
      const from = at === 'end' ? target.content.length : at;
      target.content = Buffer.concat([
        target.content.subarray(0, from),
        data,
        target.content.subarray(from + data.length),
      ]);
      target.size = target.content.length;
      target.mtimeMs = disk.nowMs;
    });
  }

  /** Nobody has it open any more. */
  close(file: MemoryFile): void {
    const { ino } = file;
    this.change((disk) => {
      const target = disk === this.#disk ? file : fileOf(disk, ino);
      if (target !== undefined) target.isOpen = false;
    });
  }

  /** fsync: of this file's bytes, and with them of all names. */
  sync(path: string): void {
    const node = this.#disk.node(path, 'open');
    if (node.kind === 'file') this.syncFile(node);
    else this.#flush(this.#unsynced.length);
  }

  syncFile(file: MemoryFile): void {
    this.#synced.set(file, file.content);
    this.#flush(this.#unsynced.length);
  }

  /** Everybody's processes are gone as well. @returns how many changes were undone */
  powerCut(random: () => number): number {
    const before = this.#unsynced.length;
    this.#flush(Math.floor(random() * (before + 1)));
    const undone = this.#unsynced.length;
    this.#unsynced = [];
    const synced = new Map<number, Buffer | undefined>();
    for (const { file } of this.#disk.files()) synced.set(file.ino, this.#synced.get(file));
    this.#disk = this.#durable;
    for (const { file } of this.#disk.files()) loseBytes(file, synced.get(file.ino) ?? NOTHING, random);
    this.#allSynced();
    this.#durable = this.#disk.clone();
    this.#door = memoryFs(this.#disk);
    return undone;
  }

  #flush(count: number): void {
    const door = memoryFs(this.#durable);
    for (const { change, atMs } of this.#unsynced.splice(0, count)) {
      this.#nowMs = atMs;
      change(this.#durable, door);
    }
    this.#nowMs = undefined;
  }

  #allSynced(): void {
    for (const { file } of this.#disk.files()) this.#synced.set(file, file.content);
  }
}

const NOTHING = Buffer.alloc(0);

function loseBytes(file: MemoryFile, synced: Buffer, random: () => number): void {
  if (file.content.equals(synced) || random() < 0.5) return;
  const isLonger = file.content.length > synced.length && file.content.subarray(0, synced.length).equals(synced);
  const kept = synced.length + Math.floor(random() * (file.content.length - synced.length));
  file.content = isLonger ? file.content.subarray(0, kept) : synced;
  file.size = file.content.length;
}

function fileOf(disk: MemoryDisk, ino: number): MemoryFile | undefined {
  for (const { file } of disk.files()) if (file.ino === ino) return file;
  return undefined;
}
