/**
 * Past this machine: pools of hundreds and thousands of slots on a shared disk, simulated. The stage processes' looking,
 * choosing, claiming and finishing is the real code; disk and network are models (`pool/network.ts` has their figures).
 */
import { fileURLToPath } from 'node:url';
import { table } from './measure.ts';
import { STAGES } from './pool/backlog.ts';
import type { Named } from './pool/scenarios.ts';
import { type Figures, scenariosOf, simulateAll } from './pool/threads.ts';
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
function backlogOf(outcome: Figures): string {
  const { datasets, slots, stepSeconds, batch } = outcome.scenario;
  const idealHours = (((datasets * STAGES) / batch) * (stepSeconds[0] + stepSeconds[1])) / 2 / slots / 3600;
  return `${whole(datasets)} datasets in ${(idealHours / outcome.utilisation).toFixed(2)} h, ideally ${idealHours.toFixed(2)} h`;
}

function rowOf(named: Named, outcome: Figures): Row {
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

function lineOf(named: Named, outcome: Figures): string[] {
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

export const pool: Suite = {
  name: 'pool',
  about: [
    'Simulated, not measured: pools of many hosts on one shared disk. Each host has a stage process with its share of the',
    'slots (some rows: eight); it looks, chooses, claims and finishes with the real code (`Picker`, `readQueue`, `choose`,',
    '`claim`, `finish`, logs, scratch and products), at the intervals of a polled board, on a file system in memory that',
    'charges for every request. The backlog is the size of the WFC3 reprocessing of 2015 (90,959 datasets) through five',
    'stages with products, as in `pipelines/hst.yaml`; all slots are empty at the start, and once 95 % of them are busy (or',
    'after 30 s) the pool is watched for 3 to 300 simulated seconds. The requests of a call, the round trips and what a',
    'server gets done are in `bench/pool/network.ts`, each with its source or the word assumed. A call changes the disk at',
    'the beginning of its piece of work (a look, a candidate asked for, a claim, a finish) and takes its time afterwards, so',
    'collisions within one claim are missed and those between a look and a claim are seen; waits shorter than 2 ms at the',
    'server are not; the steps’ own reading and writing is not there.',
  ].join(' '),
  run: async ({ folder, quick, say }) => {
    const scenarios = scenariosOf(quick);
    // One file is the whole program: in a thread it runs what it is ordered (`main.ts`).
    const all = await simulateAll(fileURLToPath(import.meta.url), folder, quick, (named, { figures, seconds }) =>
      say(`${titleOf(named)}: ${percent(figures.utilisation)} (${seconds.toFixed(1)} s)`),
    );
    const lines = [HEAD];
    const rows = all.map((figures, at): Row => {
      const named = scenarios[at] as Named;
      lines.push(lineOf(named, figures));
      return rowOf(named, figures);
    });
    say(table(lines));
    return rows;
  },
};
