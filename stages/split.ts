import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { asParameter, postChildren } from './lib/children.ts';
import { DataError } from './lib/data-error.ts';
import { groupBy } from './lib/group.ts';
import { unpack } from './lib/gzip.ts';
import { REGIONS, regionOf } from './lib/regions.ts';
import { type HourFile, readHour, reportsCsv } from './lib/reports.ts';
import { inputPath, runStep, say, type Task, writeResult } from './lib/step.ts';
import { reading } from './lib/step-errors.ts';

const ABOUT = `
split: takes a day's hourly surface reports (netCDF-3, gzipped or not) apart by region.

The input is a folder with the day's files, or one of them. Leaves <dataset>_<region>.csv for each region that has reports, and split.json; asks
for an entry of the class region for each ($SLATE_POST), with the parameters input, region and day.
`;

runStep('split', ABOUT, split);

interface Delivered extends HourFile {
  readonly name: string;
}

function split(task: Task): void {
  const path = inputPath(task);
  const files = filesOf(path).map((file): Delivered => {
    const hour = reading(file, () => readHour(unpack(readFileSync(file))));
    say(`${basename(file)}: ${hour.day}, ${hour.hour} UTC, ${hour.reports.length} reports`);
    return { name: basename(file), ...hour };
  });
  files.sort((a, b) => a.hour - b.hour);
  const day = oneDay(files, path);
  const byRegion = groupBy(
    files.flatMap(({ reports }) => reports),
    regionOf,
  );
  const regions = REGIONS.flatMap(({ name, title }) => {
    const reports = byRegion.get(name);
    if (reports === undefined) return [];
    const file = `${task.dataset}_${name}.csv`;
    writeResult(task, file, reportsCsv(reports));
    const stations = new Set(reports.map(({ id }) => id)).size;
    return [{ region: name, title, file, reports: reports.length, stations }];
  });
  const hours = files.map(({ name, hour, reports }) => ({ name, hour, reports: reports.length }));
  writeResult(task, 'split.json', `${JSON.stringify({ schemaVersion: 1, day, files: hours, regions }, null, 2)}\n`);
  postChildren(
    task,
    regions.map(({ region, file }) => ({
      dataset: `${task.dataset}_${region}`,
      class: 'region',
      params: { input: asParameter(task, join(task.out, file)), region, day },
    })),
  );
}

function filesOf(path: string): string[] {
  if (!reading(path, () => statSync(path)).isDirectory()) return [path];
  const names = reading(path, () => readdirSync(path)).filter(
    (name) => /\.(cdf|nc)(\.gz)?$/.test(name) && !name.startsWith('.'),
  );
  if (names.length === 0) throw new DataError(`${path}: there is no file *.cdf, *.cdf.gz, *.nc or *.nc.gz in it`);
  return names.sort().map((name) => join(path, name));
}

/** Means of several days in one, or of an hour twice, would be none. */
function oneDay(files: readonly Delivered[], path: string): string {
  const [first] = files;
  files.forEach((file, i) => {
    if (file.day !== first?.day)
      throw new DataError(`${path}: ${first?.name} is of ${first?.day}, ${file.name} of ${file.day}`);
    const before = files[i - 1];
    if (before?.hour === file.hour)
      throw new DataError(`${path}: ${before.name} and ${file.name} are both of ${file.hour} UTC`);
  });
  return first?.day ?? '';
}
