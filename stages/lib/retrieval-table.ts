import { toCsv } from './csv.ts';
import type { Column } from './fits-write.ts';
import { OUTCOMES, type Retrieved } from './retrieval.ts';
import { pixelToSky, type Wcs } from './wcs.ts';

interface Shape {
  readonly name: string;
  readonly form: Column['form'];
  readonly digits: number;
  readonly unit?: string;
  readonly comment: string;
  readonly value: (row: Row) => number;
}

interface Row extends Retrieved {
  readonly id: number;
  readonly sky: readonly [number, number];
}

const state = (at: number) => (row: Row) => row.estimate?.state[at] ?? Number.NaN;
const error = (at: number) => (row: Row) => row.estimate?.errors[at] ?? Number.NaN;
const flux = (row: Row) => Math.exp(state(2)(row));

/** Columns of a granule's table; `digits` are the decimals in CSV. */
const COLUMNS: readonly Shape[] = [
  { name: 'id', form: 'J', digits: 0, comment: 'number, brightest first', value: ({ id }) => id },
  {
    name: 'outcome',
    form: 'J',
    digits: 0,
    comment: '0 good 1 poor 2 iterations 3 diverged 4 input',
    value: ({ outcome }) => OUTCOMES.indexOf(outcome),
  },
  {
    name: 'x',
    form: 'D',
    digits: 4,
    unit: 'pix',
    comment: 'first pixel has centre 1',
    value: (row) => row.sounding.x + state(0)(row),
  },
  {
    name: 'y',
    form: 'D',
    digits: 4,
    unit: 'pix',
    comment: 'first pixel has centre 1',
    value: (row) => row.sounding.y + state(1)(row),
  },
  { name: 'x_err', form: 'E', digits: 4, unit: 'pix', comment: 'one sigma', value: error(0) },
  { name: 'y_err', form: 'E', digits: 4, unit: 'pix', comment: 'one sigma', value: error(1) },
  { name: 'ra', form: 'D', digits: 8, unit: 'deg', comment: 'right ascension', value: ({ sky }) => sky[0] },
  { name: 'dec', form: 'D', digits: 8, unit: 'deg', comment: 'declination', value: ({ sky }) => sky[1] },
  { name: 'flux', form: 'D', digits: 2, comment: 'of the whole profile', value: flux },
  { name: 'flux_err', form: 'D', digits: 2, comment: 'one sigma', value: (row) => flux(row) * error(2)(row) },
  { name: 'sky', form: 'E', digits: 2, comment: 'level under the source', value: state(3) },
  {
    name: 'radius',
    form: 'E',
    digits: 4,
    unit: 'pix',
    comment: 'scale of the profile',
    value: (row) => Math.exp(state(4)(row)),
  },
  { name: 'e1', form: 'E', digits: 4, comment: 'ellipticity along x', value: state(5) },
  { name: 'e2', form: 'E', digits: 4, comment: 'ellipticity along the diagonal', value: state(6) },
  {
    name: 'chi2',
    form: 'E',
    digits: 3,
    comment: 'mean square of the residuals',
    value: ({ estimate: each }) => each?.chi2 ?? Number.NaN,
  },
  {
    name: 'signal',
    form: 'E',
    digits: 3,
    comment: 'parameters that were measured',
    value: ({ estimate: each }) => each?.signal ?? Number.NaN,
  },
  { name: 'iterations', form: 'J', digits: 0, comment: 'steps', value: ({ estimate: each }) => each?.iterations ?? 0 },
  {
    name: 'divergences',
    form: 'J',
    digits: 0,
    comment: 'steps to the worse',
    value: ({ estimate: each }) => each?.divergences ?? 0,
  },
  { name: 'npix', form: 'J', digits: 0, unit: 'pix', comment: 'pixels used', value: ({ sounding }) => sounding.pixels },
];

function rowsOf(retrieved: readonly Retrieved[], wcs: Wcs | undefined): Row[] {
  return retrieved.map((each, i) => {
    const { sounding, estimate: made } = each;
    const [dx, dy] = [made?.state[0] ?? Number.NaN, made?.state[1] ?? Number.NaN];
    const sky =
      wcs === undefined ? ([Number.NaN, Number.NaN] as const) : pixelToSky(wcs, sounding.x + dx, sounding.y + dy);
    return { ...each, id: i + 1, sky: [sky[0], sky[1]] };
  });
}

export function retrievalCsv(retrieved: readonly Retrieved[], wcs: Wcs | undefined): string {
  const rows = rowsOf(retrieved, wcs).map((row) =>
    COLUMNS.map(({ value, digits }) => (Number.isFinite(value(row)) ? value(row).toFixed(digits) : undefined)),
  );
  return toCsv(
    COLUMNS.map(({ name }) => name),
    rows,
  );
}

/** The same as columns of a FITS table; fluxes carry the image's unit. */
export function retrievalColumns(
  retrieved: readonly Retrieved[],
  wcs: Wcs | undefined,
  fluxUnit: string | undefined,
): Column[] {
  const rows = rowsOf(retrieved, wcs);
  return COLUMNS.map(({ name, form, comment, unit, value }) => {
    const shown = ['flux', 'flux_err', 'sky'].includes(name) ? fluxUnit : unit;
    const column = { name: name.toUpperCase(), form, comment, values: rows.map(value) };
    return shown === undefined ? column : { ...column, unit: shown };
  });
}
