/** Timers of real stage processes: once a time over all of them, whoever is killed; none missing. */
import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parsePosted } from '../../src/model/name.ts';
import {
  boardPath,
  entries,
  journal,
  list,
  makeBoard,
  type Started,
  slate,
  slateOk,
  startRun,
  until,
  untilEntry,
} from '../helpers/home.ts';

const STAGES = { work: 'command: [/bin/true]' };
const EVERY_SECOND = 'timers:\n  - {timer: tick, every: 1s, missed: all}\n';

const times = (home: string): number[] =>
  entries(home)
    .map(({ name }) => parsePosted(name.posted) ?? 0)
    .sort((a, b) => a - b);

describe('timers', () => {
  it('are fired once a second by three processes of which the one that fires is killed again and again', async () => {
    const home = await makeBoard(STAGES, undefined, EVERY_SECOND, '1s');
    let running: Started[] = [startRun(home), startRun(home), startRun(home)];
    await Promise.all(running.map((one) => one.id()));
    for (let kills = 0; kills < 4; kills++) {
      const before = times(home).length;
      await until(() => times(home).length >= before + 2, 'two firings');
      // Whoever said last that it fires them.
      const holder = running.find((one) => /timer-role:/.test(one.log()) && one.child.exitCode === null);
      expect(holder).toBeDefined();
      holder?.child.kill('SIGKILL');
      await holder?.ended;
      running = [...running.filter((one) => one !== holder), startRun(home)];
    }
    const last = times(home).at(-1) ?? 0;
    await until(() => (times(home).at(-1) ?? 0) > last, 'a firing after the last kill');
    for (const one of running) one.child.kill('SIGTERM');
    await Promise.all(running.map((one) => one.ended));

    const posted = times(home);
    expect(posted.length).toBeGreaterThan(8);
    expect(posted.every((ms, index) => index === 0 || ms - (posted[index - 1] ?? 0) === 1_000)).toBe(true);
    const posts = journal(home).filter(({ event }) => event === 'post');
    expect(new Set(posts.map((line) => line.posted)).size).toBe(posts.length);
  }, 120_000);

  it('with --until-idle fire what is due at the start, run it, and end', async () => {
    const home = await makeBoard(STAGES, undefined, 'timers:\n  - {timer: tick, every: 1s, missed: last}\n');
    fs.mkdirSync(boardPath(home, 'timers'));
    fs.writeFileSync(boardPath(home, 'timers/tick.20261101T000000.never'), '');
    await slateOk(home, ['run', '--until-idle']);
    expect(entries(home).map(({ folder, name }) => [folder.split('/')[0], name.letters])).toEqual([['done', 'c']]);
    const none = await slate(home, ['run', '--until-idle', '--no-timers']);
    expect([none.code, entries(home).length, /timer-/.test(none.stderr)]).toEqual([0, 1, false]);
  });

  it('are watched by the process that ps and timers name', async () => {
    const home = await makeBoard(STAGES, undefined, "timers:\n  - {timer: nightly, cron: '0 3 * * *'}\n");
    const run = startRun(home);
    const id = await run.id();
    await until(async () => (await slateOk(home, ['timers', '--json'])).includes(`${id}@`), 'its role to show');
    expect(JSON.parse(await slateOk(home, ['ps', '--json'])).processes[0]).toMatchObject({ id, roles: ['timers'] });
    expect(list(home, 'timers')).toEqual([expect.stringMatching(/^nightly\.\d{8}T\d{6}\.never$/)]);
    const dataset = (await slateOk(home, ['timers', 'fire', 'nightly'])).trim();
    await untilEntry(home, dataset, 'done', 'c');
  });
});
