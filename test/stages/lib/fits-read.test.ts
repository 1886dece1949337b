import { readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FitsError } from '../../../stages/lib/fits-error.ts';
import { findExposure, readImage } from '../../../stages/lib/fits-image.ts';
import { parseFits, readFits } from '../../../stages/lib/fits-read.ts';
import { unpack } from '../../../stages/lib/gzip.ts';
import { block, rowFile, tile } from '../support.ts';

const packed = readFileSync(tile(5));
const bytes = gunzipSync(packed);
const primary = ['SIMPLE  =                    T', 'BITPIX  = 8'];

describe('a real tile', () => {
  const file = readFits(tile(5));

  it('has the HDUs that HST put there', () => {
    expect(file.warnings).toEqual([]);
    expect(file.hdus.map(({ name, axes }) => [name, ...axes])).toEqual([
      ['PRIMARY'],
      ['SCI', 200, 200],
      ['ERR', 200, 200],
      ['DQ', 200, 200],
    ]);
    expect(file.hdus.map(({ start, dataStart }) => [start, dataStart])).toEqual([
      [0, 20160],
      [20160, 28800],
      [190080, 195840],
      [357120, 362880],
    ]);
  });

  it('was processed by OPUS', () => {
    expect(file.hdus[0]?.header.text('OPUS_VER')).toBe('OPUS 15.a');
    expect(file.hdus[0]?.header.text('TARGNAME')).toBe('NGC104');
    expect(file.hdus[1]?.header.number('PHOTFLAM')).toBe(1.2781042e-19);
  });

  it('has pixels as its statistics keywords say', () => {
    const { sci, err, dq } = findExposure(file);
    const values = readImage(sci).values;
    // GOODMIN and GOODMAX are those of the whole detector, of which this is a cut-out.
    expect(Math.min(...values)).toBeGreaterThan(sci.header.number('GOODMIN'));
    expect(Math.max(...values)).toBeLessThan(sci.header.number('GOODMAX'));
    expect(err && Math.min(...readImage(err).values)).toBeCloseTo(13.209, 2);
    expect(dq && [...new Set(readImage(dq).values)].sort((a, b) => a - b)).toEqual([0, 16, 80, 2304]);
  });

  it('reads the same unpacked', () => {
    expect(parseFits(bytes).hdus.map((hdu) => hdu.data)).toEqual(file.hdus.map((hdu) => hdu.data));
  });
});

describe('pixel formats', () => {
  const buffer = (size: number, write: (b: Buffer) => void) => {
    const b = Buffer.alloc(size);
    write(b);
    return b;
  };
  const pixels = (bitpix: number, count: number, data: Buffer, ...cards: string[]) => {
    const hdu = rowFile(bitpix, count, data, ...cards).hdus[0];
    return hdu && [...readImage(hdu).values];
  };

  it('reads every BITPIX', () => {
    expect(pixels(8, 2, Buffer.from([0, 255]))).toEqual([0, 255]);
    expect(
      pixels(
        16,
        2,
        buffer(4, (b) => b.writeInt16BE(-2, 2)),
      ),
    ).toEqual([0, -2]);
    expect(
      pixels(
        32,
        1,
        buffer(4, (b) => b.writeInt32BE(-123456789)),
      ),
    ).toEqual([-123456789]);
    expect(
      pixels(
        64,
        1,
        buffer(8, (b) => b.writeBigInt64BE(-(2n ** 40n))),
      ),
    ).toEqual([-(2 ** 40)]);
    expect(
      pixels(
        -32,
        1,
        buffer(4, (b) => b.writeFloatBE(0.5)),
      ),
    ).toEqual([0.5]);
    expect(
      pixels(
        -64,
        1,
        buffer(8, (b) => b.writeDoubleBE(Math.PI)),
      ),
    ).toEqual([Math.PI]);
  });

  it('applies BSCALE, BZERO and BLANK', () => {
    const data = buffer(6, (b) => {
      b.writeInt16BE(-32768, 0);
      b.writeInt16BE(0, 2);
      b.writeInt16BE(7, 4);
    });
    expect(pixels(16, 3, data, 'BZERO   = 32768', 'BLANK   = 7')).toEqual([0, 32768, Number.NaN]);
    expect(pixels(16, 3, data, 'BSCALE  = 0.5', 'BZERO   = 1')).toEqual([-16383, 1, 4.5]);
  });
});

describe('hostile files', () => {
  it.each([
    ['an empty file', Buffer.alloc(0), 'the file is empty'],
    ['a web page', Buffer.from('<!DOCTYPE html>'), 'not a FITS file: byte 0 starts "<!DOCTYPE"'],
    [
      'one cut in its data',
      bytes.subarray(0, 100_000),
      /HDU 1 \(SCI\): its data need 160000 bytes from byte 28800, but .* byte 100000/,
    ],
    [
      'one cut in a header',
      bytes.subarray(0, 25_000),
      /HDU 1: the header that starts at byte 20160 has no END .* byte 25000/,
    ],
    [
      'a header without END',
      Buffer.from(`${'SIMPLE  =                    T'.padEnd(2880)}`),
      /HDU 0: .* byte 0 has no END/,
    ],
    ['no BITPIX', block('SIMPLE  =                    T'), 'HDU 0 (primary): the keyword BITPIX is missing'],
    ['BITPIX 7', block('SIMPLE  =                    T', 'BITPIX  = 7'), 'BITPIX is 7, but must be'],
    ['NAXIS in quotes', block(...primary, "NAXIS   = '2'"), 'NAXIS must be a number, but is "2"'],
    [
      'negative NAXIS1',
      block(...primary, 'NAXIS   = 1', 'NAXIS1  = -5'),
      'NAXIS1 must be a whole number of at least 0',
    ],
    ['10^6 axes', block(...primary, 'NAXIS   = 1000000'), 'NAXIS is 1000000; the standard allows up to 999'],
    [
      'terabytes',
      block(...primary, 'NAXIS   = 2', 'NAXIS1  = 2000000', 'NAXIS2  = 1000000'),
      'need 2000000000000 bytes',
    ],
    [
      'overflow',
      block(...primary, 'NAXIS   = 2', 'NAXIS1  = 9E15', 'NAXIS2  = 9E15'),
      'more data than any file can hold',
    ],
  ])('refuses %s, saying where', (_name, data, message) => {
    expect(() => parseFits(data)).toThrow(FitsError);
    expect(() => parseFits(data)).toThrow(message);
  });

  it('finds binary rubbish where a keyword belongs', () => {
    const broken = Buffer.from(bytes);
    broken[20160 + 80] = 0x07;
    expect(() => parseFits(broken)).toThrow('HDU 1: byte 20240 of the header is 0x07');
  });

  it('reads on behind small faults and reports them', () => {
    const odd = Buffer.from(bytes);
    odd[79] = 0xe9;
    const file = parseFits(Buffer.concat([odd.subarray(0, 442_900), Buffer.alloc(0)]));
    expect(file.hdus).toHaveLength(4);
    expect(file.warnings).toEqual([
      'HDU 0: byte 79 of the header is 0xe9, which is not printable ASCII',
      'HDU 3 (DQ): the last block is short: the file ends at byte 442900, not 443520',
    ]);
    const trailing = parseFits(Buffer.concat([bytes, Buffer.alloc(100)]));
    expect(trailing.warnings).toEqual([
      '100 bytes behind the last HDU, from byte 443520, are no extension and were not read',
    ]);
  });

  it('tells damage of the gzip stream', () => {
    expect(() => unpack(packed.subarray(0, 200_000))).toThrow('the gzip stream is cut off after 200000 bytes');
    const broken = Buffer.from(packed);
    broken.fill(0xff, 1000, 1100);
    expect(() => unpack(broken)).toThrow(/the gzip stream of \d+ bytes is damaged/);
  });

  it('does not unpack a bomb', () => {
    const bomb = gzipSync(Buffer.alloc(5_000_000));
    expect(() => unpack(bomb, 1_000_000)).toThrow('unpacks to more than 1000000 bytes');
  });

  it('throws nothing but FitsError, whatever bytes are changed', () => {
    const change = fc.record({ at: fc.nat(28_799), to: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 20 }), fc.nat(443_520), (changes, length) => {
        const broken = Buffer.from(bytes.subarray(0, length));
        for (const { at, to } of changes) if (at < length) broken[at] = to;
        try {
          findExposure(parseFits(broken));
        } catch (error) {
          expect(error).toBeInstanceOf(FitsError);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('findExposure', () => {
  it('refuses planes of different size', () => {
    const image = (name: string, width: number) =>
      Buffer.concat([
        block(
          "XTENSION= 'IMAGE   '",
          'BITPIX  = 8',
          'NAXIS   = 2',
          `NAXIS1  = ${width}`,
          'NAXIS2  = 2',
          'PCOUNT  = 0',
          'GCOUNT  = 1',
          `EXTNAME = '${name}'`,
        ),
        Buffer.alloc(2880),
      ]);
    const file = parseFits(Buffer.concat([block(...primary, 'NAXIS   = 0'), image('SCI', 4), image('DQ', 5)]));
    expect(() => findExposure(file)).toThrow('HDU 2 (DQ): it has 5 x 2 pixels, but HDU 1 (SCI) has 4 x 2');
  });

  it('refuses a file without an image', () => {
    expect(() => findExposure(parseFits(block(...primary, 'NAXIS   = 0')))).toThrow(
      'none of the 1 HDUs holds an image',
    );
  });
});
