/** The lease: a counter written in place by a thread of its own, that stands still when the main loop does. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { Board, createBoard } from '../../src/board/board.ts';
import { ownMark } from '../../src/board/host.ts';
import { giveOrder, readStatuses, type StatusContent } from '../../src/board/status.ts';
import { loadPipeline } from '../../src/definitions/definitions.ts';
import { Heartbeat, type Load } from '../../src/process/heartbeat.ts';
import { boardPath, list, makeHome, onCleanup, until } from '../helpers/home.ts';

function bench(
  leaseMs = 1_000,
  onFile?: (file: string) => void,
): {
  home: string;
  board: Board;
  heartbeat: Heartbeat;
  load: Load;
  counter: () => number;
} {
  const home = makeHome({ a: 'command: [/bin/true]' });
  createBoard(home, 'b', loadPipeline(home, 'p').pipeline, { leaseMs });
  const board = Board.open(home, 'b');
  const load: Load = {
    ...ownMark(),
    host: board.host,
    started: '2026-11-21T12:00:00.000Z',
    version: '0',
    stages: ['a'],
    slots: 1,
    state: 'idle',
    message: '',
    done: 0,
    failed: 0,
    rssMb: 1,
    load1: 0,
    entries: [],
  };
  const heartbeat = new Heartbeat(
    board,
    { id: 'test', order: 'run', stages: ['a'], pid: process.pid, host: board.host },
    load,
    () => undefined,
    onFile,
  );
  let stopped = false;
  onCleanup(async () => {
    if (!stopped) await heartbeat.stop(true);
    stopped = true;
  });
  const stop = heartbeat.stop.bind(heartbeat);
  heartbeat.stop = async (remove) => {
    stopped = true;
    await stop(remove);
  };
  const counter = (): number => readStatuses(board)[0]?.content?.counter ?? -1;
  return { home, board, heartbeat, load, counter };
}

test('counts in its status file, same inode, same size, and shows what it is told', async () => {
  const { home, heartbeat, load, counter, board } = bench();
  const [file = ''] = list(home, 'processes');
  const before = fs.statSync(boardPath(home, `processes/${file}`));
  await until(() => counter() >= 3, 'three beats');
  heartbeat.say({ ...load, state: 'busy', message: 'x'.repeat(10_000) });
  await until(() => readStatuses(board)[0]?.content?.state === 'busy', 'the new state');
  const after = fs.statSync(boardPath(home, `processes/${file}`));
  expect([after.ino, after.size]).toEqual([before.ino, before.size]);
  expect(heartbeat.isFresh()).toBe(true);
  await heartbeat.stop(true);
  expect(list(home, 'processes')).toEqual([]);
});

test('shows many changes in a second once at once, and once more as they are at its end', async () => {
  const { board, heartbeat, load } = bench();
  let asked = 0;
  const show = (done: number): void =>
    heartbeat.show(() => {
      asked++;
      return { ...load, state: 'busy', done };
    });
  show(1);
  expect(asked).toBe(1);
  for (let done = 2; done <= 1_000; done++) show(done);
  expect(asked).toBe(1);
  await until(() => readStatuses(board)[0]?.content?.done === 1_000, 'the last of them');
  expect(asked).toBe(2);
});

test("tells how far the clock is from the disk's, with what is shown anyway", async () => {
  const beganMs = Date.now();
  const { board, heartbeat, load, counter } = bench();
  await until(() => counter() >= 2, 'two beats');
  heartbeat.show(() => ({ ...load, state: 'busy', facts: { cpus: 8 } }));
  await until(() => readStatuses(board)[0]?.content?.state === 'busy', 'the new state');
  const facts = readStatuses(board)[0]?.content?.facts;
  expect(facts).toEqual({ cpus: 8, clockMs: expect.any(Number) });
  // One host, one clock: both were read since this test began. The disk's stamps are coarser, by a tick of the kernel.
  expect(Math.abs(facts?.clockMs ?? Number.NaN)).toBeLessThanOrEqual(Date.now() - beganMs + 20);
});

test('the counter stands still while the main loop does', async () => {
  const { counter } = bench();
  await until(() => counter() >= 2, 'two beats');
  // The main loop hangs for two leases: the thread goes on writing, but does not count beyond half a lease.
  const before = counter();
  const end = performance.now() + 2_000;
  while (performance.now() < end) fs.statSync('/');
  expect(counter() - before).toBeLessThanOrEqual(5);
  await until(() => counter() > before + 5, 'it to count again');
});

test('follows its order through renames, makes a removed file anew, and keeps an order given meanwhile', async () => {
  const { home, board, heartbeat, counter } = bench();
  expect(heartbeat.readOrder()).toBe('run');
  giveOrder(board, 'test', 'reload');
  expect(heartbeat.readOrder()).toBe('reload');
  expect(heartbeat.replaceOrder('reload', 'run')).toBe('run');
  giveOrder(board, 'test', 'drain');
  expect(heartbeat.replaceOrder('reload', 'run')).toBe('drain');
  const [file = ''] = list(home, 'processes');
  fs.rmSync(boardPath(home, `processes/${file}`));
  await until(() => {
    heartbeat.readOrder();
    return list(home, 'processes').length === 1;
  }, 'the file to come back');
  expect(list(home, 'processes')[0]).toBe(file);
  const now = counter();
  await until(() => counter() > now, 'it to count in the new file');
});

test('without a disk the lease is not fresh', async () => {
  const { home, heartbeat } = bench();
  fs.rmSync(boardPath(home, 'processes'), { recursive: true });
  await until(() => !heartbeat.isFresh(), 'the lease to grow old');
  fs.mkdirSync(boardPath(home, 'processes'));
});

test('memory and load alone are no reason to write; with anything else they are shown', async () => {
  const { board, heartbeat, load } = bench(60_000);
  const shown = (): StatusContent | undefined => readStatuses(board)[0]?.content;
  heartbeat.show(() => ({ ...load, done: 1 }));
  await until(() => shown()?.done === 1, 'the first to be shown');
  let asked = 0;
  const show = (more: Partial<Load>): void =>
    heartbeat.show(() => {
      asked++;
      return { ...load, ...more, done: 1 };
    });
  show({ rssMb: 70, load1: 0.5 });
  await until(() => asked === 1, 'it to be asked');
  const { counter, rssMb } = shown() ?? {};
  expect(rssMb).toBe(1);
  show({ rssMb: 71, load1: 0.6, message: 'x' });
  await until(() => shown()?.message === 'x', 'the message to be shown');
  expect(shown()).toMatchObject({ rssMb: 71, load1: 0.6, counter: (counter ?? 0) + 1 });
});

test('tells of its file when it makes it, and when it makes it anew', async () => {
  const files: string[] = [];
  const { home, board, heartbeat } = bench(1_000, (file) => files.push(file));
  expect(files).toEqual(list(home, 'processes'));
  fs.rmSync(boardPath(home, `processes/${files[0]}`));
  await until(() => {
    heartbeat.readOrder();
    return files.length === 2;
  }, 'the file to come back');
  expect(readStatuses(board)[0]?.file).toBe(files[1]);
});
