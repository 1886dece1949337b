/** However the dashboard ends, the terminal is as it was before: screen, cursor, mouse, echo; and the exit code says how. */
import { describe, expect, it } from 'vitest';
import { SLATE } from '../helpers/home.ts';
import { bigHome, openDashboard, openTmux, pidOf } from './dashboard.ts';

const SMALL = { queued: 30, done: 20, failed: 10, mixed: 10 };
/** Normal screen, no mouse, cursor shown. */
const RESTORED = '001';

describe('the terminal is given back', () => {
  it.each([
    ['q', 'q', 0],
    ['Ctrl-C', 'C-c', 0],
  ])('after %s', async (_, key, code) => {
    const tmux = openDashboard(bigHome(SMALL));
    await tmux.shows('LIVE');
    expect(tmux.modes).toBe('111'.replace(/1$/, '0'));
    tmux.keys(key);
    const screen = await tmux.shows('over');
    expect(screen).toContain(`exit=${code}`);
    expect(screen).toMatch(/^icanon echo over$/m);
    expect(screen).not.toContain('LIVE');
    expect(tmux.modes).toBe(RESTORED);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGQUIT', 131],
  ] as const)('after %s', async (signal, code) => {
    const tmux = openDashboard(bigHome(SMALL));
    await tmux.shows('LIVE');
    process.kill(await pidOf(tmux), signal);
    const screen = await tmux.shows('over');
    expect(screen).toContain(`exit=${code}`);
    expect(screen).toMatch(/^icanon echo over$/m);
    expect(tmux.modes).toBe(RESTORED);
  });

  it('after a fault of its own, whose trace is printed where it can be read', async () => {
    const tmux = openDashboard(bigHome(SMALL), { env: { SLATE_DEBUG: '1' } });
    await tmux.shows('LIVE');
    tmux.type(':__fault');
    tmux.keys('Enter');
    const screen = await tmux.shows('over');
    expect(screen).toContain('exit=70');
    expect(screen).toContain('asked for');
    expect(screen).toMatch(/^icanon echo over$/m);
    expect(tmux.modes).toBe(RESTORED);
  });

  it('by Ctrl-Z, and is taken again by fg', async () => {
    const home = bigHome(SMALL);
    const tmux = openTmux({ command: 'PS1="ready> " exec bash --norc -i' });
    await tmux.shows('ready>');
    tmux.type(`'${process.execPath}' '${SLATE}' board --home '${home}'`);
    tmux.keys('Enter');
    await tmux.shows('LIVE');
    tmux.keys('C-z');
    await tmux.shows('Stopped');
    expect(tmux.modes).toBe(RESTORED);
    tmux.type('fg');
    tmux.keys('Enter');
    await tmux.shows('LIVE');
    expect(tmux.modes).toBe('110');
    tmux.keys('2');
    await tmux.shows('[2 Stages]');
    tmux.keys('q');
    await tmux.until((screen) => screen.includes('ready>') && !screen.includes('LIVE'), 'the shell');
    tmux.type('echo code=$?');
    tmux.keys('Enter');
    await tmux.shows('code=0');
    expect(tmux.modes).toBe(RESTORED);
  });
});
