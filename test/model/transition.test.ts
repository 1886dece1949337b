import { describe, expect, it } from 'vitest';
import { LETTERS, type Letter } from '../../src/model/letters.ts';
import { formatName, nameBytes, parseName } from '../../src/model/name.ts';
import {
  arrive,
  type Event,
  type EventType,
  initialLetters,
  replaceLetter,
  servesNothing,
  settle,
  transition,
} from '../../src/model/transition.ts';
import { chain, entry, HST, moved, rulesFrom, said } from './rules.ts';

const EVENTS: Readonly<Record<EventType, Event>> = {
  claim: { type: 'claim', column: 1, process: 'zzzz' },
  complete: { type: 'complete', column: 1, products: false },
  publish: { type: 'publish', column: 1 },
  fail: { type: 'fail', column: 1, cause: 'x2' },
  retry: { type: 'retry', column: 1, cause: 'x75' },
  back: { type: 'back', column: 1, to: 0 },
  skip: { type: 'skip', column: 1 },
  hold: { type: 'hold', column: 1, cause: 'o' },
  release: { type: 'release', column: 1 },
  repipe: { type: 'repipe', column: 1 },
  set: { type: 'set', column: 1, letter: 's' },
  gathered: { type: 'gathered', column: 1 },
  lost: { type: 'lost', column: 1 },
  giveBack: { type: 'giveBack', column: 1 },
  adopt: { type: 'adopt', column: 1, process: 'b00k' },
};

/** Why a cell refuses: the two-character words of the table below. */
const WHY: Readonly<Record<string, string>> = {
  NR: 'it is not reached yet',
  BD: 'it is being done already',
  EN: 'it is ending',
  CO: 'it is complete',
  SK: 'it is skipped',
  FP: 'it failed and waits for a person',
  HE: 'it is held',
  SG: 'it is still gathering',
  NP: 'no stage process is doing it',
  SU: 'its step has succeeded',
  SA: 'its step has succeeded already',
  CA: 'it is complete already',
  NE: 'it is not ending',
  NS: 'its step has not succeeded yet',
  FA: 'it has failed already',
  CR: 'it is complete; repipe it to run it again',
  KA: 'it is skipped already',
  GH: 'it is gathering: hold it first',
  PA: 'it failed and waits for a person already',
  HA: 'it is held already',
  NH: 'it is not held',
  FR: 'it is not held: repipe or skip it',
  NA: 'it is not reached yet, so there is nothing to run again',
  WA: 'it is waiting already',
  GA: 'it is gathering',
  NG: 'it is not gathering',
  CS: "it is complete ('c'), which can not become 's'",
  SS: "it is skipped ('s'), which can not become 's'",
  GS: "it is gathering ('g'), which can not become 's'",
  FF: 'it is ending and is finished forward first',
};

/**
 * Column 2 of three, in order; the first is complete, the third not reached; a first try; 3 retries; a `p` and an `e`
 * have their claim. What its letter becomes, or why not. Written by hand from the design, not taken from the code.
 */
const TABLE = `
      claim complete publish fail retry skip hold release repipe set gathered lost giveBack back adopt
  _   NR    NP       NE      NP   NP    s    h    NH      NA     s   NG       NP   NP   NP    NP
  w   p     NP       NE      NP   NP    s    h    NH      WA     s   NG       NP   NP   NP    NP
  1   p     NP       NE      NP   NP    s    h    NH      w      s   NG       NP   NP   NP    NP
  2   p     NP       NE      NP   NP    s    h    NH      w      s   NG       NP   NP   NP    NP
  3   p     NP       NE      NP   NP    s    h    NH      w      s   NG       NP   NP   NP    NP
  4   p     NP       NE      NP   NP    s    h    NH      w      s   NG       NP   NP   NP    NP
  5   p     NP       NE      NP   NP    s    h    NH      w      s   NG       NP   NP   NP    NP
  6   p     NP       NE      NP   NP    s    h    NH      w      s   NG       NP   NP   NP    NP
  7   p     NP       NE      NP   NP    s    h    NH      w      s   NG       NP   NP   NP    NP
  8   p     NP       NE      NP   NP    s    h    NH      w      s   NG       NP   NP   NP    NP
  9   p     NP       NE      NP   NP    s    h    NH      w      s   NG       NP   NP   NP    NP
  p   BD    c        NS      f    1     s    h    NH      w      s   NG       1    w   _    p
  e   EN    SA       c       SU   SU    FF   FF   NH      FF     FF  NG       FF   FF   SU    EN
  c   CO    CA       CA      NP   NP    CR   CO   NH      w      CS  NG       NP   NP   NP    NP
  s   SK    NP       NE      NP   NP    KA   SK   NH      w      SS  NG       NP   NP   NP    NP
  f   FP    NP       NE      FA   NP    s    PA   FR      w      s   NG       NP   NP   NP    NP
  h   HE    NP       NE      NP   NP    s    HA   w       w      s   NG       NP   NP   NP    NP
  g   SG    NP       NE      f    NP    GH   h    NH      GA     GS  w        NP   NP   NP    NP
`;

const [head = [], ...rows] = TABLE.trim()
  .split('\n')
  .map((line) => line.trim().split(/\s+/));
const CASES = rows.flatMap(([letter = '', ...cells]) =>
  cells.map((cell, at): [string, string, string] => [letter, head[at] ?? '', cell]),
);

describe('every letter × event', () => {
  it('stands in the table', () => {
    expect(rows.map(([letter]) => letter)).toEqual([...LETTERS]);
    expect([...head].sort()).toEqual(Object.keys(EVENTS).sort());
    expect(CASES).toHaveLength(18 * 15);
  });

  it.each(CASES)('%s × %s: %s', (letter, type, cell) => {
    const claim = letter === 'p' || letter === 'e' ? '@2-k3f1-5-1' : '';
    const name = entry(`c${letter}_${claim}`);
    const before = formatName(name);
    const result = transition(name, EVENTS[type as EventType], chain(3));
    expect(formatName(name)).toBe(before);
    if (cell.length === 1) {
      expect(result.ok ? result.name.letters[1] : result.why).toBe(cell);
      // A completed or skipped column opens the next in the same step.
      if (result.ok) expect(result.name.letters[2]).toBe(cell === 'c' || cell === 's' ? 'w' : '_');
    } else {
      expect(result).toEqual({
        ok: false,
        why: `stage 's2': ${WHY[cell]}`,
        ...(cell === 'FF' ? { finishFirst: 1 } : {}),
      });
    }
  });
});

/** What each letter may be set to as such, from the table of the letters in the design. */
const SETTABLE: Readonly<Record<Letter, string>> = {
  _: 'wsh',
  w: 'sh',
  1: 'wsh',
  2: 'wsh',
  3: 'wsh',
  4: 'wsh',
  5: 'wsh',
  6: 'wsh',
  7: 'wsh',
  8: 'wsh',
  9: 'wsh',
  p: 'wshc',
  e: '',
  c: '_w',
  s: '_w',
  f: '_wsc',
  h: '_ws',
  g: 'wh',
};

describe('set', () => {
  const cases = LETTERS.flatMap((letter) => (['_', 'w', 's', 'h', 'c'] as const).map((to) => [letter, to] as const));
  it.each(cases)('%s to %s', (letter, to) => {
    const claim = letter === 'p' || letter === 'e' ? '@2-k3f1-5-1' : '';
    // The first stage is not finished, so that a `_` stays one.
    const result = transition(entry(`w${letter}_${claim}`), { type: 'set', column: 1, letter: to }, chain(3));
    if (SETTABLE[letter].includes(to)) {
      expect(result.ok && formatName(result.name)).toBe(
        formatName(entry(`w${to}${to === 's' || to === 'c' ? 'w' : '_'}`)),
      );
    } else {
      expect(result.ok).toBe(false);
    }
  });
});

describe('a claim', () => {
  it('counts the epoch, and the try from the letter', () => {
    expect(moved('w__.000', { type: 'claim', column: 0, process: 'k3f1' }, chain(3))).toBe(
      'active: p__.001@1-k3f1-1-1',
    );
    expect(moved('c3_.999', { type: 'claim', column: 1, process: 'k3f1' }, chain(3))).toBe(
      'active: cp_.1000@2-k3f1-1000-4',
    );
    expect(moved('9.000', { type: 'claim', column: 0, process: 'k3f1' }, chain(1))).toBe('active: p.001@1-k3f1-1-10');
  });

  it('stands beside the claims of other branches, in column order', () => {
    expect(moved('ccwp_@4-bbbb-9-1', { type: 'claim', column: 2, process: 'aaaa' }, rulesFrom(HST))).toBe(
      'active: ccpp_.010@3-aaaa-10-1+4-bbbb-9-1',
    );
  });

  it('is refused before the parents are finished', () => {
    for (const letters of ['ww', 'pw@1-k3f1-9-1', 'fw', 'hw', 'gw', '1w', '_w']) {
      expect(moved(letters, { type: 'claim', column: 1, process: 'k3f1' }, chain(2))).toBe(
        "no: stage 's2': the stages before it are not finished",
      );
    }
    expect(
      moved('ccswcw', { type: 'claim', column: 5, process: 'k3f1' }, rulesFrom([[], [], [], [], [], [0, 3]])),
    ).toMatch(/^no:/);
  });

  it('replaces a claim of the same column that no longer stands', () => {
    // Also where the epoch was turned back by hand: the old claim must not stand again.
    expect(moved('w.003@1-aaaa-9-1', { type: 'claim', column: 0, process: 'bbbb' }, chain(1))).toBe(
      'active: p.004@1-bbbb-4-1',
    );
    expect(moved('w@1-aaaa-9-1', { type: 'claim', column: 0, process: 'bbbb' }, chain(1))).toBe(
      'active: p.010@1-bbbb-10-1',
    );
  });

  it('is refused for want of room in the name', () => {
    const dataset = 'd'.repeat(128);
    const rules = rulesFrom(Array.from({ length: 32 }, () => []));
    const name = (letters: string, tags: string): string =>
      `50.20261121T120000.${letters.padEnd(32, 'w')}.009.${'c'.repeat(16)}.${dataset}${tags}`;
    const claims = '@1-aaaa-6-1+2-aaaa-7-1+3-aaaa-8-1+4-aaaa-9-1';
    const parsed = parseName(name('pppp', claims));
    if (!parsed.ok) throw new Error(parsed.why);
    expect(nameBytes(parsed.name) + '+5-aaaa-10-1'.length).toBe(257);
    expect(transition(parsed.name, { type: 'claim', column: 4, process: 'aaaa' }, rules)).toEqual({
      ok: false,
      why: "stage 's5': its name has no room for another claim",
    });
    // A cause makes way for it.
    const cause = parseName(name('pppf', '@1-aaaa-6-1+2-aaaa-7-1+3-aaaa-8-1+4-x2aaaaaaaa'));
    if (!cause.ok) throw new Error(cause.why);
    const made = transition(cause.name, { type: 'claim', column: 4, process: 'aaaa' }, rules);
    expect(made.ok && formatName(made.name).split('@')[1]).toBe('1-aaaa-6-1+2-aaaa-7-1+3-aaaa-8-1+5-aaaa-10-1');
  });

  it('is refused where the epoch could not be read back', () => {
    expect(moved('w.999999998', { type: 'claim', column: 0, process: 'k3f1' }, chain(1))).toMatch(
      /^active: p\.999999999@/,
    );
    expect(moved('w.999999999', { type: 'claim', column: 0, process: 'k3f1' }, chain(1))).toBe(
      "no: stage 's1': its epoch can not be counted any further",
    );
  });

  it('is refused to what is no process id', () => {
    expect(moved('w', { type: 'claim', column: 0, process: 'K3-F' }, chain(1))).toBe(
      "no: stage 's1': 'K3-F' is no process id",
    );
  });
});

describe('completion', () => {
  const done = (column: number, set?: ReadonlyMap<number, '_' | 's' | 'h'>): Event => ({
    type: 'complete',
    column,
    products: false,
    set,
  });

  it.each([
    ['p__@1-aaaa-9-1', 0, chain(3), 'active: cw_.009'],
    ['cp_@2-aaaa-9-1', 1, chain(3), 'active: ccw.009'],
    ['ccp@3-aaaa-9-1', 2, chain(3), 'done: ccc.009'],
    ['cp___@2-aaaa-9-1', 1, rulesFrom(HST), 'active: ccww_.009'],
    ['ccpp_@3-aaaa-8-1+4-bbbb-9-1', 2, rulesFrom(HST), 'active: cccp_.009@4-bbbb-9-1'],
    ['cccp_@4-bbbb-9-1', 3, rulesFrom(HST), 'active: ccccw.009'],
    ['ccsp_@4-bbbb-9-1', 3, rulesFrom(HST), 'active: ccscw.009'],
    ['ccfp_@3-x2+4-bbbb-9-1', 3, rulesFrom(HST), 'failed: ccfc_.009@3-x2'],
    ['cchp_@3-o+4-bbbb-9-1', 3, rulesFrom(HST), 'held: cchc_.009@3-o'],
    ['cp_h_@2-aaaa-9-1', 1, rulesFrom(HST), 'active: ccwh_.009'],
    ['cph@2-aaaa-9-1', 1, chain(3), 'held: cch.009'],
    ['cp_@2-aaaa-9-1', 1, chain(3, { gathering: [2] }), 'gather: ccg.009'],
    ['cp___@2-aaaa-9-1', 1, rulesFrom(HST, { gathering: [2] }), 'active: ccgw_.009'],
    ['p___@1-aaaa-9-1', 0, chain(4, { acsOnly: [1, 2] }), 'active: cssw.009'],
    ['p___.009.acs@1-aaaa-9-1', 0, chain(4, { acsOnly: [1, 2] }), 'active: cw__.009'],
    ['p___@1-aaaa-9-1', 0, chain(4, { acsOnly: [1, 2, 3] }), 'done: csss.009'],
    ['cp___@2-aaaa-9-1', 1, rulesFrom(HST, { acsOnly: [2, 3] }), 'active: ccssw.009'],
  ] as const)('%s, column %i', (from, column, rules, wanted) => {
    expect(moved(from, done(column), rules)).toBe(wanted);
  });

  it('with products ends first, its claim kept; publishing opens the children', () => {
    expect(moved('cp_@2-aaaa-9-3', { type: 'complete', column: 1, products: true }, chain(3))).toBe(
      'active: ce_.009@2-aaaa-9-3',
    );
    expect(moved('ce_@2-aaaa-9-3', { type: 'publish', column: 1 }, chain(3))).toBe('active: ccw.009');
  });

  it.each([
    // What is not reached, held or skipped ahead takes the letter, before the children open.
    ['cp___@2-aaaa-9-1', [[2, 's']], 'active: ccsw_.009'],
    [
      'cp___@2-aaaa-9-1',
      [
        [2, 's'],
        [3, 's'],
      ],
      'active: ccssw.009',
    ],
    [
      'cp___@2-aaaa-9-1',
      [
        [2, 's'],
        [3, 's'],
        [4, 's'],
      ],
      'done: ccsss.009',
    ],
    [
      'cp___@2-aaaa-9-1',
      [
        [2, 'h'],
        [3, 'h'],
      ],
      'held: cchh_.009',
    ],
    ['cp___@2-aaaa-9-1', [[4, 'h']], 'active: ccwwh.009'],
    [
      'cphs_@2-aaaa-9-1+3-o',
      [
        [2, '_'],
        [3, '_'],
      ],
      'active: ccww_.009',
    ],
    ['cph__@2-aaaa-9-1', [[2, 's']], 'active: ccsw_.009'],
    // A waiting stage that a rerun by hand has left there.
    [
      'cpw2_@2-aaaa-9-1',
      [
        [2, 's'],
        [3, 'h'],
      ],
      'held: ccsh_.009',
    ],
    // What runs, has run, failed or gathers is left alone.
    [
      'cpcf_@2-aaaa-9-1+4-x2',
      [
        [2, 's'],
        [3, 's'],
      ],
      'failed: cccf_.009@4-x2',
    ],
    [
      'cppg_@2-aaaa-8-1+3-bbbb-9-1',
      [
        [2, 's'],
        [3, 's'],
      ],
      'active: ccpg_.009@3-bbbb-9-1',
    ],
    // A skipped one is not held, a waiting one is not taken back: the letters allow neither.
    [
      'cpsw_@2-aaaa-9-1',
      [
        [2, 'h'],
        [3, '_'],
      ],
      'active: ccsw_.009',
    ],
  ] as const)('%s whose exit code sets %j', (from, set, wanted) => {
    expect(moved(from, done(1, new Map(set)), rulesFrom(HST))).toBe(wanted);
  });

  it('refuses an exit code that sets a stage which does not come after', () => {
    for (const column of [0, 1]) {
      expect(moved('cp___@2-aaaa-9-1', done(1, new Map([[column, 's']])), rulesFrom(HST))).toBe(
        `no: stage 's2': its exit code sets 's${column + 1}', which does not come after it`,
      );
    }
    expect(moved('ccpw_@3-aaaa-9-1', done(2, new Map([[3, 's']])), rulesFrom(HST))).toMatch(/sets 's4'/);
    expect(moved('ccpw_@3-aaaa-9-1', done(2, new Map([[9, 's']])), rulesFrom(HST))).toMatch(/sets '9'/);
  });
});

describe('failing, retrying, losing, giving back', () => {
  it.each([
    [{ type: 'fail', column: 0, cause: 'x2' }, 'failed: f_.009@1-x2'],
    [{ type: 'fail', column: 0, cause: 's9' }, 'failed: f_.009@1-s9'],
    [{ type: 'hold', column: 0, cause: 'd' }, 'held: h_.009@1-d'],
    // A cause that no name could hold is left out.
    [{ type: 'fail', column: 0, cause: 'x-1' }, 'failed: f_.009'],
    [{ type: 'hold', column: 0, cause: '' }, 'held: h_.009'],
  ] as const)('%j', (event, wanted) => {
    expect(moved('p_@1-aaaa-9-1', event, chain(2))).toBe(wanted);
  });

  it('retries go to the next digit, and beyond to f with the cause', () => {
    for (const [nth, retries, wanted] of [
      [1, 3, 'queue'],
      [1, 0, 'f'],
      [1, 1, '1'],
      [2, 1, 'f'],
      [3, 3, '3'],
      [4, 3, 'f'],
      [9, 9, '9'],
      [10, 9, 'f'],
    ] as const) {
      const from = `p_@1-aaaa-9-${nth}`;
      const letter = wanted === 'queue' ? '1' : wanted;
      const place = (cause: string): string =>
        letter === 'f' ? `failed: f_.009@1-${cause}` : `active: ${letter}_.009`;
      expect(moved(from, { type: 'retry', column: 0, cause: 'x75' }, chain(2, { retries }))).toBe(place('x75'));
      expect(moved(from, { type: 'lost', column: 0 }, chain(2, { retries }))).toBe(place('l'));
    }
  });

  it('given back, it has the letter that it was claimed from', () => {
    expect(moved('p_@1-aaaa-9-1', { type: 'giveBack', column: 0 }, chain(2))).toBe('queue: w_.009');
    for (let nth = 2; nth <= 10; nth++) {
      expect(moved(`p_@1-aaaa-9-${nth}`, { type: 'giveBack', column: 0 }, chain(2))).toBe(`active: ${nth - 1}_.009`);
    }
    expect(moved('cp@2-aaaa-9-1', { type: 'giveBack', column: 1 }, chain(2))).toBe('active: cw.009');
  });

  it('given back with an epoch, it never counts down', () => {
    expect(moved('p@1-aaaa-9-1', { type: 'giveBack', column: 0, epoch: 1234 }, chain(1))).toBe('queue: w.1234');
    expect(moved('p@1-aaaa-9-1', { type: 'giveBack', column: 0, epoch: 3 }, chain(1))).toBe('queue: w.009');
  });

  it('one branch lost leaves the other’s claim alone', () => {
    expect(moved('ccpp_@3-aaaa-8-1+4-bbbb-9-2', { type: 'lost', column: 2 }, rulesFrom(HST))).toBe(
      'active: cc1p_.009@4-bbbb-9-2',
    );
  });
});

describe('operators', () => {
  const rules = rulesFrom(HST);
  it('repipe resets all descendants and drops their claims and causes', () => {
    expect(moved('cfcpp@2-x2+4-aaaa-7-1+5-bbbb-8-1', { type: 'repipe', column: 1 }, rules)).toBe('active: cw___.009');
    expect(moved('ccccc', { type: 'repipe', column: 0 }, rules)).toBe('queue: w____.009');
    expect(moved('cccf_@4-x2', { type: 'repipe', column: 2 }, rules)).toBe('active: ccwf_.009@4-x2');
    expect(moved('ccchs@4-o', { type: 'repipe', column: 1 }, rules)).toBe('active: cw___.009');
    expect(moved('ccpc_@3-aaaa-9-1', { type: 'repipe', column: 2 }, rules)).toBe('active: ccwc_.009');
  });

  it('repipe goes back to gathering, and is refused for a class that the stage does not serve', () => {
    expect(moved('ccf@3-x2', { type: 'repipe', column: 2 }, chain(3, { gathering: [2] }))).toBe('gather: ccg.009');
    expect(moved('ccs', { type: 'repipe', column: 2 }, chain(3, { acsOnly: [2] }))).toBe(
      "no: stage 's3': the stage does not serve class '-'",
    );
    expect(moved('ccc', { type: 'repipe', column: 0 }, chain(3, { acsOnly: [1] }))).toBe('queue: w__.009');
  });

  it('an e that repipe would touch is finished forward first', () => {
    expect(moved('cfce_@2-x2+4-aaaa-9-1', { type: 'repipe', column: 1 }, rules)).toBe(
      "no: stage 's2': stage 's4' after it is ending and is finished forward first (finish column 4 first)",
    );
    // One beside it is not touched.
    expect(moved('ccfe_@3-x2+4-aaaa-9-1', { type: 'repipe', column: 2 }, rules)).toBe('active: ccwe_.009@4-aaaa-9-1');
  });

  it.each([
    ['hw', 'queue: ww.009'],
    ['h_', 'queue: w_.009'],
    ['ch@2-o', 'active: cw.009'],
  ])('release of %s', (from, wanted) => {
    expect(moved(from, { type: 'release', column: from.indexOf('h') }, chain(2))).toBe(wanted);
  });

  it('release gives _ before unfinished parents, s to a class not served, g to a gathering stage', () => {
    expect(moved('wh', { type: 'release', column: 1 }, chain(2))).toBe('queue: w_.009');
    expect(moved('fh@1-x2', { type: 'release', column: 1 }, chain(2, { gathering: [1] }))).toBe('failed: f_.009@1-x2');
    expect(moved('ch', { type: 'release', column: 1 }, chain(2, { acsOnly: [1] }))).toBe('done: cs.009');
    expect(moved('ch_', { type: 'release', column: 1 }, chain(3, { acsOnly: [1] }))).toBe('active: csw.009');
    expect(moved('ch', { type: 'release', column: 1 }, chain(2, { gathering: [1] }))).toBe('gather: cg.009');
    expect(moved('ch', { type: 'release', column: 1 }, chain(2, { gathering: [1], acsOnly: [1] }))).toBe(
      'done: cs.009',
    );
    expect(moved('h_', { type: 'release', column: 0 }, chain(2, { gathering: [0] }))).toBe('gather: g_.009');
  });

  it('cancel, skip and hold drop the claim', () => {
    expect(moved('cp_@2-aaaa-9-1', { type: 'hold', column: 1, cause: 'o' }, chain(3))).toBe('held: ch_.009@2-o');
    expect(moved('cp_@2-aaaa-9-1', { type: 'skip', column: 1 }, chain(3))).toBe('active: csw.009');
    expect(moved('cp_@2-aaaa-9-1', { type: 'repipe', column: 1 }, chain(3))).toBe('active: cw_.009');
  });

  it('a breakpoint ahead stops the entry there', () => {
    expect(moved('p__@1-aaaa-9-1', { type: 'hold', column: 1, cause: 'o' }, chain(3))).toBe(
      'active: ph_.009@1-aaaa-9-1+2-o',
    );
    expect(moved('ph_@1-aaaa-9-1+2-o', EVENTS_OF_FIRST.complete, chain(3))).toBe('held: ch_.009@2-o');
  });
});

const EVENTS_OF_FIRST = { complete: { type: 'complete', column: 0, products: false } as const };

describe('names made by hand', () => {
  const arrived = (short: string, rules = chain(3)): string => said(arrive(entry(short), rules));

  it.each([
    ['c__', 'active: cw_.009'],
    ['___', 'queue: w__.009'],
    ['s__', 'queue: sw_.009'],
    ['ccc', 'done: ccc.009'],
    ['fw_', 'failed: fw_.009'],
    // Tags that do not fit are dropped.
    ['ch_@2-aaaa-9-1', 'held: ch_.009'],
    ['cw_@2-x2', 'active: cw_.009'],
    ['cc_@2-aaaa-9-1+9-x2+1-l', 'active: ccw.009'],
    ['cf_@2-aaaa-9-1+2-x2', 'failed: cf_.009@2-x2'],
    ['cp_@2-x2+2-aaaa-9-1', 'active: cp_.009@2-aaaa-9-1'],
    // Of two claims for one column the later epoch's stands.
    ['cp_@2-bbbb-8-1+2-aaaa-9-1', 'active: cp_.009@2-aaaa-9-1'],
    ['cp_@2-aaaa-9-1+2-bbbb-8-1', 'active: cp_.009@2-aaaa-9-1'],
    ['cf_@2-x2+2-s9', 'failed: cf_.009@2-s9'],
    // In column order, however they were written.
    ['ppp@3-cccc-3-1+1-aaaa-1-1+2-bbbb-2-1', 'active: ppp.009@1-aaaa-1-1+2-bbbb-2-1+3-cccc-3-1'],
  ])('%s settles as %s', (from, wanted) => {
    expect(arrived(from)).toBe(wanted);
  });

  it('a p without a claim is a lost claim; nobody can finish it', () => {
    expect(moved('cp_', { type: 'lost', column: 1 }, chain(3))).toBe('active: c1_.009');
    expect(moved('cp_', { type: 'lost', column: 1 }, chain(3, { retries: 0 }))).toBe('failed: cf_.009@2-l');
    for (const type of ['complete', 'fail', 'retry', 'giveBack'] as const) {
      expect(moved('cp_@2-x2+1-aaaa-9-1', EVENTS[type], chain(3))).toBe(
        "no: stage 's2': no claim of a stage process stands for it",
      );
    }
    // A person may do with it what he likes.
    expect(moved('cp_', EVENTS.hold, chain(3))).toBe('held: ch_.009@2-o');
    expect(moved('cp_', EVENTS.repipe, chain(3))).toBe('active: cw_.009');
    expect(moved('cp_', EVENTS.skip, chain(3))).toBe('active: csw.009');
  });

  it('an e without a claim becomes f, and counts as failed until then', () => {
    expect(moved('ce_', EVENTS.lost, chain(3))).toBe('failed: cf_.009@2-l');
    expect(moved('ce_@2-x2', EVENTS.lost, chain(3))).toBe('failed: cf_.009@2-l');
    expect(moved('ce_', EVENTS.publish, chain(3))).toBe("no: stage 's2': it is not ending");
    expect(moved('ce_', EVENTS.repipe, chain(3))).toBe('active: cw_.009');
    expect(moved('ce_', EVENTS.skip, chain(3))).toBe('active: csw.009');
    expect(moved('ce_', EVENTS.set, chain(3))).toBe('active: csw.009');
    expect(moved('ce_', EVENTS.hold, chain(3))).toBe("no: stage 's2': it failed and waits for a person already");
    expect(moved('fe_@1-x2', { type: 'repipe', column: 0 }, chain(3))).toBe('queue: w__.009');
  });

  it('a name of another pipeline is refused', () => {
    expect(moved('cw', EVENTS.claim, chain(3))).toBe('no: its name has 2 columns, the board has 3');
    for (const column of [3, -1]) {
      expect(moved('cw_', { type: 'skip', column }, chain(3))).toBe(`no: the board has no column ${column + 1}`);
    }
  });
});

describe('settle', () => {
  it.each([
    ['_', [[]], 'w'],
    ['c___', [[], [0], [0], [1, 2]], 'cww_'],
    ['ccs_', [[], [0], [0], [1, 2]], 'ccsw'],
    ['cch_', [[], [0], [0], [1, 2]], 'cch_'],
    ['ch__', [[], [0], [1], [0]], 'ch_w'],
    ['c1_w', [[], [0], [1], [2]], 'c1_w'],
    // Columns need not stand in the order of the work.
    ['__c', [[1], [2], []], '_wc'],
  ] as const)('%s', (letters, parents, wanted) => {
    const rules = rulesFrom(parents);
    expect(settle(letters, '-', rules)).toBe(wanted);
    expect(settle(wanted, '-', rules)).toBe(wanted);
  });

  it('skips on through stages that do not serve the class, whatever their order', () => {
    expect(settle('c___', '-', chain(4, { acsOnly: [1, 2] }))).toBe('cssw');
    expect(settle('___c', '-', rulesFrom([[1], [2], [3], []], { acsOnly: [1, 2] }))).toBe('wssc');
    expect(settle('c_', '-', chain(2, { acsOnly: [1], gathering: [1] }))).toBe('cs');
    expect(settle('c_', 'acs', chain(2, { acsOnly: [1], gathering: [1] }))).toBe('cg');
  });
});

describe('a new entry', () => {
  it('opens its roots', () => {
    expect(initialLetters('-', rulesFrom(HST))).toBe('w____');
    expect(initialLetters('-', rulesFrom([[], [], [0, 1]]))).toBe('ww_');
    expect(initialLetters('-', rulesFrom([[], [0]], { gathering: [0] }))).toBe('g_');
    expect(initialLetters('-', rulesFrom(HST, { acsOnly: [0] }))).toBe('sw___');
  });

  it('held, waits at its roots', () => {
    expect(initialLetters('-', rulesFrom([[], [], [0, 1]], { gathering: [1] }), true)).toBe('hh_');
    expect(initialLetters('-', rulesFrom(HST, { acsOnly: [0] }), true)).toBe('sh___');
  });

  it('has nothing to do if no stage serves its class', () => {
    expect(servesNothing(initialLetters('-', chain(2, { acsOnly: [0, 1] })))).toBe(true);
    expect(servesNothing(initialLetters('-', chain(2, { acsOnly: [0] })))).toBe(false);
  });
});

it('replaceLetter changes one', () => {
  expect([0, 1, 2].map((column) => replaceLetter('abc', column, 'w'))).toEqual(['wbc', 'awc', 'abw']);
});
