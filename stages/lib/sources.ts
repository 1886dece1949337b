import { type Plane, type Segmentation, type SegmentOptions, segment } from './segment.ts';

/** Bits of `Source.flags`. */
export const FLAG = {
  /** Parted from a neighbour; its flux may hold some of the neighbour's light. */
  blended: 1,
  /** Masked pixels in its aperture or its outline (saturated, hot, dead). */
  masked: 2,
  /** Its aperture or outline reaches the image's edge. */
  edge: 4,
  /** The windowed centroid did not converge: x and y are the centre of light of its outline. */
  centroid: 8,
} as const;

export interface Source {
  /** Pixel position, FITS convention: the centre of the first pixel is 1, 1. */
  readonly x: number;
  readonly y: number;
  /** Signal in the aperture, in the image's unit. */
  readonly flux: number;
  readonly fluxError: number;
  /** Pixels above the threshold. */
  readonly pixels: number;
  /** Highest unmasked pixel. */
  readonly peak: number;
  readonly flags: number;
}

export interface DetectOptions extends SegmentOptions {
  /** Radius of the aperture in pixels. */
  readonly aperture: number;
}

export const DEFAULTS: DetectOptions = { threshold: 5, minPixels: 5, contrast: 0.1, aperture: 3 };

/** Finds and measures sources, brightest first. See `segment` for what counts as one. */
export function detectSources(plane: Plane, options: DetectOptions = DEFAULTS): Source[] {
  const segmentation = segment(plane, options);
  const outlines = outlinesOf(plane, segmentation);
  const sources = outlines.map((outline, at) => measure(plane, segmentation, outline, at + 1, options.aperture));
  return sources.sort((a, b) => b.flux - a.flux || a.y - b.y || a.x - b.x);
}

interface Outline {
  readonly pixels: number;
  readonly peak: number;
  readonly flags: number;
  /** Centre of light, pixels from 0. */
  readonly x: number;
  readonly y: number;
}

/** One sweep over the labels gives every source's outline: centre of light, peak, flags. */
function outlinesOf(plane: Plane, { labels, segments, filled }: Segmentation): Outline[] {
  const sums = segments.map(({ blended }) => ({
    s: 0,
    sx: 0,
    sy: 0,
    peak: Number.NaN,
    flags: blended ? FLAG.blended : 0,
  }));
  const { width, height, signal } = plane;
  for (let i = 0; i < labels.length; i++) {
    const sum = sums[(labels[i] as number) - 1];
    if (sum === undefined) continue;
    const x = i % width;
    const y = (i - x) / width;
    const value = filled[i] as number;
    sum.s += value;
    sum.sx += value * x;
    sum.sy += value * y;
    const own = signal[i] as number;
    if (Number.isNaN(own)) sum.flags |= FLAG.masked;
    else if (!(own <= sum.peak)) sum.peak = own;
    if (x === 0 || y === 0 || x === width - 1 || y === height - 1) sum.flags |= FLAG.edge;
  }
  return sums.map(({ s, sx, sy, peak, flags }, at) => ({
    pixels: segments[at]?.pixels ?? 0,
    peak,
    flags,
    x: sx / s,
    y: sy / s,
  }));
}

function measure(plane: Plane, segmentation: Segmentation, outline: Outline, label: number, radius: number): Source {
  const centre = windowedCentre(plane, segmentation, outline, label);
  const light = aperture(plane, segmentation.labels, label, centre.x, centre.y, radius);
  return {
    x: centre.x + 1,
    y: centre.y + 1,
    flux: light.flux,
    fluxError: light.error,
    pixels: outline.pixels,
    peak: outline.peak,
    flags: outline.flags | light.flags | (centre.converged ? 0 : FLAG.centroid),
  };
}

/** The window's sigma in pixels: near that of a sampled point source, so that faint neighbours weigh little. */
const WINDOW = 1.2;

/**
 * Centre of light under a Gaussian window that follows it, as SExtractor's XWIN (Bertin 2006): unlike a plain centre of light it does
 * not depend on where the threshold cut the outline. The factor two undoes the window's pull towards its own centre.
 */
function windowedCentre(plane: Plane, { labels, segments, filled }: Segmentation, outline: Outline, label: number) {
  const { width, height } = plane;
  const start = segments[label - 1]?.peak ?? 0;
  let [x, y] = [start % width, Math.floor(start / width)];
  const reach = Math.ceil(3 * WINDOW);
  for (let round = 0; round < 30; round++) {
    let [sum, dx, dy] = [0, 0, 0];
    for (let py = Math.max(0, Math.round(y) - reach); py <= Math.min(height - 1, Math.round(y) + reach); py++) {
      for (let px = Math.max(0, Math.round(x) - reach); px <= Math.min(width - 1, Math.round(x) + reach); px++) {
        const i = py * width + px;
        const value = filled[i] as number;
        const owner = labels[i] as number;
        if (!(value > 0) || (owner !== 0 && owner !== label)) continue;
        const weight = value * Math.exp(-((px - x) ** 2 + (py - y) ** 2) / (2 * WINDOW ** 2));
        sum += weight;
        dx += weight * (px - x);
        dy += weight * (py - y);
      }
    }
    if (sum === 0) break;
    x += (2 * dx) / sum;
    y += (2 * dy) / sum;
    // A source whose window wanders out of its own outline has not been centred.
    const inside = labels[Math.round(y) * width + Math.round(x)] === label;
    if (!inside || x < 0 || y < 0 || x > width - 1 || y > height - 1) break;
    if (Math.hypot(dx, dy) / sum < 1e-4) return { x, y, converged: true };
  }
  return { x: outline.x, y: outline.y, converged: false };
}

/** Part of pixel (0, 0) that lies within `radius` of (dx, dy), by 5 x 5 points. */
function coverage(dx: number, dy: number, radius: number): number {
  const distance = Math.hypot(dx, dy);
  if (distance < radius - 0.75) return 1;
  if (distance > radius + 0.75) return 0;
  let inside = 0;
  for (let j = -2; j <= 2; j++)
    for (let i = -2; i <= 2; i++) if (Math.hypot(dx + i / 5, dy + j / 5) <= radius) inside++;
  return inside / 25;
}

/**
 * Signal in a circle. Pixels that are masked or belong to another source are replaced by their mirror image on the other side of the
 * centre, if that is any better, and left out otherwise.
 */
function aperture(plane: Plane, labels: Int32Array, label: number, x: number, y: number, radius: number) {
  const { width, height, signal, noise } = plane;
  let [flux, variance, flags] = [0, 0, 0];
  const usable = (px: number, py: number): number => {
    if (px < 0 || py < 0 || px >= width || py >= height) return -1;
    const i = py * width + px;
    const owner = labels[i] as number;
    if (Number.isNaN(signal[i]) || !((noise[i] as number) > 0)) return -1;
    return owner === 0 || owner === label ? i : -1;
  };
  for (let py = Math.floor(y - radius); py <= Math.ceil(y + radius); py++) {
    for (let px = Math.floor(x - radius); px <= Math.ceil(x + radius); px++) {
      const part = coverage(px - x, py - y, radius);
      if (part === 0) continue;
      if (px < 0 || py < 0 || px >= width || py >= height) flags |= FLAG.edge;
      else if (Number.isNaN(signal[py * width + px])) flags |= FLAG.masked;
      let i = usable(px, py);
      if (i < 0) i = usable(Math.round(2 * x - px), Math.round(2 * y - py));
      if (i < 0) continue;
      flux += part * (signal[i] as number);
      variance += part * (noise[i] as number) ** 2;
    }
  }
  return { flux, error: Math.sqrt(variance), flags };
}
