/** What people are told of jobs of a real Slurm: nodes, times and memory, while they run and for good. */
import fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { engineHome, NOTE, post, ran, standing } from '../helpers/engine-home.ts';
import { expectProved, journal, slateOk, startRun, until } from '../helpers/home.ts';
import { startCluster } from './cluster.ts';

test('nodes, times and memory are told, and kept when Slurm has forgotten the jobs', async () => {
  // The partition whose jobs share no cores: one on each node, and one that waits.
  const { env } = await startCluster({ preempts: true });
  const step = `cpus: 8\nshell: '${NOTE}; until [ -e $SLATE_HOME/go ]; do sleep 0.2; done'`;
  const at = await engineHome('slurm', { a: step }, 'partition: urgent');
  await post(at, ['d1', 'd2', 'd3']);
  const run = startRun(at, ['--until-idle'], env);
  await until(() => ran(at).length === 2, 'two jobs to run, one on each node', 60_000);
  // Without Slurm's commands, as on any other host that has the board.
  const states = (): Promise<string> => slateOk(at, ['jobs', '--by', 'state']);
  await until(
    async () => /running +n1 +1 [\s\S]*running +n2 +1 [\s\S]*pending +(Resources|Priority) +1 /.test(await states()),
    'what runs where to be told',
    60_000,
  );
  const [d1] = (JSON.parse(await slateOk(at, ['jobs', '--json', 'd1'])) as { jobs: Record<string, unknown>[] }).jobs;
  expect(d1).toMatchObject({ engine: 'slurm', state: 'running', ended: null });
  expect(d1?.runSeconds).toEqual(expect.any(Number));
  fs.writeFileSync(join(at, 'go'), '');
  await run.ended;
  expect(standing(at)).toMatchObject({ d1: 'done c', d2: 'done c', d3: 'done c' });
  const ends = journal(at).filter(({ event }) => event === 'finish');
  expect(ends).toHaveLength(3);
  for (const { job } of ends) {
    const { id, node, wait, run: seconds } = job as Record<string, unknown>;
    expect(id).toMatch(/^\d+_\d+$/);
    expect(node).toMatch(/\w/);
    expect([typeof wait, typeof seconds]).toEqual(['number', 'number']);
  }
  expect(await slateOk(at, ['show', 'd1'])).toMatch(/job {7}001 job \d+_\d+ of slurm on n[12], waited .*, ran /);
  await expectProved(at);
});
