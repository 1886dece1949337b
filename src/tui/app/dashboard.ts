/** One run of the dashboard: takes the terminal, runs the app, gives the terminal back, whatever happens. */
import type { Board } from '../../board/board.ts';
import { liveDisk } from '../../board/live/disk.ts';
import { Look } from '../look.ts';
import { Lifecycle } from '../term/lifecycle.ts';
import { farewell } from '../term/modes.ts';
import { refusalOf, surroundingsOf } from '../term/surroundings.ts';
import { Terminal } from '../term/terminal.ts';
import { Watchdog } from '../term/watchdog.ts';
import { App } from './app.ts';
import { Effects } from './effects.ts';
import { Sources } from './sources.ts';

export { refusalOf };

export interface DashboardOptions {
  readonly board: Board;
  /** A line of the filter language to begin with. */
  readonly filter: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The script of this program, for commands. */
  readonly script: string;
  readonly isReadOnly: boolean;
  readonly isAscii: boolean;
  readonly showLetters: boolean;
  readonly hasMouse: boolean;
  readonly hasColor: boolean;
  /** Hands over who is told what the board has to say (a journal that can't be written). */
  readonly whenTroubled: (hear: (message: string) => void) => void;
}

/** What is still read when it is left gets so long. */
const HANGING_MS = 1_000;
/** A disk that does not say then what the board's folder is, hangs. */
const ANSWER_MS = 2_000;

/** @returns the exit code */
export async function runDashboard(options: DashboardOptions): Promise<number> {
  const { board, env, cwd, script, isAscii, hasColor, showLetters } = options;
  const surroundings = surroundingsOf(env, { isAscii, hasColor });
  const watchdog = new Watchdog({
    farewell: farewell(surroundings),
    onDrawn: () => terminal.repaint(),
    onTrouble: (message) => process.emitWarning(message),
  });
  const terminal = Terminal.open({
    input: process.stdin,
    output: process.stdout,
    surroundings,
    jobs: process,
    onTaken: watchdog.setTerminal,
  });
  const lifecycle = new Lifecycle(terminal, process);
  try {
    const look = new Look({ isAscii: surroundings.isAscii, hasColor: surroundings.colors > 0, showLetters });
    const app = new App({
      screen: terminal,
      look,
      sources: new Sources(board),
      isReadOnly: options.isReadOnly,
      hasMouse: options.hasMouse,
      filter: options.filter,
      effects: (of) => new Effects(of, { script, cwd, env }),
    });
    options.whenTroubled((message) => app.toast(message, true));
    const warn = (warning: Error): void => app.toast(`${warning.name}: ${warning.message}`, true);
    const ran = app.run().then(() => 0);
    // Node's own listener would write over the screen.
    process.removeAllListeners('warning');
    process.on('warning', warn);
    const exit = await Promise.race([ran, lifecycle.ended]);
    app.quit();
    await ran;
    process.off('warning', warn);
    return exit;
  } finally {
    lifecycle.end();
    board.journal.flush();
    watchdog.stop();
    // A disk that hangs would keep the process for as long as it has not answered.
    setTimeout(() => leave(board), HANGING_MS).unref();
  }
}

/** Whatever is still being waited for. `process.exit` joins the threads that wait for a disk: while it hangs only a signal ends. */
function leave(board: Board): void {
  const kill = setTimeout(() => {
    process.removeAllListeners('SIGTERM');
    process.kill(process.pid, 'SIGTERM');
  }, ANSWER_MS);
  const answered = (): void => {
    clearTimeout(kill);
    process.exit();
  };
  liveDisk(board.isNetwork).stamp(board.root).then(answered, answered);
}
