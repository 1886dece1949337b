import { DataError } from './data-error.ts';
import { pixelToSky, skyToPixel, type Wcs } from './wcs.ts';

/** What is known of a tile before it has its place. */
export interface Tile {
  readonly dataset: string;
  readonly width: number;
  readonly height: number;
  readonly wcs: Wcs;
}

/** Where a tile's first pixel lies on the mosaic, from 0. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  /** The first tile's, moved to the mosaic's first pixel. */
  readonly wcs: Wcs;
  /** In the order of the tiles. */
  readonly places: readonly Place[];
}

/** A tile whose corners lie further than this from whole pixels, in pixels, would have to be resampled. */
const TOLERANCE = 0.01;

/** The largest mosaic, in pixels: far-off tiles are a mistake, and would fill the memory. */
export const LARGEST_MOSAIC = 2 ** 26;

/**
 * Finds the mosaic's size and every tile's place on it from the sky positions of its corners. Pixels are moved, never resampled: all tiles
 * must lie on one grid of pixels.
 * @throws DataError naming the tile that does not
 */
export function layOut(tiles: readonly Tile[]): Layout {
  const first = tiles[0];
  if (first === undefined) throw new DataError('there is no tile');
  const shifts = tiles.map((tile) => shiftOf(tile, first));
  const low = (axis: 'x' | 'y') => Math.min(...shifts.map((shift) => shift[axis]));
  const [left, bottom] = [low('x'), low('y')];
  const places = shifts.map(({ x, y }) => ({ x: x - left, y: y - bottom }));
  const width = Math.max(...tiles.map((tile, i) => (places[i]?.x ?? 0) + tile.width));
  const height = Math.max(...tiles.map((tile, i) => (places[i]?.y ?? 0) + tile.height));
  if (width * height > LARGEST_MOSAIC) {
    throw new DataError(
      `the tiles span ${width} x ${height} pixels, more than ${LARGEST_MOSAIC}: is one of another field?`,
    );
  }
  const wcs = { ...first.wcs, crpix: [first.wcs.crpix[0] - left, first.wcs.crpix[1] - bottom] as const };
  return { width, height, wcs, places };
}

/** How far the tile lies from the first one, whole pixels: the same for each of its corners. */
function shiftOf(tile: Tile, first: Tile): Place {
  const corners = [
    [1, 1],
    [tile.width, 1],
    [1, tile.height],
    [tile.width, tile.height],
  ] as const;
  const shifts = corners.map(([x, y]) => {
    const [ra, dec] = pixelToSky(tile.wcs, x, y);
    const there = skyToPixel(first.wcs, ra, dec) ?? [Number.NaN, Number.NaN];
    return [there[0] - x, there[1] - y] as const;
  });
  const [x, y] = [Math.round(shifts[0]?.[0] ?? 0), Math.round(shifts[0]?.[1] ?? 0)];
  const off = Math.max(...shifts.map((shift) => Math.max(Math.abs(shift[0] - x), Math.abs(shift[1] - y))));
  // False for NaN: the other half of the sky.
  if (off <= TOLERANCE) return { x, y };
  throw new DataError(
    `${tile.dataset} does not lie on the pixels of ${first.dataset}: its corners are off by up to ${off.toFixed(3)} pixels, ` +
      `and more than ${TOLERANCE} would need resampling`,
  );
}

/** Calls `visit` for every pixel of the mosaic that two tiles share, with the index of the pixel in each of them. */
export function forOverlap(
  [a, placeA]: readonly [{ width: number; height: number }, Place],
  [b, placeB]: readonly [{ width: number; height: number }, Place],
  visit: (indexA: number, indexB: number) => void,
): void {
  const [left, right] = [Math.max(placeA.x, placeB.x), Math.min(placeA.x + a.width, placeB.x + b.width)];
  const [bottom, top] = [Math.max(placeA.y, placeB.y), Math.min(placeA.y + a.height, placeB.y + b.height)];
  for (let y = bottom; y < top; y++) {
    for (let x = left; x < right; x++) {
      visit((y - placeA.y) * a.width + x - placeA.x, (y - placeB.y) * b.width + x - placeB.x);
    }
  }
}
