import { describe, expect, it } from 'vitest';
import { granulesText, inAggregates, parseGranules } from '../../../stages/lib/granule-list.ts';

const SUM = 'ab'.repeat(32);

describe('a list of granules', () => {
  it.each([
    ['a path', 'data/j8_t01_flt.fits.gz\n', { granule: 'j8_t01', input: 'data/j8_t01_flt.fits.gz', sha256: undefined }],
    ['as sha256sum writes it', `${SUM}  data/x.fits\n`, { granule: 'x', input: 'data/x.fits', sha256: SUM }],
    ['in binary mode', `${SUM.toUpperCase()} *x.fit`, { granule: 'x', input: 'x.fit', sha256: SUM }],
    ['a path with a space', 'my data/x.fits\r\n', { granule: 'x', input: 'my data/x.fits', sha256: undefined }],
    ['a sum that is too short', `${SUM.slice(1)}=x.fits`, undefined],
  ])('%s', (_, text, expected) => {
    if (expected === undefined) expect(() => parseGranules(text)).toThrow('line 1: ');
    else expect(parseGranules(text)).toEqual([expected]);
  });

  it.each([
    ['\n# nothing\n', 'there is no granule in it'],
    ['a.fits\n\nb/a.fits\n', 'line 3: the granule a stands in line 1 already'],
    ['a b.fits', 'line 1: "a b", after the file "a b.fits", is no name of a granule'],
    ['../.hidden.fits', 'line 1: ".hidden"'],
    [`${'x'.repeat(65)}.fits`, 'up to 64 letters'],
  ])('%j: %s', (text, message) => {
    expect(() => parseGranules(text)).toThrow(message);
  });

  it('is parted in its order, and each part is such a list again', () => {
    const text = Array.from({ length: 7 }, (_, i) => (i % 2 === 0 ? `g${i}.fits\n` : `${SUM}  g${i}.fits\n`)).join('');
    const parts = inAggregates(parseGranules(text), 3);
    expect(parts.map((part) => part.length)).toEqual([3, 3, 1]);
    expect(parts.map(granulesText).join('')).toBe(text);
    expect(parts.flatMap((part) => parseGranules(granulesText(part)))).toEqual(parseGranules(text));
  });
});
