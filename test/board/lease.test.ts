import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { askKernel, ownMark, type ProcessMark, startTicks } from '../../src/board/host.ts';
import { LeaseObserver, type Sighting } from '../../src/board/lease.ts';
import { systemError } from '../helpers/faulty-fs.ts';

const LEASE = 10_000;
const OWN = ownMark();

interface Look {
  /** Seconds of the observer's clock. */
  readonly at: number;
  /** A counter; `none`: unreadable; `absent`: no status file. */
  readonly saw: number | 'none' | 'absent';
  readonly healthy?: boolean;
}

/** Process `abcd` as looked at. @returns the time of the first look that took it for dead */
function deadAt(looks: readonly Look[], more: Partial<Sighting> = {}): number | undefined {
  const observer = new LeaseObserver({ leaseMs: LEASE, own: OWN, ownId: 'mine' });
  for (const { at, saw, healthy = true } of looks) {
    const counter = typeof saw === 'number' ? saw : undefined;
    const sighting: Sighting = { id: 'abcd', order: 'run', counter, mark: undefined, ...more };
    const dead = observer.look(saw === 'absent' ? [] : [sighting], ['abcd'], at * 1000, healthy);
    if (dead.has('abcd')) return at;
  }
  return undefined;
}

const every = (step: number, to: number, saw: (at: number) => Look['saw'], healthy?: (at: number) => boolean): Look[] =>
  Array.from({ length: Math.floor(to / step) + 1 }, (_, index) => index * step).map((at) => ({
    at,
    saw: saw(at),
    ...(healthy === undefined ? {} : { healthy: healthy(at) }),
  }));

describe('LeaseObserver', () => {
  test.each<[string, readonly Look[], number | undefined]>([
    ['a counter that counts', every(2, 60, (at) => at), undefined],
    ['one that counts slowly, once in a lease', every(2, 60, (at) => Math.floor(at / 9)), undefined],
    ['one that stands still from the first look', every(2, 60, () => 7), 10],
    ['one that stands still after a while', every(2, 60, (at) => Math.min(at, 20)), 30],
    ['one that goes back to what it was is alive', every(2, 60, (at) => at % 4), undefined],
    [
      'a lease that passed with two looks only',
      [
        { at: 0, saw: 1 },
        { at: 10, saw: 1 },
      ],
      undefined,
    ],
    ['three looks, and the lease has passed', [0, 5, 10].map((at) => ({ at, saw: 1 })), 10],
    ['an observer that slept more than a lease begins anew', [0, 2, 13, 15].map((at) => ({ at, saw: 1 })), undefined],
    ['and concludes a lease later', [0, 2, 13, 15, 20, 23].map((at) => ({ at, saw: 1 })), 23],
    [
      'an observer whose own heartbeat fails concludes nothing',
      every(
        2,
        60,
        () => 1,
        () => false,
      ),
      undefined,
    ],
    [
      'and begins anew when it is healthy again',
      every(
        2,
        60,
        () => 1,
        (at) => at !== 8,
      ),
      18,
    ],
    ['content that can not be read', every(2, 60, () => 'none'), 10],
    ['content that can be read only now and then', every(2, 60, (at) => (at % 8 === 0 ? 'none' : 5)), undefined],
    ['no status file: two leases', every(2, 60, () => 'absent'), 20],
    ['no status file for less', every(2, 60, (at) => (at < 18 ? 'absent' : at)), undefined],
    ['it comes back, and goes again: two leases anew', every(2, 60, (at) => (at === 10 ? 1 : 'absent')), 32],
  ])('%s', (_what, looks, expected) => {
    expect(deadAt(looks)).toBe(expected);
  });

  test('the order `lost` says it at once', () => {
    expect(deadAt([{ at: 0, saw: 1 }], { order: 'lost' })).toBe(0);
  });

  test('itself it never suspects, absent or still', () => {
    const observer = new LeaseObserver({ leaseMs: LEASE, own: OWN, ownId: 'mine' });
    for (let at = 0; at < 100; at += 2) {
      const seen: Sighting[] = at < 50 ? [{ id: 'mine', order: 'run', counter: 1, mark: undefined }] : [];
      expect(observer.look(seen, ['mine'], at * 1000, true).size).toBe(0);
    }
  });

  test('one whom no claim names any longer is forgotten, and counted anew', () => {
    const observer = new LeaseObserver({ leaseMs: LEASE, own: OWN, ownId: 'mine' });
    const dead: number[] = [];
    for (let at = 0; at <= 44; at += 2) {
      const found = observer.look([], at === 18 ? [] : ['abcd'], at * 1000, true);
      if (found.has('abcd')) dead.push(at);
    }
    expect(dead).toEqual([40, 42, 44]);
  });

  test('by the kernel’s word at once, if the mark is of this host; a pid used again is another process', () => {
    const mark = { ...OWN, startTicks: String(Number(OWN.startTicks) + 1) };
    expect(deadAt([{ at: 0, saw: 1 }], { mark })).toBe(0);
    expect(deadAt([{ at: 0, saw: 1 }], { mark: { ...mark, bootId: 'another boot' } })).toBeUndefined();
    expect(deadAt([{ at: 0, saw: 1 }], { mark: { ...mark, pidSpace: 'pid:[1]' } })).toBeUndefined();
    expect(deadAt([{ at: 0, saw: 1 }], { mark: OWN })).toBeUndefined();
  });

  test('alive by the kernel’s word, and yet hung: the counter decides', () => {
    expect(
      deadAt(
        every(2, 60, () => 1),
        { mark: OWN },
      ),
    ).toBe(10);
  });
});

describe('askKernel', () => {
  afterEach(() => vi.restoreAllMocks());

  const other: ProcessMark = { ...OWN, pid: 1, startTicks: startTicks(1) };

  test('this process lives', () => {
    expect(askKernel(OWN, OWN)).toBe('alive');
    expect(OWN.startTicks).toMatch(/^\d+$/);
  });

  test('one that has ended is dead', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const mark = { ...OWN, pid: child.pid ?? -1, startTicks: startTicks(child.pid ?? -1) };
    expect(askKernel(mark, OWN)).toBe('alive');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(askKernel(mark, OWN)).toBe('dead');
  });

  test('a mark without a start, or of another boot, says nothing', () => {
    expect(askKernel({ ...OWN, startTicks: '' }, OWN)).toBe('unknown');
    expect(askKernel(OWN, { ...OWN, bootId: '' })).toBe('unknown');
    expect(askKernel({ ...OWN, bootId: 'x' }, OWN)).toBe('unknown');
  });

  test.each(['ENOENT', 'EPERM', 'EACCES'] as const)('/proc that hides other users’ processes (%s)', (errno) => {
    vi.spyOn(fs, 'readFileSync').mockImplementation((path) => {
      throw systemError(errno, String(path));
    });
    const kill = vi.spyOn(process, 'kill').mockImplementation(() => {
      throw systemError('EPERM', 'kill');
    });
    expect(askKernel(other, OWN)).toBe('unknown');
    kill.mockImplementation(() => {
      throw systemError('ESRCH', 'kill');
    });
    expect(askKernel(other, OWN)).toBe('dead');
  });

  test('one that ends between open and read', () => {
    vi.spyOn(fs, 'readFileSync').mockImplementation((path) => {
      throw systemError('ESRCH', String(path));
    });
    vi.spyOn(process, 'kill').mockImplementation(() => {
      throw systemError('ESRCH', 'kill');
    });
    expect(askKernel(other, OWN)).toBe('dead');
  });
});
