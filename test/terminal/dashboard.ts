/** A dashboard in tmux, on boards made for it. */
import { join } from 'node:path';
import { type BigBoardOptions, makeBenchHome, makeBigBoard } from '../../bench/big-board.ts';
import { onCleanup, SLATE, tempFolder } from '../helpers/home.ts';
import { Tmux, type TmuxOptions } from './tmux.ts';

/** A home with a board `big` of so many entries, which nobody works on. */
export function bigHome(options: Partial<BigBoardOptions>): string {
  const home = tempFolder('slate-term-');
  makeBenchHome(home);
  const none = { queued: 0, done: 0, failed: 0, mixed: 0, journalLines: 0, logs: 0 };
  makeBigBoard({ ...none, home, name: 'big', nowMs: Date.now(), ...options });
  return home;
}

export function boardFolder(home: string, path = ''): string {
  return join(home, 'blackboard', 'big', path);
}

export interface DashboardOptions extends Partial<Omit<TmuxOptions, 'command'>> {
  readonly args?: string;
}

/** After it has ended: its exit code, and what the terminal's driver is set to. */
const AFTER = `echo "exit=$?"; stty -a | tr ';' '\\n' | grep -o -- '-\\?\\bicanon\\b\\|-\\?\\becho\\b' | tr '\\n' ' '; echo over; exec sleep 1000`;

/** A terminal that is closed after the test. */
export function openTmux(options: TmuxOptions): Tmux {
  const tmux = new Tmux(options);
  onCleanup(() => tmux.kill());
  return tmux;
}

/** Opens the dashboard; the shell that it runs in tells afterwards how it ended. */
export function openDashboard(home: string, { args = '', ...more }: DashboardOptions = {}): Tmux {
  return openTmux({ command: `'${process.execPath}' '${SLATE}' board --home '${home}' ${args}; ${AFTER}`, ...more });
}

/** Process id of the dashboard under the shell. */
export async function pidOf(tmux: Tmux): Promise<number> {
  const { readFileSync } = await import('node:fs');
  const children = readFileSync(`/proc/${tmux.pid}/task/${tmux.pid}/children`, 'utf8').trim().split(' ');
  return Number(children[0]);
}
