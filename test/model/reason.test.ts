import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCause, isReason } from '../../src/model/name.ts';
import { reasonWord } from '../../src/model/reason.ts';

describe('a reason in one word', () => {
  it.each([
    ['no bias', 'no_bias'],
    ['No bias for CCD 4', 'no_bias_for_ccd'],
    ['  Überbelichtet!', 'uberbelichtet'],
    ['the flat-field file is missing', 'the_flat_field'],
    ['4 of 9 frames are bad', 'of_9_frames_are'],
    ['Calibrationfilemissing', 'calibrationfilem'],
    ['no_bias', 'no_bias'],
    ['x2', undefined],
    ['S9', undefined],
    ['sent2', undefined],
    ['t', undefined],
    ['404', undefined],
    ['', undefined],
    ['../../etc/passwd @x2+1-aaaa', 'etc_passwd_x2_1'],
  ])('%j is %s', (text, word) => {
    expect(reasonWord(text)).toBe(word);
  });

  it('is always one that a name can hold and that is no other cause', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const word = reasonWord(text);
        if (word === undefined) return;
        expect(isReason(word) && isCause(word)).toBe(true);
        expect(word).toMatch(/^[a-z][a-z0-9_]{1,15}$/);
        expect(word).not.toMatch(/^(x|s)\d+$/);
        expect(reasonWord(word)).toBe(word);
      }),
      { numRuns: 2000 },
    );
  });
});
