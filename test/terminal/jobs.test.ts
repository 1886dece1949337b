/** The jobs view on a real terminal: real stage processes, a stand-in for Slurm, everything done by keys. */
import fs from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fakeSlurm } from '../helpers/fake-slurm.ts';
import { entry, journal, SLATE, slateOk, startRun, until, untilEntry } from '../helpers/home.ts';
import { openTmux } from './dashboard.ts';

const GATE = 'until [ -e $SLATE_HOME/go ]; do sleep 0.1; done';

it.each([
  [80, 24],
  [200, 50],
])('jobs are looked at in four ways, followed and held, at %dx%d', { timeout: 120_000 }, async (cols, rows) => {
  const slurm = await fakeSlurm({ a: `shell: 'echo begun $SLATE_DATASET; ${GATE}; echo over'` });
  await slateOk(slurm.home, ['post', 'd1', '--rank', '10']);
  await slateOk(slurm.home, ['post', 'd2', 'd3', '--rank', '20']);
  const run = startRun(slurm.home, [], { ...slurm.env, FAKE_SLURM_CPUS: '1' });
  const tmux = openTmux({
    command: `'${process.execPath}' '${SLATE}' board --home '${slurm.home}' --board b; echo exit=$?; exec sleep 1000`,
    cols,
    rows,
  });
  await tmux.shows('LIVE');
  tmux.keys('7');
  await tmux.shows(/running +d1 [\s\S]*pending +d2 /);
  const first = await tmux.shows(/job 100_0 of slurm: running on n1/);
  expect(first).toContain('[7 Jobs]');
  expect(first.split('\n').slice(0, rows)).toHaveLength(rows);
  tmux.keys('o');
  await tmux.shows(/\(no entry\) +3 +0 +1 +2/);
  tmux.keys('o');
  await tmux.shows(/running +1 .* n1[\s\S]*pending +2 .* Resources/);
  tmux.keys('o');
  await tmux.shows(/:00 +3 +1 +0 .* 3 [#█]/);
  tmux.keys('o', 'j', 'l');
  // Its log says what it waits for, then what it writes.
  await tmux.shows('nothing is written yet: job 100_1 of slurm: pending (Resources)');
  tmux.keys('q', 'j', 'H');
  await tmux.shows('1 entry would be held');
  tmux.keys('Enter');
  await tmux.shows(/ y yes /);
  tmux.keys('y');
  await untilEntry(slurm.home, 'd3', 'held', 'h');
  await until(() => journal(slurm.home).some(({ event }) => event === 'discard'), 'its job to be cancelled');
  // The dialog has closed by itself.
  await tmux.shows(/^(?![\s\S]* hold d3)[\s\S]*held 1/);
  tmux.keys('g', 'j', 'l');
  fs.writeFileSync(join(slurm.home, 'go'), '');
  await tmux.shows(/begun d2[\s\S]*over/);
  await until(() => /c/.test(entry(slurm.home, 'd2')?.name.letters ?? ''), 'd2 to end');
  tmux.keys('q', 'o', 'o');
  await tmux.shows(/today +2 .* done/);
  tmux.keys('q');
  await tmux.shows('exit=0');
  run.child.kill('SIGTERM');
  await run.ended;
  expect(journal(slurm.home).filter(({ event }) => event === 'finish')).toHaveLength(2);
});
