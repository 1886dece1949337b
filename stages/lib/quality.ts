import { groupBy } from './group.ts';
import { ELEMENTS, type Element, type Report } from './reports.ts';

/** Values outside are not weather but mistakes: the extremes ever measured, rounded outwards. */
const LIMITS: Readonly<Record<Element, readonly [least: number, most: number]>> = {
  t: [-90, 57],
  td: [-90, 36],
  psl: [870, 1085],
  altim: [870, 1085],
  spd: [0, 90],
  dir: [0, 360],
};

/** No station's day strays further than this from its own median. Needs three hours to tell. */
const STRAY: Partial<Record<Element, number>> = { t: 25, td: 25, psl: 20, altim: 20 };

/** Reports from further off their hour than this belong to another, minutes. */
const LATE_MINUTES = 45;

export type Fault = 'range' | 'dew' | 'stray';

export interface Cleaned {
  /** One report a station and hour, by station, then hour; bad values are NaN. */
  readonly reports: readonly Report[];
  /** Reports that were left out, by reason. */
  readonly dropped: { noStation: number; late: number; empty: number; repeated: number };
  /** Values that were blanked in the reports that are left, by element and fault. */
  readonly blanked: Readonly<Record<Element, Partial<Record<Fault, number>>>>;
  /** Positions that are on no globe. */
  readonly unplaced: number;
}

/**
 * Takes out what is wrong, then takes one report for each station and hour: the one that tells most, of these the one that comes last in the
 * file, since corrections are sent after what they correct.
 */
export function clean(reports: readonly Report[], day: string): Cleaned {
  const dropped = { noStation: 0, late: 0, empty: 0, repeated: 0 };
  const best = new Map<string, { report: Report; faults: [Element, Fault][]; told: number; unplaced: boolean }>();
  for (const each of reports) {
    // The decoder has taken the time of some reports for their station.
    if (!/[A-Z]/.test(each.id)) dropped.noStation++;
    else if (!isOnTime(each, day)) dropped.late++;
    else {
      const checked = check(each);
      const told = ELEMENTS.filter((element) => Number.isFinite(checked.report[element])).length;
      const key = `${each.id} ${each.hour}`;
      const before = best.get(key);
      if (told === 0) {
        dropped.empty++;
        continue;
      }
      if (before !== undefined) dropped.repeated++;
      if (before === undefined || told >= before.told) best.set(key, { ...checked, told });
    }
  }
  const kept = [...best.values()];
  const blanked = Object.fromEntries(ELEMENTS.map((element) => [element, {}])) as Record<
    Element,
    Partial<Record<Fault, number>>
  >;
  const count = (element: Element, fault: Fault) => {
    blanked[element][fault] = (blanked[element][fault] ?? 0) + 1;
  };
  for (const { faults } of kept) for (const [element, fault] of faults) count(element, fault);
  const sorted = kept
    .map(({ report }) => report)
    .sort((a, b) => (a.id === b.id ? a.hour - b.hour : a.id < b.id ? -1 : 1));
  const cleaned = withoutStrays(sorted, (element) => count(element, 'stray'));
  return { reports: cleaned, dropped, blanked, unplaced: kept.filter(({ unplaced }) => unplaced).length };
}

function isOnTime({ time, hour }: Report, day: string): boolean {
  const nominal = Date.parse(`${day}T${String(hour).padStart(2, '0')}:00Z`);
  return Math.abs(Date.parse(time) - nominal) <= LATE_MINUTES * 60_000;
}

function check(report: Report): { report: Report; faults: [Element, Fault][]; unplaced: boolean } {
  const faults: [Element, Fault][] = [];
  const values: Record<Element, number> = { ...pick(report) };
  for (const element of ELEMENTS) {
    const [least, most] = LIMITS[element];
    if (values[element] < least || values[element] > most) faults.push([element, 'range']);
  }
  for (const [element] of faults) values[element] = Number.NaN;
  if (values.td > values.t + 1) {
    // Which of the two is wrong can't be told; one degree is what rounding does.
    faults.push(['t', 'dew'], ['td', 'dew']);
    values.t = values.td = Number.NaN;
  } else if (Number.isNaN(values.t) && Number.isFinite(values.td)) {
    // Where the decoder lost the temperature, it has left the dew point in degrees Fahrenheit.
    faults.push(['td', 'dew']);
    values.td = Number.NaN;
  }
  const unplaced = Math.abs(report.lat) > 90 || Math.abs(report.lon) > 180;
  const place = unplaced ? { lat: Number.NaN, lon: Number.NaN } : {};
  return { report: { ...report, ...values, ...place }, faults, unplaced };
}

function pick(report: Report): Record<Element, number> {
  const { t, td, psl, altim, spd, dir } = report;
  return { t, td, psl, altim, spd, dir };
}

function withoutStrays(reports: readonly Report[], count: (element: Element) => void): Report[] {
  const cleaned = reports.map((report) => ({ ...report }));
  const ofStation = groupBy(cleaned, ({ id }) => id);
  for (const own of ofStation.values()) {
    for (const [element, limit] of Object.entries(STRAY) as [Element, number][]) {
      const told = own.filter((report) => Number.isFinite(report[element]));
      if (told.length < 3) continue;
      const middle = median(told.map((report) => report[element]));
      for (const report of told) {
        if (Math.abs(report[element] - middle) <= limit) continue;
        count(element);
        (report as Record<Element, number>)[element] = Number.NaN;
      }
    }
  }
  return cleaned;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}
