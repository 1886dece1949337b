import type { Place } from './tiles.ts';

/** A tile as it goes into the mosaic. */
export interface Layer {
  readonly width: number;
  readonly height: number;
  readonly place: Place;
  /** NaN where masked. */
  readonly signal: Float32Array | Float64Array;
  readonly noise: Float32Array | Float64Array;
  readonly dq: Float32Array | Float64Array | undefined;
  /** Added to every pixel. */
  readonly level: number;
  /** Tiles of one exposure show the same photons where they overlap. */
  readonly exposure: string;
  readonly seconds: number;
}

export interface Combined {
  /** NaN where no tile has a good pixel. */
  readonly signal: Float32Array;
  /** One sigma; where no pixel is good, that of a masked one, and 0 where there is none at all. */
  readonly noise: Float32Array;
  /** Bits of the tiles that the pixel was made of; of all that cover it if none was good. */
  readonly dq: Int16Array;
  /** Exposure time that went into the pixel, seconds. */
  readonly weight: Float32Array;
}

/** ACS's bit for a pixel whose value was filled in: here, where no tile is. */
const NO_DATA = 2;

/**
 * Puts tiles together, each pixel the mean of those that cover it, weighted by 1 / noise². Tiles of one exposure are first made one: there
 * the mean has the noise of a single pixel, not less, since it holds no more photons.
 */
export function combine(width: number, height: number, layers: readonly Layer[]): Combined {
  const count = width * height;
  const total = { mean: new Float64Array(count), weight: new Float64Array(count), seconds: new Float32Array(count) };
  const dq = new Int16Array(count);
  const covered = new Uint8Array(count);
  const bad = new Int16Array(count);
  const noiseOfBad = new Float32Array(count);
  for (const exposure of new Set(layers.map((layer) => layer.exposure))) {
    const own = layers.filter((layer) => layer.exposure === exposure);
    const one = { mean: new Float64Array(count), noise: new Float64Array(count), weight: new Float64Array(count) };
    for (const layer of own) {
      forPixels(layer, width, (from, to) => {
        covered[to] = 1;
        const bits = layer.dq?.[from] ?? 0;
        const [value, noise] = [(layer.signal[from] as number) + layer.level, layer.noise[from] as number];
        if (!Number.isFinite(value) || !(noise > 0) || !Number.isFinite(noise)) {
          bad[to] = (bad[to] as number) | bits;
          if (noise > 0) noiseOfBad[to] = noise;
          return;
        }
        dq[to] = (dq[to] as number) | bits;
        const weight = 1 / noise ** 2;
        // A running mean: a lone value comes through to the last bit.
        const all = (one.weight[to] as number) + weight;
        one.mean[to] = (one.mean[to] as number) + (value - (one.mean[to] as number)) * (weight / all);
        one.noise[to] = (one.noise[to] as number) + (noise - (one.noise[to] as number)) * (weight / all);
        one.weight[to] = all;
      });
    }
    const seconds = own[0]?.seconds ?? 0;
    for (let i = 0; i < count; i++) {
      if (!((one.weight[i] as number) > 0)) continue;
      const weight = 1 / (one.noise[i] as number) ** 2;
      const all = (total.weight[i] as number) + weight;
      total.mean[i] =
        (total.mean[i] as number) + ((one.mean[i] as number) - (total.mean[i] as number)) * (weight / all);
      total.weight[i] = all;
      total.seconds[i] = (total.seconds[i] as number) + seconds;
    }
  }
  const signal = new Float32Array(count);
  const noise = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const isGood = (total.weight[i] as number) > 0;
    signal[i] = isGood ? (total.mean[i] as number) : Number.NaN;
    noise[i] = isGood ? 1 / Math.sqrt(total.weight[i] as number) : (noiseOfBad[i] as number);
    if (!isGood) dq[i] = covered[i] === 1 ? (bad[i] as number) : NO_DATA;
  }
  return { signal, noise, dq, weight: total.seconds };
}

function forPixels({ width, height, place }: Layer, stride: number, visit: (from: number, to: number) => void): void {
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) visit(y * width + x, (place.y + y) * stride + place.x + x);
  }
}
