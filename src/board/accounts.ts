/** Users and groups of this host: who this process is, and what numbers are called. Asked for messages, never on the way of an entry. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { userInfo } from 'node:os';
import type { Account, Names } from '../model/rights.ts';
import { isSystemError } from './errors.ts';

/** This process. Where the system knows no users (Windows), everything is root's. */
export function ownAccount(): Account {
  const uid = process.geteuid?.() ?? 0;
  const gid = process.getegid?.() ?? 0;
  return { uid, groups: [...new Set([gid, ...(process.getgroups?.() ?? [])])] };
}

/** The user's name; one that the host has no name for (a container's) is called by its number. */
export function ownUserName(): string {
  try {
    return userInfo().username;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return `uid${process.geteuid?.() ?? ''}`;
  }
}

interface Line {
  readonly name: string;
  readonly id: number;
  readonly more: readonly string[];
}

/** `name:x:id:…` of `/etc/passwd`, `/etc/group` and `getent`. */
function parseLine(text: string): Line | undefined {
  const [name = '', , id = '', ...more] = text.split(':');
  return name === '' || !/^\d{1,10}$/.test(id) ? undefined : { name, id: Number(id), more };
}

type Table = 'passwd' | 'group';
const MOST_WAIT_MS = 5_000;

/** The line of a name or number: from the file, else from what else the host asks (LDAP and the like). */
function lookUp(table: Table, wanted: string): Line | undefined {
  const fits = (line: Line | undefined): line is Line => line?.name === wanted || String(line?.id) === wanted;
  const inFile = linesOf(readTable(table)).find(fits);
  return inFile ?? linesOf(getent(table, wanted)).find(fits);
}

function linesOf(text: string): Line[] {
  return text.split('\n').flatMap((line) => parseLine(line) ?? []);
}

function readTable(table: Table): string {
  try {
    return fs.readFileSync(`/etc/${table}`, 'utf8');
  } catch (error) {
    // There is none on this system.
    if (!isSystemError(error)) throw error;
    return '';
  }
}

function getent(table: Table, wanted: string): string {
  try {
    return execFileSync('getent', [table, '--', wanted], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: MOST_WAIT_MS,
    });
  } catch (error) {
    // No such program, no such name, or a directory server that does not answer: then it is called by its number.
    if (!(error instanceof Error)) throw error;
    return '';
  }
}

/** The number of a group that is named, or given by its number. Undefined: there is none. */
export function groupId(group: string): number | undefined {
  const found = lookUp('group', group)?.id;
  if (found !== undefined) return found;
  return /^\d{1,10}$/.test(group) ? Number(group) : undefined;
}

/** Names, each asked for once. */
export function systemNames(): Names {
  const users = new Map<number, string>();
  const groups = new Map<number, string>();
  const nameOf = (known: Map<number, string>, table: Table, id: number): string => {
    const name = known.get(id) ?? lookUp(table, String(id))?.name ?? String(id);
    known.set(id, name);
    return name;
  };
  const user = (uid: number): string => nameOf(users, 'passwd', uid);
  return {
    user,
    group: (gid) => nameOf(groups, 'group', gid),
    isMember(uid, gid) {
      if (Number(lookUp('passwd', String(uid))?.more[0]) === gid) return true;
      const members = lookUp('group', String(gid))?.more[0] ?? '';
      return members.split(',').includes(user(uid));
    },
  };
}
