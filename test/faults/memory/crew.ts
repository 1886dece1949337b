/** The actors' threads, kept for all runs: to start one takes longer than a run. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { bundlePlugins } from '../../helpers/bundle.ts';
import { ROOT } from '../../helpers/home.ts';
import { Channel, STAGE } from './channel.ts';
import type { Reply, Request } from './messages.ts';

const PROGRAM = 'thread.mjs';

export class Crew {
  readonly clock = new Float64Array(new SharedArrayBuffer(8));
  readonly #folder: string;
  readonly #workers: Worker[] = [];
  readonly #channels: Channel[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** A thread can't read TypeScript: it gets a bundle. */
  static async assemble(): Promise<Crew> {
    const folder = mkdtempSync(join(tmpdir(), 'slate-crew-'));
    await build({
      absWorkingDir: ROOT,
      entryPoints: ['test/faults/memory/thread.ts'],
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      outfile: join(folder, PROGRAM),
      logLevel: 'warning',
      sourcemap: 'inline',
      external: ['execa'],
      plugins: await bundlePlugins(),
      banner: {
        js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
      },
    });
    return new Crew(folder);
  }

  /** Its first word is that it is ready. */
  channel(index: number): Channel {
    const known = this.#channels[index];
    if (known !== undefined) return known;
    const channel = new Channel(STAGE);
    // The thread begins.
    channel.pass();
    const worker = new Worker(join(this.#folder, PROGRAM), {
      workerData: { memory: channel.memory, clock: this.clock.buffer },
      execArgv: ['--enable-source-maps'],
    });
    worker.unref();
    this.#workers[index] = worker;
    this.#channels[index] = channel;
    channel.hear<Request>();
    return channel;
  }

  async dismiss(): Promise<void> {
    const end: Reply = { kind: 'end' };
    for (const channel of this.#channels) channel.say(end);
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
