import { describe, expect, it } from 'vitest';
import { applyVerb, defaultColumns, type LetterVerb, verbEvent } from '../../src/model/verbs.ts';
import { chain, entry, HST, rulesFrom, said } from './rules.ts';

const hst = rulesFrom(HST);

describe('the columns that a verb means by itself', () => {
  it.each<[LetterVerb, string, number[]]>([
    ['hold', 'w____', [0]],
    ['hold', 'ccw3_', [2, 3]],
    ['hold', 'ccpg_', [2, 3]],
    ['hold', 'ccef_', [2]],
    ['hold', 'ccccc', []],
    ['hold', 'ccfh_', []],
    ['release', 'h____', [0]],
    ['release', 'cchh_', [2, 3]],
    ['release', 'ccf_h', [4]],
    ['release', 'w____', []],
    ['repipe', 'ccff_', [2, 3]],
    ['repipe', 'ccfp_', [2]],
    ['repipe', 'cch1_', [2, 3]],
    ['repipe', 'ccpw_', [2]],
    ['repipe', 'w____', []],
    ['repipe', 'ccccc', []],
    ['skip', 'ccfw_', [2]],
    ['skip', 'cchw_', [2]],
    ['skip', 'ccw2_', [2, 3]],
    ['skip', 'ccpc_', [2]],
    ['skip', 'cce__', []],
    ['skip', 'ccccc', []],
  ])('%s of %s: %j', (verb, letters, columns) => {
    expect(defaultColumns(entry(letters), verb)).toEqual(columns);
  });
});

describe('a verb', () => {
  it.each<[LetterVerb, string, number | undefined, string]>([
    ['hold', 'ccw3_', undefined, 'held: cchh_.009@3-o+4-o'],
    ['hold', 'ccpp_@3-aaaa-8-1+4-bbbb-9-1', undefined, 'held: cchh_.009@3-o+4-o'],
    ['hold', 'w____', 3, 'queue: w__h_.009@4-o'],
    ['release', 'cchh_@3-o+4-o', undefined, 'active: ccww_.009'],
    ['release', 'hh___@1-o', undefined, 'queue: w____.009'],
    ['repipe', 'ccff_@3-x2+4-s9', undefined, 'active: ccww_.009'],
    ['repipe', 'ccfp_@3-x2+4-bbbb-9-1', undefined, 'active: ccwp_.009@4-bbbb-9-1'],
    ['repipe', 'ccccc', 1, 'active: cw___.009'],
    ['skip', 'ccff_@3-x2+4-s9', undefined, 'active: ccssw.009'],
    ['skip', 'w____', 2, 'queue: w_s__.009'],
    ['hold', 'ccccc', undefined, 'no: it is done: nothing of it is left to hold'],
    ['release', 'ccccc', undefined, 'no: nothing of it is held'],
    ['repipe', 'ccccc', undefined, 'no: nothing of it has failed; name the stage to start again from with --stage'],
    ['skip', 'ccccc', undefined, 'no: nothing of it has failed, is held, waits or runs; name a stage with --stage'],
    ['release', 'ccccc', 2, "no: stage 's3': it is not held"],
    [
      'hold',
      'ccef_@3-aaaa-9-1',
      undefined,
      "no: stage 's3': it is ending and is finished forward first (finish column 3 first)",
    ],
    ['skip', 'ccccc', 7, 'no: the board has no column 8'],
  ])('%s of %s, stage %s: %s', (verb, from, stage, wanted) => {
    expect(said(applyVerb(entry(from), verb, stage, hst))).toBe(wanted);
  });

  it('repipe of a failed stage takes a failed stage after it along', () => {
    expect(said(applyVerb(entry('cff@2-x2+3-x3'), 'repipe', undefined, chain(3)))).toBe('active: cw_.009');
    expect(said(applyVerb(entry('fcffc'), 'repipe', undefined, hst))).toBe('queue: w____.009');
    expect(said(applyVerb(entry('h_h'), 'repipe', undefined, chain(3)))).toBe('queue: w__.009');
  });

  it('release opens no further than the next breakpoint', () => {
    expect(said(applyVerb(entry('chh@2-o+3-o'), 'release', 1, chain(3)))).toBe('active: cwh.009@3-o');
  });

  it('is an event, by hand of an operator', () => {
    expect(verbEvent('hold', 2)).toEqual({ type: 'hold', column: 2, cause: 'o' });
    expect(verbEvent('skip', 2)).toEqual({ type: 'skip', column: 2 });
  });
});
