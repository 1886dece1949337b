/** A board made in code, without YAML; what stands on it; and file systems that die at a chosen call. */
import fs from 'node:fs';
import { Board, createBoard, type OpenOptions } from '../../src/board/board.ts';
import { type ClaimRequest, claim, type Held } from '../../src/board/claim.ts';
import type { Fs } from '../../src/board/fs.ts';
import { nodeFs } from '../../src/board/fs.ts';
import type { SweepContext } from '../../src/board/housekeep.ts';
import { ALL_STATES, type Located, scanBoard } from '../../src/board/scan.ts';
import type { Durability, Gather, PipelineDefinition, Retention, StageDefinition } from '../../src/model/definition.ts';
import { home as homeOf } from '../../src/model/home.ts';
import { formatEpoch, formatName, LIVE_FOLDERS, parseName } from '../../src/model/name.ts';
import { onCleanup, tempFolder } from '../helpers/home.ts';

export const NEVER: Retention = {
  doneMs: undefined,
  removedMs: undefined,
  logsMs: undefined,
  productsMs: undefined,
  scratchMs: undefined,
  journalMs: undefined,
};

/** Stage `name`, after others; `a>b>c` is written `['a', 'b', 'c']`, a fork `['a', 'b:a', 'c:a', 'd:b+c']`. */
export function stagesOf(columns: readonly string[]): PipelineDefinition['stages'] {
  return columns.map((text, column) => {
    const [stage = '', after] = text.split(':');
    const before = column === 0 ? [] : [(columns[column - 1] ?? '').split(':')[0] ?? ''];
    return {
      stage,
      title: stage.toUpperCase(),
      after: after === undefined ? before : after.split('+').filter(Boolean),
    };
  });
}

export interface BenchOptions {
  readonly columns?: readonly string[];
  readonly retries?: number;
  readonly classes?: Readonly<Record<string, readonly string[]>>;
  readonly gather?: Readonly<Record<string, Partial<Gather>>>;
  readonly transaction?: boolean;
  /** Stages. */
  readonly checkpoints?: readonly string[];
  readonly durability?: Durability;
  readonly retention?: Partial<Retention>;
  readonly leaseMs?: number;
  readonly fs?: Fs;
}

export class Bench {
  readonly home: string;
  readonly board: Board;
  readonly #options: BenchOptions;

  constructor(options: BenchOptions = {}) {
    this.#options = options;
    this.home = tempFolder('slate-board-');
    const pipeline: PipelineDefinition = {
      name: 'p',
      title: 'Test',
      stages: stagesOf(options.columns ?? ['a', 'b', 'c']),
      inFlight: 2000,
      durability: options.durability ?? 'none',
      landing: [],
      timers: [],
      transaction: options.transaction ?? false,
      retention: { ...NEVER, ...options.retention },
      file: 'pipelines/p.yaml',
    };
    createBoard(this.home, 'b', pipeline, { leaseMs: options.leaseMs ?? 3_000, writer: 'maker' }).journal.flush();
    this.board = this.open(options.fs === undefined ? {} : { fs: options.fs });
  }

  /** The same board as another program opens it. */
  open(options: OpenOptions = {}): Board {
    const board = Board.open(this.home, 'b', { writer: 'test', host: 'here', ...options });
    board.useStages(this.definitions(board.stages));
    // What is still pending must not be written after the folder has gone.
    onCleanup(() => board.journal.flush());
    return board;
  }

  definitions(stages: readonly string[]): Map<string, StageDefinition> {
    const { retries = 2, classes, gather, checkpoints = [] } = this.#options;
    const of = (name: string): Gather | undefined => {
      const given = gather?.[name];
      if (given === undefined) return undefined;
      return { what: 'members', until: undefined, deadlineMs: undefined, atDeadline: 'hold', ...given };
    };
    return new Map(
      stages.map((name) => [
        name,
        {
          name,
          retries,
          classes: classes?.[name],
          gather: of(name),
          checkpoint: checkpoints.includes(name),
        } as unknown as StageDefinition,
      ]),
    );
  }

  path(relative: string): string {
    return `${this.board.root}/${relative}`;
  }

  names(folder: string): string[] {
    return fs.existsSync(this.path(folder)) ? fs.readdirSync(this.path(folder)).sort() : [];
  }

  /** A file made by hand. */
  put(relative: string, content = ''): void {
    fs.writeFileSync(this.path(relative), content);
  }

  read(relative: string): string {
    return fs.readFileSync(this.path(relative), 'utf8');
  }

  ino(relative: string): bigint {
    return fs.statSync(this.path(relative), { bigint: true }).ino;
  }

  /** `mv` by a person: folder and name as given. */
  mv(from: Located, folder: string, changes: Partial<Located['name']> = {}): Located {
    const name = { ...from.name, ...changes };
    const file = formatName(name);
    fs.mkdirSync(this.path(folder), { recursive: true });
    fs.renameSync(this.path(`${from.folder}/${from.file}`), this.path(`${folder}/${file}`));
    return { folder, file, name };
  }

  all(): Located[] {
    return scanBoard(this.board, ALL_STATES).entries;
  }

  /** Of a dataset, `folder letters.epoch@tags`, days left out. */
  where(dataset = 'x'): string[] {
    return this.all()
      .filter(({ name }) => name.dataset === dataset)
      .map(({ folder, file }) => `${folder.split('/')[0]} ${shortOf(file)}`);
  }

  one(dataset = 'x'): Located {
    const found = this.all().filter(({ name }) => name.dataset === dataset);
    if (found.length !== 1)
      throw new Error(`${dataset} stands ${found.length} times: ${this.where(dataset).join(', ')}`);
    return found[0] as Located;
  }

  /** Lines of the journal so far. */
  lines(...boards: readonly Board[]): Record<string, unknown>[] {
    for (const board of [this.board, ...boards]) board.journal.flush();
    return this.names('journal').flatMap((day) =>
      this.names(`journal/${day}`).flatMap((file) =>
        this.read(`journal/${day}/${file}`)
          .split('\n')
          .slice(0, -1)
          .map((line) => JSON.parse(line) as Record<string, unknown>),
      ),
    );
  }

  events(...boards: readonly Board[]): unknown[] {
    return this.lines(...boards).map(({ event }) => event);
  }

  /** Claims a column and expects to win. */
  win(changes: Partial<ClaimRequest> = {}, board = this.board): Held {
    const entry = changes.entry ?? this.one();
    const result = claim(board, { entry, column: 0, process: 'aaaa', products: false, ...changes });
    if (result.kind !== 'won') throw new Error(`not won but ${result.kind}: ${'why' in result ? result.why : ''}`);
    return result.held;
  }

  /** What must hold once nothing moves any more. Empty if it does. */
  faults(): string[] {
    const found: string[] = [];
    const inodes = new Map<bigint, string>();
    const live = new Map<string, Located>();
    for (const at of this.all()) {
      const where = `${at.folder}/${at.file}`;
      const ino = this.ino(where);
      const twin = inodes.get(ino);
      if (twin !== undefined) found.push(`${where} and ${twin} are one file`);
      inodes.set(ino, where);
      const state = at.folder.split('/')[0] ?? '';
      const isLive = (LIVE_FOLDERS as readonly string[]).includes(state);
      if (state !== 'removed' && /[pe]/.test(at.name.letters)) found.push(`${where} is still claimed`);
      if (state !== 'removed' && homeOf(at.name.letters, this.board.graph) !== state)
        found.push(`${where} is misplaced`);
      if (!isLive) continue;
      if (live.has(at.name.dataset)) found.push(`${at.name.dataset} is live twice`);
      live.set(at.name.dataset, at);
      if (!fs.existsSync(this.path(`ids/${at.name.dataset}`))) found.push(`${where} has no link`);
      else if (this.ino(`ids/${at.name.dataset}`) !== ino) found.push(`${where} is not what ids/ holds`);
    }
    for (const dataset of this.names('ids')) if (!live.has(dataset)) found.push(`ids/${dataset} holds nothing`);
    return found;
  }
}

/** `letters.epoch@tags` of a file name. */
export function shortOf(file: string): string {
  const parsed = parseName(file);
  if (!parsed.ok) return file;
  const tags = file.split('@')[1];
  const letters = parsed.name.letters;
  const epoch = formatEpoch(parsed.name.epoch);
  return `${letters}.${epoch}${tags === undefined ? '' : `@${tags}`}`;
}

export const NOBODY: SweepContext = { ownId: '', isDead: () => false, isMine: () => false };
export const ALL_DEAD: SweepContext = { ownId: '', isDead: () => true, isMine: () => false };

/** Calls that change the disk, the journal's apart: it comes at no certain time. */
export const MUTATING = [
  'rename',
  'link',
  'symlink',
  'unlink',
  'mkdir',
  'rmdir',
  'create',
  'overwrite',
  'setMtime',
  'removeTree',
] as const;

export class Crash extends Error {
  override readonly name = 'Crash';
}

/** Does `left` changes and is dead from then on: every further change throws, and nothing is journaled. */
export function dyingFs(left: number, inner: Fs = nodeFs): Fs & { readonly died: () => boolean } {
  let done = 0;
  let died = false;
  const dying = { ...inner, died: () => died };
  for (const op of MUTATING) {
    const call = inner[op] as (...args: unknown[]) => unknown;
    Object.assign(dying, {
      [op]: (...args: unknown[]) => {
        if (done >= left) {
          died = true;
          throw new Crash(`dead before ${op}`);
        }
        done++;
        return call(...args);
      },
    });
  }
  const { append } = inner;
  dying.append = (path, content, ...more) => (died ? content.length : append(path, content, ...more));
  return dying;
}

/** Calls `before` with every operation; what it does happens in between. */
export function hookedFs(before: (op: keyof Fs, path: string, to: string) => void, inner: Fs = nodeFs): Fs {
  const hooked = { ...inner };
  for (const op of Object.keys(inner) as (keyof Fs)[]) {
    const call = inner[op] as (...args: unknown[]) => unknown;
    Object.assign(hooked, {
      [op]: (...args: unknown[]) => {
        before(op, String(args[0]), String(args[1]));
        return call(...args);
      },
    });
  }
  return hooked;
}

/** Runs `act` with 0, 1, 2 … changes allowed until it lives; calls `after` for each death. @returns how many deaths there were */
export function everyCrash(act: (fs: Fs) => void, after: (left: number) => void): number {
  for (let left = 0; ; left++) {
    const dying = dyingFs(left);
    try {
      act(dying);
    } catch (error) {
      if (!(error instanceof Crash) && !dying.died()) throw error;
    }
    if (!dying.died()) return left;
    after(left);
  }
}
