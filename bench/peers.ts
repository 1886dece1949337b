/** Entries a second, side by side with the programs that people would take instead. */
import fs from 'node:fs';
import { join } from 'node:path';
import { median } from './measure.ts';
import { absence, type Peer, STAGES } from './peers/peer.ts';
import { FAST, SLOW } from './peers/programs.ts';
import { slurm } from './peers/slurm.ts';
import { timeSlate } from './steps.ts';
import { alternate, type Bench, type Row, ratioOf, type Suite } from './suite.ts';

interface Group {
  readonly peers: readonly Peer[];
  readonly entries: number;
  /** Fewer than ours for one that would take all the time there is. */
  readonly fewer?: Readonly<Record<string, number>>;
  readonly rounds: number;
}

function groups(quick: boolean): Group[] {
  return quick
    ? [
        { peers: FAST, entries: 100, rounds: 1 },
        { peers: [...SLOW, slurm], entries: 100, fewer: { luigi: 20, snakemake: 20, slurm: 4 }, rounds: 1 },
      ]
    : [
        { peers: FAST, entries: 400, rounds: 5 },
        { peers: [...SLOW, slurm], entries: 100, fewer: { luigi: 50, snakemake: 50, slurm: 6 }, rounds: 5 },
      ];
}

export const peers: Suite = {
  name: 'peers',
  about:
    `Entries through ${STAGES.length} stages of \`/bin/true\`, two at a time, by each program in the cheapest way that it ` +
    'has. Ours is timed from the first claim to the last finish, theirs from the start of the command to its end (queueing ' +
    'included where the command queues; what is written by hand, as a Makefile, is not). Slow ones get few entries: what Luigi and ' +
    'Snakemake take for an entry grows with their number, which flatters them more than their start costs; Slurm is given ' +
    'fewer than we are. Not measured, for want of a Debian package: HTCondor, HyperQueue, Nextflow, Airflow.',
  async run(bench) {
    const rows: Row[] = [];
    for (const group of groups(bench.quick)) rows.push(...(await measure(bench, group, rows.length)));
    return rows;
  },
};

async function measure({ root, folder, say }: Bench, group: Group, id: number): Promise<Row[]> {
  const { peers: all, entries, rounds } = group;
  const failures = new Map<Peer, string>();
  for (const peer of all) {
    const reason = absence(peer);
    if (reason !== undefined) failures.set(peer, reason);
  }
  const rate =
    (peer: Peer) =>
    async (round: number): Promise<number> => {
      if (failures.has(peer)) return Number.NaN;
      const own = join(folder, `${peer.name}-${round}`);
      fs.mkdirSync(own);
      const count = group.fewer?.[peer.name] ?? entries;
      try {
        return count / (await peer.time(own, count));
      } catch (error) {
        // One that does not work here must not take the others' rows along.
        failures.set(peer, `not measured: ${error instanceof Error ? error.message : String(error)}`);
        return Number.NaN;
      }
    };
  const rates = await alternate<string>(rounds, {
    slate: async (round) => entries / (await timeSlate(root, join(folder, `slate-${id}-${round}`), entries)),
    ...Object.fromEntries(all.map((peer) => [peer.name, rate(peer)])),
  });
  for (const peer of all) await peer.stop?.();
  for (const [name, list] of Object.entries(rates)) say(`${name}: ${list.map((value) => value.toFixed(1)).join(' ')}`);
  const slate = rates.slate ?? [];
  return all.map((peer): Row => {
    const reason = failures.get(peer);
    const theirs = rates[peer.name] ?? [];
    const size = group.fewer?.[peer.name];
    return {
      what: `${entries} entries through ${STAGES.length} stages of /bin/true`,
      ours: `${perSecond(slate)} entries/s`,
      against: `${peer.label}${size === undefined ? '' : `, ${size} entries`}`,
      theirs: reason === undefined ? `${perSecond(theirs)} entries/s` : '',
      value: reason === undefined ? ratioOf(slate, theirs) : undefined,
      unit: '×',
      target: { atLeast: peer.target },
      note: reason ?? peer.note,
    };
  });
}

function perSecond(rates: readonly number[]): string {
  const rate = median(rates);
  return rate < 20 ? rate.toFixed(1) : Math.round(rate).toLocaleString('en');
}
