import { FitsError } from './fits-error.ts';
import { Header } from './fits-header.ts';
import type { Hdu } from './fits-read.ts';

const ALL_ONES = 0xffffffff;
const ZEROS = '0'.repeat(16);

/**
 * The 32-bit ones'-complement sum of big-endian words, on top of `sum` (FITS Standard 4.0, appendix J.1). Missing bytes of the last
 * word count as zero.
 */
export function checksum(bytes: Uint8Array, sum = 0): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.byteLength & ~3;
  let total = sum;
  for (let i = 0; i < whole; i += 4) {
    total += view.getUint32(i);
    // The carry goes round to the lowest bit: that is what makes it ones' complement.
    if (total > ALL_ONES) total -= ALL_ONES;
  }
  for (let i = whole; i < bytes.byteLength; i++) total += view.getUint8(i) * 2 ** (24 - 8 * (i - whole));
  return total > ALL_ONES ? total - ALL_ONES : total;
}

/**
 * A sum as the 16 letters and digits of the CHECKSUM keyword (appendix J.2): every byte becomes four characters that add up to it
 * (each over '0'), kept away from punctuation, and the whole is rotated by one because the value starts in column 12 of its card.
 * @param complement encode the complement, as CHECKSUM wants
 */
export function encodeChecksum(sum: number, complement = true): string {
  const value = (complement ? ~sum : sum) >>> 0;
  const out = new Uint8Array(16);
  for (let i = 0; i < 4; i++) {
    const byte = (value >>> (24 - 8 * i)) & 0xff;
    const quarter = (byte >> 2) + 0x30;
    const four = [quarter + (byte & 3), quarter, quarter, quarter];
    while (four.some(isPunctuation)) {
      for (const [a, b] of [
        [0, 1],
        [2, 3],
      ] as const) {
        const [one = 0, two = 0] = [four[a], four[b]];
        if (!isPunctuation(one) && !isPunctuation(two)) continue;
        four[a] = one + 1;
        four[b] = two - 1;
      }
    }
    for (let j = 0; j < 4; j++) out[4 * j + i] = four[j] ?? 0;
  }
  const text = Buffer.from(out).toString('latin1');
  return text.slice(15) + text.slice(0, 15);
}

const isPunctuation = (code: number) => (code >= 0x3a && code <= 0x40) || (code >= 0x5b && code <= 0x60);

export type Verdict = 'ok' | 'wrong' | 'absent';

export interface ChecksumReport {
  readonly datasum: Verdict;
  readonly checksum: Verdict;
  /** A sentence for each sum that is wrong, with HDU, keyword and both values. */
  readonly wrong: readonly string[];
  /** A sentence for each sum that is not there. */
  readonly absent: readonly string[];
}

/** Compares DATASUM and CHECKSUM of an HDU with its bytes (4.4.2.7). */
export function verifyChecksums(hdu: Hdu): ChecksumReport {
  const { header } = hdu;
  const wrong: string[] = [];
  const absent: string[] = [];
  const ofData = checksum(hdu.paddedData);
  const storedSum = header.text('DATASUM') ?? '';
  let datasum: Verdict = 'absent';
  if (storedSum !== '') {
    datasum = /^\d+$/.test(storedSum) && Number(storedSum) === ofData ? 'ok' : 'wrong';
    if (datasum === 'wrong') wrong.push(`${header.where}: DATASUM says ${storedSum}, but the data sum to ${ofData}`);
  }
  const stored = header.text('CHECKSUM') ?? '';
  let whole: Verdict = 'absent';
  if (stored !== '') {
    const total = checksum(hdu.headerBytes, ofData);
    // The sum of a sound HDU is zero; ones' complement has two of them, and all ones is the usual one.
    whole = total === ALL_ONES || total === 0 ? 'ok' : 'wrong';
    if (whole === 'wrong') {
      const right = encodeChecksum(checksum(withZeroChecksum(header), ofData));
      wrong.push(`${header.where}: CHECKSUM says ${stored}, but header and data give ${right}`);
    }
  }
  if (datasum === 'absent') absent.push(`${header.where}: no DATASUM, so its data could not be checked`);
  if (whole === 'absent') absent.push(`${header.where}: no CHECKSUM, so its header could not be checked`);
  return { datasum, checksum: whole, wrong, absent };
}

function withZeroChecksum(header: Header): Buffer {
  return header.clone().set('CHECKSUM', ZEROS).toBuffer();
}

/**
 * A copy of the header with DATASUM and CHECKSUM right for itself and these data.
 * @param data padded to whole blocks
 */
export function stamp(header: Header, data: Uint8Array): Header {
  if (data.byteLength % 2880 !== 0) throw new FitsError(`${header.where}: its data are not whole blocks of 2880 bytes`);
  const stamped = new Header(header.where, header.cards);
  const ofData = checksum(data);
  stamped.set('CHECKSUM', ZEROS, 'HDU checksum').set('DATASUM', String(ofData), 'data unit checksum');
  return stamped.set('CHECKSUM', encodeChecksum(checksum(stamped.toBuffer(), ofData)), 'HDU checksum');
}
