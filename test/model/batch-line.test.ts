/** The first line of a log that several tries share. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { companyText, formatBatchLine, parseBatchLine } from '../../src/model/batch-line.ts';

const DATASETS = fc.array(fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.,+=%~-]{0,20}$/), {
  minLength: 1,
  maxLength: 50,
});

test('what was written is read', () => {
  fc.assert(
    fc.property(DATASETS, fc.string(), (datasets, rest) => {
      expect(parseBatchLine(`${formatBatchLine('cal-2', datasets)}${rest}`)).toEqual({
        size: datasets.length,
        datasets,
      });
    }),
  );
});

test('of a line that is cut, the whole names', () => {
  fc.assert(
    fc.property(DATASETS, fc.nat(), (datasets, at) => {
      const line = formatBatchLine('a', datasets);
      const cut = parseBatchLine(line.slice(0, at % line.length));
      if (cut === undefined) return;
      expect(cut.size).toBe(datasets.length);
      expect(datasets.slice(0, cut.datasets.length)).toEqual(cut.datasets);
      expect(cut.datasets.length).toBeLessThan(datasets.length);
    }),
  );
});

test.each(['', 'something else\n', 'slate: batch of x at a: b\n', ' slate: batch of 1 at a: b\n'])(
  '%j is none',
  (text) => {
    expect(parseBatchLine(text)).toBeUndefined();
  },
);

test.each([
  [1, [], 'alone in a step that takes several'],
  [2, ['b'], 'one of 2 in a step, with b'],
  [3, ['b', 'c'], 'one of 3 in a step, with b, c'],
  [50, [], 'one of 50 in a step, with 49 others'],
  [11, [...'bcdefghijk'], 'one of 11 in a step, with b, c, d, e, f, g, h, i and 2 others'],
])('of %i, with %j: %s', (size, together, text) => {
  expect(companyText(size, together)).toBe(text);
});
