/**
 * The folders of a landing zone and the files in them. Everything that changes the disk goes through the board's `Fs`,
 * so that tests can let it die at any call; reading uses `node:fs`, which the door has no words for (`lstat`, types).
 */
import { createHash } from 'node:crypto';
import fs, { constants } from 'node:fs';
import { basename, dirname } from 'node:path';
import { BoardError, isGone } from '../board/errors.ts';
import { type Fs, makeFolders } from '../board/fs.ts';
import { MAX_NAME_BYTES } from '../model/name.ts';
import { plain } from '../model/text.ts';

export const TAKEN = 'taken';
export const QUARANTINE = 'quarantine';
/** Intents: which files are being taken at this moment, by whom, as what. */
export const SLATE = '.slate';
export const REASON_SUFFIX = '.reason';

/** What tells one state of a file from another. `mtimeMs` is only ever compared with itself. */
export interface FileLook {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ino: bigint;
}

export type FileKind = 'file' | 'link' | 'folder' | 'other';

export interface Listed {
  readonly name: string;
  readonly kind: FileKind;
}

export function sameLook(a: FileLook, b: FileLook): boolean {
  return a.size === b.size && a.mtimeMs === b.mtimeMs && a.ino === b.ino;
}

function lookOf(stat: fs.BigIntStats): FileLook {
  return { size: Number(stat.size), mtimeMs: Number(stat.mtimeNs) / 1e6, ino: stat.ino };
}

/** A look by `lstat`, cheap and perhaps 30 s old on NFS. Undefined: nothing of this name, or no regular file. */
export function glance(path: string): FileLook | undefined {
  const stat = fs.lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return stat?.isFile() === true ? lookOf(stat) : undefined;
}

/**
 * A look at the opened file, fresh on NFS as well (close-to-open). A link is not followed, a pipe is not waited for.
 * Undefined: nothing of this name, or no regular file.
 */
export function lookInside(path: string): FileLook | undefined {
  if (glance(path) === undefined) return undefined;
  let fd: number;
  try {
    fd = fs.openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
  try {
    const stat = fs.fstatSync(fd, { bigint: true });
    return stat.isFile() ? lookOf(stat) : undefined;
  } finally {
    fs.closeSync(fd);
  }
}

/** True if anything, a dangling link included, has this path. */
export function isThere(path: string): boolean {
  return fs.lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** `name` + `suffix` within 255 bytes: a name that is too long is cut between characters and told apart by its hash. */
export function fitName(name: string, suffix: string): string {
  const whole = name + suffix;
  if (Buffer.byteLength(whole) <= MAX_NAME_BYTES) return whole;
  const tail = `~${createHash('sha256').update(name).digest('hex').slice(0, 12)}${suffix}`;
  let room = MAX_NAME_BYTES - Buffer.byteLength(tail);
  let head = '';
  for (const char of name) {
    room -= Buffer.byteLength(char);
    if (room < 0) break;
    head += char;
  }
  return head + tail;
}

/** A file's name for a person: quoted, control characters and line breaks escaped. */
export function showName(name: string): string {
  return plain(JSON.stringify(name));
}

export class ZoneFolder {
  /** Absolute. */
  readonly path: string;
  readonly fs: Fs;
  /** Folders and files are synced where the board's durability asks for it. */
  readonly durable: boolean;

  constructor(path: string, fs: Fs, durable: boolean) {
    this.path = path;
    this.fs = fs;
    this.durable = durable;
  }

  file(name: string): string {
    return `${this.path}/${name}`;
  }

  inside(folder: typeof TAKEN | typeof QUARANTINE | typeof SLATE, name: string): string {
    return `${this.path}/${folder}/${name}`;
  }

  /** Makes what is missing. @throws the system's error; BoardError for a link: what is moved there would land elsewhere. */
  make(): void {
    for (const folder of [TAKEN, QUARANTINE, SLATE]) {
      const path = `${this.path}/${folder}`;
      makeFolders(path);
      if (fs.lstatSync(path).isSymbolicLink())
        throw new BoardError(
          `${folder}/ is a symbolic link, through which nothing is moved: put a folder in its place`,
        );
    }
  }

  /** One readdir, by name: what lies directly in the folder, dot files left out. */
  list(): Listed[] {
    const listed: Listed[] = [];
    for (const entry of fs.readdirSync(this.path, { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      const kind = entry.isFile() ? 'file' : entry.isSymbolicLink() ? 'link' : entry.isDirectory() ? 'folder' : 'other';
      listed.push({ name: entry.name, kind });
    }
    return listed.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** True by a fresh readdir: on NFS a stat may remember for 30 s that a name was not there. */
  stands(folder: typeof TAKEN | typeof QUARANTINE | '', name: string): boolean {
    return this.fs.names(folder === '' ? this.path : `${this.path}/${folder}`).includes(name);
  }

  /** The first of `name`, `name~2`, `name~3`, … that is free in the folder, also with each of these suffixes. */
  freeName(folder: typeof TAKEN | typeof QUARANTINE, name: string, suffixes: readonly string[]): string {
    for (let number = 1; ; number++) {
      const tried = number === 1 ? name : fitName(name, `~${number}`);
      if (['', ...suffixes].every((suffix) => !isThere(this.inside(folder, fitName(tried, suffix))))) return tried;
    }
  }

  /** Renames; false if the source is not there. A lost answer (NFS) is recognised by the target. */
  move(from: string, to: string): boolean {
    try {
      this.fs.rename(from, to);
      return true;
    } catch (error) {
      if (!isGone(error)) throw error;
      if (isThere(from)) throw error; // The target's folder is missing.
      return this.fs.names(dirname(to)).includes(basename(to));
    }
  }

  /** Makes renames into (and out of) these folders survive a power cut. */
  settle(...folders: (typeof TAKEN | typeof QUARANTINE | typeof SLATE | '')[]): void {
    if (!this.durable) return;
    for (const folder of folders) this.fs.sync(folder === '' ? this.path : `${this.path}/${folder}`);
  }
}
