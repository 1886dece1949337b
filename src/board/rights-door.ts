/** The one door to modes, owners and groups: what the system says of them, and how they are set. */
import fs from 'node:fs';
import { constants } from 'node:os';
import { type Account, type Names, type Rights, refusalText } from '../model/rights.ts';
import { ownAccount, systemNames } from './accounts.ts';
import { faultKind, isGone, isSystemError } from './errors.ts';

const { EROFS } = constants.errno;
const PERMISSIONS = 0o7777;

/** What the system says; tests bring their own. */
export interface RightsDoor {
  readonly account: Account;
  readonly names: Names;
  /** Of what a link is, not of what it points to. Undefined: nothing stands there, or it can't be seen. */
  look(path: string): Rights | undefined;
  /** Asks the system; what is not there is not refused. */
  access(path: string, wanted: 'read' | 'write'): 'allowed' | 'gone' | 'denied' | 'read-only';
}

export function systemDoor(): RightsDoor {
  return { account: ownAccount(), names: systemNames(), look: lookAtRights, access };
}

export function lookAtRights(path: string): Rights | undefined {
  try {
    const stat = fs.lstatSync(path, { throwIfNoEntry: false });
    return stat === undefined ? undefined : { uid: stat.uid, gid: stat.gid, mode: stat.mode & PERMISSIONS };
  } catch (error) {
    // Above it something may not be entered: what stands here is not ours to see.
    if (!isGone(error) && faultKind(error) !== 'denied') throw error;
    return undefined;
  }
}

function access(path: string, wanted: 'read' | 'write'): ReturnType<RightsDoor['access']> {
  const { R_OK, W_OK, X_OK } = fs.constants;
  try {
    fs.accessSync(path, wanted === 'write' ? R_OK | W_OK | X_OK : R_OK);
    return 'allowed';
  } catch (error) {
    if (isSystemError(error) && Math.abs(error.errno) === EROFS) return 'read-only';
    const kind = faultKind(error);
    if (kind === 'denied') return 'denied';
    // A server that does not answer, a disk that fails: that is told by who works there, and may pass.
    return 'gone';
  }
}

/** The path itself, or, where it can't be seen, what stands above it and keeps it from being seen. */
export function firstSeen(path: string, door: RightsDoor): { path: string; rights: Rights } | undefined {
  for (let at = path; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    const rights = door.look(at);
    if (rights !== undefined) return { path: at, rights };
  }
  return undefined;
}

/** Why this process can't read something, in the same words. Undefined: it is no matter of rights. */
export function readRefusal(path: string, door = systemDoor()): string | undefined {
  if (door.access(path, 'read') !== 'denied') return undefined;
  const seen = firstSeen(path, door);
  if (seen === undefined) return undefined;
  return refusalText({ ...seen, wanted: 'read', isReadOnlyDisk: false }, door.account, door.names);
}

/** Sets what differs. @throws the system's error: only the owner may, and into a group of his own */
export function setRights(path: string, { gid, mode }: { readonly gid?: number; readonly mode?: number }): void {
  // First the group: a change of it may take bits away. -1 leaves the owner as he is.
  if (gid !== undefined) fs.lchownSync(path, -1, gid);
  if (mode !== undefined) fs.chmodSync(path, mode);
}
