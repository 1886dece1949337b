/** The launchers that this host may have, the fastest first, and how one is started. */
import { existsSync } from 'node:fs';
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

export function spawnLauncher({ file, args }: LauncherKind) {
  return execa(file, args, { ...LAUNCHER_OPTIONS, env: ownEnvironment() });
}

export type LauncherChild = ReturnType<typeof spawnLauncher>;
