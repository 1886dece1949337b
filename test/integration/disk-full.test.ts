/** A real file system that runs full under a run: nothing is lost, it is said, and it goes on when there is space again. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { expect, test } from 'vitest';
import {
  boardPath,
  doubles,
  entries,
  expectProved,
  journal,
  list,
  makeHome,
  onCleanup,
  slate,
  slateOk,
  startRun,
  until,
} from '../helpers/home.ts';

/** A small ext4 of its own for the boards. False where this user may not mount. */
function mountSmall(home: string): boolean {
  const image = `${home}/small.img`;
  try {
    execFileSync('truncate', ['-s', '16M', image]);
    execFileSync('mkfs.ext4', ['-q', '-m', '0', '-N', '4000', image], { stdio: 'ignore' });
    execFileSync('mount', ['-o', 'loop', image, `${home}/blackboard`], { stdio: 'ignore' });
  } catch (error) {
    process.stderr.write(
      `not tested here, since a file system can't be mounted: ${error instanceof Error ? error.message : ''}\n`,
    );
    return false;
  }
  onCleanup(() => void execFileSync('umount', ['-l', `${home}/blackboard`]));
  return true;
}

/** Takes all space but a few blocks. */
function fillUp(file: string): void {
  const block = Buffer.alloc(4096);
  const fd = fs.openSync(file, 'w');
  try {
    for (;;) fs.writeSync(fd, block);
  } catch (error) {
    expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
  } finally {
    fs.closeSync(fd);
  }
}

test('the disk runs full during a run', async (context) => {
  const home = makeHome({
    a: 'command: [/bin/true]',
    b: `shell: 'echo x > "$SLATE_PRODUCTS/x" || exit 75'\nproducts: true\nexits: {75: retry}\nretries: 9\nbackoff: {first: 100ms, factor: 1}`,
  });
  if (!mountSmall(home)) return context.skip();
  await slateOk(home, ['create', 'b', '--pipeline', 'p', '--lease', '3s']);
  const names = Array.from({ length: 150 }, (_, index) => `d${String(index).padStart(4, '0')}`);
  await slateOk(home, ['post', '--from', '-', '-q'], names.join('\n'));
  const runs = [startRun(home, ['--slots', '2']), startRun(home, ['--slots', '2'])];
  await until(() => entries(home).some(({ folder }) => folder.startsWith('done/')), 'the first to be done');
  const ballast = boardPath(home, 'tmp/.ballast');
  fillUp(ballast);
  const blocked = /blocked: .*no space left \(disk, inodes or quota\) \(ENOSPC\)/;
  await until(
    () => runs.some((run) => blocked.test(run.log())),
    () => `a process to be blocked\n${runs.map((run) => run.log()).join('\n')}`,
  );
  // An operator is told as well, and nothing is half posted.
  const post = await slate(home, ['post', 'late']);
  expect(post.code).toBe(1);
  expect(post.stderr).toMatch(/no space left/);
  fs.rmSync(ballast);
  const settled = (): boolean => entries(home).every(({ folder }) => folder.startsWith('done/') || folder === 'failed');
  await until(
    settled,
    () =>
      `all to settle; left ${entries(home)
        .filter(({ folder }) => !folder.startsWith('done'))
        .map(({ folder, file }) => `${folder}/${file}`)
        .join('\n')}`,
    60_000,
  );
  // Tries may have failed for want of space in the step itself: those are told apart by their cause, and run again.
  for (const { name } of entries(home).filter(({ folder }) => folder === 'failed'))
    expect(name.tags).toMatchObject([{ cause: 'x75' }]);
  if (list(home, 'failed').length > 0) await slateOk(home, ['repipe', '--state', 'failed', '--yes']);
  await until(() => entries(home).every(({ folder }) => folder.startsWith('done/')), 'all to be done');
  const posted = new Set(entries(home).map(({ name }) => name.dataset));
  expect(names.filter((name) => !posted.has(name))).toEqual([]);
  expect(list(home, 'ids').filter((name) => name !== 'late')).toEqual([]);
  const lines = journal(home);
  expect(doubles(lines, 'claim')).toEqual([]);
  expect(doubles(lines, 'finish')).toEqual([]);
  expect((await slate(home, ['post', 'late'])).code).toBe(0);
  for (const run of runs) expect(run.log()).not.toContain(' fatal: ');
  await expectProved(home);
}, 180_000);
