/** Two posters of the same datasets at once: every dataset is posted once, and the other poster is told so. */
import { expect, test } from 'vitest';
import { entries, expectProved, list, makeBoard, slate } from '../helpers/home.ts';

const NAMES = Array.from({ length: 500 }, (_, index) => `d${String(index).padStart(3, '0')}`).join('\n');

interface Posted {
  readonly posted: number;
  readonly refused: readonly unknown[];
}

test('500 datasets posted twice at once: 500 entries, 500 refusals; a third poster is refused altogether with exit 5', async () => {
  const home = await makeBoard({ a: 'command: [/bin/true]' });
  const both = await Promise.all([0, 1].map(() => slate(home, ['post', '--from', '-', '--json'], NAMES)));
  const told = both.map(({ stdout }) => JSON.parse(stdout) as Posted);
  expect(told.reduce((sum, { posted }) => sum + posted, 0)).toBe(500);
  expect(told.reduce((sum, { refused }) => sum + refused.length, 0)).toBe(500);
  for (const [index, { code }] of both.entries()) {
    const { posted, refused } = told[index] as Posted;
    expect(code).toBe(refused.length === 0 ? 0 : posted === 0 ? 5 : 1);
  }
  expect(entries(home).length).toBe(500);
  expect(list(home, 'queue').length).toBe(500);
  expect(list(home, 'ids').length).toBe(500);
  expect(list(home, 'tmp').filter((file) => !file.startsWith('.'))).toEqual([]);

  const third = await slate(home, ['post', '--from', '-'], NAMES);
  expect(third.code).toBe(5);
  expect(third.stderr.match(/is on the board already/g)).toHaveLength(500);
  expect((await slate(home, ['post', 'd000'])).code).toBe(5);
  await expectProved(home);
});
