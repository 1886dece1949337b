/** A Slurm of this machine's own for tests: a controller and two nodes on loopback, ended with the test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { onCleanup, tempFolder, until } from '../helpers/home.ts';

export interface Cluster {
  /** For whoever talks to it. */
  readonly env: Readonly<Record<string, string>>;
  /** A command of Slurm's. @returns what it printed */
  ask(command: string, ...words: string[]): Promise<string>;
  /** Kills a daemon: `slurmctld`, `n1`, `n2`. */
  kill(daemon: string): Promise<void>;
  start(daemon: string): Promise<void>;
}

export async function startCluster(): Promise<Cluster> {
  const home = tempFolder('slate-cluster-');
  fs.chmodSync(home, 0o755);
  for (const name of ['state', 'spool.n1', 'spool.n2', 'log', 'munge']) fs.mkdirSync(join(home, name), { mode: 0o755 });
  const munge = join(home, 'munge');
  fs.writeFileSync(join(munge, 'key'), crypto.getRandomValues(Buffer.alloc(128)), { mode: 0o600 });
  const conf = join(home, 'slurm.conf');
  fs.writeFileSync(conf, configuration(home, join(munge, 'socket')));
  const env = { SLURM_CONF: conf, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
  const daemons = new Map<string, ChildProcess>();
  const words: Readonly<Record<string, readonly string[]>> = {
    munged: [
      'munged',
      '--foreground',
      '--force',
      ...['socket', 'key-file', 'pid-file', 'log-file', 'seed-file'].map(
        (name) => `--${name}=${join(munge, name.replace('-file', ''))}`,
      ),
    ],
    slurmctld: ['slurmctld', '-D', '-f', conf],
    n1: ['slurmd', '-D', '-f', conf, '-N', 'n1'],
    n2: ['slurmd', '-D', '-f', conf, '-N', 'n2'],
  };
  const start = (name: string): void => {
    const [program = '', ...rest] = words[name] ?? [];
    const log = fs.openSync(join(home, 'log', `${name}.out`), 'a');
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
    const { stdout } = await execa('sinfo', ['--noheader', '--format=%t %D'], { env, reject: false });
    return stdout.trim() === 'idle 2';
  };
  onCleanup(async () => {
    await execa('scancel', ['--user', userInfo().username], { env, reject: false });
    for (const name of ['n1', 'n2', 'slurmctld', 'munged']) await end(name, 'SIGTERM');
    // What ran on a node whose daemon was killed is nobody's any more.
    for (const pid of processesWith(`SLURM_CONF=${conf}`))
      await execa('kill', ['-KILL', String(pid)], { reject: false });
  });
  const said = (): string =>
    fs
      .readdirSync(join(home, 'log'))
      .map(
        (file) =>
          `${file}: ${fs
            .readFileSync(join(home, 'log', file), 'utf8')
            .trim()
            .split('\n')
            .slice(-3)
            .join(' / ')}`,
      )
      .join('\n');
  start('munged');
  await until(
    () => fs.existsSync(join(munge, 'socket')),
    () => `munged\n${said()}`,
  );
  for (const name of ['slurmctld', 'n1', 'n2']) start(name);
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

/** Scheduling at its shortest intervals, no accounting, no control groups: memory limits are not enforced. */
function configuration(home: string, socket: string): string {
  const [user, host] = [userInfo().username, hostname().split('.')[0] ?? 'localhost'];
  const log = (name: string): string => join(home, 'log', name);
  return `ClusterName=test
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
SlurmctldPort=27817
SlurmctldPidFile=${join(home, 'slurmctld.pid')}
SlurmctldLogFile=${log('slurmctld')}
StateSaveLocation=${join(home, 'state')}
SlurmdPidFile=${join(home, 'slurmd.%n.pid')}
SlurmdLogFile=${log('slurmd.%n')}
SlurmdSpoolDir=${join(home, 'spool.%n')}
SlurmdParameters=config_overrides
SlurmdTimeout=10
SlurmctldTimeout=10
InactiveLimit=0
KillWait=2
MinJobAge=300
MaxJobCount=20000
MaxArraySize=10001
SchedulerType=sched/backfill
SchedulerParameters=sched_min_interval=0,sched_interval=1,bf_interval=1,defer_batch,batch_sched_delay=0
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
JobCompType=jobcomp/none
CommunicationParameters=NoAddrCache
NodeName=n1 NodeHostname=${host} NodeAddr=127.0.0.1 Port=27818 CPUs=8 State=UNKNOWN
NodeName=n2 NodeHostname=${host} NodeAddr=127.0.0.1 Port=27819 CPUs=8 State=UNKNOWN
PartitionName=main Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP OverSubscribe=FORCE:4
`;
}
