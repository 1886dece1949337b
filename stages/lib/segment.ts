/** A set of planes of one size; see `Image` for the order of pixels. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  /** Sky-subtracted signal; NaN where masked. */
  readonly signal: Float32Array | Float64Array;
  /** One-sigma noise of each pixel, same unit. */
  readonly noise: Float32Array | Float64Array;
}

export interface SegmentOptions {
  /** A pixel belongs to a source if its signal exceeds this many times its own noise. */
  readonly threshold: number;
  /** The least number of pixels of a source. */
  readonly minPixels: number;
  /** A peak is a source of its own only if it rises above the saddle to a higher one by this part of its height. */
  readonly contrast: number;
}

export interface Segment {
  /** Index of the highest pixel. */
  readonly peak: number;
  readonly pixels: number;
  /** It touches another source, from which it was parted at the saddle. */
  readonly blended: boolean;
}

export interface Segmentation {
  /** 0 for no source, else position in `segments` + 1. */
  readonly labels: Int32Array;
  readonly segments: readonly Segment[];
  /** The signal with small holes filled, as it was segmented. */
  readonly filled: Float64Array;
}

/** How far from its rim a masked hole is filled, in pixels: saturated cores are a few wide, dead areas many. */
const FILL_RADIUS = 3;

/**
 * Gives masked pixels the highest value among their neighbours, working inwards from the rim. Only the topology of saturated stars needs
 * it (a ring with a hole would fall apart into false maxima); fluxes never use these values.
 */
export function fillHoles(signal: Float32Array | Float64Array, width: number, height: number): Float64Array {
  const filled = Float64Array.from(signal);
  for (let round = 0; round < FILL_RADIUS; round++) {
    const found: [number, number][] = [];
    for (let i = 0; i < filled.length; i++) {
      if (!Number.isNaN(filled[i])) continue;
      let best = Number.NEGATIVE_INFINITY;
      for (const j of neighbours(i, width, height)) {
        const value = filled[j] as number;
        if (value > best) best = value;
      }
      if (best > Number.NEGATIVE_INFINITY) found.push([i, best]);
    }
    for (const [i, value] of found) filled[i] = value;
  }
  return filled;
}

/** Indices of the up to eight pixels round pixel `i`. */
export function neighbours(i: number, width: number, height: number): number[] {
  const x = i % width;
  const y = (i - x) / width;
  const out: number[] = [];
  for (let dy = -1; dy <= 1; dy++) {
    if (y + dy < 0 || y + dy >= height) continue;
    for (let dx = -1; dx <= 1; dx++) {
      if ((dx !== 0 || dy !== 0) && x + dx >= 0 && x + dx < width) out.push(i + dy * width + dx);
    }
  }
  return out;
}

/**
 * Finds sources as peaks: pixels above the threshold are visited from the highest down, as if a flood fell; each joins the source of its
 * highest neighbour, and where two sources meet, the lower one is swallowed unless its peak stands out from the saddle (by `threshold`
 * times its noise and by `contrast`) and is large enough. This connects and deblends in one pass: O(n log n) in pixels above threshold.
 */
export function segment(plane: Plane, options: SegmentOptions): Segmentation {
  const { width, height, noise } = plane;
  const filled = fillHoles(plane.signal, width, height);
  const bright: number[] = [];
  for (let i = 0; i < filled.length; i++) {
    // False for NaN on either side, and for a noise of zero, which marks pixels without data.
    if ((noise[i] as number) > 0 && (filled[i] as number) > options.threshold * (noise[i] as number)) bright.push(i);
  }
  bright.sort((a, b) => (filled[b] as number) - (filled[a] as number) || a - b);

  const labels = new Int32Array(filled.length);
  // Basins by label; index 0 is "no source". `into` is the union-find parent.
  const basins = [{ peak: -1, pixels: 0, blended: false, into: 0 }];
  const basin = (label: number) => basins[label] as (typeof basins)[number];
  const root = (label: number): number => {
    while (basin(label).into !== label) {
      basin(label).into = basin(basin(label).into).into;
      label = basin(label).into;
    }
    return label;
  };
  const peakValue = (label: number) => filled[basin(label).peak] as number;

  for (const i of bright) {
    const value = filled[i] as number;
    const around: number[] = [];
    let home = 0;
    let highest = Number.NEGATIVE_INFINITY;
    for (const j of neighbours(i, width, height)) {
      if (labels[j] === 0) continue;
      const label = root(labels[j] as number);
      if (!around.includes(label)) around.push(label);
      if ((filled[j] as number) > highest) [home, highest] = [label, filled[j] as number];
    }
    if (home === 0) {
      labels[i] = basins.length;
      basins.push({ peak: i, pixels: 1, blended: false, into: basins.length });
      continue;
    }
    if (around.length > 1) {
      around.sort((a, b) => peakValue(b) - peakValue(a) || a - b);
      const [main = home, ...others] = around;
      for (const other of others) {
        const peak = basin(other).peak;
        const rise = peakValue(other) - value;
        const stands = rise > options.threshold * (noise[peak] as number) && rise > options.contrast * peakValue(other);
        if (stands && basin(other).pixels >= options.minPixels) {
          basin(main).blended = true;
          basin(other).blended = true;
        } else {
          basin(main).pixels += basin(other).pixels;
          basin(main).blended ||= basin(other).blended;
          basin(other).into = main;
        }
      }
    }
    labels[i] = root(home);
    basin(root(home)).pixels++;
  }
  return { ...compact(labels, basins, root, options.minPixels), filled };
}

function compact(
  labels: Int32Array,
  basins: readonly Segment[],
  root: (label: number) => number,
  minPixels: number,
): { labels: Int32Array; segments: Segment[] } {
  const segments: Segment[] = [];
  const number = new Int32Array(basins.length);
  basins.forEach(({ peak, pixels, blended }, label) => {
    if (label === 0 || root(label) !== label || pixels < minPixels) return;
    segments.push({ peak, pixels, blended });
    number[label] = segments.length;
  });
  for (let i = 0; i < labels.length; i++) labels[i] = number[root(labels[i] as number)] as number;
  return { labels, segments };
}
