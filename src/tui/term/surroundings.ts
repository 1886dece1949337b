/** What the environment says about the terminal: characters, colours, mouse, or that no dashboard can be painted. Pure. */
import type { TerminfoName } from './terminfo.ts';

export type Env = Readonly<Record<string, string | undefined>>;

export interface Surroundings {
  /** How the terminal is spoken to. */
  readonly terminfo: TerminfoName;
  /** 0: none, whatever is painted. 8: the bright ones are said in bold. 16: as painted. */
  readonly colors: 0 | 8 | 16;
  /** False: no byte beyond ASCII is sent. */
  readonly isUtf8: boolean;
  /** Signs are of ASCII, because of the locale, the terminal's font, or a wish. */
  readonly isAscii: boolean;
  /** It knows reports of mouse and focus, bracketed paste and the clipboard: what xterm has and all have copied. */
  readonly isXtermLike: boolean;
  /** The clipboard is behind it. */
  readonly isTmux: boolean;
}

export interface Wishes {
  readonly isAscii: boolean;
  /** False: the command line or NO_COLOR wants none. */
  readonly hasColor: boolean;
}

/** Terminals of eight colours that don't know xterm's codes: consoles of kernels and of old systems. */
const CONSOLE = /^(?:linux|vt\d|ansi|pcansi|cygwin|cons\d|hurd|mach|sun|wscons|eterm-color|bvterm)/;
const MONOCHROME = /^(?:vt\d|wyse)|-m(?:ono)?$/;
const NO_CURSOR: readonly string[] = ['', 'dumb', 'unknown', 'network', 'emacs'];

const isSet = (value: string | undefined): boolean => value !== undefined && value !== '';

/** The first of these that is set rules, an empty one is not set. */
function isUtf8({ LC_ALL, LC_CTYPE, LANG }: Env): boolean {
  return /utf-?8/i.test([LC_ALL, LC_CTYPE, LANG].find(isSet) ?? '');
}

/** @param env of the process: TERM, the locale, NO_COLOR, SLATE_ASCII, TMUX */
export function surroundingsOf(env: Env, wishes: Wishes = { isAscii: false, hasColor: true }): Surroundings {
  const term = (env.TERM ?? '').toLowerCase();
  const isConsole = CONSOLE.test(term);
  const hasUtf8 = isUtf8(env);
  const hasColor = wishes.hasColor && !isSet(env.NO_COLOR) && !MONOCHROME.test(term);
  const isAsciiWanted = wishes.isAscii || (isSet(env.SLATE_ASCII) && env.SLATE_ASCII !== '0');
  return {
    terminfo: isConsole ? 'linux' : 'xterm-256color',
    colors: hasColor ? (isConsole ? 8 : 16) : 0,
    isUtf8: hasUtf8,
    // A console's font has 256 or 512 characters: lines and blocks, but none of our signs.
    isAscii: isAsciiWanted || !hasUtf8 || isConsole,
    isXtermLike: !isConsole,
    isTmux: isSet(env.TMUX),
  };
}

/** Why the dashboard can't be painted, and what can be done instead; undefined if it can. */
export function refusalOf(env: Env, isTTY: { readonly stdin: boolean; readonly stdout: boolean }): string | undefined {
  const instead = 'use: slate status --watch';
  if (!isTTY.stdout) return `the dashboard needs a terminal, and standard output is none; ${instead}`;
  if (!isTTY.stdin) return `the dashboard needs a terminal for its keys, and standard input is none; ${instead}`;
  const term = env.TERM ?? '';
  if (!NO_CURSOR.includes(term.toLowerCase())) return undefined;
  const what = term === '' ? 'TERM is not set' : `TERM is ${term}`;
  return `the dashboard needs a terminal that can move its cursor (${what}); ${instead}`;
}
