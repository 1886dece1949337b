/**
 * The dashboard's budgets on a board of 200,000 entries: start, keys, processor time, memory, on a real pseudo-terminal.
 * Beside the keys stands the floor: a program that only echoes, on the same kind of terminal, in the same run.
 */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EntryName, formatName, parseName } from '../src/model/name.ts';
import { makeBenchHome, makeBigBoard } from './big-board.ts';
import { median, table } from './measure.ts';
import { Pty } from './pty.ts';
import { measureRedraw } from './redraw.ts';

const COLS = 200;
const ROWS = 50;
/** The list's cursor as it comes from the terminal, byte by byte: it is sent only when it moves to another row. */
const CURSOR = Buffer.from('▸').toString('latin1');

export interface DashboardBench {
  readonly entries: number;
  readonly keys: number;
  /** Seconds that processor time is measured over. */
  readonly seconds: number;
  readonly changesPerSecond: number;
}

interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** At most; undefined: told beside the others, no budget. */
  readonly budget: number | undefined;
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** Processor seconds of a process so far. */
function cpuSeconds(pid: number): number {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function rssMb(pid: number): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1] ?? Number.NaN) / 1024;
}

async function keyTimes(pty: Pty, keys: readonly string[], number: number, isPainted: (text: string) => boolean) {
  const times: number[] = [];
  for (let at = 0; at < number; at++) {
    pty.clear();
    pty.send(keys[at % keys.length] ?? '');
    times.push(await pty.until(isPainted, 'a key to be painted'));
    await sleep(5 + 7 * (at % 5));
  }
  return times;
}

/** Renames entries of the board to and fro, so many a second, until it is stopped. */
function startChanges(root: string, perSecond: number): { stop: () => void; count: () => number } {
  const files = fs.readdirSync(join(root, 'queue')).slice(0, 5_000);
  let changes = 0;
  const timer = setInterval(() => {
    const at = changes % files.length;
    const file = files[at] ?? '';
    const parsed = parseName(file);
    if (!parsed.ok) return;
    const isStarted = parsed.name.letters.startsWith('c');
    const next: EntryName = { ...parsed.name, letters: isStarted ? 'w____' : 'cw___', epoch: parsed.name.epoch + 1 };
    const to = formatName(next);
    fs.renameSync(join(root, isStarted ? 'active' : 'queue', file), join(root, isStarted ? 'queue' : 'active', to));
    files[at] = to;
    changes++;
  }, 1000 / perSecond);
  return { stop: () => clearInterval(timer), count: () => changes };
}

async function cpuPercent(pid: number, seconds: number): Promise<number> {
  const before = cpuSeconds(pid);
  const start = performance.now();
  await sleep(seconds * 1000);
  return ((cpuSeconds(pid) - before) / ((performance.now() - start) / 1000)) * 100;
}

/** One readdir of every folder, as a program that does nothing else would do it. */
function bareReaddirMs(root: string): number {
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now();
    for (const folder of ['queue', 'active', 'gather', 'failed', 'held']) fs.readdirSync(join(root, folder));
    for (const day of fs.readdirSync(join(root, 'done'))) fs.readdirSync(join(root, 'done', day));
    return performance.now() - start;
  });
  return median(times);
}

async function floorTimes(number: number): Promise<number[]> {
  const pty = new Pty({ command: 'stty raw -echo; exec cat', cols: COLS, rows: ROWS });
  await sleep(300);
  const times = await keyTimes(pty, ['j'], number, (text) => text.length > 0);
  await pty.close();
  return times;
}

/** @returns true if every budget holds */
export async function benchDashboard(root: string, bench: DashboardBench): Promise<boolean> {
  const home = fs.mkdtempSync(join(tmpdir(), 'slate-bench-'));
  try {
    makeBenchHome(home);
    const share = bench.entries / 200_000;
    const { board, entries } = makeBigBoard({
      home,
      name: 'big',
      queued: 100_000 * share,
      done: 60_000 * share,
      failed: 30_000 * share,
      mixed: 10_000 * share,
      nowMs: Date.now(),
      journalLines: 20_000,
      logs: 20,
    });
    process.stdout.write(
      `the dashboard, ${entries} entries, ${COLS}x${ROWS}, ${bench.changesPerSecond} changes a second\n\n`,
    );
    const figures = [...(await measureRedraw(board, COLS, ROWS)), ...(await live(root, home, board.root, bench))];
    return report(figures);
  } finally {
    fs.rmSync(home, { recursive: true, force: true });
  }
}

async function live(root: string, home: string, boardRoot: string, bench: DashboardBench): Promise<Figure[]> {
  const readdirMs = bareReaddirMs(boardRoot);
  const floor = await floorTimes(bench.keys);
  const started = performance.now();
  const pty = new Pty({
    command: `exec node ${join(root, 'dist', 'slate.js')} board --home ${home}`,
    cols: COLS,
    rows: ROWS,
  });
  try {
    await pty.until((text) => text.includes('slate big'), 'the first screen');
    const paintMs = performance.now() - started;
    await pty.until((text) => text.includes(CURSOR), 'the board');
    const dataMs = performance.now() - started;
    const { pid } = pty;
    await sleep(3_000);
    const moved = (text: string): boolean => text.includes(CURSOR);
    const any = (text: string): boolean => text.length > 200;
    const j = await keyTimes(pty, ['j', 'k'], bench.keys, moved);
    const page = await keyTimes(pty, ['\x1b[6~'], bench.keys, any);
    const ends = await keyTimes(pty, ['G', 'g'], bench.keys / 2, any);
    // What came up during the keys has settled: journals read, code compiled.
    await sleep(5_000);
    const idle = await cpuPercent(pid, bench.seconds);
    const changes = startChanges(boardRoot, bench.changesPerSecond);
    await sleep(2_000);
    const busyKeys = await keyTimes(pty, ['j', 'k'], bench.keys, moved);
    const before = changes.count();
    const busy = await cpuPercent(pid, bench.seconds);
    const rate = (changes.count() - before) / bench.seconds;
    changes.stop();
    const rss = rssMb(pid);
    const keys = (what: string, times: readonly number[], budget?: number): Figure[] => [
      { what: `${what}, p50`, value: quantile(times, 0.5), unit: 'ms', budget: undefined },
      { what: `${what}, p95`, value: quantile(times, 0.95), unit: 'ms', budget },
    ];
    return [
      { what: 'first screen, from the start of node', value: paintMs, unit: 'ms', budget: 500 },
      { what: 'one bare readdir of the board', value: readdirMs, unit: 'ms', budget: undefined },
      { what: 'the board read, after the first screen', value: dataMs - paintMs, unit: 'ms', budget: readdirMs + 1000 },
      ...keys('bare echo on the same terminal', floor),
      ...keys('key j to paint', j, 50),
      ...keys('page down to paint', page, 50),
      ...keys('first and last row to paint', ends, 50),
      ...keys(`key j to paint, ${rate.toFixed(0)} changes a second`, busyKeys, 50),
      { what: 'processor, no changes', value: idle, unit: '%', budget: 1 },
      { what: `processor, ${rate.toFixed(0)} changes a second`, value: busy, unit: '%', budget: 10 },
      { what: 'memory at the end', value: rss, unit: 'MB', budget: 250 },
    ];
  } finally {
    await pty.close();
  }
}

function report(figures: readonly Figure[]): boolean {
  const isOver = ({ value, budget }: Figure): boolean => budget !== undefined && !(value <= budget);
  const rows = figures.map((figure) => [
    figure.what,
    `${figure.value.toFixed(figure.value < 10 ? 2 : 0)} ${figure.unit}`,
    figure.budget === undefined ? '' : `<= ${figure.budget.toFixed(0)} ${figure.unit}`,
    figure.budget === undefined ? '' : isOver(figure) ? 'OVER' : 'ok',
  ]);
  process.stdout.write(`${table([['WHAT', 'MEASURED', 'BUDGET', ''], ...rows])}\n`);
  return !figures.some(isOver);
}
