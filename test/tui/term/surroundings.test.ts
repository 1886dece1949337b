import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  type Env,
  refusalOf,
  type Surroundings,
  surroundingsOf,
  type Wishes,
} from '../../../src/tui/term/surroundings.ts';
import { TERMINFO_NAMES, terminfo } from '../../../src/tui/term/terminfo.ts';

describe('the surroundings', () => {
  const base: Env = { TERM: 'xterm-256color', LANG: 'en_US.UTF-8' };

  it.each<[what: string, env: Env, wanted: Partial<Surroundings>]>([
    [
      'a modern terminal',
      {},
      { terminfo: 'xterm-256color', colors: 16, isUtf8: true, isAscii: false, isXtermLike: true },
    ],
    ['tmux', { TERM: 'tmux-256color', TMUX: '/tmp/x,1,0' }, { terminfo: 'xterm-256color', colors: 16, isTmux: true }],
    ['no tmux', { TMUX: '' }, { isTmux: false }],
    ['screen', { TERM: 'screen-256color' }, { terminfo: 'xterm-256color', colors: 16 }],
    ['kitty', { TERM: 'xterm-kitty' }, { terminfo: 'xterm-256color', colors: 16 }],
    [
      'the Linux console',
      { TERM: 'linux' },
      { terminfo: 'linux', colors: 8, isUtf8: true, isAscii: true, isXtermLike: false },
    ],
    ['vt220', { TERM: 'vt220' }, { terminfo: 'linux', colors: 0, isXtermLike: false }],
    ['NO_COLOR', { NO_COLOR: '1' }, { colors: 0 }],
    ['an empty NO_COLOR', { NO_COLOR: '' }, { colors: 16 }],
    ['SLATE_ASCII=1', { SLATE_ASCII: '1' }, { isAscii: true, isUtf8: true }],
    ['SLATE_ASCII=0', { SLATE_ASCII: '0' }, { isAscii: false }],
    ['Latin-1', { LANG: 'de_DE.ISO-8859-1' }, { isAscii: true, isUtf8: false }],
    ['no locale', { LANG: undefined }, { isAscii: true, isUtf8: false }],
    ['the C locale over LANG', { LC_ALL: 'C' }, { isAscii: true, isUtf8: false }],
    ['an empty LC_ALL', { LC_ALL: '', LC_CTYPE: 'C.utf8', LANG: 'C' }, { isAscii: false, isUtf8: true }],
  ])('%s', (_, env, wanted) => {
    expect(surroundingsOf({ ...base, ...env })).toMatchObject(wanted);
  });

  it.each<[Wishes, Partial<Surroundings>]>([
    [
      { isAscii: true, hasColor: true },
      { isAscii: true, isUtf8: true, colors: 16 },
    ],
    [
      { isAscii: false, hasColor: false },
      { isAscii: false, colors: 0 },
    ],
  ])('follow wishes: %j', (wishes, wanted) => {
    expect(surroundingsOf(base, wishes)).toMatchObject(wanted);
  });

  it.each<[Env, boolean, boolean, string | undefined]>([
    [{ TERM: 'xterm' }, true, true, undefined],
    [{ TERM: 'linux' }, true, true, undefined],
    [{ TERM: 'dumb' }, true, true, 'TERM is dumb'],
    [{ TERM: '' }, true, true, 'TERM is not set'],
    [{}, true, true, 'TERM is not set'],
    [{ TERM: 'xterm' }, true, false, 'standard output is none'],
    [{ TERM: 'xterm' }, false, true, 'standard input is none'],
  ])('refuse %j, stdin %s, stdout %s: %s', (env, stdin, stdout, why) => {
    const refusal = refusalOf(env, { stdin, stdout });
    if (why === undefined) expect(refusal).toBeUndefined();
    else expect(refusal).toMatch(new RegExp(`^the dashboard needs .*${why}.*; use: slate status --watch$`));
  });
});

describe('the embedded descriptions', () => {
  it.each(TERMINFO_NAMES)("%s is the package's", (name) => {
    const url = new URL(`../../../node_modules/blessed/usr/${name}`, import.meta.url);
    expect(terminfo(name).equals(readFileSync(url))).toBe(true);
  });
});
