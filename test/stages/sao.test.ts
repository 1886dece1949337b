import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDays } from '../../stages/lib/day-means.ts';
import { REGIONS } from '../../stages/lib/regions.ts';
import { parseReports } from '../../stages/lib/reports.ts';
import { decodePng } from './png.ts';
import { Programs } from './programs.ts';
import { ROOT } from './support.ts';

const REPORTS = join(ROOT, 'pipelines', 'sao', 'reports');
const DAY = '19950318';

const programs = new Programs();
const out = (...names: string[]) => programs.path(...names);
const read = (...names: string[]) => readFileSync(out(...names), 'utf8');
const json = (...names: string[]) => JSON.parse(read(...names));

interface Posted {
  readonly dataset: string;
  readonly class: string;
  readonly params: { readonly input: string; readonly region: string; readonly day: string };
}
let posted: Posted[] = [];

/** A region's child, as the runner runs it: from the parameters it was posted with. */
function runRegion({ dataset, params }: Posted): void {
  const file = out(`${dataset}.params`);
  writeFileSync(file, JSON.stringify(params));
  const env = { SLATE_HOME: programs.home, SLATE_DATASET: dataset, SLATE_PARAMS: file };
  for (const [step, from] of [
    ['clean', {}],
    ['mean', { SLATE_IN_CLEAN: out('clean', dataset) }],
  ] as const) {
    const { status, stderr } = programs.run(step, [], { ...env, ...from, SLATE_PRODUCTS: out(step, dataset) });
    expect({ dataset, step, status, stderr }).toEqual({ dataset, step, status: 0, stderr: '' });
  }
}

beforeAll(async () => {
  await programs.build(['split', 'clean', 'mean', 'daily', 'chart']);
  writeFileSync(out('params'), JSON.stringify({ input: REPORTS }));
  const env = { SLATE_HOME: programs.home, SLATE_DATASET: DAY };
  const made = programs.run('split', [], {
    ...env,
    SLATE_PARAMS: out('params'),
    SLATE_PRODUCTS: out('split'),
    SLATE_POST: out('post'),
  });
  expect(made).toMatchObject({ status: 0, stderr: '' });
  posted = read('post')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  for (const child of posted) runRegion(child);
  const members = posted.map(({ dataset }) => {
    return JSON.stringify({ board: 'sao', dataset, ready: true, products: { mean: out('mean', dataset) } });
  });
  writeFileSync(out('members'), `${members.join('\n')}\n`);
  const gathered = { ...env, SLATE_IN_SPLIT: out('split'), SLATE_MEMBERS: out('members') };
  expect(programs.run('daily', [], { ...gathered, SLATE_PRODUCTS: out('daily') })).toMatchObject({
    status: 0,
    stderr: '',
  });
}, 120_000);
afterAll(() => programs.remove());

describe('split', () => {
  it('posts a child for each region, with its reports as the input', () => {
    expect(posted.map(({ params }) => params.region)).toEqual(REGIONS.map(({ name }) => name));
    for (const { dataset, class: cls, params } of posted) {
      expect({ dataset, cls, day: params.day }).toEqual({
        dataset: `${DAY}_${params.region}`,
        cls: 'region',
        day: '1995-03-18',
      });
      // Relative to the home, so that the tree can be moved.
      expect(params.input).toBe(join('split', `${dataset}.csv`));
    }
  });

  it('loses no report, and doubles none', () => {
    const split = json('split', 'split.json');
    // Records of the files as ncdump -h tells them.
    expect(split.files.map(({ hour, reports }: { hour: number; reports: number }) => [hour, reports])).toEqual([
      [0, 2084],
      [6, 1704],
      [12, 2021],
      [18, 2181],
    ]);
    const reports = posted.flatMap(({ params }) => parseReports(read(params.input)));
    expect(reports).toHaveLength(2084 + 1704 + 2021 + 2181);
    expect(split.regions.map(({ reports: count }: { reports: number }) => count)).toEqual(
      posted.map(({ params }) => parseReports(read(params.input)).length),
    );
  });

  it('keeps the values of a report, and what is not told stays untold', () => {
    // By ncdump: see sao-figures.sh.
    const [first, ...more] = parseReports(read('split', `${DAY}_eastern.csv`)).filter(({ id }) => id === 'ABE');
    expect(first).toMatchObject({
      hour: 0,
      kind: 'SA',
      state: 'PA',
      country: 'US',
      time: '1995-03-17T23:50Z',
      dir: 20,
    });
    expect(first).toMatchObject({
      t: 9.444,
      td: 6.667,
      psl: 1016.8,
      altim: 1016.3,
      spd: 7.202,
      lat: 40.65,
      lon: -75.43,
      elev: 117,
    });
    expect(more.map(({ hour, t }) => [hour, t])).toEqual([
      [6, 5],
      [12, 3.333],
      [18, 12.778],
    ]);
    const mexican = parseReports(read('split', `${DAY}_mexico.csv`)).find(({ id }) => id === 'MMTO');
    expect(mexican?.psl).toBeNaN();
    expect(mexican?.lat).toBeNaN();
  });

  it('gives the same bytes when it is run again', () => {
    const argv = ['--input', REPORTS, '--dataset', DAY, '--out', out('again')];
    expect(programs.run('split', argv).status).toBe(0);
    for (const name of readdirSync(out('again'))) expect(read('again', name)).toBe(read('split', name));
  });
});

describe('clean', () => {
  const reportsOf = (region: string, id: string) =>
    parseReports(read('clean', `${DAY}_${region}`, `${DAY}_${region}_clean.csv`)).filter((report) => report.id === id);

  it('keeps one report for each station and hour', () => {
    for (const { dataset } of posted) {
      const reports = parseReports(read('clean', dataset, `${dataset}_clean.csv`));
      expect(new Set(reports.map(({ id, hour }) => `${id} ${hour}`)).size).toBe(reports.length);
      const counts = json('clean', dataset, 'clean.json');
      const dropped = Object.values<number>(counts.dropped).reduce((sum, count) => sum + count, 0);
      expect(counts.kept + dropped).toBe(counts.reports);
      expect(counts.kept).toBe(reports.length);
    }
  });

  it('takes the report that tells most, and of these the last: the correction', () => {
    // EGUN sent 51 C at 12 UTC, and then 11 C. UKI sent 1013.7 hPa, and then 1017.1, twice each.
    expect(reportsOf('abroad', 'EGUN').map(({ t, td }) => [t, td])).toEqual([[11, 0]]);
    expect(reportsOf('western', 'UKI')[0]?.psl).toBe(1017.1);
    // KDLH's second report of 0 UTC has no temperature.
    expect(reportsOf('unplaced', 'KDLH').map(({ t }) => t)).toEqual([-1, -2, -2, 0]);
  });

  it('blanks what is no weather and keeps the rest of the report', () => {
    const [, gso] = reportsOf('unplaced', 'KGSO');
    expect(gso).toMatchObject({ hour: 6, t: Number.NaN, td: Number.NaN, spd: 21.605 });
    expect(reportsOf('canada', 'YHZ').map(({ psl }) => psl)).toEqual([1017.3, Number.NaN, 1010.2, 1008.5]);
    expect(reportsOf('abroad', 'FJDG').map(({ altim, t }) => [altim, t])).toEqual(
      [27, 31, 28, 28].map((t) => [Number.NaN, t]),
    );
    expect(reportsOf('mexico', 'MMZC').map(({ t, td }) => [t, td])).toEqual([22, 7, 5, 18].map((t) => [t, Number.NaN]));
    // Degrees Fahrenheit that the decoder took for Celsius.
    expect(reportsOf('unplaced', 'YUM').map(({ td }) => td)).toEqual([Number.NaN, 5, 6.667, Number.NaN]);
    // A longitude of -790.2 is on no globe.
    expect(reportsOf('canada', 'WUY')[0]).toMatchObject({ lat: Number.NaN, lon: Number.NaN });
  });

  it('drops times that the decoder took for stations', () => {
    expect(json('clean', `${DAY}_unplaced`, 'clean.json').dropped.noStation).toBe(15);
    expect(reportsOf('unplaced', '1150')).toEqual([]);
  });
});

describe('the day', () => {
  const days = () => parseDays(read('daily', `${DAY}_daily.csv`));
  const day = (id: string) => days().find((each) => each.id === id);

  it('has the means of a station', () => {
    // By hand from ncdump's values: ABE has 9.444, 5, 3.333 and 12.778 C; its wind comes from 20, 340, 280 and 360 degrees.
    expect(day('ABE')).toMatchObject({
      region: 'eastern',
      hours: 4,
      t: 7.64,
      t_least: 3.33,
      t_most: 12.78,
      td: 1.11,
      psl: 1019.35,
    });
    expect(day('ABE')).toMatchObject({ altim: 1018.84, wind: 5.4, wind_dir: 355, wind_net: 4.79 });
    // UKI told its sea level pressure at two hours only.
    expect(day('UKI')).toMatchObject({ t: 13.75, psl: Number.NaN, altim: 1019.26 });
  });

  it('has the means of regions that ncdump and awk find', () => {
    // sao-figures.sh prints them.
    const { regions, all } = json('daily', `${DAY}_daily.json`);
    const figures = regions.map((each: Record<string, unknown> & { means: { t: unknown } }) => {
      return [each.region, each.reports, each.kept, each.stations, each.means.t];
    });
    expect(figures).toEqual(
      expect.arrayContaining([
        ['alaska', 641, 313, 97, { mean: -13.019, stations: 58 }],
        ['canada', 1392, 1203, 356, { mean: -0.967, stations: 220 }],
        ['pacific', 191, 88, 28, { mean: 23.535, stations: 15 }],
      ]),
    );
    expect(all).toMatchObject({ reports: 7990, stations: days().length });
    const whole = days()
      .map(({ t }) => t)
      .filter(Number.isFinite);
    expect(all.means.t.stations).toBe(whole.length);
    expect(all.means.t.mean).toBeCloseTo(whole.reduce((sum, t) => sum + t, 0) / whole.length, 2);
  });

  it('has each station once, in the order of regions', () => {
    const keys = days().map(({ region, id }) => `${region} ${id}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect([...new Set(days().map(({ region }) => region))]).toEqual(REGIONS.map(({ name }) => name));
  });

  it('names a region that has no means, and warns', () => {
    const some = posted.slice(1).flatMap(({ dataset }) => ['--member', out('mean', dataset)]);
    const { status, stdout } = programs.run('daily', [
      ...some,
      '--from',
      `split=${out('split')}`,
      '--dataset',
      DAY,
      '--out',
      out('some'),
    ]);
    expect(status).toBe(0);
    expect(stdout).toContain('warning: the region eastern with 758 reports has no means');
    expect(json('some', `${DAY}_daily.json`).missing).toEqual(['eastern']);
    const argv = ['--from', `daily=${out('some')}`, '--dataset', DAY, '--out', out('some')];
    expect(programs.run('chart', argv).stdout).toContain('in 9 regions, without eastern');
  });

  it('leaves out a member that its group did not wait for', () => {
    const lines = posted.map(({ dataset }, i) => {
      const rest =
        i === 3
          ? { ready: false, state: 'failed', products: {} }
          : { ready: true, products: { mean: out('mean', dataset) } };
      return JSON.stringify({ board: 'sao', dataset, ...rest });
    });
    writeFileSync(out('nine'), `${lines.join('\n')}\n`);
    const env = {
      SLATE_DATASET: DAY,
      SLATE_IN_SPLIT: out('split'),
      SLATE_MEMBERS: out('nine'),
      SLATE_PRODUCTS: out('nine-out'),
    };
    const { status, stdout } = programs.run('daily', [], env);
    expect(status).toBe(0);
    expect(stdout).toContain(`warning: the member ${DAY}_western has not come so far as mean: it is left out`);
    expect(json('nine-out', `${DAY}_daily.json`).missing).toEqual(['western']);
  });

  it('refuses means of another day', () => {
    const folder = out('other');
    mkdirSync(folder, { recursive: true });
    const summary = json('mean', `${DAY}_alaska`, `${DAY}_alaska_mean.json`);
    writeFileSync(
      join(folder, 'x_mean.json'),
      JSON.stringify({ ...summary, clean: { ...summary.clean, day: '1995-03-19' } }),
    );
    const argv = ['--member', folder, '--from', `split=${out('split')}`, '--dataset', DAY, '--out', out('wrong')];
    expect(programs.run('daily', argv)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('it is of 1995-03-19'),
    });
  });
});

describe('the chart', () => {
  it('has a dot at every station of the map, coloured by its temperature', () => {
    const argv = ['--from', `daily=${out('daily')}`, '--dataset', DAY, '--out', out('chart')];
    expect(programs.run('chart', argv)).toMatchObject({ status: 0, stderr: '' });
    const picture = decodePng(readFileSync(out('chart', `${DAY}.png`)));
    expect(picture).toMatchObject({ width: 1120, height: 640 });
    expect(picture.text).toMatchObject({
      Title: 'Surface reports of 1995-03-18',
      Description: '7990 reports of 1899 stations in 10 regions; mean 7.2 C of 1054 stations',
    });
    // Honolulu is warm: more red than blue. Fairbanks is not: more blue than red.
    const colour = (lat: number, lon: number) => {
      const x = Math.round(52 + ((lon + 170) / 120) * 660);
      const y = Math.round(78 + 452 - ((lat - 8) / 76) * 452);
      const [red = 0, , blue = 0] = picture.pixels.subarray((y * 1120 + x) * 3, (y * 1120 + x) * 3 + 3);
      return red - blue;
    };
    expect(colour(21.35, -157.93)).toBeGreaterThan(50);
    expect(colour(64.82, -147.87)).toBeLessThan(-50);
  });
});
