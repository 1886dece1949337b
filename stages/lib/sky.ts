export interface Sky {
  /** Level of the sky in the image's units. */
  readonly level: number;
  /** Noise of the sky: standard deviation of a Gaussian with the same lower half. */
  readonly sigma: number;
  /** How many pixels were left after clipping. */
  readonly pixels: number;
  readonly iterations: number;
}

/** For a Gaussian the quarter quantile lies 0.6745 sigma below the median; this is its inverse, as in the usual MAD. */
const GAUSSIAN = 1.4826;

/**
 * The sky of an image: the median of what remains after clipping at `clip` sigma, again and again until nothing changes. The spread is
 * measured below the median only (median minus lower quartile): starlight lies above it, and in a field as crowded as 47 Tucanae it
 * would double a symmetrical estimate. One sort, then every round is three look-ups and two bisections.
 * @param values pixels in any order; NaN and infinities are left out
 * @returns undefined if no pixel is finite
 */
export function estimateSky(values: ArrayLike<number> & Iterable<number>, clip = 3): Sky | undefined {
  const sorted = Float64Array.from(values).filter(Number.isFinite).sort();
  if (sorted.length === 0) return undefined;
  const at = (index: number) => sorted[Math.floor(index)] as number;
  let low = 0;
  let high = sorted.length;
  for (let iterations = 1; ; iterations++) {
    const count = high - low;
    const level = (at(low + (count - 1) / 2) + at(low + count / 2)) / 2;
    const sigma = GAUSSIAN * (level - at(low + count / 4));
    const nextLow = bisect(sorted, level - clip * sigma);
    const nextHigh = bisect(sorted, level + clip * sigma, true);
    // Rounds only ever narrow the range, so this ends; 50 is far beyond what any image needs.
    if (sigma === 0 || iterations === 50 || (nextLow <= low && nextHigh >= high)) {
      return { level, sigma, pixels: count, iterations };
    }
    low = Math.max(low, nextLow);
    high = Math.min(high, nextHigh);
  }
}

/** First index whose value is >= limit (or > limit, with `behind`). */
function bisect(sorted: Float64Array, limit: number, behind = false): number {
  let from = 0;
  let to = sorted.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    const value = sorted[middle] as number;
    if (value < limit || (behind && value === limit)) from = middle + 1;
    else to = middle;
  }
  return from;
}
