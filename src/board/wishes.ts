/**
 * What is wanted on a host of a board: `hosts/<host>/`, empty files whose names are the wish, and the mark `down`. Read
 * again and again, never remembered: who changes a name changes what runs.
 */
import {
  DOWN_FILE,
  formatWish,
  HOST_FILES,
  HOSTS_FOLDER,
  hostFault,
  parseWish,
  type Wish,
  wishFolder,
  wishKey,
  wishPath,
} from '../model/name.ts';
import type { Board } from './board.ts';
import { faultText, isExists, isGone, isSystemError } from './errors.ts';
import { makeBelow } from './fs.ts';
import { isHidden } from './scan.ts';

export interface Wishes {
  /** By the key of its stages. */
  readonly wishes: ReadonlyMap<string, Wish>;
  /** Several files for the same stages: nobody can know which is meant. Their names, by key. */
  readonly torn: ReadonlyMap<string, readonly string[]>;
  /** Files that are no wishes, each with why. */
  readonly foreign: ReadonlyArray<readonly [file: string, why: string]>;
  /** Nothing is to run here, whatever the wishes say. */
  readonly isDown: boolean;
}

/** `missing`: there is no folder of this host. Otherwise why it can't be read. Either way it says nothing of what is wanted. */
export type WishesRead = Wishes | { readonly unread: string; readonly isMissing: boolean };

export function isRead(read: WishesRead): read is Wishes {
  return 'wishes' in read;
}

/** One readdir. Never throws a system's error: what can't be read changes nothing that runs. */
export function readWishes(board: Board, host: string): WishesRead {
  try {
    return wishesAmong(board.fs.names(board.path(wishFolder(host))));
  } catch (error) {
    return unreadWishes(error);
  }
}

/** @throws what is no system's error */
export function unreadWishes(error: unknown): WishesRead {
  if (!isSystemError(error)) throw error;
  return { unread: faultText(error), isMissing: isGone(error) };
}

/** Of a host without a folder. */
export const MISSING_WISHES: WishesRead = { unread: 'is not there', isMissing: true };

/** All names that somebody has put there: not the agent's own. */
export function filesOf({ wishes, torn, foreign, isDown }: Wishes): string[] {
  const names = [
    ...[...wishes.values()].map(formatWish),
    ...[...torn.values()].flat(),
    ...foreign.map(([file]) => file),
  ];
  return [...(isDown ? [DOWN_FILE] : []), ...names.sort()];
}

export function wishesAmong(files: readonly string[]): Wishes {
  const byKey = new Map<string, { wish: Wish; files: string[] }>();
  const foreign: [string, string][] = [];
  for (const file of [...files].sort()) {
    if (isHidden(file) || HOST_FILES.includes(file)) continue;
    const wish = parseWish(file);
    if (typeof wish === 'string') {
      foreign.push([file, wish]);
      continue;
    }
    const key = wishKey(wish.stages);
    byKey.set(key, { wish, files: [...(byKey.get(key)?.files ?? []), file] });
  }
  const all = [...byKey];
  return {
    wishes: new Map(all.flatMap(([key, { wish, files: own }]) => (own.length === 1 ? [[key, wish]] : []))),
    torn: new Map(all.flatMap(([key, { files: own }]) => (own.length > 1 ? [[key, own]] : []))),
    foreign,
    isDown: files.includes(DOWN_FILE),
  };
}

/** What stands in `hosts/`: by name those that may be hosts, and what can be none, each with why. */
export interface Listed {
  readonly hosts: readonly string[];
  readonly strange: ReadonlyArray<readonly [name: string, why: string]>;
}

/** Whether there is anything of a host's name: a file in its folder's place is told of where something runs on that host. */
export function isAmong({ hosts, strange }: Listed, host: string): boolean {
  return hosts.includes(host) || strange.some(([name]) => name === host);
}

/** A link is looked into as a folder is. */
export function listedAmong(kinds: ReadonlyArray<readonly [name: string, isFile: boolean]>): Listed {
  const hosts: string[] = [];
  const strange: [string, string][] = [];
  for (const [name, isFile] of [...kinds].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (isHidden(name)) continue;
    const fault = hostFault(name);
    if (fault !== undefined) strange.push([name, `${fault}: no agent looks there`]);
    else if (isFile)
      strange.push([name, "can't be read: it is a file, and no folder of a host; what runs there is left as it is"]);
    else hosts.push(name);
  }
  return { hosts, strange };
}

export function readListed(board: Board): Listed {
  try {
    const kinds = board.fs.kinds(board.path(HOSTS_FOLDER));
    return listedAmong(kinds.map(([name, kind]) => [name, kind === 'file']));
  } catch (error) {
    if (isGone(error)) return { hosts: [], strange: [] };
    throw error;
  }
}

/** Hosts that have a folder, by name. */
export function listHosts(board: Board): readonly string[] {
  return readListed(board).hosts;
}

/** Makes the host's folder, if it is not there. @throws the system's error; ENOENT if the board is gone */
export function makeHostFolder(board: Board, host: string): void {
  try {
    board.fs.mkdir(board.path(HOSTS_FOLDER));
  } catch (error) {
    if (!isExists(error)) throw error;
  }
  makeBelow(board.fs, board.root, wishFolder(host));
}

/**
 * Changes a wish by one rename, or makes its file. Of several that contradict each other one is left.
 * @returns the slots that were wanted before; undefined: none were, or nobody could know
 */
export function setWish(board: Board, host: string, wish: Wish, reason?: string, again = 5): number | undefined {
  makeHostFolder(board, host);
  const key = wishKey(wish.stages);
  const before = board.fs.names(board.path(wishFolder(host))).filter((file) => {
    const standing = isHidden(file) ? '' : parseWish(file);
    return typeof standing !== 'string' && wishKey(standing.stages) === key;
  });
  const file = formatWish(wish);
  const [first] = before;
  const was = before.length === 1 && first !== undefined ? (parseWish(first) as Wish).slots : undefined;
  if (before.length === 1 && first === file) return was;
  const path = board.path(wishPath(host, wish));
  if (first === undefined) {
    try {
      board.fs.createEmpty(path);
    } catch (error) {
      if (!isExists(error)) throw error;
    }
  } else if (!before.includes(file)) {
    try {
      board.fs.rename(board.path(`${wishFolder(host)}/${first}`), path);
    } catch (error) {
      // Another person was faster, or a file server has done it and lost its answer: what stands there now decides.
      if (!isGone(error) || again === 0) throw error;
      return setWish(board, host, wish, reason, again - 1);
    }
  }
  for (const other of before.slice(before.includes(file) ? 0 : 1)) if (other !== file) remove(board, host, other);
  board.settleDisk('posts', [wishFolder(host)]);
  board.journal.write('scale', {
    onHost: host,
    stages: wish.stages,
    slots: wish.slots,
    ...(was === undefined ? {} : { was }),
    ...(reason === undefined ? {} : { reason }),
  });
  return was;
}

function remove(board: Board, host: string, file: string): boolean {
  try {
    board.fs.unlink(board.path(`${wishFolder(host)}/${file}`));
    return true;
  } catch (error) {
    if (!isGone(error)) throw error;
    return false;
  }
}

/** Nothing is to run on the host until the mark is taken away. @returns false: it stood there */
export function markDown(board: Board, host: string, reason?: string): boolean {
  makeHostFolder(board, host);
  try {
    board.fs.createEmpty(board.path(`${wishFolder(host)}/${DOWN_FILE}`));
  } catch (error) {
    if (!isExists(error)) throw error;
    return false;
  }
  board.settleDisk('posts', [wishFolder(host)]);
  board.journal.write('down', { onHost: host, ...(reason === undefined ? {} : { reason }) });
  return true;
}

/** What is wanted there runs again. @returns false: there was no mark */
export function unmarkDown(board: Board, host: string, reason?: string): boolean {
  if (!remove(board, host, DOWN_FILE)) return false;
  board.settleDisk('posts', [wishFolder(host)]);
  board.journal.write('up', { onHost: host, ...(reason === undefined ? {} : { reason }) });
  return true;
}
