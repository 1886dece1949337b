/**
 * Runs programs through the launcher: start, signal, how they ended. If the launcher itself dies its steps are killed
 * and reported as `broken`, and the next start makes a new one.
 */
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { type LaunchOrder, type LaunchReport, launcherProgram } from './launcher-program.ts';

export interface Launch {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly log: string;
}

export type LaunchEnd =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: number }
  /** Could not be started: nothing ran. */
  | { readonly kind: 'unstartable'; readonly what: 'log' | 'program'; readonly error: string; readonly errno: number }
  /** The launcher died, and the step with it. */
  | { readonly kind: 'broken' };

export interface Running {
  readonly ended: Promise<LaunchEnd>;
  signal(signal: NodeJS.Signals): void;
}

interface Waiting {
  readonly resolve: (end: LaunchEnd) => void;
  pid: number | undefined;
}

const PROGRAM = `(${launcherProgram.toString()})({ fs: require('node:fs'), child: require('node:child_process'), readline: require('node:readline') })`;

export class Launcher {
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;
  #child: LauncherChild | undefined;

  /** Starts a program. Never throws: what goes wrong is how it ended. */
  start(launch: Launch): Running {
    const id = this.#next++;
    const ended = new Promise<LaunchEnd>((resolve) => this.#waiting.set(id, { resolve, pid: undefined }));
    this.#send({ op: 'start', id, ...launch });
    return { ended, signal: (signal) => this.#send({ op: 'signal', id, signal }) };
  }

  /** Ends the launcher, and with it all that runs. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    child.stdin.end();
    await child;
  }

  #send(order: LaunchOrder): void {
    this.#child ??= this.#open();
    this.#child.stdin.write(`${JSON.stringify(order)}\n`);
  }

  #open(): LauncherChild {
    const child = spawnLauncher();
    // Its death shows in the other pipe: that one ends only when all that it had reported has been read.
    child.stdin.on('error', () => undefined);
    createInterface({ input: child.stdout })
      .on('line', (line) => this.#report(JSON.parse(line) as LaunchReport))
      .once('close', () => this.#broken(child));
    return child;
  }

  #report(report: LaunchReport): void {
    const waiting = this.#waiting.get(report.id);
    if (waiting === undefined) return;
    if ('pid' in report) {
      waiting.pid = report.pid;
      return;
    }
    this.#waiting.delete(report.id);
    if ('error' in report)
      waiting.resolve({ kind: 'unstartable', what: report.what, error: report.error, errno: report.errno });
    else if (report.code !== null) waiting.resolve({ kind: 'exit', code: report.code });
    else waiting.resolve({ kind: 'signal', signal: constants.signals[report.signal ?? 'SIGKILL'] });
  }

  #broken(child: LauncherChild): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    for (const { pid, resolve } of this.#waiting.values()) {
      if (pid !== undefined) killGroup(pid);
      resolve({ kind: 'broken' });
    }
    this.#waiting.clear();
  }
}

/** What a stage process that is itself a step was given of products is not for its steps. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const isStale = (name: string): boolean => name === 'SLATE_PRODUCTS' || name.startsWith('SLATE_IN_');
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isStale(name)));
}

/** Own session: a Ctrl-C on the terminal is the stage process's to answer. `cleanup` off: the pipe's end ends it. */
const LAUNCHER_OPTIONS = {
  detached: true,
  cleanup: false,
  reject: false,
  extendEnv: false,
  buffer: false,
  stdin: 'pipe',
  stdout: 'pipe',
  stderr: 'inherit',
} as const;

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // The group has ended by itself.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function spawnLauncher() {
  const command = ['--max-semi-space-size=1', '-e', PROGRAM];
  return execa(process.execPath, command, { ...LAUNCHER_OPTIONS, env: ownEnvironment() });
}

type LauncherChild = ReturnType<typeof spawnLauncher>;
