/**
 * A guest's disk that loses with a power cut what was not flushed: QEMU keeps a log of its writes, and after the cut the disk is
 * made of what it was at the start and of the log up to the last flush.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { replayToLastFlush, type Sums } from './write-log.ts';

export class Disk {
  readonly #name: string;
  /** As it was when the guest was switched on. */
  readonly #kept: string;
  /** What the guest writes to. */
  readonly #live: string;
  readonly #log: string;

  /** @param content a folder with what stands on it at first */
  constructor(folder: string, name: string, megabytes: number, content?: string) {
    this.#name = name;
    this.#kept = `${folder}/${name}.kept`;
    this.#live = `${folder}/${name}.live`;
    this.#log = `${folder}/${name}.log`;
    const options = ['-E', 'nodiscard,lazy_itable_init=0,lazy_journal_init=0', '-J', 'size=16'];
    if (content !== undefined) options.push('-d', content);
    fs.writeFileSync(this.#kept, '');
    execFileSync('mke2fs', ['-q', '-F', '-t', 'ext4', ...options, this.#kept, `${megabytes}M`]);
  }

  /** What QEMU is told of it: it is switched on with it now. */
  plugIn(): string[] {
    execFileSync('cp', ['--sparse=always', this.#kept, this.#live]);
    fs.writeFileSync(this.#log, '');
    const blockdev = {
      driver: 'blklogwrites',
      'node-name': this.#name,
      file: { driver: 'file', filename: this.#live },
      log: { driver: 'file', filename: this.#log },
    };
    return ['-blockdev', JSON.stringify(blockdev), '-device', `virtio-blk-pci,drive=${this.#name}`];
  }

  /** What the guest has written, once it is off: an image to be mounted. */
  get image(): string {
    return this.#live;
  }

  /** After a power cut: from now on it is what it was at its last flush. */
  loseUnflushed(): Sums {
    const log = fs.openSync(this.#log, 'r');
    const kept = fs.openSync(this.#kept, 'r+');
    const read = (at: number, length: number): Buffer => {
      const bytes = Buffer.alloc(length);
      fs.readSync(log, bytes, 0, length, at);
      return bytes;
    };
    try {
      return replayToLastFlush(read, ({ at, data }) => fs.writeSync(kept, data, 0, data.length, at));
    } finally {
      fs.closeSync(log);
      fs.closeSync(kept);
    }
  }
}
