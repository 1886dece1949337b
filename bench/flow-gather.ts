/**
 * What it costs to look after groups: the share of a run's processor time that stage processes spend on what gathering
 * entries wait for, and how long a group waits after its last member is done.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { join } from 'node:path';
import { type Board, createBoard, loadPipeline, openBoard, postMany } from '../src/index.ts';
import { parseNeeds } from '../src/model/needs.ts';
import { median } from './measure.ts';
import type { Bench, Row, Suite } from './suite.ts';

const SIZE = 50;
const PROCESSES = 3;

const FULL_GROUPS = 200;
const QUICK_GROUPS = 20;

export const flowGather: Suite = {
  name: 'flow-gather',
  about: `What groups cost. Groups of ${SIZE} members are posted, then the members; ${PROCESSES} stage processes of two slots run
\`/bin/true\` for each member and each group until all is done. The share is that of the processor time that they spent in looking at what
groups wait for (with what their other threads took meanwhile, without the renames and lists of those that went on), of all that they, their launchers and their steps took. The wait is that from the journal's line of a group's last member to the line
that says that the group goes on. Not in it: members on other boards and files, which are looked at every second or less often.`,
  run: async (bench) => measure(bench, bench.quick ? QUICK_GROUPS : FULL_GROUPS),
};

function makeBoard(home: string): Board {
  for (const name of ['pipelines', 'stages', 'blackboard']) fs.mkdirSync(join(home, name), { recursive: true });
  fs.writeFileSync(join(home, 'pipelines', 'p.yaml'), 'pipeline: p\nstages:\n  - stage: work\n  - stage: sum\n');
  fs.writeFileSync(join(home, 'stages', 'work.yaml'), 'stage: work\nclasses: [m]\ncommand: [/bin/true]\n');
  fs.writeFileSync(
    join(home, 'stages', 'sum.yaml'),
    'stage: sum\nclasses: [g]\ngather: {what: members, until: work}\ncommand: [/bin/true]\n',
  );
  createBoard(home, 'b', loadPipeline(home, 'p').pipeline);
  return openBoard(home, 'b');
}

const memberName = (index: number): string => `m${String(index).padStart(5, '0')}`;

/** They follow one another, so that groups become ready all through the run. */
function membersOf(group: number): string[] {
  return Array.from({ length: SIZE }, (_, index) => memberName(group * SIZE + index));
}

async function fill(board: Board, count: number): Promise<void> {
  const groups = Array.from({ length: count }, (_, group) => {
    const needs = parseNeeds({ members: membersOf(group) }, 0);
    if (typeof needs === 'string') throw new Error(needs);
    return { dataset: `g${group}`, class: 'g', needs };
  });
  const others = Array.from({ length: count * SIZE }, (_, index) => ({ dataset: memberName(index), class: 'm' }));
  await postMany(board, [...groups, ...others], (result) => {
    if (!result.ok) throw new Error(result.why);
  });
}

/** Processor seconds of a stage process and all that it started. */
async function runToEnd(root: string, home: string): Promise<number> {
  const command = `TIMEFORMAT='cpu %U %S'; time "$0" "$1" --home "$2" run --board b --slots 2 --until-idle --stage work --stage sum`;
  const child = spawn('/bin/bash', ['-c', command, process.execPath, join(root, 'dist', 'slate.js'), home], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  child.stderr.on('data', (data: Buffer) => {
    text = (text + data.toString()).slice(-1_000);
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  const [, user, system] = /cpu ([\d.]+) ([\d.]+)\s*$/.exec(text) ?? [];
  if (code !== 0 || user === undefined) throw new Error(`a stage process ended with ${code}: ${text}`);
  return Number(user) + Number(system);
}

interface Line {
  readonly event: string;
  readonly t: string;
  readonly dataset?: string;
  readonly gatherSeconds?: number;
}

function journalOf(board: Board): Line[] {
  return fs.readdirSync(board.path('journal'), { recursive: true, encoding: 'utf8' }).flatMap((name) => {
    if (!name.endsWith('.jsonl')) return [];
    const lines = fs.readFileSync(board.path(`journal/${name}`), 'utf8').split('\n');
    return lines.slice(0, -1).map((line) => JSON.parse(line) as Line);
  });
}

/** Milliseconds from a group's last member to the line that says that it goes on. */
function waits(lines: readonly Line[]): number[] {
  const finished = new Map(
    lines.flatMap(({ event, dataset = '', t }) => (event === 'finish' ? [[dataset, Date.parse(t)] as const] : [])),
  );
  const gathered = lines.filter(({ event }) => event === 'gathered');
  return gathered.map(({ dataset = '', t }) => {
    const last = Math.max(...membersOf(Number(dataset.slice(1))).map((name) => finished.get(name) ?? 0));
    return Date.parse(t) - last;
  });
}

async function measure(bench: Bench, groups: number): Promise<Row[]> {
  const home = join(bench.folder, 'home');
  const board = makeBoard(home);
  bench.say(`posting ${groups} groups of ${SIZE}`);
  await fill(board, groups);
  bench.say(`${PROCESSES} stage processes until all is done`);
  const cpu = await Promise.all(Array.from({ length: PROCESSES }, () => runToEnd(bench.root, home)));
  const lines = journalOf(board);
  const spent = lines.reduce((sum, { gatherSeconds = 0 }) => sum + gatherSeconds, 0);
  const all = cpu.reduce((sum, seconds) => sum + seconds, 0);
  const ms = waits(lines).sort((a, b) => a - b);
  if (new Set(lines.filter(({ event }) => event === 'gathered').map(({ dataset }) => dataset)).size !== groups)
    throw new Error('not every group went on');
  const share = (spent / all) * 100;
  const slow = ms[Math.floor(ms.length * 0.95)] ?? Number.NaN;
  const what = `${groups} groups of ${SIZE}, ${PROCESSES} processes`;
  return [
    {
      what: `${what}: looking at what they wait for`,
      ours: `${spent.toFixed(2)} s`,
      against: "the run's processor time",
      theirs: `${all.toFixed(1)} s`,
      value: share,
      unit: '%',
      target: { atMost: 5 },
    },
    {
      what: 'from the last member to the group going on, 95th percentile',
      ours: `${slow.toFixed(0)} ms`,
      against: '',
      theirs: '',
      value: slow,
      unit: 'ms',
      target: { atMost: 1_000 },
      note: `median ${median(ms).toFixed(0)} ms, slowest ${(ms.at(-1) ?? Number.NaN).toFixed(0)} ms`,
    },
  ];
}
