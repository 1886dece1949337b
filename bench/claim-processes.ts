/** Stage processes with functions for steps, for `claim.ts`: what claims and finishes come to when several share a board. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { addEntries, makeBoard, STAGES } from './claim-boards.ts';

/** Entries that each process works off before the run. */
const WARM = 100;

/** Says that it is there, waits for the start, and works until nothing is left. */
const program = (library: string): string => `
import fs from 'node:fs';
import { openBoard, runStages } from ${JSON.stringify(library)};
const [home, number] = process.argv.slice(-2);
const work = (board) =>
  runStages({ board, untilIdle: true, log: () => {}, functions: new Map(board.stages.map((stage) => [stage, () => 0])) });
// On a board of its own first: a stage process runs for days, and not for the seconds in which V8 compiles it.
await work(openBoard(home + '/warm-' + number, 'b'));
const board = openBoard(home, 'b');
fs.writeFileSync(home + '/ready-' + number, '');
while (!fs.existsSync(home + '/start')) await new Promise((resolve) => setTimeout(resolve, 5));
const before = process.cpuUsage();
await work(board);
const { user, system } = process.cpuUsage(before);
fs.writeFileSync(home + '/cpu-' + number, String(user + system));
`;

export interface Throughput {
  /** Claims with their finishes a second, from when all processes work until the first has nothing left. */
  readonly perSecond: number;
  /** Processor time of all processes, microseconds for each. */
  readonly cpuUs: number;
}

export async function runProcesses(
  root: string,
  home: string,
  processes: number,
  entries: number,
): Promise<Throughput> {
  const board = makeBoard(home);
  addEntries(board, 'd', entries);
  for (let number = 0; number < processes; number++) addEntries(makeBoard(join(home, `warm-${number}`)), 'd', WARM);
  const file = join(home, 'work.mjs');
  fs.writeFileSync(file, program(pathToFileURL(join(root, 'dist', 'index.js')).href));
  const children = Array.from({ length: processes }, (_, index) =>
    spawn(process.execPath, [file, home, String(index)], { stdio: ['ignore', 'ignore', 'inherit'] }),
  );
  const ends = Promise.all(children.map((child) => ended(child)));
  const numbers = children.map((_, index) => index);
  while (!numbers.every((number) => fs.existsSync(join(home, `ready-${number}`))))
    await Promise.race([new Promise((resolve) => setTimeout(resolve, 20)), ends]);
  fs.writeFileSync(join(home, 'start'), '');
  await ends;
  const cpuUs = numbers.reduce((sum, number) => sum + Number(fs.readFileSync(join(home, `cpu-${number}`), 'utf8')), 0);
  return {
    perSecond: rateOf(join(home, 'blackboard', 'b', 'journal'), entries),
    cpuUs: cpuUs / (entries * STAGES.length),
  };
}

async function ended(child: ChildProcess): Promise<void> {
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`a stage process ended with ${code}`);
}

/** By the journals. @throws if not every step was done once */
function rateOf(journal: string, entries: number): number {
  const finishes: number[] = [];
  let from = 0;
  let to = Number.POSITIVE_INFINITY;
  for (const name of fs.readdirSync(journal, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.jsonl')) continue;
    const lines = fs
      .readFileSync(join(journal, name), 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as { event: string; t: string });
    const times = (event: string): number[] =>
      lines.flatMap((line) => (line.event === event ? [Date.parse(line.t)] : []));
    const own = times('finish');
    if (own.length === 0) continue;
    from = Math.max(from, times('claim')[0] ?? 0);
    to = Math.min(to, own.at(-1) ?? 0);
    finishes.push(...own);
  }
  if (finishes.length !== entries * STAGES.length) throw new Error(`${finishes.length} finishes of ${entries} entries`);
  return (finishes.filter((time) => time >= from && time <= to).length / (to - from)) * 1000;
}
