/**
 * blessed, reduced to what it is needed for: it compares two screens of cells and sends the difference in the terminal's
 * own language. It gets no stream and no signal: it writes into a sink, and keys, modes, signals and sizes are ours
 * (`terminal.ts`). The only module that imports it; it loads with the dashboard, never with a command.
 */
import { EventEmitter } from 'node:events';
import Program from 'blessed/lib/program.js';
import Tput from 'blessed/lib/tput.js';
import Screen from 'blessed/lib/widgets/screen.js';
import { TERMINFO_NAMES, type TerminfoName, terminfo } from './terminfo.ts';

export type BlessedScreen = Screen;

// Its own handlers of signals, faults and exit end with the wrong code, or restore half of the terminal.
Screen.bind = nothing;
Program.bind = nothing;

// Whatever TERM and TERMINFO say: the system's descriptions are in a newer format, which it misreads.
Tput.prototype.readTerminfo = function readTerminfo(this: Tput) {
  const name = TERMINFO_NAMES.find((known) => known === this.terminal) ?? 'xterm-256color';
  return this.parseTerminfo(terminfo(name), `/terminfo/${name}`);
};

export interface ScreenOptions {
  readonly terminfo: TerminfoName;
  readonly cols: number;
  readonly rows: number;
  readonly write: (text: string) => void;
}

/** A screen on the alternate buffer, cleared; what it says goes to `write` when its program is flushed. */
export function openScreen({ terminfo: terminal, cols, rows, write }: ScreenOptions): BlessedScreen {
  const output = Object.assign(new EventEmitter(), { columns: cols, rows, isTTY: true, writable: true, write });
  return withoutTmux(() => {
    const input = Object.assign(new EventEmitter(), { pause: nothing, resume: nothing });
    const screen = new Screen({ input, output, terminal, forceUnicode: true, fullUnicode: false, smartCSR: false });
    screen.tput.brokenACS = true;
    return screen;
  });
}

/** It would run `tmux -V` to learn how to pass things through, of which nothing is used. */
function withoutTmux<T>(work: () => T): T {
  const { TMUX } = process.env;
  delete process.env.TMUX;
  try {
    return work();
  } finally {
    if (TMUX !== undefined) process.env.TMUX = TMUX;
  }
}

function nothing(): void {
  // What it would do is done elsewhere.
}
