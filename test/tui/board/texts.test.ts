import { describe, expect, it } from 'vitest';
import { cutName, leastCells, tailFor } from '../../../src/tui/board/entry-names.ts';
import { bytesText, looksLikeError } from '../../../src/tui/board/history-lines.ts';
import { type Line, line, paintLine, wrapped } from '../../../src/tui/board/lines.ts';
import { Look } from '../../../src/tui/look.ts';
import { Surface } from '../../../src/tui/surface.ts';

const look = new Look({ isAscii: false, hasColor: true, showLetters: false });

describe('names that are too long', () => {
  it.each([
    ['abcdefghij', 10, 3, 'abcdefghij'],
    ['abcdefghij', 9, 3, 'abcde…hij'],
    ['abcdefghij', 5, 0, 'abcd…'],
    ['abcdefghij', 5, 9, '…ghij'],
    ['abcdefghij', 1, 0, '…'],
    ['abcdefghij', 0, 0, ''],
  ])('are cut in the middle: %s in %d with %d at the end', (name, cells, tail, wanted) => {
    expect(cutName(name, cells, tail, '…')).toBe(wanted);
  });

  const many = (before: string, after: string): string[] =>
    Array.from({ length: 30 }, (_, at) => `${before}${at + 100}${after}`);
  it.each([
    ['at the end', many('a_very_long_beginning_', ''), 9],
    ['at the beginning', many('', '_and_a_very_long_end_too'), 9],
    ['in the middle', many('a_very_long_beginning_', '_and_a_long_end'), 20],
    ['nowhere near', ['x', ...many('a_very_long_beginning_', '')], 9],
  ])('can be told apart: they differ %s', (_, names, most) => {
    const cells = leastCells(names);
    expect(cells).toBeLessThanOrEqual(most);
    const cut = names.map((name) => cutName(name, cells, tailFor(names, cells), '…'));
    expect(new Set(cut).size).toBe(names.length);
    expect(Math.max(...cut.map((name) => name.length))).toBeLessThanOrEqual(cells);
  });

  it('are never cut if they are short, nor apart if they are the same', () => {
    expect(leastCells(['j8a20101q', 'j8a20102q'])).toBe(9);
    expect(leastCells([])).toBe(0);
    const same = 'a_very_long_name_that_stands_there_twice';
    expect(leastCells([same, same])).toBe(9);
  });
});

describe('lines', () => {
  const texts = (lines: readonly Line[]): string[] => lines.map((one) => one.map(({ text }) => text).join(''));

  it.each<[string, Line, number, string[]]>([
    ['short', line('abc'), 10, ['abc']],
    ['words', line('what is to be done about it all'), 30, ['what is to be done about it', 'all']],
    [
      'a label',
      [{ text: 'next     ' }, { text: 'one two three four five six' }],
      30,
      ['next     one two three four', '         five six'],
    ],
    ['no room', [{ text: 'x'.repeat(30) }, { text: 'a reason' }], 35, ['x'.repeat(30), '         a reason']],
    [
      'one long word',
      [{ text: 'param    ' }, { text: 'y'.repeat(45) }],
      30,
      [`param    ${'y'.repeat(21)}`, `         ${'y'.repeat(21)}`, `         yyy`],
    ],
    ['a head', [{ text: 'HEAD '.repeat(20), tone: 'head' }], 30, ['HEAD '.repeat(20)]],
    [
      'between segments, where they may be broken',
      [
        { text: 'stages   ' },
        ...['one', 'two', 'three', 'four'].flatMap(
          (name): Line => [{ text: `${name} `, mayBreak: true }, { text: '✓  ' }],
        ),
      ],
      23,
      ['stages   one ✓  two ✓', '         three ✓', '         four ✓'],
    ],
    [
      'a long text, then a word of its own',
      [{ text: 'claim    ' }, { text: 'one two three four five' }, { text: '  DEAD', mayBreak: true }],
      30,
      ['claim    one two three four', '         five  DEAD'],
    ],
    [
      'a table',
      [{ text: 'x'.repeat(20) }, { text: 'y'.repeat(20) }, { text: 'z' }],
      30,
      [`${'x'.repeat(20)}${'y'.repeat(20)}`, '         z'],
    ],
    ['nothing behind', [{ text: 'x'.repeat(50) }, { text: '' }], 30, ['x'.repeat(50)]],
  ])('are wrapped: %s', (_, one, cells, wanted) => {
    expect(texts(wrapped(one, cells))).toEqual(wanted);
  });

  it('are wrapped by cells, not by characters', () => {
    const lines = texts(wrapped([{ text: 'label    ' }, { text: '望'.repeat(30) }], 30));
    expect(lines.map((text) => [...text.trimStart().replace(/^label +/, '')].length)).toEqual([10, 10, 10]);
  });

  it.each<[string, Line, string]>([
    ['fits', [{ text: 'abcde' }, { text: 'fghij' }], 'abcdefghij'],
    ['cut', [{ text: 'abcde' }, { text: 'fghijk' }], 'abcdefghi…'],
    ['cut before the end', [{ text: 'abcdefghij' }, { text: 'k' }], 'abcdefghi…'],
    ['nothing more', [{ text: 'abcdefghij' }, { text: '' }], 'abcdefghij'],
    ['wide', [{ text: '望遠鏡望遠鏡' }], '望遠鏡望…'],
    ['harmful', [{ text: `a${String.fromCharCode(27)}b` }], 'a\\x1bb'],
    ['harmful and too long', [{ text: `abcdefgh${String.fromCharCode(27)}` }], 'abcdefgh\\…'],
  ])('are painted up to the edge: %s', (_, one, wanted) => {
    const surface = new Surface(10, 1);
    paintLine(surface.canvas, 0, 0, one, look);
    expect(surface.lines()).toEqual([wanted]);
  });
});

describe('a log', () => {
  it.each([
    ['13:58:06 phot: ERROR bad header', true],
    ['Traceback (most recent call last):', true],
    ['FATAL: no space', true],
    ['ValueError: bad header', true],
    ['  java.lang.NullPointerException: x', true],
    ['no errors found', false],
    ['0 ERRORS', false],
    ['reading error.log', false],
    [`${'x'.repeat(600)} ERROR`, false],
  ])('"%s" is an error: %s', (text, wanted) => {
    expect(looksLikeError(text)).toBe(wanted);
  });

  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [1536, '1.5 KiB'],
    [200 * 1024, '200 KiB'],
    [25_165_824, '24.0 MiB'],
    [5 * 1024 ** 5, '5120 TiB'],
  ])('%d bytes are %s', (bytes, wanted) => {
    expect(bytesText(bytes)).toBe(wanted);
  });
});
