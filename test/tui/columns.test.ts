import { expect, test } from 'vitest';
import { type Column, fitText, paintCell, paintHeads, placeColumns, wrapText } from '../../src/tui/columns.ts';
import { Look } from '../../src/tui/look.ts';
import { INVERSE, Surface } from '../../src/tui/surface.ts';

const LOOK = new Look({ isAscii: false, hasColor: true, showLetters: false });
const ASCII = new Look({ isAscii: true, hasColor: true, showLetters: false });
const COLUMNS: readonly Column<'a' | 'b' | 'c' | 'd'>[] = [
  { id: 'a', head: 'A', cells: 4 },
  { id: 'b', head: 'B', cells: 3, drop: 2, isRight: true },
  { id: 'c', head: 'C', cells: 3, drop: 1 },
  { id: 'd', head: 'D', cells: 5, grows: true },
];

test.each([
  [30, ['a 0+4', 'b 5+3', 'c 9+3', 'd 13+17']],
  [18, ['a 0+4', 'b 5+3', 'c 9+3', 'd 13+5']],
  [17, ['a 0+4', 'c 5+3', 'd 9+8']],
  [13, ['a 0+4', 'd 5+8']],
  [3, ['a 0+4', 'd 5+5']],
  [0, ['a 0+4', 'd 5+5']],
])('in %d cells', (cells, placed) => {
  expect(placeColumns(COLUMNS, cells).map(({ id, x, cells: wide }) => `${id} ${x}+${wide}`)).toEqual(placed);
});

test('columns with one number go together', () => {
  const both = COLUMNS.map((column) => (column.id === 'c' ? { ...column, drop: 2 } : column));
  expect(placeColumns(both, 17).map(({ id }) => id)).toEqual(['a', 'd']);
});

test.each([
  ['abcdef', 6, LOOK, 'abcdef'],
  ['abcdef', 5, LOOK, 'abcd…'],
  ['abcdef', 5, ASCII, 'abcd~'],
  ['漢字漢字', 5, LOOK, '漢字…'],
  ['a\u001b[2J', 20, LOOK, 'a\\x1b[2J'],
  ['a\u001b[2J', 4, LOOK, 'a\\x…'],
  ['abc', 0, LOOK, ''],
])('%j in %d cells', (text, cells, look, fitted) => {
  expect(fitText(text, cells, look)).toBe(fitted);
});

test.each([
  ['abcdef', 3, 2, ['abc', 'def']],
  ['abcdefgh', 3, 2, ['abc', 'de…']],
  ['漢字漢', 3, 3, ['漢', '字', '漢']],
  ['abc', 3, 2, ['abc']],
  ['漢', 1, 3, ['漢']],
  ['', 3, 2, []],
  ['abc', 3, 0, []],
])('%j over lines of %d cells, at most %d', (text, cells, lines, wrapped) => {
  expect(wrapText(text, cells, lines, LOOK)).toEqual(wrapped);
});

test('a cell has its tone only where its text is, and the cursor over all of it', () => {
  const surface = new Surface(20, 2);
  const [, right] = placeColumns(COLUMNS, 20);
  if (right === undefined) throw new Error('no column');
  const place = { column: right, left: 2, y: 1 };
  paintHeads(surface.canvas, [right], 2, 0, LOOK);
  paintCell(surface.canvas, place, { text: '7', tone: 'alarm' }, LOOK);
  expect(surface.lines()).toEqual(['         B', '         7']);
  expect([7, 8, 9].map((x) => surface.attrs[20 + x])).toEqual([
    LOOK.attr('plain'),
    LOOK.attr('plain'),
    LOOK.attr('alarm'),
  ]);
  paintCell(surface.canvas, place, { text: '7', isUnderCursor: true }, LOOK);
  expect([7, 8, 9].every((x) => (((surface.attrs[20 + x] ?? 0) >> 18) & INVERSE) !== 0)).toBe(true);
});
