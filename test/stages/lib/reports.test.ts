import { describe, expect, it } from 'vitest';
import { ticks } from '../../../stages/lib/axes.ts';
import { parseCsv, toCsv } from '../../../stages/lib/csv.ts';
import { daysCsv, parseDays, regionDay, stationDays } from '../../../stages/lib/day-means.ts';
import { clean } from '../../../stages/lib/quality.ts';
import { regionOf } from '../../../stages/lib/regions.ts';
import { parseReports, type Report, reportsCsv } from '../../../stages/lib/reports.ts';

const { NaN: NAN } = Number;
const DAY = '1995-03-18';

const report = (more: Partial<Report> = {}): Report => {
  const { hour = 6 } = more;
  const time = `${DAY}T${String(hour).padStart(2, '0')}:00Z`;
  const place = { lat: 40, lon: -75, elev: 100, kind: 'SA', state: 'PA', country: 'US' };
  return { hour, id: 'ABE', time, ...place, t: 5, td: 1, psl: 1015, altim: 1014, spd: 3, dir: 90, ...more };
};
const cleaned = (...reports: Report[]) => clean(reports, DAY);

describe('csv', () => {
  it('is read as it was written', () => {
    const rows = [
      ['say "hi", you', '1'],
      ['', 'two\nlines'],
      ['x', ''],
    ];
    const text = toCsv(['a b', 'c'], rows);
    expect(parseCsv(text, ['c'])).toEqual(rows.map(([one, two]) => ({ 'a b': one, c: two })));
    expect(parseCsv(text.replaceAll('\n', '\r\n').trimEnd(), ['a b'])).toHaveLength(3);
    expect(parseCsv('a,b\n', ['a'])).toEqual([]);
  });

  it.each([
    ['a,b\n1\n', 'line 2: 1 fields, but there are 2 columns'],
    ['a,b\n"x\ny",2\n3\n', 'line 4: 1 fields'],
    ['a,b\n"x,2\n', 'line 2: a quote is not closed'],
    ['a,b\nx"y",2\n', 'line 2: a quote is not closed, or stands where none belongs'],
    ['', 'line 1: there is no column a'],
  ])('%j is refused', (text, message) => {
    expect(() => parseCsv(text, ['a'])).toThrow(message);
  });

  it('of reports and of days comes back', () => {
    const reports = [report({ lat: NAN, t: -0.123, psl: NAN }), report({ id: 'X,Y' })];
    expect(parseReports(reportsCsv(reports))).toEqual(reports);
    expect(() => parseReports(reportsCsv(reports).replace('-0.123', 'cold'))).toThrow(
      'line 2: t is "cold", not a number',
    );
    const days = stationDays('eastern', [report()], 1);
    expect(parseDays(daysCsv(days))).toEqual(days);
    expect(() => parseDays(daysCsv(days).replace(',5.00', ',warm'))).toThrow('line 2: t is "warm"');
  });
});

describe('regions', () => {
  it.each([
    ['ABE', 'PA', 'US', 'eastern'],
    ['HNL', 'HI', 'US', 'pacific'],
    ['X', 'ZZ', 'US', 'unplaced'],
    ['TJSJ', '', 'PU', 'southern'],
    ['YMO', 'ON', 'CA', 'canada'],
    ['EGLL', '', 'UK', 'abroad'],
    ['MMUN', '', '', 'mexico'],
    ['PANC', '', '', 'alaska'],
    ['PFYU', '', '', 'alaska'],
    ['PTYA', '', '', 'pacific'],
    ['KBOS', '', '', 'unplaced'],
    ['RJTT', '', '', 'abroad'],
    ['H00', '', '', 'unplaced'],
    ['1150', '', '', 'unplaced'],
  ])('%s in %s %s is %s', (id, state, country, region) => {
    expect(regionOf({ id, state, country })).toBe(region);
  });
});

describe('cleaning', () => {
  it('keeps a sound report as it is', () => {
    expect(cleaned(report())).toMatchObject({ reports: [report()], unplaced: 0 });
  });

  it.each<[string, Partial<Report>, Partial<Report>]>([
    ['a temperature of no place on Earth', { t: 76 }, { t: NAN, td: NAN }],
    ['a dew point above the temperature', { t: 5, td: 6.5 }, { t: NAN, td: NAN }],
    ['a dew point above it by rounding', { t: 5, td: 6 }, {}],
    ['a dew point without temperature', { t: NAN, td: 20 }, { td: NAN }],
    ['a pressure in inches', { altim: 2992 }, { altim: NAN }],
    ['a direction beyond the circle', { dir: 999 }, { dir: NAN }],
    ['a negative direction', { dir: -70 }, { dir: NAN }],
    ['a longitude beyond the globe', { lon: -790.2 }, { lat: NAN, lon: NAN }],
  ])('%s', (_, given, expected) => {
    const made = report(given);
    expect(cleaned(made).reports).toEqual([{ ...made, ...expected }]);
  });

  it('blanks what strays from the station itself, if three hours tell', () => {
    const hours = [0, 6, 12].map((hour) => report({ hour, t: hour === 6 ? 40 : 5, td: 1 }));
    expect(cleaned(...hours).reports.map(({ t }) => t)).toEqual([5, NAN, 5]);
    expect(cleaned(...hours).blanked.t).toEqual({ stray: 1 });
    expect(cleaned(...hours.slice(0, 2)).reports.map(({ t }) => t)).toEqual([5, 40]);
  });

  it('drops what is late, empty, no station, or repeated', () => {
    const nothing = { t: NAN, td: NAN, psl: NAN, altim: NAN, spd: NAN, dir: NAN };
    const { reports, dropped } = cleaned(
      report({ time: '1995-03-18T06:46Z' }),
      report({ time: '1995-03-18T06:45Z' }),
      report({ time: '' }),
      report(nothing),
      report({ id: '1150' }),
      report({ t: 6 }),
      report({ t: 7, psl: NAN }),
    );
    expect(dropped).toEqual({ late: 2, empty: 1, noStation: 1, repeated: 2 });
    expect(reports).toEqual([report({ t: 6 })]);
  });

  it('knows midnight: a report of 23:50 belongs to 0 UTC of the next day', () => {
    expect(cleaned(report({ hour: 0, time: '1995-03-17T23:50Z' })).reports).toHaveLength(1);
    expect(cleaned(report({ hour: 0, time: '1995-03-18T23:50Z' })).dropped.late).toBe(1);
  });
});

describe('means', () => {
  const hours = (each: (hour: number) => Partial<Report>) =>
    [0, 6, 12, 18].map((hour) => report({ hour, ...each(hour) }));
  const day = (reports: Report[], least = 4) => stationDays('eastern', reports, least)[0];

  it('need all hours, unless told', () => {
    const reports = hours((hour) => ({ t: hour, psl: hour === 18 ? NAN : 1010 + hour }));
    expect(day(reports)).toMatchObject({ hours: 4, t: 9, t_least: 0, t_most: 18, psl: NAN });
    expect(day(reports, 3)).toMatchObject({ psl: 1016 });
    expect(day(reports.slice(1))).toMatchObject({ hours: 3, t: NAN, t_least: NAN });
  });

  it('of the wind are those of a vector', () => {
    // From north and from east, equally strong: it comes from northeast, weaker.
    const turning = hours((hour) => ({ spd: 4, dir: hour < 12 ? 360 : 90 }));
    expect(day(turning)).toMatchObject({
      wind: 4,
      wind_dir: expect.closeTo(45, 9),
      wind_net: expect.closeTo(Math.SQRT1_2 * 4, 9),
    });
    const against = hours((hour) => ({ spd: 4, dir: hour < 12 ? 360 : 180 }));
    expect(day(against)).toMatchObject({ wind: 4, wind_dir: NAN, wind_net: expect.closeTo(0, 9) });
    const calm = hours((hour) => (hour === 0 ? { spd: 0, dir: 0 } : { spd: 4, dir: 270 }));
    expect(day(calm)).toMatchObject({ wind: 3, wind_dir: expect.closeTo(270, 9), wind_net: expect.closeTo(3, 9) });
    // A direction of 0 with a speed is one that was not reported.
    expect(day(hours((hour) => ({ spd: 4, dir: hour === 6 ? 0 : 270 })))).toMatchObject({ wind: 4, wind_dir: NAN });
  });

  it('of a region count each station once, and by the hour only those that have all hours', () => {
    const two = [
      ...hours((hour) => ({ t: hour })),
      ...hours((hour) => ({ t: hour + 10, id: 'ACK' })),
      report({ id: 'ACY', t: 50 }),
    ];
    const { means, hourly } = regionDay(stationDays('eastern', two, 4), two);
    expect(means).toMatchObject({ t: { mean: 14, stations: 2 }, wind: { mean: 3, stations: 2 } });
    expect(hourly).toEqual([0, 6, 12, 18].map((hour) => ({ hour, t: hour + 5 })));
    expect(regionDay([], [])).toEqual({ means: { t: null, td: null, psl: null, altim: null, wind: null }, hourly: [] });
  });
});

it('ticks are round numbers within the range', () => {
  expect(ticks(-16, 31, 8)).toEqual([-10, 0, 10, 20, 30]);
  expect(ticks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1].map((at) => expect.closeTo(at, 9)));
  expect(ticks(5, 5, 4)).toEqual([5]);
});
