/**
 * What a sequence of the terminal means: a key by the name that bindings use, a click, a turn of the wheel, the window's
 * focus. Knows the ways of xterm, rxvt, the Linux console, tmux and screen. Pure.
 */
import type { KeyPress, MouseEvent } from '../binding.ts';

export type InputEvent =
  | { readonly kind: 'key'; readonly press: KeyPress }
  | { readonly kind: 'mouse'; readonly event: MouseEvent }
  | { readonly kind: 'focus'; readonly isFocused: boolean };

type Names = Readonly<Record<string, string>>;

const CONTROL: Names = {
  '\x00': 'C-space',
  '\b': 'backspace',
  '\t': 'tab',
  '\n': 'enter',
  '\r': 'enter',
  '\x1b': 'escape',
  '\x1c': 'C-\\',
  '\x1d': 'C-]',
  '\x1e': 'C-^',
  '\x1f': 'C-_',
  ' ': 'space',
  '\x7f': 'backspace',
};

/** Last character of a CSI or SS3 sequence. */
const FINAL: Names = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'home',
  F: 'end',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
};

/** The number before `~`. */
const NUMBERED: Names = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
  11: 'f1',
  12: 'f2',
  13: 'f3',
  14: 'f4',
  15: 'f5',
  17: 'f6',
  18: 'f7',
  19: 'f8',
  20: 'f9',
  21: 'f10',
  23: 'f11',
  24: 'f12',
};

/** rxvt: arrows with Shift end in a small letter after CSI, with Ctrl after SS3. */
const SMALL: Names = { a: 'up', b: 'down', c: 'right', d: 'left' };
const RXVT_ENDS: Readonly<Record<string, number>> = { '~': 0, $: 1, '^': 4, '@': 5 };

const SHIFT = 1;
const ALT = 2;
const CTRL = 4;
const MOST_MODIFIERS = 15;

function key(name: string, text = ''): InputEvent {
  return { kind: 'key', press: { name, text } };
}

function withModifiers(name: string | undefined, modifiers: number): InputEvent | undefined {
  if (name === undefined || modifiers < 0 || modifiers > MOST_MODIFIERS) return undefined;
  const ctrl = (modifiers & CTRL) !== 0 ? 'C-' : '';
  const alt = (modifiers & ALT) !== 0 ? 'M-' : '';
  const shift = (modifiers & SHIFT) !== 0 ? 'S-' : '';
  return key(ctrl + alt + shift + name);
}

/** A key that types, or is said by one control character. */
function characterOf(char: string): InputEvent | undefined {
  const named = CONTROL[char];
  if (named !== undefined) return key(named, char === ' ' ? ' ' : '');
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x20) return key(`C-${String.fromCharCode(code + 0x60)}`);
  // C1 controls, and what was no UTF-8.
  if ((code >= 0x80 && code < 0xa0) || code === 0xfffd) return undefined;
  return key(char, char);
}

const WHEEL = 64;
const MOTION = 32;

/** @param button with its modifiers; counted from 0, as the columns and rows are from 1 */
function mouseOf(button: number, column: number, row: number, isRelease: boolean): InputEvent | undefined {
  if (isRelease || (button & MOTION) !== 0 || column < 1 || row < 1) return undefined;
  const which = button & ~(4 | 8 | 16);
  const kind = which === 0 ? 'click' : which === WHEEL ? 'wheelup' : which === WHEEL + 1 ? 'wheeldown' : undefined;
  return kind === undefined ? undefined : { kind: 'mouse', event: { kind, x: column - 1, y: row - 1 } };
}

const SGR_MOUSE = /^\x1b\[<(\d+);(\d+);(\d+)([Mm])$/;
const LINUX_F = /^\x1b\[\[([A-E])$/;
const NUMBER = /^\x1b\[(\d+)(?:;(\d+))?([~$^@])$/;
const LETTER = /^\x1b[[O](?:1;)?(\d*)([A-Z])$/;

/** @param text one character, or one whole sequence of the tokenizer @returns undefined: nothing we know or want */
export function eventOf(text: string): InputEvent | undefined {
  if (!text.startsWith('\x1b') || text === '\x1b') return characterOf(text);
  if (text === '\x1b[I' || text === '\x1b[O') return { kind: 'focus', isFocused: text.endsWith('I') };
  if (text === '\x1b[Z') return key('S-tab');
  const sgr = SGR_MOUSE.exec(text);
  if (sgr !== null) return mouseOf(Number(sgr[1]), Number(sgr[2]), Number(sgr[3]), sgr[4] === 'm');
  if (text.startsWith('\x1b[M') && text.length === 6) {
    const at = (index: number): number => text.charCodeAt(index) - 32;
    return mouseOf(at(3), at(4), at(5), (at(3) & 3) === 3 && at(3) < WHEEL);
  }
  const linux = LINUX_F.exec(text);
  if (linux !== null) return key(`f${(linux[1] ?? 'A').charCodeAt(0) - 64}`);
  const numbered = NUMBER.exec(text);
  if (numbered !== null) {
    const modifiers = numbered[2] === undefined ? (RXVT_ENDS[numbered[3] ?? '~'] ?? 0) : Number(numbered[2]) - 1;
    return withModifiers(NUMBERED[numbered[1] ?? ''], modifiers);
  }
  if (/^\x1b\[[abcd]$/.test(text)) return withModifiers(SMALL[text.charAt(2)], SHIFT);
  if (/^\x1bO[abcd]$/.test(text)) return withModifiers(SMALL[text.charAt(2)], CTRL);
  // The keypad in application mode: return, tab, signs and digits, 0x40 higher.
  const keypad = /^\x1bO([ MIXj-y])$/.exec(text)?.[1];
  if (keypad !== undefined) {
    return characterOf(keypad === ' ' ? ' ' : keypad === 'X' ? '=' : String.fromCharCode(keypad.charCodeAt(0) - 0x40));
  }
  const lettered = LETTER.exec(text);
  if (lettered !== null) {
    const modifiers = lettered[1] === '' ? 0 : Number(lettered[1]) - 1;
    return withModifiers(FINAL[lettered[2] ?? ''], modifiers);
  }
  return altOf(text);
}

/** Escape and a character in one: Alt was held. */
function altOf(text: string): InputEvent | undefined {
  const char = text.slice(1);
  if ([...char].length !== 1) return undefined;
  const event = characterOf(char);
  return event?.kind === 'key' ? key(`M-${event.press.name}`) : undefined;
}
