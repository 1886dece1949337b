import { join } from 'node:path';
import { readJournal, runKey } from './lib/journal.ts';
import { readTries } from './lib/manifest.ts';
import { type Member, memberFiles, readMembers } from './lib/members.ts';
import { encodePng } from './lib/png.ts';
import type { Summary } from './lib/retrieval.ts';
import { type GranuleRow, granuleRow, statisticsCsv, totalsOf } from './lib/statistics.ts';
import { drawStatistics } from './lib/statistics-chart.ts';
import { readJson, runStep, say, type Task, warn, writeResult } from './lib/step.ts';
import { EXIT, StepError } from './lib/step-errors.ts';

const ABOUT = `
statistics: what the granules of an aggregate took: time, iterations, tries that failed.

Takes the granules from $SLATE_MEMBERS, how their soundings came out from what download has fetched, and their tries from the board's journal; by hand
from folders with *_ret.json (--member DIR), without times. Leaves <dataset>_statistics.csv, a row a granule, …_statistics.json with the totals
and all tries, and …_statistics.png. A granule that has not come so far has its row, too.
`;

runStep('statistics', ABOUT, statistics);

function statistics(task: Task): void {
  const rows = task.members.length > 0 ? byHand(task) : ofMembers(task, readMembers(task));
  if (rows.length === 0)
    throw new StepError(EXIT.usage, 'no granules: give --member DIR, or post the aggregate with submit');
  rows.sort((a, b) => (a.granule < b.granule ? -1 : 1));
  const totals = totalsOf(rows);
  const missing = rows.filter(({ summary }) => summary === undefined);
  for (const { granule, state } of missing) warn(`the granule ${granule} was not retrieved (${state || 'unknown'})`);
  const note = `${totals.retrieved} of ${totals.granules} granules retrieved, ${totals.good} of ${totals.soundings} soundings good, ${totals.iterations} iterations, ${totals.retries} failed tries`;
  say(note);
  const name = `${task.dataset}_statistics`;
  writeResult(task, `${name}.csv`, statisticsCsv(rows));
  const left = missing.map(({ granule }) => granule);
  const told = { schemaVersion: 1, aggregate: task.dataset, ...totals, missing: left, rows };
  writeResult(task, `${name}.json`, `${JSON.stringify(told, null, 2)}\n`);
  const picture = drawStatistics(`Aggregate ${task.dataset}`, note, rows);
  writeResult(
    task,
    `${name}.png`,
    encodePng(picture, { Title: task.dataset, Description: note, Software: 'slateboard statistics' }),
  );
}

function byHand(task: Task): GranuleRow[] {
  return memberFiles(task, 'download', '_ret.json').map(({ dataset, path }) => {
    const member: Member = { dataset, posted: '', state: '', ready: true, products: {} };
    return granuleRow(member, [], readJson(path) as unknown as Summary);
  });
}

function ofMembers(task: Task, members: readonly Member[]): GranuleRow[] {
  const { SLATE_HOME: home = '', SLATE_BOARD: board = '' } = task.env;
  const folder = join(home, 'blackboard', board);
  const tries = readJournal(folder, members);
  return members.map((member) => {
    const { dataset, posted, products } = member;
    const summary =
      products.download === undefined
        ? undefined
        : (readJson(join(products.download, `${dataset}_ret.json`)) as unknown as Summary);
    const logs = readTries(folder, dataset).filter((log) => log.posted === posted && log.outcome !== 'run');
    const causes = new Map(logs.map(({ epoch, outcome }) => [epoch, outcome]));
    return granuleRow(member, tries.get(runKey(member)) ?? [], summary, causes);
  });
}
