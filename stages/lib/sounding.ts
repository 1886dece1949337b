import type { Problem } from './estimate.ts';
import { pointSource } from './point-source.ts';
import { type Plane, type Segmentation, segment } from './segment.ts';
import { detectSources, DEFAULTS as SEEN, type Source } from './sources.ts';

/** A window round a source, and what is to be found out of it. */
export interface Sounding {
  readonly source: Source;
  /** The window's middle, FITS convention: x and y of the state count from here. */
  readonly x: number;
  readonly y: number;
  /** Pixels that can be used, of those of the window. */
  readonly pixels: number;
  readonly window: number;
  readonly problem: Problem;
}

/** Pixels to each side of the middle. */
const REACH = 3;
/**
 * What the model cannot tell, of a pixel's own light and of the source's peak: the profile is a likeness of the telescope's, whose
 * diffraction rings it does not have.
 */
const MODEL_ERROR = { ofPixel: 0.05, ofPeak: 0.02 } as const;
/** What is believed of any star beforehand: the detector's mean profile, with a spread that covers its corners. */
const RADIUS = { pixels: 1.4, spread: 0.3 } as const;
const SHAPE = { e1: 0.16, e2: 0.11, spread: 0.1 } as const;
const SPREAD = { place: 1, lnFlux: 1, sky: 100 } as const;

/**
 * The soundings of a calibrated plane, brightest first: one for each source. Masked pixels and those of other sources are left out.
 * @param most of the brightest ones
 */
export function soundingsOf(plane: Plane, most: number): Sounding[] {
  const segmentation = segment(plane, SEEN);
  return detectSources(plane, SEEN)
    .slice(0, most)
    .map((source) => soundingOf(plane, segmentation, source));
}

function soundingOf(plane: Plane, { labels }: Segmentation, source: Source): Sounding {
  const { width, height, signal, noise } = plane;
  const [cx, cy] = [Math.round(source.x) - 1, Math.round(source.y) - 1];
  const label = labels[cy * width + cx];
  const places: number[] = [];
  const measured: number[] = [];
  const variance: number[] = [];
  for (let y = Math.max(0, cy - REACH); y <= Math.min(height - 1, cy + REACH); y++) {
    for (let x = Math.max(0, cx - REACH); x <= Math.min(width - 1, cx + REACH); x++) {
      const i = y * width + x;
      const [value, sigma] = [signal[i] as number, noise[i] as number];
      const isOther = labels[i] !== 0 && labels[i] !== label;
      if (isOther || !Number.isFinite(value) || !(sigma > 0)) continue;
      places.push(x - cx, y - cy);
      measured.push(value);
      variance.push(
        sigma ** 2 + (MODEL_ERROR.ofPixel * Math.max(0, value)) ** 2 + (MODEL_ERROR.ofPeak * (source.peak || 0)) ** 2,
      );
    }
  }
  const pixels = Float64Array.from(places);
  const lnFlux = Math.log(Math.max(1, source.flux));
  return {
    source,
    x: cx + 1,
    y: cy + 1,
    pixels: measured.length,
    window: (2 * REACH + 1) ** 2,
    problem: {
      measured: Float64Array.from(measured),
      variance: Float64Array.from(variance),
      prior: [0, 0, lnFlux, 0, Math.log(RADIUS.pixels), SHAPE.e1, SHAPE.e2],
      priorVariance: [
        SPREAD.place,
        SPREAD.place,
        SPREAD.lnFlux,
        SPREAD.sky,
        RADIUS.spread,
        SHAPE.spread,
        SHAPE.spread,
      ].map((sigma) => sigma ** 2),
      forward: (state) => pointSource(state, pixels),
    },
  };
}
