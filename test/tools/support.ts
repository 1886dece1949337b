/** Boards as plain folders of names, the shell tools run on them, and hostile names to leave among the entries. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { createBoard } from '../../src/board/board.ts';
import type { PipelineDefinition } from '../../src/model/definition.ts';
import { type EntryName, formatName, formatStatus, parseName, type StatusName } from '../../src/model/name.ts';

export const TOOLS = resolve('tools');

function onPath(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}

/** Shells that the tools must run under; those that this host has. */
export const SHELLS: ReadonlyArray<readonly string[]> = [['dash'], ['bash', '--posix'], ['busybox', 'sh']].filter(
  ([program = '']) => onPath(program),
);
export const SHELL: readonly string[] = SHELLS[0] ?? ['sh'];

export const STAGES = ['verify', 'calibrate', 'detect', 'preview', 'archive'] as const;

const PIPELINE: PipelineDefinition = {
  name: 'hst',
  title: 'Test',
  stages: STAGES.map((stage, at) => ({
    stage,
    title: stage.slice(0, 3).toUpperCase(),
    after: STAGES.slice(at - 1, at),
  })),
  inFlight: 2000,
  durability: 'none',
  landing: [],
  timers: [],
  transaction: false,
  retention: {
    doneMs: undefined,
    removedMs: undefined,
    logsMs: undefined,
    productsMs: undefined,
    scratchMs: undefined,
    journalMs: undefined,
  },
  file: 'pipelines/hst.yaml',
};

const homes: string[] = [];

export function removeHomes(): void {
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true });
}

/** A home whose own name is hostile. */
export function makeHome(): string {
  const home = join(mkdtempSync(join(tmpdir(), 'slate-tools-')), "-a 'home' of $(mine)");
  for (const folder of ['pipelines', 'stages', 'blackboard']) mkdirSync(join(home, folder), { recursive: true });
  homes.push(resolve(home, '..'));
  return home;
}

export class TestBoard {
  readonly home: string;
  readonly root: string;

  constructor(home = makeHome(), name = 'hst') {
    this.home = home;
    this.root = createBoard(home, name, PIPELINE).root;
  }

  /** Puts a file of this name into a folder. */
  put(folder: string, file: string | Buffer): void {
    mkdirSync(join(this.root, folder), { recursive: true });
    const path = Buffer.concat([Buffer.from(`${this.root}/${folder}/`), Buffer.from(file as string)]);
    writeFileSync(path, '', { flag: 'wx' });
  }

  /** Puts an entry into a folder. @returns its path, relative to the board */
  add(folder: string, entry: Partial<EntryName>): string {
    const file = formatName(entryOf(entry));
    this.put(folder, file);
    return `${folder}/${file}`;
  }

  addProcess(status: Partial<StatusName> & { readonly id: string }): void {
    const name = { order: 'run', stages: ['verify'], pid: 4711, host: 'node1.example', ...status } as const;
    this.put('processes', formatStatus(name));
  }
}

export function entryOf(entry: Partial<EntryName>): EntryName {
  const usual = { rank: 50, posted: '20261121T120000', letters: 'w____', epoch: 0, class: 'acs', dataset: 'j8a20101q' };
  return { ...usual, tags: [], ...entry };
}

export function tagsOf(...tags: readonly string[]): EntryName['tags'] {
  const parsed = parseName(`50.20261121T120000._.000.-.x@${tags.join('+')}`);
  if (!parsed.ok) throw new Error(parsed.why);
  return parsed.name.tags;
}

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Lines of the data, without their heads, by columns. */
  readonly rows: string[][];
}

export interface RunOptions {
  readonly shell?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly tools?: string;
}

export function runTool(tool: string, args: readonly string[], options: RunOptions = {}): Ran {
  const [program = 'sh', ...before] = options.shell ?? SHELL;
  const { SLATE_HOME: _home, SLATE_BOARD: _board, ...env } = process.env;
  const { status, stdout, stderr, error } = spawnSync(
    program,
    [...before, join(options.tools ?? TOOLS, tool), ...args],
    {
      encoding: 'utf8',
      cwd: options.cwd,
      env: { ...env, ...options.env },
      maxBuffer: 1 << 28,
    },
  );
  if (error !== undefined) throw error;
  const lines = stdout.split('\n').slice(0, -1);
  const rows = lines.filter((line) => !line.startsWith('#')).map((line) => line.split('\t'));
  return { status, stdout, stderr, rows };
}

const ENTRY = '50.20261121T120000.w____.000.acs.foreign';

/** Names that are no entries, most of them near misses or traps for a shell. None holds a slash. */
export const FOREIGN: readonly (string | Buffer)[] = [
  'README',
  'a b  c',
  ' ',
  '\t',
  'two\nlines',
  '\n',
  '\n\n\n',
  `\n${ENTRY}`,
  `${ENTRY}\n`,
  `${ENTRY}\nfailed`,
  `x\n${ENTRY}\nx`,
  '-',
  '--',
  '-rf',
  '-print0',
  '!',
  '(',
  '*',
  '?',
  '[a]',
  '$(touch HOSTILE)',
  '`touch HOSTILE`',
  "';touch HOSTILE;'",
  '"; touch HOSTILE; "',
  '\\',
  '%s%n',
  'naïve',
  Buffer.from([0x66, 0xff, 0xfe, 0x80]),
  Buffer.concat([Buffer.from(ENTRY), Buffer.from([0xff])]),
  '50.20261121T120000.w____.000.acs',
  '50.20261121T120000.w____.000.acs.',
  '5.20261121T120000.w____.000.acs.x',
  '050.20261121T120000.w____.000.acs.x',
  '50.20261121120000.w____.000.acs.x',
  '50.20261131T120000.w____.000.acs.x',
  '50.20270229T120000.w____.000.acs.x',
  '50.20261121T240000.w____.000.acs.x',
  '50.20261121T126000.w____.000.acs.x',
  '50.20261121T120060.w____.000.acs.x',
  '50.00261121T120000.w____.000.acs.x',
  '50.20261121T120000.w___.000.acs.x',
  '50.20261121T120000.w_____.000.acs.x',
  '50.20261121T120000.W____.000.acs.x',
  '50.20261121T120000.0____.000.acs.x',
  '50.20261121T120000..000.acs.x',
  '50.20261121T120000.w____.00.acs.x',
  '50.20261121T120000.w____.0001.acs.x',
  '50.20261121T120000.w____.1234567890.acs.x',
  '50.20261121T120000.w____.000.ACS.x',
  '50.20261121T120000.w____.000.seventeen-letters.x',
  '50.20261121T120000.w____.000..x',
  '50.20261121T120000.w____.000.acs.-x',
  '50.20261121T120000.w____.000.acs.+x',
  '50.20261121T120000.w____.000.acs.a b',
  '50.20261121T120000.w____.000.acs.a\tb',
  `50.20261121T120000.w____.000.acs.${'x'.repeat(129)}`,
  `${ENTRY}@`,
  `${ENTRY}@1-x2+`,
  `${ENTRY}@+1-x2`,
  `${ENTRY}@1`,
  `${ENTRY}@0-x2`,
  `${ENTRY}@01-x2`,
  `${ENTRY}@33-x2`,
  `${ENTRY}@1-X2`,
  `${ENTRY}@1-2x`,
  `${ENTRY}@1-${'x'.repeat(17)}`,
  `${ENTRY}@1-k3f-1-1`,
  `${ENTRY}@1-k3f1-01-1`,
  `${ENTRY}@1-k3f1-0-1`,
  `${ENTRY}@1-k3f1-1-11`,
  `${ENTRY}@1-k3f1-1`,
  `${ENTRY}@1-k3f1-1-1-1`,
  `${ENTRY}@1-x2@1-x2`,
  `${ENTRY}@1-x2 `,
];

/** Files that are left out without a word: editors, file servers and probes make them. */
export const HIDDEN: readonly string[] = ['.nfs000000000001', '.clock-node1', `.${ENTRY}`, '.a\nb', `.x\n${ENTRY}`];

/** True if a name is an entry of the test's board, by the program's own reading. */
export function isEntryName(file: string): boolean {
  const parsed = parseName(file);
  return parsed.ok && parsed.name.letters.length === STAGES.length;
}
