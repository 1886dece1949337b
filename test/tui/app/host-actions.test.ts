/** What is done to hosts on a disk that does not answer: nothing, not even when it answers again. */
import fs from 'node:fs';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Board, createBoard } from '../../../src/board/board.ts';
import type * as LoadHosts from '../../../src/board/load-hosts.ts';
import { loadPipeline } from '../../../src/definitions/load.ts';
import { orderHosts, scaleHosts } from '../../../src/tui/app/host-actions.ts';
import { makeHome } from '../../helpers/home.ts';

/** Lets the disk answer what was asked of it. */
let answer: (() => void)[] = [];
let hangs = true;
vi.mock('../../../src/board/load-hosts.ts', async (load) => {
  const real = await load<typeof LoadHosts>();
  const loadWishes: typeof LoadHosts.loadWishes = async (...args) => {
    if (hangs) await new Promise<void>((resolve) => answer.push(resolve));
    return real.loadWishes(...args);
  };
  return { ...real, loadWishes };
});

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  answer = [];
  hangs = true;
});
afterEach(() => {
  vi.useRealTimers();
});

function board(): Board {
  const home = makeHome({ a: 'command: [/bin/true]' });
  createBoard(home, 'b', loadPipeline(home, 'p').pipeline);
  return Board.open(home, 'b');
}

const CHANGES = ['h1', 'h2', 'h3'].map((host) => ({ host, was: 'none' as const, to: 4 }));
const scale = { kind: 'scale', key: 'a', changes: CHANGES, reason: undefined } as const;
const stop = { kind: 'host', act: 'stop', hosts: ['h1', 'h2', 'h3'], reason: undefined } as const;

it.each([
  ['slots', (on: Board) => scaleHosts(on, scale)],
  ['a stop', (on: Board) => orderHosts(on, stop)],
])('%s: it is waited for once, and what comes late changes nothing', async (_, work) => {
  const on = board();
  const told = work(on);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await told).toEqual({
    text: 'not on h1: the disk does not answer: nothing was changed there, and 2 more',
    isError: true,
  });
  expect(answer).toHaveLength(1);
  hangs = false;
  for (const one of answer) one();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(fs.existsSync(on.path('hosts/h1'))).toBe(false);
});

it('what the disk answers in time is done', async () => {
  hangs = false;
  const on = board();
  expect(await scaleHosts(on, scale)).toEqual({ text: '3 hosts: a=4 is wanted', isError: false });
  expect(await scaleHosts(on, scale)).toEqual({
    text: 'not on h1: the wish has changed since it was shown: it is 4 now, and 2 more',
    isError: true,
  });
  expect(await orderHosts(on, { ...stop, act: 'start' })).toEqual({
    text: 'not on h1: it was not down, and 2 more',
    isError: true,
  });
  expect(await orderHosts(on, { ...stop, hosts: ['h1'] })).toMatchObject({ isError: false });
  expect(fs.readdirSync(on.path('hosts/h1')).sort()).toEqual(['a=4', 'down']);
});
