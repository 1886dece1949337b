/**
 * Slurm's job arrays on this machine: a controller and a node of their own, on loopback, ended with the process that
 * started them. One array a stage, each task of it released by the same task of the stage before.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { cpus, hostname, userInfo } from 'node:os';
import { join } from 'node:path';
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
  // munged takes no key and no socket that others could have put there.
  for (const name of ['', 'state', 'spool', 'log', 'munge']) fs.mkdirSync(join(home, name), { mode: 0o755 });
  const socket = join(home, 'munge', 'socket');
  const key = join(home, 'munge', 'key');
  fs.writeFileSync(key, crypto.getRandomValues(Buffer.alloc(128)), { mode: 0o600 });
  const completions = join(home, 'log', 'jobs');
  const conf = join(home, 'slurm.conf');
  fs.writeFileSync(conf, configuration(home, socket, completions));
  const env = { ...process.env, SLURM_CONF: conf, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
  const daemons: ChildProcess[] = [];
  const start = (...args: string[]): void => {
    const [program = '', ...rest] = args;
    const log = fs.openSync(join(home, 'log', `${program}.out`), 'w');
    daemons.push(spawn(program, rest, { cwd: home, env, stdio: ['ignore', log, log] }));
    fs.closeSync(log);
  };
  const munge = join(home, 'munge');
  start(
    'munged',
    '--foreground',
    '--force',
    `--socket=${socket}`,
    `--key-file=${key}`,
    `--pid-file=${join(munge, 'pid')}`,
    `--log-file=${join(munge, 'log')}`,
    `--seed-file=${join(munge, 'seed')}`,
  );
  cluster = { env, completions, daemons };
  await until(() => fs.existsSync(socket), daemons, home);
  start('slurmctld', '-D', '-f', conf);
  start('slurmd', '-D', '-f', conf);
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

function configuration(home: string, socket: string, completions: string): string {
  const [user, host] = [userInfo().username, hostname().split('.')[0] ?? 'localhost'];
  return `ClusterName=bench
SlurmctldHost=${host}(127.0.0.1)
SlurmUser=${user}
SlurmdUser=${user}
AuthType=auth/munge
AuthInfo=socket=${socket}
CredType=cred/munge
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
ReturnToService=2
SlurmctldPort=26817
SlurmctldPidFile=${join(home, 'slurmctld.pid')}
SlurmctldLogFile=${join(home, 'log', 'slurmctld')}
StateSaveLocation=${join(home, 'state')}
SlurmdPort=26818
SlurmdPidFile=${join(home, 'slurmd.pid')}
SlurmdLogFile=${join(home, 'log', 'slurmd')}
SlurmdSpoolDir=${join(home, 'spool')}
SlurmdParameters=config_overrides
MinJobAge=300
MaxArraySize=10001
SchedulerType=sched/backfill
SchedulerParameters=sched_min_interval=0,sched_interval=1,bf_interval=1,defer_batch,batch_sched_delay=0
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
JobCompType=jobcomp/filetxt
JobCompLoc=${completions}
NodeName=${host} NodeAddr=127.0.0.1 CPUs=${Math.min(2, cpus().length)} State=UNKNOWN
PartitionName=main Nodes=${host} Default=YES MaxTime=INFINITE State=UP
`;
}
