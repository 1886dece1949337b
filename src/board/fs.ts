/**
 * The one door to a board's files. Synchronous on purpose: a rename takes 20 µs, a promise about as much again, and
 * the order of calls is the protocol. Everything throws Node's system errors; `errors.ts` classifies them.
 * Tests replace it by a file system that loses answers.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { DiskLostError, faultKind, isExists, isNoFile, isSystemError } from './errors.ts';
import {
  APPEND_LOOKING,
  APPEND_OWN,
  FOLDER_OWN,
  hasOpenLine,
  type Identity,
  identityIn,
  identityOf,
  plainIdentityOf,
  READ,
  READ_OWN,
  readAll,
  WRITE_OWN,
  withFile,
} from './plain-file.ts';

export type { Identity } from './plain-file.ts';

export type Kind = 'file' | 'folder' | 'other';

export interface Fs {
  rename(from: string, to: string): void;
  link(existing: string, path: string): void;
  symlink(target: string, path: string): void;
  /** Where a symbolic link points, as it is written there. */
  readlink(path: string): string;
  unlink(path: string): void;
  mkdir(path: string): void;
  rmdir(path: string): void;
  /** One readdir: all names, in the directory's order. */
  names(path: string): string[];
  /** The same name by name, for directories too large to hold; return false to stop. */
  eachName(path: string, visit: (name: string) => boolean | undefined): void;
  /** The names with what each is; a symbolic link is `other`, wherever it points. One readdir. */
  kinds(path: string): ReadonlyArray<readonly [name: string, kind: Kind]>;
  /** Creates with O_EXCL (and the mode, less the umask), writes, and fsyncs if asked. A file that could not be filled (the disk is full, which some tell at the fsync) is removed. */
  create(path: string, content: string, sync: boolean, mode?: number): Identity;
  /** Creates an empty file with O_EXCL. */
  createEmpty(path: string): void;
  identify(path: string): Identity;
  /** All of a plain file, up to `MOST_READ_BYTES`; a link is not followed, a pipe is not waited for. */
  read(path: string): { readonly content: string; readonly identity: Identity };
  /** The first bytes of a file, opened anew: for what is read all the time. */
  readStart(path: string, bytes: number): string;
  /** Writes text over a file's content, same inode; shorter text is filled up with spaces before its last newline. */
  overwrite(path: string, content: string, sync: boolean): void;
  /**
   * Appends, creating the file if it is missing.
   * @param onNewLine if another's last line has no end, it is given one first
   * @returns bytes of `content` written: fewer than asked for on a disk that runs full
   */
  append(path: string, content: string | Buffer, onNewLine?: boolean): number;
  setMtime(path: string, ms: number): void;
  /**
   * fsync of a folder (or file): makes renames in it survive a power cut.
   * @param follow false: what is no folder, but a link to one, say, is an error
   */
  sync(path: string, follow?: boolean): void;
  /** Removes a folder with everything in it; a missing one is no error. */
  removeTree(path: string): void;
  isFolder(path: string): boolean;
  /** Whether there is anything of that name; to be trusted on a local disk only. */
  isThere(path: string): boolean;
  /** Bytes that this user may still fill on the file system of a path. */
  freeBytes(path: string): number;
  /** Which folder stands there and when its names last changed, by a bare stat: for local file systems. Undefined: none. */
  changed(path: string): Changed | undefined;
}

export interface Changed {
  /** Another folder, or another time, has another. */
  readonly stamp: string;
  readonly ms: number;
}

function kindOf(entry: fs.Dirent): Kind {
  if (entry.isDirectory()) return 'folder';
  return entry.isFile() ? 'file' : 'other';
}

/** A disk that runs full takes the beginning; the rest then says why not. One write, as a rule. */
function writeAll(fd: number, content: string): void {
  const data = Buffer.from(content);
  let written = 0;
  while (written < data.length) written += fs.writeSync(fd, data, written, data.length - written, written);
}

/** What can't be removed now is housekeeping's. */
function removeQuietly(path: string): void {
  try {
    fs.unlinkSync(path);
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}

/** Never tried again: after EIO a second fsync may say that all is well, and it is not (measured on ext4 and XFS). */
function sync(fd: number, path: string | Buffer): void {
  try {
    fs.fsyncSync(fd);
  } catch (error) {
    if (faultKind(error) !== 'io') throw error;
    throw new DiskLostError(`${String(path)}: fsync failed: what is on this disk can't be trusted`, { cause: error });
  }
}

/** The same for a name that is no text: a step may have chosen any bytes. */
export function syncBytes(path: Buffer): void {
  withFile(path, READ_OWN, (fd) => sync(fd, path));
}

/** Links that lead in a circle lead to none. */
function isFolder(path: string): boolean {
  try {
    return fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch (error) {
    if (isNoFile(error)) return false;
    throw error;
  }
}

/** A tree may be deeper than a path may be long: `rm` goes down folder by folder. */
function removeTree(path: string): void {
  try {
    fs.rmSync(path, { recursive: true, force: true });
  } catch (error) {
    if (faultKind(error) !== 'toolong') throw error;
    const { status } = spawnSync('rm', ['-rf', '--', path], { stdio: 'ignore' });
    if (status !== 0) throw error;
  }
}

/** Names a `readdir` call fetches at a time: a million names take 0.84 s with it, 2.4 s with the default. */
const READDIR_BUFFER = 4096;

/** Node's own error does not say which folder it is about. */
function openFolder(path: string): fs.Dir {
  try {
    return fs.opendirSync(path, { bufferSize: READDIR_BUFFER });
  } catch (error) {
    throw isSystemError(error) ? Object.assign(error, { path }) : error;
  }
}

export const nodeFs: Fs = {
  rename: fs.renameSync,
  link: fs.linkSync,
  symlink: (target, path) => fs.symlinkSync(target, path),
  readlink: (path) => fs.readlinkSync(path, 'utf8'),
  unlink: fs.unlinkSync,
  mkdir: (path) => void fs.mkdirSync(path),
  rmdir: fs.rmdirSync,
  names: (path) => fs.readdirSync(path),
  eachName(path, visit) {
    const dir = openFolder(path);
    try {
      for (let entry = dir.readSync(); entry !== null; entry = dir.readSync()) if (visit(entry.name) === false) return;
    } finally {
      dir.closeSync();
    }
  },
  kinds: (path) => fs.readdirSync(path, { withFileTypes: true }).map((entry) => [entry.name, kindOf(entry)] as const),
  create: (path, content, durable, mode) =>
    withFile(
      path,
      'wx',
      (fd) => {
        try {
          writeAll(fd, content);
          if (durable) sync(fd, path);
        } catch (error) {
          // Here, and only here, it is known to be our own: by its name another's could be meant.
          if (!(error instanceof DiskLostError)) removeQuietly(path);
          throw error;
        }
        return identityOf(fd);
      },
      mode,
    ),
  createEmpty: (path) => fs.closeSync(fs.openSync(path, 'wx')),
  identify: (path) => withFile(path, READ, identityOf),
  read: (path) =>
    withFile(path, READ_OWN, (fd) => {
      const identity = plainIdentityOf(fd, path);
      return { content: identity.size === 0 ? '' : readAll(fd, identity.size, path), identity };
    }),
  readStart: (path, bytes) =>
    withFile(path, READ_OWN, (fd) => {
      const buffer = Buffer.allocUnsafe(bytes);
      return buffer.toString('latin1', 0, fs.readSync(fd, buffer, 0, bytes, 0));
    }),
  overwrite: (path, content, durable) =>
    withFile(path, WRITE_OWN, (fd) => {
      // One write, never shorter than what stands there: who reads meanwhile must not see the rest of the old text.
      const { size } = plainIdentityOf(fd, path);
      const bytes = Buffer.byteLength(content);
      writeAll(fd, bytes < size ? `${content.trimEnd()}${' '.repeat(size - bytes)}\n` : content);
      if (durable) sync(fd, path);
    }),
  append: (path, content, onNewLine = false) =>
    withFile(path, onNewLine ? APPEND_LOOKING : APPEND_OWN, (fd) => {
      const data = Buffer.from(content);
      if (!onNewLine || !hasOpenLine(fd)) return fs.writeSync(fd, data);
      // With one write, as always: another's line may come before or behind, never between.
      return Math.max(0, fs.writeSync(fd, Buffer.concat([Buffer.from('\n'), data])) - 1);
    }),
  // Two times: access and modification. It is the one call that carries this host's clock to the disk.
  setMtime: (path, ms) => fs.utimesSync(path, ms / 1000, ms / 1000),
  sync: (path, follow = true) => withFile(path, follow ? READ : FOLDER_OWN, (fd) => sync(fd, path)),
  removeTree,
  isFolder,
  isThere: (path) => fs.lstatSync(path, { throwIfNoEntry: false }) !== undefined,
  freeBytes: (path) => {
    const { bavail, bsize } = fs.statfsSync(path);
    return bavail * bsize;
  },
  changed: (path) => {
    const stat = fs.statSync(path, { bigint: true, throwIfNoEntry: false });
    if (stat === undefined) return undefined;
    return { stamp: `${stat.dev}.${stat.ino}.${stat.ctimeNs}`, ms: Number(stat.ctimeMs) };
  },
};

/** For a disk of this host's own: a stat is as true as an opened file there, and costs half of it. */
export const localFs: Fs = { ...nodeFs, identify: (path) => identityIn(fs.statSync(path, { bigint: true })) };

/** Makes a folder and what is missing above it; an existing one is success. */
export function makeFolders(path: string): void {
  fs.mkdirSync(path, { recursive: true });
}

/**
 * Makes `relative` below `root`, but not its first folder: that is one of the board's own, and where it is missing the
 * board is gone, and must not be made anew by accident. Existing folders are success.
 * @throws the system's error, ENOENT if the board is gone
 */
export function makeBelow(fsDoor: Fs, root: string, relative: string): void {
  const parts = relative.split('/');
  for (let depth = 2; depth <= parts.length; depth++) {
    try {
      fsDoor.mkdir(`${root}/${parts.slice(0, depth).join('/')}`);
    } catch (error) {
      if (!isExists(error)) throw error;
    }
  }
}

/** statfs types of file systems that other hosts change behind this one's back: no inotify for what they do. */
const NETWORK_TYPES: ReadonlySet<number> = new Set([
  0x6969, // NFS
  0x517b, // SMB
  0xff534d42, // CIFS
  0xfe534d42, // SMB2
  0x0bd00bd0, // Lustre
  0x47504653, // GPFS
  0x19830326, // BeeGFS
  0x00c36400, // Ceph
  0x01021997, // 9p
  0x65735546, // FUSE: sshfs and the like
  0x01161970, // GFS2
  0x7461636f, // OCFS2
  0x5346414f, // AFS
  0xaad7aaea, // PanFS
]);

/** True if the folder lies on a file system that several hosts share. */
export function isNetworkFs(path: string): boolean {
  return NETWORK_TYPES.has(fs.statfsSync(path).type >>> 0);
}
