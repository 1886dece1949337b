/**
 * How the dashboard ends when nobody pressed q: signals, a fault, a terminal that has gone. Whatever happens, the terminal
 * is as it was before a word is said, and the exit code tells what it was.
 */
import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
type Signal = (typeof SIGNALS)[number];
/** Keys make these too: they are a pager's while it has the terminal. */
const OF_KEYS: readonly Signal[] = ['SIGINT', 'SIGQUIT'];

const HANGUP = 128 + constants.signals.SIGHUP;
/** A fault of slate itself. */
const EXIT_FAULT = 70;
/** What the dashboard gets to put its things away after a signal. */
const GRACE_MS = 2000;

/** What is used of a terminal. */
export interface Guarded {
  readonly isLent: boolean;
  readonly isGone: boolean;
  close(): void;
  onGone(listener: () => void): void;
}

/** What is used of `process`. */
export interface Host {
  on(event: Signal, listener: (signal: NodeJS.Signals) => void): unknown;
  on(event: 'exit', listener: () => void): unknown;
  prependListener(event: 'uncaughtException', listener: (error: unknown) => void): unknown;
  off(event: Signal, listener: (signal: NodeJS.Signals) => void): unknown;
  off(event: 'exit', listener: () => void): unknown;
  off(event: 'uncaughtException', listener: (error: unknown) => void): unknown;
  listenerCount(event: 'uncaughtException'): number;
  exit(code: number): unknown;
  kill(pid: number, signal: Signal): unknown;
  readonly pid: number;
  readonly stderr: { write(text: string): unknown };
}

export class Lifecycle {
  readonly #terminal: Guarded;
  readonly #host: Host;
  readonly #end: (exit: number) => void;
  #exit: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  /**
   * The exit code, once a signal came or the terminal has gone. The terminal has been given back then; the dashboard has
   * two seconds to end by itself. A second signal ends it at once.
   */
  readonly ended: Promise<number>;

  constructor(terminal: Guarded, host: Host) {
    this.#terminal = terminal;
    this.#host = host;
    const { promise, resolve } = withResolvers<number>();
    this.ended = promise;
    this.#end = resolve;
    for (const signal of SIGNALS) host.on(signal, this.#hearSignal);
    // A rejection that nobody handles comes here as well.
    host.prependListener('uncaughtException', this.#hearFault);
    host.on('exit', this.#hearExit);
    terminal.onGone(() => this.#stop(HANGUP));
  }

  /** Gives the terminal back and hears no more. May be called again. */
  end(): void {
    const host = this.#host;
    this.#terminal.close();
    clearTimeout(this.#timer);
    for (const signal of SIGNALS) host.off(signal, this.#hearSignal);
    host.off('uncaughtException', this.#hearFault);
    if (this.#exit === undefined) host.off('exit', this.#hearExit);
  }

  readonly #hearSignal = (signal: NodeJS.Signals): void => {
    if (this.#terminal.isLent && (OF_KEYS as readonly string[]).includes(signal)) return;
    // A hangup is told twice, by the system and by the shell, and is no sign of impatience.
    if (signal === 'SIGHUP' && this.#exit === HANGUP) return;
    this.#stop(128 + constants.signals[signal]);
  };

  #stop(exit: number): void {
    if (this.#exit !== undefined) {
      this.#host.exit(this.#exit);
      return;
    }
    this.#exit = exit;
    this.#terminal.close();
    this.#timer = setTimeout(() => this.#host.exit(exit), GRACE_MS);
    // If nothing else keeps it alive, it has ended.
    this.#timer.unref();
    this.#end(exit);
  }

  /** First of all listeners: whoever reports it writes to a terminal that shows it. */
  readonly #hearFault = (error: unknown): void => {
    this.#terminal.close();
    if (this.#host.listenerCount('uncaughtException') > 1) return;
    this.#host.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    this.#host.exit(EXIT_FAULT);
  };

  readonly #hearExit = (): void => {
    this.#terminal.close();
    if (!this.#terminal.isGone) return;
    // At its end Node sets the terminal as it was, and crashes if there is none any more. So the hangup ends it: to the
    // shell that is the same code.
    this.end();
    this.#host.kill(this.#host.pid, 'SIGHUP');
  };
}

function withResolvers<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
