import { FitsError } from './fits-error.ts';
import type { Header } from './fits-header.ts';
import { findExposure, readImage } from './fits-image.ts';
import type { FitsFile } from './fits-read.ts';
import type { Plane } from './segment.ts';
import { estimateSky } from './sky.ts';

export interface CalibratedFile {
  readonly plane: Plane;
  readonly sci: Header;
  readonly primary: Header;
  /** Where the noise comes from. */
  readonly noiseFrom: 'ERR' | 'SKYSIG';
}

/**
 * Reads what `calibrate` wrote: signal and noise. Without an ERR plane the noise is SKYSIG everywhere.
 * @throws FitsError if there is no image in it, or no noise to be had
 */
export function readCalibrated(file: FitsFile): CalibratedFile {
  const { sci, err } = findExposure(file);
  const { width, height, values: signal } = readImage(sci);
  const primary = file.hdus[0]?.header ?? sci.header;
  if (err !== undefined) {
    return {
      plane: { width, height, signal, noise: readImage(err).values },
      sci: sci.header,
      primary,
      noiseFrom: 'ERR',
    };
  }
  const sigma = sci.header.number('SKYSIG', estimateSky(signal)?.sigma ?? 0);
  if (!(sigma > 0))
    throw new FitsError(`${sci.header.where}: no ERR plane, and SKYSIG is ${sigma}: the noise is not known`);
  const noise = new Float32Array(signal.length).fill(sigma);
  return { plane: { width, height, signal, noise }, sci: sci.header, primary, noiseFrom: 'SKYSIG' };
}
