/**
 * How things look: tones instead of colours, glyphs with an ASCII set beside them. Colour never says anything alone:
 * beside it stands a glyph or a word. Only the sixteen colours that a user's theme sets. Pure.
 */
import type { Letter } from '../model/letters.ts';
import type { State } from '../model/name.ts';
import { type Attr, BOLD, INVERSE, packAttr, UNDERLINE } from './surface.ts';

export type Tone =
  | 'plain'
  | 'dim'
  | 'bold'
  | 'head'
  | 'bar'
  | 'cursor'
  | 'marked'
  | 'good'
  | 'bad'
  | 'warn'
  | 'busy'
  | 'retry'
  | 'accent'
  | 'alarm';

/** Foreground of the sixteen, undefined: the terminal's own; and flags. */
const TONES: Readonly<Record<Tone, readonly [fg: number | undefined, flags: number]>> = {
  plain: [undefined, 0],
  dim: [8, 0],
  bold: [undefined, BOLD],
  head: [undefined, BOLD | UNDERLINE],
  bar: [undefined, INVERSE],
  cursor: [undefined, INVERSE],
  marked: [undefined, BOLD],
  good: [10, 0],
  bad: [9, BOLD],
  warn: [11, 0],
  busy: [12, BOLD],
  retry: [13, 0],
  accent: [14, 0],
  alarm: [9, BOLD | INVERSE],
};

export interface Glyphs {
  readonly letters: Readonly<Record<Letter, string>>;
  readonly states: Readonly<Record<State, string>>;
  /** Eight heights, the lowest first; a value of nothing is a space. */
  readonly bars: readonly string[];
  readonly horizontal: string;
  readonly vertical: string;
  /** Top left, top right, bottom left, bottom right. */
  readonly corners: readonly [string, string, string, string];
  readonly thumb: string;
  readonly cursor: string;
  readonly mark: string;
  readonly up: string;
  readonly down: string;
  readonly more: string;
}

const LETTERS: Readonly<Record<Letter, string>> = {
  _: '·',
  w: '○',
  1: '↻',
  2: '↻',
  3: '↻',
  4: '↻',
  5: '↻',
  6: '↻',
  7: '↻',
  8: '↻',
  9: '↻',
  p: '▶',
  e: '▷',
  c: '✓',
  s: '»',
  f: '✗',
  h: '‖',
  g: '◌',
};

const UNICODE: Glyphs = {
  letters: LETTERS,
  states: { queue: '○', active: '▶', gather: '◌', failed: '✗', held: '‖', done: '✓', removed: '−' },
  bars: ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
  horizontal: '─',
  vertical: '│',
  corners: ['┌', '┐', '└', '┘'],
  thumb: '█',
  cursor: '▸',
  mark: '*',
  up: '▲',
  down: '▼',
  more: '…',
};

const ASCII: Glyphs = {
  letters: {
    _: '.',
    w: 'o',
    1: '~',
    2: '~',
    3: '~',
    4: '~',
    5: '~',
    6: '~',
    7: '~',
    8: '~',
    9: '~',
    p: '>',
    e: ')',
    c: '+',
    s: '-',
    f: 'X',
    h: '=',
    g: '?',
  },
  states: { queue: 'o', active: '>', gather: '?', failed: 'X', held: '=', done: '+', removed: '-' },
  bars: ['_', '.', '-', '-', '=', '=', '#', '#'],
  horizontal: '-',
  vertical: '|',
  corners: ['+', '+', '+', '+'],
  thumb: '#',
  cursor: '>',
  mark: '*',
  up: '^',
  down: 'v',
  more: '~',
};

const LETTER_TONES: Readonly<Record<Letter, Tone>> = {
  _: 'dim',
  w: 'plain',
  1: 'retry',
  2: 'retry',
  3: 'retry',
  4: 'retry',
  5: 'retry',
  6: 'retry',
  7: 'retry',
  8: 'retry',
  9: 'retry',
  p: 'busy',
  e: 'busy',
  c: 'good',
  s: 'dim',
  f: 'bad',
  h: 'warn',
  g: 'accent',
};

const STATE_TONES: Readonly<Record<State, Tone>> = {
  queue: 'plain',
  active: 'busy',
  gather: 'accent',
  failed: 'bad',
  held: 'warn',
  done: 'good',
  removed: 'dim',
};

export interface LookOptions {
  readonly isAscii: boolean;
  readonly hasColor: boolean;
  /** The board's own letters instead of glyphs. */
  readonly showLetters: boolean;
}

export class Look {
  readonly options: LookOptions;
  readonly glyphs: Glyphs;

  constructor(options: LookOptions) {
    this.options = options;
    this.glyphs = options.isAscii ? ASCII : UNICODE;
  }

  /** @param isUnderCursor the row of the cursor is inverse, whatever its tones are */
  attr(tone: Tone, isUnderCursor = false): Attr {
    const [fg, flags] = TONES[tone];
    const more = isUnderCursor ? flags | INVERSE : flags;
    return this.options.hasColor ? packAttr(fg, more) : packAttr(undefined, more);
  }

  letter(letter: Letter): { readonly glyph: string; readonly tone: Tone } {
    return {
      glyph: this.options.showLetters ? letter : this.glyphs.letters[letter],
      tone: LETTER_TONES[letter],
    };
  }

  /** Failed entries are told in capitals. */
  state(state: State): { readonly glyph: string; readonly tone: Tone; readonly word: string } {
    const word = state === 'failed' ? 'FAILED' : state;
    return { glyph: this.glyphs.states[state], tone: STATE_TONES[state], word };
  }

  /** One bar a value, scaled to `most`; undefined is no value. */
  spark(values: readonly (number | undefined)[], most = Math.max(0, ...values.map((value) => value ?? 0))): string {
    const { bars } = this.glyphs;
    return values
      .map((value) => {
        if (value === undefined || value <= 0 || most <= 0) return ' ';
        return bars[Math.min(bars.length - 1, Math.ceil((value / most) * bars.length) - 1)] ?? ' ';
      })
      .join('');
  }
}
