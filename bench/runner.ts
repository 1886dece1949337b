/**
 * Runs suites, each in a process of its own: a suite that has held a board of a million entries would start programs at a
 * tenth of the speed for the next one, and one that throws, hangs or runs out of memory takes only itself along.
 */
import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { join } from 'node:path';
import { countText, terminalTable } from './report.ts';
import type { Row } from './suite.ts';
import { findSuite, type Listed } from './suites.ts';

/** What a suite's process tells the one that started it. */
export type Message =
  | { readonly say: string }
  | { readonly about: string; readonly rows: readonly Row[] }
  | { readonly failed: string };

export interface Result {
  readonly name: string;
  readonly about: string;
  readonly rows: readonly Row[];
  readonly seconds: number;
  /** It threw, or had to be stopped: its one row says why. */
  readonly isFailed: boolean;
}

export interface Request {
  readonly root: string;
  /** The program that runs one suite, as `runOrdered` does. */
  readonly program: string;
  /** Made by the caller, removed at the end of all. */
  readonly folder: string;
  readonly quick: boolean;
}

/** Set in the environment of a suite's process: what it has to run. */
export const ORDER = 'SLATE_BENCH_ORDER';

/** Runs all of them, one after the other, and prints each one's rows as they come. */
export async function runSuites(suites: readonly Listed[], request: Request): Promise<Result[]> {
  const results: Result[] = [];
  for (const suite of suites) {
    process.stderr.write(`${suite.name} …\n`);
    const result = await runSuite(suite, request);
    results.push(result);
    process.stdout.write(`\n${suite.name}, ${result.seconds.toFixed(0)} s\n${terminalTable(result.rows)}\n`);
  }
  return results;
}

async function runSuite({ name, limitSeconds }: Listed, request: Request): Promise<Result> {
  const start = performance.now();
  const folder = join(request.folder, name);
  fs.mkdirSync(folder);
  const order = JSON.stringify({ name, folder, root: request.root, quick: request.quick });
  // A group of its own, so that what it has started can be ended with it.
  const child = fork(request.program, [], {
    detached: true,
    serialization: 'advanced',
    env: { ...process.env, [ORDER]: order },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  let about = '';
  let rows: readonly Row[] | undefined;
  let failure: string | undefined;
  child.on('message', (message: Message) => {
    if ('say' in message) process.stderr.write(`  ${message.say}\n`);
    else if ('failed' in message) failure = message.failed;
    else ({ about, rows } = message);
  });
  const limit = limitSeconds * 1000;
  const timer = setTimeout(() => {
    failure = `stopped after ${limitSeconds} s`;
    endGroup(child);
  }, limit);
  const interrupt = (signal: NodeJS.Signals): void => {
    endGroup(child);
    removeFolder(request.folder);
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  clearTimeout(timer);
  process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  // What it left running would be measured with the next one.
  endGroup(child);
  const seconds = (performance.now() - start) / 1000;
  if (rows !== undefined && failure === undefined)
    return { name, about, rows: rows.map((row) => withoutPlace(row, request)), seconds, isFailed: false };
  const failed = notMeasured(name, failure ?? `ended with ${signal ?? code}`);
  return { name, about, rows: [withoutPlace(failed, request)], seconds, isFailed: true };
}

function notMeasured(name: string, reason: string): Row {
  return { what: `suite ${name}`, ours: '', against: '', theirs: '', value: undefined, unit: '×', note: reason };
}

/** Faults name files; the page must not name where they stood. */
function withoutPlace(row: Row, { root, folder }: Request): Row {
  if (row.note === undefined) return row;
  return { ...row, note: row.note.replaceAll(folder, 'FOLDER').replaceAll(root, 'ROOT') };
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // Nobody is left in it: what is wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** `rm` takes a third of the time that Node takes for millions of files. */
export function removeFolder(folder: string): void {
  spawnSync('rm', ['-rf', '--', folder], { stdio: 'inherit' });
}

/** One table of everything, with its sums. */
export function printAll(results: readonly Result[], seconds: number): void {
  const rows = results.flatMap((result) => result.rows);
  process.stdout.write(`\nAll, ${seconds.toFixed(0)} s\n${terminalTable(rows)}\n${countText(rows)}\n`);
}

/** The other side: runs the suite that the environment orders, and tells its rows. */
export async function runOrdered(text: string): Promise<void> {
  const { name, ...bench } = JSON.parse(text) as { name: string; folder: string; root: string; quick: boolean };
  delete process.env[ORDER];
  const tell = (message: Message): void => void process.send?.(message);
  try {
    const suite = await findSuite(name).load();
    const rows = await suite.run({ ...bench, say: (line) => tell({ say: line }) });
    tell({ about: suite.about, rows });
  } catch (error) {
    if (error instanceof Error) tell({ say: error.stack ?? '' });
    tell({ failed: error instanceof Error ? error.message : String(error) });
  }
  process.disconnect?.();
}
