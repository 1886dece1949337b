import fs from 'node:fs';
import { afterEach, expect, it, vi } from 'vitest';
import type { Board } from '../../src/board/board.ts';
import { Role } from '../../src/triggers/role.ts';
import { Home, removeHomes } from './help.ts';

const roles: Role[] = [];
afterEach(async () => {
  for (const role of roles.splice(0)) await role.release();
  removeHomes();
});

/** A role of a process on a host whose clock is ahead of the board's by so much. */
function roleOn(board: Board, aheadMs: number, onLost: (why: string) => void = () => expect.unreachable()): Role {
  const seen = { path: (path: string) => board.path(path), leaseMs: board.leaseMs, isNetwork: aheadMs !== 0 };
  const role = new Role({ ...seen, now: () => Date.now() - aheadMs } as Board, 'landing-0', onLost);
  roles.push(role);
  return role;
}

it('one of two has the role, until it gives it back', async () => {
  const { board } = new Home();
  const [first, second] = [roleOn(board, 0), roleOn(board, 0)];
  expect([await first.tryTake(), await second.tryTake(), await first.tryTake()]).toEqual([true, false, true]);
  await first.release();
  expect([first.held, await second.tryTake()]).toEqual([false, true]);
});

it("sets and reads the lock by the board's clock, and renews it so", async () => {
  const { board } = new Home();
  const hour = 3_600_000;
  const [first, second] = [roleOn(board, hour), roleOn(board, hour)];
  expect(await first.tryTake()).toBe(true);
  const age = (): number => Date.now() - fs.statSync(board.path('locks/landing-0.lock')).mtimeMs;
  // By this host's clock the lock is an hour old: without the board's clock it would be stolen.
  expect(age()).toBeGreaterThan(hour - 60_000);
  expect(await second.tryTake()).toBe(false);
  const before = fs.statSync(board.path('locks/landing-0.lock')).mtimeMs;
  const renewed = () => expect(fs.statSync(board.path('locks/landing-0.lock')).mtimeMs).toBeGreaterThan(before);
  await vi.waitFor(renewed, { timeout: 20_000, interval: 50 });
  expect(first.held).toBe(true);
});

it('says so when the role is taken away, and does not throw', async () => {
  const { board } = new Home();
  const lost: string[] = [];
  const role = roleOn(board, 0, (why) => lost.push(why));
  await role.tryTake();
  fs.rmdirSync(board.path('locks/landing-0.lock'));
  await vi.waitFor(() => expect(lost).toHaveLength(1), { timeout: 20_000, interval: 50 });
  expect(role.held).toBe(false);
  expect(await role.tryTake()).toBe(true);
});
