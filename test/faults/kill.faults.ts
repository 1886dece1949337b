/**
 * SIGKILL before every mutating system call of an operation. A first run tells the calls; then, for each of them, a copy of
 * the board is worked on by a command that strace kills there, and mended as people would.
 */
import { test } from 'vitest';
import { eachOf, withCopy } from './lib/copies.ts';
import { OPERATIONS, pointsOf, recover } from './lib/operations.ts';
import { isQuick, row, tally } from './lib/rows.ts';
import { type Call, traced } from './lib/strace.ts';

/** In the quick form every so many-th call. */
const STRIDE = isQuick ? 4 : 1;
const QUICK = ['post', 'claim and finish', 'publish'];
const AT_A_TIME = 3;

test.each(OPERATIONS.filter(({ name }) => !isQuick || QUICK.includes(name)))('SIGKILL: $name', async (operation) => {
  const home = await operation.prepare();
  const { calls } = await withCopy(home, 'reference', (copy) => traced(copy, operation.args));
  const killed: Call[] = [];
  const missed: Call[] = [];
  const lost: string[] = [];
  const points = pointsOf(calls, operation).filter((_, index) => index % STRIDE === 0);
  const killAt = (call: Call, index: number): Promise<void> =>
    withCopy(home, `kill${index}`, async (copy) => {
      const ran = await traced(copy, operation.args, call);
      // A run may have fewer calls than the first one: what was not killed is not counted.
      if (ran.killed !== undefined) killed.push(ran.killed);
      else missed.push(call);
      for (const problem of await recover(copy, operation))
        lost.push(`killed before ${ran.killed?.text ?? call.text}: ${problem}`);
    });
  await eachOf(points, AT_A_TIME, killAt);
  for (let again = 0; again < 3 && missed.length > 0; again++) await eachOf(missed.splice(0), AT_A_TIME, killAt);
  const note = `${killed.length} of ${calls.length} calls: ${tally(killed.map(({ syscall }) => syscall))}`;
  row({
    fault: `SIGKILL before each call of ${operation.name}`,
    injected: killed.length,
    lost,
    note,
  });
});
