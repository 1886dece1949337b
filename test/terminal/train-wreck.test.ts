/** 30,000 failures of three causes: one of them is found, looked into and sent back, in a handful of keys. */
import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { bigHome, boardFolder, openDashboard } from './dashboard.ts';

const FAILED = 30_000;

it('a train wreck is cleared in ten keys', { timeout: 240_000 }, async () => {
  const home = bigHome({ queued: 1_000, done: 1_000, failed: FAILED, logs: FAILED });
  const tmux = openDashboard(home, { cols: 120, rows: 32, args: '--no-mouse' });
  await tmux.shows('LIVE', 60_000);
  let pressed = 0;
  const press = (...keys: string[]): void => {
    pressed += keys.length;
    tmux.keys(...keys);
  };
  press('/');
  tmux.type('state:failed cause:t');
  await tmux.shows('10,000 of 32,000');
  press('Enter');
  press('l');
  await tmux.shows('ERROR bad header keyword');
  press('q');
  await tmux.shows('10,000 of 32,000');
  press('*', 'R');
  await tmux.shows(/10,?000 entries would be repiped/);
  press('1');
  const dialog = await tmux.shows(/10,?000 failed at detect -> rerun detect, archive/);
  expect(dialog).toContain("slate repipe --where 'state:failed cause:t'");
  expect(dialog).toContain('10k');
  press('0', 'k', 'Enter');
  await tmux.shows(/10,?000 repiped/, 120_000);
  expect(pressed).toBeLessThanOrEqual(10);

  const failed = readdirSync(boardFolder(home, 'failed'));
  expect(failed).toHaveLength(FAILED - 10_000);
  expect(failed.filter((file) => file.endsWith('-t'))).toEqual([]);
  const active = readdirSync(boardFolder(home, 'active')).map((file) => file.split('.')[2]);
  expect(active).toHaveLength(10_000);
  expect(new Set(active)).toEqual(new Set(['ccwc_']));
  tmux.keys('q');
  await tmux.shows('exit=0');
});
