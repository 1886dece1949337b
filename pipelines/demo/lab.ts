/**
 * What the demos share: boards of their own in this home, stage processes that run beside them, the commands of an operator,
 * and waiting for what is to come. Everything is done as a user does it: by files and by the command `slate`.
 */
import fs from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import {
  type Board,
  createBoard,
  type Located,
  listBoards,
  loadPipeline,
  openBoard,
  scanBoard,
} from '../../src/index.ts';
import { Progress } from './progress.ts';
import { Screen, say } from './screen.ts';

const LOOK_MS = 200;
const BOUND_MS = 10 * 60_000;
const LOG = 'stage-processes.log';

/** A board of the demo. */
export interface Line {
  readonly board: Board;
  readonly stages: readonly string[];
  readonly progress: Progress;
}

/** Product files of a stage, as `slate show` would list them. */
export interface StageProducts {
  readonly board: string;
  readonly stage: string;
  readonly files: readonly string[];
}

export class Lab {
  /** This program lies in its folder `dist`. */
  readonly home = dirname(dirname(fileURLToPath(import.meta.url)));
  readonly startMs = performance.now();
  readonly screen: Screen | undefined;
  readonly #slate = join(this.home, 'dist', 'slate.js');
  readonly #lines: Line[] = [];
  readonly #processes: (PromiseLike<unknown> & { kill(signal: 'SIGTERM'): boolean })[] = [];
  #ended: string | undefined;
  #isLeaving = false;

  constructor(withDashboard: boolean) {
    if (withDashboard) this.screen = new Screen();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        this.#ended = `stopped by ${signal}`;
        this.screen?.close();
      });
    }
  }

  /** Makes boards of these pipelines, named `hst` and `hst-association`, or both with a number where either is taken. */
  create(first: string, ...others: string[]): Line[] {
    const taken = new Set(listBoards(this.home));
    const named = (number: number) => {
      const base = number === 1 ? first : `${first}-${number}`;
      return [base, ...others.map((pipeline) => `${base}-${pipeline}`)];
    };
    let number = 1;
    while (named(number).some((name) => taken.has(name))) number++;
    const made = [first, ...others].map((pipelineName, i): Line => {
      const { pipeline } = loadPipeline(this.home, pipelineName);
      const name = named(number)[i] ?? '';
      createBoard(this.home, name, pipeline);
      const stages = pipeline.stages.map(({ stage }) => stage);
      return { board: openBoard(this.home, name), stages, progress: new Progress(stages, this.startMs) };
    });
    this.#lines.push(...made);
    return made;
  }

  /** Starts competing stage processes. */
  run({ board }: Line, count: number): void {
    for (let i = 0; i < count; i++) {
      const run = execa(process.execPath, this.#command(board, 'run'), {
        reject: false,
        stdin: 'ignore',
        stdout: 'ignore',
        stderr: { file: join(board.root, LOG), append: true },
      });
      this.#processes.push(run);
      run.then(({ exitCode, signal }) => {
        const log = relative(this.home, join(board.root, LOG));
        if (!this.#isLeaving) this.#ended ??= `a stage process ended early (${signal ?? exitCode}): see ${log}`;
      });
    }
  }

  /** Runs a command of an operator, and shows it. */
  async operator({ board }: Line, args: readonly string[], input?: string): Promise<string> {
    const words = ['slate', ...args, ...(this.#lines.length > 1 ? ['--board', board.name] : [])].map(quoted).join(' ');
    say(`  $ ${input === undefined ? '' : `echo ${quoted(input)} | `}${words}`);
    const { stdout } = await execa(
      process.execPath,
      this.#command(board, ...args),
      input === undefined ? {} : { input },
    );
    for (const line of stdout.split('\n')) say(`    ${line}`);
    return stdout;
  }

  /** Shows a board in the dashboard, if there is one. */
  async show({ board }: Line): Promise<void> {
    await this.screen?.show(this.#command(board, 'board'));
  }

  #command(board: Board, ...args: string[]): string[] {
    return [this.#slate, '--home', this.home, '--board', board.name, ...args];
  }

  /** Waits until the entries of a board are as they should be, showing what happens meanwhile on all of them. */
  async until(line: Line, isThere: (entries: readonly Located[]) => boolean): Promise<void> {
    const deadline = performance.now() + BOUND_MS;
    for (;;) {
      if (this.#ended !== undefined) throw new Error(this.#ended);
      for (const { board, progress } of this.#lines) progress.show(scanBoard(board).entries);
      if (isThere(scanBoard(line.board).entries)) return;
      if (performance.now() > deadline) {
        const minutes = BOUND_MS / 60_000;
        throw new Error(
          `the board ${line.board.name} is not done after ${minutes} minutes: 'slate ls' shows where it stands`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** All products of what is done, by board, then by stage in the order of its columns. */
  products(): StageProducts[] {
    return this.#lines.flatMap(({ board, stages }) => {
      const files = new Map(stages.map((stage) => [stage, [] as string[]]));
      for (const { name } of scanBoard(board, ['done']).entries) {
        const folder = join(board.root, 'products', name.dataset, name.posted);
        for (const mark of fs.readdirSync(folder).sort()) {
          const found = /^(([^.]+)\.\d+)\.ok$/.exec(mark);
          const tryFolder = join(folder, found?.[1] ?? '');
          if (found === null || !fs.existsSync(tryFolder)) continue;
          for (const file of fs.readdirSync(tryFolder).sort())
            files.get(found[2] ?? '')?.push(relative(this.home, join(tryFolder, file)));
        }
      }
      return stages.map((stage) => ({ board: board.name, stage, files: files.get(stage) ?? [] }));
    });
  }

  get seconds(): string {
    return ((performance.now() - this.startMs) / 1000).toFixed(1);
  }

  /** Whoever looks at the dashboard may go on looking; then the stage processes are ended. */
  async leave(): Promise<void> {
    if (this.#ended !== undefined) this.screen?.close();
    await this.screen?.left;
    this.#isLeaving = true;
    for (const run of this.#processes) run.kill('SIGTERM');
    await Promise.all(this.#processes);
  }
}

/** A word as a shell needs it. */
function quoted(word: string): string {
  return /[^\w./:=,-]/.test(word) ? `'${word}'` : word;
}

/** True if there are so many entries, all of them in these states. */
export function allIn(count: number, ...states: string[]) {
  return (entries: readonly Located[]): boolean =>
    entries.length === count && entries.every(({ folder }) => states.includes(folder.split('/')[0] ?? ''));
}
