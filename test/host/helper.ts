/** Host agents as real processes, and what they start: all of it ended after the test. */
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { hostField } from '../../src/model/name.ts';
import { boardPath, makeBoard, onCleanup, ROOT, SLATE, type Stages, slateOk, until } from '../helpers/home.ts';

export const HOST = hostField(hostname());
const FOLDER = `hosts/${HOST}`;

/** A home whose board `b` has stages that do nothing; whatever runs there is killed after the test. */
export async function makeHostBoard(
  stages: Stages = { a: 'command: [/bin/true]', b: 'command: [/bin/true]' },
): Promise<string> {
  const home = await makeBoard(stages);
  onCleanup(() => killAll(home));
  return home;
}

/** Pids whose command line names the home: agents, and what they keep. */
export function pidsOf(home: string, word = ''): number[] {
  return fs
    .readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .map(Number)
    .filter((pid) => {
      try {
        const words = fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0');
        return words.includes(home) && (word === '' || words.includes(word));
      } catch (error) {
        if (!(error instanceof Error && 'code' in error)) throw error;
        return false;
      }
    });
}

/** Agents first, or they would start again what is killed. */
export async function killAll(home: string): Promise<void> {
  for (const word of ['up', '']) {
    await until(() => {
      const pids = pidsOf(home, word);
      for (const pid of pids) kill(pid);
      return pids.length === 0;
    }, 'what the agent has started to end');
  }
}

export function kill(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

export interface Agent {
  readonly pid: number;
  log(): string;
  readonly child: ChildProcess;
  readonly ended: Promise<number | string>;
}

/** What programs find in their environment that are to believe that they run on a host of this name. */
export function onHost(name: string): Record<string, string> {
  return { SLATE_TEST_HOST: name, NODE_OPTIONS: `--import ${join(ROOT, 'test/helpers/host-name.mjs')}` };
}

export function startAgent(
  home: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Agent {
  const child = spawn(process.execPath, [SLATE, '--home', home, 'up', ...args], {
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
  return { child, pid: child.pid ?? -1, log: () => text, ended };
}

export interface Process {
  readonly id: string;
  readonly pid: number;
  readonly order: string;
  readonly state: string;
  readonly stages: readonly string[];
  readonly slots: number;
  readonly kept: boolean;
}

export interface Row {
  readonly host: string;
  readonly down: boolean;
  readonly agent: string;
  readonly wishes: ReadonlyArray<{ wish: string; state: string; processes: string[]; deaths: number; why: string }>;
}

export async function ps(home: string): Promise<{ processes: Process[]; hosts: Row[] }> {
  return JSON.parse(await slateOk(home, ['ps', '--json'])) as { processes: Process[]; hosts: Row[] };
}

/** Living processes of a stage. */
export async function serving(home: string, stage: string): Promise<Process[]> {
  return (await ps(home)).processes.filter(({ state, stages }) => state !== 'dead' && stages.includes(stage));
}

/** Waits until exactly one process serves the stage, with these slots. */
export async function untilServed(home: string, stage: string, slots: number, not = ''): Promise<Process> {
  let found: Process[] = [];
  const isServed = async (): Promise<boolean> => {
    found = (await serving(home, stage)).filter(({ id }) => id !== not);
    return found.length === 1 && found[0]?.slots === slots;
  };
  await until(isServed, () => `one process of ${stage} with ${slots} slots; there is ${JSON.stringify(found)}`);
  return found[0] as Process;
}

export async function untilNone(home: string): Promise<void> {
  await until(async () => (await ps(home)).processes.every(({ state }) => state === 'dead'), 'all processes to end');
}

/** Waits until the agent itself has seen what it keeps. */
export async function untilSeen(home: string, key: string): Promise<void> {
  const file = hostPath(home, 'agent');
  await until(() => {
    const text = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
    return (
      text.includes(`{"key":"${key}"`) &&
      /"state":"running"/.test(text.split(`{"key":"${key}"`)[1]?.split('}')[0] ?? '')
    );
  }, `the agent to see what serves ${key}`);
}

/** A wish as a person makes it. */
export function wish(home: string, file: string): void {
  fs.mkdirSync(boardPath(home, FOLDER), { recursive: true });
  fs.writeFileSync(boardPath(home, `${FOLDER}/${file}`), '');
}

export function mvWish(home: string, from: string, to: string): void {
  fs.renameSync(boardPath(home, `${FOLDER}/${from}`), boardPath(home, `${FOLDER}/${to}`));
}

export function rmWish(home: string, file: string): void {
  fs.rmSync(boardPath(home, `${FOLDER}/${file}`));
}

export function hostPath(home: string, file = ''): string {
  return join(boardPath(home, FOLDER), file);
}
