/** Who may do what with a folder, by its owner, group and mode; and why not, in words, with what to do. Pure. */

/** What `stat` says of a file or folder. */
export interface Rights {
  readonly uid: number;
  readonly gid: number;
  /** Permission bits with setuid, setgid and sticky: the lower twelve bits of `st_mode`. */
  readonly mode: number;
}

/** Who asks: a process has the groups that it had when it was started. */
export interface Account {
  readonly uid: number;
  /** All of them, the effective one as well. */
  readonly groups: readonly number[];
}

/** Names of users and groups, as far as this host knows them. */
export interface Names {
  user(uid: number): string;
  group(gid: number): string;
  /** True if the host's data base has the account in the group, whatever groups the process has. */
  isMember(uid: number, gid: number): boolean;
}

export const SETGID = 0o2000;
export const STICKY = 0o1000;
export const GROUP_RWX = 0o070;
/** Go into a folder and read what is there. */
export const GROUP_LOOK = 0o050;
export const GROUP_WRITE = 0o020;
export const GROUP_RW = 0o060;
export const GROUP_READ = 0o040;
export const WORLD_WRITE = 0o002;

export const ROOT = 0;

/** `rwxrwsr-x`, as `ls -l` writes it. */
export function modeText(mode: number): string {
  const triple = (shift: number, special: number, letter: string): string => {
    const bits = (mode >> shift) & 7;
    const runs = (bits & 1) !== 0;
    const isSpecial = (mode & special) !== 0;
    const last = isSpecial ? (runs ? letter : letter.toUpperCase()) : runs ? 'x' : '-';
    return `${(bits & 4) !== 0 ? 'r' : '-'}${(bits & 2) !== 0 ? 'w' : '-'}${last}`;
  };
  return triple(6, 0o4000, 's') + triple(3, SETGID, 's') + triple(0, STICKY, 't');
}

/** A folder of a group: its members may write there, and what is made there is the group's. */
export function isGroups({ mode }: Rights): boolean {
  return (mode & SETGID) !== 0 && (mode & GROUP_RWX) === GROUP_RWX;
}

/** The three bits that count for an account, by the first of owner, group and others that it is. */
export function bitsFor({ uid, groups }: Account, rights: Rights): number {
  if (uid === ROOT) return 7;
  if (uid === rights.uid) return (rights.mode >> 6) & 7;
  if (groups.includes(rights.gid)) return (rights.mode >> 3) & 7;
  return rights.mode & 7;
}

/** What was refused, and by what. */
export interface Refused {
  readonly path: string;
  readonly rights: Rights;
  readonly wanted: 'read' | 'write';
  readonly isReadOnlyDisk: boolean;
}

/** `is bob's (group pipeline, rwxr-xr-x)`. */
export function ownerText(rights: Rights, names: Names): string {
  return `is ${names.user(rights.uid)}'s (group ${names.group(rights.gid)}, ${modeText(rights.mode)})`;
}

/** One sentence: whose it is, why that account may not, and what to do about it. */
export function refusalText(refused: Refused, account: Account, names: Names): string {
  const { path, rights } = refused;
  if (refused.isReadOnlyDisk) return `${path} is on a file system that is mounted read-only: mount it read-write`;
  return `${path} ${ownerText(rights, names)}, and ${reasonText(refused, account, names)}`;
}

function reasonText({ path, rights, wanted }: Refused, account: Account, names: Names): string {
  const { uid, groups } = account;
  const [user, owner, group] = [names.user(uid), names.user(rights.uid), names.group(rights.gid)];
  const need = wanted === 'write' ? 7 : 4;
  const letters = wanted === 'write' ? 'rwx' : 'rx';
  // What the modes allow and the system refuses is a matter of another kind.
  if ((bitsFor(account, rights) & need) === need) {
    const why =
      uid === ROOT ? 'a server that takes root for nobody (root_squash)' : 'an access list, or the file server,';
    return `though its mode lets ${user} ${wanted}, it is refused: ${why} does so`;
  }
  if (uid === rights.uid) return `${user} may not ${wanted} there: chmod u+${letters} ${path}`;
  const isShared = ((rights.mode >> 3) & need) === need;
  if (groups.includes(rights.gid)) {
    const set = wanted === 'write' ? 'rwxs' : letters;
    return `its group may not ${wanted} there: have ${owner} or root do 'chmod g+${set} ${path}'`;
  }
  if (isShared && names.isMember(uid, rights.gid)) {
    return `${user} was put into group ${group} after this session began: log in again, or 'newgrp ${group}'`;
  }
  if (isShared) {
    return `${user} is not in group ${group}: have root do 'usermod -aG ${group} ${user}', then log in again, or 'newgrp ${group}'`;
  }
  return `others may not ${wanted} there: to share it with a group that ${user} is in, have ${owner} or root do 'chgrp GROUP ${path}' and 'chmod g+${wanted === 'write' ? 'rwxs' : letters} ${path}'`;
}
