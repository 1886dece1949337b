/** What terminals and locales there are. */
import { describe, expect, it } from 'vitest';
import { bigHome, openDashboard } from './dashboard.ts';

const SMALL = { queued: 30, done: 20, failed: 10, mixed: 10 };
const COLOR = /\x1b\[[0-9;]*(?:3[1-7]|9[1-7])m/;

describe('a terminal', () => {
  it.each(['xterm-256color', 'tmux-256color', 'screen-256color', 'linux', 'xterm', 'vt100'])('%s', async (term) => {
    const tmux = openDashboard(bigHome(SMALL), { term, cols: 80, rows: 24 });
    const screen = await tmux.shows('LIVE');
    const rows = screen.split('\n');
    expect(rows[0]).toMatch(/^ (slate )?big +\[1 Board\] +2 Stages/);
    expect(rows[23]).toMatch(/help/);
    // No bytes of a terminal description, no line drawing as letters.
    expect(screen).not.toMatch(/qqqq|lqq|function|\\x1b/);
    if (term !== 'vt100') expect(tmux.colored()).toMatch(COLOR);
    tmux.keys('q');
    await tmux.shows('exit=0');
  });

  it('that can do nothing is told what can be used instead', async () => {
    const tmux = openDashboard(bigHome(SMALL), { term: 'dumb', cols: 160 });
    const screen = await tmux.shows('over');
    expect(screen).toContain('exit=2');
    expect(screen).toContain('slate status --watch');
  });

  it('without colours, if NO_COLOR says so', async () => {
    const tmux = openDashboard(bigHome(SMALL), { env: { NO_COLOR: '1' } });
    await tmux.shows('FAILED');
    expect(tmux.colored()).not.toMatch(COLOR);
  });

  it('in a locale that is not UTF-8 gets ASCII only', async () => {
    const tmux = openDashboard(bigHome(SMALL), { env: { LANG: 'C', LC_ALL: 'C' } });
    const screen = await tmux.shows('LIVE');
    expect(screen).toContain('FAILED');
    expect(screen).toMatch(/^[\x20-\x7e\n]*$/);
  });

  it('may change its size, down to too small and back', async () => {
    const tmux = openDashboard(bigHome(SMALL), { cols: 120, rows: 32 });
    await tmux.shows('LIVE');
    tmux.resize(40, 10);
    await tmux.shows('too small: 40x10, needed 60x15');
    tmux.resize(200, 50);
    const screen = await tmux.shows('LIVE');
    expect(screen.split('\n')[0]?.length).toBeGreaterThan(150);
  });
});
