import { describe, expect, it } from 'vitest';
import { joinContinued, makeCard, makeCommentary, parseCard } from '../../../stages/lib/fits-card.ts';

const card = (text: string) => parseCard(text.padEnd(80));

describe('parseCard', () => {
  it.each([
    ["OPUS_VER= 'OPUS 15.a         ' / OPUS software system version number", 'OPUS 15.a'],
    ["OBJECT  = 'Barnard''s star / A' / a slash inside", "Barnard's star / A"],
    ["EMPTY   = ''", ''],
    ['CRVAL2  =  -7.208351111111E+01 / second axis', -72.08351111111],
    ['OLD     =             1.5D-3', 0.0015],
    ['NAXIS1  =                  200', 200],
    ['SUBARRAY=                    F / data from a subarray', false],
    ['SIMPLE  =                    T', true],
    ['NOVALUE =                      / nothing', undefined],
  ])('reads %j', (text, value) => {
    expect(card(text).value).toBe(value);
    expect(card(text).fault).toBeUndefined();
  });

  it('keeps comments apart from values', () => {
    expect(card("OBJECT  = 'a / b'           / the target").comment).toBe('the target');
    expect(card('COMMENT = 5').value).toBeUndefined();
    expect(card('HISTORY   reference table').comment).toBe('  reference table');
  });

  it('reads the words of a HIERARCH card', () => {
    expect(card('HIERARCH ESO DET ID = 7 / chip')).toMatchObject({ keyword: 'HIERARCH ESO DET ID', value: 7 });
  });

  it.each([
    ["BAD     = 'no end", 'the string has no closing quote'],
    ['CADPL   = NAN', 'the value NAN is not quoted'],
    ['lower   = 1', 'the keyword "lower" has characters FITS forbids'],
  ])('says what is wrong with %j', (text, fault) => {
    expect(card(text).fault).toBe(fault);
  });
});

describe('long strings', () => {
  const long = `it's ${'x'.repeat(60)}'' ${'y'.repeat(120)}`;

  it('go through CONTINUE and back', () => {
    const made = makeCard('LONGSTR', long);
    expect(made.images.length).toBeGreaterThan(2);
    for (const image of made.images) expect(image).toHaveLength(80);
    const read = joinContinued(made.images.map(parseCard));
    expect(read).toHaveLength(1);
    expect(read[0]?.value).toBe(long);
    expect(read[0]?.images).toEqual(made.images);
  });

  it('leaves a CONTINUE that continues nothing', () => {
    const cards = joinContinued([card("A       = 'whole'"), card("CONTINUE  'stray'")]);
    expect(cards.map((each) => each.keyword)).toEqual(['A', 'CONTINUE']);
    expect(cards[0]?.value).toBe('whole');
  });
});

describe('makeCard', () => {
  it.each([
    ["KEY     = 'it''s   '           / note", makeCard('KEY', "it's   ", 'note').images[0]],
    ['KEY     =                  200 / note', makeCard('KEY', 200, 'note').images[0]],
    ['KEY     =                200.0', makeCard('KEY', 200, '', true).images[0]],
    ['KEY     =              1.0E-20', makeCard('KEY', 1e-20).images[0]],
    ['KEY     =                    T', makeCard('KEY', true).images[0]],
    ['KEY     =                     ', makeCard('KEY', Number.NaN).images[0]],
  ])('writes %j', (text, image) => {
    expect(image).toBe(text.padEnd(80));
  });

  it('brings numbers back to the last bit', () => {
    for (const value of [-1.2345678901234568e-10, 6.027148333333, 5e-324, 1.7976931348623157e308, 2 ** 53 - 1]) {
      expect(parseCard(makeCard('KEY', value).images[0] ?? '').value).toBe(value);
    }
  });

  it('refuses what is no keyword', () => {
    expect(() => makeCard('TOO LONG KEY', 1)).toThrow('"TOO LONG KEY" is no FITS keyword');
  });

  it('breaks long history', () => {
    expect(makeCommentary('HISTORY', 'z'.repeat(100)).map((each) => each.comment.length)).toEqual([72, 28]);
  });
});
