import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs } from '../../src/model/backoff.ts';

const usual = { firstMs: 5_000, factor: 2, mostMs: 600_000 };

describe('backoffMs', () => {
  it.each([
    [0, 0],
    [-1, 0],
    [1, 5_000],
    [2, 10_000],
    [3, 20_000],
    [7, 320_000],
    [8, 600_000],
    [5_000, 600_000],
  ])('after %d failed tries waits %d ms', (failed, ms) => {
    expect(backoffMs(usual, failed)).toBe(ms);
  });

  it('stays the same with factor 1, and 0 with a first of 0 even where the power overflows', () => {
    expect(backoffMs({ ...usual, factor: 1 }, 9)).toBe(5_000);
    expect(backoffMs({ ...usual, firstMs: 0 }, 10_000)).toBe(0);
  });

  it('spreads by a tenth each way, never beyond the most', () => {
    expect(backoffMs(usual, 2, 0)).toBe(9_000);
    expect(backoffMs(usual, 2, 1)).toBe(11_000);
    expect(backoffMs(usual, 8, 1)).toBe(600_000);
  });

  it('is whole, finite and within 0 and the most, for any tries and chance', () => {
    fc.assert(
      fc.property(
        fc.record({
          firstMs: fc.nat(1e9),
          factor: fc.double({ min: 1, max: 1000, noNaN: true }),
          mostMs: fc.nat(1e9),
        }),
        fc.nat(1_000_000),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (backoff, failed, chance) => {
          const ms = backoffMs(backoff, failed, chance);
          expect(Number.isInteger(ms)).toBe(true);
          expect(ms).toBeGreaterThanOrEqual(0);
          expect(ms).toBeLessThanOrEqual(backoff.mostMs);
        },
      ),
    );
  });
});
