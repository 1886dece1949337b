import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { corrupt } from '../../../stages/lib/corrupt.ts';
import { checksum, encodeChecksum, verifyChecksums } from '../../../stages/lib/fits-checksum.ts';
import { parseFits, readFits } from '../../../stages/lib/fits-read.ts';
import { unpack } from '../../../stages/lib/gzip.ts';
import { block, rowFile, tile, tiles } from '../support.ts';

describe('the ones-complement sum', () => {
  it('carries round', () => {
    expect(checksum(Buffer.from('ffffffff00000001', 'hex'))).toBe(1);
    expect(checksum(Buffer.from('8000000080000000', 'hex'))).toBe(1);
    expect(checksum(Buffer.from('00000001', 'hex'), 0xffffffff)).toBe(1);
  });

  it('takes missing bytes as zero', () => {
    expect(checksum(Buffer.from('0102', 'hex'))).toBe(0x01020000);
  });

  it('is encoded as the standard shows', () => {
    // The worked example of appendix J.2: 868229149 is encoded, complemented, as hcHjjc9ghcEghc9g.
    expect(encodeChecksum(868229149)).toBe('hcHjjc9ghcEghc9g');
  });

  it('is encoded in letters and digits only, and undoes the sum', () => {
    for (let i = 0; i < 2000; i++) {
      const sum = Math.imul(i, 2654435761) >>> 0;
      const text = encodeChecksum(sum);
      expect(text).toMatch(/^[0-9A-Za-z]{16}$/);
      // In its place in the card the text starts at byte 3 of a word: rotated back, less 16 times '0', it is the complement.
      const words = Buffer.from(text.slice(1) + text.slice(0, 1), 'latin1');
      expect(checksum(Buffer.from(words.map((byte) => byte - 0x30)), sum)).toBe(0xffffffff);
    }
  });
});

describe('real files', () => {
  it('are nine', () => {
    expect(tiles()).toHaveLength(9);
  });

  it.each(tiles().map((path) => [path.slice(-26), path]))('%s: every HDU agrees with its sums', (_name, path) => {
    const reports = readFits(path).hdus.map(verifyChecksums);
    expect(reports).toEqual(Array(4).fill({ datasum: 'ok', checksum: 'ok', wrong: [], absent: [] }));
  });
});

describe('damage', () => {
  const packed = readFileSync(tile(1));

  it.each([1, 3, 31])('of %i bits in the data is found, with HDU and both values', (flips) => {
    const { hdus } = parseFits(unpack(corrupt(packed, 'ERR', flips)));
    const reports = hdus.map(verifyChecksums);
    expect(reports.map((report) => report.datasum)).toEqual(['ok', 'ok', 'wrong', 'ok']);
    expect(reports.map((report) => report.checksum)).toEqual(['ok', 'ok', 'wrong', 'ok']);
    const stored = hdus[2]?.header.text('DATASUM');
    expect(reports[2]?.wrong[0]).toMatch(
      new RegExp(`^HDU 2 \\(ERR\\): DATASUM says ${stored}, but the data sum to \\d+$`),
    );
    expect(reports[2]?.wrong[1]).toMatch(/^HDU 2 \(ERR\): CHECKSUM says \w{16}, but header and data give \w{16}$/);
  });

  it('changes exactly the bits asked for, the same way every time', () => {
    const before = gunzipSync(packed);
    const after = gunzipSync(corrupt(packed, 'SCI', 3));
    const changed = [...before.keys()].filter((i) => before[i] !== after[i]);
    expect(changed).toHaveLength(3);
    expect(changed.every((i) => i >= 28_800 && i < 188_800)).toBe(true);
    expect(corrupt(packed, 'SCI', 3)).toEqual(corrupt(packed, 'SCI', 3));
  });

  it('of a header is found by CHECKSUM alone', () => {
    const broken = Buffer.from(gunzipSync(packed));
    broken.write('X', broken.indexOf('NGC104'), 'latin1');
    const report = parseFits(broken).hdus.map(verifyChecksums)[0];
    expect(report).toMatchObject({ datasum: 'ok', checksum: 'wrong' });
  });

  it('cannot cancel out: no bit of a word is flipped twice', () => {
    const data = Buffer.concat([Buffer.alloc(32, 0xff), Buffer.alloc(32)]);
    const header = block(
      'SIMPLE  =                    T',
      'BITPIX  = 8',
      'NAXIS   = 1',
      'NAXIS1  = 64',
      "EXTNAME = 'SCI'",
    );
    const bytes = Buffer.concat([header, data, Buffer.alloc(2880 - 64)]);
    for (let flips = 1; flips <= 16; flips++) {
      const damaged = parseFits(unpack(corrupt(bytes, 'SCI', flips))).hdus[0]?.data ?? data;
      expect(checksum(damaged)).not.toBe(checksum(data));
    }
  });

  it('cannot be made where there is nothing', () => {
    expect(() => corrupt(packed, 'NONE')).toThrow('there is no HDU named NONE to corrupt');
    expect(() => corrupt(packed, 'PRIMARY')).toThrow('0 bytes of data are too few');
  });
});

it('reports absent sums as absent', () => {
  const hdu = rowFile(8, 2, Buffer.from([1, 2])).hdus[0];
  expect(hdu && verifyChecksums(hdu)).toMatchObject({
    datasum: 'absent',
    checksum: 'absent',
    wrong: [],
    absent: [/no DATASUM/, /no CHECKSUM/].map((r) => expect.stringMatching(r)),
  });
});
