import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { glyphsOf, plain, width } from '../../src/model/text.ts';
import { PLAIN, packAttr, Surface } from '../../src/tui/surface.ts';

/** Nothing that a terminal would take for anything but a character. */
const HARMFUL =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\ufe00-\ufe0f]|\p{Cs}/u;

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    '画像',
    'e\u0301clair',
    '👨‍👩‍👧',
    '🇩🇪',
    '\x1b]0;x\x07',
    '\x9b2J',
    'a\u202eb',
    'z\u0335\u0336\u0337\u0338\u0339',
    '✔️',
    '👍🏽',
  ),
);

describe('putting text', () => {
  it('cuts at the edge and at the given width, and tells where it ended', () => {
    const { canvas, ...surface } = { canvas: new Surface(10, 2).canvas };
    expect(surface).toEqual({});
    expect(canvas.put(8, 0, 'abcdef')).toBe(10);
    expect(canvas.put(0, 1, 'abcdef', PLAIN, 3)).toBe(3);
    expect(canvas.put(0, 5, 'x')).toBe(0);
    expect(canvas.put(12, 0, 'x')).toBe(12);
  });

  it('gives a wide character two cells, and never half a one', () => {
    const surface = new Surface(5, 1);
    const { canvas } = surface;
    expect(canvas.put(0, 0, '画像画')).toBe(4);
    expect(surface.chars).toEqual(['画', '', '像', '', ' ']);
    canvas.put(1, 0, 'x');
    expect(surface.chars).toEqual([' ', 'x', '像', '', ' ']);
    canvas.put(2, 0, 'y');
    expect(surface.chars).toEqual([' ', 'x', 'y', ' ', ' ']);
    expect(canvas.put(4, 0, '画')).toBe(4);
  });

  it('shows what is harmful instead of sending it', () => {
    const surface = new Surface(30, 1);
    surface.canvas.put(0, 0, 'a\x1b]0;t\x07b\u202e');
    expect(surface.lines()).toEqual(['a\\x1b]0;t\\x07b\\u202e']);
  });

  it('keeps parts within their area', () => {
    const surface = new Surface(8, 3);
    const part = surface.canvas.part(2, 1, 4, 1);
    expect([part.width, part.height]).toEqual([4, 1]);
    part.put(0, 0, 'abcdefgh');
    part.put(0, 1, 'below');
    part.fill('#', PLAIN, 3, 0, 9, 9);
    expect(surface.lines()).toEqual(['', '  abc#', '']);
    const deep = surface.canvas.part(6, 2, 9, 9).part(1, 0);
    expect([deep.width, deep.height]).toEqual([1, 1]);
  });

  it('fills fields, with their attribute', () => {
    const surface = new Surface(6, 1);
    const attr = packAttr(9, 1);
    expect(surface.canvas.field(1, 0, 'ab', 4, attr)).toBe(5);
    expect([...surface.attrs]).toEqual([PLAIN, attr, attr, attr, attr, PLAIN]);
  });

  it('takes any text to cells that fill their row exactly', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyText, fc.integer({ min: -2, max: 12 })), { maxLength: 6 }), (puts) => {
        const surface = new Surface(12, 1);
        for (const [text, x] of puts) surface.canvas.put(x, 0, text);
        for (const [at, char] of surface.chars.entries()) {
          if (char === '') expect(width(surface.chars[at - 1] ?? '')).toBe(2);
          else {
            expect(char).not.toMatch(HARMFUL);
            if (width(char) === 2) expect(surface.chars[at + 1]).toBe('');
          }
        }
      }),
    );
  });
});

describe('glyphs', () => {
  it.each([
    ['e\u0301', ['e\u0301'], 1],
    ['\u0301', ['\u25cc\u0301'], 1],
    ['👨‍👩‍👧', ['👨', '👩', '👧'], 6],
    ['👍🏽', ['👍'], 2],
    ['🇩🇪', ['D', 'E'], 2],
    ['✔️x', ['✔', 'x'], 2],
    ['한국', ['한', '국'], 4],
    ['a\u200bb', ['a', 'b'], 2],
    ['z\u0335\u0336\u0337\u0338\u0339', ['z\u0335\u0336\u0337'], 1],
  ])('of %j', (text, glyphs, cells) => {
    expect(glyphsOf(text).map((glyph) => glyph.text)).toEqual(glyphs);
    expect(width(text)).toBe(cells);
  });

  it('add up to the width of any text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const safe = plain(text);
        expect(glyphsOf(safe).reduce((sum, { cells }) => sum + cells, 0)).toBe(width(safe));
      }),
    );
  });
});
