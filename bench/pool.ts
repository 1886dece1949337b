/**
 * Past this machine: pools of hundreds and thousands of slots on a shared disk, simulated. The stage processes' looking,
 * choosing, claiming and finishing is the real code; disk and network are models (`pool/network.ts` has their figures).
 */
import fs from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import v8 from 'node:v8';
import vm from 'node:vm';
import { table } from './measure.ts';
import { STAGES } from './pool/backlog.ts';
import { type Named, QUICK, SCENARIOS } from './pool/scenarios.ts';
import { type Outcome, simulate } from './pool/simulate.ts';
import type { Row, Suite } from './suite.ts';

const percent = (share: number): string => `${(100 * share).toFixed(share > 0.99 || share < 0.01 ? 2 : 1)} %`;
const whole = (value: number): string => Math.round(value).toLocaleString('en');

function lengthOf({ stepSeconds: [least, most] }: Named): string {
  return least === most ? `${least} s` : `${least} to ${most} s`;
}

function titleOf(named: Named): string {
  const pool = `${whole(named.slots)} slots on ${named.hosts} hosts, ${named.model.name}, steps of ${lengthOf(named)}`;
  return named.turned === '' ? pool : `${pool}, ${named.turned}`;
}

/** The whole backlog at this rate, against a pool without overhead. */
function backlogOf(outcome: Outcome): string {
  const { datasets, slots, stepSeconds } = outcome.scenario;
  const idealHours = (datasets * STAGES * (stepSeconds[0] + stepSeconds[1])) / 2 / slots / 3600;
  return `${whole(datasets)} datasets in ${(idealHours / outcome.utilisation).toFixed(2)} h, ideally ${idealHours.toFixed(2)} h`;
}

function rowOf(named: Named, outcome: Outcome): Row {
  const full = outcome.fillSeconds === undefined ? 'never full' : `full after ${outcome.fillSeconds.toFixed(1)} s`;
  return {
    what: titleOf(named),
    ours: `${percent(outcome.utilisation)} of the slots' time`,
    against: 'a pool without overhead',
    theirs: '100 %',
    value: 100 * outcome.utilisation,
    unit: '%',
    note: [
      full,
      `${outcome.stepsPerSecond.toFixed(outcome.stepsPerSecond < 100 ? 1 : 0)} steps/s`,
      `${whole(outcome.requestsPerSecond)} requests/s at the server (most in one second: ${whole(outcome.peakPerSecond)})`,
      `${outcome.stalePerClaim.toFixed(3)} candidates gone and ${outcome.lostPerClaim.toFixed(4)} renames lost a claim`,
      `overhead ${percent(outcome.overhead)}`,
      backlogOf(outcome),
    ].join('; '),
  };
}

const HEAD = [
  'pool',
  'used',
  'steps/s',
  'requests/s',
  'peak',
  'of them reads · readdir · changes',
  'gone · lost a claim',
  'overhead',
  'full after',
];

function lineOf(named: Named, outcome: Outcome): string[] {
  const perSecond = (...requests: readonly string[]): number =>
    [...outcome.byRequest].reduce((sum, [request, count]) => sum + (requests.includes(request) ? count : 0), 0) /
    outcome.watchedSeconds;
  const parts = [
    perSecond('lookup', 'open', 'close', 'read', 'write'),
    perSecond('readdir'),
    perSecond('create', 'rename', 'link', 'remove', 'mkdir', 'setattr', 'commit'),
  ];
  return [
    titleOf(named),
    percent(outcome.utilisation),
    outcome.stepsPerSecond.toFixed(1),
    whole(outcome.requestsPerSecond),
    whole(outcome.peakPerSecond),
    parts.map(whole).join(' · '),
    `${outcome.stalePerClaim.toFixed(3)} · ${outcome.lostPerClaim.toFixed(4)}`,
    percent(outcome.overhead),
    outcome.fillSeconds === undefined ? 'never' : `${outcome.fillSeconds.toFixed(1)} s`,
  ];
}

/** A pool of 10,000 slots takes a gigabyte: the one before must be gone by then. */
function collector(): () => void {
  v8.setFlagsFromString('--expose-gc');
  return vm.runInNewContext('gc') as () => void;
}

export const pool: Suite = {
  name: 'pool',
  about: [
    'Simulated, not measured: pools of many hosts on one shared disk. Each host has a stage process with its share of the',
    'slots (some rows: eight); it looks, chooses, claims and finishes with the real code (`Picker`, `readQueue`, `choose`,',
    '`claim`, `finish`, logs, scratch and products), at the intervals of a polled board, on a file system in memory that',
    'charges for every request. The backlog is the size of the WFC3 reprocessing of 2015 (90,959 datasets) through five',
    'stages with products, as in `pipelines/hst.yaml`; all slots are empty at the start, and once 95 % of them are busy (or',
    'after 30 s) the pool is watched for 5 to 300 simulated seconds. The requests of a call, the round trips and what a',
    'server gets done are in `bench/pool/network.ts`, each with its source or the word assumed. A call changes the disk at',
    'the beginning of its piece of work (a look, a candidate asked for, a claim, a finish) and takes its time afterwards, so',
    'collisions within one claim are missed and those between a look and a claim are seen; waits shorter than 2 ms at the',
    'server are not; the steps’ own reading and writing is not there. A row that says `a model` is not built.',
  ].join(' '),
  run: async ({ folder, quick, say }) => {
    const rows: Row[] = [];
    const lines = [HEAD];
    const collect = collector();
    for (const [at, named] of (quick ? QUICK : SCENARIOS).entries()) {
      const home = join(folder, `pool${at}`);
      fs.mkdirSync(home);
      const start = performance.now();
      const outcome = simulate(named, home);
      say(`${titleOf(named)}: ${percent(outcome.utilisation)} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
      rows.push(rowOf(named, outcome));
      lines.push(lineOf(named, outcome));
      // The journals' turns of the event loop, which hold on to their disk.
      await nextTurn();
      collect();
    }
    say(table(lines));
    return rows;
  },
};
