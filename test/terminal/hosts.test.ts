/** The hosts view on a real terminal: an agent on a host of another name, slots changed and the host drained by keys. */
import fs from 'node:fs';
import { expect, it } from 'vitest';
import { boardPath, SLATE } from '../helpers/home.ts';
import { makeHostBoard, onHost, startAgent, untilNone, untilServed } from '../host/helper.ts';
import { openTmux } from './dashboard.ts';

it.each([
  [80, 24],
  [200, 50],
])('slots go up and down and a host is drained, at %dx%d', async (cols, rows) => {
  const home = await makeHostBoard();
  startAgent(home, [], onHost('far'));
  const tmux = openTmux({
    command: `'${process.execPath}' '${SLATE}' board --home '${home}' --board b; echo exit=$?; exec sleep 1000`,
    cols,
    rows,
  });
  await tmux.shows('LIVE');
  tmux.keys('6');
  await tmux.shows(/far +up /);
  tmux.keys('+', '+');
  await tmux.shows('a=2 on far?');
  tmux.keys('y');
  await untilServed(home, 'a', 2);
  await tmux.shows(/far +up .*2\/2/);
  tmux.keys('-');
  await tmux.shows('a=1 on far?');
  tmux.keys('y');
  await untilServed(home, 'a', 1);
  tmux.keys('D');
  await tmux.shows('drain host far?');
  tmux.keys('y');
  await untilNone(home);
  const screen = await tmux.shows(/far +down /);
  expect(fs.readdirSync(boardPath(home, 'hosts/far'))).toContain('down');
  expect(screen.split('\n').slice(0, rows)).toHaveLength(rows);
  tmux.keys('q', 'q');
  await tmux.shows('exit=0');
});
