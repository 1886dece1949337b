/** A stage waits while its disk has too little free, says so once, goes on by itself, and asks the disk seldom. */
import { expect, test } from 'vitest';
import { Board, createBoard } from '../../src/board/board.ts';
import { nodeFs } from '../../src/board/fs.ts';
import { loadPipeline } from '../../src/definitions/definitions.ts';
import { GB } from '../../src/model/size.ts';
import { cpuQuota } from '../../src/process/budget.ts';
import { DiskFloor } from '../../src/process/disk-floor.ts';
import { systemError } from '../helpers/faulty-fs.ts';
import { makeHome } from '../helpers/home.ts';

function bench() {
  const home = makeHome({ a: 'command: [/bin/true]' });
  createBoard(home, 'b', loadPipeline(home, 'p').pipeline);
  const disk = { products: 9 * GB, scratch: 9 * GB, asked: 0, fails: false };
  const board = Board.open(home, 'b', {
    fs: {
      ...nodeFs,
      freeBytes: (path) => {
        disk.asked++;
        if (disk.fails) throw systemError('EIO', path);
        return path.endsWith('products') ? disk.products : disk.scratch;
      },
    },
  });
  const time = { ms: 0 };
  const lines: string[] = [];
  const floor = new DiskFloor(
    board,
    (code, text) => lines.push(`${code}: ${text}`),
    () => time.ms,
  );
  return { disk, time, lines, floor, board };
}

test('waits, says so once, and goes on by itself when there is room', () => {
  const { disk, time, lines, floor, board } = bench();
  expect(floor.allows('a', 8 * GB)).toBe(true);
  expect(floor.turn()).toBeUndefined();
  disk.scratch = 2.5 * GB;
  // Believed for a second.
  time.ms += 999;
  expect(floor.allows('a', 8 * GB)).toBe(true);
  time.ms += 1;
  expect(floor.allows('a', 8 * GB)).toBe(false);
  expect(floor.allows('a', 8 * GB)).toBe(false);
  expect(floor.allows('other', 2 * GB)).toBe(true);
  expect(lines).toEqual([
    `stage-blocked: stage a: 2.5 GB are free in ${board.path('scratch')}, and it wants 8 GB; it goes on by itself when there is more`,
  ]);
  expect(floor.trouble).toContain('stage a: 2.5 GB are free');
  disk.scratch = 9 * GB;
  expect(floor.turn()).toBeGreaterThan(0);
  time.ms += 2_000;
  expect(floor.turn()).toBe(0);
  expect(floor.trouble).toBe('');
  expect(lines[1]).toMatch(/^stage-unblocked: stage a: 9 GB are free again/);
  expect(floor.allows('a', 8 * GB)).toBe(true);
});

test('asks the disk at most once a second, however often it is asked itself', () => {
  const { disk, time, floor } = bench();
  disk.products = 0;
  for (; time.ms < 10_000; time.ms += 10) {
    floor.allows('a', GB);
    floor.turn();
  }
  // Two folders at a time.
  expect(disk.asked).toBeLessThanOrEqual(2 * 6);
  expect(floor.allows('a', 0)).toBe(true);
});

test('a disk that does not say how much is free keeps nothing from starting: who writes there finds out', () => {
  const { disk, floor } = bench();
  disk.fails = true;
  expect(floor.allows('a', 8 * GB)).toBe(true);
});

test.each<[string, Readonly<Record<string, string>>, number | undefined]>([
  ['nothing is known', {}, undefined],
  ['a container', { '/proc/self/cgroup': '0::/', '/sys/fs/cgroup/cpu.max': '150000 100000' }, 1_500],
  ['no limit', { '/proc/self/cgroup': '0::/a/b', '/sys/fs/cgroup/a/cpu.max': 'max 100000' }, undefined],
  [
    'the group above has less',
    {
      '/proc/self/cgroup': '0::/a/b',
      '/sys/fs/cgroup/a/b/cpu.max': '400000 100000',
      '/sys/fs/cgroup/a/cpu.max': '200000 100000',
    },
    2_000,
  ],
  [
    'the first version',
    {
      '/proc/self/cgroup': '3:memory:/x\n2:cpu,cpuacct:/x\n',
      '/sys/fs/cgroup/cpu/x/cpu.cfs_quota_us': '50000',
      '/sys/fs/cgroup/cpu/x/cpu.cfs_period_us': '100000',
      '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1',
    },
    500,
  ],
])('cores that control groups leave: %s', (_what, files, milliCpus) => {
  expect(cpuQuota((path) => files[path])).toBe(milliCpus);
});
