import type { Colour } from './canvas.ts';

/** How values become brightness 0 to 1: asinh between black and white, linear near black (Lupton et al. 2004, PASP 116, 133). */
export interface Stretch {
  readonly black: number;
  readonly white: number;
  /** Below black + soft the curve is nearly linear, above it nearly logarithmic. */
  readonly soft: number;
}

/**
 * A stretch that suits the image: black a little under the sky, white at the given quantile, so that one bright star does not
 * darken the rest.
 * @param sigma noise of the sky, same unit as the values (whose sky is 0)
 * @returns undefined if there is no finite value
 */
export function chooseStretch(
  values: ArrayLike<number> & Iterable<number>,
  sigma: number,
  quantile = 0.9995,
): Stretch | undefined {
  const sorted = Float64Array.from(values).filter(Number.isFinite).sort();
  const top = sorted[Math.floor(quantile * (sorted.length - 1))];
  if (top === undefined) return undefined;
  const soft = sigma > 0 ? 3 * sigma : Math.abs(top) / 100 || 1;
  const black = Math.max(sorted[0] as number, -sigma);
  return { black, white: Math.max(top, black + soft), soft };
}

/** Brightness of a value, cut to 0…1; NaN stays NaN. */
export function brightness(value: number, { black, white, soft }: Stretch): number {
  const level = Math.asinh((value - black) / soft) / Math.asinh((white - black) / soft);
  return Number.isNaN(level) ? level : Math.min(1, Math.max(0, level));
}

/** The value that has this brightness. */
export function valueAt(level: number, { black, white, soft }: Stretch): number {
  return black + soft * Math.sinh(level * Math.asinh((white - black) / soft));
}

/** Night blue over violet and amber to white: rises evenly in lightness, so it reads the same in grey. */
const STOPS: readonly Colour[] = [
  [4, 5, 18],
  [21, 16, 62],
  [66, 20, 104],
  [124, 34, 108],
  [181, 56, 84],
  [228, 96, 48],
  [250, 158, 38],
  [253, 218, 112],
  [255, 253, 240],
];

/** Colour of a brightness from 0 to 1. */
export function colourOf(level: number): Colour {
  const at = Math.min(1, Math.max(0, level)) * (STOPS.length - 1);
  const low = Math.min(Math.floor(at), STOPS.length - 2);
  const [a, b] = [STOPS[low] as Colour, STOPS[low + 1] as Colour];
  const mix = (i: 0 | 1 | 2) => Math.round(a[i] + (at - low) * (b[i] - a[i]));
  return [mix(0), mix(1), mix(2)];
}
