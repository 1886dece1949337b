import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isGroups, type Rights } from '../../src/model/rights.ts';
import { judge, judgeRoot, type Mend, type RightsFault, type Thing, type Wish } from '../../src/model/rights-faults.ts';

const [ALICE, BOB, PIPELINE, STAFF] = [1000, 1001, 500, 50];
const GROUPS: Wish = { uid: ALICE, gid: PIPELINE, isOpen: false };
const OWN: Wish = { uid: ALICE, gid: undefined, isOpen: false };
const rights = (mode: number, gid = PIPELINE, uid = ALICE): Rights => ({ uid, gid, mode });

describe('judge', () => {
  it.each<[string, Thing, Rights, Wish, RightsFault[], Mend]>([
    ['a folder as it is to be', 'folder', rights(0o2775), GROUPS, [], {}],
    ['of another account', 'folder', rights(0o2770, PIPELINE, BOB), GROUPS, [], {}],
    ['without setgid', 'folder', rights(0o775), GROUPS, ['setgid'], { mode: 0o2775 }],
    ['closed', 'folder', rights(0o2755), GROUPS, ['closed'], { mode: 0o2775 }],
    ['of another group', 'folder', rights(0o2775, STAFF), GROUPS, ['group'], { gid: PIPELINE, mode: 0o2775 }],
    ['sticky', 'folder', rights(0o3775), GROUPS, ['sticky'], { mode: 0o2775 }],
    ['open', 'folder', rights(0o2777), GROUPS, ['open'], { mode: 0o2775 }],
    [
      'all of it',
      'folder',
      rights(0o1707, STAFF),
      GROUPS,
      ['group', 'setgid', 'closed', 'sticky', 'open'],
      { gid: PIPELINE, mode: 0o2775 },
    ],
    ['a file as it is to be', 'file', rights(0o660), GROUPS, [], {}],
    ['a file that others may read', 'file', rights(0o664), GROUPS, [], {}],
    ['a file that only its owner may write', 'file', rights(0o644), GROUPS, ['closed'], { mode: 0o664 }],
    ['a log likewise', 'log', rights(0o600), GROUPS, ['closed'], { mode: 0o660 }],
    ['a program keeps that it is one', 'file', rights(0o755), GROUPS, ['closed'], { mode: 0o775 }],
    ['a product is read', 'product', rights(0o444), GROUPS, [], {}],
    ['a product that can not be', 'product', rights(0o600), GROUPS, ['closed'], { mode: 0o640 }],
    ['what a step keeps for itself', 'private', rights(0o600, STAFF), GROUPS, [], {}],
    ['but not for all', 'private', rights(0o666, STAFF), GROUPS, ['open'], { mode: 0o664 }],
    ['on an open board', 'folder', rights(0o2777), { ...GROUPS, isOpen: true }, [], {}],
    ['a board of one user', 'folder', rights(0o755), OWN, [], {}],
    ['his files', 'file', rights(0o600), OWN, [], {}],
    ['open to all', 'file', rights(0o666), OWN, ['open'], { mode: 0o664 }],
    ['made by another', 'file', rights(0o644, STAFF, BOB), OWN, ['owner'], {}],
    ['a log of another can be read', 'log', rights(0o644, STAFF, BOB), OWN, [], {}],
    ['or not', 'log', rights(0o600, STAFF, BOB), OWN, ['owner'], {}],
    ['a folder of another', 'folder', rights(0o755, STAFF, BOB), OWN, ['owner'], {}],
    ['of another, where root has the board', 'file', rights(0o600, STAFF, BOB), { ...OWN, uid: 0 }, [], {}],
  ])('%s', (_, thing, of, wish, faults, mend) => expect(judge(thing, of, wish)).toEqual({ faults, mend }));

  it('is mended by what it says, whatever was wrong, and takes nothing from the owner or the group', () => {
    const things = fc.constantFrom<Thing>('folder', 'file', 'log', 'product', 'private');
    const some = fc.record({ mode: fc.integer({ min: 0, max: 0o7777 }), gid: fc.constantFrom(PIPELINE, STAFF) });
    fc.assert(
      fc.property(things, some, fc.constantFrom(GROUPS, OWN), (thing, { mode, gid }, wish) => {
        const before = rights(mode, gid);
        const { mend } = judge(thing, before, wish);
        const after = { ...before, ...mend };
        expect(judge(thing, after, wish)).toEqual({ faults: [], mend: {} });
        expect(after.mode & before.mode & 0o770).toBe(before.mode & 0o770);
        expect(after.mode & ~before.mode & 0o007).toBe(0);
      }),
    );
  });
});

describe('judgeRoot', () => {
  const nine = (mode: number, gid = PIPELINE): Rights[] => Array.from({ length: 9 }, () => rights(mode, gid));

  it('takes the folder at its word', () => {
    expect(judgeRoot(rights(0o2775), nine(0o755, STAFF))).toEqual({ wish: GROUPS, faults: [] });
    expect(judgeRoot(rights(0o755), nine(0o755))).toEqual({ wish: OWN, faults: [] });
    // A group's of another number than its folders': that is how a board is given to another group.
    expect(judgeRoot(rights(0o2775, STAFF), nine(0o2775)).wish.gid).toBe(STAFF);
  });

  it.each([
    [rights(0o775), { mode: 0o2775 }],
    [rights(0o700), { mode: 0o2770 }],
    [rights(0o2755), { mode: 0o2775 }],
    [rights(0o755, STAFF), { gid: PIPELINE, mode: 0o2775 }],
  ])('believes most of its folders where it was changed: %o', (root, mend) => {
    const { wish, faults } = judgeRoot(root, [...nine(0o2775), ...nine(0o755).slice(0, 8)]);
    expect([wish.gid, faults]).toEqual([PIPELINE, [{ kind: 'fallen', gid: PIPELINE, mend }]]);
    expect(isGroups({ ...root, ...mend })).toBe(true);
  });

  it('does not believe the half of them', () => {
    expect(judgeRoot(rights(0o755), [...nine(0o2775), ...nine(0o755)])).toEqual({ wish: OWN, faults: [] });
  });

  it('tells of a board that is half shared, if anybody shares it', () => {
    // umask 002 with a group of one's own is how many systems begin.
    expect(judgeRoot(rights(0o775), nine(0o775)).faults).toEqual([]);
    expect(judgeRoot(rights(0o775), [...nine(0o775), rights(0o775, STAFF, BOB)]).faults).toEqual([{ kind: 'half' }]);
  });

  it('tells of one that is open, and does not mend what lies in it', () => {
    expect(judgeRoot(rights(0o2777), nine(0o2777))).toEqual({
      wish: { ...GROUPS, isOpen: true },
      faults: [{ kind: 'open' }],
    });
  });
});
