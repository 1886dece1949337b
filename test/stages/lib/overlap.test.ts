import { beforeAll, describe, expect, it } from 'vitest';
import { detectSources, FLAG, type Source } from '../../../stages/lib/sources.ts';
import { pixelScale, pixelToSky, readWcs, skyToPixel, type Wcs } from '../../../stages/lib/wcs.ts';
import { calibratedTile, tile } from '../support.ts';

/** Tiles are 200 pixels wide and lie 160 apart, three in a row: neighbours share 40 columns or rows of the detector. */
const PAIRS = [
  [1, 2],
  [2, 3],
  [4, 5],
  [5, 6],
  [7, 8],
  [8, 9],
  [1, 4],
  [2, 5],
  [3, 6],
  [4, 7],
  [5, 8],
  [6, 9],
] as const;

/** Far enough from the edge that aperture and window are whole. */
const MARGIN = 6;
const inside = (x: number, y: number) => Math.min(x, y, 201 - x, 201 - y) > MARGIN;

interface Positions {
  readonly wcs: Wcs;
  readonly sky: readonly [ra: number, dec: number][];
}

function positionsOf(number: number): Positions {
  const { file, plane } = calibratedTile(tile(number));
  const header = file.hdus[1]?.header;
  const wcs = header && readWcs(header);
  if (wcs === undefined) throw new Error('no WCS');
  // A source whose centroid did not converge says so itself: mostly cosmic rays.
  const firm = ({ x, y, flags }: Source) => inside(x, y) && (flags & (FLAG.edge | FLAG.centroid)) === 0;
  const sources = detectSources(plane).filter(firm);
  return { wcs, sky: sources.map(({ x, y }) => pixelToSky(wcs, x, y)) };
}

const tilesSeen = new Map<number, Positions>();
beforeAll(() => {
  for (let number = 1; number <= 9; number++) tilesSeen.set(number, positionsOf(number));
});

describe.each(PAIRS)('tiles %i and %i', (one, two) => {
  it('see the same sources at the same place of the sky, within a tenth of a pixel', () => {
    const [a, b] = [tilesSeen.get(one), tilesSeen.get(two)];
    if (a === undefined || b === undefined) throw new Error('no such tile');
    const shared = a.sky.filter(([ra, dec]) => inside(...(skyToPixel(b.wcs, ra, dec) ?? [0, 0])));
    const distances = shared
      .map(([ra, dec]) => {
        const cos = Math.cos((dec * Math.PI) / 180);
        const apart = b.sky.map(([ra2, dec2]) => Math.hypot((ra2 - ra) * cos, dec2 - dec) * 3600);
        return Math.min(...apart) / pixelScale(a.wcs);
      })
      .sort((x, y) => x - y);
    // The sky is a little different in each tile, so a source at the threshold may be missing in one.
    const common = distances.filter((distance) => distance < 1);
    expect(common.length).toBeGreaterThan(20);
    expect(distances.length - common.length).toBeLessThanOrEqual(4);
    expect(Math.max(...common)).toBeLessThan(0.1);
    expect(common[common.length >> 1]).toBeLessThan(0.01);
  });
});
