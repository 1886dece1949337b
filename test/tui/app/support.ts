/** The whole dashboard on a real board, on a terminal emulator without a window. */
import { Board } from '../../../src/board/board.ts';
import { App } from '../../../src/tui/app/app.ts';
import { Effects } from '../../../src/tui/app/effects.ts';
import { Sources } from '../../../src/tui/app/sources.ts';
import { Look } from '../../../src/tui/look.ts';
import { onCleanup, SLATE } from '../../helpers/home.ts';
import { type Mounted, mount } from '../harness.ts';

export interface Shown {
  readonly app: App;
  readonly tty: Mounted;
  /** Settled when the dashboard has been left. */
  readonly left: Promise<void>;
  /** Waits until the screen holds this. */
  shows(wanted: string | RegExp): Promise<string>;
}

export interface ShowOptions {
  readonly cols?: number;
  readonly rows?: number;
  readonly filter?: string;
  readonly isReadOnly?: boolean;
  readonly hasColor?: boolean;
  readonly cwd?: string;
}

const BOUND_MS = 20_000;

export function show(home: string, board: string, options: ShowOptions = {}): Shown {
  const { cols = 120, rows = 32, hasColor = true } = options;
  const tty = mount({ cols, rows });
  const app = new App({
    screen: tty.terminal,
    look: new Look({ isAscii: false, hasColor, showLetters: false }),
    sources: new Sources(Board.open(home, board)),
    isReadOnly: options.isReadOnly === true,
    hasMouse: true,
    filter: options.filter ?? '',
    effects: (of) => new Effects(of, { script: SLATE, cwd: options.cwd ?? home, env: process.env }),
  });
  const left = app.run();
  onCleanup(async () => {
    app.quit();
    await left;
    tty.close();
  });
  const shows = async (wanted: string | RegExp): Promise<string> => {
    const deadline = performance.now() + BOUND_MS;
    for (;;) {
      await tty.settle();
      const screen = tty.screen();
      if (typeof wanted === 'string' ? screen.includes(wanted) : wanted.test(screen)) return screen;
      if (performance.now() > deadline) throw new Error(`waited in vain for ${wanted}; the screen:\n${screen}`);
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  };
  return { app, tty, left, shows };
}
