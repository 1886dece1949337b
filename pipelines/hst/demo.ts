/**
 * The main job: nine real Hubble exposures are dropped into the landing zone of a new board and go through the pipeline `hst` on
 * competing stage processes, while an association on a board of its own waits for them. One was corrupted on the way and fails at
 * verify; in the second act it is repaired as an operator would. When it is calibrated, the association goes on and makes the mosaic.
 */
import fs from 'node:fs';
import { basename, join, relative } from 'node:path';
import { scanBoard } from '../../src/index.ts';
import { corrupt } from '../../stages/lib/corrupt.ts';
import { allIn, type Lab, type Line } from '../demo/lab.ts';
import { say } from '../demo/screen.ts';

const SUFFIX = '_flt.fits.gz';
const ASSOCIATION = 'j8bt06nyq';
/** The one that is damaged on its way. */
const DAMAGED = `${ASSOCIATION}_t05`;
const MEMBERS = 9;
const PROCESSES = 2;
/** With the dashboard open, people are to see the association waiting, and the failure before it is repaired. */
const SHOWN_MS = 6_000;

export async function hstDemo(lab: Lab): Promise<void> {
  const [hst, association] = lab.create('hst', 'association') as [Line, Line];
  const zone = join(lab.home, 'incoming', hst.board.name);
  for (const { board, stages } of [hst, association]) say(`Board ${board.name}: ${stages.join(' → ')}`);
  lab.run(hst, PROCESSES);
  lab.run(association, 1);
  await lab.show(association);

  say(
    `\nAct 1: an association waits for nine exposures; they arrive in ${relative(lab.home, zone)}/, ${DAMAGED} damaged on the way.`,
  );
  const needs = `members: [{board: ${hst.board.name}, glob: ${ASSOCIATION}_t*, atLeast: ${MEMBERS}}]`;
  await lab.operator(association, ['post', ASSOCIATION, '--class', 'asn', '--needs', '-'], needs);
  await lab.screen?.linger(SHOWN_MS);
  await lab.show(hst);
  dropExposures(lab, zone);
  await lab.until(hst, allIn(MEMBERS, 'done', 'failed'));
  const failed = scanBoard(hst.board, ['failed']).entries.map((entry) => entry.name.dataset);
  if (failed.join() !== DAMAGED) {
    throw new Error(
      `expected ${DAMAGED} to fail at verify and nothing else, but failed: ${failed.join(', ') || 'nothing'}`,
    );
  }
  await lab.operator(association, ['show', ASSOCIATION]);
  await lab.screen?.linger(SHOWN_MS);

  say('\nAct 2: the operator finds the failure, fetches the exposure again, and sends the entry back.');
  await lab.operator(hst, ['ls', '--state', 'failed']);
  await lab.operator(hst, ['log', DAMAGED, 'verify']);
  const file = `${DAMAGED}${SUFFIX}`;
  say(`  $ cp pipelines/hst/exposures/${file} ${relative(lab.home, join(zone, 'taken', file))}`);
  fs.copyFileSync(join(lab.home, 'pipelines', 'hst', 'exposures', file), join(zone, 'taken', file));
  const why = 'fetched again: the first copy was damaged';
  await lab.operator(hst, ['repipe', DAMAGED, '--stage', 'verify', '--reason', why]);
  await lab.until(association, (entries) => entries.some(({ name }) => name.letters[0] !== 'g'));

  say('\nAct 3: the ninth exposure is calibrated, and the association has all that it waits for.');
  await lab.show(association);
  await lab.until(association, allIn(1, 'done'));
  await lab.until(hst, allIn(MEMBERS, 'done'));
  await lab.operator(hst, ['counts']);
  summary(lab, hst, association);
}

function dropExposures(lab: Lab, zone: string): void {
  const folder = join(lab.home, 'pipelines', 'hst', 'exposures');
  fs.mkdirSync(zone, { recursive: true });
  for (const file of fs
    .readdirSync(folder)
    .filter((name) => name.endsWith(SUFFIX))
    .sort()) {
    const whole = fs.readFileSync(join(folder, file));
    fs.writeFileSync(join(zone, file), file.startsWith(DAMAGED) ? corrupt(whole) : whole);
  }
}

function summary(lab: Lab, hst: Line, association: Line): void {
  const products = lab.products();
  const count = products.reduce((sum, { files }) => sum + files.length, 0);
  say(`\n${MEMBERS} exposures and their association done in ${lab.seconds} s, ${count} products:`);
  for (const { stage, files } of products) {
    const shown = files.find((path) => basename(path).includes(DAMAGED)) ?? files[0] ?? '';
    say(`  ${stage.padEnd(10)} ${String(files.length).padStart(3)}  ${shown}`);
  }
  say(`One failure, ${DAMAGED} at verify (exit code 2: wrong DATASUM), repaired by fetching it again and repiping it.`);
  const command = 'node dist/slate.js --board';
  say(
    `\nLook around: ${command} ${hst.board.name} (the dashboard) · ${command} ${hst.board.name} ls · ${command} ${association.board.name} show ${ASSOCIATION}`,
  );
  const picture = products.flatMap(({ files }) => files).find((path) => path.endsWith(`${ASSOCIATION}_sources.png`));
  const image = products.flatMap(({ files }) => files).find((path) => path.endsWith('_mos.fits'));
  say(`The mosaic: ${image}\nIts picture: ${picture}`);
}
