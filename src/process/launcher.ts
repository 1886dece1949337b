/**
 * Runs programs through the launcher: start, signal, how they ended. If the launcher itself dies its steps are killed
 * and reported as `broken`, and the next start makes a new one.
 */
import fs from 'node:fs';
import { constants } from 'node:os';
import { isSystemError } from '../board/errors.ts';
import type { JobTrace } from '../model/job-sight.ts';
import type { ToldOutcome } from '../model/service-line.ts';
import {
  type Channels,
  type LauncherChild,
  type LauncherKind,
  launcherKinds,
  spawnLauncher,
} from './launcher-kinds.ts';
import type { LaunchOrder, LaunchReport } from './launcher-program.ts';
import { Together } from './together.ts';

export interface Launch {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly log: string;
  /** It is a service: its input and output are the launcher's `channels`, and only stderr goes to the log. One a launcher. */
  readonly service?: boolean;
  /** Its step runs on a site's disk: files that it needs there, below the site's root. */
  readonly far?: readonly FarFile[];
}

export interface FarFile {
  readonly path: string;
  readonly text: string;
  readonly executable: boolean;
}

export type LaunchEnd =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: number }
  /** Could not be started: nothing ran. */
  | { readonly kind: 'unstartable'; readonly what: 'log' | 'program'; readonly error: string; readonly errno: number }
  /** The launcher died, and the step with it. */
  | { readonly kind: 'broken' };

/** How a step ended: as its program did, or as a service has said, or has died over it. */
export type RunEnd =
  | LaunchEnd
  | { readonly kind: 'told'; readonly outcome: ToldOutcome }
  /** Its engine has not run it to an end, and it is not the step's fault. */
  | { readonly kind: 'returned'; readonly reason: string }
  | {
      readonly kind: 'broke';
      readonly cause: string;
      readonly reason: string;
      readonly code: number | null;
      readonly signal: number | null;
    };

/** A program that was started. */
export interface Launched {
  readonly ended: Promise<LaunchEnd>;
  signal(signal: NodeJS.Signals): void;
}

/** A step that runs. */
export interface Running {
  readonly ended: Promise<RunEnd>;
  /** Of one that was a job of an engine, once it has ended. */
  readonly trace?: JobTrace | undefined;
  signal(signal: NodeJS.Signals): void;
  /** Asks it to leave off, without ending the program that does it. @returns false if it can't be asked */
  cancel?(): boolean;
  /** It may go on without this process, which hears no more of it. Without: it has to be ended. */
  leave?(): void;
}

interface Waiting {
  readonly resolve: (end: LaunchEnd) => void;
  readonly onStarted: ((pid: number, channels: Channels) => void) | undefined;
  pid: number | undefined;
}

/** One that has not said that it is ready by then is taken for one that can't. */
const READY_MS = 10_000;
/** Of a place in the table of who runs. */
const PID_BYTES = 4;

export class Launcher {
  readonly #waiting = new Map<number, Waiting>();
  /** Best first. One that could not say that it is ready is not asked again. */
  readonly #kinds: LauncherKind[];
  readonly #spawn: (kind: LauncherKind) => LauncherChild;
  #next = 1;
  #child: LauncherChild | undefined;
  /** Orders of one turn: the launcher is woken once for all of them. */
  readonly #orders = new Together((text) => this.#child?.stdin.write(text));
  /** Kept back until the launcher is known to be able, and its table is open: the next kind gets them if it is not. */
  #unproven: LaunchOrder[] | undefined;
  /** The launcher's table of who runs, if it keeps one. */
  #table: number | undefined;
  #readyLimit: NodeJS.Timeout | undefined;

  constructor(kinds: readonly LauncherKind[] = launcherKinds(), spawn = spawnLauncher) {
    this.#kinds = [...kinds];
    this.#spawn = spawn;
  }

  /**
   * Starts a program. Never throws: what goes wrong is how it ended.
   * @param onStarted told of the pid of a service
   */
  start(launch: Launch, onStarted?: Waiting['onStarted']): Launched {
    const id = this.#next++;
    const ended = new Promise<LaunchEnd>((resolve) => this.#waiting.set(id, { resolve, onStarted, pid: undefined }));
    this.#send({ op: 'start', id, ...launch });
    const signal = (name: NodeJS.Signals): void => {
      // Of one that has ended nobody needs to hear; least of all a launcher that would be opened for it, and that nobody would end.
      if (this.#waiting.has(id)) this.#send({ op: 'signal', id, signal: name });
    };
    return { ended, signal };
  }

  /** Ends the launcher, and with it all that runs. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#unproven = undefined;
    this.#orders.flush();
    child.stdin.end();
    await child.ended;
  }

  #send(order: LaunchOrder): void {
    this.#child ??= this.#open();
    if (this.#unproven !== undefined) this.#unproven.push(order);
    else this.#orders.add(lineOf(order));
  }

  #open(): LauncherChild {
    const [kind] = this.#kinds;
    if (kind === undefined) throw new Error('no launcher');
    const child = this.#spawn(kind);
    this.#unproven = [];
    this.#readyLimit = setTimeout(() => child.kill('SIGKILL'), READY_MS).unref();
    // Its death shows in the other pipe: that one ends only when all that it had reported has been read.
    child.stdin.on('error', () => undefined);
    let rest = '';
    child.stdout
      .setEncoding('utf8')
      .on('data', (text: string) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) this.#report(child, JSON.parse(line) as LaunchReport);
      })
      .once('close', () => this.#broken(child));
    return child;
  }

  #report(child: LauncherChild, report: LaunchReport): void {
    if ('ready' in report) {
      this.#ready(child, report.pids);
      return;
    }
    const waiting = this.#waiting.get(report.id);
    if (waiting === undefined) return;
    if ('pid' in report) {
      waiting.pid = report.pid;
      if (child.channels !== undefined) waiting.onStarted?.(report.pid, child.channels);
      return;
    }
    this.#waiting.delete(report.id);
    if ('error' in report)
      waiting.resolve({ kind: 'unstartable', what: report.what, error: report.error, errno: report.errno });
    else if (report.code !== null) waiting.resolve({ kind: 'exit', code: report.code });
    else waiting.resolve({ kind: 'signal', signal: signalNumber(report.signal ?? 'SIGKILL') });
  }

  #ready(child: LauncherChild, pids: string | undefined): void {
    clearTimeout(this.#readyLimit);
    try {
      // Before the first order: what it starts is known here, whenever it dies.
      this.#table = pids === undefined ? undefined : fs.openSync(pids, 'r');
    } catch (error) {
      if (!isSystemError(error)) throw error;
      child.kill('SIGKILL');
      return;
    }
    const orders = this.#unproven ?? [];
    this.#unproven = undefined;
    for (const order of orders) this.#orders.add(lineOf(order));
  }

  /** Pids that the launcher's table holds now. */
  #readTable(table: number): number[] {
    const data = fs.readFileSync(table);
    const pids: number[] = [];
    for (let at = 0; at + PID_BYTES <= data.length; at += PID_BYTES) pids.push(data.readUInt32LE(at));
    return pids.filter((pid) => pid > 0);
  }

  #broken(child: LauncherChild): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    clearTimeout(this.#readyLimit);
    const table = this.#table;
    this.#table = undefined;
    if (table !== undefined) {
      for (const pid of this.#readTable(table)) killGroup(pid);
      fs.closeSync(table);
    }
    const unproven = this.#unproven;
    this.#unproven = undefined;
    if (unproven !== undefined && this.#kinds.length > 1) {
      this.#kinds.shift();
      for (const order of unproven) this.#send(order);
      return;
    }
    for (const { pid, resolve } of this.#waiting.values()) {
      if (pid !== undefined) killGroup(pid);
      resolve({ kind: 'broken' });
    }
    this.#waiting.clear();
  }
}

function lineOf(order: LaunchOrder): string {
  return `${JSON.stringify(order)}\n`;
}

function signalNumber(signal: NodeJS.Signals | number): number {
  return typeof signal === 'number' ? signal : constants.signals[signal];
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // The group has ended by itself, or is another user's by now (sudo).
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}
