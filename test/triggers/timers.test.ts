/** Timers on a real disk, at times that the test sets: once whoever fires, wherever it dies, whatever the clock does. */
import fs from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import type { Board } from '../../src/board/board.ts';
import { parseContent } from '../../src/board/content.ts';
import { finish } from '../../src/board/finish.ts';
import type { Fs } from '../../src/board/fs.ts';
import { nothingSwept, sweepPosts } from '../../src/board/housekeep.ts';
import { operate } from '../../src/board/operate.ts';
import { readTimerMarks } from '../../src/board/timer-marks.ts';
import type { Timer } from '../../src/model/definition.ts';
import { formatPosted } from '../../src/model/name.ts';
import { timerFacts, timerStep } from '../../src/triggers/timer-turn.ts';
import { type TimerTuning, TimerWatcher } from '../../src/triggers/timers.ts';
import { Bench, dyingFs, everyCrash, hookedFs, MUTATING } from '../board/bench.ts';
import { faultyFs } from '../helpers/faulty-fs.ts';
import { until } from '../helpers/home.ts';

const MINUTE = 60_000;
const T0 = Date.UTC(2026, 10, 30, 3, 0, 0);
const time = (minutes: number): string => formatPosted(T0 + minutes * MINUTE);

function timerOf(changes: Partial<Timer> = {}): Timer {
  return {
    name: 'tick',
    timing: { kind: 'every', ms: MINUTE },
    dataset: '{{ timer }}-{{ time }}',
    class: '-',
    rank: '50',
    params: {},
    stage: undefined,
    missed: 'last',
    overlap: 'queue',
    jitterMs: 0,
    ...changes,
  };
}

const log: string[] = [];
const watchers: TimerWatcher[] = [];
afterEach(async () => {
  log.length = 0;
  await Promise.all(watchers.splice(0).map((watcher) => watcher.stop()));
});

/** All steps that are due at a time. */
function turn(board: Board, timer: Timer, minutes: number): void {
  const facts = timerFacts(
    board,
    timer,
    MINUTE / 2,
    (level, code, message) => void log.push(`${level} ${code} ${message}`),
  );
  for (let steps = 0; steps < 1_000; steps++) {
    const mark = readTimerMarks(board).marks.get(timer.name);
    if (timerStep(facts, mark, T0 + minutes * MINUTE).kind !== 'done') return;
  }
  throw new Error('it never ends');
}

/** Posted times of all entries, wherever they stand, in order. */
const posted = (bench: Bench): string[] =>
  bench
    .all()
    .map(({ name }) => name.posted)
    .sort();

function finishAll(bench: Bench): void {
  for (
    let one = bench.all().find(({ folder }) => folder === 'queue');
    one !== undefined;
    one = bench.all().find(({ folder }) => folder === 'queue')
  )
    finish(bench.board, bench.win({ entry: one }), { kind: 'complete' });
}

describe('a timer', () => {
  it('begins when it is first seen, and posts each time once as an entry of that time', () => {
    const bench = new Bench({ columns: ['a'] });
    const timer = timerOf({ params: { say: '{{ date }}' }, rank: '07' });
    turn(bench.board, timer, 0.5);
    expect(bench.names('timers')).toEqual([`tick.${time(0.5)}.never`]);
    turn(bench.board, timer, 1.2);
    turn(bench.board, timer, 1.4);
    expect(bench.names('timers')).toEqual([`tick.${time(1)}.${time(1)}`]);
    expect(bench.names('queue')).toEqual([`07.${time(1)}.w.000.-.tick-${time(1)}`]);
    const content = parseContent(bench.read(`queue/${bench.names('queue')[0]}`));
    expect(content).toMatchObject({ params: { say: '2026-11-30', timer: 'tick', time: time(1) } });
    expect(bench.lines().find(({ event }) => event === 'fired')).toMatchObject({
      timer: 'tick',
      posted: time(1),
      dataset: `tick-${time(1)}`,
    });
  });

  it.each<[Timer['missed'], number[], string]>([
    ['last', [6], '5 times before it left out'],
    ['all', [1, 2, 3, 4, 5, 6], ''],
    ['skip', [], '6 times up to'],
  ])('makes up for missed times: %s', (missed, minutes, said) => {
    const bench = new Bench({ columns: ['a'] });
    turn(bench.board, timerOf({ missed }), 0);
    turn(bench.board, timerOf({ missed }), 6.9);
    expect(posted(bench)).toEqual(minutes.map(time));
    expect(log.join('\n')).toContain(said);
    expect(bench.names('timers')).toEqual([`tick.${time(6)}.${minutes.length === 0 ? 'never' : time(6)}`]);
    turn(bench.board, timerOf({ missed }), 7);
    expect(posted(bench)).toEqual([...minutes, 7].map(time));
  });

  it('leaves a time out while the last one is on the board, and says so', () => {
    const bench = new Bench({ columns: ['a'] });
    const timer = timerOf({ overlap: 'skip' });
    for (const minutes of [0, 1, 2, 3]) turn(bench.board, timer, minutes);
    expect(posted(bench)).toEqual([time(1)]);
    expect(bench.names('timers')).toEqual([`tick.${time(3)}.${time(1)}`]);
    expect(log.at(-1)).toBe(
      `warn timer-passed tick: 1 time up to ${time(3)} left out: the last one, tick-${time(1)}, is not finished yet`,
    );
    expect(bench.lines().filter(({ event }) => event === 'passed')).toHaveLength(2);
    finishAll(bench);
    turn(bench.board, timer, 4);
    expect(posted(bench)).toEqual([time(1), time(4)]);
  });

  it('waits for no person: one that has failed or is held leaves no time out', () => {
    const bench = new Bench({ columns: ['a'], retries: 0 });
    const timer = timerOf({ overlap: 'skip' });
    turn(bench.board, timer, 0);
    turn(bench.board, timer, 1);
    const [first] = bench.all();
    finish(bench.board, bench.win(first === undefined ? {} : { entry: first }), { kind: 'fail', cause: 'x1' });
    turn(bench.board, timer, 2);
    expect(posted(bench)).toEqual([1, 2].map(time));
    operate(bench.board, bench.all().find(({ folder }) => folder === 'queue') as never, { verb: 'hold' });
    turn(bench.board, timer, 3);
    turn(bench.board, timer, 4);
    expect(posted(bench)).toEqual([1, 2, 3].map(time));
  });

  it('waits for a dataset of its own that is on the board, with queue, and leaves it out with skip', () => {
    for (const overlap of ['queue', 'skip'] as const) {
      const bench = new Bench({ columns: ['a'] });
      const timer = timerOf({ overlap, dataset: 'nightly', missed: 'all' });
      for (const minutes of [0, 1, 2, 3]) turn(bench.board, timer, minutes);
      expect(posted(bench)).toEqual([time(1)]);
      finishAll(bench);
      turn(bench.board, timer, 3.5);
      expect(posted(bench)).toEqual(overlap === 'queue' ? [time(1), time(2)] : [time(1)]);
    }
  });

  it('runs one stage only, if told', () => {
    const bench = new Bench({ columns: ['a', 'b', 'c'] });
    const timer = timerOf({ stage: 'b' });
    turn(bench.board, timer, 0);
    turn(bench.board, timer, 1);
    expect(bench.where(`tick-${time(1)}`)).toEqual(['queue sws.000']);
    turn(bench.board, timerOf({ stage: 'gone' }), 2);
    expect(log.at(-2)).toContain(
      "error timer-refused tick: the firing of 20261130T030200 can't be posted: the board has no stage 'gone'",
    );
    expect(bench.names('timers')).toEqual([`tick.${time(2)}.${time(1)}`]);
  });

  it('is silent while the clock is behind, and makes up for nothing twice when it is set right', () => {
    const bench = new Bench({ columns: ['a'] });
    const timer = timerOf({ missed: 'all' });
    for (const minutes of [0, 3, -60, 2, 3, 4]) turn(bench.board, timer, minutes);
    expect(posted(bench)).toEqual([1, 2, 3, 4].map(time));
  });

  it('begins anew when a person removes its mark, and at that time when a person renames it', () => {
    const bench = new Bench({ columns: ['a'] });
    const timer = timerOf({ missed: 'all' });
    turn(bench.board, timer, 0);
    turn(bench.board, timer, 1);
    fs.rmSync(bench.path(`timers/tick.${time(1)}.${time(1)}`));
    turn(bench.board, timer, 5);
    turn(bench.board, timer, 6);
    expect(posted(bench)).toEqual([time(1), time(6)]);
    fs.renameSync(bench.path(`timers/tick.${time(6)}.${time(6)}`), bench.path(`timers/tick.${time(3)}.${time(6)}`));
    turn(bench.board, timer, 6.5);
    expect(posted(bench)).toEqual([1, 4, 5, 6].map(time));
  });
});

describe('once', () => {
  it('after a death before any call that changes the disk, also when the entry is finished or taken off by then', () => {
    for (const then of ['nothing', 'finished', 'removed'] as const) {
      let bench = new Bench({ columns: ['a'] });
      const timer = timerOf({ missed: 'all' });
      const deaths = everyCrash(
        (dying) => {
          bench = new Bench({ columns: ['a'] });
          turn(bench.board, timer, 0);
          turn(bench.open({ fs: dying }), timer, 2.5);
        },
        (left) => {
          const told = `${left} calls, then ${then}`;
          sweepPosts(bench.board, new Set(bench.names('tmp')), nothingSwept());
          if (then === 'finished') finishAll(bench);
          if (then === 'removed') for (const at of bench.all()) operate(bench.board, at, { verb: 'remove' });
          turn(bench.board, timer, 2.6);
          expect(posted(bench), told).toEqual([time(1), time(2)]);
          expect(bench.names('timers'), told).toEqual([`tick.${time(2)}.${time(2)}`]);
          expect(bench.names('tmp'), told).toEqual([]);
          expect(bench.faults(), told).toEqual([]);
        },
      );
      expect(deaths).toBe(10);
    }
  });

  it('when another process fires at any call, and the entry is finished at once', () => {
    for (let call = 1; ; call++) {
      const bench = new Bench({ columns: ['a'] });
      const timer = timerOf({ missed: 'all' });
      turn(bench.board, timer, 0);
      let calls = 0;
      const hooked: Fs = hookedFs((op) => {
        if (!([...MUTATING, 'names', 'read', 'isFolder'] as readonly string[]).includes(op) || ++calls !== call) return;
        turn(bench.board, timer, 2.5);
        finishAll(bench);
      });
      const other = bench.open({ fs: hooked });
      turn(other, timer, 2.5);
      if (calls < call) break;
      expect(posted(bench), `call ${call}`).toEqual([time(1), time(2)]);
      expect(bench.names('timers'), `call ${call}`).toEqual([`tick.${time(2)}.${time(2)}`]);
      expect(
        bench.lines(other).filter(({ event }) => event === 'post'),
        `call ${call}`,
      ).toHaveLength(2);
      expect(bench.names('tmp'), `call ${call}`).toEqual([]);
    }
  });

  it('when the answer to the rename of its mark is lost', () => {
    const faulty = faultyFs();
    const bench = new Bench({ columns: ['a'] });
    const board = bench.open({ fs: faulty.fs, isNetwork: true });
    Object.defineProperty(board, 'now', { value: () => T0 });
    const timer = timerOf({ missed: 'all' });
    turn(board, timer, 0);
    for (const errno of ['ENOENT', 'EIO'] as const) {
      faulty.loseAnswer('rename', errno, (path) => path.includes('/timers/'));
      turn(board, timer, errno === 'EIO' ? 2 : 1);
    }
    expect(posted(bench)).toEqual([time(1), time(2)]);
    expect(bench.names('timers')).toEqual([`tick.${time(2)}.${time(2)}`]);
  });

  it('though what it had posted has been forgotten since: a firing left half-done is not made again then', () => {
    const bench = new Bench({ columns: ['a'], retention: { doneMs: 10 * MINUTE } });
    const timer = timerOf({ missed: 'all' });
    turn(bench.board, timer, 0);
    // intent, create, link, rename: the entry is posted, the mark still says that it is being posted.
    expect(() => turn(bench.open({ fs: dyingFs(4) }), timer, 1)).toThrow();
    expect(bench.names('timers')).toEqual([`tick.${time(0)}.never.${time(1)}`]);
    for (const folder of ['queue', 'ids', 'logs'])
      for (const file of bench.names(folder)) fs.rmSync(bench.path(`${folder}/${file}`), { recursive: true });
    turn(bench.board, timerOf({ missed: 'last' }), 20);
    expect(posted(bench)).toEqual([time(20)]);
    expect(log.join('\n')).toContain('left half-done for too long');
  });
});

describe('a watcher', () => {
  function watch(
    board: Board,
    timers: readonly Timer[],
    more: { once?: boolean; tuning?: Partial<TimerTuning> } = {},
  ): TimerWatcher {
    const watcher = new TimerWatcher({
      board,
      timers,
      log: (level, code, message) => void log.push(`${level} ${code} ${message}`),
      ...more,
    });
    watchers.push(watcher);
    return watcher;
  }
  const second = (): Timer => timerOf({ timing: { kind: 'every', ms: 1_000 }, missed: 'all' });

  it('fires in time, and two that both believe to hold the lock fire each time once', async () => {
    const bench = new Bench({ columns: ['a'] });
    const both = [bench.board, bench.open()].map((board) => watch(board, [second()], { tuning: { lock: false } }));
    await Promise.all(both.map((watcher) => watcher.start()));
    await until(() => bench.all().length >= 4, 'four firings');
    await Promise.all(both.map((watcher) => watcher.stop()));
    const seconds = posted(bench);
    expect(new Set(seconds).size).toBe(seconds.length);
    const ms = seconds.map((one) =>
      Date.parse(`${one.slice(0, 4)}-${one.slice(4, 6)}-${one.slice(6, 11)}:${one.slice(11, 13)}:${one.slice(13)}Z`),
    );
    expect(ms.every((at, index) => index === 0 || at - (ms[index - 1] ?? 0) === 1_000)).toBe(true);
  });

  it('fires with once what is due at its start, and ends by itself', async () => {
    const bench = new Bench({ columns: ['a'] });
    fs.mkdirSync(bench.path('timers'));
    const now = Math.floor(Date.now() / 1000) * 1000;
    bench.put(`timers/tick.${formatPosted(now - 3_000)}.never`);
    const watcher = watch(bench.board, [second()], { once: true });
    await watcher.start();
    expect(watcher.pending()).toBe(0);
    expect(watcher.isHolder).toBe(false);
    expect(posted(bench).slice(0, 3)).toEqual([-2_000, -1_000, 0].map((ms) => formatPosted(now + ms)));
  });

  it('counts what is due for one that does not hold the lock, and takes over when the holder stops', async () => {
    const bench = new Bench({ columns: ['a'], leaseMs: 2_000 });
    const first = watch(bench.board, []);
    await first.start();
    expect(first.isHolder).toBe(true);
    fs.mkdirSync(bench.path('timers'), { recursive: true });
    bench.put(`timers/tick.${formatPosted(Date.now() - 10_000)}.never`);
    const second_ = watch(bench.open(), [timerOf({ timing: { kind: 'every', ms: 1_000 }, missed: 'last' })], {
      once: true,
    });
    await second_.start();
    expect([second_.isHolder, second_.pending(), posted(bench)]).toEqual([false, 1, []]);
    await first.stop();
    await until(() => second_.pending() === 0 && bench.all().length > 0, 'the other one to fire');
  });

  it('says that a mark lies ahead of the clock, once', async () => {
    const bench = new Bench({ columns: ['a'] });
    fs.mkdirSync(bench.path('timers'));
    bench.put(`timers/tick.${formatPosted(Date.now() + 3_600_000)}.never`);
    const watcher = watch(bench.board, [second()], { tuning: { lookMs: 10 } });
    await watcher.start();
    await until(() => log.some((line) => line.includes('timer-ahead')), 'the warning');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(log.filter((line) => line.includes('timer-ahead'))).toHaveLength(1);
    expect(bench.all()).toEqual([]);
  });

  it('says once what the disk refuses, and goes on when it does not', async () => {
    const faulty = faultyFs();
    const bench = new Bench({ columns: ['a'] });
    const watcher = watch(bench.open({ fs: faulty.fs }), [second()]);
    await watcher.start();
    faulty.fail('create', 'ENOSPC');
    await until(() => log.some((line) => line.includes('timer-trouble')), 'the trouble');
    faulty.fail('create', undefined);
    await until(() => bench.all().length > 1, 'firings');
    expect(log.filter((line) => /timer-(trouble|over)/.test(line)).map((line) => line.split(' ')[1])).toEqual([
      'timer-trouble',
      'timer-over',
    ]);
    const seconds = posted(bench);
    expect(new Set(seconds).size).toBe(seconds.length);
  });
});
