/** A program that does the same job as a board: entries through three stages of `/bin/true`, two at a time. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { delimiter, join } from 'node:path';

export interface Peer {
  readonly name: string;
  /** As the table names it: `ninja -j2`. */
  readonly label: string;
  /** Programs that it consists of: all have to be on the path. */
  readonly programs: readonly string[];
  /** The Debian package that has them; undefined: Debian 12 has none. */
  readonly package: string | undefined;
  /** How many times its entries a second are wanted. */
  readonly target: number;
  /** What it keeps, and what it doesn't. */
  readonly note: string;
  /** Does the job in an empty folder. @returns seconds, without what is prepared by hand @throws if not all of it was done */
  time(folder: string, entries: number): Promise<number>;
  /** Ends what it left running for the next round. */
  stop?(): Promise<void>;
}

export const STAGES = ['a', 'b', 'c'];

/** `d00000`, `d00001`, … */
export function entryNames(entries: number): string[] {
  return Array.from({ length: entries }, (_, index) => `d${String(index).padStart(5, '0')}`);
}

export function isProgram(name: string): boolean {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => fs.existsSync(join(folder, name)));
}

/** Why it can't be measured here; undefined: it can. */
export function absence(peer: Peer, has: (program: string) => boolean = isProgram): string | undefined {
  const missing = peer.programs.filter((program) => !has(program));
  if (missing.length === 0) return undefined;
  const where =
    peer.package === undefined
      ? 'Debian 12 has no package of it (bench/peers.sh asks)'
      : `package ${peer.package} is not installed (bench/peers.sh does it)`;
  return `not measured: no program ${missing.join(', ')}; ${where}`;
}

/** Runs a program to its end. @returns seconds @throws if it fails, with the end of what it said */
export async function timeRun(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<number> {
  const [program = '', ...rest] = args;
  const start = performance.now();
  const said = join(cwd, `.said-${process.hrtime.bigint()}`);
  const output = fs.openSync(said, 'w');
  const child = spawn(program, rest, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', output, output] });
  fs.closeSync(output);
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  const seconds = (performance.now() - start) / 1000;
  if (code === 0) return seconds;
  const text = fs.readFileSync(said, 'utf8').trim().split('\n').slice(-3).join(' / ');
  throw new Error(`${args.slice(0, 3).join(' ')} ended with ${signal ?? code}: ${text}`);
}

const PATIENCE_MS = 2_000;

/** Waits a moment for what is told after the end. @throws if it does not come to so many */
export async function expectAll(count: number, done: () => number, patienceMs = PATIENCE_MS): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (let found = done(); found !== count; found = done()) {
    if (performance.now() > deadline) throw new Error(`${found} of ${count} done`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** @throws if there are not so many names that match */
export async function expectFiles(folder: string, pattern: RegExp, count: number): Promise<void> {
  await expectAll(count, () => fs.readdirSync(folder).filter((name) => pattern.test(name)).length);
}
