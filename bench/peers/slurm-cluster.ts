/** A Slurm of this machine's own for benchmarks: a controller and a node on loopback, ended with the process that started them. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { prepareSlurm } from '../../test/slurm/conf.ts';

const START_MS = 20_000;
const POLL_MS = 50;

export interface Cluster {
  readonly env: NodeJS.ProcessEnv;
  /** A line for each job that has ended. */
  readonly completions: string;
  /** In the order of their start. */
  readonly daemons: readonly ChildProcess[];
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** @returns what it printed @throws if it fails */
export function ask(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): string {
  const [program = '', ...rest] = args;
  const { status, stdout, stderr } = spawnSync(program, rest, { cwd, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr.trim()}`);
  return stdout;
}

/** @throws if it does not come up */
export async function startCluster(folder: string): Promise<Cluster> {
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
  const cluster = { env, completions, daemons };
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
    await stopCluster(daemons);
    throw new Error(`Slurm did not come up: ${said.join(' / ').replaceAll(home, 'CLUSTER')}`);
  }
}

/** The last one that was started is ended first. */
export async function stopCluster(daemons: readonly ChildProcess[]): Promise<void> {
  for (const daemon of [...daemons].reverse()) {
    if (daemon.exitCode !== null || daemon.signalCode !== null) continue;
    const ended = once(daemon, 'exit');
    daemon.kill('SIGTERM');
    const timer = setTimeout(() => daemon.kill('SIGKILL'), 5_000);
    await ended;
    clearTimeout(timer);
  }
}
