import { memberFiles } from './lib/members.ts';
import { encodePng } from './lib/png.ts';
import { type GranuleRow, mergedRow, statisticsCsv, totalsOf } from './lib/statistics.ts';
import { drawStatistics } from './lib/statistics-chart.ts';
import { readJson, runStep, say, type Task, writeResult } from './lib/step.ts';

const ABOUT = `
summary: what all aggregates of a list took (members, their products of statistics).

Leaves <dataset>_granules.csv, a row a granule, <dataset>_summary.csv, a row an aggregate, …_summary.json with the totals, and …_summary.png.
`;

runStep('summary', ABOUT, summary);

function summary(task: Task): void {
  const aggregates = memberFiles(task, 'statistics', '_statistics.json').map(({ dataset, path }) => {
    return { dataset, rows: readJson(path).rows as readonly GranuleRow[] };
  });
  const granules = aggregates.flatMap(({ rows }) => rows);
  const merged = aggregates.map(({ dataset, rows }) => mergedRow(dataset, rows));
  const totals = totalsOf(granules);
  const note = `${totals.retrieved} of ${totals.granules} granules retrieved, ${totals.good} of ${totals.soundings} soundings good, ${totals.retries} failed tries`;
  say(`${aggregates.length} aggregates: ${note}`);
  const name = `${task.dataset}_summary`;
  writeResult(task, `${task.dataset}_granules.csv`, statisticsCsv(granules));
  writeResult(task, `${name}.csv`, statisticsCsv(merged, 'aggregate'));
  const told = { schemaVersion: 1, list: task.dataset, aggregates: aggregates.length, ...totals };
  writeResult(task, `${name}.json`, `${JSON.stringify(told, null, 2)}\n`);
  const picture = drawStatistics(`List ${task.dataset}`, note, merged);
  const text = { Title: task.dataset, Description: note, Software: 'slateboard summary' };
  writeResult(task, `${name}.png`, encodePng(picture, text));
}
