/** Boards that can't be read for a while, and what following one costs. */
import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { systemError } from '../../helpers/faulty-fs.ts';
import { until } from '../../helpers/home.ts';
import { ageFolders, follow, listed, makeBench, SpyDisk, untilSame } from './follow.ts';

const POSTED = '20261121T120000';
const name = (dataset: string): string => `50.${POSTED}.w__.000.acs.${dataset}`;

describe('a board that can not be read', () => {
  it.each(['watch', 'poll'] as const)('is stale until it comes back, by %s', async (watch) => {
    const { bench, board } = makeBench(watch);
    bench.put(`queue/${name('x')}`);
    const live = follow(board);
    await untilSame(live, board);
    fs.renameSync(board.root, `${board.root}-away`);
    await until(() => live.health.phase === 'stale', 'stale');
    expect(live.health.fault).toMatch(/^\w+\/ is not there \(ENOENT\)$/);
    expect(live.health.ageMs).toBeGreaterThan(0);
    expect(listed(live.entries)).toEqual([`queue/${name('x')}`]);
    fs.renameSync(`${board.root}-away/queue/${name('x')}`, `${board.root}-away/queue/${name('y')}`);
    fs.renameSync(`${board.root}-away`, board.root);
    await until(() => live.health.phase === 'live', 'live');
    await untilSame(live, board);
    // Whatever came back is followed as before.
    bench.put(`held/${name('z').replace('w__', 'h__')}`);
    await untilSame(live, board);
    expect(live.entries.length).toBe(2);
  });

  it('is another one that was made in its place', async () => {
    const { bench, board } = makeBench('watch');
    bench.put(`queue/${name('x')}`);
    const live = follow(board);
    await untilSame(live, board);
    fs.cpSync(board.root, `${board.root}-copy`, { recursive: true });
    fs.rmSync(board.root, { recursive: true });
    await until(() => live.health.phase === 'stale', 'stale');
    fs.renameSync(`${board.root}-copy`, board.root);
    await until(() => live.health.phase === 'live', 'live');
    bench.put(`queue/${name('y')}`);
    await untilSame(live, board);
    expect(live.entries.length).toBe(2);
  });

  it('may have one folder made anew', async () => {
    const { bench, board } = makeBench('watch');
    bench.put(`queue/${name('x')}`);
    const disk = new SpyDisk();
    const live = follow(board, { disk });
    await untilSame(live, board);
    fs.rmSync(bench.path('queue'), { recursive: true });
    fs.mkdirSync(bench.path('queue'));
    await untilSame(live, board);
    const looked = disk.count('stamp', '/queue');
    await until(() => disk.count('stamp', '/queue') > looked + 2, 'it to be followed again');
    for (let nth = 0; nth < 500; nth++) bench.put(`queue/${name(`d${nth}`)}`);
    await untilSame(live, board);
    // Hints tell of single names again.
    const asked = disk.count('exists');
    await until(() => {
      bench.put(`queue/${name(`more${disk.calls.length}`)}`);
      return disk.count('exists', '/queue') > asked;
    }, 'hints');
    await untilSame(live, board);
  });

  it.each(['EACCES', 'ESTALE', 'EIO', 'EMFILE'] as const)('says why, and recovers: %s', async (errno) => {
    const { bench, board } = makeBench('watch');
    // Dear to read, so that single names are looked at.
    for (let nth = 0; nth < 1_000; nth++) bench.put(`queue/${name(`d${nth}`)}`);
    const disk = new SpyDisk();
    const phases: string[] = [];
    const live = follow(board, { disk, onChange: () => phases.push(`${live.health.phase} ${live.health.fault}`) });
    await untilSame(live, board);
    let more = 0;
    for (const ask of ['stamp', 'eachName', 'exists'] as const) {
      disk.fails = (asked, path) => (asked === ask && path.includes('/queue') ? systemError(errno, path) : undefined);
      bench.put(`queue/${name(`more${more++}`)}`);
      if (ask === 'eachName') live.refresh();
      // A single name that can't be looked at is forgotten once its folder has been read.
      const stale = new RegExp(`^stale queue/\\S* .*\\(${errno}\\)$`);
      await until(
        () => {
          // One name alone may be found by a look at its folder before the hint is followed.
          bench.put(`queue/${name(`more${more++}`)}`);
          return phases.some((phase) => stale.test(phase));
        },
        () => `stale, when ${ask} fails: ${phases.join()}`,
      );
      phases.length = 0;
      disk.fails = () => undefined;
      await until(() => live.health.phase === 'live', 'live');
      await untilSame(live, board);
    }
    expect(live.entries.length).toBe(1_000 + more);
  });

  it('has nothing forgotten that was read before another folder failed', async () => {
    const { bench, board } = makeBench('poll');
    const file = `active/${name('x').replace('w__', 'wc_')}`;
    bench.put(file);
    const disk = new SpyDisk();
    const live = follow(board, { disk });
    await untilSame(live, board);
    disk.fails = (asked, path) =>
      asked === 'eachName' && path.endsWith('/queue') ? systemError('ESTALE', path) : undefined;
    fs.rmSync(bench.path(file));
    ageFolders(bench);
    bench.put(`queue/${name('y')}`);
    await until(() => live.health.phase === 'stale', 'stale');
    disk.fails = () => undefined;
    await untilSame(live, board);
    expect(listed(live.entries)).toEqual([`queue/${name('y')}`]);
  });

  it('is stale from the beginning if it is', async () => {
    const { board } = makeBench('watch');
    fs.rmSync(board.root, { recursive: true });
    const live = follow(board);
    expect(live.health.phase).toBe('reading');
    await until(() => live.health.phase === 'stale', 'stale');
    expect(live.entries.length).toBe(0);
  });

  it.each(['stamp', 'eachName', 'exists'] as const)('may never answer: %s is asked once', async (ask) => {
    const { bench, board } = makeBench('watch');
    // Dear to read, so that single names are looked at.
    for (let nth = 0; nth < 1_000; nth++) bench.put(`queue/${name(`d${nth}`)}`);
    const disk = new SpyDisk();
    let told = 0;
    const live = follow(board, { disk, onChange: () => told++ });
    await untilSame(live, board);
    disk.isSilent = (asked, path) => asked === ask && path.includes('/queue');
    bench.put(`queue/${name('y')}`);
    if (ask === 'eachName') live.refresh();
    await until(() => live.health.phase === 'stale', 'stale');
    expect(live.health.fault).toMatch(/^queue\/\S* the disk has not answered for \d+ s$/);
    await until(() => told > 0, 'it to be told');
    const asked = disk.calls.length;
    bench.put(`queue/${name('z')}`);
    live.refresh();
    await until(() => live.health.ageMs > 4_000, 'time to pass');
    expect(disk.calls.length).toBe(asked);
    expect(disk.mostAtOnce).toBe(1);
    disk.speak();
    await until(() => live.health.phase === 'live', 'live');
    await untilSame(live, board);
  });
});

it.each([false, true])('the disk answers alike, network file system: %s', async (isNetwork) => {
  const { bench, board } = makeBench('poll');
  const disk = new SpyDisk(isNetwork);
  const live = follow(board, { disk });
  await untilSame(live, board);
  const { ino } = fs.statSync(bench.path('queue'), { bigint: true });
  const before = await disk.stamp(bench.path('queue'));
  expect(before.inode).toBe(ino);
  bench.put(`queue/${name('x')}`);
  expect((await disk.stamp(bench.path('queue'))).mtimeNs).toBeGreaterThan(before.mtimeNs);
  await untilSame(live, board);
  await expect(disk.stamp(bench.path('nowhere'))).rejects.toThrow(/ENOENT/);
  await expect(disk.eachName(bench.path('nowhere'), () => true)).rejects.toThrow(/ENOENT/);
  const seen: string[] = [];
  for (const dataset of ['y', 'z']) bench.put(`queue/${name(dataset)}`);
  await disk.eachName(bench.path('queue'), (file) => seen.push(file) < 2);
  expect(seen.length).toBe(2);
  expect(
    await Promise.all([disk.exists(bench.path(`queue/${name('x')}`)), disk.exists(bench.path('queue/-'))]),
  ).toEqual([true, false]);
});

describe('what it costs', () => {
  it('reads no folder again that has not changed', async () => {
    const { bench, board } = makeBench('poll');
    bench.put(`queue/${name('x')}`);
    ageFolders(bench);
    const disk = new SpyDisk();
    const live = follow(board, { disk });
    await untilSame(live, board);
    await until(() => disk.count('stamp', '/queue') > 10, 'many looks');
    expect(disk.count('eachName', '/queue')).toBe(1);
    bench.put(`queue/${name('y')}`);
    await untilSame(live, board);
    expect(disk.count('eachName', '/queue')).toBeGreaterThan(1);
    expect(disk.count('eachName', '/held')).toBe(1);
    expect(disk.count('exists')).toBe(0);
  });

  it('reads a folder again whose last change is too young to be told from the next', async () => {
    const { bench, board } = makeBench('poll');
    const disk = new SpyDisk();
    const stamp = { inode: 1n, mtimeNs: BigInt(Date.now()) * 1_000_000n, ctimeNs: 1n };
    disk.frozen = (path) => (path.endsWith('/queue') ? stamp : undefined);
    const live = follow(board, { disk });
    await untilSame(live, board);
    bench.put(`queue/${name('x')}`);
    await untilSame(live, board);
    expect(live.entries.length).toBe(1);
    // Once it is old enough, nothing can have changed under it.
    await until(() => Date.now() - Number(stamp.mtimeNs / 1_000_000n) > 2_500, 'the stamp to grow old');
    const read = disk.count('eachName', '/queue');
    const looked = disk.count('stamp', '/queue');
    await until(() => disk.count('stamp', '/queue') > looked + 5, 'more looks');
    expect(disk.count('eachName', '/queue')).toBe(read);
  });

  it('looks at single names where reading the folder would be dearer', async () => {
    const { bench, board } = makeBench('watch');
    for (let nth = 0; nth < 3_000; nth++) bench.put(`queue/${name(`d${nth}`)}`);
    ageFolders(bench);
    const disk = new SpyDisk();
    const live = follow(board, { disk, everyMs: 5_000 });
    await untilSame(live, board);
    expect(disk.count('eachName', '/queue')).toBe(1);
    for (let nth = 0; nth < 5; nth++)
      fs.renameSync(bench.path(`queue/${name(`d${nth}`)}`), bench.path(`queue/10${name(`d${nth}`).slice(2)}`));
    await untilSame(live, board);
    expect(disk.count('eachName', '/queue')).toBe(1);
    expect(disk.count('exists')).toBe(10);
    // Never a stat an entry that nobody has touched.
    expect(disk.count('exists', '.d2999')).toBe(0);
  });

  it('reads the folder instead of looking at thousands of names', async () => {
    const { bench, board } = makeBench('watch');
    const disk = new SpyDisk();
    const live = follow(board, { disk });
    await untilSame(live, board);
    for (let nth = 0; nth < 10_000; nth++) bench.put(`queue/${name(`d${nth}`)}`);
    await untilSame(live, board);
    expect(disk.count('exists')).toBeLessThan(100);
  });
});
