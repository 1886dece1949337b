/** Text on its way to a terminal or into a column: made harmless, measured, cut, escaped. Pure. */

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

const ASCII = /^[\x20-\x7e]*$/;
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
const NOTHING = /\p{M}|\u200d|\ufe0f/u;

function cellsOf(char: string): number {
  if (NOTHING.test(char)) return 0;
  return WIDE.test(char) ? 2 : 1;
}

/** Cells that a text takes on a terminal. */
export function width(text: string): number {
  if (ASCII.test(text)) return text.length;
  let cells = 0;
  for (const char of text) cells += cellsOf(char);
  return cells;
}

/** At most `cells` wide; what is cut ends in `…`. */
export function cut(text: string, cells: number): string {
  if (width(text) <= cells) return text;
  let used = 0;
  let kept = '';
  for (const char of text) {
    const more = cellsOf(char);
    if (used + more > cells - 1) break;
    used += more;
    kept += char;
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

/** One field of a `--tsv` line. */
export function tsvField(text: string): string {
  return text.replace(TSV_SPECIAL, (char) => TSV_ESCAPES[char] ?? char);
}

export function tsvLine(fields: readonly (string | number)[]): string {
  return `${fields.map((field) => (typeof field === 'number' ? String(field) : tsvField(field))).join('\t')}\n`;
}

/** `1 entry`, `37 entries`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
