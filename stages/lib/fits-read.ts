import { readFileSync } from 'node:fs';
import { FitsError } from './fits-error.ts';
import { BLOCK, type Header, readHeader } from './fits-header.ts';
import { unpack } from './gzip.ts';

/** One header and data unit. All buffers are views of the file's bytes. */
export interface Hdu {
  readonly index: number;
  /** EXTNAME, `PRIMARY` for the first HDU without one, else ''. */
  readonly name: string;
  readonly header: Header;
  /** Offset of the header in the (unpacked) file, in bytes. */
  readonly start: number;
  /** Offset of the data in the (unpacked) file, in bytes. */
  readonly dataStart: number;
  /** NAXIS1, NAXIS2, …: the first runs fastest. */
  readonly axes: readonly number[];
  /** The header's bytes, whole blocks. */
  readonly headerBytes: Buffer;
  /** The data as BITPIX and NAXISn say, without padding. */
  readonly data: Buffer;
  /** The data with their padding, as checksums see them. */
  readonly paddedData: Buffer;
}

export interface FitsFile {
  readonly hdus: readonly Hdu[];
  /** What is against the standard but could be read. */
  readonly warnings: readonly string[];
}

const BITPIX = new Set([8, 16, 32, 64, -32, -64]);

/** Reads a FITS file, gzipped or not. System errors (ENOENT, EIO, …) pass through; bad data throw FitsError. */
export function readFits(path: string): FitsFile {
  return parseFits(unpack(readFileSync(path)));
}

/**
 * Takes FITS bytes apart into HDUs (FITS Standard 4.0, section 3). Allocates nothing in proportion to what a header claims.
 * @throws FitsError with HDU, keyword and byte offset
 */
export function parseFits(bytes: Buffer): FitsFile {
  const first = bytes.toString('latin1', 0, 9);
  if (first !== 'SIMPLE  =') {
    throw new FitsError(
      bytes.length === 0
        ? 'the file is empty'
        : `not a FITS file: byte 0 starts ${JSON.stringify(first)} where "SIMPLE  =" belongs`,
    );
  }
  const hdus: Hdu[] = [];
  const warnings: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (hdus.length > 0 && bytes.toString('latin1', at, at + 9) !== 'XTENSION=') {
      warnings.push(
        `${bytes.length - at} bytes behind the last HDU, from byte ${at}, are no extension and were not read`,
      );
      break;
    }
    const { header, end, warnings: found } = readHeader(bytes, at, hdus.length);
    warnings.push(...found);
    const { axes, size } = dataSize(header, hdus.length === 0);
    if (end + size > bytes.length) {
      throw new FitsError(
        `${header.where}: its data need ${size} bytes from byte ${end}, but the file ends at byte ${bytes.length}: ` +
          'the file is cut off, or NAXISn or BITPIX are wrong',
      );
    }
    const padded = end + Math.ceil(size / BLOCK) * BLOCK;
    if (padded > bytes.length) {
      warnings.push(`${header.where}: the last block is short: the file ends at byte ${bytes.length}, not ${padded}`);
    }
    const index = hdus.length;
    hdus.push({
      index,
      name: header.text('EXTNAME') ?? (index === 0 ? 'PRIMARY' : ''),
      header,
      start: at,
      dataStart: end,
      axes,
      headerBytes: bytes.subarray(at, end),
      data: bytes.subarray(end, end + size),
      paddedData: bytes.subarray(end, Math.min(padded, bytes.length)),
    });
    at = padded;
  }
  return { hdus, warnings };
}

/** Size of the data unit in bytes: |BITPIX|/8 · GCOUNT · (PCOUNT + NAXIS1 · NAXIS2 · …), equation 2 of 4.4.1.2. */
function dataSize(header: Header, primary: boolean): { axes: number[]; size: number } {
  const bitpix = header.number('BITPIX');
  if (!BITPIX.has(bitpix)) {
    throw new FitsError(`${header.where}: BITPIX is ${bitpix}, but must be 8, 16, 32, 64, -32 or -64`);
  }
  const naxis = header.count('NAXIS');
  if (naxis > 999) throw new FitsError(`${header.where}: NAXIS is ${naxis}; the standard allows up to 999`);
  const axes: number[] = [];
  for (let i = 1; i <= naxis; i++) axes.push(header.count(`NAXIS${i}`));
  if (naxis === 0) return { axes, size: 0 };
  // Random groups (6.1) are the one primary HDU with groups: its first axis is 0 and counts for nothing.
  const groups = primary && header.get('GROUPS') === true && axes[0] === 0;
  const elements = (groups ? axes.slice(1) : axes).reduce((product, length) => product * length, 1);
  const counted = groups || !primary;
  const pcount = counted ? header.count('PCOUNT', 0) : 0;
  const gcount = counted ? header.count('GCOUNT', 1) : 1;
  const size = (Math.abs(bitpix) / 8) * gcount * (pcount + elements);
  if (!Number.isSafeInteger(size)) {
    throw new FitsError(
      `${header.where}: NAXISn = ${axes.slice(0, 8).join(' x ')} is more data than any file can hold`,
    );
  }
  return { axes, size };
}
