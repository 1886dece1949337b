/** Modes of a terminal beyond blessed's, and all that gives it back in one text. Pure. */
import type { Surroundings } from './surroundings.ts';

export const FOCUS_AND_PASTE = ['?1004', '?2004'] as const;
/** Presses, releases and the wheel, at any distance; no motion, which would come in floods. */
export const MOUSE = ['?1000', '?1006'] as const;

export const modes = (names: readonly string[], end: 'h' | 'l'): string =>
  names.map((name) => `\x1b[${name}${end}`).join('');

/** What gives the terminal back, for one who can't ask blessed: the same as it says itself when it leaves. */
export function farewell({ isXtermLike }: Pick<Surroundings, 'isXtermLike'>): string {
  if (!isXtermLike) return '\x1b[?25h\x1b[?0c\x1b[m\x1b[H\x1b[J';
  return `${modes([...MOUSE, ...FOCUS_AND_PASTE], 'l')}\x1b[?1l\x1b>\x1b[?12l\x1b[?25h\x1b[m\x1b[H\x1b[2J\x1b[?1049l`;
}
