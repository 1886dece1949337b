/** Stage processes and commands of one built command, defective or not, that may be stopped, killed or lied to at a chosen call. */
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { onCleanup, ROOT, until } from '../../helpers/home.ts';

/** As `inject.mjs` reads it. */
export interface Fault {
  readonly op: 'rename' | 'link' | 'unlink' | 'open';
  readonly path: string;
  readonly from?: string;
  readonly at: 'before' | 'after';
  readonly act: 'stop' | 'kill' | 'term' | 'lose' | 'ENOSPC';
}

export interface Actor {
  log(): string;
  /** Exit code, or the signal's name. */
  readonly ended: Promise<number | string>;
  kill(signal: NodeJS.Signals): void;
  /** Waits until a fault, or somebody, has stopped it. */
  stopped(): Promise<void>;
}

const INJECT = join(ROOT, 'test', 'faults', 'mutations', 'inject.mjs');

/** The commands of a home, as one build of the program does them. */
export interface Cast {
  readonly home: string;
  /** A stage process in the background. */
  run(args?: readonly string[], faults?: readonly Fault[]): Actor;
  /** A command to its end, whatever its exit code. */
  command(...args: string[]): Promise<void>;
}

export function castOf(home: string, script: string): Cast {
  return {
    home,
    run: (args = [], faults = []) => start([script, '--home', home, 'run', '--board', 'b', ...args], faults),
    command: async (...args) => {
      const words = [script, '--home', home, ...args, '--board', 'b'];
      await execa(process.execPath, words, { reject: false, stdio: 'ignore' });
    },
  };
}

function start(command: readonly string[], faults: readonly Fault[]): Actor {
  const env = { ...process.env, SLATE_TEST_FAULTS: JSON.stringify(faults) };
  const child = spawn(process.execPath, ['--import', INJECT, ...command], { stdio: ['ignore', 'ignore', 'pipe'], env });
  let text = '';
  child.stderr?.on('data', (data: Buffer) => {
    text += data.toString();
  });
  const ended = new Promise<number | string>((resolve) =>
    child.once('exit', (code, signal) => resolve(code ?? signal ?? -1)),
  );
  onCleanup(async () => {
    if (isRunning(child)) child.kill('SIGKILL');
    await ended;
  });
  return {
    log: () => text,
    ended,
    kill: (signal) => void child.kill(signal),
    stopped: () =>
      until(
        () => stateOf(child) === 'T',
        () => `it to be stopped\n${text}`,
      ),
  };
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

/** As the kernel says: `T` is stopped. */
function stateOf(child: ChildProcess): string {
  if (!isRunning(child)) throw new Error(`it has ended: ${child.exitCode ?? child.signalCode}`);
  const stat = fs.readFileSync(`/proc/${child.pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
}
