/**
 * The disk as one who follows a board asks it: nothing here waits in the calling thread, so that a disk that hangs stops
 * no dashboard. One question at a time, too: the system's few threads are not all to hang with it.
 */
import fs, { type BigIntStats } from 'node:fs';
import { isGone } from '../errors.ts';

/** What tells that names in a folder have changed. */
export interface Stamp {
  readonly inode: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

export interface LiveDisk {
  /** All names in a folder, in no order; return false to stop. */
  eachName(path: string, visit: (name: string) => boolean): Promise<void>;
  stamp(path: string): Promise<Stamp>;
  exists(path: string): Promise<boolean>;
}

export function sameStamp(a: Stamp | undefined, b: Stamp): boolean {
  return a !== undefined && a.inode === b.inode && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs;
}

/** Names that are fetched at a time, and visited without a break: some milliseconds. */
const PIECE = 1024;

type Callback<T> = (error: NodeJS.ErrnoException | null, value: T) => void;

function answer<T>(ask: (callback: Callback<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => ask((error, value) => (error === null ? resolve(value) : reject(error))));
}

async function eachName(path: string, visit: (name: string) => boolean): Promise<void> {
  const dir = await answer<fs.Dir>((done) => fs.opendir(path, { bufferSize: PIECE }, done));
  try {
    // A promise for each of 200,000 names would take longer than reading them.
    await new Promise<void>((resolve, reject) => {
      const next: Callback<fs.Dirent | null> = (error, entry) => {
        if (error !== null) reject(error);
        else if (entry === null || !visit(entry.name)) resolve();
        else dir.read(next);
      };
      dir.read(next);
    });
  } finally {
    await dir.close();
  }
}

function stampOf({ ino, mtimeNs, ctimeNs }: BigIntStats): Stamp {
  return { inode: ino, mtimeNs, ctimeNs };
}

/** On a network file system a bare stat may be half a minute old; one of a folder just opened is not. */
async function freshStat(path: string): Promise<BigIntStats> {
  const folder = await fs.promises.open(path, fs.constants.O_RDONLY | fs.constants.O_DIRECTORY);
  try {
    return await folder.stat({ bigint: true });
  } finally {
    await folder.close();
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await answer<fs.Stats>((done) => fs.lstat(path, done));
    return true;
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

export function liveDisk(isNetwork: boolean): LiveDisk {
  const stat = isNetwork
    ? freshStat
    : (path: string): Promise<BigIntStats> => answer((done) => fs.stat(path, { bigint: true }, done));
  return { eachName, stamp: async (path) => stampOf(await stat(path)), exists };
}
