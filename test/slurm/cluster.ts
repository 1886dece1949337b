/** A Slurm of this machine's own for tests: a controller and two nodes on loopback, ended with the test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { onCleanup, tempFolder, until } from '../helpers/home.ts';
import { prepareSlurm, removeGroups, type SlurmSetup } from './conf.ts';

export const NODES: readonly string[] = ['n1', 'n2'];

export interface ClusterOptions {
  /** Jobs are kept to the memory that they have asked for. */
  readonly limits?: boolean;
  /** There are partitions that give way to another: with those no two jobs share a core. */
  readonly preempts?: boolean;
  /** Seconds that a job is known after its end. Looked for every ten seconds. */
  readonly keeps?: number;
}

/** Jobs of `low` are cancelled for those of `urgent`; those of `lower` would be queued again, if they let themselves. */
const PREEMPTING: readonly string[] = [
  'PreemptType=preempt/partition_prio',
  'PreemptMode=REQUEUE',
  'PartitionName=low Nodes=n1 MaxTime=INFINITE PriorityTier=1 PreemptMode=CANCEL',
  'PartitionName=lower Nodes=n2 MaxTime=INFINITE PriorityTier=1 PreemptMode=REQUEUE',
  'PartitionName=urgent Nodes=n1,n2 MaxTime=INFINITE PriorityTier=9 PreemptMode=OFF',
];

function setup({ limits = false, preempts = false, keeps = 300 }: ClusterOptions): Omit<SlurmSetup, 'home'> {
  const nodes = NODES.join(',');
  return {
    nodes: NODES,
    node: limits ? 'CPUs=8 RealMemory=100000' : 'CPUs=8',
    port: 27_817,
    limits,
    lines: [
      'SlurmdTimeout=10',
      'SlurmctldTimeout=10',
      'InactiveLimit=0',
      'KillWait=2',
      `MinJobAge=${keeps}`,
      'MaxJobCount=20000',
      ...(limits ? ['SelectTypeParameters=CR_Core_Memory', 'DefMemPerCPU=100'] : ['SelectTypeParameters=CR_Core']),
      'JobAcctGatherType=jobacct_gather/none',
      'JobCompType=jobcomp/none',
      'CommunicationParameters=NoAddrCache',
      `PartitionName=main Nodes=${nodes} Default=YES MaxTime=INFINITE OverSubscribe=FORCE:4`,
      ...(preempts ? PREEMPTING : []),
    ],
  };
}

export interface Cluster {
  /** For whoever talks to it. */
  readonly env: Readonly<Record<string, string>>;
  /** A command of Slurm's. @returns what it printed */
  ask(command: string, ...words: string[]): Promise<string>;
  /** Kills a daemon: `slurmctld`, `n1`, `n2`. */
  kill(daemon: string): Promise<void>;
  start(daemon: string): Promise<void>;
}

export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const home = tempFolder('slate-cluster-');
  fs.chmodSync(home, 0o755);
  const { conf, env, socket, logs, daemons: words } = prepareSlurm({ home, ...setup(options) });
  const daemons = new Map<string, ChildProcess>();
  const start = (name: string): void => {
    const [program = '', ...rest] = words.get(name) ?? [];
    const log = fs.openSync(join(logs, `${name}.out`), 'a');
    const child = spawn(program, rest, { cwd: home, env: { ...process.env, ...env }, stdio: ['ignore', log, log] });
    daemons.set(name, child);
    fs.closeSync(log);
  };
  const end = async (name: string, signal: NodeJS.Signals): Promise<void> => {
    const child = daemons.get(name);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
    await ended;
    clearTimeout(timer);
  };
  const ask = async (command: string, ...rest: string[]): Promise<string> =>
    (await execa(command, rest, { env })).stdout;
  const isUp = async (): Promise<boolean> => {
    const { stdout } = await execa('sinfo', ['--noheader', '--partition=main', '--format=%t %D'], {
      env,
      reject: false,
    });
    return stdout.trim() === 'idle 2';
  };
  onCleanup(async () => {
    await execa('scancel', ['--user', userInfo().username], { env, reject: false });
    for (const name of [...words.keys()].reverse()) await end(name, 'SIGTERM');
    // What ran on a node whose daemon was killed is nobody's any more.
    for (const pid of processesWith(`SLURM_CONF=${conf}`))
      await execa('kill', ['-KILL', String(pid)], { reject: false });
    if (options.limits === true) removeGroups(NODES);
  });
  const said = (): string =>
    fs
      .readdirSync(logs)
      .map((file) => `${file}: ${fs.readFileSync(join(logs, file), 'utf8').trim().split('\n').slice(-3).join(' / ')}`)
      .join('\n');
  start('munged');
  await until(
    () => fs.existsSync(socket),
    () => `munged\n${said()}`,
  );
  for (const name of ['slurmctld', ...NODES]) start(name);
  await until(isUp, () => `two idle nodes\n${said()}`, 60_000);
  return {
    env,
    ask,
    kill: (name) => end(name, 'SIGKILL'),
    start: async (name) => {
      start(name);
      await until(async () => (await execa('squeue', ['-h'], { env, reject: false })).exitCode === 0, name, 60_000);
    },
  };
}

/** Processes that have this in their environment. */
function processesWith(setting: string): number[] {
  return fs.readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      return fs.readFileSync(`/proc/${name}/environ`, 'latin1').split('\0').includes(setting) ? [Number(name)] : [];
    } catch (error) {
      // It ended while we looked.
      if (error instanceof Error && 'code' in error) return [];
      throw error;
    }
  });
}
