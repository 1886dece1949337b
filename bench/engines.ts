/**
 * Steps as jobs of Slurm, against what Slurm itself does on the same daemons: entries a second through one stage against one
 * bare array of as many jobs; and what many jobs in flight cost the stage process that waits for them.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { join } from 'node:path';
import { median } from './measure.ts';
import { makeMill } from './mill.ts';
import { isProgram } from './peers/peer.ts';
import { ask, type Cluster, sleep, startCluster, stopCluster } from './peers/slurm-cluster.ts';

import { cpuNs } from './proc.ts';
import { finishTimes } from './steps.ts';
import { alternate, type Bench, type Row, ratioOf, type Suite } from './suite.ts';

const PROGRAMS = ['slurmctld', 'slurmd', 'munged', 'sbatch', 'squeue'];
const POLL_MS = 50;
const PATIENCE_MS = 300_000;

export const engines: Suite = {
  name: 'engines',
  about:
    'A Slurm of one node on this machine, scheduling at its shortest intervals, without accounting. *Through*: entries whose step is ' +
    '`/bin/true` go through one stage on it, from the first claim to the last finish in the journal, with `engines.yaml` at its ' +
    'defaults (arrays of 100, a question every 5 s); against one bare array of as many jobs of `/bin/true`, from `sbatch` to an empty queue. ' +
    '*In flight*: one stage process has jobs that wait in the queue or sleep, and is asked for nothing else; its processor time, ' +
    'all threads, without the clients that it starts, whose wall time is the other figure.',
  run,
};

async function run(bench: Bench): Promise<readonly Row[]> {
  const absent = PROGRAMS.find((program) => !isProgram(program));
  if (absent !== undefined) return [notMeasured(absent)];
  const cluster = await startCluster(bench.folder);
  try {
    return [await through(bench, cluster), await inFlight(bench, cluster)];
  } finally {
    await stopCluster(cluster.daemons);
  }
}

function notMeasured(absent: string): Row {
  const note = `no ${absent} here (Debian: slurmctld, slurmd, slurm-client, munge)`;
  return { what: 'steps as jobs of Slurm', ours: '', against: '', theirs: '', value: undefined, unit: '×', note };
}

async function through({ root, folder, quick, say }: Bench, { env }: Cluster): Promise<Row> {
  const entries = quick ? 100 : 400;
  const rates = await alternate(quick ? 1 : 2, {
    ours: async (round) => {
      const home = join(folder, `through-${round}`);
      await makeHome(home, '#!/bin/sh\nexec /bin/true\n', entries, '');
      const child = spawn(process.execPath, [join(root, 'dist', 'slate.js'), '--home', home, 'run', '--until-idle'], {
        env,
        stdio: 'ignore',
      });
      await once(child, 'exit');
      const { firstMs, lastMs } = finishTimes(join(home, 'blackboard', 'b'), entries);
      return entries / ((lastMs - firstMs) / 1000);
    },
    bare: async () => {
      const start = performance.now();
      ask(['sbatch', '--parsable', `--array=0-${entries - 1}`, '--wrap=/bin/true'], folder, env);
      await untilEmpty(folder, env);
      return entries / ((performance.now() - start) / 1000);
    },
  });
  for (const [name, list] of Object.entries(rates))
    say(`${name}: ${list.map((rate) => rate.toFixed(1)).join(', ')} jobs/s`);
  return {
    what: `${entries.toLocaleString('en')} entries through a stage on Slurm`,
    ours: `${median(rates.ours).toFixed(1)} entries/s`,
    against: 'a bare array on the same daemons',
    theirs: `${median(rates.bare).toFixed(1)} jobs/s`,
    value: ratioOf(rates.ours, rates.bare),
    unit: '×',
    target: { atLeast: 0.9 },
  };
}

async function inFlight({ root, folder, quick, say }: Bench, { env }: Cluster): Promise<Row> {
  const jobs = quick ? 500 : 5_000;
  const windowMs = quick ? 6_000 : 20_000;
  const home = join(folder, 'flight');
  await makeHome(home, '#!/bin/sh\nexec sleep 3600\n', jobs, `    most: ${jobs}\n`);
  const args = [join(root, 'dist', 'slate.js'), '--home', home, 'run'];
  const child = spawn(process.execPath, args, { env, stdio: 'ignore' });
  const ended = once(child, 'exit');
  try {
    const count = (): number =>
      lines(ask(['squeue', '-h', '-r', '-t', 'all', '--states=PD,R', '-o', '%i'], folder, env));
    await until(() => count() >= jobs);
    // What comes with the submission is over.
    await sleep(windowMs / 2);
    const pid = child.pid ?? 0;
    const [before, start] = [cpuNs(pid), process.hrtime.bigint()];
    await sleep(windowMs);
    const percent = ((cpuNs(pid) - before) / Number(process.hrtime.bigint() - start)) * 100;
    const asked = Array.from({ length: 3 }, () => {
      const began = performance.now();
      count();
      return performance.now() - began;
    });
    say(`in flight: ${count()} jobs, ${percent.toFixed(1)} % of a core, squeue ${median(asked).toFixed(0)} ms`);
    return {
      what: `${jobs.toLocaleString('en')} jobs in flight from one stage process`,
      ours: `${percent.toFixed(1)} % of a core`,
      against: 'one squeue of all of them',
      theirs: `${median(asked).toFixed(0)} ms`,
      value: percent,
      unit: '%',
      target: { atMost: 10 },
      note: 'one squeue every 5 s, whatever the number of jobs',
    };
  } finally {
    // Its jobs would be adopted by nobody: they go with their cluster.
    child.kill('SIGKILL');
    await ended;
    ask(['scancel', '--state=PENDING', '--user', String(process.getuid?.() ?? 0)], folder, env);
    ask(['scancel', '--user', String(process.getuid?.() ?? 0)], folder, env);
  }
}

async function makeHome(home: string, program: string, entries: number, lines: string): Promise<void> {
  const mill = { file: '/bin/sh', program, more: 'engine: slurm\n', pipeline: `inFlight: ${2 * entries}\n` };
  await makeMill(home, mill, entries);
  if (lines !== '') fs.writeFileSync(join(home, 'engines.yaml'), `engines:\n  slurm:\n${lines}`);
}

async function untilEmpty(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  await until(() => ask(['squeue', '--noheader', '--format=%i'], folder, env).trim() === '');
}

const lines = (text: string): number => (text.trim() === '' ? 0 : text.trim().split('\n').length);

/** @throws if it takes too long */
async function until(isThere: () => boolean): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!isThere()) {
    if (performance.now() > deadline) throw new Error('Slurm has not come so far in time');
    await sleep(POLL_MS);
  }
}
