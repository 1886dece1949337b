/** The pipeline oco2, its retrievals on a real Slurm of two nodes. */
import fs from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { writeEngine } from '../helpers/engine-home.ts';
import { makeHome, slateOk } from '../helpers/home.ts';
import { deliver, run, table, untilStanding, withPipeline } from '../helpers/oco2-home.ts';
import { tile } from '../stages/support.ts';
import { startCluster } from './cluster.ts';

test('granules are computed on the nodes, and their aggregates tell where and how long', async () => {
  const { env } = await startCluster();
  const home = makeHome({ x: "command: ['true']" });
  writeEngine(home, 'slurm');
  await withPipeline(home, 'slurm');
  // The nodes of the tests' Slurm say nothing of their memory, so none can be had of them.
  const retrieve = join(home, 'stages', 'retrieve.yaml');
  fs.writeFileSync(retrieve, fs.readFileSync(retrieve, 'utf8').replace(/^memory: .*\n/m, ''));
  const numbers = [1, 2, 3, 4];
  for (const number of numbers) fs.copyFileSync(tile(number), join(home, 'exposures', basename(tile(number))));
  deliver(home, 'rp', numbers);
  const said = run(home, env);
  await untilStanding(home, { rp: 'done cssssssssc', rp_a01: 'done scsssssccs', rp_a02: 'done scsssssccs' }, said);
  for (const row of [...table(home, 'rp_a01'), ...table(home, 'rp_a02')]) {
    expect(row).toMatchObject({ state: 'done', retries: '0', node: expect.stringMatching(/^n[12]$/) });
    expect(Number(row.soundings)).toBeGreaterThan(250);
    expect(Number(row.retrieve_s)).toBeGreaterThan(0);
    expect(row.queued_s).toMatch(/^\d+\.\d{3}$/);
  }
  const jobs = await slateOk(home, ['--board', 'oco2', 'jobs', '--by', 'aggregate']);
  expect(jobs).toMatch(/rp_a01[^\n]*\n[^\n]*rp_a02/);
});
