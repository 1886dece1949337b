/** Slips of the hand that hide an entry or a folder: each is found and mended, or said. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import {
  boardPath,
  entries,
  entry,
  journal,
  list,
  makeBoard,
  mv,
  slate,
  slateOk,
  startRun,
  until,
  untilEntry,
} from '../helpers/home.ts';

const TRUE = 'command: [/bin/true]';

test('entries renamed in place in done/, put into done/ without a day, or into the board itself', async () => {
  const home = await makeBoard({ a: TRUE, b: TRUE });
  await slateOk(home, ['post', 'inplace', 'nodate', 'root']);
  expect((await slate(home, ['run', '--until-idle'])).code).toBe(0);
  const run = startRun(home);
  await run.id();

  mv(home, await untilEntry(home, 'inplace', 'done', 'cc'), { letters: 'cw' });
  await untilEntry(home, 'inplace', 'done', 'cc');
  expect(entry(home, 'inplace')?.name.epoch).toBe(3);

  mv(home, await untilEntry(home, 'nodate', 'done', 'cc'), { letters: 'cs' }, 'done');
  await until(() => entry(home, 'nodate')?.name.letters === 'cs', 'the entry to get its day');
  mv(home, await untilEntry(home, 'root', 'done', 'cc'), { letters: 'wc' }, '.');
  await untilEntry(home, 'root', 'done', 'cc');
  expect(entry(home, 'root')?.name.epoch).toBe(3);
  expect(list(home, 'ids')).toEqual([]);
  expect(list(home, '').filter((file) => file.startsWith('50.'))).toEqual([]);
});

test('missing work folders are put back; a missing logs/ is said, burns no epochs, and a halt ends at once', async () => {
  const home = await makeBoard({ a: TRUE }, undefined, undefined, '30s');
  for (const folder of ['scratch', 'journal', 'tmp', 'locks']) fs.rmSync(boardPath(home, folder), { recursive: true });
  await slateOk(home, ['post', 'one']).catch(() => undefined);
  expect((await slate(home, ['run', '--until-idle'])).code).toBe(0);
  await slateOk(home, ['post', 'two']);
  fs.renameSync(boardPath(home, 'logs'), `${home}/logs-away`);
  const run = startRun(home);
  await until(
    () => /blocked: .*logs: the board's folder is missing/.test(run.log()),
    () => `it to be said\n${run.log()}`,
  );
  expect(entry(home, 'two')?.name.epoch).toBe(0);
  run.child.kill('SIGTERM');
  expect(await run.ended).toBe(143);
  fs.renameSync(`${home}/logs-away`, boardPath(home, 'logs'));
  expect((await slate(home, ['run', '--until-idle'])).code).toBe(0);
  expect(entry(home, 'two')?.folder.startsWith('done/')).toBe(true);
});

test('trouble with one entry only holds that entry, and the others go on', async () => {
  const home = await makeBoard({ a: TRUE });
  await slateOk(home, ['post', 'bad', 'good']);
  fs.writeFileSync(boardPath(home, 'logs/bad'), 'a file where a folder should be');
  const { stderr } = await slate(home, ['run', '--until-idle']);
  expect(entry(home, 'good')?.folder.startsWith('done/')).toBe(true);
  expect(entry(home, 'bad')).toMatchObject({ folder: 'held', name: { letters: 'h', tags: [{ cause: 'n' }] } });
  expect(stderr).toMatch(/unfit: .*logs\/bad/);
  expect(journal(home).filter(({ event, dataset }) => event === 'claim' && dataset === 'bad')).toHaveLength(1);
});

test('set keeps a time to wait for, repipe ends it', async () => {
  const home = await makeBoard({ a: TRUE });
  await slateOk(home, ['post', 'one', '--after', '+1h']);
  const mtime = (): number => fs.statSync(boardPath(home, `queue/${entry(home, 'one')?.file}`)).mtimeMs;
  const before = mtime();
  await slateOk(home, ['set', 'k=v', 'one']);
  expect(mtime()).toBeCloseTo(before, -1);
  mv(home, entries(home)[0] as never, { letters: '1' }, 'active');
  await slateOk(home, ['repipe', 'one']);
  expect(mtime()).toBeLessThanOrEqual(Date.now() + 1000);
});
