import { type CsvValue, toCsv } from './csv.ts';
import type { Column } from './fits-write.ts';
import { magnitude, type ZeroPoint } from './photometry.ts';
import type { Source } from './sources.ts';
import { pixelToSky, type Wcs } from './wcs.ts';

export interface CatalogueRow {
  readonly id: number;
  readonly x: number;
  readonly y: number;
  /** Degrees; NaN without a WCS. */
  readonly ra: number;
  readonly dec: number;
  readonly flux: number;
  readonly flux_err: number;
  readonly mag: number;
  readonly npix: number;
  readonly peak: number;
  readonly flags: number;
}

/** Numbers the sources from 1 and gives them sky positions and magnitudes. */
export function makeCatalogue(sources: readonly Source[], wcs: Wcs | undefined, zero: ZeroPoint): CatalogueRow[] {
  return sources.map((source, i) => {
    const [ra, dec] = wcs === undefined ? [Number.NaN, Number.NaN] : pixelToSky(wcs, source.x, source.y);
    const { x, y, flux, fluxError, pixels, peak, flags } = source;
    const mag = magnitude(flux, zero);
    return { id: i + 1, x, y, ra, dec, flux, flux_err: fluxError, mag, npix: pixels, peak, flags };
  });
}

interface Shape {
  readonly name: keyof CatalogueRow;
  readonly form: Column['form'];
  readonly digits: number;
  readonly unit?: string;
  readonly comment: string;
}

/** Columns of the catalogue; `digits` are the decimals in CSV (1e-8 degrees are 0.036 milliseconds of arc). */
export const COLUMNS: readonly Shape[] = [
  { name: 'id', form: 'J', digits: 0, comment: 'number, brightest first' },
  { name: 'x', form: 'D', digits: 3, unit: 'pix', comment: 'first pixel has centre 1' },
  { name: 'y', form: 'D', digits: 3, unit: 'pix', comment: 'first pixel has centre 1' },
  { name: 'ra', form: 'D', digits: 8, unit: 'deg', comment: 'right ascension' },
  { name: 'dec', form: 'D', digits: 8, unit: 'deg', comment: 'declination' },
  { name: 'flux', form: 'D', digits: 2, comment: 'in the aperture' },
  { name: 'flux_err', form: 'D', digits: 2, comment: 'one sigma, from ERR' },
  { name: 'mag', form: 'E', digits: 3, unit: 'mag', comment: 'see MAGSYS' },
  { name: 'npix', form: 'J', digits: 0, unit: 'pix', comment: 'pixels above threshold' },
  { name: 'peak', form: 'E', digits: 2, comment: 'highest unmasked pixel' },
  { name: 'flags', form: 'J', digits: 0, comment: '1 blend 2 masked 4 edge 8 centroid' },
];

/** A whole number more for every row, behind the catalogue's own columns. */
export interface ExtraColumn {
  readonly name: string;
  readonly comment: string;
  readonly values: readonly number[];
}

export function catalogueCsv(rows: readonly CatalogueRow[], extra: readonly ExtraColumn[] = []): string {
  const cells = (row: CatalogueRow, at: number): CsvValue[] => [
    ...COLUMNS.map(({ name, digits }) => (Number.isFinite(row[name]) ? row[name].toFixed(digits) : undefined)),
    ...extra.map(({ values }) => values[at]),
  ];
  return toCsv(
    [...COLUMNS, ...extra].map(({ name }) => name),
    rows.map(cells),
  );
}

/** The same as columns of a FITS table; fluxes carry the image's unit. */
export function catalogueColumns(
  rows: readonly CatalogueRow[],
  fluxUnit: string | undefined,
  extra: readonly ExtraColumn[] = [],
): Column[] {
  const own = COLUMNS.map(({ name, form, comment, unit }) => {
    const ofFlux = name === 'flux' || name === 'flux_err' || name === 'peak';
    const shown = ofFlux ? fluxUnit : unit;
    const column = { name: name.toUpperCase(), form, comment, values: rows.map((row) => row[name]) };
    return shown === undefined ? column : { ...column, unit: shown };
  });
  return [...own, ...extra.map((column) => ({ ...column, name: column.name.toUpperCase(), form: 'J' as const }))];
}
