import { describe, expect, it } from 'vitest';
import { fillHoles, neighbours, segment } from '../../../stages/lib/segment.ts';
import { DEFAULTS, detectSources, FLAG, type Source } from '../../../stages/lib/sources.ts';
import { calibratedTile, type Star, starField, tile } from '../support.ts';

/** The Gaussian stars of `starField` have 99.9 % of their light within this radius. */
const OPTIONS = { ...DEFAULTS, aperture: 4.2 };

const nearest = (sources: readonly Source[], star: Star) =>
  sources.toSorted(
    (a, b) => Math.hypot(a.x - 1 - star.x, a.y - 1 - star.y) - Math.hypot(b.x - 1 - star.x, b.y - 1 - star.y),
  )[0];

describe('synthetic stars', () => {
  const stars: Star[] = Array.from({ length: 25 }, (_, i) => ({
    x: 15 + (i % 5) * 20 + 0.13 * i,
    y: 15 + Math.floor(i / 5) * 20 - 0.09 * i,
    flux: 1500 * 1.25 ** i,
  }));
  const sources = detectSources(starField(120, 120, stars), OPTIONS);

  it('are all found, and nothing else', () => {
    expect(sources).toHaveLength(25);
  });

  it('are found where they are', () => {
    for (const star of stars) {
      const source = nearest(sources, star);
      // A centre's error is about the width over the signal to noise ratio.
      const error = Math.hypot((source?.x ?? 0) - 1 - star.x, (source?.y ?? 0) - 1 - star.y);
      expect(error).toBeLessThan(Math.max(0.02, (4 * 1.1 * (source?.fluxError ?? 0)) / star.flux));
    }
  });

  it('have their flux within the error, as often as statistics want', () => {
    const pulls = stars.map((star) => {
      const source = nearest(sources, star);
      return ((source?.flux ?? 0) - star.flux) / (source?.fluxError ?? 0);
    });
    expect(Math.max(...pulls.map(Math.abs))).toBeLessThan(4);
    const spread = Math.sqrt(pulls.reduce((sum, pull) => sum + pull * pull, 0) / pulls.length);
    expect(spread).toBeGreaterThan(0.5);
    expect(spread).toBeLessThan(1.6);
  });

  it('come brightest first, without flags', () => {
    expect(sources.map((source) => source.flux)).toEqual(
      sources.map((source) => source.flux).toSorted((a, b) => b - a),
    );
    expect(sources.filter((source) => source.flags !== 0)).toEqual([]);
  });
});

describe('detection', () => {
  it('finds nothing in noise alone', () => {
    expect(detectSources(starField(200, 200, [], 5, 3), OPTIONS)).toEqual([]);
  });

  it('finds a star injected into real sky', () => {
    const { plane } = calibratedTile(tile(5));
    const star: Star = { x: 122.4, y: 121.7, flux: 60_000 };
    const before = nearest(detectSources(plane, OPTIONS), star);
    expect(Math.hypot((before?.x ?? 0) - 1 - star.x, (before?.y ?? 0) - 1 - star.y)).toBeGreaterThan(3);
    const signal = plane.signal.map((value, i) => {
      const r2 = ((i % 200) - star.x) ** 2 + (Math.floor(i / 200) - star.y) ** 2;
      return value + (star.flux / (2 * Math.PI * 1.21)) * Math.exp(-r2 / 2.42);
    });
    const source = nearest(detectSources({ ...plane, signal }, OPTIONS), star);
    expect(Math.hypot((source?.x ?? 0) - 1 - star.x, (source?.y ?? 0) - 1 - star.y)).toBeLessThan(0.1);
    // Real neighbours lie under it: a few per cent.
    expect(Math.abs((source?.flux ?? 0) / star.flux - 1)).toBeLessThan(0.05);
  });

  it('parts two stars that touch', () => {
    const pair = [
      { x: 20, y: 20, flux: 20_000 },
      { x: 24.5, y: 20, flux: 12_000 },
    ];
    const sources = detectSources(starField(45, 40, pair), DEFAULTS);
    expect(sources.map((source) => [Math.round(source.x) - 1, Math.round(source.y) - 1])).toEqual([
      [20, 20],
      [expect.closeTo(24.5, -0.5), 20],
    ]);
    expect(sources.every((source) => (source.flags & FLAG.blended) !== 0)).toBe(true);
  });

  it('takes a low bump on a bright flank for its own only if the contrast allows it', () => {
    const pair = [
      { x: 20, y: 20, flux: 200_000 },
      { x: 25, y: 20, flux: 30_000 },
    ];
    const count = (contrast: number) => detectSources(starField(45, 40, pair), { ...DEFAULTS, contrast }).length;
    expect(count(0.05)).toBe(2);
    expect(count(0.95)).toBe(1);
  });

  it('keeps a star with a saturated core whole, and flags it', () => {
    const { signal, noise, width, height } = starField(41, 41, [{ x: 20, y: 20, flux: 300_000 }]);
    for (const [x, y] of [
      [20, 20],
      [19, 20],
      [21, 20],
      [20, 19],
      [20, 21],
      [20, 22],
    ] as const)
      signal[y * width + x] = Number.NaN;
    const sources = detectSources({ signal, noise, width, height }, DEFAULTS);
    expect(sources).toHaveLength(1);
    expect(sources[0]?.flags).toBe(FLAG.masked);
    expect(Math.hypot((sources[0]?.x ?? 0) - 21, (sources[0]?.y ?? 0) - 21)).toBeLessThan(0.5);
  });

  it('replaces a masked pixel by its mirror image', () => {
    const star = { x: 20, y: 20, flux: 50_000 };
    const plane = starField(41, 41, [star]);
    plane.signal[20 * 41 + 22] = Number.NaN;
    const [source] = detectSources(plane, OPTIONS);
    expect(source?.flags).toBe(FLAG.masked);
    expect(Math.abs((source?.flux ?? 0) - star.flux)).toBeLessThan(5 * (source?.fluxError ?? 0));
  });

  it('flags what the edge cuts off', () => {
    const sources = detectSources(starField(40, 40, [{ x: 1, y: 20, flux: 20_000 }]), DEFAULTS);
    expect(sources.map((source) => source.flags & FLAG.edge)).toEqual([FLAG.edge]);
  });

  it('takes a pixel without noise as one without data', () => {
    const plane = starField(40, 40, [{ x: 20, y: 20, flux: 20_000 }]);
    plane.noise.fill(0);
    expect(detectSources(plane, DEFAULTS)).toEqual([]);
  });
});

describe('segment', () => {
  it('labels every pixel of a source and no other', () => {
    const plane = starField(60, 60, [
      { x: 20, y: 20, flux: 20_000 },
      { x: 40, y: 40, flux: 9_000 },
    ]);
    const { labels, segments } = segment(plane, DEFAULTS);
    expect(segments).toHaveLength(2);
    segments.forEach(({ peak, pixels }, i) => {
      expect(labels[peak]).toBe(i + 1);
      expect(labels.filter((label) => label === i + 1)).toHaveLength(pixels);
    });
    labels.forEach((label, i) => {
      if (label > 0) expect(plane.signal[i]).toBeGreaterThan(5 * (plane.noise[i] ?? 0));
    });
  });

  it('fills small holes from their rim and leaves the middle of large ones', () => {
    const filled = fillHoles(
      Float64Array.from({ length: 121 }, (_, i) => (i % 11 === 0 || i % 11 === 10 ? i : Number.NaN)),
      11,
      11,
    );
    expect(filled[5 * 11 + 1]).toBe(6 * 11);
    expect(filled[5 * 11 + 5]).toBeNaN();
  });

  it('knows the neighbours of corners and middles', () => {
    expect(neighbours(0, 3, 3)).toEqual([1, 3, 4]);
    expect(neighbours(4, 3, 3)).toEqual([0, 1, 2, 3, 5, 6, 7, 8]);
    expect(neighbours(8, 3, 3)).toEqual([4, 5, 7]);
  });
});
