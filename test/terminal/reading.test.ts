/** Logs on a real terminal: what a step prints is text and nothing more; the pager gets the terminal and gives it back. */
import fs from 'node:fs';
import { expect, it } from 'vitest';
import { bigHome, boardFolder, openDashboard } from './dashboard.ts';

function homeWithLog(text: string): string {
  const home = bigHome({ failed: 1, logs: 1 });
  const [dataset = ''] = fs.readdirSync(boardFolder(home, 'logs'));
  const [log = ''] = fs.readdirSync(boardFolder(home, `logs/${dataset}`));
  fs.appendFileSync(boardFolder(home, `logs/${dataset}/${log}`), text);
  return home;
}

it('hostile output of a step is shown, not obeyed', async () => {
  const evil =
    '\x1b]0;owned\x07\x1b[2J\x1b[5;5Hmoved\x9b2J \u202egnp.exe 画像です 한국어 e\u0301clair 👍🏽 👨‍👩‍👧 end\n';
  const tmux = openDashboard(homeWithLog(evil), { cols: 110, rows: 30 });
  await tmux.shows('1 of 1');
  tmux.keys('l');
  const screen = await tmux.shows('画像です');
  expect(screen).toMatch(/moved.*画像です 한국어 e\u0301clair 👍 .* end/);
  expect(screen).toContain('\\u202e');
  // The rows around it stand where they stood: header, text, footer.
  const rows = screen.split('\n');
  expect(rows[0]).toMatch(/^ slate big/);
  expect(rows[29]).toMatch(/Esc close/);
  expect(tmux.title).not.toContain('owned');
});

it('the pager has the terminal until it ends', async () => {
  const tmux = openDashboard(homeWithLog('the last line\n'), { env: { PAGER: 'less' } });
  await tmux.shows('1 of 1');
  tmux.keys('l');
  await tmux.shows('the last line');
  tmux.keys('e');
  await tmux.until((screen) => !screen.includes('LIVE') && screen.includes('chip 1'), 'the pager');
  tmux.keys('G');
  await tmux.shows('the last line');
  tmux.keys('q');
  await tmux.shows('LIVE');
  expect(tmux.modes).toBe('110');
  tmux.keys('q', 'q');
  await tmux.shows('exit=0');
});

it('a pager that is not there is told of', async () => {
  const tmux = openDashboard(homeWithLog('the last line\n'), { env: { PAGER: 'no-such-pager' } });
  await tmux.shows('1 of 1');
  tmux.keys('l');
  await tmux.shows('the last line');
  tmux.keys('e');
  await tmux.shows("no-such-pager can't be started");
  expect(tmux.modes).toBe('110');
});
