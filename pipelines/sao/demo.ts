/**
 * A day of weather reports: one entry waits for the day's four files, splits them by region into entries of their own, gathers
 * these, and makes the day's table and picture of them.
 */
import fs from 'node:fs';
import { join, relative } from 'node:path';
import { allIn, type Lab, type Line } from '../demo/lab.ts';
import { say } from '../demo/screen.ts';

const DAY = '19950318';
const HOURS = ['00', '06', '12', '18'];
const REGIONS = 10;
const PROCESSES = 2;

export async function saoDemo(lab: Lab): Promise<void> {
  const [sao] = lab.create('sao') as [Line];
  const zone = join(lab.home, 'incoming', sao.board.name);
  const inside = relative(lab.home, zone);
  fs.mkdirSync(zone, { recursive: true });
  say(`Board ${sao.board.name}: ${sao.stages.join(' → ')}`);
  lab.run(sao, PROCESSES);
  await lab.show(sao);

  say(`\nAct 1: a day waits for its four files; they arrive in ${inside}/.`);
  const needs = `files: [{glob: ${inside}/950318*_sao.cdf.gz, atLeast: ${HOURS.length}}]`;
  await lab.operator(sao, ['post', DAY, '--class', 'day', '--param', `input=${inside}`, '--needs', '-'], needs);
  for (const hour of HOURS) {
    const file = `950318${hour}_sao.cdf.gz`;
    // Under its name it is whole: whoever waits for it does not look into it.
    fs.copyFileSync(join(lab.home, 'pipelines', 'sao', 'reports', file), join(zone, `.${file}`));
    fs.renameSync(join(zone, `.${file}`), join(zone, file));
    say(`  ${file} has come`);
  }
  await lab.until(sao, (entries) => entries.length > 1);

  say('\nAct 2: its reports are split by region; each region is an entry of its own.');
  await lab.until(sao, allIn(1 + REGIONS, 'done'));
  await lab.operator(sao, ['counts']);
  summary(lab, sao);
}

interface Mean {
  readonly mean: number;
  readonly stations: number;
}

function summary(lab: Lab, { board }: Line): void {
  const products = lab.products();
  const files = products.flatMap(({ files: each }) => each);
  say(`\nThe day and ${REGIONS} regions done in ${lab.seconds} s, ${files.length} products. Mean temperatures:`);
  const table = files.find((path) => path.endsWith('_daily.json')) ?? '';
  const { regions }: { regions: { title: string; means: { t: Mean | null } }[] } = JSON.parse(
    fs.readFileSync(join(lab.home, table), 'utf8'),
  );
  for (const { title, means } of regions) {
    const told = means.t === null ? 'none' : `${means.t.mean.toFixed(1).padStart(6)} C  (${means.t.stations} stations)`;
    say(`  ${title.padEnd(18)} ${told}`);
  }
  say(`\nLook around: node dist/slate.js --board ${board.name} · node dist/slate.js --board ${board.name} show ${DAY}`);
  say(
    `The table: ${files.find((path) => path.endsWith('_daily.csv'))}\nIts picture: ${files.find((path) => path.endsWith('.png'))}`,
  );
}
