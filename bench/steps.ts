/**
 * Steps a second: entries through three stages of `/bin/true` on one board with two stage processes, against
 * `xargs -P2` of the same number of `/bin/true`, which keeps no state and no log at all. Alternating, medians, ratio.
 * Our time runs from the first claim to the last finish in the journals: stage processes are long-running, and their
 * start is measured elsewhere. xargs is timed as a whole. Nothing is removed before the end: ext4 makes files at a
 * fraction of its speed for some seconds after many were removed.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBoard, loadPipeline, openBoard, postMany } from '../src/index.ts';
import { median, table } from './measure.ts';

const STAGES = ['a', 'b', 'c'];
const PROCESSES = 2;
const TARGET = 1.2;

export interface StepsOptions {
  readonly entries: number;
  readonly rounds: number;
  readonly slots: number;
}

export async function steps(root: string, { entries, rounds, slots }: StepsOptions): Promise<boolean> {
  const count = entries * STAGES.length;
  const rates: Record<'xargs' | 'slate', number[]> = { xargs: [], slate: [] };
  const folder = fs.mkdtempSync(join(tmpdir(), 'slate-steps-'));
  try {
    for (let round = 0; round < rounds; round++) {
      rates.xargs.push(count / (await timeXargs(count)));
      rates.slate.push(count / (await timeSlate(root, join(folder, String(round)), entries, slots)));
    }
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
  const ratio = median(rates.slate.map((rate, round) => rate / (rates.xargs[round] ?? Number.NaN)));
  const perSecond = (list: readonly number[]): string => `${median(list).toFixed(0)}/s`;
  process.stdout.write(
    `${count} steps of /bin/true, ${PROCESSES} stage processes of ${slots} slots, median of ${rounds}, alternating\n${table(
      [
        ['what', 'steps', 'ratio', 'target', ''],
        ['xargs -P2, no state', perSecond(rates.xargs), '1', '', ''],
        [
          `slate, ${STAGES.length} stages, state and log kept`,
          perSecond(rates.slate),
          ratio.toFixed(2),
          TARGET.toFixed(2),
          ratio >= TARGET ? 'ok' : 'MISSED',
        ],
      ],
    )}\n`,
  );
  return ratio >= TARGET;
}

/** @throws if it fails */
async function ended(child: ChildProcess, what: string): Promise<void> {
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${what} ended with ${code}`);
}

async function timeXargs(count: number): Promise<number> {
  const start = performance.now();
  const child = spawn('xargs', ['-n1', '-P2', '/bin/true'], { stdio: ['pipe', 'ignore', 'inherit'] });
  child.stdin.end('x\n'.repeat(count));
  await ended(child, 'xargs');
  return (performance.now() - start) / 1000;
}

async function timeSlate(root: string, home: string, entries: number, slots: number): Promise<number> {
  for (const name of ['pipelines', 'stages', 'blackboard']) fs.mkdirSync(join(home, name), { recursive: true });
  const list = STAGES.map((stage) => `  - stage: ${stage}\n`).join('');
  fs.writeFileSync(join(home, 'pipelines', 'p.yaml'), `pipeline: p\nstages:\n${list}`);
  for (const stage of STAGES)
    fs.writeFileSync(join(home, 'stages', `${stage}.yaml`), `stage: ${stage}\ncommand: [/bin/true]\n`);
  createBoard(home, 'b', loadPipeline(home, 'p').pipeline);
  const board = openBoard(home, 'b');
  const datasets = Array.from({ length: entries }, (_, index) => ({ dataset: `d${String(index).padStart(6, '0')}` }));
  await postMany(board, datasets, () => undefined);
  board.journal.flush();
  const args = [join(root, 'dist', 'slate.js'), '--home', home, 'run', '--until-idle', '--slots', String(slots)];
  const processes = Array.from({ length: PROCESSES }, () => spawn(process.execPath, args, { stdio: 'ignore' }));
  await Promise.all(processes.map((child) => ended(child, 'slate run')));
  return busySeconds(join(home, 'blackboard', 'b'), entries * STAGES.length);
}

/** From the first claim to the last finish. @throws if not every step was done, with its log */
function busySeconds(board: string, count: number): number {
  let first = Number.POSITIVE_INFINITY;
  let last = 0;
  let finishes = 0;
  for (const day of fs.readdirSync(join(board, 'journal'))) {
    for (const file of fs.readdirSync(join(board, 'journal', day))) {
      const lines = fs
        .readFileSync(join(board, 'journal', day, file), 'utf8')
        .split('\n')
        .slice(0, -1);
      for (const { event, t } of lines.map((line) => JSON.parse(line) as { event: string; t: string })) {
        if (event === 'claim') first = Math.min(first, Date.parse(t));
        if (event !== 'finish') continue;
        finishes++;
        last = Math.max(last, Date.parse(t));
      }
    }
  }
  const logs = fs.readdirSync(join(board, 'logs'), { recursive: true }).filter((name) => String(name).endsWith('.log'));
  if (finishes !== count || logs.length !== count)
    throw new Error(`${finishes} finishes and ${logs.length} logs for ${count} steps`);
  return (last - first) / 1000;
}
