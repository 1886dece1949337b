/**
 * Homes, boards and real processes for tests: made in a temporary folder, ended and removed after each test.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, expect } from 'vitest';
import { type EntryName, formatName, LIVE_FOLDERS, parseName } from '../../src/model/name.ts';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** The built command: `npm test` builds it before it runs the tests. */
export const SLATE = join(ROOT, 'dist', 'slate.js');

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

export function onCleanup(cleanup: () => Promise<void> | void): void {
  cleanups.push(cleanup);
}

export function tempFolder(prefix = 'slate-'): string {
  const folder = fs.mkdtempSync(join(tmpdir(), prefix));
  onCleanup(() => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** Stage files by name: text, or the lines behind `stage: <name>`. */
export type Stages = Readonly<Record<string, string>>;

/** A home with one pipeline `p`; `columns` are its YAML lines below `stages:`, or just names for a chain. */
export function makeHome(stages: Stages, columns: readonly string[] = Object.keys(stages), more = ''): string {
  const home = tempFolder();
  for (const folder of ['pipelines', 'stages', 'blackboard', 'tools']) fs.mkdirSync(join(home, folder));
  const lines = columns.map((column) => `  - ${column.includes(':') ? column : `{stage: ${column}}`}`);
  fs.writeFileSync(join(home, 'pipelines', 'p.yaml'), `pipeline: p\n${more}stages:\n${lines.join('\n')}\n`);
  for (const [name, text] of Object.entries(stages)) writeStage(home, name, text);
  return home;
}

export function writeStage(home: string, name: string, text: string): void {
  fs.writeFileSync(join(home, 'stages', `${name}.yaml`), `stage: ${name}\n${text}\n`);
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command to its end. */
export async function slate(
  home: string,
  args: readonly string[],
  input?: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const result = await execa(process.execPath, [SLATE, '--home', home, ...args], {
    reject: false,
    stripFinalNewline: false,
    maxBuffer: 1e9,
    env,
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
  });
  return { code: result.exitCode ?? -1, stdout: result.stdout, stderr: result.stderr };
}

/** As `slate`, but anything other than exit code 0 throws. */
export async function slateOk(home: string, args: readonly string[], input?: string): Promise<string> {
  const ran = await slate(home, args, input);
  if (ran.code !== 0) throw new Error(`slate ${args.join(' ')} → ${ran.code}\n${ran.stderr}`);
  return ran.stdout;
}

/** A home with a board `b` on it. */
export async function makeBoard(
  stages: Stages,
  columns?: readonly string[],
  more?: string,
  lease = '3s',
): Promise<string> {
  const home = makeHome(stages, columns, more);
  await slateOk(home, ['create', 'b', '--pipeline', 'p', '--lease', lease]);
  return home;
}

export interface Started {
  readonly child: ChildProcess;
  readonly pid: number;
  /** All of stderr so far. */
  log(): string;
  /** Exit code, or the signal's name. */
  readonly ended: Promise<number | string>;
  /** The process id on the board, once it has one. */
  id(): Promise<string>;
}

/** Starts `slate run` in the background. */
export function startRun(
  home: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Started {
  const child = spawn(process.execPath, [SLATE, '--home', home, 'run', '--board', 'b', ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...env },
  });
  let text = '';
  child.stderr?.on('data', (data: Buffer) => {
    text += data.toString();
  });
  const ended = new Promise<number | string>((resolve) =>
    child.once('exit', (code, signal) => resolve(code ?? signal ?? -1)),
  );
  onCleanup(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGCONT');
      child.kill('SIGKILL');
    }
    await ended;
  });
  const registered = /registered: as process (\w{4})/;
  return {
    child,
    pid: child.pid ?? -1,
    log: () => text,
    ended,
    id: async () => {
      await until(() => registered.test(text), `a stage process to register\n${text}`);
      return registered.exec(text)?.[1] ?? '';
    },
  };
}

/** Waits for a condition, looked at every 20 ms, at most `boundMs`; then fails with what it waited for. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string | (() => string),
  boundMs = 30_000,
): Promise<void> {
  const deadline = performance.now() + boundMs;
  while (!(await condition())) {
    if (performance.now() > deadline)
      throw new Error(`waited ${boundMs / 1000} s in vain for ${typeof what === 'string' ? what : what()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export interface Seen {
  readonly folder: string;
  readonly file: string;
  readonly name: EntryName;
}

/** The board's folder. */
export function boardPath(home: string, path = ''): string {
  return join(home, 'blackboard', 'b', path);
}

export function list(home: string, folder: string): string[] {
  const path = boardPath(home, folder);
  return fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() === true ? fs.readdirSync(path) : [];
}

/** All entries on disk, done and removed ones too; foreign files are left out. */
export function entries(home: string): Seen[] {
  const days = ['done', 'removed'].flatMap((folder) => list(home, folder).map((day) => `${folder}/${day}`));
  return [...LIVE_FOLDERS, ...days].flatMap((folder) =>
    list(home, folder).flatMap((file) => {
      const parsed = parseName(file);
      return parsed.ok ? [{ folder, file, name: parsed.name }] : [];
    }),
  );
}

/** The entry of a dataset: the live one, else the latest. Undefined while a rename hides it. */
export function entry(home: string, dataset: string): Seen | undefined {
  const found = entries(home).filter(({ name }) => name.dataset === dataset);
  return (
    found.find(({ folder }) => !folder.includes('/')) ??
    found.sort((a, b) => (a.name.posted < b.name.posted ? 1 : -1))[0]
  );
}

/** Waits until the dataset's entry stands in this folder (`done` for any day) with these letters. */
export async function untilEntry(
  home: string,
  dataset: string,
  folder: string,
  letters?: string,
  boundMs?: number,
): Promise<Seen> {
  let seen: Seen | undefined;
  const stands = (): boolean => {
    seen = entry(home, dataset);
    return (
      seen !== undefined &&
      seen.folder.split('/')[0] === folder &&
      (letters === undefined || seen.name.letters === letters)
    );
  };
  await until(
    stands,
    () => `${dataset} in ${folder}/ as ${letters ?? 'anything'}; it is ${seen?.folder}/${seen?.file}`,
    boundMs,
  );
  return seen as Seen;
}

/** `mv` as an operator does it: same folder unless told, with some fields of the name changed. */
export function mv(home: string, seen: Seen, changes: Partial<EntryName>, folder = seen.folder): string {
  const file = formatName({ ...seen.name, ...changes });
  fs.renameSync(boardPath(home, `${seen.folder}/${seen.file}`), boardPath(home, `${folder}/${file}`));
  return file;
}

export interface Line {
  readonly event: string;
  readonly dataset?: string;
  readonly posted?: string;
  readonly stage?: string;
  readonly epoch?: number;
  readonly process?: string;
  readonly [more: string]: unknown;
}

/** All journal lines of the board; torn last lines are left out. */
export function journal(home: string): Line[] {
  return list(home, 'journal').flatMap((day) =>
    list(home, `journal/${day}`).flatMap((file) => {
      const text = fs.readFileSync(boardPath(home, `journal/${day}/${file}`), 'utf8');
      return text
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Line);
    }),
  );
}

/** Tries that were claimed, or finished, more than once: must be empty. */
export function doubles(lines: readonly Line[], event: 'claim' | 'finish'): string[] {
  const seen = new Map<string, number>();
  for (const line of lines) {
    if (line.event !== event) continue;
    const key = `${line.dataset} ${line.posted} ${line.epoch}`;
    seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  return [...seen].filter(([, count]) => count > 1).map(([key]) => key);
}

/** The board's promises, proved from its journals and names: what a test under fire ends with. */
export async function expectProved(home: string): Promise<void> {
  const { stdout, stderr } = await slate(home, ['check', 'b', '--history', '--json']);
  const { boards } = JSON.parse(stdout) as { boards: { history?: { violations: unknown[]; claims: number } }[] };
  const [found] = boards;
  if (found?.history === undefined) throw new Error(`the board could not be proved: ${stdout}${stderr}`);
  expect(found.history.violations).toEqual([]);
}
