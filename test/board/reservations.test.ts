/** Room of a host: announced, then counted. Whoever comes in between, there is never more than the budget. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import type { Board } from '../../src/board/board.ts';
import { ownMark, type ProcessMark } from '../../src/board/host.ts';
import { type Reservation, Reservations, STEPS_DIE_MS } from '../../src/board/reservations.ts';
import { formatReservation, parseReservation } from '../../src/model/name.ts';
import { Bench, everyCrash, hookedFs } from './bench.ts';

const MEMORY = (memoryMb: number) => ({ milliCpus: 0, memoryMb });
const BUDGET = { milliCpus: 2_000, memoryMb: 1_000 };

function host(bench: Bench): string[] {
  const folder = `${bench.home}/blackboard/.hosts`;
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder)
    .flatMap((name) => fs.readdirSync(`${folder}/${name}`))
    .sort();
}

function sum(bench: Bench): number {
  return host(bench).reduce((mb, file) => mb + (parseReservation(file)?.memoryMb ?? 0), 0);
}

let nowMs = 0;
const roomOf = (board: Board, id: string, mark?: Partial<ProcessMark>): Reservations =>
  new Reservations(board, id, { ...ownMark(), ...mark }, () => nowMs);

test('takes what fits, of what all have, and gives it back', () => {
  const bench = new Bench();
  const a = roomOf(bench.board, 'aaaa');
  const b = roomOf(bench.board, 'bbbb');
  const one = a.reserve({ milliCpus: 500, memoryMb: 600 }, BUDGET, 'one') as Reservation;
  expect(b.reserve(MEMORY(500), BUDGET, 'two')).toBeUndefined();
  expect(host(bench)).toEqual([one.file]);
  // What a step does not need may be overdrawn by others.
  expect(b.reserve({ milliCpus: 1_500, memoryMb: 0 }, BUDGET, 'three')).toBeDefined();
  expect(b.reserve({ milliCpus: 1, memoryMb: 0 }, BUDGET, 'four')).toBeUndefined();
  a.release(one);
  expect(b.reserve(MEMORY(1_000), BUDGET, 'two')).toBeDefined();
  expect(a.taken()).toEqual({ milliCpus: 1_500, memoryMb: 1_000 });
});

test('another that comes in before any call: never more than the budget, and at least one of equal ones in the end', () => {
  for (let at = 1; at <= 6; at++) {
    const bench = new Bench();
    roomOf(bench.board, 'cccc').release(roomOf(bench.board, 'cccc').reserve(MEMORY(1), BUDGET, '') as Reservation);
    const quick = roomOf(bench.open(), 'bbbb');
    let calls = 0;
    let other: Reservation | undefined;
    let most = 0;
    const slow = roomOf(
      bench.open({
        fs: hookedFs(() => {
          if (++calls === at) other = quick.reserve(MEMORY(600), BUDGET, 'other');
          most = Math.max(most, calls > at && other !== undefined ? sum(bench) : 0);
        }),
      }),
      'aaaa',
    );
    const mine = slow.reserve(MEMORY(600), BUDGET, 'mine');
    const granted = [mine, other].filter((one) => one !== undefined);
    expect(granted.length, `before call ${at}`).toBeLessThanOrEqual(1);
    expect(sum(bench)).toBe(granted.length * 600);
    // Who lost comes again.
    if (granted.length === 0) expect(slow.reserve(MEMORY(600), BUDGET, 'again')).toBeDefined();
  }
});

test('what the dead have left is free, once their steps are dead, too', () => {
  const bench = new Bench();
  const gone = roomOf(bench.board, 'dead', { pid: 4_194_305, startTicks: '1' });
  const used = roomOf(bench.board, 'used', { pid: process.pid, startTicks: '1' });
  gone.reserve(MEMORY(400), BUDGET, 'gone');
  used.reserve(MEMORY(400), BUDGET, 'a pid that another has by now');
  expect(gone.keep(MEMORY(100), 'kept')).toBeDefined();
  expect(host(bench)).toHaveLength(4);
  const room = roomOf(bench.board, 'aaaa');
  expect(room.reserve(MEMORY(900), BUDGET, 'one')).toBeUndefined();
  nowMs += STEPS_DIE_MS;
  expect(room.reserve(MEMORY(900), BUDGET, 'one')).toBeDefined();
  expect(host(bench)).toHaveLength(1);
});

test('room is kept for one of a host at a time, counts for all others, and becomes its reservation', () => {
  const bench = new Bench();
  const a = roomOf(bench.board, 'aaaa');
  const b = roomOf(bench.board, 'bbbb');
  const running = b.reserve(MEMORY(300), BUDGET, 'small') as Reservation;
  expect(a.keep(MEMORY(900), 'big')).toBeDefined();
  expect(b.keep(MEMORY(800), 'other big')).toBeUndefined();
  expect(b.reserve(MEMORY(100), BUDGET, 'small')).toBeUndefined();
  expect(a.takeKept(BUDGET)).toBeUndefined();
  b.release(running);
  const big = a.takeKept(BUDGET) as Reservation;
  expect(host(bench)).toEqual([big.file]);
  expect(b.keep(MEMORY(800), 'other big')).toBeDefined();
  b.unkeep();
  a.release(big);
  expect(host(bench)).toEqual([]);
  // One whose file somebody has removed is reserved anew.
  const kept = a.keep(MEMORY(900), 'big') as Reservation;
  fs.rmSync(bench.board.path(`${a.folder}/${kept.file}`));
  expect(a.takeKept(BUDGET)).toBeUndefined();
  expect(a.reserve(MEMORY(900), BUDGET, 'big')).toBeDefined();
});

test('whatever call a process dies before, the next one has all the room', () => {
  let bench = new Bench();
  const deaths = everyCrash(
    (dying) => {
      bench = new Bench();
      const room = roomOf(bench.open({ fs: dying }), 'dead', { pid: 4_194_305, startTicks: '1' });
      const first = room.reserve(MEMORY(600), BUDGET, 'first') as Reservation;
      room.keep(MEMORY(900), 'second');
      room.release(first);
      room.release(room.takeKept(BUDGET) as Reservation);
    },
    () => {
      const room = roomOf(bench.board, 'aaaa');
      room.prune();
      nowMs += STEPS_DIE_MS;
      expect(room.reserve(MEMORY(1_000), BUDGET, 'all')).toBeDefined();
      room.prune();
      expect(room.keep(MEMORY(1), 'next')).toBeDefined();
    },
  );
  expect(deaths).toBeGreaterThan(6);
});

test.each(['k3f1.7.2000mcpu.8192mb.12345-998877', 'aaaa.0.0mcpu.1mb.1-'])('%s is a name', (file) => {
  const name = parseReservation(file);
  expect(name === undefined ? '' : formatReservation(name)).toBe(file);
});

test.each(['next', '', 'k3f1.7.2000mcpu.8192mb', 'K3F1.7.2000mcpu.8192mb.1-1', 'k3f1.7.2mcpu.8mb.1-1.x'])(
  "'%s' is none",
  (file) => expect(parseReservation(file)).toBeUndefined(),
);
