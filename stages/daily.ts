import { readFileSync } from 'node:fs';
import { DataError } from './lib/data-error.ts';
import { daysCsv, MEANS, meanOver, parseDays, type RegionDay, type StationDay } from './lib/day-means.ts';
import { memberFiles } from './lib/members.ts';
import { REGIONS } from './lib/regions.ts';
import { productPath, readJson, runStep, say, type Task, warn, writeResult } from './lib/step.ts';
import { reading } from './lib/step-errors.ts';

const ABOUT = `
daily: merges the means of a day's regions (members, their products of mean) into the day's table (--from split=DIR).

Leaves <dataset>_daily.csv, a line a station, and <dataset>_daily.json: the means of each region and of all stations. A region that was split off
and has no means is named in it, and warned of.
`;

runStep('daily', ABOUT, daily);

interface Split {
  readonly day: string;
  readonly files: readonly { readonly name: string; readonly hour: number; readonly reports: number }[];
  readonly regions: readonly { readonly region: string; readonly title: string; readonly reports: number }[];
}

interface RegionMeans extends RegionDay {
  readonly region: string;
  readonly least: number;
  readonly stations: number;
  readonly clean: { readonly day: string; readonly reports: number; readonly kept: number };
}

function daily(task: Task): void {
  const split = readJson(productPath(task, 'split', 'split.json')) as unknown as Split;
  const summaries = memberFiles(task, 'mean', '_mean.json').map(({ path }) => {
    const summary = readJson(path) as unknown as RegionMeans;
    if (summary.clean.day === split.day) return summary;
    throw new DataError(`${path}: it is of ${summary.clean.day}, but the day is ${split.day}`);
  });
  const tables = memberFiles(task, 'mean', '_mean.csv').map(({ path }) =>
    reading(path, () => parseDays(readFileSync(path, 'utf8'))),
  );
  const order = REGIONS.map(({ name }) => name as string);
  const days = tables
    .flat()
    .sort((a, b) => order.indexOf(a.region) - order.indexOf(b.region) || (a.id < b.id ? -1 : 1));
  const missing = split.regions.filter(({ region }) => summaries.every((summary) => summary.region !== region));
  for (const { region, reports } of missing) warn(`the region ${region} with ${reports} reports has no means`);
  const regions = split.regions.flatMap(({ region, title, reports }) => {
    const summary = summaries.find((each) => each.region === region);
    if (summary === undefined) return [];
    if (summary.clean.reports !== reports) {
      throw new DataError(`${region}: ${summary.clean.reports} reports came in, but ${reports} were split off`);
    }
    const { stations, least, means, hourly, clean } = summary;
    say(`${title}: ${stations} stations, ${means.t === null ? 'no mean temperature' : `${means.t.mean.toFixed(2)} C`}`);
    return [
      { region, title, reports, kept: clean.kept, stations, least, means: rounded(means), hourly: hourlyOf(hourly) },
    ];
  });
  const all = {
    reports: regions.reduce((sum, each) => sum + each.reports, 0),
    kept: regions.reduce((sum, each) => sum + each.kept, 0),
    stations: days.length,
    means: rounded(allMeans(days)),
  };
  const { day, files } = split;
  const table = { schemaVersion: 1, day, files, all, regions, missing: missing.map(({ region }) => region) };
  say(`${all.kept} of ${all.reports} reports, ${all.stations} stations, ${regions.length} regions`);
  writeResult(task, `${task.dataset}_daily.csv`, daysCsv(days));
  writeResult(task, `${task.dataset}_daily.json`, `${JSON.stringify(table, null, 2)}\n`);
}

function allMeans(days: readonly StationDay[]): RegionDay['means'] {
  return Object.fromEntries(MEANS.map((name) => [name, meanOver(days, name)])) as RegionDay['means'];
}

/** No more digits than mean something. */
function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function rounded(means: RegionDay['means']): RegionDay['means'] {
  const entries = MEANS.map((name) => {
    const value = means[name];
    return [name, value && { ...value, mean: round(value.mean) }];
  });
  return Object.fromEntries(entries);
}

function hourlyOf(hourly: RegionDay['hourly']): RegionDay['hourly'] {
  return hourly.map(({ hour, t }) => ({ hour, t: round(t) }));
}
