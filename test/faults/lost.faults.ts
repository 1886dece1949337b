/**
 * Lost answers: a library preloaded into the command executes a call and then says that it failed. First each call of every
 * operation in turn, then any call at random in processes at work.
 */
import { execa } from 'execa';
import { beforeAll, expect, test } from 'vitest';
import { list, makeBoard, SLATE, slateOk, startRun, until } from '../helpers/home.ts';
import { eachOf, withCopy } from './lib/copies.ts';
import { leftOver, losses, settle } from './lib/losses.ts';
import { OPERATIONS, type Operation, pointsOf, recover } from './lib/operations.ts';
import { answers, lossy, preload } from './lib/preload.ts';
import { isQuick, row, tally } from './lib/rows.ts';
import { startStorm } from './lib/storm.ts';

const QUICK = ['post', 'claim and finish', 'sweep'];
/** What a client says: the repeated request's error, or that of a mount that gave up. */
const ERRORS = isQuick ? ['again'] : ['again', 'EIO', 'ETIMEDOUT'];
const AT_A_TIME = 3;

let library = '';
beforeAll(() => {
  const built = preload('lost-reply');
  library = built.path;
  return built.remove;
});

async function command(home: string, operation: Operation, when: string, as: string): Promise<void> {
  const env = lossy(library, home, when, as);
  const args = [SLATE, '--home', home, ...operation.args];
  const ran = await execa(process.execPath, args, {
    env,
    reject: false,
    stdin: 'ignore',
    timeout: 120_000,
  });
  // It may say that it failed; it may not go astray.
  expect([0, 1, 3, 5], `${String(ran.stderr)} ${String(ran.shortMessage)}`).toContain(ran.exitCode);
}

test.each(OPERATIONS.filter(({ name }) => !isQuick || QUICK.includes(name)))(
  'lost answers: $name',
  async (operation) => {
    const home = await operation.prepare();
    const calls = await withCopy(home, 'reference', async (copy) => {
      await command(copy, operation, '0', 'again');
      return answers(copy).calls;
    });
    const injected: string[] = [];
    const lost: string[] = [];
    const points = ERRORS.flatMap((as) => pointsOf(calls, operation).map(({ nth }) => ({ as, nth })));
    await eachOf(points, AT_A_TIME, ({ as, nth }) =>
      withCopy(home, `${as}${nth}`, async (copy) => {
        await command(copy, operation, String(nth), as);
        const seen = answers(copy).lost;
        injected.push(...seen);
        for (const problem of await recover(copy, operation)) lost.push(`${seen.join(' ')} (call ${nth}): ${problem}`);
      }),
    );
    const note = `${points.length / ERRORS.length} of ${calls.length} calls, as ${ERRORS.join(', ')}: ${tally(injected)}`;
    row({
      fault: `lost answer of each call of ${operation.name}`,
      injected: injected.length,
      lost,
      note,
    });
  },
);

test('lost answers at random, under load', async () => {
  const make = `shell: 'echo x > "$SLATE_PRODUCTS/x"'\nproducts: true\nretries: 9\nbackoff: {first: 0s}`;
  const quick = 'command: [/bin/true]\nretries: 9\nbackoff: {first: 0s}';
  const home = await makeBoard({ a: quick, b: make, c: quick }, undefined, undefined, '3s');
  const names = Array.from({ length: isQuick ? 60 : 300 }, (_, index) => `d${String(index).padStart(4, '0')}`);
  await slateOk(home, ['post', '--from', '-', '-q'], names.join('\n'));
  const env = lossy(library, home, '1/30', 'any');
  const runs = [0, 1, 2].map(() => startRun(home, ['--slots', '3'], env));
  const storm = startStorm(home);
  await until(() => list(home, 'queue').length === 0, 'the queue to be begun', 300_000);
  const moved = await storm.stop();
  await until(
    () => settle(home),
    () => leftOver(home),
    300_000,
  );
  const seen = answers(home).lost;
  for (const run of runs) {
    run.child.kill('SIGTERM');
    await run.ended;
  }
  const lost = await losses(home, { posted: names });
  row({
    fault: 'lost answers at random in 3 processes',
    injected: seen.length,
    lost,
    note: tally(seen),
  });
  row({ fault: 'mv by hand meanwhile', injected: moved, lost: [] });
});
