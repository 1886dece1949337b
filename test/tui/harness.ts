/** A Terminal on fake streams, shown by a real terminal emulator without a window. What a test sees is what a user would. */
import { PassThrough, Writable } from 'node:stream';
import unicode from '@xterm/addon-unicode11';
import xterm from '@xterm/headless';
import { type Env, surroundingsOf, type Wishes } from '../../src/tui/term/surroundings.ts';
import { type JobControl, Terminal } from '../../src/tui/term/terminal.ts';

const DEADLINE_MS = 5000;

export interface MountOptions {
  readonly cols?: number;
  readonly rows?: number;
  /** TERM is xterm-256color and the locale UTF-8 unless told. */
  readonly env?: Env;
  readonly wishes?: Wishes;
  readonly jobs?: JobControl;
}

/** Signals that are sent and heard, and go nowhere. */
export class FakeJobs implements JobControl {
  readonly sent: string[] = [];
  readonly #listeners = new Map<string, Set<() => void>>();

  kill(pid: number, signal: string): void {
    this.sent.push(`${signal} ${pid === process.pid ? 'self' : pid}`);
  }

  on(signal: string, listener: () => void): void {
    this.#listeners.set(signal, (this.#listeners.get(signal) ?? new Set()).add(listener));
  }

  off(signal: string, listener: () => void): void {
    this.#listeners.get(signal)?.delete(listener);
  }

  deliver(signal: string): void {
    for (const listener of [...(this.#listeners.get(signal) ?? [])]) listener();
  }

  count(signal: string): number {
    return this.#listeners.get(signal)?.size ?? 0;
  }
}

/** What a cell looks like: colours as numbers, -1 for the terminal's own. */
export interface CellLook {
  readonly char: string;
  readonly fg: number;
  readonly bg: number;
  readonly isBold: boolean;
  readonly isInverse: boolean;
  readonly isUnderline: boolean;
}

class FakeInput extends PassThrough {
  isRaw = false;
  readonly isTTY = true;

  setRawMode(isRaw: boolean): this {
    this.isRaw = isRaw;
    return this;
  }
}

class FakeOutput extends Writable {
  readonly isTTY = true;
  readonly #show: (text: string) => void;
  columns: number;
  rows: number;
  /** All that was sent. */
  bytes = '';

  constructor(cols: number, rows: number, show: (text: string) => void) {
    super({ decodeStrings: false });
    this.columns = cols;
    this.rows = rows;
    this.#show = show;
  }

  override _write(chunk: string, _encoding: string, done: () => void): void {
    this.bytes += chunk;
    this.#show(chunk);
    done();
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export class Mounted {
  readonly term: xterm.Terminal;
  readonly input = new FakeInput();
  readonly output: FakeOutput;
  readonly jobs: JobControl;
  readonly terminal: Terminal;
  /** What it told of having the terminal. */
  readonly taken: boolean[] = [];

  constructor({ cols = 80, rows = 24, env = {}, wishes, jobs = new FakeJobs() }: MountOptions = {}) {
    this.term = new xterm.Terminal({ cols, rows, allowProposedApi: true, scrollback: 0 });
    this.term.loadAddon(new unicode.Unicode11Addon());
    this.term.unicode.activeVersion = '11';
    this.output = new FakeOutput(cols, rows, (text) => this.term.write(text));
    this.jobs = jobs;
    this.terminal = Terminal.open({
      input: this.input,
      output: this.output,
      surroundings: surroundingsOf({ TERM: 'xterm-256color', LANG: 'C.UTF-8', ...env }, wishes),
      jobs,
      onTaken: (isOurs) => this.taken.push(isOurs),
    });
  }

  /** Until the emulator shows all that was sent so far. */
  async settle(): Promise<void> {
    await turn();
    await new Promise<void>((resolve) => this.term.write('', resolve));
  }

  /** Keys as a terminal sends them. A lone escape is `escape`. */
  async type(text: string | Uint8Array): Promise<void> {
    this.input.write(text);
    await turn();
    await this.settle();
  }

  /** The Escape key. A report of focus right behind it spares waiting for the time in which a sequence might go on. */
  async escape(): Promise<void> {
    await this.type('\x1b\x1b[I');
  }

  async paste(text: string): Promise<void> {
    await this.type(`\x1b[200~${text}\x1b[201~`);
  }

  /** @param x @param y cells, 0-based */
  async click(x: number, y: number): Promise<void> {
    await this.type(`\x1b[<0;${x + 1};${y + 1}M\x1b[<0;${x + 1};${y + 1}m`);
  }

  async wheel(direction: 'up' | 'down', x = 0, y = 0): Promise<void> {
    await this.type(`\x1b[<${direction === 'up' ? 64 : 65};${x + 1};${y + 1}M`);
  }

  async resize(cols: number, rows: number): Promise<void> {
    this.output.columns = cols;
    this.output.rows = rows;
    this.term.resize(cols, rows);
    this.output.emit('resize');
    await this.settle();
  }

  /** Waits for something that takes its own time. @param holds looked at again and again, for five seconds at most */
  async until(holds: () => boolean, what = 'what was waited for'): Promise<void> {
    const deadline = performance.now() + DEADLINE_MS;
    while (!holds()) {
      if (performance.now() > deadline) throw new Error(`${what} did not come; on the screen:\n${this.screen()}`);
      await turn();
      await this.settle();
    }
  }

  /** Each row as it is shown, without trailing space. */
  text(): string[] {
    return Array.from({ length: this.term.rows }, (_, y) => this.line(y));
  }

  line(y: number): string {
    return this.term.buffer.active.getLine(y)?.translateToString(true).trimEnd() ?? '';
  }

  screen(): string {
    return this.text().join('\n');
  }

  cell(x: number, y: number): CellLook {
    const cell = this.term.buffer.active.getLine(y)?.getCell(x);
    if (cell === undefined) throw new Error(`there is no cell ${x},${y}`);
    return {
      char: cell.getChars(),
      fg: cell.isFgDefault() ? -1 : cell.getFgColor(),
      bg: cell.isBgDefault() ? -1 : cell.getBgColor(),
      isBold: cell.isBold() !== 0,
      isInverse: cell.isInverse() !== 0,
      isUnderline: cell.isUnderline() !== 0,
    };
  }

  get cursor(): { readonly x: number; readonly y: number } {
    const { cursorX, cursorY } = this.term.buffer.active;
    return { x: cursorX, y: cursorY };
  }

  /** The modes that a program has to leave as it found them. */
  modes(): Readonly<Record<'screen' | 'mouse', string>> & Readonly<Record<'paste' | 'focus' | 'raw', boolean>> {
    const { modes, buffer } = this.term;
    return {
      screen: buffer.active.type,
      mouse: modes.mouseTrackingMode,
      paste: modes.bracketedPasteMode,
      focus: modes.sendFocusMode,
      raw: this.input.isRaw,
    };
  }

  close(): void {
    this.terminal.close();
    this.term.dispose();
  }
}

/** Opens a terminal on fake streams. Close it when the test is over. */
export function mount(options: MountOptions = {}): Mounted {
  return new Mounted(options);
}
