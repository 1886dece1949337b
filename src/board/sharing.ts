/**
 * Boards of a group. The mode of the board's own folder says that it is one: setgid, and writable for its group. Then what
 * this process and its steps make there can be read and changed by the group, whatever umask it was started with: the
 * system gives new files the folder's group, and the umask must not take the group's bits.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { RESERVATIONS_FOLDER } from '../model/name.ts';
import { GROUP_READ, GROUP_RWX, GROUP_WRITE, isGroups, type Rights, SETGID } from '../model/rights.ts';
import { faultKind, faultText, isExists, isGone, RightsError } from './errors.ts';
import { nodeFs } from './fs.ts';
import { lookAtRights, setRights, systemDoor } from './rights-door.ts';

/** The umask that this process was started with, or that its program has set since. */
let callers: number | undefined;
/** The one that was set here. */
let ours: number | undefined;

function setUmask(wanted: (callers: number) => number): void {
  // It is the whole program's, and Node lets only the main thread set it.
  if (!isMainThread) return;
  // To ask for it is to set it.
  const found = process.umask(0o077);
  if (callers === undefined || found !== ours) callers = found;
  ours = wanted(callers);
  process.umask(ours);
}

/** The one that holds now. */
export function currentUmask(): number {
  // Where Node lets it not be set, to ask for it does not set it.
  if (!isMainThread) return process.umask();
  const found = process.umask(0o077);
  process.umask(found);
  return found;
}

/** A board, or what lies as one does. */
interface Rooted {
  readonly root: string;
}

const known = new WeakMap<Rooted, number | null>();

/** The group whose board it is; looked at once. Undefined: it is nobody's but its owner's. */
export function groupOf(board: Rooted): number | undefined {
  const before = known.get(board);
  if (before !== undefined) return before ?? undefined;
  const rights = lookAtRights(board.root);
  const gid = rights !== undefined && isGroups(rights) ? rights.gid : undefined;
  known.set(board, gid ?? null);
  return gid;
}

/** From now on this process, and what it starts, makes files as the board wants them. Two calls to the system. */
export function useUmaskOf(board: Rooted): void {
  if (groupOf(board) !== undefined) shareUmask();
  else resetUmask();
}

/** The one that this process was started with, as long as it was changed here. */
export function resetUmask(): void {
  if (ours !== undefined) setUmask((mask) => mask);
}

/** The caller's umask, but for the group's bits. */
export function shareUmask(): void {
  setUmask((mask) => mask & ~GROUP_RWX);
}

/** What is made meanwhile is the group's, if there is one. */
export function madeFor<T>(group: number | undefined, make: () => T): T {
  if (group === undefined) return make();
  shareUmask();
  try {
    return make();
  } finally {
    resetUmask();
  }
}

/** The caller's umask, but so that the group may read, and not write. */
export function readableUmask(): void {
  setUmask((mask) => (mask & ~GROUP_RWX) | GROUP_WRITE);
}

/** The group of boards that are made in a home: that of `blackboard/`, if its mode says that it is a group's. */
export function groupOfNewBoards(home: string): number | undefined {
  const rights = lookAtRights(`${home}/blackboard`);
  return rights !== undefined && isGroups(rights) ? rights.gid : undefined;
}

/** Refuses a group that this account can't give a folder to, before anything is made. @throws RightsError */
export function requireGroup(gid: number, door = systemDoor()): void {
  const { uid, groups } = door.account;
  if (uid === 0 || groups.includes(gid)) return;
  const [user, group] = [door.names.user(uid), door.names.group(gid)];
  const what = door.names.isMember(uid, gid)
    ? `${user} was put into it after this session began: log in again, or 'newgrp ${group}'`
    : `have root do 'usermod -aG ${group} ${user}', then log in again, or 'newgrp ${group}'`;
  throw new RightsError(`${user} is not in group ${group}, and can't give it a board; nothing was made: ${what}`);
}

/** Gives a folder to a group: its members may write there, and what is made there is the group's. @throws RightsError */
export function shareFolder(path: string, gid: number, more: number = GROUP_RWX): void {
  const before = lookAtRights(path);
  if (before === undefined || isShared(before, gid, more)) return;
  try {
    setRights(path, { gid, mode: before.mode | more | SETGID });
  } catch (error) {
    throw new RightsError(`${path} can't be given to group ${systemDoor().names.group(gid)}: ${faultText(error)}`, {
      cause: error,
    });
  }
  // The system takes the bit away without a word from who is not in the group.
  const after = lookAtRights(path);
  if (after === undefined || isShared(after, gid, more)) return;
  throw new RightsError(
    `${path}: the file system does not keep the setgid bit, or the group, so that what is made there would not be the group's`,
  );
}

/**
 * Lets a group read what somebody has made in a folder, and its members remove it: a program may make files that are its own
 * user's alone (`mkstemp`), or bring them from elsewhere with the group that they had. Symbolic links stay as they are.
 */
export function shareTree(path: string, gid: number): void {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const child = join(path, entry.name);
    if (entry.isDirectory()) shareTree(child, gid);
    else if (entry.isFile()) open(child, gid, GROUP_READ);
  }
  open(path, gid, GROUP_RWX | SETGID);
}

function open(path: string, gid: number, bits: number): void {
  const rights = lookAtRights(path);
  if (rights === undefined || (rights.gid === gid && (rights.mode & bits) === bits)) return;
  try {
    setRights(path, { ...(rights.gid === gid ? {} : { gid }), mode: rights.mode | bits });
  } catch (error) {
    // Another user's (a step under sudo), or gone: it is published as it is, and `slate check` tells of it.
    if (!isGone(error) && faultKind(error) !== 'denied') throw error;
  }
}

/** What steps reserve of a host is told beside the boards, by all who run steps: the first group's board makes the folder for it. */
export function shareReservations(root: string, gid: number): void {
  const folder = `${root}/${RESERVATIONS_FOLDER}`;
  try {
    nodeFs.mkdir(folder);
  } catch (error) {
    if (!isExists(error)) throw error;
    return;
  }
  shareFolder(folder, gid);
}

function isShared({ gid, mode }: Rights, wanted: number, more: number): boolean {
  return gid === wanted && (mode & SETGID) !== 0 && (mode & more) === more;
}
