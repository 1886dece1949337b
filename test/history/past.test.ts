/** The past of a board as the dashboard asks for it, out of journals on a disk. */
import fs from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Pace } from '../../src/history/pacer.ts';
import { PastFeed, type PastOptions, REACH_MS } from '../../src/history/past.ts';
import type { Past } from '../../src/history/series.ts';
import { Bench, type BenchOptions } from '../board/bench.ts';
import { onCleanup, until } from '../helpers/home.ts';
import { text, write } from './journals.ts';

const NOW = Date.UTC(2026, 10, 21, 12, 0, 30);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const of = { dataset: 'a', posted: 'p' };

function bench(options: BenchOptions = {}, bornMs = NOW - 30 * DAY): Bench {
  const made = new Bench({ columns: ['one', 'two'], ...options });
  fs.utimesSync(made.path('columns'), bornMs / 1000, bornMs / 1000);
  return made;
}

function feedOf(made: Bench, options: PastOptions = {}): PastFeed {
  const feed = new PastFeed(made.board, { now: () => NOW, everyMs: 5, ...options });
  onCleanup(() => feed.stop());
  feed.start();
  return feed;
}

async function complete(made: Bench, options: PastOptions = {}): Promise<PastFeed> {
  const feed = feedOf(made, options);
  await until(() => feed.isComplete, 'the past to be read');
  return feed;
}

const finish = (at: number, more: object = {}): string =>
  text(at, 'finish', {
    ...of,
    stage: 'one',
    from: 'p_',
    to: 'cw',
    folder: 'active',
    outcome: 'c',
    seconds: 2,
    ...more,
  });
const toDone = (at: number): string => finish(at, { stage: 'two', from: 'cp', to: 'cc', folder: 'done/2026-11-21' });

/** Points of the last hour that are not 0, as minutes ago and events a minute, without the one that is being made. */
function throughput(past: Past, stage?: string): string[] {
  const points = past.series('1h', 'throughput', stage).points.slice(0, -1);
  return points.flatMap((point, index) => (point === 0 || point === undefined ? [] : [`${59 - index}: ${point}`]));
}

/** Tries of stage `one` that ended well in seven days, up to the two hours that have just begun. */
function total(past: Past): number {
  const { points } = past.series('7d', 'throughput', 'one');
  return Math.round(points.slice(0, -1).reduce<number>((sum, point) => sum + (point ?? 0) * 120, 0));
}

describe('the past', () => {
  it('is told as soon as the last hour is read, then of seven days', async () => {
    const made = bench();
    for (let day = 0; day < 10; day++) {
      const at = NOW - day * DAY;
      write(made.board, at, [finish(at - 2 * HOUR), finish(at - 30 * MINUTE), finish(at - MINUTE)]);
    }
    // Held up when it is to read what lies before the last hour.
    let isHeldUp = true;
    const pace: Pace = async (work) => {
      if (feed.linesRead >= 2) await until(() => !isHeldUp, 'leave to go on');
      work();
    };
    const feed = feedOf(made, { pace });
    const day = () => feed.series('7d', 'throughput', 'one').points;
    await until(() => feed.rates('one').done > 0 && feed.donePerMinute !== undefined, 'the last hour');
    expect(throughput(feed, 'one')).toEqual(['30: 1', '1: 1']);
    expect([feed.isComplete, feed.progress < 1, day().filter((point) => point !== undefined).length]).toEqual([
      false,
      true,
      1,
    ]);
    isHeldUp = false;
    await until(() => feed.isComplete, 'the rest');
    expect(feed.progress).toBe(1);
    // Today's three, three of each of six days, and of the seventh those that are not older than that.
    expect(total(feed)).toBe(7 * 3);
    expect(day()).not.toContain(undefined);
    expect(feed.linesRead).toBe(7 * 3);
  });

  it('of a board without journals is known to be empty since the board was made', async () => {
    const made = bench({}, NOW - 10 * MINUTE);
    fs.rmdirSync(made.path('journal'));
    const feed = await complete(made, { toDoNow: () => 7 });
    expect(feed.events).toEqual([]);
    expect(feed.donePerMinute).toBe(0);
    expect([feed.etaMs(5), feed.etaMs(0)]).toEqual([undefined, 0]);
    const { points } = feed.series('1h', 'throughput');
    expect(points.map((point) => point ?? '-').join('')).toBe(`${'-'.repeat(49)}${'0'.repeat(11)}`);
    expect(feed.series('1h', 'backlog').points.at(-1)).toBe(7);
  });

  it('reaches back as far as the journal is kept', async () => {
    const made = bench({ retention: { journalMs: 2 * DAY } });
    const feed = await complete(made);
    // The first day that is kept began two and a half days ago.
    expect(feed.series('7d', 'throughput').points.filter((point) => point !== undefined)).toHaveLength(31);
  });

  it('skips torn lines, foreign files, and lines of other times', async () => {
    const made = bench();
    const good = finish(NOW - 5 * MINUTE);
    const path = write(made.board, NOW, [finish(NOW - 3 * DAY), 'not json', good.slice(0, -5), '[]', good, '', good]);
    // Of a host whose clock is ahead, and of those that have lost it.
    const ahead = [text(NOW + HOUR, 'blocked'), finish(NOW + HOUR, { outcome: 'f' })];
    write(made.board, NOW, [...ahead, text(NOW + 3 * DAY, 'stop')], 'ahead.x');
    write(made.board, NOW, [text(NOW - 8 * DAY, 'stop'), text(0, 'stop'), finish(NOW - 8 * DAY)], 'behind.x');
    fs.writeFileSync(`${dirname(path)}/README`, finish(NOW - MINUTE));
    fs.writeFileSync(`${dirname(path)}/.nfs01.jsonl`, finish(NOW - MINUTE));
    fs.mkdirSync(made.path('journal/lost+found'));
    const feed = await complete(made);
    expect(throughput(feed, 'one')).toEqual(['5: 2']);
    expect(feed.events.map(({ event }) => event)).toEqual(['blocked', 'finish']);
    expect(feed.series('15m', 'failures').points.at(-1)).toBe(4);
    expect(total(feed)).toBe(3);
  });

  it('tells rates, the time that is left, and the backlog from the number of now', async () => {
    const made = bench();
    write(made.board, NOW, [
      text(NOW - 40 * MINUTE, 'post', { ...of, to: 'w_', folder: 'queue' }),
      text(NOW - 30 * MINUTE, 'claim', { ...of, stage: 'one', from: 'w_', to: 'p_' }),
      ...[9, 8, 7, 6, 5].map((minutes) => toDone(NOW - minutes * MINUTE)),
    ]);
    const feed = await complete(made, { toDoNow: () => 3, waitingNow: (stage) => (stage === 'one' ? 4 : undefined) });
    expect(feed.donePerMinute).toBe(0.5);
    expect(feed.etaMs(100)).toBe(200 * MINUTE);
    expect(feed.rates('two')).toMatchObject({ done: 5 / 60, failed: 0 });
    expect(feed.rates('one').claimed).toBe(1 / 60);
    const backlog = (stage?: string) => feed.series('1h', 'backlog', stage).points;
    expect([59, 50, 35, 8, 5, 0].map((ago) => backlog()[59 - ago])).toEqual([7, 7, 8, 6, 3, 3]);
    expect([59, 35, 25, 0].map((ago) => backlog('one')[59 - ago])).toEqual([4, 5, 4, 4]);
    expect(new Set(backlog('two'))).toEqual(new Set([undefined]));
  });
});

describe('what is written while the past is shown', () => {
  it('is followed: lines that are torn, new files, files that begin anew', async () => {
    const made = bench();
    const first = finish(NOW - 3 * MINUTE);
    const path = write(made.board, NOW, [first]);
    fs.appendFileSync(path, first.slice(0, 20));
    let changes = 0;
    let asked = 0;
    const now = (): number => {
      asked++;
      return NOW;
    };
    const feed = await complete(made, { onChange: () => changes++, now });
    const seen = changes;
    expect(throughput(feed, 'one')).toEqual(['3: 1']);
    fs.appendFileSync(path, `${first.slice(20)}\n${text(NOW, 'hold', { ...of, from: 'w_', to: 'h_' })}\n`);
    write(made.board, NOW, [finish(NOW - 2 * MINUTE)], 'h.new');
    // A day's last lines may come when the next has begun.
    write(made.board, NOW - DAY, [finish(NOW - 2 * MINUTE)], 'h.late');
    await until(() => feed.linesRead >= 5, 'what was written');
    expect(throughput(feed, 'one')).toEqual(['3: 2', '2: 2']);
    expect(feed.events.map(({ event }) => event)).toEqual(['hold']);
    expect(changes).toBeGreaterThan(seen);
    fs.truncateSync(path, 0);
    const before = asked;
    await until(() => asked > before + 3, 'a look or two');
    write(made.board, NOW, [finish(NOW - 4 * MINUTE)]);
    await until(() => feed.linesRead >= 6, 'what was written after that');
    expect(throughput(feed, 'one')).toEqual(['4: 1', '3: 2', '2: 2']);
    fs.rmSync(made.path(`journal/2026-11-20`), { recursive: true });
    write(made.board, NOW, [finish(NOW - MINUTE)], 'h.new');
    await until(() => feed.linesRead >= 7, 'what was written when a day had gone');
    expect(throughput(feed, 'one')).toEqual(['4: 1', '3: 2', '2: 2', '1: 1']);
  });

  it('is told once, whether it was there when reading began or not', async () => {
    const made = bench();
    const lines = Array.from({ length: 3_000 }, (_, number) => finish(NOW - (3_000 - number) * 2_000 - 60_000));
    write(made.board, NOW, lines);
    const feed = feedOf(made);
    write(made.board, NOW, lines.slice(-1_000), 'h.y');
    await until(() => feed.isComplete && feed.linesRead >= 4_000, 'all lines');
    expect(feed.linesRead).toBe(4_000);
    expect(total(feed)).toBe(4_000);
  });

  it('goes on when the disk does', async () => {
    const made = bench();
    const path = write(made.board, NOW, [finish(NOW - MINUTE)]);
    // A folder in the place of a file can be opened and not be read.
    fs.mkdirSync(`${path.replace('h.x', 'h.a')}`);
    const feed = feedOf(made);
    await until(() => feed.fault !== undefined, 'the fault');
    expect(feed.fault).toContain("the journal can't be read");
    fs.rmdirSync(`${path.replace('h.x', 'h.a')}`);
    await until(() => feed.isComplete, 'the past to be read');
    expect([feed.fault, throughput(feed, 'one')]).toEqual([undefined, ['1: 1']]);
  });

  it.each(['journal', ''])("is not counted again when the board's %s/ was away", async (folder) => {
    const made = bench();
    write(made.board, NOW, [finish(NOW - 2 * MINUTE), text(NOW, 'hold', { ...of, from: 'w_', to: 'h_' })]);
    let asked = 0;
    const now = (): number => {
      asked++;
      return NOW;
    };
    const feed = await complete(made, { now });
    const path = made.path(folder).replace(/\/$/, '');
    fs.renameSync(path, `${path}-away`);
    const before = asked;
    await until(() => asked > before + 5 || feed.fault !== undefined, 'a look or two');
    fs.renameSync(`${path}-away`, path);
    write(made.board, NOW, [finish(NOW - MINUTE)], 'h.new');
    await until(() => feed.linesRead >= 3, 'what is written then', 10_000);
    const after = asked;
    await until(() => asked > after + 5, 'some more looks');
    expect([feed.linesRead, throughput(feed, 'one'), feed.events.length]).toEqual([3, ['2: 1', '1: 1'], 1]);
  });

  it('is not read on once it is stopped', async () => {
    const made = bench();
    write(made.board, NOW, Array.from({ length: 20_000 }, (_, number) => finish(NOW - 2 * HOUR - number)).reverse());
    const feed = feedOf(made);
    await until(() => feed.linesRead > 0, 'the first lines');
    await feed.stop();
    const { linesRead } = feed;
    expect(linesRead).toBeLessThan(20_000);
    await new Promise((resolve) => setImmediate(resolve));
    expect([feed.linesRead, feed.isComplete]).toEqual([linesRead, false]);
  });
});

it('a journal of 120,000 lines is read a little at a time', async () => {
  const made = bench();
  for (const day of [0, 1, 2, 9]) {
    const lines = Array.from({ length: 30_000 }, (_, number) => {
      const at = NOW - day * DAY - (30_000 - number) * 1000 - MINUTE;
      return number % 2 === 0 ? finish(at) : text(at, 'claim', { ...of, stage: 'one', from: 'w_', to: 'p_' });
    });
    write(made.board, NOW - day * DAY, lines);
  }
  let mostLines = 0;
  let mostBytes = 0;
  let before = { lines: 0, bytes: 0 };
  const pace: Pace = (work) => {
    work();
    mostLines = Math.max(mostLines, feed.linesRead - before.lines);
    mostBytes = Math.max(mostBytes, feed.bytesRead - before.bytes);
    before = { lines: feed.linesRead, bytes: feed.bytesRead };
    return new Promise((resolve) => setImmediate(resolve));
  };
  const feed = feedOf(made, { pace });
  await until(() => feed.isComplete, 'the past to be read');
  expect(mostLines).toBeGreaterThan(100);
  expect(mostLines).toBeLessThan(1_000);
  expect(mostBytes).toBeLessThanOrEqual(64 * 1024);
  // The fourth day lies outside: it is not even opened.
  expect(feed.linesRead).toBe(90_000);
  expect(total(feed)).toBe(45_000);
  expect(REACH_MS).toBe(7 * DAY);
});
