import { type CsvValue, parseCsv, toCsv } from './csv.ts';
import { DataError } from './data-error.ts';
import { type RecordFile, readRecords } from './netcdf.ts';

/** What is measured, as in the files: temperature and dew point (Celsius), pressures (hPa), wind (m/s, degrees it comes from). */
export const ELEMENTS = ['t', 'td', 'psl', 'altim', 'spd', 'dir'] as const;
export type Element = (typeof ELEMENTS)[number];

/** One report of one station. What it does not tell is NaN. */
export interface Report extends Readonly<Record<Element, number>> {
  /** Of the file it stands in: 0, 6, 12 or 18, UTC. */
  readonly hour: number;
  readonly id: string;
  /** `SA` hourly, `RS` hourly and special, `ME` METAR. */
  readonly kind: string;
  /** Two letters; '' if the station is in no state or province. */
  readonly state: string;
  /** Two letters; '' if the station's place is not known. */
  readonly country: string;
  /** UTC, `1995-03-17T23:45Z`. */
  readonly time: string;
  readonly lat: number;
  readonly lon: number;
  /** Metres. */
  readonly elev: number;
}

/** All reports of one hour. */
export interface HourFile {
  /** UTC, `1995-03-18`. */
  readonly day: string;
  readonly hour: number;
  readonly reports: readonly Report[];
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

/**
 * Reads a file of hourly surface reports as the WXP decoders wrote them (netCDF-3).
 * @throws DataError if it is none
 */
export function readHour(bytes: Buffer): HourFile {
  const file = readRecords(bytes);
  return { ...fileTime(file), reports: readReports(file) };
}

/** The attribute `filetime`, such as ` 6Z 18 MAR 95`. */
function fileTime(file: RecordFile): { day: string; hour: number } {
  const text = file.attribute('filetime') ?? '';
  const [, hour = '', day = '', month = '', year = ''] =
    /^\s*(\d{1,2})Z\s+(\d{1,2})\s+([A-Z]{3})\s+(\d{2})\s*$/.exec(text) ?? [];
  const number = MONTHS.indexOf(month) + 1;
  if (number < 1 || Number(hour) > 23 || Number(day) < 1 || Number(day) > 31) {
    throw new DataError(`its attribute filetime is ${JSON.stringify(text)}, but must be a time such as "6Z 18 MAR 95"`);
  }
  // The network that made these files ended in the nineties.
  const full = Number(year) < 70 ? 2000 + Number(year) : 1900 + Number(year);
  return { day: `${full}-${two(number)}-${two(Number(day))}`, hour: Number(hour) };
}

const two = (number: number) => String(number).padStart(2, '0');

function readReports(file: RecordFile): Report[] {
  const { hour } = fileTime(file);
  const [ids, regions, times] = [file.texts('id'), file.texts('region'), file.texts('time')];
  const of = (name: string) => file.numbers(name);
  const [lat, lon, elev] = [of('lat'), of('lon'), of('elev')];
  const [t, td, psl, altim, spd, dir] = [of('T'), of('TD'), of('PSL'), of('ALTIM'), of('SPD'), of('DIR')];
  const at = (values: Float64Array, i: number) => values[i] ?? Number.NaN;
  return ids.map((id, i) => ({
    hour,
    id,
    ...parseRegion(regions[i] ?? ''),
    time: isoTime(times[i] ?? ''),
    lat: at(lat, i),
    lon: at(lon, i),
    elev: at(elev, i),
    ...{ t: at(t, i), td: at(td, i), psl: at(psl, i), altim: at(altim, i), spd: at(spd, i), dir: at(dir, i) },
  }));
}

/** `SA CA US`: kind, state, country; `--` for no state, and nothing at all for a station that the decoder did not know. */
function parseRegion(text: string): Pick<Report, 'kind' | 'state' | 'country'> {
  const [kind = '', state = '', country = ''] = text.split(/\s+/);
  return { kind, state: state === '--' ? '' : state, country };
}

/** `1995 03 17 23:45 UTC` in ISO 8601; '' if it is no time. */
function isoTime(text: string): string {
  const [, year, month, day, time] = /^(\d{4}) (\d\d) (\d\d) (\d\d:\d\d) UTC$/.exec(text) ?? [];
  return year === undefined ? '' : `${year}-${month}-${day}T${time}Z`;
}

/** Decimals in CSV: more than the stations measure. */
const DIGITS = { lat: 4, lon: 4, elev: 0, t: 3, td: 3, psl: 2, altim: 2, spd: 3, dir: 0 } as const;
const TEXTS = ['id', 'kind', 'state', 'country', 'time'] as const;
const NUMBERS = ['lat', 'lon', 'elev', ...ELEMENTS] as const;
const COLUMNS = ['hour', ...TEXTS, ...NUMBERS] as const;

export function reportsCsv(reports: readonly Report[]): string {
  const cells = (report: Report): CsvValue[] => [
    report.hour,
    ...TEXTS.map((name) => report[name]),
    ...NUMBERS.map((name) => (Number.isFinite(report[name]) ? report[name].toFixed(DIGITS[name]) : undefined)),
  ];
  return toCsv(COLUMNS, reports.map(cells));
}

/** @throws DataError with the line that is not as `reportsCsv` writes it */
export function parseReports(text: string): Report[] {
  return parseCsv(text, COLUMNS).map((row, i) => {
    const number = (name: string) => {
      const cell = row[name] ?? '';
      if (cell === '') return Number.NaN;
      const value = Number(cell);
      if (Number.isNaN(value)) throw new DataError(`line ${i + 2}: ${name} is ${JSON.stringify(cell)}, not a number`);
      return value;
    };
    const numbers = Object.fromEntries(['hour', ...NUMBERS].map((name) => [name, number(name)]));
    const texts = Object.fromEntries(TEXTS.map((name) => [name, row[name] ?? '']));
    return { ...texts, ...numbers } as unknown as Report;
  });
}
