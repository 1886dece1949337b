import { type Exposure, type Image, readImage } from './fits-image.ts';
import { estimateSky, type Sky } from './sky.ts';

export interface Calibrated {
  /** Sky-subtracted signal, NaN where masked. */
  readonly signal: Float32Array;
  readonly image: Image;
  readonly masked: number;
  /** The bits of DQ that mask a pixel. */
  readonly bits: number;
  /** undefined if every pixel is masked. */
  readonly sky: Sky | undefined;
}

/** DQ has 16 bits; without SDQFLAGS in the header any of them masks. */
const ALL_BITS = 0xffff;

/**
 * Masks an exposure by its DQ plane and takes the sky off.
 * @param bits which bits of DQ mask a pixel; default: the header's SDQFLAGS ("serious data quality flags")
 * @param clip limit of the sky's clipping, in sigma
 */
export function calibrateExposure(exposure: Exposure, clip: number, bits?: number): Calibrated {
  const image = readImage(exposure.sci);
  const mask = bits ?? exposure.sci.header.count('SDQFLAGS', ALL_BITS);
  const dq = exposure.dq && readImage(exposure.dq);
  const signal = Float32Array.from(image.values);
  let masked = 0;
  for (let i = 0; i < signal.length; i++) {
    if (dq !== undefined && ((dq.values[i] as number) & mask) !== 0) signal[i] = Number.NaN;
    if (!Number.isFinite(signal[i])) {
      signal[i] = Number.NaN;
      masked++;
    }
  }
  const sky = estimateSky(signal, clip);
  if (sky !== undefined) for (let i = 0; i < signal.length; i++) signal[i] = (signal[i] as number) - sky.level;
  return { signal, image, masked, bits: mask, sky };
}
