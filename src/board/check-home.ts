/**
 * What is wrong beside the boards of a home: who may change its definitions, whether the group of its boards can read them, and
 * what hosts and processes that are gone have reserved of a host. Paths are relative to the home.
 */
import { readdirSync } from 'node:fs';
import { hostname, uptime } from 'node:os';
import { hostField, parseReservation } from '../model/name.ts';
import { GROUP_LOOK, GROUP_READ, isGroups, modeText, WORLD_WRITE } from '../model/rights.ts';
import { count } from '../model/text.ts';
import { faultKind, isGone } from './errors.ts';
import type { Finding } from './finding.ts';
import { nodeFs } from './fs.ts';
import { exists, ownMark, startTicks } from './host.ts';
import { reservationsHere } from './reservations.ts';
import { type RightsDoor, systemDoor } from './rights-door.ts';

const BOARDS = 'blackboard';
const DEFINITIONS = ['pipelines', 'stages'] as const;
const RESERVED = `${BOARDS}/.hosts`;
/** Around the start of this host's kernel: clocks of disk and host may differ a little. */
const BOOT_MARGIN_MS = 600_000;
/** What nobody has touched for so long on another host is worth a look. */
const LONG_MS = 7 * 86_400_000;
/** The steps of a process that has died are killed when its pipe closes. */
const DEAD_MS = 60_000;

export function checkHome(home: string, fix: boolean, door: RightsDoor = systemDoor()): Finding[] {
  return [...checkDefinitions(home, door), ...checkReserved(home, fix)];
}

function finding(severity: Finding['severity'], where: string, message: string, fixed = false): Finding {
  return { severity, where, message, fixed };
}

/** Who may write a stage's file chooses what programs the stage processes run. */
function checkDefinitions(home: string, door: RightsDoor): Finding[] {
  const open = ['', ...DEFINITIONS, BOARDS].flatMap((folder) => {
    const rights = door.look(folder === '' ? home : `${home}/${folder}`);
    if (rights === undefined || (rights.mode & WORLD_WRITE) === 0) return [];
    const what = folder === BOARDS ? 'make boards' : 'choose what programs run';
    return [
      finding('fault', folder, `every account of this host may ${what} here (${modeText(rights.mode)}): 'chmod o-w'`),
    ];
  });
  const boards = door.look(`${home}/${BOARDS}`);
  if (boards === undefined || !isGroups(boards)) return open;
  const group = door.names.group(boards.gid);
  const closed = DEFINITIONS.flatMap((folder) => {
    const isClosed = (path: string, bits: number): boolean => {
      const rights = door.look(path);
      if (rights === undefined) return false;
      const theirs = rights.gid === boards.gid ? rights.mode : rights.mode << 3;
      return (theirs & bits) !== bits;
    };
    const path = `${home}/${folder}`;
    if (isClosed(path, GROUP_LOOK))
      return [
        finding(
          'fault',
          folder,
          `group ${group}, whose boards these are, can't read it: 'chgrp ${group}' and 'chmod g+rx'`,
        ),
      ];
    const files = namesIn(path).filter((file) => /\.ya?ml$/.test(file) && isClosed(`${path}/${file}`, GROUP_READ));
    if (files.length === 0) return [];
    const what = `${count(files.length, 'file')} can't be read by group ${group}, whose boards these are (${files[0]})`;
    return [finding('fault', folder, `${what}: 'chgrp ${group}' and 'chmod g+r'`)];
  });
  return [...open, ...closed];
}

/** What steps have reserved of their hosts. */
function checkReserved(home: string, fix: boolean): Finding[] {
  const host = hostField(hostname());
  const here = reservationsHere(host).split('/').at(-1) ?? '';
  const bootMs = Date.now() - uptime() * 1000;
  return namesIn(`${home}/${RESERVED}`).flatMap((folder) => {
    const path = `${home}/${RESERVED}/${folder}`;
    const where = `${RESERVED}/${folder}`;
    if (folder === here) return checkDead(path, where, fix);
    const newest = newestMs(path);
    if (newest === undefined) return [];
    const isThisHost = folder.slice(0, folder.lastIndexOf('.')) === host;
    if (isThisHost && newest < bootMs - BOOT_MARGIN_MS) {
      const fixed = fix && couldRemove(path);
      return [
        finding(
          'note',
          where,
          "is of an earlier start of this host, and nobody reads it: 'slate check --fix' removes it",
          fixed,
        ),
      ];
    }
    if (isThisHost || Date.now() - newest < LONG_MS) return [];
    return [
      finding(
        'note',
        where,
        'has not been touched for a week: if that host is gone, remove it; left alone, for only that host can tell',
      ),
    ];
  });
}

/** Reservations of processes of this host that have died: the next one that lacks room removes them. */
function checkDead(path: string, where: string, fix: boolean): Finding[] {
  const own = ownMark();
  const dead = namesIn(path).filter((file) => {
    const name = parseReservation(file);
    if (name === undefined || name.pid === own.pid) return false;
    const isAlive =
      exists(name.pid) && (name.startTicks === '' || [name.startTicks, ''].includes(startTicks(name.pid)));
    const made = newestMs(`${path}/${file}`);
    return !isAlive && made !== undefined && Date.now() - made > DEAD_MS;
  });
  if (dead.length === 0) return [];
  const fixed = fix && dead.map((file) => couldRemove(`${path}/${file}`)).every(Boolean);
  const what = `${count(dead.length, 'reservation')} of dead processes (${dead[0]})`;
  return [
    finding(
      'note',
      where,
      `${what}: the next stage process that lacks room removes them, and so does 'slate check --fix'`,
      fixed,
    ),
  ];
}

/** Of a folder and what is in it, or of a file. */
function newestMs(path: string): number | undefined {
  try {
    const own = nodeFs.identify(path).mtimeMs;
    const inner = nodeFs.isFolder(path)
      ? nodeFs.names(path).map((name) => nodeFs.identify(`${path}/${name}`).mtimeMs)
      : [];
    return Math.max(own, ...inner);
  } catch (error) {
    if (!isGone(error) && faultKind(error) !== 'denied') throw error;
    return undefined;
  }
}

function couldRemove(path: string): boolean {
  try {
    nodeFs.removeTree(path);
    return true;
  } catch (error) {
    if (faultKind(error) !== 'denied' && faultKind(error) !== 'exists') throw error;
    return false;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (!isGone(error) && faultKind(error) !== 'denied') throw error;
    return [];
  }
}
