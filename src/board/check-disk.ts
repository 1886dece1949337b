/**
 * What is wrong with the disk that a board lies on: how it is mounted, and what it does when it is asked for what every operation
 * of a board is built on. Told to a person; nothing of it can be mended from here.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { formatDuration } from '../model/duration.ts';
import { mountFaults, mountOf } from '../model/mount.ts';
import { FOLDERS, MAX_NAME_BYTES } from '../model/name.ts';
import { SETGID } from '../model/rights.ts';
import type { Board } from './board.ts';
import { faultKind, faultText, isSystemError } from './errors.ts';
import type { Finding } from './finding.ts';
import type { Fs } from './fs.ts';
import { type RightsDoor, systemDoor } from './rights-door.ts';

/** Clocks that differ by less are nobody's trouble. */
const CLOCK_MS = 2_000;
/** A day ahead: a time that a post with `--after` may want. */
const AHEAD_MS = 86_400_000;
const MTIME_MS = 2_000;

export interface DiskOptions {
  /** Files are made in `tmp/` to find out, and removed. */
  readonly mayWrite: boolean;
  readonly door?: RightsDoor;
  /** The kernel's list of mounts. */
  readonly mountinfo?: string;
}

export function checkDisk(board: Board, options: DiskOptions): Finding[] {
  const { mayWrite, door = systemDoor(), mountinfo = readMounts() } = options;
  const found = checkMount(board, mountinfo);
  return mayWrite ? [...found, ...new Trial(board, door).findings()] : found;
}

function readMounts(): string {
  try {
    return readFileSync('/proc/self/mountinfo', 'utf8');
  } catch (error) {
    // Another system than Linux.
    if (!isSystemError(error)) throw error;
    return '';
  }
}

function checkMount(board: Board, mountinfo: string): Finding[] {
  const mount = mountOf(realPath(board.root), mountinfo);
  if (mount === undefined) return [];
  const lies = `it lies on ${mount.point} (${mount.type} from ${mount.source}), mounted with`;
  return mountFaults(mount).map(({ severity, option, message }) => ({
    severity,
    where: '',
    message: `${lies} '${option}': ${message}`,
    fixed: false,
  }));
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return path;
  }
}

/** Does it, and says what did not come out as it has to. */
class Trial {
  readonly #board: Board;
  readonly #fs: Fs;
  readonly #door: RightsDoor;
  readonly #base: string;
  readonly #findings: Finding[] = [];
  readonly #made: string[] = [];

  constructor(board: Board, door: RightsDoor) {
    this.#board = board;
    this.#fs = board.fs;
    this.#door = door;
    this.#base = board.path(`${FOLDERS.tmp}/.probe-${randomBytes(6).toString('hex')}`);
  }

  findings(): Finding[] {
    try {
      this.#creation();
      this.#links();
      this.#renames();
      this.#names();
      if (this.#board.config.transaction) this.#symlink();
    } catch (error) {
      if (!isSystemError(error)) throw error;
      // Full, read-only, failing: no fault of its kind, and the stage processes wait for the same.
      this.#say('fault', `the disk could not be tried: ${faultText(error)}`);
    } finally {
      for (const path of this.#made) this.#remove(path);
    }
    return this.#findings;
  }

  #say(severity: Finding['severity'], message: string): void {
    this.#findings.push({ severity, where: FOLDERS.tmp, message, fixed: false });
  }

  #path(name: string): string {
    const path = `${this.#base}-${name}`;
    this.#made.push(path);
    return path;
  }

  /** @returns the kind of its failure; undefined: it went well */
  #attempt(action: () => void): ReturnType<typeof faultKind> | undefined {
    try {
      action();
      return undefined;
    } catch (error) {
      if (!isSystemError(error)) throw error;
      return faultKind(error);
    }
  }

  #creation(): void {
    const path = this.#path('a');
    const beforeMs = Date.now();
    const { mtimeMs } = this.#fs.create(path, 'x', true);
    this.#clock(mtimeMs, beforeMs, Date.now());
    if (this.#attempt(() => this.#fs.create(path, 'y', false)) !== 'exists')
      this.#say(
        'fault',
        'a file was created that existed already (O_EXCL is not obeyed): two posts could be one. No board can lie here',
      );
    if (this.#fs.isThere(this.#board.path(`${FOLDERS.tmp}/${this.#file(path).toUpperCase()}`)))
      this.#say(
        'fault',
        'names that differ in capitals alone are one here: datasets and letters of entries would be mixed up. No board can lie here',
      );
    this.#owner(path);
    const wantedMs = Math.floor((mtimeMs + AHEAD_MS) / 1000) * 1000;
    const kind = this.#attempt(() => this.#fs.setMtime(path, wantedMs));
    if (kind !== undefined || Math.abs(this.#fs.identify(path).mtimeMs - wantedMs) > MTIME_MS)
      this.#say('fault', 'times of files are not kept as they are set: retries and posts with --after do not wait');
  }

  #file(path: string): string {
    return path.slice(path.lastIndexOf('/') + 1);
  }

  /** By the time that the disk gives to a file made now. */
  #clock(mtimeMs: number, beforeMs: number, afterMs: number): void {
    const aheadMs = mtimeMs > afterMs ? mtimeMs - afterMs : Math.min(0, mtimeMs - beforeMs);
    if (Math.abs(aheadMs) <= CLOCK_MS) return;
    const by = formatDuration(Math.round(Math.abs(aheadMs) / 1000) * 1000);
    const how = aheadMs > 0 ? 'ahead of' : 'behind';
    this.#say(
      'note',
      `the disk's clock is ${by} ${how} this host's: nothing depends on it, but times in logs and journals do not fit together; set the clocks by NTP`,
    );
  }

  /** Whose a new file is: a server may take this account for another, or not give it the folder's group. */
  #owner(path: string): void {
    const rights = this.#door.look(path);
    const folder = this.#door.look(this.#board.path(FOLDERS.tmp));
    if (rights === undefined || folder === undefined) return;
    const { account, names } = this.#door;
    if (rights.uid !== account.uid)
      this.#say(
        'note',
        `what ${names.user(account.uid)} makes here is ${names.user(rights.uid)}'s: the server takes one for the other (root_squash, or a mount's own uid)`,
      );
    if ((folder.mode & SETGID) !== 0 && rights.gid !== folder.gid)
      this.#say(
        'fault',
        `a new file gets group ${names.group(rights.gid)} though its folder is ${names.group(folder.gid)}'s with the setgid bit: the group could not use it. No group's board can lie here`,
      );
  }

  #links(): void {
    const [from, to] = [this.#path('l'), this.#path('m')];
    const { ino } = this.#fs.create(from, 'x', false);
    const kind = this.#attempt(() => this.#fs.link(from, to));
    if (kind !== undefined) {
      this.#say('fault', 'hard links can not be made: ids/ is made of them. No board can lie here');
      return;
    }
    const [one, two] = [this.#fs.identify(from), this.#fs.identify(to)];
    if (one.links !== 2 || two.ino !== one.ino)
      this.#say(
        'fault',
        'hard links are not counted: an entry that is lost could not be told from one that is there. No board can lie here',
      );
    if (one.ino !== ino)
      this.#say('fault', 'a file does not keep its inode number, by which ids/ is judged. No board can lie here');
  }

  #renames(): void {
    const [from, to, folder] = [this.#path('r'), this.#path('s'), `${this.#base}-d`];
    this.#fs.create(from, 'x', false);
    this.#fs.rename(from, to);
    if (this.#attempt(() => this.#fs.rename(from, to)) !== 'gone')
      this.#say(
        'fault',
        'a name that is gone could be renamed: two processes could claim one entry. No board can lie here',
      );
    const names = new Set(this.#fs.names(this.#board.path(FOLDERS.tmp)));
    if (names.has(this.#file(from)) || !names.has(this.#file(to)))
      this.#say(
        'fault',
        'a folder is listed as it was before a rename: after an error nobody could tell what happened. No board can lie here',
      );
    this.#fs.mkdir(folder);
    try {
      if (this.#attempt(() => this.#fs.mkdir(folder)) !== 'exists')
        this.#say(
          'fault',
          'a folder was made that existed already: two tries could share their products. No board can lie here',
        );
    } finally {
      this.#fs.rmdir(folder);
    }
  }

  #names(): void {
    const file = `.probe-@+=,%~-${randomBytes(6).toString('hex')}`;
    const path = this.#board.path(`${FOLDERS.tmp}/${file.padEnd(MAX_NAME_BYTES, 'x')}`);
    this.#made.push(path);
    if (this.#attempt(() => this.#fs.create(path, '', false)) !== undefined)
      this.#say(
        'fault',
        `names of ${MAX_NAME_BYTES} bytes, or with @ + = , % ~, can not be made: entries could not be claimed. No board can lie here`,
      );
  }

  #symlink(): void {
    const path = this.#path('v');
    if (this.#attempt(() => this.#fs.symlink('x', path)) !== undefined)
      this.#say('fault', 'symbolic links can not be made: a transactional board shows its products by them');
  }

  #remove(path: string): void {
    try {
      this.#fs.unlink(path);
    } catch (error) {
      // What is left is hidden, and goes after a day.
      if (!isSystemError(error)) throw error;
    }
  }
}
