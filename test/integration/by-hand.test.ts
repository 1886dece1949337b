/** What people do with `mv`, `touch` and `cp` while stage processes run: each does what docs/operations.md says. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { formatName } from '../../src/model/name.ts';
import {
  boardPath,
  entries,
  expectProved,
  journal,
  list,
  makeBoard,
  mv,
  slateOk,
  startRun,
  until,
  untilEntry,
} from '../helpers/home.ts';

const TRUE = 'command: [/bin/true]';
/** Runs until a file of the dataset's name appears beside the home's stages, and says when it was started and ended. */
const GATED = `shell: 'echo start >> {{ home }}/{{ dataset | raw }}.seen; while ! test -e {{ home }}/{{ dataset | raw }}.go; do sleep 0.05; done; echo end >> {{ home }}/{{ dataset | raw }}.seen'
retries: 2
backoff: {first: 0s}`;
const FAILS_ONCE = `shell: 'if test -e {{ home }}/{{ dataset | raw }}.mended; then exit 0; fi; exit 2'`;

async function crowd(home: string): Promise<void> {
  const names = Array.from({ length: 300 }, (_, index) => `x${String(index).padStart(4, '0')}`);
  await slateOk(home, ['post', '--from', '-', '-q', '--rank', '60'], names.join('\n'));
}

test('repipe a done entry, hold ahead, cancel a running one, mend in failed/, foreign and touched files, during a run', async () => {
  const home = await makeBoard({ a: TRUE, b: GATED, c: FAILS_ONCE });
  const go = (dataset: string): void => fs.writeFileSync(`${home}/${dataset}.go`, '');
  const seen = (dataset: string): string[] =>
    fs.existsSync(`${home}/${dataset}.seen`)
      ? fs.readFileSync(`${home}/${dataset}.seen`, 'utf8').trim().split('\n')
      : [];
  for (const dataset of ['finished', 'ahead', 'bad']) go(dataset);
  for (const dataset of ['finished', 'ahead']) fs.writeFileSync(`${home}/${dataset}.mended`, '');
  await slateOk(home, ['post', 'finished', 'bad', 'cancelled']);
  await slateOk(home, ['post', 'ahead', '--hold']);

  // Hold ahead: column c of an entry that has not started. It stops there, and goes on when released.
  const ahead = await untilEntry(home, 'ahead', 'held', 'h__');
  mv(home, ahead, { letters: 'w_h', tags: [] });
  startRun(home, ['--slots', '3']);
  startRun(home, ['--slots', '3']);
  const stopped = await untilEntry(home, 'ahead', 'held', 'cch');
  mv(home, stopped, { letters: 'ccw' });
  await untilEntry(home, 'ahead', 'done', 'ccc');

  // Repipe a done entry by mv: that stage alone runs again, and its link is made anew and taken away.
  const done = await untilEntry(home, 'finished', 'done', 'ccc');
  expect(seen('finished')).toEqual(['start', 'end']);
  mv(home, done, { letters: 'cwc' }, 'active');
  await until(() => seen('finished').length === 4, 'b to run again');
  const again = await untilEntry(home, 'finished', 'done', 'ccc');
  expect(again.name.epoch).toBe(4);
  expect(list(home, 'ids')).not.toContain('finished');

  // Cancel a running one: the step is stopped, its result discarded; released, it runs anew.
  const running = await untilEntry(home, 'cancelled', 'active', 'cp_');
  await until(() => seen('cancelled').length === 1, 'the step to start');
  mv(home, running, { letters: 'ch_' }, 'held');
  await until(() => list(home, 'logs/cancelled').some((file) => file.endsWith('.gone.log')), 'the step to be stopped');
  expect(seen('cancelled')).toEqual(['start']);
  const discards = (): number =>
    journal(home).filter(({ event, dataset }) => event === 'discard' && dataset === 'cancelled').length;
  await until(() => discards() === 1, 'the journal to tell of it');
  go('cancelled');
  fs.writeFileSync(`${home}/cancelled.mended`, '');
  mv(home, await untilEntry(home, 'cancelled', 'held', 'ch_'), { letters: 'cw_' });
  await untilEntry(home, 'cancelled', 'done', 'ccc');

  // Rename in place in failed/: housekeeping finds it, moves it, and it runs.
  const failed = await untilEntry(home, 'bad', 'failed', 'ccf');
  expect(failed.file).toMatch(/@3-x2$/);
  fs.writeFileSync(`${home}/bad.mended`, '');
  mv(home, failed, { letters: 'ccw', tags: [] });
  await untilEntry(home, 'bad', 'done', 'ccc');

  // Foreign files stay; a touched entry runs; so does one whose columns were only half told.
  fs.writeFileSync(boardPath(home, 'active/README of the operator.txt'), 'mine');
  fs.writeFileSync(boardPath(home, 'queue/50.20261121T120000.wp_.000.-.touched'), '');
  for (const dataset of ['touched', 'plain']) {
    go(dataset);
    fs.writeFileSync(`${home}/${dataset}.mended`, '');
  }
  fs.writeFileSync(boardPath(home, 'queue/50.20261121T120001.w__.000.-.plain'), '');
  const plain = await untilEntry(home, 'plain', 'done', 'ccc');
  expect(JSON.parse(fs.readFileSync(boardPath(home, `${plain.folder}/${plain.file}`), 'utf8'))).toMatchObject({
    slate: { dataset: 'plain', posted: '20261121T120001', class: '-', rank: 50 },
  });
  expect(fs.readFileSync(boardPath(home, 'active/README of the operator.txt'), 'utf8')).toBe('mine');
}, 120_000);

test('a copy of an entry is held as a duplicate, a changed dataset is reported, and neither runs', async () => {
  const home = await makeBoard({ a: GATED, b: TRUE });
  await slateOk(home, ['post', 'one', 'two']);
  const [one, two] = entries(home).sort((x, y) => (x.name.dataset < y.name.dataset ? -1 : 1));
  if (one === undefined || two === undefined) throw new Error('not posted');
  fs.copyFileSync(
    boardPath(home, `queue/${one.file}`),
    boardPath(home, `queue/${formatName({ ...one.name, rank: 10 })}`),
  );
  mv(home, two, { dataset: 'renamed' });
  startRun(home, ['--slots', '4']);
  await until(
    () => list(home, 'held').length === 2,
    () => `two held entries, not ${list(home, 'held').join(' ')}`,
  );
  const causes = list(home, 'held').map((file) => file.replace(/^.*\./, ''));
  // Whichever of the two copies was claimed while the other's link stood is the duplicate: the copy has none.
  expect(causes.sort()).toEqual(['one@1-d', 'renamed@1-n']);
  fs.writeFileSync(`${home}/one.go`, '');
  await until(
    () => entries(home).some(({ folder, name }) => folder.startsWith('done/') && name.dataset === 'one'),
    'the other to be done',
  );
  expect(fs.readFileSync(`${home}/one.seen`, 'utf8')).toBe('start\nend\n');
  expect(fs.existsSync(`${home}/renamed.seen`)).toBe(false);
});

test('an mv storm by hand loses nothing', async () => {
  const home = await makeBoard({ a: TRUE, b: TRUE, c: TRUE }, undefined, undefined, '2s');
  await crowd(home);
  const runs = [startRun(home, ['--slots', '3']), startRun(home, ['--slots', '3'])];
  let seed = 12345;
  const random = (below: number): number => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed % below;
  };
  let moved = 0;
  await until(() => {
    const all = entries(home).filter(({ folder }) => !folder.startsWith('removed'));
    const pick = all[random(all.length)];
    if (pick === undefined) return false;
    const letters = [...pick.name.letters].map((letter) => (random(4) === 0 ? 'wh_'[random(3)] : letter)).join('');
    try {
      mv(home, pick, { letters, rank: random(100) }, ['active', 'queue', 'held', 'failed'][random(4)]);
      moved++;
    } catch (error) {
      // Someone was faster: that is what the name is for.
      expect((error as NodeJS.ErrnoException).code).toBe('ENOENT');
    }
    return moved >= 300;
  }, '300 renames');
  await slateOk(home, ['release', '--state', 'held', '--yes', '--reason', 'end of the storm']);
  const isOver = async (): Promise<boolean> => {
    const held = list(home, 'held').length;
    if (held > 0) await slateOk(home, ['release', '--state', 'held', '--yes']);
    return (
      held === 0 &&
      list(home, 'queue').length === 0 &&
      list(home, 'active').length === 0 &&
      list(home, 'failed').length === 0
    );
  };
  await until(
    isOver,
    () =>
      `everything to be done; left ${entries(home)
        .filter(({ folder }) => !folder.startsWith('done'))
        .map(({ folder, file }) => `${folder}/${file}`)
        .join('\n')}`,
    60_000,
  );
  const all = entries(home);
  expect(all.length).toBe(300);
  expect(new Set(all.map(({ name }) => name.dataset)).size).toBe(300);
  for (const run of runs) expect(run.child.exitCode).toBeNull();
  await expectProved(home);
}, 120_000);
