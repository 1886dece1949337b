import { describe, expect, it } from 'vitest';
import {
  type Account,
  bitsFor,
  isGroups,
  modeText,
  type Names,
  type Refused,
  type Rights,
  refusalText,
} from '../../src/model/rights.ts';

const ALICE = 1000;
const BOB = 1001;
const PIPELINE = 500;
const STAFF = 50;

const names: Names = {
  user: (uid) => ({ 0: 'root', [ALICE]: 'alice', [BOB]: 'bob' })[uid] ?? String(uid),
  group: (gid) => ({ [PIPELINE]: 'pipeline', [STAFF]: 'staff' })[gid] ?? String(gid),
  isMember: (uid, gid) => uid === BOB && gid === STAFF,
};
const bob = (...groups: number[]): Account => ({ uid: BOB, groups });
const rights = (mode: number, uid = ALICE, gid = PIPELINE): Rights => ({ uid, gid, mode });

describe('modes', () => {
  it.each([
    [0o755, 'rwxr-xr-x'],
    [0o2775, 'rwxrwsr-x'],
    [0o2770, 'rwxrws---'],
    [0o2765, 'rwxrwSr-x'],
    [0o1777, 'rwxrwxrwt'],
    [0o1776, 'rwxrwxrwT'],
    [0o4711, 'rws--x--x'],
    [0, '---------'],
  ])('%o is written as ls does', (mode, text) => expect(modeText(mode)).toBe(text));

  it.each([
    [0o2775, true],
    [0o2770, true],
    [0o775, false],
    [0o2755, false],
    [0o2765, false],
  ])('%o makes a folder a group’s: %s', (mode, is) => expect(isGroups(rights(mode))).toBe(is));

  // The first of owner, group, others that fits counts, even where a later one would allow more.
  it.each<[string, Account, Rights, number]>([
    ['the owner', { uid: ALICE, groups: [] }, rights(0o075), 0],
    ['a member', bob(PIPELINE), rights(0o705), 0],
    ['another', bob(STAFF), rights(0o770), 0],
    ['another, where others may', bob(STAFF), rights(0o775), 5],
    ['a member, where members may', bob(STAFF, PIPELINE), rights(0o070), 7],
    ['root', { uid: 0, groups: [0] }, rights(0), 7],
  ])('%s', (_, account, of, bits) => expect(bitsFor(account, of)).toBe(bits));
});

describe('refusalText', () => {
  const refused = (mode: number, more: Partial<Refused> = {}): Refused => {
    return { path: '/h/blackboard/b', rights: rights(mode), wanted: 'write', isReadOnlyDisk: false, ...more };
  };

  it.each<[string, Refused, Account, string]>([
    [
      'who is not in the group',
      refused(0o2775),
      bob(STAFF),
      "/h/blackboard/b is alice's (group pipeline, rwxrwsr-x), and bob is not in group pipeline: have root do 'usermod -aG pipeline bob', then log in again, or 'newgrp pipeline'",
    ],
    [
      'who was put into it since',
      refused(0o2775, { rights: rights(0o2775, ALICE, STAFF) }),
      bob(),
      "/h/blackboard/b is alice's (group staff, rwxrwsr-x), and bob was put into group staff after this session began: log in again, or 'newgrp staff'",
    ],
    [
      'a member where the group may not',
      refused(0o755),
      bob(PIPELINE),
      "/h/blackboard/b is alice's (group pipeline, rwxr-xr-x), and its group may not write there: have alice or root do 'chmod g+rwxs /h/blackboard/b'",
    ],
    [
      'a stranger where nobody else may',
      refused(0o755),
      bob(),
      "/h/blackboard/b is alice's (group pipeline, rwxr-xr-x), and others may not write there: to share it with a group that bob is in, have alice or root do 'chgrp GROUP /h/blackboard/b' and 'chmod g+rwxs /h/blackboard/b'",
    ],
    [
      'the owner',
      refused(0o555, { rights: rights(0o555, BOB) }),
      bob(),
      "/h/blackboard/b is bob's (group pipeline, r-xr-xr-x), and bob may not write there: chmod u+rwx /h/blackboard/b",
    ],
    [
      'what the mode allows',
      refused(0o777),
      bob(),
      "/h/blackboard/b is alice's (group pipeline, rwxrwxrwx), and though its mode lets bob write, it is refused: an access list, or the file server, does so",
    ],
    [
      'root',
      refused(0o700),
      { uid: 0, groups: [0] },
      "/h/blackboard/b is alice's (group pipeline, rwx------), and though its mode lets root write, it is refused: a server that takes root for nobody (root_squash) does so",
    ],
    [
      'a read-only disk',
      refused(0o755, { isReadOnlyDisk: true }),
      bob(),
      '/h/blackboard/b is on a file system that is mounted read-only: mount it read-write',
    ],
    [
      'to read',
      refused(0o2770, { wanted: 'read' }),
      bob(STAFF),
      "/h/blackboard/b is alice's (group pipeline, rwxrws---), and bob is not in group pipeline: have root do 'usermod -aG pipeline bob', then log in again, or 'newgrp pipeline'",
    ],
    [
      'a member, to read',
      refused(0o700, { wanted: 'read' }),
      bob(PIPELINE),
      "/h/blackboard/b is alice's (group pipeline, rwx------), and its group may not read there: have alice or root do 'chmod g+rx /h/blackboard/b'",
    ],
  ])('%s', (_, what, account, text) => expect(refusalText(what, account, names)).toBe(text));
});
