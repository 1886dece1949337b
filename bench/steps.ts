/**
 * Steps a second: entries through three stages of `/bin/true` on one board, against `xargs -P2` of the same number of
 * `/bin/true`, which keeps no state and no log at all. Our time runs from the first claim to the last finish in the
 * journals: stage processes are long-running, and their start is measured elsewhere. xargs is timed as a whole.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { join } from 'node:path';
import { createBoard, loadPipeline, openBoard, postMany } from '../src/index.ts';
import { CpuMeter, type CpuOfSteps } from './cpu.ts';
import { median } from './measure.ts';
import { alternate, type Bench, type Row, ratioOf, type Suite } from './suite.ts';

export const STAGES = ['a', 'b', 'c'];
/** What one would take on two cores for steps of a millisecond: one stage process, with enough at hand for both. */
export const SLOTS = 8;
const TARGET = 1.2;

export const steps: Suite = {
  name: 'steps',
  about:
    'Entries go through three stages of `/bin/true` on one board, state, log and journal kept, on one stage process of ' +
    `${SLOTS} slots (what one would take on two cores), and for comparison on two of ${SLOTS / 2}. Against them \`xargs -P2\` of as ` +
    'many `/bin/true`, which keeps no state and no log. Ours is timed from the first claim to the last finish in the ' +
    'journals: a stage process is long-running, and its start is measured elsewhere. CPU is what `/proc` says between the two.',
  run,
};

async function run({ root, folder, quick, say }: Bench): Promise<readonly Row[]> {
  const entries = quick ? 150 : 1200;
  // The other shape: shorter, it has no target.
  const fewer = quick ? entries : entries / 3;
  const cpu: CpuOfSteps[] = [];
  const xargsCpu: number[] = [];
  const rates = await alternate(quick ? 3 : 5, {
    xargs: async () => {
      const { seconds, cpuMs } = await timeXargs(entries * STAGES.length);
      xargsCpu.push(cpuMs);
      return (entries * STAGES.length) / seconds;
    },
    one: async (round) => {
      const home = join(folder, `one-${round}`);
      const { seconds, cpuMs } = await runSlate(root, home, { entries, slots: SLOTS, processes: 1 });
      if (cpuMs !== undefined) cpu.push(cpuMs);
      return (entries * STAGES.length) / seconds;
    },
    two: async (round) => {
      const home = join(folder, `two-${round}`);
      return (fewer * STAGES.length) / (await timeSlate(root, home, fewer, SLOTS / 2, 2));
    },
  });
  for (const [name, list] of Object.entries(rates)) say(`${name}: ${list.map(Math.round).join(', ')} steps/s`);
  const ms = (pick: (of: CpuOfSteps) => number): string => median(cpu.map(pick)).toFixed(2);
  const ofUs = `stage process ${ms((of) => of.stage)}, launcher ${ms((of) => of.launcher)}, the step itself ${ms((of) => of.step)}`;
  const note = `ms of CPU a step: ${ofUs}; xargs with its steps ${median(xargsCpu).toFixed(2)}`;
  return [
    {
      ...rowOf(entries, `one stage process of ${SLOTS} slots`, rates.one, rates.xargs),
      target: { atLeast: TARGET },
      ...(cpu.length === 0 ? {} : { note }),
    },
    rowOf(fewer, `two stage processes of ${SLOTS / 2} slots on one board`, rates.two, rates.xargs),
  ];
}

function rowOf(entries: number, shape: string, ours: readonly number[], xargs: readonly number[]): Row {
  const perSecond = (list: readonly number[]): string => `${Math.round(median(list)).toLocaleString('en')} steps/s`;
  return {
    what: `${(entries * STAGES.length).toLocaleString('en')} steps of /bin/true, ${STAGES.length} stages, ${shape}`,
    ours: perSecond(ours),
    against: '`xargs -P2`, no state, no log',
    theirs: perSecond(xargs),
    value: ratioOf(ours, xargs),
    unit: '×',
  };
}

/** @throws if it fails */
async function ended(child: ChildProcess, what: string): Promise<void> {
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${what} ended with ${code}`);
}

/** `times` of the shell: what it has waited for, user and system. */
const TIMES = /(\d+)m([\d.]+)s (\d+)m([\d.]+)s\s*$/;

async function timeXargs(count: number): Promise<{ seconds: number; cpuMs: number }> {
  const start = performance.now();
  const child = spawn('/bin/sh', ['-c', 'xargs -n1 -P2 /bin/true && times'], { stdio: ['pipe', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (data: Buffer) => {
    said += data.toString();
  });
  child.stdin.end('x\n'.repeat(count));
  await ended(child, 'xargs');
  const seconds = (performance.now() - start) / 1000;
  const [userMinutes = 0, user = 0, systemMinutes = 0, system = 0] = (TIMES.exec(said) ?? []).slice(1).map(Number);
  return { seconds, cpuMs: ((60 * (userMinutes + systemMinutes) + user + system) * 1000) / count };
}

export interface SlateRun {
  readonly entries: number;
  readonly slots: number;
  readonly processes: number;
}

/** A board of its own in `home`, and the same job as every contender's. @returns seconds from the first claim to the last finish */
export async function timeSlate(
  root: string,
  home: string,
  entries: number,
  slots = SLOTS,
  processes = 1,
): Promise<number> {
  return (await runSlate(root, home, { entries, slots, processes })).seconds;
}

async function runSlate(
  root: string,
  home: string,
  { entries, slots, processes }: SlateRun,
): Promise<{ seconds: number; cpuMs: CpuOfSteps | undefined }> {
  await makeHome(home, entries);
  const args = [join(root, 'dist', 'slate.js'), '--home', home, 'run', '--until-idle', '--slots', String(slots)];
  const children = Array.from({ length: processes }, () => spawn(process.execPath, args, { stdio: 'ignore' }));
  const meter = new CpuMeter(children.flatMap(({ pid }) => pid ?? []));
  await Promise.all(children.map((child) => ended(child, 'slate run')));
  meter.stop();
  const finishes = finishTimes(join(home, 'blackboard', 'b'), entries * STAGES.length);
  return { seconds: (finishes.lastMs - finishes.firstMs) / 1000, cpuMs: meter.perStep(finishes) };
}

async function makeHome(home: string, entries: number): Promise<void> {
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
}

export interface Finishes {
  /** Wall clock: the first claim, the last finish, and all finishes. */
  readonly firstMs: number;
  readonly lastMs: number;
  readonly atMs: readonly number[];
}

/** @throws if not every step was done, with its log */
export function finishTimes(board: string, count: number): Finishes {
  let firstMs = Number.POSITIVE_INFINITY;
  const atMs: number[] = [];
  for (const day of fs.readdirSync(join(board, 'journal'))) {
    for (const file of fs.readdirSync(join(board, 'journal', day))) {
      const lines = fs
        .readFileSync(join(board, 'journal', day, file), 'utf8')
        .split('\n')
        .slice(0, -1);
      for (const { event, t } of lines.map((line) => JSON.parse(line) as { event: string; t: string })) {
        if (event === 'claim') firstMs = Math.min(firstMs, Date.parse(t));
        if (event === 'finish') atMs.push(Date.parse(t));
      }
    }
  }
  const logs = fs.readdirSync(join(board, 'logs'), { recursive: true }).filter((name) => String(name).endsWith('.log'));
  if (atMs.length !== count || logs.length !== count)
    throw new Error(`${atMs.length} finishes and ${logs.length} logs for ${count} steps`);
  atMs.sort((a, b) => a - b);
  return { firstMs, lastMs: atMs.at(-1) ?? Number.NaN, atMs };
}
