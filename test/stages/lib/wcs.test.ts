import { describe, expect, it } from 'vitest';
import { Header } from '../../../stages/lib/fits-header.ts';
import { readFits } from '../../../stages/lib/fits-read.ts';
import { pixelScale, pixelToSky, readWcs, skyToPixel, type Wcs } from '../../../stages/lib/wcs.ts';
import { tile, tiles } from '../support.ts';

const wcsOf = (path: string): Wcs => {
  const header = readFits(path).hdus[1]?.header;
  const wcs = header && readWcs(header);
  if (wcs === undefined) throw new Error(`${path} has no WCS`);
  return wcs;
};
const header = (values: Record<string, string | number>) => {
  const made = new Header('HDU 1', []);
  const base = { CTYPE1: 'RA---TAN', CTYPE2: 'DEC--TAN', CRVAL1: 150, CRVAL2: 30, CRPIX1: 10, CRPIX2: 20 };
  for (const [keyword, value] of Object.entries({ ...base, ...values })) made.set(keyword, value);
  return made;
};
const read = (values: Record<string, string | number>): Wcs => {
  const wcs = readWcs(header(values));
  if (wcs === undefined) throw new Error('no WCS');
  return wcs;
};

describe('real tiles', () => {
  it.each(tiles().map((path) => [path.slice(-26), path]))('%s: the reference pixel is at CRVAL', (_name, path) => {
    const wcs = wcsOf(path);
    const [ra, dec] = pixelToSky(wcs, ...wcs.crpix);
    expect(ra).toBeCloseTo(6.027148333333, 12);
    expect(dec).toBeCloseTo(-72.08351111111, 12);
  });

  it('have the pixel scale of the HRC and say that distortion is left out', () => {
    expect(pixelScale(wcsOf(tile(5)))).toBeCloseTo(0.0265, 4);
    expect(wcsOf(tile(5)).ignored).toMatch(/distortion not applied: the geometric distortion of HST/);
  });

  it('go to the sky and back', () => {
    const wcs = wcsOf(tile(9));
    for (const [x, y] of [
      [1, 1],
      [200, 1],
      [57.25, 133.75],
      [-1000, 5000],
    ] as const) {
      const pixel = skyToPixel(wcs, ...pixelToSky(wcs, x, y)) ?? [];
      expect(pixel[0]).toBeCloseTo(x, 6);
      expect(pixel[1]).toBeCloseTo(y, 6);
    }
  });

  it('give the same sky for the same detector pixel in all tiles', () => {
    const [ra, dec] = pixelToSky(wcsOf(tile(5)), 1, 1);
    for (const path of tiles()) {
      const file = readFits(path);
      const primary = file.hdus[0]?.header;
      const dx = 412 - (primary?.number('TILEX0') ?? 0);
      const dy = 412 - (primary?.number('TILEY0') ?? 0);
      const there = pixelToSky(wcsOf(path), 1 + dx, 1 + dy);
      expect(there[0]).toBeCloseTo(ra, 9);
      expect(there[1]).toBeCloseTo(dec, 9);
    }
  });
});

describe('known geometry', () => {
  it('of a wide field agrees with spherical trigonometry', () => {
    const wcs = read({ CDELT1: -1, CDELT2: 1 });
    // Ten degrees of plane north of (150, 30): the sky angle is atan(10 deg in radians).
    const angle = (Math.atan((10 * Math.PI) / 180) * 180) / Math.PI;
    expect(pixelToSky(wcs, 10, 30)).toEqual([expect.closeTo(150, 10), expect.closeTo(30 + angle, 10)]);
    const [ra, dec] = pixelToSky(wcs, 0, 20);
    const rad = Math.PI / 180;
    const separation =
      Math.sin(30 * rad) * Math.sin(dec * rad) + Math.cos(30 * rad) * Math.cos(dec * rad) * Math.cos((ra - 150) * rad);
    expect(Math.acos(separation) / rad).toBeCloseTo(angle, 8);
    expect(ra).toBeGreaterThan(150);
  });

  it('crosses RA 0 and the pole', () => {
    expect(pixelToSky(read({ CRVAL1: 0.0001, CRVAL2: 0, CDELT1: -0.001, CDELT2: 0.001 }), 11, 20)[0]).toBeCloseTo(
      359.9991,
      9,
    );
    const polar = read({ CRVAL1: 0, CRVAL2: 90, CDELT1: -0.1, CDELT2: 0.1 });
    const [ra, dec] = pixelToSky(polar, 10, 21);
    expect(ra).toBeCloseTo(180, 9);
    expect(dec).toBeCloseTo(89.9, 6);
  });

  it('is the same from CD, PC and CROTA2', () => {
    const [c, s] = [Math.cos(0.3), Math.sin(0.3)];
    const a = read({ CDELT1: -0.01, CDELT2: 0.02, CROTA2: (0.3 * 180) / Math.PI });
    // CROTA2 turns after scaling with CDELT2 in the off-diagonal: see 8.2 of the standard.
    const b = read({ CD1_1: -0.01 * c, CD1_2: -0.02 * s, CD2_1: -0.01 * s, CD2_2: 0.02 * c });
    const pc = read({ CDELT1: -0.01, CDELT2: 0.02, PC1_1: c, PC1_2: 2 * s, PC2_1: -s / 2, PC2_2: c });
    for (const other of [b, pc]) {
      a.cd.forEach((element, i) => {
        expect(other.cd[i]).toBeCloseTo(element, 12);
      });
    }
  });

  it('has no pixel for the far side of the sky', () => {
    expect(skyToPixel(read({ CDELT1: -1, CDELT2: 1 }), 330, -30)).toBeUndefined();
  });
});

describe('what cannot be used', () => {
  it.each([
    [{ CTYPE1: 'HPLN-TAN', CTYPE2: 'HPLT-TAN' }, "HDU 1: CTYPE1 'HPLN-TAN', CTYPE2 'HPLT-TAN': only RA---TAN"],
    [{ CUNIT1: 'arcsec' }, "CUNIT1 is 'arcsec', but must be 'deg'"],
    [{ LONPOLE: 90 }, 'LONPOLE is 90; only 180 is supported'],
    [{ CD1_1: 1, CD1_2: 2, CD2_1: 2, CD2_2: 4 }, 'is singular'],
  ])('%j is refused', (values, message) => {
    expect(() => readWcs(header(values as Record<string, string | number>))).toThrow(message);
  });

  it('a header without WCS has none', () => {
    expect(readWcs(new Header('HDU 0', []))).toBeUndefined();
  });
});
