/**
 * Hosts: sets of namespaces with a host agent each, as a host has one whose service is started again when it dies. What the agent
 * keeps runs beside it; all of it can be killed, frozen, or switched off at once.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { onCleanup, SLATE } from '../../helpers/home.ts';

const NAMESPACES = ['--uts', '--net', '--pid', '--mount', '--fork', '--kill-child', '--mount-proc'];
const AGENT = `hostname "$HOST"; while :; do "$NODE" "$SLATE" --home "$HOME_OF_BOARD" up --unless-down 2>>"$LOG"; sleep 0.3; done`;

export class AgentHost {
  readonly name: string;
  readonly #home: string;
  #pid: number | undefined;
  #ended: Promise<void> = Promise.resolve();

  constructor(name: string, home: string) {
    this.name = name;
    this.#home = home;
    onCleanup(() => this.switchOff());
  }

  /** What its agents say, one after the other. */
  get log(): string {
    return `${this.#home}/${this.name}.log`;
  }

  get isOn(): boolean {
    return this.#pid !== undefined;
  }

  switchOn(): void {
    const env = { HOST: this.name, NODE: process.execPath, SLATE, HOME_OF_BOARD: this.#home, LOG: this.log };
    const child = spawn('unshare', [...NAMESPACES, 'bash', '-c', AGENT], {
      stdio: 'ignore',
      env: { ...process.env, ...env },
    });
    this.#pid = child.pid;
    this.#ended = new Promise((resolve) => child.once('close', () => resolve()));
  }

  /** Everything on it dies at once. */
  async switchOff(): Promise<void> {
    if (this.#pid !== undefined) send(this.#pid, 'SIGKILL');
    this.#pid = undefined;
    await this.#ended;
  }

  /** Pids of its agent, or of its stage processes. */
  pids(word: 'up' | 'run'): number[] {
    return this.all().filter((pid) => {
      const words = read(`/proc/${pid}/cmdline`).split('\0');
      return words.includes(SLATE) && words.includes(word);
    });
  }

  /** All but the first process, which no signal from inside reaches. */
  all(): number[] {
    return this.#pid === undefined ? [] : descendants(this.#pid).slice(1);
  }
}

/** @returns false if it had gone */
export function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    return false;
  }
}

/** Pids of all that a process has started. */
function descendants(pid: number): number[] {
  const children = read(`/proc/${pid}/task/${pid}/children`).trim();
  return children === '' ? [] : children.split(' ').flatMap((one) => [Number(one), ...descendants(Number(one))]);
}

/** Empty if it is gone. */
function read(path: string): string {
  try {
    return fs.readFileSync(path, 'latin1');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return '';
  }
}
