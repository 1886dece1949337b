import { gzipSync } from 'node:zlib';
import { FitsError } from './fits-error.ts';
import { parseFits } from './fits-read.ts';
import { unpack } from './gzip.ts';

/**
 * Flips bits in the data of one HDU of a gzipped FITS file, as a bad disk would: for demonstrations and tests of `verify`. The
 * headers stay as they are, so DATASUM no longer agrees. The same call gives the same bytes.
 * @param bytes the file, gzipped or not
 * @param name EXTNAME of the HDU, for example `SCI`
 * @param flips how many bits: 1 to 31
 * @returns a gzipped file
 * @throws FitsError if there is no such HDU, or it holds too little data
 */
export function corrupt(bytes: Buffer, name = 'SCI', flips = 3): Buffer {
  const whole = Buffer.from(unpack(bytes));
  const hdu = parseFits(whole).hdus.find((each) => each.name === name);
  if (hdu === undefined) throw new FitsError(`there is no HDU named ${name} to corrupt`);
  const words = Math.floor(hdu.data.length / 4);
  if (words < flips)
    throw new FitsError(`${hdu.header.where}: ${hdu.data.length} bytes of data are too few to corrupt`);
  if (!(flips >= 1 && flips <= 31)) throw new RangeError(`flips must be 1 to 31, but is ${flips}`);
  for (let i = 0; i < flips; i++) {
    const word = Math.floor((words * (i + 0.5)) / flips);
    // A different bit of its word every time: then the changes cannot cancel in the sum.
    const byte = hdu.dataStart + 4 * word + 3 - (i >> 3);
    whole.writeUInt8(whole.readUInt8(byte) ^ (1 << (i & 7)), byte);
  }
  return gzipSync(whole);
}
