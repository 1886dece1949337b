/** Ends a command that takes too long, or that nobody waits for any more, and what it has started: by TERM, a little later by KILL. */
import type { ChildProcess } from 'node:child_process';
import { isSystemError } from '../board/errors.ts';

/** Between the two, of one that is late, and of one that keeps this process from ending. */
const GRACE_MS = { late: 5_000, unwanted: 1_000 };

type Held = Pick<ChildProcess, 'pid' | 'unref' | 'stdin' | 'stdout' | 'stderr'>;

export interface LeashOptions {
  readonly limitMs: number;
  /** Aborted when nobody waits any more. The command leads a process group of its own then. */
  readonly unwanted: AbortSignal | undefined;
}

export class Leash {
  /** Settles when it was killed: who waits for it need not see it end, for it may hang in the kernel. */
  readonly lost: Promise<undefined>;
  /** Why it was ended. */
  cut: keyof typeof GRACE_MS | undefined;
  readonly #child: Held;
  readonly #unwanted: AbortSignal | undefined;
  #timer: NodeJS.Timeout;
  #lose: () => void = () => undefined;

  constructor(child: Held, { limitMs, unwanted }: LeashOptions) {
    this.#child = child;
    this.#unwanted = unwanted;
    this.lost = new Promise((resolve) => {
      this.#lose = () => resolve(undefined);
    });
    this.#timer = setTimeout(() => this.#end('late'), limitMs);
    unwanted?.addEventListener('abort', this.#whenUnwanted, { once: true });
    if (unwanted?.aborted === true) this.#end('unwanted');
  }

  /** It has ended. */
  release(): void {
    clearTimeout(this.#timer);
    this.#unwanted?.removeEventListener('abort', this.#whenUnwanted);
  }

  readonly #whenUnwanted = (): void => this.#end('unwanted');

  #end(why: keyof typeof GRACE_MS): void {
    this.cut ??= why;
    clearTimeout(this.#timer);
    this.#signal('SIGTERM');
    this.#timer = setTimeout(() => this.#kill(), GRACE_MS[why]);
  }

  #kill(): void {
    this.#signal('SIGKILL');
    const { stdin, stdout, stderr } = this.#child;
    for (const stream of [stdin, stdout, stderr]) stream?.destroy();
    this.#child.unref();
    this.#lose();
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(this.#unwanted === undefined ? pid : -pid, signal);
    } catch (error) {
      // It has just ended.
      if (!isSystemError(error)) throw error;
    }
  }
}
