/**
 * `slate counts` and `slate ls` of large boards, against what reads the same names and does nothing with them: `ls -f` of the
 * same folders into `wc -l`, and Node's own start.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import type { Board } from '../src/board/board.ts';
import { makeBenchHome, makeBigBoard } from './big-board.ts';
import { median } from './measure.ts';
import { alternate, type Bench, type Row, ratioOf, type Suite } from './suite.ts';

const MOST_RATIO = 2;
const MOST_MB = 300;
const ROUNDS = 5;

/** Says at its end how much memory it has had at most, in kilobytes. */
const TELL_MEMORY =
  'data:text/javascript,process.on("exit",()=>process.stderr.write("\\nmaxRSS "+process.resourceUsage().maxRSS))';

/** @returns milliseconds, and what it said @throws if the program fails */
function run(program: string, args: readonly string[]): { ms: number; stderr: string } {
  const start = performance.now();
  const { status, stderr } = spawnSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
  return { ms: performance.now() - start, stderr };
}

function memoryMb(args: readonly string[]): number {
  const { stderr } = run(process.execPath, ['--import', TELL_MEMORY, ...args]);
  return Number(/maxRSS (\d+)/.exec(stderr)?.[1] ?? Number.NaN) / 1024;
}

/** A home with one board: seven tenths queued, two tenths done, the rest failed, running, held, tried again. */
export function makeScanBoard(home: string, entries: number): Board {
  makeBenchHome(home);
  const part = (share: number): number => Math.round(entries * share);
  return makeBigBoard({
    home,
    name: 'hst',
    queued: part(0.7),
    done: part(0.2),
    failed: part(0.02),
    mixed: part(0.08),
    nowMs: Date.now(),
    journalLines: 0,
    ids: false,
    logs: 0,
  }).board;
}

const COMMANDS = {
  counts: ['counts'],
  'ls -q': ['ls', '-q'],
  ls: ['ls'],
} as const;
type Command = keyof typeof COMMANDS;

async function measure(bench: Bench, entries: number): Promise<Row[]> {
  const many = entries.toLocaleString('en');
  bench.say(`scan: making a board of ${many} entries`);
  const home = join(bench.folder, String(entries));
  fs.mkdirSync(home, { recursive: true });
  const { root } = makeScanBoard(home, entries);
  bench.say(`scan: reading it`);
  const slate = (command: Command): string[] => [
    join(bench.root, 'dist', 'slate.js'),
    '--home',
    home,
    ...COMMANDS[command],
  ];
  const listAll = `cd '${root}' && for f in queue active gather failed held done/*; do ls -f "$f"; done | wc -l`;
  const time = (command: Command) => (): number => run(process.execPath, slate(command)).ms;
  const times = await alternate(ROUNDS, {
    floor: () => run('/bin/sh', ['-c', listAll]).ms + run(process.execPath, ['-e', '0']).ms,
    counts: time('counts'),
    'ls -q': time('ls -q'),
    ls: time('ls'),
  });
  const seconds = (ms: readonly number[]): string => `${(median(ms) / 1000).toFixed(2)} s`;
  const commands = Object.keys(COMMANDS) as Command[];
  const rows = commands.map(
    (command): Row => ({
      what: `slate ${command}, ${many} entries`,
      ours: seconds(times[command]),
      against: "ls -f | wc -l, and node's own start",
      theirs: seconds(times.floor),
      value: ratioOf(times[command], times.floor),
      unit: '×',
      target: { atMost: MOST_RATIO },
    }),
  );
  const memory = (['counts', 'ls'] as const).map((command): Row => {
    const mb = memoryMb(slate(command));
    return {
      what: `memory of slate ${command}, ${many} entries`,
      ours: `${mb.toFixed(0)} MB`,
      against: '',
      theirs: '',
      value: mb,
      unit: 'MB',
      target: { atMost: MOST_MB },
    };
  });
  return [...rows, ...memory];
}

export const scan: Suite = {
  name: 'scan',
  about:
    '`slate counts` and `slate ls` as processes of their own, start and all, on a board of which seven tenths are queued, two ' +
    'tenths done and the rest failed, running, held or tried again. The reference reads the same folders with `ls -f`, counts ' +
    "lines with `wc -l`, and adds the start of a Node that does nothing. Both write to `/dev/null`. The folders' names are in " +
    'memory (no cold disk), and in no order: `ls` has to sort them. The board has no `ids/`: neither command reads them.',
  run: async (bench) => {
    const rows: Row[] = [];
    for (const entries of bench.quick ? [20_000] : [200_000, 1_000_000]) rows.push(...(await measure(bench, entries)));
    return rows;
  },
};
