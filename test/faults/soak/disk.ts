/** A small disk of its own: an ext4 image on a loop device, which can be filled and freed. */
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { isSystemError } from '../../../src/board/errors.ts';
import { onCleanup, tempFolder } from '../../helpers/home.ts';

/** Left for single blocks, since others fill the disk as well. */
const MARGIN = 1_000_000;

export class SmallDisk {
  readonly #ballast: string;
  #isFull = false;

  /** Mounts it on a folder. It goes with the test. */
  constructor(folder: string, megabytes: number, inodes: number) {
    const image = join(tempFolder('slate-disk-'), 'image');
    run('truncate', '-s', `${megabytes}M`, image);
    run('mkfs.ext4', '-q', '-m', '0', '-N', String(inodes), image);
    run('mount', '-o', 'loop', image, folder);
    fs.rmdirSync(join(folder, 'lost+found'));
    onCleanup(() => run('umount', '-l', folder));
    this.#ballast = join(folder, '.ballast');
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  /** Takes every block that is free: most of them at once, the rest block by block. */
  fill(): void {
    this.#isFull = true;
    const fd = fs.openSync(this.#ballast, 'a');
    try {
      const { bavail, bsize } = fs.statfsSync(this.#ballast);
      const most = Math.max(0, bavail * bsize - MARGIN);
      // If others were faster it fails, and what is left is taken block by block all the same.
      if (most > 0) spawnSync('fallocate', ['-l', String(most), this.#ballast], { stdio: 'ignore' });
      const block = Buffer.alloc(bsize);
      for (;;) fs.writeSync(fd, block);
    } catch (error) {
      if (!isSystemError(error)) throw error;
    } finally {
      fs.closeSync(fd);
    }
  }

  free(): void {
    fs.rmSync(this.#ballast, { force: true });
    this.#isFull = false;
  }
}

function run(program: string, ...args: string[]): void {
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}
