/** Names are put in order as texts are, however many are alike. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sortNames } from '../../src/board/serve-order.ts';

const two = (number: number): string => String(number).padStart(2, '0');
const posted = fc
  .record({
    year: fc.constantFrom('0100', '2026', '2026', '2026', '9999'),
    day: fc.integer({ min: 1, max: 28 }),
    second: fc.nat(3),
  })
  .map(({ year, day, second }) => `${year}11${two(day)}T1200${two(second)}`);
const name = fc
  .record({
    rank: fc.constantFrom('00', '20', '50', '99'),
    posted: fc.oneof(fc.constant('20261121T120000'), posted),
    letters: fc.constantFrom('w__', 'cw_', 'cf_'),
    dataset: fc.oneof(
      fc.string({ unit: fc.constantFrom('a', 'b', 'Z', '0', '-', '~'), minLength: 0, maxLength: 20 }),
      fc.nat(50).map((number) => `long_common_beginning_${number}`),
    ),
    tags: fc.constantFrom('', '', '@2-x2', '@2-x21'),
  })
  .map(({ rank, posted, letters, dataset, tags }) => `${rank}.${posted}.${letters}.000.-.d${dataset}${tags}`);

function wanted(files: readonly string[]): number[] {
  const byText = (a: number, b: number): number => {
    const [left = '', right = ''] = [files[a], files[b]];
    return left < right ? -1 : left > right ? 1 : b - a;
  };
  return files.map((_, at) => at).sort(byText);
}

describe('names are served in the order of their texts', () => {
  // The later place first, so that it can be seen who had the last word.
  const sorted = (files: readonly string[]): number[] => [...sortNames(files, (a, b) => b - a)];

  test.each([
    ['a few', 20],
    ['many', 400],
  ])('%s', (_, maxLength) => {
    fc.assert(
      fc.property(fc.array(name, { maxLength }), (files) => {
        expect(sorted(files)).toEqual(wanted(files));
      }),
      { numRuns: 200 },
    );
  });

  test('thousands of the same second, which no number tells apart at once', () => {
    const files = Array.from(
      { length: 20_000 },
      (_, index) => `50.20261121T120000.w__.000.acs.j8a2${((index * 7919) % 20_011).toString(36).padStart(5, '0')}q`,
    );
    expect(sorted(files)).toEqual(wanted(files));
  });

  test('the same name in many folders', () => {
    const files = Array.from({ length: 100 }, () => '50.20261121T120000.w__.000.-.d');
    expect(sorted(files)).toEqual(wanted(files));
  });

  test('one that begins as another ends', () => {
    const start = '50.20261121T120000.w__.000.-.d';
    const files = Array.from({ length: 60 }, (_, index) => start + 'a'.repeat((index * 37) % 60));
    expect(sorted(files)).toEqual(wanted(files));
  });
});
