/**
 * The screens in docs/screens/, taken from real terminals through tmux: `npm run bench -- screens`. Four boards: the
 * Hubble demo after its run, with a stage process, one of 200,000 entries that nobody works on, one of four hosts, and one
 * whose steps are jobs.
 */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { Tmux } from '../test/terminal/tmux.ts';
import { makeBenchHome, makeBigBoard } from './big-board.ts';
import { withHosts } from './host-board.ts';
import { withJobs } from './job-board.ts';

interface Shot {
  readonly file: string;
  readonly cols: number;
  readonly rows: number;
  readonly filter?: string;
  /** Keys to press; text in braces is typed. */
  readonly keys?: readonly string[];
  /** Keys to press before anything else. */
  readonly first?: readonly string[];
  /** What the screen must show before the other keys are pressed. */
  readonly ready?: string;
  /** What it must show before it is taken. */
  readonly shows: string | RegExp;
}

const SIZES: ReadonlyArray<readonly [cols: number, rows: number]> = [
  [80, 24],
  [120, 32],
  [200, 50],
];

const bySize = (name: string, shows: string | RegExp, more: Partial<Shot> = {}): Shot[] =>
  SIZES.map(([cols, rows]) => ({ file: `${name}-${cols}x${rows}.txt`, cols, rows, shows, ...more }));

const HST: readonly Shot[] = [
  ...bySize('hst', /LIVE[\s\S]*archive/),
  { file: 'hst-stages-120x32.txt', cols: 120, rows: 32, keys: ['2'], shows: '[2 Stages]' },
  { file: 'hst-processes-120x32.txt', cols: 120, rows: 32, keys: ['3'], shows: 'idle' },
  { file: 'hst-charts-120x32.txt', cols: 120, rows: 32, keys: ['4'], shows: '[4 Charts]' },
  { file: 'hst-events-120x32.txt', cols: 120, rows: 32, keys: ['5'], shows: 'repipe' },
  {
    file: 'hst-log-120x32.txt',
    cols: 120,
    rows: 32,
    filter: 'j8bt06nyq_t05',
    ready: '1 of 9',
    keys: ['l'],
    shows: 'manifest',
  },
];

const BIG: readonly Shot[] = [
  ...bySize('big', 'LIVE'),
  ...bySize('big-failed', '30,000 of 200,000', { filter: 'state:failed' }),
  { file: 'big-stages-120x32.txt', cols: 120, rows: 32, keys: ['2'], shows: '[2 Stages]' },
  { file: 'big-charts-200x50.txt', cols: 200, rows: 50, keys: ['4'], shows: '[4 Charts]' },
  {
    file: 'big-repipe-120x32.txt',
    cols: 120,
    rows: 32,
    filter: 'state:failed cause:t',
    ready: '10,000 of 200,000',
    keys: ['*', 'R', '1'],
    shows: '10,000 failed at detect',
  },
  { file: 'big-help-120x32.txt', cols: 120, rows: 32, keys: ['?'], shows: 'PgDn' },
];

const HOSTS: readonly Shot[] = [
  ...bySize('hosts', /CRASHING[\s\S]*\[DET\][\s\S]*died \d+ times/, {
    first: ['6'],
    ready: '4 hosts',
    keys: ['j', 'j', 'Right', 'Right'],
  }),
  {
    file: 'hosts-scale-80x24.txt',
    cols: 80,
    rows: 24,
    first: ['6'],
    ready: '4 hosts',
    keys: ['Right', '+', '+'],
    shows: 'calibrate=6 on node1?',
  },
];

const JOBS: readonly Shot[] = [
  ...bySize('jobs', /running +o31007-\d[\s\S]*runs \d/, { first: ['7'], ready: 'running', keys: ['s', 'g'] }),
  {
    file: 'jobs-aggregate-80x24.txt',
    cols: 80,
    rows: 24,
    first: ['7'],
    ready: 'running',
    keys: ['o'],
    shows: /o31008 +1\d/,
  },
  {
    file: 'jobs-state-80x24.txt',
    cols: 80,
    rows: 24,
    first: ['7'],
    ready: 'running',
    keys: ['o', 'o'],
    shows: 'today',
  },
  {
    file: 'jobs-time-80x24.txt',
    cols: 80,
    rows: 24,
    first: ['7'],
    ready: 'running',
    keys: ['O', 'Left'],
    shows: 'the last 1h',
  },
  {
    file: 'jobs-entry-120x32.txt',
    cols: 120,
    rows: 32,
    filter: 'o31007-6',
    ready: '1 of 33',
    shows: 'of cluster',
  },
];

async function take(root: string, home: string, board: string, shot: Shot): Promise<void> {
  const filter = shot.filter === undefined ? '' : ` '${shot.filter}'`;
  const slate = join(root, 'dist', 'slate.js');
  const command = `exec '${process.execPath}' '${slate}' board --home '${home}' --board ${board}${filter}`;
  const tmux = new Tmux({ command, cols: shot.cols, rows: shot.rows });
  try {
    await tmux.shows('LIVE', 60_000);
    for (const key of shot.first ?? []) tmux.keys(key);
    if (shot.ready !== undefined) await tmux.shows(shot.ready, 60_000);
    for (const key of shot.keys ?? []) tmux.keys(key);
    await tmux.shows(shot.shows, 60_000);
    fs.writeFileSync(join(root, 'docs', 'screens', shot.file), (await settled(tmux)).replaceAll(root, '~/slateboard'));
    process.stdout.write(`${shot.file}\n`);
  } finally {
    tmux.kill();
  }
}

/** The screen once it stays the same but for clocks and what they count: what is read in the background has come. */
async function settled(tmux: Tmux): Promise<string> {
  const timeless = (text: string): string => text.replace(/\d\d:\d\d:\d\dZ?|\d+m\d\ds|[\d.]+m?s| +/g, ' ');
  let before = '';
  let same = 0;
  for (let look = 0; look < 100 && same < 4; look++) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    const now = tmux.screen();
    same = timeless(now) === timeless(before) ? same + 1 : 0;
    before = now;
  }
  return `${before
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trimEnd()}\n`;
}

/** @param only part of the files' names: the others are left as they are */
export async function screens(root: string, only = ''): Promise<boolean> {
  const [big, hst, hosts, jobs] = [BIG, HST, HOSTS, JOBS].map((shots) =>
    shots.filter(({ file }) => file.includes(only)),
  );
  fs.mkdirSync(join(root, 'docs', 'screens'), { recursive: true });
  if ((hosts ?? []).length > 0) {
    await withHosts(root, async (home) => {
      for (const shot of hosts ?? []) await take(root, home, 'sky', shot);
    });
  }
  if ((jobs ?? []).length > 0) {
    await withJobs(root, async (home) => {
      for (const shot of jobs ?? []) await take(root, home, 'oco', shot);
    });
  }
  if ((big ?? []).length > 0) await ofBigBoard(root, big ?? []);
  if ((hst ?? []).length > 0) await ofDemo(root, hst ?? []);
  return true;
}

async function ofBigBoard(root: string, shots: readonly Shot[]): Promise<void> {
  const home = fs.mkdtempSync(join(tmpdir(), 'slate-screens-'));
  try {
    makeBenchHome(home);
    makeBigBoard({
      home,
      name: 'big',
      queued: 100_000,
      done: 60_000,
      failed: 30_000,
      mixed: 10_000,
      nowMs: Date.now(),
      journalLines: 20_000,
      logs: 2_000,
    });
    for (const shot of shots) await take(root, home, 'big', shot);
  } finally {
    fs.rmSync(home, { recursive: true, force: true });
  }
}

async function ofDemo(root: string, shots: readonly Shot[]): Promise<void> {
  const { stdout } = await execa(process.execPath, [join(root, 'dist', 'demo.js')], { stdin: 'ignore' });
  const board = /^Board ([a-z0-9-]+):/m.exec(stdout)?.[1] ?? 'hst';
  const run = execa(process.execPath, [join(root, 'dist', 'slate.js'), 'run', '--home', root, '--board', board], {
    reject: false,
    stdio: 'ignore',
  });
  try {
    for (const shot of shots) await take(root, root, board, shot);
  } finally {
    run.kill('SIGTERM');
    await run;
  }
}
