/** A Slurm of one's own on loopback, without accounting: its files, and how its daemons are started. */
import fs from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';

export interface SlurmSetup {
  /** An empty folder, for all of it. */
  readonly home: string;
  /** The nodes that this host plays. */
  readonly nodes: readonly string[];
  /** What `NodeName=` says of each beside its address, such as `CPUs=8`. */
  readonly node: string;
  /** The controller's; those after it are the nodes'. */
  readonly port: number;
  /** Memory limits are kept, by control groups: see `hasMemoryGroups`. */
  readonly limits: boolean;
  /** Lines of slurm.conf: how it selects, what it writes down, its partitions. */
  readonly lines: readonly string[];
}

export interface SlurmFiles {
  readonly conf: string;
  readonly env: Readonly<Record<string, string>>;
  /** Is there once munged can be asked. */
  readonly socket: string;
  /** What each daemon writes. */
  readonly logs: string;
  /** The command of each daemon, munged first. */
  readonly daemons: ReadonlyMap<string, readonly string[]>;
}

export function prepareSlurm(setup: SlurmSetup): SlurmFiles {
  const { home, nodes } = setup;
  const [munge, logs] = [join(home, 'munge'), join(home, 'log')];
  // munged takes no key and no socket that others could have put there.
  for (const name of ['', 'state', 'log', 'munge', ...nodes.map((node) => `spool.${node}`)])
    fs.mkdirSync(join(home, name), { recursive: true, mode: 0o755 });
  fs.writeFileSync(join(munge, 'key-file'), crypto.getRandomValues(Buffer.alloc(128)), { mode: 0o600 });
  const conf = join(home, 'slurm.conf');
  fs.writeFileSync(conf, configuration(setup, join(munge, 'socket')));
  if (setup.limits) fs.writeFileSync(join(home, 'cgroup.conf'), CONTROL_GROUPS);
  const files = ['socket', 'key-file', 'pid-file', 'log-file', 'seed-file'].map(
    (name) => `--${name}=${join(munge, name)}`,
  );
  return {
    conf,
    env: { SLURM_CONF: conf, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
    socket: join(munge, 'socket'),
    logs,
    daemons: new Map<string, readonly string[]>([
      ['munged', ['munged', '--foreground', '--force', ...files]],
      ['slurmctld', ['slurmctld', '-D', '-f', conf]],
      ...nodes.map((node) => [node, ['slurmd', '-D', '-f', conf, '-N', node]] as const),
    ]),
  };
}

const GROUPS = '/sys/fs/cgroup/memory';

/** Version 1, and ours to change. */
export function hasMemoryGroups(): boolean {
  try {
    fs.accessSync(join(GROUPS, 'memory.limit_in_bytes'));
    fs.accessSync(GROUPS, fs.constants.W_OK);
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return false;
  }
}

/** What nodes have left behind of theirs. */
export function removeGroups(nodes: readonly string[]): void {
  for (const node of nodes) {
    const group = join(GROUPS, `slurm_${node}`);
    if (fs.existsSync(group)) fs.rmdirSync(group);
  }
}

const CONTROL_GROUPS = `CgroupPlugin=cgroup/v1
CgroupMountpoint=/sys/fs/cgroup
CgroupAutomount=no
ConstrainRAMSpace=yes
`;

/** Scheduling at its shortest intervals. */
function configuration({ home, nodes, node, port, limits, lines }: SlurmSetup, socket: string): string {
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
TaskPlugin=task/${limits ? 'cgroup' : 'none'}
SwitchType=switch/none
ReturnToService=2
SlurmctldPort=${port}
SlurmctldPidFile=${join(home, 'slurmctld.pid')}
SlurmctldLogFile=${log('slurmctld')}
StateSaveLocation=${join(home, 'state')}
SlurmdPidFile=${join(home, 'slurmd.%n.pid')}
SlurmdLogFile=${log('slurmd.%n')}
SlurmdSpoolDir=${join(home, 'spool.%n')}
SlurmdParameters=config_overrides
MaxArraySize=10001
SchedulerType=sched/backfill
SchedulerParameters=sched_min_interval=0,sched_interval=1,bf_interval=1,defer_batch,batch_sched_delay=0
SelectType=select/cons_tres
AccountingStorageType=accounting_storage/none
${nodes.map((name, index) => `NodeName=${name} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${port + 1 + index} ${node} State=UNKNOWN\n`).join('')}${lines.join('\n')}
`;
}
