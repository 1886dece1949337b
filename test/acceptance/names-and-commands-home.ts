/** A home of its own for a test, and the built command run in it as a person would. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const program = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'dist', 'slate.js');

export interface Result {
  code: number | null;
  signal: NodeJS.Signals | null;
  out: string;
  err: string;
}

export interface Options {
  input?: string;
  cwd?: string;
  env?: Record<string, string>;
}

export interface Running {
  child: ChildProcess;
  pid: number;
  out: () => string;
  err: () => string;
  ended: Promise<Result>;
}

function environment(extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(NO_COLOR|FORCE_COLOR)$/.test(name) && (!name.startsWith('SLATE_') || name === 'SLATE_TEST_RUN'),
  );
  return { ...Object.fromEntries(kept), ...extra };
}

/** Look again and again, bounded, until `look` gives something. */
export async function eventually<T>(what: string, look: () => T | undefined | false): Promise<T> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`it did not come about: ${what}`);
    await pause(15);
  }
}

/** A step whose exit code is the parameter `code`, or the parameter `code_<stage>`. */
export const byParameter = (stage: string): string =>
  `[/bin/sh, -c, 'exit "$1"', sh, '{{ params.code_${stage} or params.code or "0" }}']`;

/** A step that lasts until the file `go` stands in the home. */
export const untilGo = `[/bin/sh, -c, 'echo begun; while [ ! -e "$SLATE_HOME/go" ]; do sleep 0.05; done; echo over']`;

export class Home {
  readonly root = mkdtempSync(join(tmpdir(), 'slate-accept-'));
  readonly dir = join(this.root, 'home');
  readonly #running: Running[] = [];

  constructor() {
    for (const folder of ['pipelines', 'stages', 'blackboard', 'tools']) {
      mkdirSync(join(this.dir, folder), { recursive: true });
    }
  }

  file(path: string, text: string): string {
    const whole = join(this.dir, path);
    mkdirSync(dirname(whole), { recursive: true });
    writeFileSync(whole, text);
    return whole;
  }

  stage(name: string, command: string, more = ''): void {
    this.file(`stages/${name}.yaml`, `stage: ${name}\ncommand: ${command}\n${more}`);
  }

  pipeline(name: string, stages: string[]): void {
    this.file(`pipelines/${name}.yaml`, `pipeline: ${name}\nstages:\n${stages.map((s) => `  - ${s}\n`).join('')}`);
  }

  /** Stages whose exit code a parameter says, one after the other, and the board `b` of them. */
  plain(...stages: string[]): this {
    for (const stage of stages) this.stage(stage, byParameter(stage));
    this.pipeline(
      'p',
      stages.map((stage) => `stage: ${stage}`),
    );
    this.ok('create', 'b', '--pipeline', 'p');
    return this;
  }

  slate(args: readonly string[], options: Options = {}): Result {
    const done = spawnSync(process.execPath, [program, ...args], {
      cwd: options.cwd ?? this.dir,
      env: environment(options.env),
      encoding: 'utf8',
      input: options.input ?? '',
      timeout: 45_000,
      killSignal: 'SIGKILL',
      maxBuffer: 64 * 1024 * 1024,
    });
    return { code: done.status, signal: done.signal, out: done.stdout, err: done.stderr };
  }

  /** A command that must go well; its standard output. */
  ok(...args: string[]): string {
    const done = this.slate(args);
    if (done.code !== 0) throw new Error(`slate ${args.join(' ')} ended with ${done.code}: ${done.err}${done.out}`);
    return done.out;
  }

  start(args: readonly string[], options: Options = {}): Running {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: options.cwd ?? this.dir,
      env: environment(options.env),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString();
    });
    const ended = new Promise<Result>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => resolve({ code, signal, out, err }));
    });
    const running = { child, pid: child.pid ?? -1, out: () => out, err: () => err, ended };
    this.#running.push(running);
    return running;
  }

  path(...parts: string[]): string {
    return join(this.dir, 'blackboard', 'b', ...parts);
  }

  /** File names in a folder of the board `b`, sorted. */
  names(folder: string): string[] {
    const path = this.path(folder);
    return existsSync(path) ? readdirSync(path).sort() : [];
  }

  /** Where the one entry of a dataset stands: folder and name. */
  entry(dataset: string): { folder: string; name: string; path: string } {
    const found = this.entries(dataset);
    const [first] = found;
    if (found.length !== 1 || first === undefined) {
      throw new Error(`${found.length} entries of ${dataset}: ${found.map((e) => e.path).join(' ')}`);
    }
    return first;
  }

  entries(dataset: string): { folder: string; name: string; path: string }[] {
    const folders = ['queue', 'active', 'gather', 'failed', 'held'];
    for (const kind of ['done', 'removed']) for (const day of this.names(kind)) folders.push(`${kind}/${day}`);
    return folders.flatMap((folder) =>
      this.names(folder)
        .filter((name) => name.split('.').slice(5).join('.').split('@')[0] === dataset)
        .map((name) => ({ folder, name, path: this.path(folder, name) })),
    );
  }

  letters(dataset: string): string {
    return this.entry(dataset).name.split('.')[2] ?? '';
  }

  put(path: string, text = '{}'): void {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    writeFileSync(this.path(path), text);
  }

  journal(): Record<string, unknown>[] {
    return this.names('journal').flatMap((day) =>
      this.names(`journal/${day}`).flatMap((file) =>
        readFileSync(this.path('journal', day, file), 'utf8')
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line) as Record<string, unknown>),
      ),
    );
  }

  /** End what was started and take the folder away. */
  async dispose(): Promise<void> {
    for (const { child } of this.#running) {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    }
    await Promise.all(this.#running.map((running) => running.ended));
    rmSync(this.root, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
}

export const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');
export const today = (): string => new Date().toISOString().slice(0, 10);
