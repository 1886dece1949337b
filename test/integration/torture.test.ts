/** The board's promise under fire: processes killed and frozen past their lease, and nothing is lost or done twice. */
import { expect, test } from 'vitest';
import { doubles, entries, expectProved, journal, list, makeBoard, slateOk, startRun, until } from '../helpers/home.ts';

const TRUE = 'command: [/bin/true]\nretries: 9\nbackoff: {first: 0s}';

test('2,000 entries × 4 stages on 3 processes, one killed, one frozen past its lease: all done, none twice', async () => {
  const home = await makeBoard({ a: TRUE, b: TRUE, c: TRUE, d: TRUE }, undefined, undefined, '2s');
  const names = Array.from({ length: 2000 }, (_, index) => `d${String(index).padStart(5, '0')}`);
  await slateOk(home, ['post', '--from', '-', '-q'], names.join('\n'));

  const runs = [0, 1, 2].map(() => startRun(home, ['--slots', '4', '--until-idle']));
  const [killed, frozen, steady] = runs as [(typeof runs)[0], (typeof runs)[0], (typeof runs)[0]];
  const holds = async (run: (typeof runs)[0]): Promise<boolean> => {
    const id = await run.id();
    return list(home, 'active').some((file) => file.includes(`-${id}-`));
  };
  const done = (): number => entries(home).filter(({ folder }) => folder.startsWith('done/')).length;

  await until(async () => done() >= 200 && (await holds(killed)), 'the first to be busy');
  killed.child.kill('SIGKILL');
  await until(async () => holds(frozen), 'the second to be busy');
  frozen.child.kill('SIGSTOP');
  const frozenId = await frozen.id();
  await until(
    () => list(home, 'processes').some((file) => file.startsWith(`${frozenId}.lost.`)),
    'the frozen one to be found dead',
  );
  await until(() => !list(home, 'active').some((file) => file.includes(`-${frozenId}-`)), 'its claims to be returned');
  frozen.child.kill('SIGCONT');

  expect(await killed.ended).toBe('SIGKILL');
  expect([await frozen.ended, await steady.ended]).toEqual([0, 0]);

  const all = entries(home);
  expect(all.length).toBe(2000);
  expect(new Set(all.map(({ name }) => name.dataset)).size).toBe(2000);
  expect(all.filter(({ folder, name }) => !folder.startsWith('done/') || name.letters !== 'cccc')).toEqual([]);
  expect(list(home, 'active')).toEqual([]);
  expect(list(home, 'ids')).toEqual([]);
  const lines = journal(home);
  expect(doubles(lines, 'claim')).toEqual([]);
  expect(doubles(lines, 'finish')).toEqual([]);
  // 8,000 columns are complete, each by one finish; the killed process may have taken its last lines with it.
  const finishes = lines.filter(({ event }) => event === 'finish').length;
  expect(finishes).toBeLessThanOrEqual(8000);
  expect(finishes).toBeGreaterThan(7900);
  expect(lines.filter(({ event }) => event === 'claim').length).toBeGreaterThan(8000);
  expect(frozen.log()).toContain('lease-lost');
  await expectProved(home);
}, 180_000);
