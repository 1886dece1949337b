/**
 * A soak: hosts with an agent each on one small disk, entries that are posted all the time, and people with `mv`, while processes,
 * agents and hosts are killed and frozen and the disk runs full. At the end what was broken is mended, and the books are checked.
 */
import fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { boardPath, entries, makeHome, slateOk, until } from '../helpers/home.ts';
import { isDone, leftOver, losses, settle } from './lib/losses.ts';
import { isQuick, row } from './lib/rows.ts';
import { eventCounts } from './soak/books.ts';
import { Chance } from './soak/chance.ts';
import { Director, pause } from './soak/director.ts';
import { SmallDisk } from './soak/disk.ts';
import { AgentHost } from './soak/hosts.ts';
import { Operator } from './soak/operator.ts';
import { Poster } from './soak/poster.ts';

const asked = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);
const ENTRIES = asked('SOAK_ENTRIES', isQuick ? 2_000 : 50_000);
const MINUTES = asked('SOAK_MINUTES', isQuick ? 1 : 10);
const HOSTS = asked('SOAK_HOSTS', 5);
const SEED = asked('SOAK_SEED', 6);
const LEASE_MS = 4_000;
const GAP_MS = 2_500;
const MOVES_A_SECOND = 8;
/** At the start, and how many batches the others come in. */
const AT_START = 0.4;
const BATCHES = 20;
const MENDING_MS = 1_800_000;

const TRUE = 'command: [/bin/true]\nretries: 9\nbackoff: {first: 0s}';
/** Of the hosts in turn. */
const WISHES = [['a+b=3'], ['a=2', 'b=2'], ['a+b=2']];

test(`${ENTRIES} entries on ${HOSTS} hosts, ${MINUTES} minutes`, {
  timeout: MINUTES * 60_000 + 2 * MENDING_MS,
}, async () => {
  const home = makeHome({ a: TRUE, b: TRUE });
  const disk = new SmallDisk(join(home, 'blackboard'), 200 + Math.ceil(ENTRIES / 50), 10_000 + ENTRIES * 6);
  await slateOk(home, ['create', 'b', '--pipeline', 'p', '--lease', `${LEASE_MS / 1000}s`]);
  const hosts = Array.from({ length: HOSTS }, (_, index) => new AgentHost(`host${index + 1}`, home));
  for (const [index, host] of hosts.entries()) {
    fs.mkdirSync(boardPath(home, `hosts/${host.name}`), { recursive: true });
    for (const wish of WISHES[index % WISHES.length] ?? [])
      fs.writeFileSync(boardPath(home, `hosts/${host.name}/${wish}`), '');
    host.switchOn();
  }
  const datasets = Array.from({ length: ENTRIES }, (_, index) => `d${String(index).padStart(6, '0')}`);
  const poster = new Poster(home, datasets);
  const chance = new Chance(SEED);
  const startMs = performance.now();
  const untilMs = startMs + MINUTES * 60_000;
  const operator = new Operator(home, new Chance(SEED + 1));
  const director = new Director({ home, hosts, disk, poster, leaseMs: LEASE_MS }, chance);

  await poster.post(ENTRIES * AT_START);
  operator.start(MOVES_A_SECOND);
  const breaking = director.direct(untilMs, GAP_MS);
  const size = Math.ceil((ENTRIES * (1 - AT_START)) / BATCHES);
  while (!poster.isOver) {
    await poster.post(size);
    // The last comes well before the end.
    await pause((MINUTES * 60_000 * 0.6) / BATCHES);
  }
  await breaking;
  await operator.stop();

  await until(
    () => settle(home),
    () => `${leftOver(home)}\n${tails(hosts)}`,
    MENDING_MS,
  );
  const seconds = (performance.now() - startMs) / 1000;
  await slateOk(home, ['down', '--all', '--wait']);
  for (const host of hosts) await host.switchOff();

  const lost = [...(await losses(home, { posted: [] })), ...missing(home, datasets)];
  const counts = eventCounts(home);
  const count = (event: string): number => counts.get(event) ?? 0;
  const rate = Math.round(count('finish') / seconds);
  const told = [
    `${datasets.length} entries, ${count('claim')} claims, ${count('finish')} finishes in ${Math.round(seconds)} s`,
    `${rate} steps/s`,
    `${count('lost')} claims returned, ${count('discard')} results thrown away, ${count('suspect')} suspicions, ${count('blocked')} times blocked`,
    `seed ${SEED}`,
  ].join('; ');
  row({ fault: 'mv by hand', injected: operator.moved, lost, note: `${operator.tooLate} too late; ${told}` });
  for (const [fault, injected] of director.counts) {
    // In a minute not each of them comes.
    if (injected > 0 || !isQuick) row({ fault, injected, lost: [] });
  }
  expect(poster.count).toBe(ENTRIES);
});

/** Datasets that have not come to their end: each was posted once, or more often if its poster was killed before it said so. */
function missing(home: string, datasets: readonly string[]): string[] {
  const done = new Set(entries(home).flatMap((seen) => (isDone(seen) ? [seen.name.dataset] : [])));
  return datasets.filter((dataset) => !done.has(dataset)).map((dataset) => `${dataset} is not done`);
}

function tails(hosts: readonly AgentHost[]): string {
  return hosts
    .map(({ name, log }) => `${name}: ${fs.readFileSync(log, 'utf8').split('\n').slice(-5).join('\n')}`)
    .join('\n');
}
