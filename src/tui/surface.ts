/**
 * A screen in memory: cells of one character (with its marks) and a packed attribute. Views paint into it, the terminal
 * adapter compares it with what stands on the terminal. All text goes through `put`, so nothing of foreign origin can
 * reach the terminal as a control code or break a row by its width. Pure.
 */
import { glyphsOf, isAscii, plain } from '../model/text.ts';

/** flags << 18 | foreground << 9 | background; 0x1ff is the terminal's default colour. */
export type Attr = number;

export const DEFAULT_COLOR = 0x1ff;
export const BOLD = 1;
export const UNDERLINE = 2;
export const INVERSE = 8;

export function packAttr(fg = DEFAULT_COLOR, flags = 0, bg = DEFAULT_COLOR): Attr {
  return (flags << 18) | (fg << 9) | bg;
}

export const PLAIN: Attr = packAttr();

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export class Surface {
  readonly cols: number;
  readonly rows: number;
  /** Row by row. The second cell of a wide character holds `''`. */
  readonly chars: string[];
  readonly attrs: Int32Array;
  /** Where the terminal's cursor is shown, if a text is being typed. */
  cursor: { readonly x: number; readonly y: number } | undefined;

  constructor(cols: number, rows: number) {
    this.cols = cols;
    this.rows = rows;
    this.chars = new Array(cols * rows).fill(' ');
    this.attrs = new Int32Array(cols * rows).fill(PLAIN);
  }

  clear(): void {
    this.chars.fill(' ');
    this.attrs.fill(PLAIN);
    this.cursor = undefined;
  }

  /** All of it as a canvas. */
  get canvas(): Canvas {
    return new Canvas(this, { x: 0, y: 0, width: this.cols, height: this.rows });
  }

  /** The text of each row, without trailing space: for tests and screen files. */
  lines(): string[] {
    return Array.from({ length: this.rows }, (_, y) =>
      this.chars
        .slice(y * this.cols, (y + 1) * this.cols)
        .join('')
        .trimEnd(),
    );
  }
}

/** A part of a surface with its own coordinates; what goes beyond it is cut. */
export class Canvas {
  readonly #surface: Surface;
  readonly #area: Area;
  readonly width: number;
  readonly height: number;

  constructor(surface: Surface, area: Area) {
    const x = Math.max(0, area.x);
    const y = Math.max(0, area.y);
    this.#surface = surface;
    this.width = Math.max(0, Math.min(area.width, surface.cols - x));
    this.height = Math.max(0, Math.min(area.height, surface.rows - y));
    this.#area = { x, y, width: this.width, height: this.height };
  }

  /** A part of this one. Width and height default to all that is left. */
  part(x: number, y: number, width = this.width - x, height = this.height - y): Canvas {
    const room = { width: Math.min(width, this.width - x), height: Math.min(height, this.height - y) };
    return new Canvas(this.#surface, { x: this.#area.x + x, y: this.#area.y + y, ...room });
  }

  /** Where it lies on the screen: mouse events come in the screen's coordinates. */
  get area(): Area {
    return this.#area;
  }

  /**
   * Writes text, cut at `cells` and at the edge. Harmful characters are shown escaped.
   * @returns the column after it
   */
  put(x: number, y: number, text: string, attr: Attr = PLAIN, cells = this.width - x): number {
    const end = Math.min(x + cells, this.width);
    if (y < 0 || y >= this.height || x >= end) return x;
    if (isAscii(text)) {
      let at = x;
      for (let index = 0; index < text.length && at < end; index++, at++) this.#set(at, y, text.charAt(index), attr);
      return at;
    }
    let at = x;
    for (const { text: char, cells: wide } of glyphsOf(plain(text))) {
      if (at + wide > end) break;
      if (wide === 2 && at === -1) this.#set(0, y, ' ', attr);
      else {
        this.#set(at, y, char, attr);
        if (wide === 2) this.#set(at + 1, y, '', attr);
      }
      at += wide;
    }
    return at;
  }

  /** Writes text and fills the rest of `cells` with spaces. */
  field(x: number, y: number, text: string, cells: number, attr: Attr = PLAIN): number {
    const end = Math.min(x + cells, this.width);
    for (let at = this.put(x, y, text, attr, cells); at < end; at++) this.#set(at, y, ' ', attr);
    return x + cells;
  }

  /** Fills rows with a character of one cell. */
  fill(char: string, attr: Attr = PLAIN, x = 0, y = 0, width = this.width - x, height = this.height - y): void {
    for (let row = Math.max(0, y); row < Math.min(y + height, this.height); row++)
      for (let at = Math.max(0, x); at < Math.min(x + width, this.width); at++) this.#set(at, row, char, attr);
  }

  /** Shows the terminal's cursor there. */
  showCursor(x: number, y: number): void {
    if (x >= 0 && y >= 0 && x < this.width && y < this.height)
      this.#surface.cursor = { x: this.#area.x + x, y: this.#area.y + y };
  }

  #set(x: number, y: number, char: string, attr: Attr): void {
    if (x < 0) return;
    const { cols, chars, attrs } = this.#surface;
    const at = (this.#area.y + y) * cols + this.#area.x + x;
    // Half of a wide character is no character.
    if (chars[at] === '' && char !== '') chars[at - 1] = ' ';
    if (chars[at + 1] === '' && (at + 1) % cols !== 0) chars[at + 1] = ' ';
    chars[at] = char;
    attrs[at] = attr;
  }
}
