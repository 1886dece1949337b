/** The launchers that this host may have, the fastest first, and how one is started. */
import { existsSync } from 'node:fs';
import type { Duplex, Readable, Writable } from 'node:stream';
import { execa } from 'execa';
import { launcherProgram } from './launcher-program.ts';
import { PYTHON_FLAGS, PYTHON_PLACES, PYTHON_PROGRAM } from './launcher-python.ts';

/** A program that takes orders on its standard input, says first that it is ready, and reports on its output. */
export interface LauncherKind {
  readonly file: string;
  readonly args: readonly string[];
}

const PROGRAM = `(${launcherProgram.toString()})({ fs: require('node:fs'), child: require('node:child_process'), readline: require('node:readline') })`;

export const NODE_LAUNCHER: LauncherKind = {
  file: process.execPath,
  args: ['--max-semi-space-size=1', '-e', PROGRAM],
};

/** Python's, if there is one: on Linux only. (Elsewhere Node forks cheaply, or `python3` asks to be installed.) */
export function pythonLauncher(places: readonly string[] = PYTHON_PLACES): LauncherKind | undefined {
  const file = process.platform === 'linux' ? places.find((place) => existsSync(place)) : undefined;
  return file === undefined ? undefined : { file, args: [...PYTHON_FLAGS, PYTHON_PROGRAM] };
}

export function launcherKinds(): LauncherKind[] {
  const python = pythonLauncher();
  return python === undefined ? [NODE_LAUNCHER] : [python, NODE_LAUNCHER];
}

const OF_A_TRY =
  /^SLATE_(DATASET|CLASS|RANK|POSTED|TRY|EPOCH|PARAMS|SCRATCH|PRODUCTS|IN_.*|POST|RESULT|MEMBERS|BATCH|OUTCOMES|TAKEN|CPUS|MEMORY_MB)$/;

/** Names of those that this process was given of a try, if it is itself a step. */
export function tryVariables(): string[] {
  return Object.keys(process.env).filter((name) => OF_A_TRY.test(name) && /^\w+$/.test(name));
}

/** What a stage process that is itself a step was given of its own try is not for its steps, nor for its services. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !OF_A_TRY.test(name)));
}

/** Own session: a Ctrl-C on the terminal is the stage process's to answer. `cleanup` off: the pipe's end ends it. */
const LAUNCHER_OPTIONS = { detached: true, cleanup: false, reject: false, extendEnv: false, buffer: false } as const;

/** To the input of a service, and from its output, which stands still until it is resumed. */
export interface Channels {
  readonly to: Writable;
  readonly from: Readable;
}

export interface LauncherChild {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Of one that was started for a service. */
  readonly channels?: Channels;
  readonly ended: Promise<unknown>;
  kill(signal: NodeJS.Signals): boolean;
}

export function spawnLauncher({ file, args }: LauncherKind): LauncherChild {
  const child = execa(file, args, {
    ...LAUNCHER_OPTIONS,
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'inherit',
    env: ownEnvironment(),
  });
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    ended: child.then(() => undefined),
    kill: (signal) => child.kill(signal),
  };
}

/** One that will start a service: what it says and hears goes through pipes of its own, past the launcher. */
export function spawnServiceLauncher({ file, args }: LauncherKind): LauncherChild {
  const child = execa(file, args, {
    ...LAUNCHER_OPTIONS,
    stdio: ['pipe', 'pipe', 'inherit', 'pipe', 'pipe'],
    env: ownEnvironment(),
  });
  // Both ways, as Node makes them; one is only written to, the other only read.
  const [, , , to, from] = child.stdio as unknown as readonly Duplex[];
  if (to === undefined || from === undefined) throw new Error('no channels');
  // Their end shows in how the service ends.
  for (const channel of [to, from]) channel.on('error', () => undefined);
  to.resume();
  // Or execa lets flow away what nobody listens to yet.
  from.pause();
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    channels: { to, from },
    ended: child.then(() => undefined),
    kill: (signal) => child.kill(signal),
  };
}
