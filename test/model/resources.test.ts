/** Sizes, needs and patience: what a step asks of its host, in numbers. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { excess, formatNeeds, isWithin, tryParseCpus, tryParseMemory } from '../../src/model/demand.ts';
import { parseToken, tokenPath } from '../../src/model/name.ts';
import { MOST_PASSES, MOST_WAIT_MS, Patience } from '../../src/model/patience.ts';
import { formatSize, tryParseSize, writeSize } from '../../src/model/size.ts';

describe('sizes', () => {
  test.each<[string, number | undefined]>([
    ['0', 0],
    ['1k', 1024],
    ['8g', 8 * 2 ** 30],
    ['8GB', 8 * 2 ** 30],
    ['8 GiB', 8 * 2 ** 30],
    ['1.5m', 1.5 * 2 ** 20],
    [' 2t ', 2 * 2 ** 40],
    ['8', undefined],
    ['g', undefined],
    ['-1g', undefined],
    ['1e3g', undefined],
    ['NaNg', undefined],
    ['9p', undefined],
    ['1gg', undefined],
  ])("'%s' is %s bytes", (text, bytes) => expect(tryParseSize(text)).toBe(bytes));

  test.each<[number, string]>([
    [0, '0 B'],
    [1023, '1023 B'],
    [2 ** 20, '1 MB'],
    [1.55 * 2 ** 30, '1.5 GB'],
    [150.9 * 2 ** 20, '150 MB'],
  ])('%s bytes are read as %s', (bytes, text) => expect(formatSize(bytes)).toBe(text));

  test('what is written is read again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 40 }), (kilobytes) => {
        expect(tryParseSize(writeSize(kilobytes * 1024))).toBe(kilobytes * 1024);
      }),
    );
  });
});

describe('needs', () => {
  test.each<[string, number | undefined]>([
    ['2', 2000],
    ['0.5', 500],
    ['0.0001', 1],
    ['0', undefined],
    ['-1', undefined],
    ['2 cores', undefined],
    ['4097', undefined],
    ['NaN', undefined],
  ])("'%s' is %s thousandths of a core", (text, milli) => expect(tryParseCpus(text)).toBe(milli));

  test.each<[string, number | undefined]>([
    ['8g', 8192],
    ['1k', 1],
    ['1.0001g', 1025],
    ['0', undefined],
    ['8', undefined],
  ])("'%s' is %s MB", (text, mb) => expect(tryParseMemory(text)).toBe(mb));

  test('what is not needed may be overdrawn; what is needed never', () => {
    const needs = fc.record({ milliCpus: fc.nat(100), memoryMb: fc.nat(100) });
    fc.assert(
      fc.property(needs, needs, needs, (one, budget, taken) => {
        const within = isWithin(one, budget, taken);
        const over = (key: 'milliCpus' | 'memoryMb'): boolean => one[key] > 0 && taken[key] + one[key] > budget[key];
        expect(within).toBe(!over('milliCpus') && !over('memoryMb'));
        // What is more than all of the host never fits, whatever is free.
        if (excess(one, budget) !== undefined) expect(within).toBe(false);
      }),
    );
  });

  test('are told in words', () => {
    const host = { milliCpus: 2_000, memoryMb: 16_384 };
    expect(formatNeeds({ milliCpus: 1_000, memoryMb: 512 })).toBe('1 cpu and 512 MB');
    expect(excess({ milliCpus: 0, memoryMb: 65_536 }, host)).toBe('needs 64 GB, and the host has 16 GB');
    expect(excess({ milliCpus: 4_000, memoryMb: 65_536 }, host)).toBe(
      'needs 4 cpus and 64 GB, and the host has 2 cpus and 16 GB',
    );
    expect(excess({ milliCpus: 2_000, memoryMb: 1 }, host)).toBeUndefined();
  });
});

describe('patience', () => {
  test('is over after so many passes or so long, and begins anew with another', () => {
    const patience = new Patience();
    patience.passed();
    expect(patience.isOver(MOST_WAIT_MS * 2)).toBe(false);
    patience.sees('a', 0);
    for (let pass = 1; pass < MOST_PASSES; pass++) patience.passed();
    expect(patience.isOver(1)).toBe(false);
    patience.passed();
    expect(patience.isOver(1)).toBe(true);
    patience.sees('b', 10);
    patience.sees('b', 20);
    expect(patience.isOver(9 + MOST_WAIT_MS)).toBe(false);
    expect(patience.isOver(10 + MOST_WAIT_MS)).toBe(true);
    patience.sees(undefined, 30);
    expect(patience.isOver(MOST_WAIT_MS * 9)).toBe(false);
  });
});

test.each(['database.1', 'a-b_c.100000'])('%s is a place of a limit', (file) => {
  const name = parseToken(file);
  expect(name === undefined ? '' : tokenPath(name)).toBe(`limits/${file}`);
});

test.each(['database', 'database.0', 'database.01', 'Database.1', 'database.1.x', '.1', 'database.1000000'])(
  '%s is none',
  (file) => expect(parseToken(file)).toBeUndefined(),
);
