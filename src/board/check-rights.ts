/**
 * What is wrong with the rights on a board, told to a person, and mended with `fix`. The board's own folder says what is wanted,
 * and is itself never changed but where the folders in it agree on something else.
 */
import { readdirSync } from 'node:fs';
import { ALL_FOLDERS, FOLDERS } from '../model/name.ts';
import { modeText, ownerText, type Rights } from '../model/rights.ts';
import { type Judgement, judge, judgeRoot, type Mend, type RightsFault, type Thing } from '../model/rights-faults.ts';
import { count } from '../model/text.ts';
import type { Board } from './board.ts';
import { faultKind, isGone } from './errors.ts';
import type { Finding } from './finding.ts';
import { lookAtRights, type RightsDoor, setRights, systemDoor } from './rights-door.ts';
import { isHidden } from './scan.ts';

/** Faults of one kind in one folder of the board: told together. */
interface Tally {
  readonly folder: string;
  readonly fault: RightsFault;
  readonly thing: Thing;
  /** Those that stand, and those that were mended. */
  left: number;
  fixed: number;
  first: string;
  /** Owners of what this account may not mend. */
  readonly owners: Set<number>;
}

export function checkRights(board: Board, fix: boolean, door: RightsDoor = systemDoor()): Finding[] {
  const root = door.look(board.root);
  if (root === undefined) return [];
  const judgement = judgeRoot(
    root,
    ALL_FOLDERS.flatMap((folder) => door.look(board.path(folder)) ?? []),
  );
  const tallies = new Tallies(board, judgement, fix, door);
  const found = rootFindings(board, root, judgement, fix, door);
  for (const entry of readdirSync(board.root, { withFileTypes: true })) {
    if (isHidden(entry.name)) continue;
    if (entry.isDirectory()) tallies.folder(entry.name);
    else if (entry.isFile()) tallies.take(entry.name, 'file');
  }
  return [...found, ...tallies.findings()];
}

function rootFindings(board: Board, root: Rights, judgement: Judgement, fix: boolean, door: RightsDoor): Finding[] {
  const { names } = door;
  return judgement.faults.map((fault): Finding => {
    const say = (message: string, fixed = false): Finding => ({ severity: 'fault', where: '', message, fixed });
    if (fault.kind === 'open') {
      const why = 'left alone, for who uses it is not known';
      return say(`every account of this host may change the board (${modeText(root.mode)}): 'chmod o-w'; ${why}`);
    }
    if (fault.kind === 'half') {
      const what = `its group ${names.group(root.gid)} may write there, and what is made there is its maker's group's`;
      return say(
        `${what}: 'chmod g+s' makes it a group's board, 'chmod g-w' its owner's; left alone, for that is to be chosen`,
      );
    }
    const group = names.group(fault.gid);
    const what = `${ownerText(root, names)}, and its folders are group ${group}'s`;
    const mended = fix && couldMend(board.root, fault.mend);
    const how = `'chgrp ${group}' and 'chmod g+rwxs'`;
    if (!fix) return say(`${what}: 'slate check --fix' does ${how}`);
    return mended ? say(`${what}: ${how}`, true) : say(`${what}: have ${names.user(root.uid)} or root do ${how}`);
  });
}

function couldMend(path: string, mend: Mend): boolean {
  try {
    setRights(path, mend);
    return true;
  } catch (error) {
    if (!isGone(error) && faultKind(error) !== 'denied') throw error;
    return isGone(error);
  }
}

class Tallies {
  readonly #board: Board;
  readonly #judgement: Judgement;
  readonly #fix: boolean;
  readonly #door: RightsDoor;
  readonly #tallies = new Map<string, Tally>();
  readonly #unread = new Map<string, string>();

  constructor(board: Board, judgement: Judgement, fix: boolean, door: RightsDoor) {
    this.#board = board;
    this.#judgement = judgement;
    this.#fix = fix;
    this.#door = door;
  }

  /** A folder and all in it. Mended first, so that it can be read. */
  folder(relative: string): void {
    this.take(relative, this.#isSteps(relative) ? 'private' : 'folder');
    for (const entry of this.#entries(relative)) {
      // What begins with a dot is nobody's, but for what a step has published.
      if (isHidden(entry.name) && !isIn(relative, FOLDERS.products)) continue;
      const child = `${relative}/${entry.name}`;
      if (entry.isDirectory()) this.folder(child);
      else if (entry.isFile()) this.take(child, this.#thingOf(relative));
    }
  }

  /** What a step makes in its working folder is its own business; the folder itself is ours. */
  #isSteps(relative: string): boolean {
    return isIn(relative, FOLDERS.scratch) && relative.split('/').length > 2;
  }

  #thingOf(folder: string): Thing {
    if (isIn(folder, FOLDERS.products)) return 'product';
    if (isIn(folder, FOLDERS.logs) || isIn(folder, FOLDERS.journal)) return 'log';
    return folder.startsWith(`${FOLDERS.scratch}/`) ? 'private' : 'file';
  }

  #entries(relative: string): ReturnType<typeof readFolder> {
    try {
      return readFolder(this.#board.path(relative));
    } catch (error) {
      if (faultKind(error) === 'denied') this.#unread.set(relative.split('/')[0] ?? '', relative);
      else if (!isGone(error)) throw error;
      return [];
    }
  }

  take(relative: string, thing: Thing): void {
    const path = this.#board.path(relative);
    const rights = lookAtRights(path);
    if (rights === undefined) return;
    const { faults, mend } = judge(thing, rights, this.#judgement.wish);
    if (faults.length === 0) return;
    const canMend = Object.keys(mend).length > 0;
    const fixed = this.#fix && canMend && couldMend(path, mend);
    const { uid } = this.#door.account;
    for (const fault of faults) {
      const tally = this.#tally(relative, fault, thing);
      if (fixed && fault !== 'owner') tally.fixed++;
      else {
        tally.left++;
        if (tally.first === '' || tally.left === 1) tally.first = relative;
        if (uid !== 0 && uid !== rights.uid) tally.owners.add(rights.uid);
      }
      if (tally.first === '') tally.first = relative;
    }
  }

  #tally(relative: string, fault: RightsFault, thing: Thing): Tally {
    const folder = relative.includes('/') ? (relative.split('/')[0] ?? '') : relative;
    const key = `${folder} ${fault} ${thing}`;
    const known = this.#tallies.get(key);
    if (known !== undefined) return known;
    const tally: Tally = { folder, fault, thing, left: 0, fixed: 0, first: '', owners: new Set() };
    this.#tallies.set(key, tally);
    return tally;
  }

  findings(): Finding[] {
    const told = [...this.#tallies.values()].flatMap((tally) => this.#tell(tally));
    for (const [where, first] of this.#unread)
      told.push({ severity: 'note', where, message: `${first} can't be looked into by this account`, fixed: false });
    return told;
  }

  #tell(tally: Tally): Finding[] {
    const { folder: where, fixed, left, owners, fault } = tally;
    const say = (message: string, isFixed: boolean): Finding => ({ severity: 'fault', where, message, fixed: isFixed });
    const mended = fixed > 0 ? [say(this.#what(tally, fixed), true)] : [];
    if (left === 0) return mended;
    const what = this.#what(tally, left);
    const { wish } = this.#judgement;
    const { names } = this.#door;
    if (fault === 'owner')
      return [...mended, say(`${what}: have root do 'chown -R ${names.user(wish.uid)}'; owners are left alone`, false)];
    const theirs = [...owners].map((uid) => names.user(uid)).join(', ');
    if (this.#fix || owners.size > 0)
      return [
        ...mended,
        say(
          `${what}: only ${theirs === 'root' ? 'root' : `${theirs === '' ? 'its owner' : theirs} or root`} can mend that, by 'slate check --fix'`,
          false,
        ),
      ];
    return [...mended, say(`${what}: 'slate check --fix' does '${this.#how(tally)}'`, false)];
  }

  #what({ fault, thing, first }: Tally, number: number): string {
    const { wish } = this.#judgement;
    const { names } = this.#door;
    const group = wish.gid === undefined ? '' : names.group(wish.gid);
    const them = thing === 'folder' ? count(number, 'folder') : count(number, 'file');
    const one = number === 1;
    const which = number === 1 ? first : `first ${first}`;
    const verb = one ? 'is' : 'are';
    const words: Readonly<Record<RightsFault, string>> = {
      group: `${verb} of another group than ${group}`,
      setgid: `${one ? 'has' : 'have'} no setgid bit: what is made there is its maker's group's`,
      closed: `can't be ${thing === 'product' ? 'read' : thing === 'folder' ? 'written to' : 'read and written'} by group ${group}`,
      sticky: `${verb} sticky: nobody may rename what another account has made`,
      open: 'can be changed by every account of this host',
      owner: `${verb} another user's, and ${names.user(wish.uid)}, whose board this is, can't use ${one ? 'it' : 'them'}`,
    };
    return `${them} ${words[fault]} (${which})`;
  }

  #how({ fault, thing }: Tally): string {
    const { wish } = this.#judgement;
    const letters = thing === 'folder' ? 'rwxs' : thing === 'product' ? 'r' : 'rw';
    const group = wish.gid === undefined ? '' : this.#door.names.group(wish.gid);
    const how: Readonly<Record<RightsFault, string>> = {
      group: `chgrp ${group}`,
      setgid: 'chmod g+s',
      closed: `chmod g+${letters}`,
      sticky: 'chmod -t',
      open: 'chmod o-w',
      owner: '',
    };
    return how[fault];
  }
}

function readFolder(path: string) {
  return readdirSync(path, { withFileTypes: true });
}

function isIn(relative: string, folder: string): boolean {
  return relative === folder || relative.startsWith(`${folder}/`);
}
