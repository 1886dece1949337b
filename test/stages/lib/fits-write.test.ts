import { describe, expect, it } from 'vitest';
import { verifyChecksums } from '../../../stages/lib/fits-checksum.ts';
import { readImage } from '../../../stages/lib/fits-image.ts';
import { parseFits, readFits } from '../../../stages/lib/fits-read.ts';
import { emptyPrimary, floatData, imageHeader, tableHdu, writeFits } from '../../../stages/lib/fits-write.ts';
import { tile } from '../support.ts';

describe('writeFits', () => {
  const pixels = Float32Array.from([1.5, Number.NaN, -3e8, 0, 7, 8]);
  const table = tableHdu('CAT', [
    { name: 'ID', form: 'J', values: [1, 2] },
    { name: 'RA', form: 'D', unit: 'deg', values: [6.0271, Number.NaN] },
    { name: 'MAG', form: 'E', values: [15.25, 16.5] },
  ]);
  const bytes = writeFits([
    { header: emptyPrimary().history('made by a test'), data: Buffer.alloc(0) },
    { header: imageHeader('SCI', -32, [3, 2]), data: floatData(pixels) },
    { header: imageHeader('WIDE', -64, [3, 2]), data: floatData(Float64Array.from(pixels), -64) },
    table,
  ]);
  const file = parseFits(bytes);

  it('makes whole blocks with sums that agree', () => {
    expect(bytes.length % 2880).toBe(0);
    expect(file.warnings).toEqual([]);
    expect(file.hdus.map(({ name }) => name)).toEqual(['PRIMARY', 'SCI', 'WIDE', 'CAT']);
    for (const hdu of file.hdus) expect(verifyChecksums(hdu)).toMatchObject({ datasum: 'ok', checksum: 'ok' });
  });

  it('brings pixels back', () => {
    for (const index of [1, 2]) {
      const hdu = file.hdus[index];
      const image = hdu && readImage(hdu);
      expect(image).toMatchObject({ width: 3, height: 2 });
      expect([...(image?.values ?? [])]).toEqual([...pixels]);
    }
  });

  it('lays out table rows as their header says', () => {
    const hdu = file.hdus[3];
    expect(hdu?.axes).toEqual([16, 2]);
    expect(hdu?.data.readInt32BE(16)).toBe(2);
    expect(hdu?.data.readDoubleBE(4)).toBe(6.0271);
    expect(hdu?.data.readDoubleBE(20)).toBeNaN();
    expect(hdu?.data.readFloatBE(12)).toBe(15.25);
    expect(hdu?.header.text('TTYPE2')).toBe('RA');
    expect(hdu?.header.text('TUNIT2')).toBe('deg');
  });

  it('refuses columns of different length', () => {
    const columns = [
      { name: 'A', form: 'J', values: [1] },
      { name: 'B', form: 'J', values: [] },
    ] as const;
    expect(() => tableHdu('T', columns)).toThrow('column B has 0 rows, not 1');
  });

  it('keeps a real header to the byte where nothing was set', () => {
    const { hdus } = readFits(tile(1));
    for (const hdu of hdus) expect(hdu.header.toBuffer().equals(hdu.headerBytes)).toBe(true);
    // Stamping a sound HDU anew changes no more than the comments of its two sums.
    const again = parseFits(writeFits(hdus.map(({ header, data }) => ({ header, data })))).hdus;
    expect(again.map((hdu) => hdu.header.text('DATASUM'))).toEqual(hdus.map((hdu) => hdu.header.text('DATASUM')));
    expect(again.map((hdu) => hdu.header.cards.length)).toEqual(hdus.map((hdu) => hdu.header.cards.length));
  });
});
