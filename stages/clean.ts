import { readFileSync } from 'node:fs';
import { clean as cleanReports } from './lib/quality.ts';
import { parseReports, reportsCsv } from './lib/reports.ts';
import { inputPath, runStep, say, type Task, textParam, writeResult } from './lib/step.ts';
import { EXIT, reading, StepError } from './lib/step-errors.ts';

const ABOUT = `
clean: takes out of a region's reports what is wrong in them, and repetitions.

Leaves <dataset>_clean.csv, one report for each station and hour, and clean.json: what was left out or blanked, and why. Exit code 3 if nothing
is left.

Parameters: day (the day of the reports, as 1995-03-18).
`;

runStep('clean', ABOUT, clean);

function clean(task: Task): void {
  const path = inputPath(task);
  const day = textParam(task, 'day', /^\d{4}-\d\d-\d\d$/, 'a day such as 1995-03-18');
  const reports = reading(path, () => parseReports(readFileSync(path, 'utf8')));
  const { reports: kept, dropped, blanked, unplaced } = cleanReports(reports, day);
  for (const [reason, count] of Object.entries(dropped)) if (count > 0) say(`${count} reports left out: ${reason}`);
  for (const [element, faults] of Object.entries(blanked)) {
    for (const [fault, count] of Object.entries(faults)) say(`${count} values of ${element} blanked: ${fault}`);
  }
  if (kept.length === 0) throw new StepError(EXIT.hold, `${path}: nothing is left of ${reports.length} reports`);
  const stations = new Set(kept.map(({ id }) => id)).size;
  say(`${kept.length} of ${reports.length} reports kept, of ${stations} stations`);
  const summary = {
    schemaVersion: 1,
    day,
    reports: reports.length,
    kept: kept.length,
    stations,
    dropped,
    blanked,
    unplaced,
  };
  writeResult(task, `${task.dataset}_clean.csv`, reportsCsv(kept));
  writeResult(task, 'clean.json', `${JSON.stringify(summary, null, 2)}\n`);
}
