import { readFileSync } from 'node:fs';
import { drawDay } from './lib/day-chart.ts';
import { type Mean, parseDays, type RegionDay } from './lib/day-means.ts';
import { encodePng } from './lib/png.ts';
import { productPath, readJson, runStep, say, type Task, writeResult } from './lib/step.ts';
import { reading } from './lib/step-errors.ts';

const ABOUT = `
chart: a picture of a day's table (--from daily=DIR).

Leaves <dataset>.png: the stations on a map, coloured by their mean temperature, and each region's temperature by the hour.
`;

runStep('chart', ABOUT, chart);

interface Daily {
  readonly day: string;
  readonly all: { readonly reports: number; readonly stations: number; readonly means: { readonly t: Mean | null } };
  readonly regions: readonly (RegionDay & { readonly title: string })[];
  readonly missing: readonly string[];
}

function chart(task: Task): void {
  const path = productPath(task, 'daily', `${task.dataset}_daily.csv`);
  const days = reading(path, () => parseDays(readFileSync(path, 'utf8')));
  const { day, all, regions, missing } = readJson(
    productPath(task, 'daily', `${task.dataset}_daily.json`),
  ) as unknown as Daily;
  const mean = all.means.t;
  const told = mean === null ? 'no mean temperature' : `mean ${mean.mean.toFixed(1)} C of ${mean.stations} stations`;
  const without = missing.length === 0 ? '' : `, without ${missing.join(', ')}`;
  const curves = regions
    .filter(({ hourly }) => hourly.length > 0)
    .map(({ title, means, hourly }) => ({ title, stations: means.t?.stations ?? 0, points: hourly }));
  const title = `Surface reports of ${day}`;
  const note = `${all.reports} reports of ${all.stations} stations in ${regions.length} regions${without}; ${told}`;
  const picture = drawDay({ title, note, days, curves });
  say(`${picture.width} x ${picture.height}: ${note}`);
  writeResult(
    task,
    `${task.dataset}.png`,
    encodePng(picture, { Title: title, Description: note, Software: 'slateboard chart' }),
  );
}
