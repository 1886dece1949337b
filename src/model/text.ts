/** Text on its way to a terminal or into a column: made harmless, measured, cut, escaped. Pure. */
import { eastAsianWidth } from 'get-east-asian-width';

/** C0, DEL, C1, the marks that turn the reading direction, and the separators that break a line. */
const HARMFUL = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]|\p{Cs}/gu;

function escaped(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** One line that can't move the cursor, set a title or turn the direction of what follows. */
export function plain(text: string): string {
  return text.replace(HARMFUL, escaped);
}

/** The same, with line ends and tabs kept. */
export function plainLines(text: string): string {
  return text.replace(HARMFUL, (char) => (char === '\n' || char === '\t' ? char : escaped(char)));
}

/** JSON as ever, with what a terminal would obey written as JSON can: it may be printed to one. */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(HARMFUL, (char) =>
    // The line ends are its own.
    char === '\n' ? char : `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}

const ASCII = /^[\x20-\x7e]*$/;
const MARK = /\p{Mn}|\p{Me}/u;
/** Joiners, variation selectors, skin tones, tags: terminals disagree about what they make of their neighbours. */
const DROPPED = /[\u200b-\u200d\u2060-\u2064]|[\ufe00-\ufe0f]|[\u{1f3fb}-\u{1f3ff}]|[\u{e0000}-\u{e01ef}]/u;
/** More marks than any script needs on one letter are piled up to run into other lines. */
const MOST_MARKS = 3;
const FLAG_A = 0x1f1e6;
const FLAG_Z = 0x1f1ff;

/** What stands in one place of the terminal: a character with its marks, one or two cells wide. */
export interface Glyph {
  readonly text: string;
  readonly cells: 1 | 2;
}

/**
 * The places that a text takes. Only what all terminals measure alike is let through: what joins characters is dropped,
 * a mark without a letter gets a circle, letters of flags are plain letters. The text has been made `plain` before.
 */
export function glyphsOf(text: string): Glyph[] {
  const glyphs: Glyph[] = [];
  let marks = 0;
  for (const char of text) {
    if (DROPPED.test(char)) continue;
    const code = char.codePointAt(0) ?? 0;
    if (MARK.test(char)) {
      const last = glyphs.at(-1);
      if (last === undefined) glyphs.push({ text: `\u25cc${char}`, cells: 1 });
      else if (++marks <= MOST_MARKS) glyphs[glyphs.length - 1] = { ...last, text: last.text + char };
      continue;
    }
    marks = 0;
    if (code >= FLAG_A && code <= FLAG_Z) glyphs.push({ text: String.fromCharCode(65 + code - FLAG_A), cells: 1 });
    else glyphs.push({ text: char, cells: code < 0x1100 ? 1 : eastAsianWidth(code) });
  }
  return glyphs;
}

/** True if each character is one cell and harmless: most texts are, and need no second look. */
export function isAscii(text: string): boolean {
  return ASCII.test(text);
}

/** Cells that a text takes on a terminal. */
export function width(text: string): number {
  if (ASCII.test(text)) return text.length;
  let cells = 0;
  for (const glyph of glyphsOf(text)) cells += glyph.cells;
  return cells;
}

/** At most `cells` wide; what is cut ends in `…`. */
export function cut(text: string, cells: number): string {
  if (width(text) <= cells) return text;
  if (cells <= 0) return '';
  let used = 0;
  let kept = '';
  for (const glyph of glyphsOf(text)) {
    if (used + glyph.cells > cells - 1) break;
    used += glyph.cells;
    kept += glyph.text;
  }
  return `${kept}…`;
}

export function padEnd(text: string, cells: number): string {
  return text + ' '.repeat(Math.max(0, cells - width(text)));
}

export function padStart(text: string, cells: number): string {
  return ' '.repeat(Math.max(0, cells - width(text))) + text;
}

const TSV_SPECIAL = /[\t\n\r\\]/g;
const TSV_ESCAPES: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r', '\\': '\\\\' };

/** One field of a `--tsv` line: tabs, line ends and backslashes escaped, and what a terminal would obey. */
export function tsvField(text: string): string {
  return plain(text.replace(TSV_SPECIAL, (char) => TSV_ESCAPES[char] ?? char));
}

export function tsvLine(fields: readonly (string | number)[]): string {
  return `${fields.map((field) => (typeof field === 'number' ? String(field) : tsvField(field))).join('\t')}\n`;
}

/** `1 entry`, `37 entries`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
