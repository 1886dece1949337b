import { FitsError } from './fits-error.ts';
import type { FitsFile, Hdu } from './fits-read.ts';

/** A plane of pixels in FITS order: `values[y * width + x]`, y up, x and y from 0 (FITS pixel 1,1 is x = y = 0). */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array | Float64Array;
}

/**
 * The physical values of an image HDU's first plane: BZERO + BSCALE · stored (FITS Standard 4.0, equation 3 of 4.4.2.5), NaN where
 * the stored integer is BLANK. 8 and 16 bits and -32 come as Float32Array, 32, 64 and -64 as Float64Array.
 * @throws FitsError if the HDU holds no image of two axes or more
 */
export function readImage(hdu: Hdu): Image {
  const { header, axes } = hdu;
  const extension = header.text('XTENSION');
  if (extension !== undefined && extension !== 'IMAGE') {
    throw new FitsError(`${header.where}: an image is needed, but XTENSION is '${extension}'`);
  }
  const [width = 0, height = 0] = axes;
  if (axes.length < 2 || width * height === 0) {
    throw new FitsError(`${header.where}: an image of two axes is needed, but NAXISn is ${axes.join(' x ') || 'none'}`);
  }
  const scale = header.number('BSCALE', 1);
  const zero = header.number('BZERO', 0);
  const bitpix = header.number('BITPIX');
  const stored = storedValues(hdu.data, bitpix, width * height);
  const blank = bitpix > 0 && header.has('BLANK') ? header.number('BLANK') : undefined;
  if (blank === undefined && scale === 1 && zero === 0) return { width, height, values: stored };
  for (let i = 0; i < stored.length; i++) {
    const value = stored[i] as number;
    stored[i] = value === blank ? Number.NaN : zero + scale * value;
  }
  return { width, height, values: stored };
}

function storedValues(data: Buffer, bitpix: number, count: number): Float32Array | Float64Array {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const wide = bitpix === 32 || bitpix === 64 || bitpix === -64;
  const values = wide ? new Float64Array(count) : new Float32Array(count);
  for (let i = 0; i < count; i++) {
    if (bitpix === -32) values[i] = view.getFloat32(4 * i);
    else if (bitpix === 16) values[i] = view.getInt16(2 * i);
    else if (bitpix === 8) values[i] = view.getUint8(i);
    else if (bitpix === 32) values[i] = view.getInt32(4 * i);
    else if (bitpix === -64) values[i] = view.getFloat64(8 * i);
    else values[i] = Number(view.getBigInt64(8 * i));
  }
  return values;
}

/** The planes of an exposure; ERR and DQ may be missing. */
export interface Exposure {
  readonly sci: Hdu;
  readonly err: Hdu | undefined;
  readonly dq: Hdu | undefined;
}

/**
 * Finds SCI, ERR and DQ by EXTNAME (the first of each), or else takes the first image in the file as SCI.
 * @throws FitsError if there is no image, or if the planes differ in size
 */
export function findExposure(file: FitsFile): Exposure {
  const named = (name: string) => file.hdus.find((hdu) => hdu.name.toUpperCase() === name && hdu.axes.length >= 2);
  const isImage = (hdu: Hdu) => hdu.axes.length >= 2 && (hdu.header.text('XTENSION') ?? 'IMAGE') === 'IMAGE';
  const sci = named('SCI') ?? file.hdus.find(isImage);
  if (sci === undefined) {
    throw new FitsError(`none of the ${file.hdus.length} HDUs holds an image: neither one named SCI nor any other`);
  }
  const err = named('ERR');
  const dq = named('DQ');
  for (const plane of [err, dq]) {
    if (plane !== undefined && (plane.axes[0] !== sci.axes[0] || plane.axes[1] !== sci.axes[1])) {
      const sizes = `${plane.axes.join(' x ')} pixels, but ${sci.header.where} has ${sci.axes.join(' x ')}`;
      throw new FitsError(`${plane.header.where}: it has ${sizes}`);
    }
  }
  return { sci, err, dq };
}
