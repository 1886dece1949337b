import { describe, expect, it } from 'vitest';
import { boxLines, line, openBox, paintBox, wrapText } from '../../../src/tui/layers/box.ts';
import {
  clampPlace,
  displayed,
  endPlace,
  type Frame,
  type Lines,
  type Place,
  paintRuns,
  reveal,
  rowStarts,
  scrollRows,
  visibleRows,
} from '../../../src/tui/layers/text-area.ts';
import { Look } from '../../../src/tui/look.ts';
import { PLAIN, Surface } from '../../../src/tui/surface.ts';

const LOOK = new Look({ isAscii: false, hasColor: false, showLetters: false });

function lines(texts: readonly string[], below?: (index: number) => number): Lines & { reads: number } {
  const source = {
    reads: 0,
    length: texts.length,
    at: (index: number) => {
      source.reads++;
      return texts[index] ?? '';
    },
    ...(below === undefined ? {} : { below }),
  };
  return source;
}

const wrapped: Frame = { width: 4, height: 3, isWrapped: true };
const straight: Frame = { width: 4, height: 3, isWrapped: false };
const at = (place: number, row = 0): Place => ({ line: place, row });

describe('displayed', () => {
  it.each([
    ['a\tb', 'a       b'],
    ['\t\tx', '                x'],
    ['12345678\tx', '12345678        x'],
    ['漢\tx', '漢      x'],
    ['plain', 'plain'],
  ])('%j → %j', (text, wanted) => {
    expect(displayed(text)).toBe(wanted);
  });

  it('cuts what no screen can show', () => {
    const text = displayed('x'.repeat(1_000_000));
    expect(text.length).toBeLessThan(20_100);
    expect(text).toMatch(/x … 980000 more characters$/);
  });
});

describe('rowStarts', () => {
  it.each([
    ['', 4, [0, 0]],
    ['abcd', 4, [0, 4]],
    ['abcde', 4, [0, 4, 5]],
    ['漢字漢', 4, [0, 4, 6]],
    ['a漢字漢', 4, [0, 3, 7]],
    ['e\u0301e\u0301e\u0301', 2, [0, 2, 3]],
  ])('%j in %d cells', (text, cells, wanted) => {
    expect(rowStarts(text, cells)).toEqual(wanted);
  });
});

describe('scrolling', () => {
  const text = lines(['one', 'two two two', 'three', 'four', 'fi']);

  it.each<[string, Place, number, Frame, Place]>([
    ['a row down', at(0), 1, straight, at(1)],
    ['not beyond the end', at(0), 9, straight, at(2)],
    ['not beyond the beginning', at(2), -9, straight, at(0)],
    ['into a wrapped line', at(0), 2, wrapped, at(1, 1)],
    ['out of it', at(0), 4, wrapped, at(2, 0)],
    ['and back into it', at(2), -1, wrapped, at(1, 2)],
    ['to the end of wrapped lines', at(0), 99, wrapped, at(2, 1)],
  ])('%s', (_, from, by, frame, wanted) => {
    expect(scrollRows(text, from, by, frame)).toEqual(wanted);
  });

  it.each<[string, Place, number, Frame, Place]>([
    ['a line that is seen stays', at(1), 3, straight, at(1)],
    ['one below comes to the lower edge', at(0), 3, straight, at(1)],
    ['one above to the upper edge', at(2), 1, straight, at(1)],
    ['the beginning of a line of which the end is seen', at(1, 2), 1, wrapped, at(1)],
    ['all of a wrapped line', at(0), 2, wrapped, at(1, 2)],
  ])('reveals: %s', (_, from, index, frame, wanted) => {
    expect(reveal(text, from, index, frame)).toEqual(wanted);
  });

  it('keeps to what there is when lines are laid out in another way', () => {
    expect(clampPlace(text, at(1, 2), straight)).toEqual(at(1, 0));
    expect(clampPlace(text, at(99), straight)).toEqual(at(2));
    expect(endPlace(lines([]), straight)).toEqual(at(0));
    expect(endPlace(lines(['x']), straight)).toEqual(at(0));
  });

  it('counts rows below lines', () => {
    const marked = lines(['a', 'b', 'c', 'd'], (index) => (index === 3 ? 2 : 0));
    expect(endPlace(marked, straight)).toEqual(at(3, 0));
    const rows = visibleRows(marked, at(3), 0, straight);
    expect(rows.map(({ line: of, cells, below }) => [of, cells === undefined ? below : 'text'])).toEqual([
      [3, 'text'],
      [3, 0],
      [3, 1],
    ]);
  });

  it('looks at no more lines than are seen, of however many', () => {
    const many = lines(Array.from({ length: 200_000 }, (_, index) => `line ${index}`));
    const top = scrollRows(many, at(100_000), 50, wrapped);
    reveal(many, top, 150_000, wrapped);
    visibleRows(many, top, 0, wrapped);
    expect(many.reads).toBeLessThan(200);
  });
});

describe('paintRuns', () => {
  const paint = (texts: readonly string[], from: number, to: number): string => {
    const surface = new Surface(8, 1);
    paintRuns(
      surface.canvas,
      1,
      0,
      texts.map((text) => ({ text, attr: PLAIN })),
      from,
      to,
    );
    return surface.lines()[0] ?? '';
  };

  it.each([
    [['abc', 'def'], 0, 6, ' abcdef'],
    [['abc', 'def'], 2, 5, ' cde'],
    [['abc', '漢字', 'x'], 3, 8, ' 漢字x'],
    [['漢字'], 1, 5, '  字'],
    [['漢字'], 0, 3, ' 漢'],
    [['a\u001b[2Jb'], 0, 6, ' a\\x1b['],
  ])('%j from %d to %d', (texts, from, to, wanted) => {
    expect(paint(texts, from, to)).toBe(wanted);
  });
});

describe('wrapText', () => {
  it.each([
    ['one two three', 7, '', ['one two', 'three']],
    ['one two three', 8, '  ', ['one two', '  three']],
    ['abcdefghij', 4, '', ['abcd', 'efgh', 'ij']],
    ['a abcdefghij', 4, ' ', ['a', ' abc', ' def', ' ghi', ' j']],
    ['', 4, '', ['']],
    ['a\nb', 8, '', ['a\\x0ab']],
  ])('%j in %d cells', (text, cells, indent, wanted) => {
    expect(wrapText(text, cells, indent)).toEqual(wanted);
  });
});

describe('box', () => {
  it('clears what lies below it, and keeps the lower lines in sight', () => {
    const surface = new Surface(30, 8);
    surface.canvas.fill('#');
    const body = boxLines(['a', 'b', 'c', 'd', 'e', 'f'].map((text) => line(text)));
    paintBox(surface.canvas, LOOK, { title: 'Title\u0007', body, foot: [line('asked?')], scroll: 2 });
    expect(surface.lines()).toEqual([
      '┌─ Title\\x07 ────────────────┐',
      '│ c                          │',
      '│ d                          │',
      '│ e                          █',
      '│ f                          █',
      '│────────────────────────────│',
      '│ asked?                     │',
      '└────────────────────────────┘',
    ]);
  });

  it('is no larger than the screen', () => {
    const surface = new Surface(10, 4);
    const { inner } = openBox(surface.canvas, LOOK, 'a title that is too long', 200, 200);
    expect([inner.width, inner.height]).toEqual([8, 2]);
    expect(surface.lines()[0]).toBe('┌─ a t… ─┐');
  });
});
