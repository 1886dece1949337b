import { expect, it } from 'vitest';
import { COLUMNS, catalogueColumns, catalogueCsv, makeCatalogue } from '../../../stages/lib/catalogue.ts';
import { toCsv } from '../../../stages/lib/csv.ts';
import { Header } from '../../../stages/lib/fits-header.ts';
import { readFits } from '../../../stages/lib/fits-read.ts';
import { magnitude, zeroPoint } from '../../../stages/lib/photometry.ts';
import { tile } from '../support.ts';

it('quotes only what needs it', () => {
  expect(
    toCsv(
      ['a', 'b,c'],
      [
        ['say "hi"', 1.5],
        [undefined, Number.NaN],
        ['two\nlines', -0.25],
      ],
    ),
  ).toBe('a,"b,c"\n"say ""hi""",1.5\n,\n"two\nlines",-0.25\n');
});

it('writes the same catalogue as CSV and as columns', () => {
  const source = { x: 10.12345, y: 20, flux: -5, fluxError: 2, pixels: 6, peak: 7, flags: 1 };
  const rows = makeCatalogue([source], undefined, { system: 'AB', zero: 25, exposure: 60 });
  expect(catalogueCsv(rows)).toBe(
    `${COLUMNS.map(({ name }) => name).join(',')}\n1,10.123,20.000,,,-5.00,2.00,,6,7.00,1\n`,
  );
  const columns = catalogueColumns(rows, 'electron');
  expect(columns.find(({ name }) => name === 'FLUX')).toMatchObject({ unit: 'electron', values: [-5] });
  expect(columns.find(({ name }) => name === 'FLAGS')).not.toHaveProperty('unit');
});

it('knows the AB zero point of HRC F606W', () => {
  const { hdus } = readFits(tile(1));
  const [primary, sci] = [hdus[0]?.header, hdus[1]?.header];
  if (primary === undefined || sci === undefined) throw new Error('no headers');
  const zero = zeroPoint(sci, primary);
  // By hand from the header: PHOTFLAM 1.2781042E-19 gives 47.2336, PHOTPLAM 5887.93 takes 18.8498 away, and then 2.408.
  expect(zero).toMatchObject({ system: 'AB', exposure: 60, zero: expect.closeTo(25.976, 2) });
  expect(magnitude(60, zero)).toBeCloseTo(zero.zero, 12);
  expect(magnitude(6000, zero)).toBeCloseTo(zero.zero - 5, 12);
  expect(magnitude(-1, zero)).toBeNaN();
});

it('falls back to instrumental magnitudes, and does not divide a rate by the exposure', () => {
  const primary = new Header('HDU 0', []).set('EXPTIME', 100);
  const sci = new Header('HDU 1', []).set('BUNIT', 'ELECTRONS/S');
  expect(zeroPoint(sci, primary)).toEqual({ system: 'instrumental', zero: 0, exposure: 1 });
  expect(zeroPoint(new Header('HDU 1', []), primary).exposure).toBe(100);
});
