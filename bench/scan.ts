/**
 * `slate counts` and `slate ls` of large boards, against what reads the same names and does nothing with them: `ls -f` of the
 * same folders into `wc -l`, and Node's own start. Side by side in one run, alternating; medians.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeBenchHome, makeBigBoard } from './big-board.ts';
import { median, table } from './measure.ts';

const MOST_RATIO = 2;
const MOST_MB = 300;
const ROUNDS = 5;

const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  'slate counts': ['counts'],
  'slate ls -q': ['ls', '-q'],
  'slate ls --tsv': ['ls', '--tsv'],
  'slate ls': ['ls'],
};

/** Says at its end how much memory it has had at most, in kilobytes. */
const TELL_MEMORY =
  'data:text/javascript,process.on("exit",()=>process.stderr.write("\\nmaxRSS "+process.resourceUsage().maxRSS))';

/** @returns milliseconds @throws if the program fails */
function time(program: string, args: readonly string[]): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
  return performance.now() - start;
}

function memoryMb(args: readonly string[]): number {
  const { stderr } = spawnSync(process.execPath, ['--import', TELL_MEMORY, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  return Number(/maxRSS (\d+)/.exec(stderr)?.[1] ?? Number.NaN) / 1024;
}

export function benchScan(root: string, sizes: readonly number[]): boolean {
  return sizes.map((entries) => benchBoard(root, entries)).every(Boolean);
}

function benchBoard(root: string, entries: number): boolean {
  const home = fs.mkdtempSync(join(tmpdir(), 'slate-bench-'));
  try {
    makeBenchHome(home);
    const part = (share: number): number => Math.round(entries * share);
    const { board } = makeBigBoard({
      home,
      name: 'hst',
      queued: part(0.7),
      done: part(0.2),
      failed: part(0.02),
      mixed: part(0.08),
      nowMs: Date.now(),
      journalLines: 0,
      logs: 0,
    });
    const listAll = `cd '${board.root}' && for f in queue active gather failed held done/*; do ls -f "$f"; done | wc -l`;
    const slate = [join(root, 'dist', 'slate.js'), '--home', home];
    const times = new Map<string, number[]>();
    const note = (name: string, ms: number): void => void times.set(name, [...(times.get(name) ?? []), ms]);
    for (let round = 0; round < ROUNDS; round++) {
      note('ls -f | wc -l', time('/bin/sh', ['-c', listAll]));
      note('node -e 0', time(process.execPath, ['-e', '0']));
      for (const [name, args] of Object.entries(COMMANDS)) note(name, time(process.execPath, [...slate, ...args]));
    }
    const of = (name: string): number => median(times.get(name) ?? []);
    const reference = of('ls -f | wc -l') + of('node -e 0');
    const rows = Object.entries(COMMANDS).map(([name, args]) => {
      const [ratio, mb] = [of(name) / reference, memoryMb([...slate, ...args])];
      return { name, ratio, mb, isMet: ratio <= MOST_RATIO && mb <= MOST_MB };
    });
    const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
    const head = ['what', 'median', 'of the reference', 'memory', `at most ${MOST_RATIO.toFixed(1)} ×, ${MOST_MB} MB`];
    const lines = rows.map(({ name, ratio, mb, isMet }) => [
      name,
      seconds(of(name)),
      `${ratio.toFixed(2)} ×`,
      `${mb.toFixed(0)} MB`,
      isMet ? 'ok' : 'MISSED',
    ]);
    process.stdout.write(`Reading a board of ${entries.toLocaleString('en')} entries, median of ${ROUNDS}\n`);
    const floor = ["ls -f | wc -l, and node's own start", seconds(reference), '1.00 ×', '', ''];
    process.stdout.write(`${table([head, floor, ...lines])}\n\n`);
    return rows.every(({ isMet }) => isMet);
  } finally {
    fs.rmSync(home, { recursive: true, force: true });
  }
}
