/** A board that is followed while others change it: at rest, what is shown is what stands on the disk. */
import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { LiveBoard } from '../../../src/board/live/live-board.ts';
import { SORT_KEYS } from '../../../src/board/live/types.ts';
import { runKey } from '../../../src/board/rows.ts';
import { until } from '../../helpers/home.ts';
import {
  ageFolders,
  differences,
  expected,
  filterBy,
  follow,
  listed,
  listFaults,
  Mover,
  makeBench,
  oldestOf,
  SpyDisk,
  untilSame,
} from './follow.ts';

const POSTED = '20261121T120000';
const nextTick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe.each(['watch', 'poll'] as const)('a board that is followed by %s', (watch) => {
  it.each([
    [1, []],
    [2, ['state:failed,done']],
    [3, ['-stage:b']],
    [4, ['cause:x2']],
    [5, ['state:removed']],
  ] as const)('shows what another does to it, run %i, filter %j', async (seed, words) => {
    const { bench, board } = makeBench(watch);
    const mover = new Mover(bench, seed);
    for (let step = 0; step < 50; step++) mover.step();
    const disk = new SpyDisk();
    const live = follow(board, { disk });
    filterBy(live, board, words);
    for (let step = 0; step < 400; step++) {
      mover.step();
      if (step % 8 === 0) await nextTick();
      if (step === 200) await untilSame(live, board, words);
    }
    await untilSame(live, board, words);
    expect(listFaults(live.entries)).toEqual([]);
    expect(live.entries.length).toBeGreaterThan(2);
    expect(live.health).toMatchObject({ phase: 'live', fault: undefined });
    expect(disk.mostAtOnce).toBe(1);
  });

  it('never misses an entry that goes from folder to folder', async () => {
    const { bench, board } = makeBench(watch);
    const places = ['queue', 'failed', 'active', 'held', 'gather'];
    const place = (move: number): string =>
      `${places[move % places.length]}/50.${POSTED}.w__.${String(move).padStart(3, '0')}.acs.x`;
    bench.put(place(0));
    const disk = new SpyDisk();
    const shown: (string | undefined)[] = [];
    const live: LiveBoard = follow(board, { disk, onChange: () => shown.push(live.entries.keyAt(0)) });
    await until(() => live.entries.length === 1, 'the entry');
    shown.length = 0;
    for (let move = 1; move <= 60; move++) {
      // Between two moves there are two looks; where in a look it moves is anybody's guess.
      const calls = disk.calls.length + 40 + (move % 13);
      await until(() => disk.calls.length >= calls, 'looks');
      fs.renameSync(bench.path(place(move - 1)), bench.path(place(move)));
    }
    await untilSame(live, board);
    expect(new Set(shown)).toEqual(new Set([`x ${POSTED}`]));
    expect(listed(live.entries)).toEqual([place(60)]);
  });

  it('takes 20,000 at once, and thousands that move at once', async () => {
    const { bench, board } = makeBench(watch);
    const live = follow(board);
    await untilSame(live, board);
    const name = (nth: number): string => `50.${POSTED}.w__.000.acs.d${nth}`;
    for (let nth = 0; nth < 20_000; nth++) bench.put(`queue/${name((nth * 7919) % 20_000)}`);
    await until(() => live.entries.length === 20_000 && !live.entries.isSorting, 'all to be there');
    expect(differences(live, board)).toEqual([]);
    filterBy(live, board, ['state:failed']);
    expect(live.entries.length).toBe(0);
    for (let nth = 0; nth < 5_000; nth++)
      fs.renameSync(bench.path(`queue/${name(nth)}`), bench.path(`failed/50.${POSTED}.f__.001.acs.d${nth}@1-x2`));
    await untilSame(live, board, ['state:failed']);
    expect(live.entries.length).toBe(5_000);
    expect(live.entries.causes).toEqual([{ stage: 'a', cause: 'x2', number: 5_000 }]);
    expect(listFaults(live.entries)).toEqual([]);
  });

  it('finds new days, and misses those that retention takes', async () => {
    const { bench, board } = makeBench(watch);
    const live = follow(board);
    await untilSame(live, board);
    const done = (day: string, dataset: string): void => {
      fs.mkdirSync(bench.path(`done/${day}`), { recursive: true });
      bench.put(`done/${day}/50.${POSTED}.ccc.003.acs.${dataset}`);
    };
    for (const day of ['2026-11-18', '2026-11-19', '2026-11-20', '2026-11-21']) done(day, `x${day.slice(-2)}`);
    done('not-a-day', 'nobody');
    await untilSame(live, board);
    expect(live.entries.tally.states.done).toBe(4);
    done('2026-11-21', 'y');
    await untilSame(live, board);
    fs.rmSync(bench.path('done/2026-11-18'), { recursive: true });
    fs.rmSync(bench.path('done/2026-11-21'), { recursive: true });
    await untilSame(live, board);
    expect(live.entries.tally.states.done).toBe(2);
  });

  it('counts files that are no entries', async () => {
    const { bench, board } = makeBench(watch);
    bench.put('queue/README');
    bench.put(`queue/50.${POSTED}.ww.000.acs.two-columns`);
    bench.put('queue/.hidden');
    const live = follow(board);
    await untilSame(live, board);
    expect(live.entries.tally.foreign).toBe(2);
    fs.renameSync(bench.path('queue/README'), bench.path(`held/50.${POSTED}.h__.000.acs.x`));
    bench.put('failed/core');
    await untilSame(live, board);
    expect([live.entries.tally.foreign, live.entries.tally.total]).toEqual([2, 1]);
  });
});

describe('the list', () => {
  it('is sorted by every key, forwards and backwards', async () => {
    const { bench, board } = makeBench('poll', { columns: ['a', 'b:', 'c:', 'd:a+b'] });
    const mover = new Mover(bench, 7);
    for (let step = 0; step < 600; step++) mover.step();
    // Classes that begin alike; by dataset they would stand the other way round.
    for (const [nth, cls] of ['longclass-b', 'longclass-aaa', 'longclass-aa_', 'longcla'].entries())
      bench.put(`queue/50.${POSTED}.w___.000.${cls}.c${nth}`);
    const live = follow(board);
    await untilSame(live, board);
    for (const key of SORT_KEYS) {
      live.entries.setSort(key, false);
      await untilSame(live, board, [], key);
      expect(listFaults(live.entries)).toEqual([]);
      live.entries.setSort(key, true);
      expect(listed(live.entries)).toEqual(expected(board, [], key).reverse());
      expect(listFaults(live.entries)).toEqual([]);
      // What changes now is put in its place in this order.
      for (let step = 0; step < 20; step++) mover.step();
      await until(() => listed(live.entries).join() === expected(board, [], key).reverse().join(), `order by ${key}`);
      live.entries.setSort(key, false);
    }
  });

  it('shows the old order while thousands are sorted, and loses nothing that changes meanwhile', async () => {
    const { bench, board } = makeBench('watch');
    const name = (nth: number): string => `50.${POSTED}.w__.000.acs.d${nth}`;
    for (let nth = 0; nth < 6_000; nth++) bench.put(`queue/${name(nth)}`);
    const live = follow(board);
    await untilSame(live, board);
    const before = listed(live.entries);
    live.entries.setSort('entry', false);
    live.entries.setSort('state', false);
    expect(live.entries.isSorting).toBe(true);
    expect(listed(live.entries)).toEqual(before);
    filterBy(live, board, ['d1*']);
    expect(live.entries.isSorting).toBe(true);
    expect(live.entries.length).toBe(before.filter((place) => place.includes('.d1')).length);
    for (let nth = 0; nth < 1_500; nth++)
      fs.renameSync(bench.path(`queue/${name(nth)}`), bench.path(`failed/50.${POSTED}.f__.001.acs.d${nth}@1-x2`));
    for (let nth = 1_500; nth < 1_600; nth++) fs.rmSync(bench.path(`queue/${name(nth)}`));
    await untilSame(live, board, ['d1*'], 'state');
    expect(listFaults(live.entries)).toEqual([]);
    expect(live.entries.find(`d1 ${POSTED}`)?.folder).toBe('failed');
    expect(live.entries.find(`d1550 ${POSTED}`)).toBe(undefined);
  });

  it('has an entry under two names once, by the newer epoch', async () => {
    const { bench, board } = makeBench('watch');
    const [old, fresh] = [`queue/50.${POSTED}.w__.000.acs.x`, `failed/50.${POSTED}.f__.001.acs.x@1-x2`];
    bench.put(old);
    bench.put(fresh);
    const live = follow(board);
    await until(() => live.entries.length > 0, 'the entry');
    expect([listed(live.entries), live.entries.tally.total]).toEqual([[fresh], 1]);
    expect(live.entries.causes).toEqual([{ stage: 'a', cause: 'x2', number: 1 }]);
    fs.rmSync(bench.path(fresh));
    await until(() => listed(live.entries).join() === old, 'the other name');
    expect(live.entries.causes).toEqual([]);
    fs.rmSync(bench.path(old));
    await until(() => live.entries.length === 0, 'it to be gone');
  });

  it('has removed entries only if they are asked for', async () => {
    const { bench, board } = makeBench('watch');
    fs.mkdirSync(bench.path('removed/2026-11-21'));
    bench.put(`removed/2026-11-21/50.${POSTED}.f__.001.acs.x@1-x2`);
    bench.put(`queue/50.${POSTED}.w__.000.acs.y`);
    const live = follow(board);
    await untilSame(live, board);
    const { tally, causes } = live.entries;
    expect([live.entries.length, tally.total, tally.states.removed, causes]).toEqual([1, 1, 1, []]);
    filterBy(live, board, ['state:removed']);
    expect(live.entries.at(0)?.folder).toBe('removed/2026-11-21');
    expect(live.entries.find(`x ${POSTED}`)?.name.letters).toBe('f__');
    live.entries.setFilter(undefined);
    expect(live.entries.keyAt(0)).toBe(`y ${POSTED}`);
    expect(live.entries.indexOf(`x ${POSTED}`)).toBe(-1);
  });

  it('lets through others as time goes on, if its filter speaks of age', async () => {
    const { bench, board } = makeBench('watch');
    bench.put(`queue/50.20261121T120000.w__.000.acs.x`);
    bench.put(`queue/50.20261121T130000.w__.000.acs.y`);
    const live = follow(board);
    await untilSame(live, board);
    let nowMs = Date.parse('2026-11-21T14:30:00Z');
    filterBy(live, board, ['age>2h'], () => nowMs);
    expect(live.entries.keyAt(0)).toBe('x 20261121T120000');
    expect(live.entries.length).toBe(1);
    nowMs += 3_600_000;
    live.entries.renewFilter();
    expect(live.entries.length).toBe(2);
  });

  it('tells what has waited longest at each column', async () => {
    const { bench, board } = makeBench('watch');
    const mover = new Mover(bench, 11);
    for (let step = 0; step < 300; step++) mover.step();
    const live = follow(board);
    await untilSame(live, board);
    for (let column = 0; column < 3; column++) {
      const oldest = live.entries.oldestWaiting(column);
      expect(oldest && `${oldest.folder}/${oldest.file}`).toBe(oldestOf(board, column));
      expect(oldest).toBeDefined();
    }
    expect(live.entries.oldestWaiting(3)).toBe(undefined);
    for (const folder of ['queue', 'active'])
      for (const file of bench.names(folder)) fs.rmSync(bench.path(`${folder}/${file}`));
    await until(() => live.entries.oldestWaiting(0) === undefined, 'nothing to wait');
  });

  it('tells of many changes at once', async () => {
    const { bench, board } = makeBench('watch');
    let told = 0;
    const live = follow(board, { onChange: () => told++, everyMs: 1_000 });
    await untilSame(live, board);
    const [before, version] = [told, live.version];
    for (let nth = 0; nth < 500; nth++) bench.put(`queue/50.${POSTED}.w__.000.acs.d${nth}`);
    await untilSame(live, board);
    expect(live.entries.length).toBe(500);
    expect(live.version).toBeGreaterThan(version);
    expect(told - before).toBeLessThan(100);
    expect(told - before).toBeGreaterThan(0);
  });
});

describe('a pause', () => {
  it.each(['watch', 'poll'] as const)('lets what is shown stand still, by %s', async (watch) => {
    const { bench, board } = makeBench(watch);
    bench.put(`queue/50.${POSTED}.w__.000.acs.x`);
    const disk = new SpyDisk();
    const live = follow(board, { disk });
    await untilSame(live, board);
    live.pause();
    const before = [listed(live.entries), live.entries.tally];
    fs.renameSync(bench.path(`queue/50.${POSTED}.w__.000.acs.x`), bench.path(`held/50.${POSTED}.h__.000.acs.x`));
    bench.put(`queue/50.${POSTED}.w__.000.acs.y`);
    const asked = disk.calls.length;
    // It still asks whether the board is there: several times.
    await until(() => disk.calls.length > asked + 40, 'more looks');
    expect([listed(live.entries), live.entries.tally]).toEqual(before);
    if (watch === 'watch') expect(live.behind).toBe(3);
    live.resume();
    await untilSame(live, board);
    expect(listed(live.entries)).toEqual([`held/50.${POSTED}.h__.000.acs.x`, `queue/50.${POSTED}.w__.000.acs.y`]);
    expect(live.behind).toBe(0);
  });

  it('in the middle of a look loses nothing', async () => {
    const { bench, board } = makeBench('poll');
    for (let nth = 0; nth < 3_000; nth++) bench.put(`queue/50.${POSTED}.w__.000.acs.d${nth}`);
    ageFolders(bench);
    const disk = new SpyDisk();
    const live = follow(board, { disk });
    disk.isSilent = (ask, path) => ask === 'eachName' && path.endsWith('/queue');
    await until(() => disk.count('eachName', '/queue') > 0, 'queue/ to be read');
    live.pause();
    disk.speak();
    await until(() => disk.count('stamp', '/queue') > 5, 'it to look on');
    expect(live.entries.length).toBe(0);
    live.resume();
    await untilSame(live, board);
    expect(live.entries.length).toBe(3_000);
  });
});

it('finds an entry by the key that others use', async () => {
  const { bench, board } = makeBench('watch');
  bench.put(`queue/50.${POSTED}.w__.000.acs.x.y@1-x2`);
  const live = follow(board);
  await untilSame(live, board);
  const entry = live.entries.at(0);
  expect(entry && runKey(entry)).toBe(`x.y ${POSTED}`);
  expect(live.entries.find(`x.y ${POSTED}`)).toBe(entry);
  for (const key of ['', 'x.y', ` ${POSTED}`, `x ${POSTED}`, `x.y ${POSTED}0`])
    expect(live.entries.find(key)).toBe(undefined);
});
