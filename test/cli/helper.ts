/** The command as it is shipped: built once a test file into a temporary folder, and run as its own process. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { bundlePlugins } from '../helpers/bundle.ts';

export interface Result {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

const BANNER =
  "import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url); " +
  "import { fileURLToPath as __fu } from 'node:url'; const __filename = __fu(import.meta.url); const __dirname = __fu(new URL('.', import.meta.url));";

/** @returns the path of the built command */
export async function buildCommand(folder: string): Promise<string> {
  const outfile = path.join(folder, 'slate.mjs');
  await build({
    entryPoints: [path.resolve(import.meta.dirname, '../../src/cli/main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    banner: { js: BANNER },
    logLevel: 'silent',
    plugins: await bundlePlugins(),
  });
  return outfile;
}

/** A temporary folder with the built command, and homes in it. */
export class Bench {
  readonly folder: string;
  readonly command: string;
  #homes = 0;

  private constructor(folder: string, command: string) {
    this.folder = folder;
    this.command = command;
  }

  static async make(): Promise<Bench> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'slate-cli-'));
    return new Bench(folder, await buildCommand(folder));
  }

  remove(): void {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  /** A home made by hand: pipeline `line` of three stages, a chain, and a board of it. */
  home(board: string | undefined = 'demo'): Home {
    const root = path.join(this.folder, `home${++this.#homes}`);
    for (const name of ['pipelines', 'stages', 'blackboard', 'tools'])
      fs.mkdirSync(path.join(root, name), { recursive: true });
    fs.writeFileSync(
      path.join(root, 'pipelines/line.yaml'),
      'pipeline: line\nstages:\n  - stage: one\n  - stage: two\n  - stage: three\n',
    );
    for (const stage of ['one', 'two', 'three']) {
      const text = `stage: ${stage}\ncommand: [/bin/sh, -c, 'echo ${stage} $SLATE_DATASET']\n`;
      fs.writeFileSync(path.join(root, `stages/${stage}.yaml`), text);
    }
    return new Home(this, root, board);
  }

  run(args: readonly string[], options: RunOptions = {}): Promise<Result> {
    return this.shell([process.execPath, this.command, ...args], options);
  }

  /** Any program, with the command as $SLATE. */
  shell(argv: readonly string[], options: RunOptions = {}): Promise<Result> {
    const [program = '', ...args] = argv;
    return new Promise((resolve, reject) => {
      const child = spawn(program, args, {
        cwd: options.cwd ?? this.folder,
        env: {
          PATH: process.env.PATH ?? '',
          HOME: this.folder,
          LANG: 'C.UTF-8',
          SLATE: this.command,
          NODE: process.execPath,
          ...options.env,
        },
        stdio: ['pipe', 'pipe', 'pipe'],
      });
      const out: Buffer[] = [];
      const err: Buffer[] = [];
      child.stdout.on('data', (piece: Buffer) => out.push(piece));
      child.stderr.on('data', (piece: Buffer) => err.push(piece));
      child.on('error', reject);
      // A command that does not read its input is done before it was written.
      child.stdin.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EPIPE') reject(error);
      });
      child.stdin.end(options.input ?? '');
      child.on('close', (code, signal) =>
        resolve({
          code,
          signal,
          stdout: Buffer.concat(out).toString('utf8'),
          stderr: Buffer.concat(err).toString('utf8'),
        }),
      );
    });
  }
}

export class Home {
  readonly bench: Bench;
  readonly root: string;
  readonly #board: string | undefined;

  constructor(bench: Bench, root: string, board: string | undefined) {
    this.bench = bench;
    this.root = root;
    this.#board = board;
  }

  slate(...args: string[]): Promise<Result> {
    return this.bench.run(args, { cwd: this.root });
  }

  /** As `slate`, and it must go well. */
  async done(...args: string[]): Promise<string> {
    const result = await this.slate(...args);
    if (result.code !== 0) throw new Error(`slate ${args.join(' ')} exits ${result.code}: ${result.stderr}`);
    return result.stdout;
  }

  async json(...args: string[]): Promise<ReturnType<typeof JSON.parse>> {
    return JSON.parse(await this.done(...args, '--json'));
  }

  async create(): Promise<this> {
    await this.done('create', this.#board ?? 'demo', '--pipeline', 'line');
    return this;
  }

  path(relative: string): string {
    return path.join(this.root, 'blackboard', this.#board ?? 'demo', relative);
  }

  names(folder: string): string[] {
    return fs.readdirSync(this.path(folder)).sort();
  }

  /** An entry made by hand, as `touch` would. */
  touch(folder: string, name: string): void {
    fs.mkdirSync(this.path(folder), { recursive: true });
    fs.writeFileSync(this.path(`${folder}/${name}`), '');
  }
}
