/**
 * The protocol on a disk in memory, on which everything goes wrong that a disk, a file server, and who uses them can do. Stage
 * processes, posters, sweepers and people run in threads, and each of their calls is a moment at which another may come
 * first. A run is the same whenever its seed is run again: one that failed is kept below.
 *
 * `FAULT_RUNS=5000 FAULT_SEED=1 FAULT_REPORT=file npx vitest run test/faults/memory` runs more, and tells how often each
 * fault was met; `test/faults/memory.sh` does it.
 */
import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Silence } from './channel.ts';
import { Crew } from './crew.ts';
import { type Plan, plans } from './plan.ts';
import { type Run, Stage } from './stage.ts';
import { ALL_KINDS, type Kind, Tally } from './tally.ts';
import { judge } from './verdict.ts';

let crew: Crew;
beforeAll(async () => {
  crew = await Crew.assemble();
});
afterAll(async () => {
  await crew.dismiss();
});

const met = new Tally();

async function lostIn(plan: Plan): Promise<string[]> {
  const run = await runOf(plan);
  met.add(run.tally);
  return judge(plan, run);
}

/** A thread that does not answer is in the way of all runs that follow: the same is begun anew with others. */
async function runOf(plan: Plan): Promise<Run> {
  for (let round = 0; ; round++) {
    try {
      return new Stage(plan, crew).run();
    } catch (error) {
      if (!(error instanceof Silence) || round > 1) throw error;
      await crew.dismiss();
      crew = await Crew.assemble();
    }
  }
}

const STOPPED: readonly Kind[] = ['torn append', 'half-made file', 'process stopped', 'power cut'];
const REFUSED: readonly Kind[] = [
  'stale: missing',
  'full (EDQUOT)',
  'stale handle (ESTALE)',
  'read-only (EROFS)',
  'fsync (EIO)',
  'process killed',
  'process stopped',
];
const base: Plan = { seed: 0, calls: 1_500, isNetwork: true, durability: 'posts', kinds: ALL_KINDS };

/** Runs that failed once, and what they showed. */
const KEPT: readonly (readonly [what: string, plan: Plan])[] = [
  [
    'the folder that a probe of the disk makes was made, and then said to exist: the stage process ended',
    { ...base, seed: 14, durability: 'none' },
  ],
  [
    'posted, removed before its first claim, and posted again within the second: two runs of one time',
    { ...base, seed: 2_147_483_637, calls: 876, durability: 'none', kinds: ['read-only (EROFS)'] },
  ],
  [
    'the same, removed between its first claim and that one having a log',
    { ...base, seed: 1_750_585_783, calls: 203, durability: 'strict', kinds: REFUSED },
  ],
  [
    'two entries of one dataset were held unfit, and the later one had the link: the earlier was no JSON, and got none at its claim',
    { ...base, seed: 457_048_402, calls: 1_383, isNetwork: false, durability: 'none' },
  ],
  [
    'a try that is to run again was returned as lost at the same moment, to the same name: no second ending',
    { ...base, seed: 331_791_555, calls: 1_495, isNetwork: false, durability: 'none', kinds: STOPPED },
  ],
  [
    'removed, posted again within the second, and then put back by hand: of two files of one run one is held as a duplicate when it is claimed',
    { ...base, seed: 2_147_483_644, calls: 865, durability: 'strict' },
  ],
];

test.each(KEPT)('%s', async (_, plan) => {
  expect(await lostIn(plan)).toEqual([]);
});

const { FAULT_RUNS: runs, FAULT_SEED: seed = '1', FAULT_REPORT: report } = process.env;
const BOUND_MS = 10_000;

test('nothing is lost, and nothing done twice', { timeout: 4 * BOUND_MS }, async () => {
  await fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      expect(await lostIn(plan)).toEqual([]);
    }),
    // The same ones every time: new ones are looked for by the test below.
    { numRuns: 40, seed: 5, interruptAfterTimeLimit: BOUND_MS },
  );
  expect(met.total).toBeGreaterThan(0);
});

test.runIf(runs !== undefined)('the same, as often as asked for', { timeout: 24 * 3_600_000 }, async () => {
  const failed: string[] = [];
  for (const plan of fc.sample(plans, { numRuns: Number(runs), seed: Number(seed) })) {
    const lost = await lostIn(plan);
    if (lost.length > 0) failed.push(`${JSON.stringify(plan)}\n  ${lost.join('\n  ')}`);
  }
  if (report !== undefined) writeFileSync(report, reportOf(Number(runs), failed));
  expect(failed).toEqual([]);
});

function reportOf(numRuns: number, failed: readonly string[]): string {
  const rows = ALL_KINDS.map((kind) => `${kind.padEnd(26)} ${met.of(kind)}`);
  return [...rows, ...failed, `FAULTS memory: ${met.total} injected, ${failed.length} lost (${numRuns} runs)`, ''].join(
    '\n',
  );
}
