/**
 * A program on a real terminal: tmux with a server of its own for each one. Screens are waited for, never slept for.
 */
import { execFileSync } from 'node:child_process';

export interface TmuxOptions {
  /** A shell line. */
  readonly command: string;
  readonly cols?: number;
  readonly rows?: number;
  /** What the program finds in TERM. */
  readonly term?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

const BOUND_MS = 20_000;
let number = 0;

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

export class Tmux {
  readonly #socket: string;

  constructor({ command, cols = 100, rows = 30, term = 'xterm-256color', env = {}, cwd = '/' }: TmuxOptions) {
    // A socket used again after its server has ended fails now and then.
    this.#socket = `slate-${process.pid}-${++number}`;
    const vars = { TERM: term, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', TZ: 'UTC', ...env };
    const words = Object.entries(vars).map(([name, value]) => `${name}=${quoted(value)}`);
    const line = `cd ${quoted(cwd)}; export ${words.join(' ')}; ${command}`;
    this.#run(
      'new-session',
      '-d',
      '-s',
      't',
      '-x',
      String(cols),
      '-y',
      String(rows),
      `exec bash --norc -c ${quoted(line)}`,
    );
  }

  #run(...args: string[]): string {
    const env = { ...process.env, LC_ALL: 'C.UTF-8' };
    return execFileSync('tmux', ['-u', '-L', this.#socket, '-f', '/dev/null', ...args], {
      encoding: 'utf8',
      env,
      stdio: 'pipe',
    });
  }

  /** Keys by tmux's names: `j`, `Enter`, `Escape`, `C-c`, `PageDown`. */
  keys(...keys: string[]): void {
    for (const key of keys) this.#run('send-keys', '-t', 't', key);
  }

  /** Text as it is. */
  type(text: string): void {
    this.#run('send-keys', '-t', 't', '-l', text);
  }

  resize(cols: number, rows: number): void {
    this.#run('resize-window', '-t', 't', '-x', String(cols), '-y', String(rows));
  }

  /** The screen, as text. */
  screen(): string {
    return this.#run('capture-pane', '-p', '-t', 't');
  }

  /** The screen with its colours as escape sequences. */
  colored(): string {
    return this.#run('capture-pane', '-p', '-e', '-t', 't');
  }

  /** The program's process id: of the shell that was started, or what it became by exec. */
  get pid(): number {
    return Number(this.#format('#{pane_pid}'));
  }

  get title(): string {
    return this.#format('#{pane_title}');
  }

  /** `alternate screen, mouse, cursor`, each 0 or 1: what a program has to give back. */
  get modes(): string {
    return this.#format('#{alternate_on}#{mouse_any_flag}#{cursor_flag}');
  }

  #format(format: string): string {
    return this.#run('display-message', '-p', '-t', 't', format).trim();
  }

  async until(test: (screen: string) => boolean, what: string, boundMs = BOUND_MS): Promise<string> {
    const deadline = performance.now() + boundMs;
    for (;;) {
      const screen = this.screen();
      if (test(screen)) return screen;
      if (performance.now() > deadline)
        throw new Error(`waited ${boundMs / 1000} s in vain for ${what}; the screen:\n${screen}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Waits until the screen holds this. */
  shows(wanted: string | RegExp, boundMs?: number): Promise<string> {
    const test =
      typeof wanted === 'string'
        ? (screen: string) => screen.includes(wanted)
        : (screen: string) => wanted.test(screen);
    return this.until(test, String(wanted), boundMs);
  }

  kill(): void {
    try {
      this.#run('kill-server');
    } catch (error) {
      // It has ended by itself, with its last program.
      if (!/no server|error connecting|lost server|exited/.test(String(error))) throw error;
    }
  }
}
