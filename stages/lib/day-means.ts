import { type CsvValue, parseCsv, toCsv } from './csv.ts';
import { DataError } from './data-error.ts';
import { groupBy } from './group.ts';
import type { Report } from './reports.ts';

/** The hours of a day's reports, UTC. */
export const HOURS = [0, 6, 12, 18] as const;

/** Means over the hours of a day. What a station did not report at enough of them is NaN. */
export interface StationDay {
  readonly region: string;
  readonly id: string;
  readonly lat: number;
  readonly lon: number;
  readonly elev: number;
  /** At how many hours it reported anything. */
  readonly hours: number;
  readonly t: number;
  readonly t_least: number;
  readonly t_most: number;
  readonly td: number;
  readonly psl: number;
  readonly altim: number;
  /** Mean speed, whatever the direction. */
  readonly wind: number;
  /** Where the mean wind comes from, degrees; NaN if it comes from nowhere. */
  readonly wind_dir: number;
  /** Speed of the mean wind as a vector: small where it turned. */
  readonly wind_net: number;
}

/** The mean over a region's stations, each counting once. */
export interface Mean {
  readonly mean: number;
  readonly stations: number;
}

export const MEANS = ['t', 'td', 'psl', 'altim', 'wind'] as const;
export type MeanName = (typeof MEANS)[number];

export interface RegionDay {
  readonly means: Readonly<Record<MeanName, Mean | null>>;
  /** Mean temperature at each hour, over the stations that have it at all of them. */
  readonly hourly: readonly { readonly hour: number; readonly t: number }[];
}

/**
 * Each station's day. A mean needs values at `least` hours: one of fewer would tell at which hours they were taken, since a day is warmer at 18
 * UTC than at 6.
 */
export function stationDays(region: string, reports: readonly Report[], least: number): StationDay[] {
  return [...groupBy(reports, ({ id }) => id)].map(([id, own]) => {
    const placed = own.find(({ lat, lon }) => Number.isFinite(lat) && Number.isFinite(lon));
    const of = (name: 't' | 'td' | 'psl' | 'altim' | 'spd') => {
      const values = own.map((report) => report[name]).filter(Number.isFinite);
      return values.length >= least ? values : [];
    };
    const t = of('t');
    return {
      region,
      id,
      lat: placed?.lat ?? Number.NaN,
      lon: placed?.lon ?? Number.NaN,
      elev: placed?.elev ?? Number.NaN,
      hours: new Set(own.map(({ hour }) => hour)).size,
      t: mean(t),
      t_least: t.length === 0 ? Number.NaN : Math.min(...t),
      t_most: t.length === 0 ? Number.NaN : Math.max(...t),
      td: mean(of('td')),
      psl: mean(of('psl')),
      altim: mean(of('altim')),
      wind: mean(of('spd')),
      ...meanWind(own, least),
    };
  });
}

/** Mean of the wind as a vector. A wind without direction, unless calm, has no part in it. */
function meanWind(own: readonly Report[], least: number): Pick<StationDay, 'wind_dir' | 'wind_net'> {
  let [east, north, count] = [0, 0, 0];
  for (const { spd, dir } of own) {
    const isCalm = spd === 0;
    // 0 with a speed is how the files tell a wind whose direction was not reported; north is 360.
    if (!isCalm && !(Number.isFinite(spd) && dir > 0)) continue;
    const angle = isCalm ? 0 : (dir * Math.PI) / 180;
    east += spd * Math.sin(angle);
    north += spd * Math.cos(angle);
    count++;
  }
  if (count < least) return { wind_dir: Number.NaN, wind_net: Number.NaN };
  const net = Math.hypot(east, north) / count;
  const dir = ((Math.atan2(east, north) * 180) / Math.PI + 360) % 360;
  return { wind_dir: net < 0.05 ? Number.NaN : dir, wind_net: net };
}

export function regionDay(days: readonly StationDay[], reports: readonly Report[]): RegionDay {
  const means = Object.fromEntries(MEANS.map((name) => [name, meanOver(days, name)])) as RegionDay['means'];
  const whole = [...groupBy(reports, ({ id }) => id).values()].filter((own) =>
    HOURS.every((hour) => own.some((report) => report.hour === hour && Number.isFinite(report.t))),
  );
  const hourly = HOURS.flatMap((hour) => {
    const values = whole.flat().filter((report) => report.hour === hour && Number.isFinite(report.t));
    return values.length === 0 ? [] : [{ hour, t: mean(values.map(({ t }) => t)) }];
  });
  return { means, hourly };
}

export function meanOver(days: readonly StationDay[], name: MeanName): Mean | null {
  const values = days.map((day) => day[name]).filter(Number.isFinite);
  return values.length === 0 ? null : { mean: mean(values), stations: values.length };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const DIGITS = {
  ...{ lat: 4, lon: 4, elev: 0, hours: 0, t: 2, t_least: 2, t_most: 2, td: 2 },
  ...{ psl: 2, altim: 2, wind: 2, wind_dir: 0, wind_net: 2 },
} as const;
type NumberName = keyof typeof DIGITS;
const NUMBERS = Object.keys(DIGITS) as NumberName[];
const COLUMNS = ['region', 'id', ...NUMBERS];

export function daysCsv(days: readonly StationDay[]): string {
  const cells = (day: StationDay): CsvValue[] => [
    day.region,
    day.id,
    ...NUMBERS.map((name) => (Number.isFinite(day[name]) ? day[name].toFixed(DIGITS[name]) : undefined)),
  ];
  return toCsv(COLUMNS, days.map(cells));
}

/** @throws DataError with the line that is not as `daysCsv` writes it */
export function parseDays(text: string): StationDay[] {
  return parseCsv(text, COLUMNS).map((row, i) => {
    const numbers = NUMBERS.map((name) => {
      const cell = row[name] ?? '';
      const value = cell === '' ? Number.NaN : Number(cell);
      if (cell !== '' && Number.isNaN(value)) throw new DataError(`line ${i + 2}: ${name} is ${JSON.stringify(cell)}`);
      return [name, value] as const;
    });
    return { region: row.region ?? '', id: row.id ?? '', ...Object.fromEntries(numbers) } as unknown as StationDay;
  });
}
