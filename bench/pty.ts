/** A program on a terminal of its own, through script(1) of util-linux: what it paints comes back, keys go in. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface PtyOptions {
  readonly command: string;
  readonly cols: number;
  readonly rows: number;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
}

export class Pty {
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
  #text = '';
  #bytes = 0;
  #wake: (() => void) | undefined;

  constructor({ command, cols, rows, env, cwd }: PtyOptions) {
    const line = `stty rows ${rows} cols ${cols}; ${command}`;
    this.child = spawn('script', ['-qfec', line, '/dev/null'], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, TERM: 'xterm-256color', LANG: 'C.UTF-8', ...env },
      ...(cwd === undefined ? {} : { cwd }),
    });
    this.child.stdout?.on('data', (data: Buffer) => {
      this.#text += data.toString('latin1');
      this.#bytes += data.length;
      this.#wake?.();
    });
    this.ended = new Promise((resolve) => this.child.once('close', () => resolve()));
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Forgets what has come so far. */
  clear(): void {
    this.#text = '';
  }

  send(keys: string): void {
    this.child.stdin?.write(keys);
  }

  /** Waits until what has come since `clear` satisfies the test. @returns milliseconds waited @throws after the bound */
  async until(test: (text: string) => boolean, what: string, boundMs = 20_000): Promise<number> {
    const start = performance.now();
    while (!test(this.#text)) {
      const left = boundMs - (performance.now() - start);
      if (left <= 0) throw new Error(`waited ${boundMs} ms in vain for ${what}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(left, 1000));
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return performance.now() - start;
  }

  /** The program: `sh -c` that script(1) started has become it by exec. Zero once it has ended. */
  get pid(): number {
    const own = this.child.pid ?? 0;
    if (this.child.exitCode !== null || this.child.signalCode !== null) return 0;
    return Number(readFileSync(`/proc/${own}/task/${own}/children`, 'utf8').trim().split(' ')[0] ?? 0);
  }

  /** Ends what runs on it; script(1) follows. */
  async close(): Promise<void> {
    const { pid } = this;
    if (pid > 0) process.kill(pid, 'SIGTERM');
    await this.ended;
  }
}
