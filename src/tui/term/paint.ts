/**
 * From a painted surface to blessed's cells: only what changed, nothing that could do harm, and wide characters so that
 * the terminal's columns and ours stay the same.
 */
import { eastAsianWidth } from 'get-east-asian-width';
import { isAscii, plain } from '../../model/text.ts';
import { type Attr, BOLD, DEFAULT_COLOR, packAttr, type Surface } from '../surface.ts';
import type { BlessedScreen } from './blessed.ts';
import type { Surroundings } from './surroundings.ts';

type Cell = BlessedScreen['lines'][number][number];
export type PaintRules = Pick<Surroundings, 'colors' | 'isUtf8' | 'isAscii'>;

/** An attribute that the terminal can show. */
export function attrFor(attr: Attr, colors: PaintRules['colors']): Attr {
  if (colors === 16) return attr;
  const flags = attr >> 18;
  if (colors === 0) return packAttr(DEFAULT_COLOR, flags);
  const fg = (attr >> 9) & 0x1ff;
  const bg = attr & 0x1ff;
  const dark = bg >= 8 && bg < 16 ? bg - 8 : bg;
  if (fg < 8 || fg > 15) return packAttr(fg, flags, dark);
  // Bright black in bold is black on black where bold does not brighten: what is dim is plain there.
  return fg === 8 ? packAttr(DEFAULT_COLOR, flags, dark) : packAttr(fg - 8, flags | BOLD, dark);
}

/** What our own texts use beside the glyphs, for terminals without it. */
const ASCII_FOR: Readonly<Record<string, string>> = {
  '…': '~',
  '−': '-',
  '–': '-',
  '—': '-',
  '─': '-',
  '│': '|',
  '·': '.',
  '×': 'x',
  '→': '>',
  '←': '<',
  '↑': '^',
  '↓': 'v',
  '≤': '<',
  '≥': '>',
  '’': "'",
  '“': '"',
  '”': '"',
};

/** A character as it may be sent. '' is the second half of a wide one. */
export function charFor(char: string, { isUtf8, isAscii: wantsAscii }: PaintRules): string {
  if (char === '') return isUtf8 ? '' : ' ';
  if (isAscii(char)) return char.length === 1 ? char : '?';
  const shown = wantsAscii || !isUtf8 ? ASCII_FOR[char] : undefined;
  if (shown !== undefined) return shown;
  // Texts are made harmless where they are put; this is for what came another way.
  return isUtf8 && plain(char) === char ? char : '?';
}

/** Scripts and signs whose width no terminal doubts; emoji, new letters and joined ones are not among them. */
const AGREED =
  /^[\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2100-\u214f\u2190-\u22ff\u2500-\u25fc\u2713-\u2718\u3001-\u3029\u3041-\u3096\u30a1-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60]$/;

function isWide(char: string): boolean {
  const code = char.codePointAt(0) ?? 0;
  return code >= 0x1100 && eastAsianWidth(code) === 2;
}

/**
 * A character whose width the terminal may see otherwise, so that it does not matter: its place is emptied, and the cursor
 * is told where to be before and after.
 */
function pinned(char: string, x: number, y: number, cells: number): string {
  return `${' '.repeat(cells)}\x1b[${y + 1};${x + 1}H${char}\x1b[${y + 1};${x + 1 + cells}H`;
}

/** Makes the screen want what the surface shows. What lies beyond the surface is blank. */
export function copySurface(screen: BlessedScreen, surface: Surface, rules: PaintRules): void {
  const { cols, rows, chars, attrs } = surface;
  const blank = packAttr();
  for (const [y, line] of screen.lines.entries()) {
    const isInside = y < rows;
    for (const [x, cell] of line.entries()) {
      const at = y * cols + x;
      const isThere = isInside && x < cols;
      const attr = isThere ? attrFor(attrs[at] ?? blank, rules.colors) : blank;
      const char = isThere ? charFor(chars[at] ?? ' ', rules) : ' ';
      if (cell[0] === attr && cell[1] === char) continue;
      cell[0] = attr;
      cell[1] = char;
      line.dirty = true;
    }
  }
}

/**
 * Before a drawing: half of a wide character is a space, and a wide one is sent whole, with both of its cells, or not at
 * all. The drawing moves the cursor by cells: any other way it would be a column off for the rest of the row.
 */
export function settleCells(screen: BlessedScreen): void {
  for (const [y, line] of screen.lines.entries()) {
    if (!line.dirty) continue;
    const shown = screen.olines[y] ?? [];
    for (let x = 0; x < line.length; x++) {
      const cell = line[x];
      if (cell === undefined || (cell[1].length === 1 && cell[1] < '\u00a0')) continue;
      const cells = settleCell(cell, line[x + 1], x, y);
      const [first, second] = [shown[x], shown[x + 1]];
      const isNew = isOther(cell, first) || (cells === 2 && isOther(line[x + 1], second));
      // Also what follows a doubtful one: the terminal may have painted over it.
      if (isNew && (cells === 2 || cell[1].length > 1)) forget(first, second);
      x += cells - 1;
    }
  }
}

/** @returns how many cells it takes */
function settleCell(cell: Cell, next: Cell | undefined, x: number, y: number): 1 | 2 {
  const char = cell[1];
  const isAgreed = AGREED.test(char);
  if (char === '') cell[1] = ' ';
  else if (isWide(char)) {
    if (next?.[1] !== '') cell[1] = ' ';
    else {
      if (!isAgreed) cell[1] = pinned(char, x, y, 2);
      return 2;
    }
  } else if (!isAgreed) {
    // In the last column it might go on in the next row.
    cell[1] = next === undefined ? '?' : pinned(char, x, y, 1);
  }
  return 1;
}

function isOther(wanted: Cell | undefined, shown: Cell | undefined): boolean {
  return shown?.[0] !== wanted?.[0] || shown?.[1] !== wanted?.[1];
}

function forget(...cells: readonly (Cell | undefined)[]): void {
  for (const cell of cells) if (cell !== undefined) cell[1] = '\0';
}

/** Paints it: what was written goes out in one piece. */
export function paintSurface(screen: BlessedScreen, surface: Surface, rules: PaintRules): void {
  copySurface(screen, surface, rules);
  settleCells(screen);
  screen.draw(0, screen.lines.length - 1);
  const { program } = screen;
  const { cursor } = surface;
  if (cursor !== undefined && cursor.x < screen.cols && cursor.y < screen.rows) {
    program.cup(cursor.y, cursor.x);
    if (program.cursorHidden !== false) program.showCursor();
  } else if (program.cursorHidden === false) program.hideCursor();
  program.flush();
}
