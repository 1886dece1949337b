import { describe, expect, it } from 'vitest';
import { estimateSky } from '../../../stages/lib/sky.ts';
import { makeRandom } from '../support.ts';

describe('estimateSky', () => {
  const { normal, uniform } = makeRandom(7);
  const plain = Float32Array.from({ length: 40_000 }, () => 100 + 5 * normal());

  it('finds level and noise of a plain sky', () => {
    const sky = estimateSky(plain);
    expect(sky?.level).toBeCloseTo(100, 0);
    expect(Math.abs((sky?.sigma ?? 0) - 5)).toBeLessThan(0.1);
  });

  it('is hardly moved by stars on a fifth of the image', () => {
    const starry = plain.map((value) => value + (uniform() < 0.2 ? 20 + 2000 * uniform() ** 4 : 0));
    const sky = estimateSky(starry);
    expect(Math.abs((sky?.level ?? 0) - 100)).toBeLessThan(1.5);
    expect(Math.abs((sky?.sigma ?? 0) - 5)).toBeLessThan(0.6);
    const mean = starry.reduce((sum, value) => sum + value, 0) / starry.length;
    expect(mean).toBeGreaterThan(150);
  });

  it('is hardly moved by dead pixels on a tenth of the image', () => {
    const dead = plain.map((value) => (uniform() < 0.1 ? -500 * uniform() : value));
    expect(Math.abs((estimateSky(dead)?.level ?? 0) - 100)).toBeLessThan(0.2);
    expect(Math.abs((estimateSky(dead)?.sigma ?? 0) - 5)).toBeLessThan(0.2);
  });

  it('leaves out what is not finite', () => {
    const holed = [Number.NaN, 1, 2, Number.POSITIVE_INFINITY, 3, Number.NEGATIVE_INFINITY];
    expect(estimateSky(holed)).toMatchObject({ level: 2, pixels: 3 });
    expect(estimateSky([Number.NaN])).toBeUndefined();
    expect(estimateSky([])).toBeUndefined();
  });

  it('ends on flat and on tiny images', () => {
    expect(estimateSky(new Float32Array(1000).fill(7))).toMatchObject({ level: 7, sigma: 0, pixels: 1000 });
    expect(estimateSky([4])).toMatchObject({ level: 4, sigma: 0 });
    expect(estimateSky([4, 6])).toMatchObject({ level: 5 });
  });
});
