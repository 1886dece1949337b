/**
 * The terminal as the dashboard sees it: a surface to paint, keys that come in, and its being lent and given back. Streams
 * and signals are handed in, so that tests need no terminal.
 */
import type { KeyPress, MouseEvent } from '../binding.ts';
import type { Surface } from '../surface.ts';
import { type BlessedScreen, openScreen } from './blessed.ts';
import { FOCUS_AND_PASTE, MOUSE, modes } from './modes.ts';
import { paintSurface } from './paint.ts';
import { clipboardText, type OutputStream, Sink } from './sink.ts';
import type { Surroundings } from './surroundings.ts';
import { type InputStream, TtyInput } from './tty-input.ts';

/** What is used of `process` for job control. */
export interface JobControl {
  kill(pid: number, signal: NodeJS.Signals): unknown;
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  off(signal: NodeJS.Signals, listener: () => void): unknown;
}

export interface TerminalOptions {
  readonly input: InputStream;
  readonly output: OutputStream;
  readonly surroundings: Surroundings;
  readonly jobs: JobControl;
  /** Told whenever the terminal has been taken, and before it is given back or lent. */
  readonly onTaken?: (isOurs: boolean) => void;
}

/** A process that can't be stopped, because nobody would wake it, is back after this. */
const STOPPED_MS = 200;

type State = 'open' | 'lent' | 'stopped' | 'closed';

export class Terminal {
  readonly surroundings: Surroundings;
  readonly #output: OutputStream;
  readonly #sink: Sink;
  readonly #input: TtyInput;
  readonly #jobs: JobControl;
  readonly #onTaken: (isOurs: boolean) => void;
  readonly #screen: BlessedScreen;
  #state: State = 'open';
  #hasMouse = false;
  /** What is to be seen, for when the screen has to be painted anew. */
  #surface: Surface | undefined;
  #child: ReturnType<BlessedScreen['spawn']> | undefined;
  #key: ((press: KeyPress) => void) | undefined;
  #mouse: ((event: MouseEvent) => void) | undefined;
  #paste: ((text: string) => void) | undefined;
  #focus: ((isFocused: boolean) => void) | undefined;
  #resize: (() => void) | undefined;
  #gone: (() => void) | undefined;

  /** Takes the terminal: alternate screen, raw mode, no cursor. @see close */
  static open(options: TerminalOptions): Terminal {
    return new Terminal(options);
  }

  private constructor({ input, output, surroundings, jobs, onTaken = () => undefined }: TerminalOptions) {
    this.surroundings = surroundings;
    this.#output = output;
    this.#jobs = jobs;
    this.#onTaken = onTaken;
    const sink = new Sink(output);
    this.#sink = sink;
    this.#input = new TtyInput(input, {
      key: (press) => this.#key?.(press),
      mouse: (event) => this.#mouse?.(event),
      paste: (text) => this.#paste?.(text),
      focus: (isFocused) => this.#focus?.(isFocused),
      gone: () => {
        this.#sink.isGone = true;
        this.#gone?.();
      },
    });
    this.#input.start();
    this.#screen = openScreen({ terminfo: surroundings.terminfo, ...this.#size, write: sink.write });
    this.#enterModes();
    output.on('resize', this.#hearResize);
    jobs.on('SIGCONT', this.#hearContinue);
    jobs.on('SIGTSTP', this.#hearStop);
    onTaken(true);
  }

  get cols(): number {
    return this.#screen.cols;
  }

  get rows(): number {
    return this.#screen.rows;
  }

  /** Somebody else has it: a pager. Signals from its keys are for him. */
  get isLent(): boolean {
    return this.#state === 'lent';
  }

  /** It has hung up: there is nothing to give back. */
  get isGone(): boolean {
    return this.#sink.isGone;
  }

  onKey(listener: (press: KeyPress) => void): void {
    this.#key = listener;
  }

  onMouse(listener: (event: MouseEvent) => void): void {
    this.#mouse = listener;
  }

  onPaste(listener: (text: string) => void): void {
    this.#paste = listener;
  }

  onFocus(listener: (isFocused: boolean) => void): void {
    this.#focus = listener;
  }

  /** The size is another; `cols` and `rows` tell it. */
  onResize(listener: () => void): void {
    this.#resize = listener;
  }

  /** The terminal has gone: its input ended. */
  onGone(listener: () => void): void {
    this.#gone = listener;
  }

  /** Sends what differs from what is shown. */
  paint(surface: Surface): void {
    this.#surface = surface;
    if (this.#state === 'open') paintSurface(this.#screen, surface, this.surroundings);
  }

  /** Clears the terminal and paints all of it: something else has written to it. */
  repaint(): void {
    if (this.#state !== 'open') return;
    this.#screen.alloc();
    this.#paintAgain();
  }

  /** While it is on, the terminal selects no text as usual. Nothing happens where there is none. */
  setMouse(isOn: boolean): void {
    if (!this.surroundings.isXtermLike || isOn === this.#hasMouse) return;
    this.#hasMouse = isOn;
    if (this.#state === 'open') this.#sink.write(modes(MOUSE, isOn ? 'h' : 'l'));
  }

  /** Puts a text into the user's clipboard, as far as his terminal lets it. */
  copy(text: string): 'sent' | 'too long' | 'no clipboard' {
    if (!this.surroundings.isXtermLike) return 'no clipboard';
    const sequence = clipboardText(text, this.surroundings.isTmux);
    if (sequence === undefined) return 'too long';
    if (this.#state === 'open') this.#sink.write(sequence);
    return 'sent';
  }

  /** Gives the terminal back to the shell and stops, with the other programs of the job; `fg` comes back. */
  suspend(): void {
    if (this.#state !== 'open') return;
    this.#leave('stopped');
    // The timer also keeps the process alive: with its input paused nothing else would, and it would end after `fg`.
    // One turn later, so that the signal that woke us is heard first.
    setTimeout(() => setImmediate(() => this.#comeBack('stopped')), STOPPED_MS);
    // Without a listener the signal does what it is for.
    this.#jobs.off('SIGTSTP', this.#hearStop);
    this.#jobs.kill(0, 'SIGTSTP');
  }

  /** Lends the terminal to a program until it ends. @throws if it can't be started */
  async runPager(program: string, args: readonly string[]): Promise<void> {
    if (this.#state !== 'open') return;
    this.#leave('lent');
    // blessed would switch screens and modes itself, and back: that has been done.
    this.#sink.isMute = true;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#child = this.#screen.spawn(program, args);
        this.#child.on('error', reject);
        this.#child.on('exit', () => resolve());
      });
    } finally {
      this.#child = undefined;
      const { program } = this.#screen;
      program.flush();
      program.output.write = this.#sink.write;
      this.#screen.leave();
      this.#sink.isMute = false;
      this.#comeBack('lent');
    }
  }

  /** The terminal as it was found. May be called at any time, and again. */
  close(): void {
    const before = this.#state;
    if (before === 'closed') return;
    if (before === 'open') this.#leave('closed');
    this.#state = 'closed';
    this.#sink.isMute = true;
    this.#child?.kill('SIGTERM');
    this.#output.off('resize', this.#hearResize);
    this.#jobs.off('SIGCONT', this.#hearContinue);
    this.#jobs.off('SIGTSTP', this.#hearStop);
  }

  get #size(): { readonly cols: number; readonly rows: number } {
    const { columns = 0, rows = 0 } = this.#output;
    return columns > 0 && rows > 0 ? { cols: columns, rows } : { cols: 80, rows: 24 };
  }

  #takeSize(): void {
    const { program } = this.#screen;
    const { cols, rows } = this.#size;
    program.cols = cols;
    program.rows = rows;
  }

  #enterModes(): void {
    this.#screen.program.flush();
    if (!this.surroundings.isXtermLike) return;
    this.#sink.write(modes([...FOCUS_AND_PASTE, ...(this.#hasMouse ? MOUSE : [])], 'h'));
  }

  #leave(state: State): void {
    this.#state = state;
    this.#onTaken(false);
    if (this.surroundings.isXtermLike) this.#sink.write(modes([...MOUSE, ...FOCUS_AND_PASTE], 'l'));
    this.#screen.leave();
    this.#screen.program.flush();
    this.#sink.write('\x1b[m');
    this.#input.stop();
  }

  #comeBack(from: State): void {
    if (this.#state !== from) return;
    this.#state = 'open';
    if (from === 'stopped') this.#jobs.on('SIGTSTP', this.#hearStop);
    const { cols, rows } = this;
    this.#takeSize();
    this.#input.start();
    this.#screen.enter();
    this.#enterModes();
    this.#onTaken(true);
    this.#paintAgain();
    if (cols !== this.cols || rows !== this.rows) this.#resize?.();
    // What changed while another job was in front was told to that one only: have it looked up.
    this.#jobs.kill(process.pid, 'SIGWINCH');
  }

  #paintAgain(): void {
    if (this.#surface === undefined) this.#screen.program.flush();
    else this.paint(this.#surface);
  }

  readonly #hearResize = (): void => {
    if (this.#state !== 'open') return;
    this.#takeSize();
    this.#screen.alloc();
    if (this.#resize === undefined) this.#paintAgain();
    else this.#resize();
  };

  readonly #hearStop = (): void => {
    if (this.#state === 'open') this.suspend();
    // The pager stops as well, and the shell waits for all of the job.
    else if (this.#state === 'lent') this.#jobs.kill(process.pid, 'SIGSTOP');
  };

  readonly #hearContinue = (): void => {
    if (this.#state === 'stopped') this.#comeBack('stopped');
    else if (this.#state === 'open') {
      this.#jobs.off('SIGTSTP', this.#hearStop);
      // It was stopped from outside, and the shell has set the terminal its own way.
      this.#leave('stopped');
      this.#comeBack('stopped');
    }
  };
}
