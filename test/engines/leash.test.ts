/** A command that nobody waits for any more, or that does not answer in time, is ended with all that it has started. */
import fs from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { clientAt } from '../../src/engines/client.ts';
import { Leash } from '../../src/engines/leash.ts';
import { tempFolder, until } from '../helpers/home.ts';

const ASKING = { isRefusal: () => true };
/** Neither it nor what it waits for hears that it should end. */
const DEAF = 'trap "" TERM; sleep 600 & echo $! > "$0"; wait; sleep 600';

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // There is none of this number.
    return false;
  }
}

async function pidIn(file: string): Promise<number> {
  const text = (): string => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '');
  await until(() => text().endsWith('\n'), 'the command to run');
  return Number(text());
}

test('a question that is cut off is no refusal, and leaves nothing behind', async () => {
  const cut = new AbortController();
  const file = join(tempFolder(), 'pid');
  const asked = clientAt(undefined, cut.signal).ask('sh', ['-c', DEAF, file], ASKING);
  const failed = expect(asked).rejects.toMatchObject({
    isRefusal: false,
    message: 'sh is not waited for: its process ends',
  });
  const pid = await pidIn(file);
  cut.abort();
  await failed;
  await until(() => !isAlive(pid), 'what it has started to end');
  // Nothing is asked from there on.
  const marker = join(tempFolder(), 'asked');
  await expect(clientAt(undefined, cut.signal).ask('touch', [marker], ASKING)).rejects.toThrow('not waited for');
  expect(fs.existsSync(marker)).toBe(false);
});

test('what is answered in time is answered', async () => {
  const cut = new AbortController();
  expect(await clientAt(undefined, cut.signal).ask('echo', ['yes'], ASKING)).toBe('yes');
});

test('one that is late is ended, sooner if nobody waits any more', async () => {
  const cut = new AbortController();
  const file = join(tempFolder(), 'pid');
  const child = execa('sh', ['-c', DEAF, file], { detached: true, reject: false });
  const pid = await pidIn(file);
  const leash = new Leash(child, { limitMs: 1, unwanted: cut.signal });
  await until(() => leash.cut === 'late', 'it to be late');
  cut.abort();
  await leash.lost;
  leash.release();
  expect(leash.cut).toBe('late');
  await until(() => !isAlive(pid), 'what it has started to end');
  await child;
});
