/** A temporary home with a board, driven only through the built command and the names on disk. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SLATE = fileURLToPath(new URL('../../dist/slate.js', import.meta.url));

/** Writes down that it runs, waits while its `.block` file stands, leaves a product, and ends as its file says. */
const STEP = `#!/bin/sh
c="$SLATE_HOME/ctl/$SLATE_DATASET.$SLATE_STAGE"
if [ -e "$c.stubborn" ]; then trap '' TERM; fi
echo "$$ $SLATE_STAGE $SLATE_EPOCH $SLATE_TRY" >> "$SLATE_HOME/runs/$SLATE_DATASET"
echo "$SLATE_STAGE \${SLATE_IN_A:-none}" >> "$SLATE_HOME/runs/inputs-$SLATE_DATASET"
if [ -n "$SLATE_PRODUCTS" ]; then echo "$SLATE_EPOCH" > "$SLATE_PRODUCTS/out"; fi
while [ -e "$c.block" ] || [ -e "$c.block$SLATE_TRY" ]; do sleep 0.05; done
if [ -e "$c.exit$SLATE_TRY" ]; then exit "$(cat "$c.exit$SLATE_TRY")"; fi
if [ -e "$c.exit" ]; then exit "$(cat "$c.exit")"; fi
exit 0
`;

export interface Entry {
  folder: string;
  name: string;
  rank: string;
  posted: string;
  letters: string;
  epoch: number;
  cls: string;
  dataset: string;
  tags: string[];
}
export interface Step {
  pid: number;
  stage: string;
  epoch: number;
  tryNumber: number;
}
export interface Line {
  event?: string;
  dataset?: string;
  posted?: string;
  epoch?: number;
  process?: string;
  reason?: string;
  stage?: string;
}
export interface Result {
  code: number | null;
  out: string;
  err: string;
}
export interface Runner {
  child: ChildProcess;
  pid: number;
  exited: Promise<number | null>;
  hasExited: () => boolean;
  err: () => string;
}

export async function until<T>(what: string | (() => string), look: () => T | undefined | false): Promise<T> {
  const deadline = performance.now() + 40_000;
  for (;;) {
    const seen = look();
    if (seen !== undefined && seen !== false) return seen;
    if (performance.now() > deadline) throw new Error(`never seen: ${typeof what === 'string' ? what : what()}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return !stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return false;
  }
}

export function stateOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
}

export function parse(folder: string, name: string): Entry | undefined {
  const parts = name.split('.');
  const [rank, posted, letters, epoch, cls] = parts;
  if (
    rank === undefined ||
    posted === undefined ||
    letters === undefined ||
    epoch === undefined ||
    cls === undefined ||
    parts.length < 6 ||
    !/^\d\d$/.test(rank)
  ) {
    return undefined;
  }
  const [dataset = '', tags] = parts.slice(5).join('.').split('@');
  return {
    folder,
    name,
    rank,
    posted,
    letters,
    epoch: Number(epoch),
    cls,
    dataset,
    tags: tags === undefined ? [] : tags.split('+'),
  };
}

const LIVE = ['queue', 'active', 'gather', 'failed', 'held'];

export class Lab {
  readonly home = mkdtempSync(join(tmpdir(), 'slate-acc-'));
  readonly board = join(this.home, 'blackboard', 'b');
  private readonly runners: Runner[] = [];

  /** `stages`: name → further lines of the stage file. Each follows the one before unless `after` says otherwise. */
  constructor(
    stages: Record<string, string>,
    options: { after?: Record<string, string[]>; extra?: string; lease?: string } = {},
  ) {
    for (const folder of ['pipelines', 'stages', 'blackboard', 'tools', 'ctl', 'runs'])
      mkdirSync(join(this.home, folder));
    writeFileSync(join(this.home, 'tools', 'step.sh'), STEP);
    chmodSync(join(this.home, 'tools', 'step.sh'), 0o755);
    let list = '';
    for (const [stage, more] of Object.entries(stages)) {
      writeFileSync(join(this.home, 'stages', `${stage}.yaml`), `stage: ${stage}\ncommand: [tools/step.sh]\n${more}\n`);
      const after = options.after?.[stage];
      list += `  - stage: ${stage}\n${after === undefined ? '' : `    after: [${after.join(', ')}]\n`}`;
    }
    writeFileSync(
      join(this.home, 'pipelines', 'p.yaml'),
      `pipeline: p\nstages:\n${list}durability: none\n${options.extra ?? ''}\n`,
    );
    this.ok('create', 'b', '--pipeline', 'p', '--lease', options.lease ?? '2s');
  }

  private environment(): NodeJS.ProcessEnv {
    return { ...process.env, SLATE_HOME: this.home, SLATE_BOARD: 'b', NO_COLOR: '1' };
  }

  slate(...words: string[]): Result {
    const made = spawnSync(process.execPath, [SLATE, ...words], {
      cwd: this.home,
      env: this.environment(),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 50_000,
    });
    return { code: made.status, out: made.stdout, err: made.stderr };
  }

  ok(...words: string[]): string {
    const made = this.slate(...words);
    if (made.code !== 0) throw new Error(`slate ${words.join(' ')}: ${made.code}\n${made.out}${made.err}`);
    return made.out;
  }

  start(...words: string[]): Runner {
    const child = spawn(process.execPath, [SLATE, 'run', ...words], {
      cwd: this.home,
      env: this.environment(),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let text = '';
    let over = false;
    child.stderr?.on('data', (data: Buffer) => {
      text += data.toString();
    });
    const exited = new Promise<number | null>((resolve) => {
      child.on('exit', (code) => {
        over = true;
        resolve(code);
      });
    });
    if (child.pid === undefined) throw new Error('not started');
    const runner = { child, pid: child.pid, exited, hasExited: () => over, err: () => text };
    this.runners.push(runner);
    return runner;
  }

  /** All names in the entries' folders, foreign ones too. */
  names(): { folder: string; name: string }[] {
    const found: { folder: string; name: string }[] = [];
    for (const folder of LIVE) {
      for (const name of readdirSync(join(this.board, folder))) found.push({ folder, name });
    }
    for (const top of ['done', 'removed']) {
      if (!existsSync(join(this.board, top))) continue;
      for (const day of readdirSync(join(this.board, top))) {
        for (const name of readdirSync(join(this.board, top, day))) found.push({ folder: `${top}/${day}`, name });
      }
    }
    return found;
  }

  entries(dataset?: string): Entry[] {
    return this.names()
      .map(({ folder, name }) => parse(folder, name))
      .filter((entry) => entry !== undefined)
      .filter((entry) => dataset === undefined || entry.dataset === dataset);
  }

  /** The only entry of a dataset; undefined while it is under rename. */
  entry(dataset: string): Entry | undefined {
    const found = this.entries(dataset);
    return found.length === 1 ? found[0] : undefined;
  }

  at(dataset: string, letters: string | RegExp, top?: string): Promise<Entry> {
    return until(
      () => `${dataset} at ${letters} in ${top ?? 'any folder'}; now ${JSON.stringify(this.names())}`,
      () => {
        const entry = this.entry(dataset);
        if (entry === undefined) return undefined;
        const fits = typeof letters === 'string' ? entry.letters === letters : letters.test(entry.letters);
        return fits && (top === undefined || entry.folder.split('/')[0] === top) ? entry : undefined;
      },
    );
  }

  path(entry: { folder: string; name: string }): string {
    return join(this.board, entry.folder, entry.name);
  }

  /** What a person does with `mv -n`: other fields, perhaps another folder; tags go unless given. */
  mv(
    entry: Entry,
    change: Partial<Pick<Entry, 'letters' | 'folder' | 'rank' | 'tags' | 'cls' | 'posted' | 'dataset' | 'epoch'>>,
  ): Entry {
    const next = { ...entry, ...change };
    const tags = change.tags ?? (change.letters === undefined ? entry.tags : []);
    const epoch = String(next.epoch).padStart(3, '0');
    const name = `${next.rank}.${next.posted}.${next.letters}.${epoch}.${next.cls}.${next.dataset}${tags.length > 0 ? `@${tags.join('+')}` : ''}`;
    const target = join(this.board, next.folder, name);
    if (existsSync(target)) throw new Error(`exists: ${name}`);
    renameSync(this.path(entry), target);
    return { ...next, tags, name };
  }

  ctl(name: string, content = ''): string {
    const file = join(this.home, 'ctl', name);
    writeFileSync(file, content);
    return file;
  }

  steps(dataset: string): Step[] {
    const file = join(this.home, 'runs', dataset);
    if (!existsSync(file)) return [];
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [pid, stage = '', epoch, tryNumber] = line.split(' ');
        return { pid: Number(pid), stage, epoch: Number(epoch), tryNumber: Number(tryNumber) };
      });
  }

  stagesRun(dataset: string): string {
    return this.steps(dataset)
      .map((step) => step.stage)
      .join('');
  }

  inputs(dataset: string): string[] {
    return readFileSync(join(this.home, 'runs', `inputs-${dataset}`), 'utf8')
      .trimEnd()
      .split('\n');
  }

  runningStep(dataset: string, count = 1): Promise<Step> {
    return until(`step ${count} of ${dataset}`, () => this.steps(dataset)[count - 1]);
  }

  journal(): Line[] {
    const lines: Line[] = [];
    const folder = join(this.board, 'journal');
    for (const day of readdirSync(folder)) {
      for (const file of readdirSync(join(folder, day))) {
        for (const line of readFileSync(join(folder, day, file), 'utf8').split('\n')) {
          if (line === '') continue;
          try {
            lines.push(JSON.parse(line) as Line);
          } catch (error) {
            if (!(error instanceof SyntaxError)) throw error;
          }
        }
      }
    }
    return lines;
  }

  /** Claims, and finishes, that the journal tells more than once for one (dataset, posted, epoch). */
  doubled(event: string): string[] {
    const seen = new Map<string, number>();
    for (const line of this.journal()) {
      if (line.event !== event) continue;
      const key = `${line.dataset} ${line.posted} ${line.epoch}`;
      seen.set(key, (seen.get(key) ?? 0) + 1);
    }
    return [...seen].filter(([, count]) => count > 1).map(([key]) => key);
  }

  statusFiles(): string[] {
    return readdirSync(join(this.board, 'processes')).filter((name) => !name.startsWith('.'));
  }

  async statusOf(runner: Runner): Promise<string> {
    return await until('a status file', () =>
      this.statusFiles().find((name) => name.split('.')[3] === String(runner.pid)),
    );
  }

  async order(runner: Runner, order: string): Promise<string> {
    const name = await this.statusOf(runner);
    const fields = name.split('.');
    fields[1] = order;
    renameSync(join(this.board, 'processes', name), join(this.board, 'processes', fields.join('.')));
    return fields.join('.');
  }

  logs(dataset: string): string[] {
    const folder = join(this.board, 'logs', dataset);
    return existsSync(folder) ? readdirSync(folder).sort() : [];
  }

  links(dataset: string): number {
    const file = join(this.board, 'ids', dataset);
    return existsSync(file) ? statSync(file).nlink : 0;
  }

  file(...parts: string[]): string {
    return join(this.board, ...parts);
  }

  async runAll(...words: string[]): Promise<number | null> {
    return await this.start('--until-idle', ...words).exited;
  }

  async end(): Promise<void> {
    for (const name of existsSync(join(this.home, 'ctl')) ? readdirSync(join(this.home, 'ctl')) : []) {
      if (name.includes('.block')) rmSync(join(this.home, 'ctl', name));
    }
    const pids = readdirSync(join(this.home, 'runs'))
      .filter((name) => !name.startsWith('inputs-'))
      .flatMap((name) => this.steps(basename(name)).map((step) => step.pid));
    for (const runner of this.runners) {
      if (runner.hasExited()) continue;
      runner.child.kill('SIGCONT');
      runner.child.kill('SIGKILL');
      await runner.exited;
    }
    await until('the end of all steps', () => pids.every((pid) => !isAlive(pid)));
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** Runs the body with a lab and takes everything away afterwards. */
export function withLab(
  ...setup: ConstructorParameters<typeof Lab>
): (body: (lab: Lab) => Promise<void>) => () => Promise<void> {
  return (body) => async () => {
    const lab = new Lab(...setup);
    try {
      await body(lab);
    } finally {
      await lab.end();
    }
  };
}
