import { readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { calibrateExposure } from '../../stages/lib/calibration.ts';
import { findExposure, readImage } from '../../stages/lib/fits-image.ts';
import { type FitsFile, parseFits, readFits } from '../../stages/lib/fits-read.ts';
import type { Plane } from '../../stages/lib/segment.ts';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const EXPOSURES = join(ROOT, 'pipelines', 'hst', 'exposures');

/** Paths of the nine real ACS/HRC tiles. */
export const tiles = (): string[] =>
  readdirSync(EXPOSURES)
    .filter((name) => name.endsWith('_flt.fits.gz'))
    .sort()
    .map((name) => join(EXPOSURES, name));

export const tile = (number: number): string => join(EXPOSURES, `j8bt06nyq_t0${number}_flt.fits.gz`);

/** A tile as `calibrate` makes it, with its primary header. */
export function calibratedTile(path: string): { file: FitsFile; plane: Plane } {
  const file = readFits(path);
  const exposure = findExposure(file);
  if (exposure.err === undefined) throw new Error(`${path} has no ERR`);
  const { signal, image } = calibrateExposure(exposure, 3);
  return { file, plane: { width: image.width, height: image.height, signal, noise: readImage(exposure.err).values } };
}

/** One header block from card texts, END added. */
export function block(...cards: string[]): Buffer {
  const text = [...cards, 'END'].map((card) => card.padEnd(80)).join('');
  return Buffer.from(text.padEnd(Math.ceil(text.length / 2880) * 2880), 'latin1');
}

/** A primary image of one row from raw data bytes. */
export function rowFile(bitpix: number, count: number, data: Buffer, ...cards: string[]): FitsFile {
  const header = block(
    'SIMPLE  =                    T',
    `BITPIX  = ${bitpix}`,
    'NAXIS   = 2',
    `NAXIS1  = ${count}`,
    'NAXIS2  = 1',
    ...cards,
  );
  const padded = Buffer.alloc(Math.ceil(data.length / 2880) * 2880);
  data.copy(padded);
  return parseFits(Buffer.concat([header, padded]));
}

/** Random numbers that are the same in every run: mulberry32, and a normal deviate from pairs of them. */
export function makeRandom(seed: number): { uniform: () => number; normal: () => number } {
  let state = seed;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
}

export interface Star {
  /** From 0, unlike the catalogue's. */
  readonly x: number;
  readonly y: number;
  readonly flux: number;
}

/** A field of Gaussian stars (sigma 1.1 pixels) on zero sky with read noise and photon noise. */
export function starField(width: number, height: number, stars: readonly Star[], readNoise = 5, seed = 1): Plane {
  const random = makeRandom(seed);
  const signal = new Float64Array(width * height);
  for (const { x, y, flux } of stars) {
    for (let i = 0; i < signal.length; i++) {
      const r2 = ((i % width) - x) ** 2 + (Math.floor(i / width) - y) ** 2;
      signal[i] = (signal[i] as number) + (flux / (2 * Math.PI * 1.21)) * Math.exp(-r2 / 2.42);
    }
  }
  const noise = signal.map((value) => Math.sqrt(readNoise ** 2 + value));
  return { width, height, signal: signal.map((value, i) => value + (noise[i] as number) * random.normal()), noise };
}
