import { beforeAll, describe, expect, it } from 'vitest';
import { findExposure } from '../../../stages/lib/fits-image.ts';
import { RETRIEVAL, type Retrieved, retrieveAll, summarize } from '../../../stages/lib/retrieval.ts';
import { retrievalCsv } from '../../../stages/lib/retrieval-table.ts';
import { pixelToSky, readWcs } from '../../../stages/lib/wcs.ts';
import { calibratedTile, starField, tile } from '../support.ts';

const found = ({ sounding, estimate }: Retrieved) => ({
  x: sounding.x + (estimate?.state[0] ?? Number.NaN),
  y: sounding.y + (estimate?.state[1] ?? Number.NaN),
  xError: estimate?.errors[0] ?? Number.NaN,
  yError: estimate?.errors[1] ?? Number.NaN,
});

describe('soundings of stars that were put there', () => {
  const stars = [
    { x: 20.3, y: 30.7, flux: 30_000 },
    { x: 60.5, y: 15.1, flux: 12_000 },
    { x: 75.8, y: 70.4, flux: 6_000 },
    { x: 35.1, y: 72.6, flux: 20_000 },
  ];
  const retrieved = retrieveAll(starField(100, 90, stars), RETRIEVAL);

  it('are found, brightest first, where the stars are', () => {
    expect(retrieved).toHaveLength(stars.length);
    const order = [...stars].sort((a, b) => b.flux - a.flux);
    for (const [i, each] of retrieved.entries()) {
      const { x, y, xError, yError } = found(each);
      const star = order[i] ?? { x: 0, y: 0, flux: 0 };
      expect(each.estimate?.outcome).toBe('converged');
      // Coordinates of the table begin at 1.
      expect(Math.abs(x - star.x - 1)).toBeLessThan(3 * xError);
      expect(Math.abs(y - star.y - 1)).toBeLessThan(3 * yError);
      expect(xError).toBeLessThan(0.1);
      // A round star, though an oval one was believed in.
      expect(Math.abs(each.estimate?.state[5] ?? 1)).toBeLessThan(0.12);
    }
  });

  it('their summary counts them', () => {
    const { soundings, outcomes, iterations } = summarize(retrieved);
    expect(soundings).toBe(4);
    expect(Object.values(outcomes).reduce((sum, each) => sum + each, 0)).toBe(4);
    expect(iterations.total).toBe(retrieved.reduce((sum, { estimate }) => sum + (estimate?.iterations ?? 0), 0));
    expect(summarize([])).toMatchObject({ soundings: 0, iterations: { total: 0, mean: 0, most: 0 }, chi2: null });
  });

  it('with one iteration: too many; at the edge: too little to work on', () => {
    const strict = retrieveAll(starField(100, 90, stars), { ...RETRIEVAL, iterations: 1 });
    expect(summarize(strict).outcomes.iterations).toBeGreaterThan(0);
    const edge = retrieveAll(starField(40, 40, [{ x: 0, y: 0, flux: 60_000 }]), RETRIEVAL);
    expect(edge.map(({ outcome, estimate }) => [outcome, estimate])).toEqual([['input', undefined]]);
  });
});

describe('soundings of real exposures', () => {
  const sky = (number: number) => {
    const { file, plane } = calibratedTile(tile(number));
    const wcs = readWcs(findExposure(file).sci.header);
    const retrieved = retrieveAll(plane, RETRIEVAL);
    return { retrieved, wcs, plane };
  };
  let one: ReturnType<typeof sky>;
  let two: ReturnType<typeof sky>;
  beforeAll(() => {
    one = sky(1);
    two = sky(2);
  });

  it('come out in every way but one, most of them good', () => {
    expect(summarize(one.retrieved)).toMatchObject({
      soundings: 263,
      outcomes: { good: 183, poor: 69, iterations: 3, diverged: 0, input: 8 },
      iterations: { total: 1079, most: 12 },
    });
  });

  it('the same bytes every time', () => {
    expect(retrievalCsv(retrieveAll(one.plane, RETRIEVAL), one.wcs)).toBe(retrievalCsv(one.retrieved, one.wcs));
  });

  it('the same stars in two exposures that overlap have the same places', () => {
    const places = ({ retrieved, wcs }: ReturnType<typeof sky>) =>
      retrieved.flatMap((each) => {
        if (each.outcome !== 'good' || wcs === undefined) return [];
        const { x, y, xError, yError } = found(each);
        const [ra, dec] = pixelToSky(wcs, x, y);
        const error = Math.hypot(xError, yError);
        return [{ ra: ra * Math.cos((dec * Math.PI) / 180), dec, error, flux: each.estimate?.state[2] ?? 0 }];
      });
    const [a, b] = [places(one), places(two)];
    const pixel = 0.027 / 3600;
    const pairs = a.flatMap((star) => {
      const other = b.find(({ ra, dec }) => Math.hypot(ra - star.ra, dec - star.dec) < 0.5 * pixel);
      return other === undefined ? [] : [{ star, other }];
    });
    expect(pairs.length).toBeGreaterThan(25);
    // The same photons: only the sky that was taken off, and what of neighbours at the rim is seen, differ.
    const apart = pairs.map(
      ({ star, other }) => Math.hypot(star.ra - other.ra, star.dec - other.dec) / pixel / star.error,
    );
    apart.sort((x, y) => x - y);
    expect(apart[Math.floor(0.5 * apart.length)]).toBeLessThan(0.1);
    expect(apart[Math.floor(0.9 * apart.length)]).toBeLessThan(1);
  });
});
