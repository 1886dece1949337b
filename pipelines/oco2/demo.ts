/**
 * Reprocessing at another site: a list of nine granules is dropped into the landing zone, becomes three aggregates, and these their granules.
 * One granule was damaged on its way, another one comes late: the first is mended by the operator, the second by itself. The check of
 * its aggregate has found something new, which the operator accepts.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { join, relative } from 'node:path';
import { scanBoard } from '../../src/index.ts';
import { corrupt } from '../../stages/lib/corrupt.ts';
import type { Lab, Line } from '../demo/lab.ts';
import { say } from '../demo/screen.ts';

const LIST = 'rp1';
const GRANULES = 9;
const AGGREGATES = 3;
const PROCESSES = 2;
const SUFFIX = '_flt.fits.gz';
const DAMAGED = 'j8bt06nyq_t05';
const LATE = 'j8bt06nyq_t09';
/** With the dashboard open, people are to see the failure before it is repaired. */
const SHOWN_MS = 6_000;

export async function oco2Demo(lab: Lab): Promise<void> {
  const [oco2] = lab.create('oco2') as [Line];
  const zone = join(lab.home, 'incoming', oco2.board.name);
  const store = join(zone, 'granules');
  fs.mkdirSync(store, { recursive: true });
  say(`Board ${oco2.board.name}: ${oco2.stages.join(' → ')}`);
  lab.run(oco2, PROCESSES);
  await lab.show(oco2);

  say(`\nAct 1: a list of ${GRANULES} granules arrives in ${relative(lab.home, zone)}/, and then its signal file.`);
  say(`  ${DAMAGED} was damaged on its way, ${LATE} has not come yet.`);
  deliver(lab, zone, store);
  const damaged = `${LIST}_a02_${DAMAGED}`;
  const late = `${LIST}_a03_${LATE}`;
  await lab.until(oco2, (entries) =>
    entries.some(({ folder, name }) => name.dataset === damaged && folder === 'failed'),
  );
  await lab.until(oco2, (entries) => entries.some(({ name }) => name.dataset === late && /[1-9]/.test(name.letters)));
  say(`  ${LATE} comes now; check tries it again by itself.`);
  put(lab, store, LATE);
  await lab.until(oco2, (entries) => {
    const isDone = (dataset: string) =>
      entries.some(({ folder, name }) => name.dataset === dataset && folder.startsWith('done'));
    return isDone(`${LIST}_a01`) && isDone(`${LIST}_a03`);
  });

  say('\nAct 2: the operator finds the failure, fetches the granule again, and sends the entry back.');
  await lab.operator(oco2, ['ls', '--state', 'failed']);
  await lab.operator(oco2, ['show', `${LIST}_a02`]);
  await lab.screen?.linger(SHOWN_MS);
  put(lab, store, DAMAGED);
  await lab.operator(oco2, ['repipe', damaged, '--reason', 'fetched again: it was damaged on its way']);
  await lab.until(oco2, (entries) =>
    entries.some(({ folder, name }) => name.dataset === `${LIST}_a02` && folder === 'held'),
  );

  say('\nAct 3: in the logs of its aggregate there is something that nobody has seen before.');
  await lab.operator(oco2, ['log', `${LIST}_a02`, 'quality']);
  await lab.screen?.linger(SHOWN_MS);
  const why = 'mended: the granule was fetched again';
  await lab.operator(oco2, ['skip', `${LIST}_a02`, '--stage', 'quality', '--reason', why]);
  const all = 1 + AGGREGATES + GRANULES;
  await lab.until(oco2, (entries) => entries.filter(({ folder }) => folder.startsWith('done')).length === all);
  await lab.operator(oco2, ['counts']);
  summary(lab, oco2);
}

/** The list with the checksums of the granules as they were sent, the granules themselves, and last the signal file. */
function deliver(lab: Lab, zone: string, store: string): void {
  const names = Array.from({ length: GRANULES }, (_, i) => `j8bt06nyq_t0${i + 1}`);
  const lines = names.map((name) => {
    const sha256 = createHash('sha256').update(sent(lab, name)).digest('hex');
    return `${sha256}  ${relative(lab.home, join(store, `${name}${SUFFIX}`))}\n`;
  });
  for (const name of names) {
    if (name === DAMAGED) fs.writeFileSync(join(store, `${name}${SUFFIX}`), corrupt(sent(lab, name)));
    else if (name !== LATE) put(lab, store, name);
  }
  fs.writeFileSync(join(zone, `${LIST}.list`), lines.join(''));
  fs.writeFileSync(join(zone, `${LIST}.list.done`), '');
}

function sent(lab: Lab, name: string): Buffer {
  return fs.readFileSync(join(lab.home, 'pipelines', 'hst', 'exposures', `${name}${SUFFIX}`));
}

/** Under its name it is whole: whoever tries it meanwhile finds none. */
function put(lab: Lab, store: string, name: string): void {
  const file = `${name}${SUFFIX}`;
  fs.writeFileSync(join(store, `.${file}`), sent(lab, name));
  fs.renameSync(join(store, `.${file}`), join(store, file));
  say(`  $ cp pipelines/hst/exposures/${file} ${relative(lab.home, store)}/`);
}

function summary(lab: Lab, { board }: Line): void {
  const products = lab.products();
  const files = products.flatMap(({ files: each }) => each);
  say(`\n${GRANULES} granules of ${AGGREGATES} aggregates done in ${lab.seconds} s, ${files.length} products:`);
  const done = scanBoard(board, ['done']).entries.map(({ name }) => name.dataset);
  for (const aggregate of done.filter((dataset) => /_a\d+$/.test(dataset)).sort()) {
    const path = files.find((file) => file.endsWith(`${aggregate}_statistics.json`)) ?? '';
    const { good, soundings, iterations, retries }: Record<string, number> = JSON.parse(
      fs.readFileSync(join(lab.home, path), 'utf8'),
    );
    const tries = `${retries} failed ${retries === 1 ? 'try' : 'tries'}`;
    say(`  ${aggregate}  ${good} of ${soundings} soundings good, ${iterations} iterations, ${tries}`);
  }
  const command = `node dist/slate.js --board ${board.name}`;
  say(`\nLook around: ${command} (the dashboard) · ${command} ls class:aggregate · ${command} show ${LIST}_a02`);
  const named = (end: string) => files.find((path) => path.endsWith(`${LIST}_${end}`));
  say(`The granules in a table: ${named('granules.csv')}\nAn aggregate's picture: ${named('a02_statistics.png')}`);
  say(`The list's picture: ${named('summary.png')}`);
}
