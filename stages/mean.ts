import { readFileSync } from 'node:fs';
import { daysCsv, regionDay, stationDays } from './lib/day-means.ts';
import { parseReports } from './lib/reports.ts';
import { numberParam, productPath, readJson, runStep, say, type Task, textParam, writeResult } from './lib/step.ts';
import { reading } from './lib/step-errors.ts';

const ABOUT = `
mean: a day's means of each station of a region (--from clean=DIR).

Leaves <dataset>_mean.csv, a line a station, and <dataset>_mean.json: the region's means, each station counting once, its temperature by the
hour, and the counts of clean.

Parameters: region (its name), least (4: hours at which a station must have reported what is averaged).
`;

runStep('mean', ABOUT, mean);

function mean(task: Task): void {
  const path = productPath(task, 'clean', `${task.dataset}_clean.csv`);
  const region = textParam(task, 'region', /^[a-z0-9_-]+$/, 'the name of a region');
  const least = numberParam(task, 'least', 4, 1, 24);
  const reports = reading(path, () => parseReports(readFileSync(path, 'utf8')));
  const days = stationDays(region, reports, least);
  const { means, hourly } = regionDay(days, reports);
  for (const [name, value] of Object.entries(means)) {
    if (value !== null) say(`${name}: ${value.mean.toFixed(2)}, ${value.stations} of ${days.length} stations`);
  }
  const counts = readJson(productPath(task, 'clean', 'clean.json'));
  const summary = { schemaVersion: 1, region, least, stations: days.length, means, hourly, clean: counts };
  writeResult(task, `${task.dataset}_mean.csv`, daysCsv(days));
  writeResult(task, `${task.dataset}_mean.json`, `${JSON.stringify(summary, null, 2)}\n`);
}
