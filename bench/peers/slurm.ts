/**
 * Slurm's job arrays on this machine: a controller and a node of their own, on loopback, ended with the process that
 * started them. One array a stage, each task of it released by the same task of the stage before.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { prepareSlurm } from '../../test/slurm/conf.ts';
import { expectAll, type Peer, STAGES } from './peer.ts';

const START_MS = 20_000;
const POLL_MS = 50;

interface Cluster {
  readonly env: NodeJS.ProcessEnv;
  readonly completions: string;
  /** In the order of their start. */
  readonly daemons: readonly ChildProcess[];
}

let cluster: Cluster | undefined;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export const slurm: Peer = {
  name: 'slurm',
  label: 'Slurm, job arrays chained by `aftercorr`, one node',
  programs: ['slurmctld', 'slurmd', 'munged', 'sbatch', 'squeue'],
  package: 'slurmctld, slurmd, slurm-client, munge',
  target: 100,
  note: 'controller and node on this machine, scheduling at its shortest intervals, no accounting',
  async time(folder, entries) {
    cluster ??= await startCluster(folder);
    const { env, completions } = cluster;
    const before = countLines(completions);
    const start = performance.now();
    let previous = '';
    for (const _stage of STAGES) {
      const after = previous === '' ? [] : [`--dependency=aftercorr:${previous}`];
      const array = `--array=0-${entries - 1}`;
      previous = ask(['sbatch', '--parsable', array, ...after, '--wrap=/bin/true'], folder, env).trim();
    }
    while (ask(['squeue', '--noheader', '--format=%i'], folder, env).trim() !== '') await sleep(POLL_MS);
    const seconds = (performance.now() - start) / 1000;
    await expectAll(entries * STAGES.length, () => countLines(completions) - before);
    return seconds;
  },
  async stop() {
    for (const daemon of [...(cluster?.daemons ?? [])].reverse()) {
      if (daemon.exitCode !== null || daemon.signalCode !== null) continue;
      const ended = once(daemon, 'exit');
      daemon.kill('SIGTERM');
      const timer = setTimeout(() => daemon.kill('SIGKILL'), 5_000);
      await ended;
      clearTimeout(timer);
    }
    cluster = undefined;
  },
};

function countLines(file: string): number {
  if (!fs.existsSync(file)) return 0;
  return fs
    .readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.includes('JobState=COMPLETED')).length;
}

/** @throws if it fails */
function ask(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): string {
  const [program = '', ...rest] = args;
  const { status, stdout, stderr } = spawnSync(program, rest, { cwd, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr.trim()}`);
  return stdout;
}

/** @throws if it does not come up */
async function startCluster(folder: string): Promise<Cluster> {
  const home = join(folder, 'cluster');
  const completions = join(home, 'log', 'jobs');
  const files = prepareSlurm({
    home,
    nodes: ['n1'],
    node: `CPUs=${Math.min(2, cpus().length)}`,
    port: 26_817,
    limits: false,
    lines: [
      'MinJobAge=300',
      'SelectTypeParameters=CR_CPU',
      'JobAcctGatherType=jobacct_gather/none',
      'JobCompType=jobcomp/filetxt',
      `JobCompLoc=${completions}`,
      'PartitionName=main Nodes=n1 Default=YES MaxTime=INFINITE State=UP',
    ],
  });
  const env = { ...process.env, ...files.env };
  const daemons: ChildProcess[] = [];
  cluster = { env, completions, daemons };
  for (const [name, [program = '', ...rest]] of files.daemons) {
    const log = fs.openSync(join(files.logs, `${name}.out`), 'w');
    daemons.push(spawn(program, rest, { cwd: home, env, stdio: ['ignore', log, log] }));
    fs.closeSync(log);
    if (name === 'munged') await until(() => fs.existsSync(files.socket), daemons, home);
  }
  const isIdle = (): boolean =>
    spawnSync('sinfo', ['--noheader', '--format=%t'], { env, encoding: 'utf8' }).stdout.trim() === 'idle';
  await until(isIdle, daemons, home);
  return cluster;
}

/** @throws if a daemon ends, or it takes too long */
async function until(isUp: () => boolean, daemons: readonly ChildProcess[], home: string): Promise<void> {
  const deadline = performance.now() + START_MS;
  while (!isUp()) {
    const dead = daemons.find(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null);
    if (dead === undefined && performance.now() < deadline) {
      await sleep(POLL_MS);
      continue;
    }
    const logs = fs.readdirSync(join(home, 'log')).map((name) => fs.readFileSync(join(home, 'log', name), 'utf8'));
    const said = logs.flatMap((text) => text.trim().split('\n').slice(-2)).filter((line) => line !== '');
    await slurm.stop?.();
    throw new Error(`Slurm did not come up: ${said.join(' / ').replaceAll(home, 'CLUSTER')}`);
  }
}
