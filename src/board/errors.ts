/**
 * errno, classified once. Node 20 has no names for ESTALE and EDQUOT (`code` is then "Unknown system error -116"), so
 * numbers are compared, never `code`.
 */
import { constants } from 'node:os';

/**
 * `gone` someone else moved it (normal) · `exists` · `full` disk, inodes or quota · `denied` rights or a read-only file
 * system · `io` the device or the server fails · `busy` try again soon · `toolong` · `nofile` a folder, a link, a pipe or a
 * device stands where a file should · `toolarge` · `other`.
 */
export type FaultKind =
  | 'gone'
  | 'exists'
  | 'full'
  | 'denied'
  | 'io'
  | 'busy'
  | 'toolong'
  | 'nofile'
  | 'toolarge'
  | 'other';

const { errno: E } = constants;
const KINDS: ReadonlyMap<number, FaultKind> = new Map<number, FaultKind>([
  [E.ENOENT, 'gone'],
  [E.ENOTDIR, 'gone'],
  [E.EEXIST, 'exists'],
  [E.ENOTEMPTY, 'exists'],
  [E.ENOSPC, 'full'],
  [E.EDQUOT, 'full'],
  [E.EMLINK, 'full'],
  [E.EACCES, 'denied'],
  [E.EPERM, 'denied'],
  [E.EROFS, 'denied'],
  [E.EIO, 'io'],
  [E.ESTALE, 'io'],
  [E.ENXIO, 'io'],
  [E.ENODEV, 'io'],
  [E.ETIMEDOUT, 'io'],
  [E.ENOTCONN, 'io'],
  [117, 'io'], // EUCLEAN: the file system needs checking
  [E.EAGAIN, 'busy'],
  [E.EINTR, 'busy'],
  [E.EBUSY, 'busy'],
  [E.EMFILE, 'busy'],
  [E.ENFILE, 'busy'],
  [E.ENOLCK, 'busy'],
  [E.ENOMEM, 'busy'],
  [E.ENAMETOOLONG, 'toolong'],
  [E.EISDIR, 'nofile'],
  [E.ELOOP, 'nofile'],
  [E.ESPIPE, 'nofile'],
  [E.EFBIG, 'toolarge'],
]);

const WORDS: Readonly<Record<FaultKind, string>> = {
  gone: 'is not there',
  exists: 'exists already',
  full: 'no space left (disk, inodes or quota)',
  denied: 'not permitted, or the file system is read-only',
  io: 'the disk or file server fails',
  busy: 'the system is short of a resource',
  toolong: 'the name is too long',
  nofile: 'is no plain file',
  toolarge: 'is too large to be read',
  other: 'failed',
};

export function isSystemError(error: unknown): error is NodeJS.ErrnoException & { errno: number } {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).errno === 'number';
}

export function faultKind(error: unknown): FaultKind {
  return isSystemError(error) ? (KINDS.get(Math.abs(error.errno)) ?? 'other') : 'other';
}

/** There is no file of that name: nothing at all, or something else that can't be read as one. */
export function isGone(error: unknown): boolean {
  const kind = faultKind(error);
  return kind === 'gone' || isNoFile(error);
}

/** Something stands there that is no file to be read: a folder, a link, a pipe, a device, a file without measure. */
export function isNoFile(error: unknown): boolean {
  const kind = faultKind(error);
  return kind === 'nofile' || kind === 'toolarge';
}

/** As the system would say it of a pipe, a socket or a device; or of a file that is larger than is ever read. */
export function noFileError(path: string, why: 'ESPIPE' | 'EFBIG' = 'ESPIPE'): Error {
  return Object.assign(new Error(`${why}: ${path}`), { code: why, errno: -E[why], path });
}

/** Something else than a symbolic link stands there. */
export function isNoLink(error: unknown): boolean {
  return isSystemError(error) && [E.EINVAL, E.EISDIR, E.ENOTDIR].includes(Math.abs(error.errno));
}

export function isExists(error: unknown): boolean {
  return faultKind(error) === 'exists';
}

/** A trouble of disk or server that may pass: what was to be done is kept and tried again. */
export function isBlocking(error: unknown): boolean {
  if (error instanceof DiskLostError) return false;
  const kind = faultKind(error instanceof BoardError ? error.cause : error);
  return kind === 'full' || kind === 'denied' || kind === 'io' || kind === 'busy' || kind === 'gone';
}

/** What went wrong, in words, with the system's own name of it. */
export function faultText(error: unknown): string {
  if (!isSystemError(error)) return error instanceof Error ? error.message : String(error);
  const name =
    Object.entries(E).find(([, value]) => value === Math.abs(error.errno))?.[0] ?? `errno ${Math.abs(error.errno)}`;
  // Of a link, and of a circle of links: of a folder, too.
  const words = name === 'ELOOP' ? 'is no plain file or folder, but a link' : WORDS[faultKind(error)];
  return `${words} (${name})`;
}

/** The same with the path that it is about, if it tells one. */
export function pathText(error: unknown): string {
  const path = error instanceof Error && 'path' in error ? `${String(error.path)}: ` : '';
  return `${path}${faultText(error)}`;
}

/** A message for a person: what, where, what to do. `cause` is the system's error. */
export class BoardError extends Error {
  override readonly name = 'BoardError';
}

/** fsync said EIO: nothing that this process knows of the disk can be trusted any longer. A stage process stops. */
export class DiskLostError extends BoardError {}

/** This account may not; nothing was changed. The message says whose it is, and what to do. */
export class RightsError extends BoardError {}

/** Runs `action`; its system error becomes a BoardError that begins with `what`. */
export function explain<T>(what: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new BoardError(`${what}: ${faultText(error)}`, { cause: error });
  }
}
