/**
 * Hosts: UTS, network, mount and PID namespaces with stage processes in them. Each has its name and its own pids, knows nothing of the
 * others' but what is on the board, and can be switched off: every process of it dies at once.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import { onCleanup, SLATE, until } from '../../helpers/home.ts';

const NAMESPACES = ['--uts', '--net', '--pid', '--mount', '--fork', '--kill-child', '--mount-proc'];

export interface HostOptions {
  readonly name: string;
  /** `slate run`s on it, each with these slots. */
  readonly processes?: number;
  readonly slots?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Where it sees the home; where it is unless told. */
  readonly home: string;
  /** A shell line that is run first. */
  readonly before?: string;
}

export interface Host {
  readonly name: string;
  log(): string;
  /** Ids of its stage processes, once all of them are on the board. */
  ids(): Promise<string[]>;
  /** SIGKILL to everything on it. */
  switchOff(): Promise<void>;
  /** SIGSTOP, SIGCONT or SIGTERM to every stage process of it. */
  signal(signal: NodeJS.Signals): void;
  readonly ended: Promise<number | string>;
}

export function startHost({ name, processes = 1, slots = 2, env = {}, home, before = 'true' }: HostOptions): Host {
  const run = `"$NODE" "$SLATE" --home "$HOME_OF_BOARD" run --board b --slots ${slots}`;
  // The shell is the first process of the name space: with it all others end.
  const line = `hostname ${name}; ${before}; for n in $(seq ${processes}); do ${run} & done; wait`;
  const child = spawn('unshare', [...NAMESPACES, 'bash', '-c', line], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...env, NODE: process.execPath, SLATE, HOME_OF_BOARD: home },
  });
  let text = '';
  child.stderr.on('data', (data: Buffer) => {
    text += data.toString();
  });
  const ended = new Promise<number | string>((resolve) =>
    child.once('close', (code, signal) => resolve(code ?? signal ?? -1)),
  );
  const switchOff = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  onCleanup(switchOff);
  const registered = (): string[] => [...text.matchAll(/registered: as process (\w{4})/g)].map(([, id]) => id ?? '');
  return {
    name,
    log: () => text,
    ids: async () => {
      await until(
        () => registered().length >= processes,
        () => `${name} to register\n${text}`,
        60_000,
      );
      return registered();
    },
    switchOff,
    signal: (signal) => {
      for (const pid of stageProcesses(child)) process.kill(pid, signal);
    },
    ended,
  };
}

/** Pids, as this host sees them, of the stage processes below it. */
function stageProcesses(child: ChildProcess): number[] {
  return descendants(child.pid ?? -1).filter((pid) => {
    const words = read(`/proc/${pid}/cmdline`).split('\0');
    return words[1] === SLATE && words.includes('run');
  });
}

/** Pids of all that a process has started. */
export function descendants(pid: number): number[] {
  const children = read(`/proc/${pid}/task/${pid}/children`).trim();
  if (children === '') return [];
  return children.split(' ').flatMap((one) => [Number(one), ...descendants(Number(one))]);
}

/** Empty if it is gone. */
function read(path: string): string {
  try {
    return fs.readFileSync(path, 'utf8');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return '';
  }
}
