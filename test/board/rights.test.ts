/** Asked before anything is changed: who may do what, by a door that says what the system would. */
import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Board, listBoards } from '../../src/board/board.ts';
import { RightsError } from '../../src/board/errors.ts';
import { requireRights, worldWritable } from '../../src/board/rights.ts';
import { type RightsDoor, systemDoor } from '../../src/board/rights-door.ts';
import { type Account, bitsFor, type Names, type Rights } from '../../src/model/rights.ts';
import { WORK_FOLDERS, type Work } from '../../src/model/rights-wanted.ts';
import { systemError } from '../helpers/faulty-fs.ts';
import { Bench, hookedFs } from './bench.ts';

const names: Names = {
  user: (uid) => `user${uid}`,
  group: (gid) => `group${gid}`,
  isMember: () => false,
};
const GROUPS: Rights = { uid: 1, gid: 50, mode: 0o2775 };
const MEMBER: Account = { uid: 2, groups: [2, 50] };
const STRANGER: Account = { uid: 3, groups: [3] };

/** A world in which everything that exists has these rights, but for some paths. */
function doorOf(account: Account, others: Readonly<Record<string, Partial<Rights> | 'read-only' | 'gone'>> = {}) {
  const asked: string[] = [];
  const special = (path: string) => Object.entries(others).find(([end]) => path.endsWith(end))?.[1];
  const look = (path: string): Rights | undefined => {
    const own = special(path);
    if (own === 'gone' || !fs.existsSync(path)) return undefined;
    return typeof own === 'object' ? { ...GROUPS, ...own } : GROUPS;
  };
  const door: RightsDoor = {
    account,
    names,
    look,
    access(path) {
      asked.push(path);
      if (special(path) === 'read-only') return 'read-only';
      const rights = look(path);
      if (rights === undefined) return 'gone';
      return bitsFor(account, rights) === 7 ? 'allowed' : 'denied';
    },
  };
  return { door, asked };
}

describe('requireRights', () => {
  const works = Object.keys(WORK_FOLDERS) as Work[];

  test.each(works)('%s: a member of the group may', (work) => {
    const { board } = new Bench();
    const { door, asked } = doorOf(MEMBER);
    requireRights(board, work, [], door);
    for (const folder of WORK_FOLDERS[work]) expect(asked).toContain(folder === '.' ? board.root : board.path(folder));
  });

  test.each(works)('%s: a stranger may not, and is told whose it is and what to do', (work) => {
    const { board } = new Bench();
    const { door } = doorOf(STRANGER);
    const act = (): void => requireRights(board, work, [], door);
    expect(act).toThrow(RightsError);
    expect(act).toThrow(
      /^board b can't be changed by user3, and nothing was done: .*\/blackboard\/b.* is user1's \(group group50, rwxrwsr-x\), and user3 is not in group group50: have root do 'usermod -aG group50 user3'/,
    );
  });

  test.each([
    ['/b/ids', 'post', 'ids'],
    ['/b/failed', 'change', 'failed'],
    ['/b/products', 'run', 'products'],
    ['/b/processes', 'order', 'processes'],
    ['/b', 'limit', 'b'],
    ['/b/removed', 'mend', 'removed'],
  ] as const)('one folder is enough: %s', (end, work, named) => {
    const { board } = new Bench();
    const { door } = doorOf(MEMBER, { [end]: { mode: 0o2755 } });
    expect(() => requireRights(board, work, [], door)).toThrow(
      new RegExp(
        `/${named} is user1's .*rwxr-sr-x.*its group may not write there: have user1 or root do 'chmod g\\+rwxs`,
      ),
    );
  });

  test('what the work does not write to may be closed', () => {
    const { board } = new Bench();
    const { door } = doorOf(MEMBER, { '/b/products': { mode: 0o755 }, '/b/ids': { mode: 0o755 } });
    requireRights(board, 'order', [], door);
  });

  test('today’s folders count, others do not', () => {
    const { board } = new Bench();
    const today = new Date().toISOString().slice(0, 10);
    fs.mkdirSync(board.path('done/2001-01-01'));
    fs.mkdirSync(board.path(`done/${today}`));
    requireRights(board, 'change', [], doorOf(MEMBER, { '/2001-01-01': { mode: 0o755 } }).door);
    const { door } = doorOf(MEMBER, { [`/done/${today}`]: { mode: 0o755 } });
    expect(() => requireRights(board, 'change', [], door)).toThrow(`/done/${today} is user1's`);
  });

  test('what is not there is made in the folder above it', () => {
    const { board } = new Bench();
    requireRights(board, 'wish', [], doorOf(MEMBER).door);
    const { door } = doorOf(MEMBER, { '/blackboard/b': { mode: 0o755 } });
    expect(() => requireRights(board, 'wish', [], door)).toThrow(/blackboard\/b is user1's/);
    requireRights(board, 'order', [], door);
    // What steps reserve stands beside the boards.
    const beside = doorOf(MEMBER, { '/blackboard': { mode: 0o755 } }).door;
    expect(() => requireRights(board, 'run', ['../.hosts', '../.hosts/h.1'], beside)).toThrow(/blackboard is user1's/);
    requireRights(board, 'run', [], beside);
  });

  test('a disk that is mounted read-only', () => {
    const { board } = new Bench();
    const { door } = doorOf(MEMBER, { '/b/tmp': 'read-only' });
    expect(() => requireRights(board, 'post', [], door)).toThrow(
      /b\/tmp is on a file system that is mounted read-only/,
    );
  });

  test('a board that is gone is no matter of rights', () => {
    const { board } = new Bench();
    fs.rmSync(board.root, { recursive: true });
    requireRights(board, 'run');
  });

  test('by the system: who has made the board may do all of it', () => {
    const { board } = new Bench();
    for (const work of works) requireRights(board, work);
    expect(systemDoor().account.uid).toBe(process.geteuid?.());
  });
});

describe('a board that is closed to this account', () => {
  test('hides no other, and says why when it is opened', () => {
    const bench = new Bench();
    fs.mkdirSync(`${bench.home}/blackboard/c`);
    const closed = hookedFs((op, path) => {
      if ((op === 'names' || op === 'read') && path.includes('/blackboard/c')) throw systemError('EACCES', path);
    });
    expect(listBoards(bench.home, closed)).toEqual(['b']);
    expect(() => Board.open(bench.home, 'c', { fs: closed })).toThrow(/blackboard\/c\/board.yaml.*not permitted/);
  });
});

describe('worldWritable', () => {
  test('warns, with what to do', () => {
    const { board } = new Bench();
    expect(worldWritable(board, doorOf(MEMBER).door)).toBeUndefined();
    const { door } = doorOf(MEMBER, { '/blackboard/b': { mode: 0o2777 } });
    expect(worldWritable(board, door)).toMatch(
      /^board b: .* \(group group50, rwxrwsrwx\): every account of this host may change it.*chmod o-w .*slate check b --fix/,
    );
  });
});
