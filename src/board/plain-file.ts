/**
 * Opening files of a board, under whose names others may have put anything: a pipe must not be waited for, a link not be
 * followed, a file without measure not be read. None of it costs a system call more than to trust what stands there.
 */
import fs from 'node:fs';
import { constants } from 'node:os';
import { isSystemError, noFileError } from './errors.ts';

/** What `fstat` says; taken from an opened file unless the disk is local: on NFS a bare stat may be 30 s old. */
export interface Identity {
  readonly ino: bigint;
  readonly links: number;
  readonly mtimeMs: number;
  readonly size: number;
}

/** A file of a board is a page; the list of what a step posts may have some tens of megabytes. */
export const MOST_READ_BYTES = 256 * 1024 * 1024;

const { O_RDONLY, O_RDWR, O_WRONLY, O_APPEND, O_CREAT, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
/** Others may put anything under a file's name: a pipe is not waited for. */
export const READ = O_RDONLY | O_NONBLOCK;
/** Nor is a link to who knows what followed. */
export const READ_OWN = READ | O_NOFOLLOW;
export const FOLDER_OWN = READ_OWN | O_DIRECTORY;
export const WRITE_OWN = O_RDWR | O_NOFOLLOW | O_NONBLOCK;
export const APPEND_OWN = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK;
/** The same, to see what stands there before. */
export const APPEND_LOOKING = O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK;
const NEWLINE = 0x0a;

export function identityOf(fd: number): Identity {
  return identityIn(fs.fstatSync(fd, { bigint: true }));
}

/** @throws unless it is a plain file that is not too large */
export function plainIdentityOf(fd: number, path: string): Identity {
  const stat = fs.fstatSync(fd, { bigint: true });
  if (!stat.isFile()) throw noFileError(path);
  if (stat.size > BigInt(MOST_READ_BYTES)) throw noFileError(path, 'EFBIG');
  return identityIn(stat);
}

export function identityIn(stat: fs.BigIntStats): Identity {
  return {
    ino: stat.ino,
    links: Number(stat.nlink),
    mtimeMs: Number(stat.mtimeNs / 1_000_000n),
    size: Number(stat.size),
  };
}

/** True if the last line has no end: who wrote it died in the middle, or is still at it. */
export function hasOpenLine(fd: number): boolean {
  const { size } = fs.fstatSync(fd);
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  return fs.readSync(fd, last, 0, 1, size - 1) === 1 && last[0] !== NEWLINE;
}

export function withFile<T>(path: string | Buffer, flags: string | number, use: (fd: number) => T, mode?: number): T {
  const fd = opened(path, flags, mode);
  try {
    return use(fd);
  } catch (error) {
    throw withPath(error, path);
  } finally {
    fs.closeSync(fd);
  }
}

/** What the system says of an open file does not name it; who is to make room, say, wants to know where. */
function withPath(error: unknown, path: string | Buffer): unknown {
  return isSystemError(error) && error.path === undefined ? Object.assign(error, { path: String(path) }) : error;
}

/** What opening a socket, or a pipe that nobody reads, says is what a lost device says: it is no disk's fault here. */
function opened(path: string | Buffer, flags: string | number, mode?: number): number {
  try {
    return fs.openSync(path, flags, mode);
  } catch (error) {
    if (isSystemError(error) && Math.abs(error.errno) === constants.errno.ENXIO) throw noFileError(String(path));
    throw error;
  }
}

/** Holds most entries' contents, so that one call reads them whole. */
const readBuffer = Buffer.allocUnsafeSlow(16_384);

/** The text of an opened file. `readFileSync` would ask for its size once more, and read once more to see its end. */
export function readAll(fd: number, size: number, path: string, most = MOST_READ_BYTES): string {
  if (size < readBuffer.length) {
    const length = fs.readSync(fd, readBuffer, 0, readBuffer.length, 0);
    if (length >= size && length < readBuffer.length) return readBuffer.toString('utf8', 0, length);
  }
  // Longer, or being written meanwhile.
  let buffer = Buffer.allocUnsafe(size + readBuffer.length);
  let length = 0;
  for (;;) {
    const read = fs.readSync(fd, buffer, length, buffer.length - length, length);
    if (read === 0) return buffer.toString('utf8', 0, length);
    length += read;
    if (length > most) throw noFileError(path, 'EFBIG');
    if (length === buffer.length) buffer = Buffer.concat([buffer, Buffer.allocUnsafe(length)]);
  }
}
