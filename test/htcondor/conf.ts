/** An HTCondor of one's own on loopback, all of it one ordinary user's: its files, its clients, and how its daemons are started. */
import fs from 'node:fs';
import { delimiter, join } from 'node:path';

const CLIENTS = [
  'condor_submit',
  'condor_q',
  'condor_rm',
  'condor_hold',
  'condor_release',
  'condor_history',
  'condor_status',
  'condor_vacate_job',
];
const LIBRARIES = ['usr/lib', 'usr/lib/x86_64-linux-gnu', 'usr/lib/x86_64-linux-gnu/condor'];

/** The daemon of another host that submits. */
export const SECOND = 'second';

export interface PoolFiles {
  /** On the first host, and on the second. */
  readonly env: Readonly<Record<string, string>>;
  readonly secondEnv: Readonly<Record<string, string>>;
  readonly logs: string;
  /** Words that start each daemon in the other root, the collector first. */
  readonly daemons: ReadonlyMap<string, readonly string[]>;
}

/**
 * @param home an empty folder, below /tmp
 * @param root of the Debian that HTCondor is installed in
 * @param port the collector's
 */
export function preparePool(home: string, root: string, nodes: readonly string[], port: number): PoolFiles {
  const [conf, logs, bin] = [join(home, 'condor_config'), join(home, 'log'), join(home, 'bin')];
  for (const name of [
    'log',
    'spool',
    `spool.${SECOND}`,
    'lock',
    'run',
    'bin',
    ...nodes.map((node) => `execute.${node}`),
  ])
    fs.mkdirSync(join(home, name), { recursive: true });
  fs.writeFileSync(conf, configuration(home, port));
  for (const client of CLIENTS) fs.writeFileSync(join(bin, client), clientScript(root, client), { mode: 0o755 });
  const started = (program: string, ...words: string[]): string[] => [
    `CONDOR_CONFIG=${conf}`,
    `/usr/sbin/condor_${program}`,
    '-f',
    ...words,
  ];
  const env = { CONDOR_CONFIG: conf, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`, HOME: home };
  const second = secondSettings(home);
  return {
    env,
    secondEnv: { ...env, ...second },
    logs,
    daemons: new Map([
      ['collector', started('collector', '-p', String(port))],
      ['negotiator', started('negotiator')],
      ['schedd', started('schedd')],
      ...nodes.map((node) => [node, [...setting(nodeSettings(home, node)), ...started('startd')]] as const),
      [SECOND, [...setting(second), ...started('schedd')]],
    ]),
  };
}

/** Runs a program of the other root with that root's libraries, as whoever calls it. */
function clientScript(root: string, client: string): string {
  const libraries = LIBRARIES.map((folder) => `${root}/${folder}`).join(':');
  return `#!/bin/sh
exec ${root}/lib64/ld-linux-x86-64.so.2 --argv0 ${client} --library-path ${libraries} ${root}/usr/bin/${client} "$@"
`;
}

function setting(variables: Readonly<Record<string, string>>): string[] {
  return Object.entries(variables).map(([name, value]) => `${name}=${value}`);
}

/** What tells two nodes of one host apart. */
function nodeSettings(home: string, node: string): Record<string, string> {
  return {
    _CONDOR_STARTD_NAME: node,
    _CONDOR_EXECUTE: join(home, `execute.${node}`),
    _CONDOR_PROCD_ADDRESS: join(home, 'run', `procd.${node}`),
    _CONDOR_STARTD_LOG: join(home, 'log', `StartLog.${node}`),
    _CONDOR_STARTER_LOG: join(home, 'log', `StarterLog.${node}`),
    _CONDOR_STARTD_ADDRESS_FILE: join(home, 'run', `startd.${node}`),
    _CONDOR_STARTER_JOB_ENVIRONMENT: `"RIG_NODE=${node}"`,
  };
}

/** What tells two queues of one host apart, for the daemon and for who asks it. */
function secondSettings(home: string): Record<string, string> {
  const spool = join(home, `spool.${SECOND}`);
  return {
    _CONDOR_SCHEDD_NAME: SECOND,
    _CONDOR_SPOOL: spool,
    _CONDOR_SCHEDD_LOG: join(home, 'log', `SchedLog.${SECOND}`),
    _CONDOR_SCHEDD_ADDRESS_FILE: join(spool, '.schedd_address'),
    _CONDOR_SCHEDD_DAEMON_AD_FILE: join(spool, '.schedd_classad'),
  };
}

/** All intervals at their shortest; no control groups, and nothing of its own over the job's folders. */
function configuration(home: string, port: number): string {
  return `RELEASE_DIR = /usr
BIN = /usr/bin
SBIN = /usr/sbin
LIB = /usr/lib/condor
LIBEXEC = /usr/libexec/condor
LOCAL_DIR = ${home}
LOG = ${home}/log
SPOOL = ${home}/spool
LOCK = ${home}/lock
RUN = ${home}/run
LOCAL_CONFIG_FILE =
LOCAL_CONFIG_DIR =
CONDOR_HOST = 127.0.0.1
COLLECTOR_HOST = 127.0.0.1:${port}
NETWORK_INTERFACE = 127.0.0.1
BIND_ALL_INTERFACES = FALSE
ENABLE_IPV6 = FALSE
USE_SHARED_PORT = FALSE
DAEMON_LIST = COLLECTOR, NEGOTIATOR, SCHEDD, STARTD
SEC_DEFAULT_AUTHENTICATION = OPTIONAL
SEC_DEFAULT_AUTHENTICATION_METHODS = FS
SEC_CLIENT_AUTHENTICATION_METHODS = FS
# Each daemon is started by itself: none is another's parent.
SEC_USE_FAMILY_SESSION = FALSE
ALLOW_READ = *
ALLOW_WRITE = *
ALLOW_ADMINISTRATOR = *
ALLOW_NEGOTIATOR = *
ALLOW_DAEMON = *
UID_DOMAIN = test
FILESYSTEM_DOMAIN = test
NUM_CPUS = 32
MEMORY = 65536
NUM_SLOTS = 1
NUM_SLOTS_TYPE_1 = 1
SLOT_TYPE_1 = 100%
SLOT_TYPE_1_PARTITIONABLE = TRUE
NEGOTIATOR_INTERVAL = 1
NEGOTIATOR_MIN_INTERVAL = 1
NEGOTIATOR_CYCLE_DELAY = 1
SCHEDD_INTERVAL = 1
SCHEDD_MIN_INTERVAL = 1
UPDATE_INTERVAL = 5
CLASSAD_LIFETIME = 20
HOUSEKEEPING_INTERVAL = 5
PERIODIC_EXPR_INTERVAL = 5
MAX_PERIODIC_EXPR_INTERVAL = 5
STARTER_INITIAL_UPDATE_INTERVAL = 2
STARTER_UPDATE_INTERVAL = 5
# A node that says nothing for so long is lost.
JOB_DEFAULT_LEASE_DURATION = 15
JOB_START_DELAY = 0
BASE_CGROUP =
CGROUP_MEMORY_LIMIT_POLICY = none
MOUNT_UNDER_SCRATCH =
STARTD_ENFORCE_DISK_LIMITS = FALSE
RunBenchmarks = FALSE
START = TRUE
SUSPEND = FALSE
PREEMPT = FALSE
KILL = FALSE
CREATE_CORE_FILES = FALSE
`;
}
