/**
 * What a stage process costs that has nothing to do, and how fast it is when something comes: processor time and memory
 * of one beside 10,000 entries that wait for others, of 50 on a board of 50,000, of one whose neighbour is busy, and the
 * time from a post to the first act of its step.
 */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Board, post, runStages } from '../src/index.ts';
import { fillUsual, fillWaiting, LAST, makeIdleBoard, makeIdleHome, STAGES, StageProcesses } from './idle-boards.ts';
import { median } from './measure.ts';
import { cpuNs, rssMb, wakeUps } from './proc.ts';
import type { Bench, Row, Suite } from './suite.ts';

const run = promisify(execFile);
const DATE = '/usr/bin/date';
/** What a post to a polled board may wait at most: the longest time between two looks is a tenth less (src/process/looks.ts). */
const POLL_MS = 5_000;
/** What the busy neighbour does: so many at once, each for so long, is 1,000 claims a second. */
const NEIGHBOUR = { slots: 10, stepMs: 10 };

interface Sizes {
  readonly waiting: number;
  readonly crowd: number;
  readonly crowdEntries: number;
  /** From the start of the one on, and from that of the last of all: to rest takes 11 s. */
  readonly settleMs: number;
  readonly crowdSettleMs: number;
  readonly windowMs: number;
  readonly posts: number;
  readonly polled: number;
  readonly busyMs: number;
}

const FULL: Sizes = {
  waiting: 10_000,
  crowd: 50,
  crowdEntries: 50_000,
  settleMs: 13_000,
  crowdSettleMs: 12_000,
  windowMs: 15_000,
  posts: 15,
  polled: 5,
  busyMs: 6_000,
};
const QUICK: Sizes = {
  waiting: 10_000,
  crowd: 4,
  crowdEntries: 5_000,
  settleMs: 12_500,
  crowdSettleMs: 1_000,
  windowMs: 3_000,
  posts: 5,
  polled: 1,
  busyMs: 2_000,
};

/** Per cent of one core, over all of them. */
async function cpuPercent(pids: readonly number[], windowMs: number): Promise<number> {
  const sum = (): number => pids.reduce((ns, pid) => ns + cpuNs(pid), 0);
  const start = process.hrtime.bigint();
  const before = sum();
  await sleep(windowMs);
  return ((sum() - before) / Number(process.hrtime.bigint() - start)) * 100;
}

/** What `date` wrote as its first act, in ms. */
async function writtenMs(board: Board, dataset: string): Promise<number> {
  for (const end = performance.now() + 4 * POLL_MS; performance.now() < end; ) {
    const folder = board.path(`logs/${dataset}`);
    for (const name of fs.existsSync(folder) ? fs.readdirSync(folder) : []) {
      const at = Number(fs.readFileSync(join(folder, name), 'utf8').trim()) / 1e6;
      if (name.endsWith('.first.001.ok.log') && at > 0) return at;
    }
    await sleep(20);
  }
  throw new Error(`${board.name}: no step of ${dataset} has run`);
}

async function postToStart(board: Board, dataset: string): Promise<number> {
  const start = Date.now();
  post(board, { dataset, class: 'rare' });
  return (await writtenMs(board, dataset)) - start;
}

async function spawnToStart(): Promise<number> {
  const start = Date.now();
  const { stdout } = await run(DATE, ['+%s%N']);
  return Number(stdout) / 1e6 - start;
}

export const idle: Suite = {
  name: 'idle',
  about:
    'What a stage process costs that finds nothing to do, and how soon it starts a step. Processor time is that of all its threads, by the kernel (`schedstat`, in nanoseconds), over one window, 11 s and more after its start; memory is `VmRSS`. The entries stand in `queue/`, `active/` and `failed/` and wait for stages that the process does not serve. A post is one of the library, without its fsync (`durability: none`); the first act of its step is what `date +%s%N` writes, and the same program spawned by Node in turn is the measure. On polled boards the longest wait of all, less the median of the watched one. The busy neighbour runs functions of 10 ms in 10 slots, a thousand claims a second at most. Not in it: network file systems, whose folders are always read.',
  run: async (bench) => {
    const processes = new StageProcesses(bench.root);
    try {
      return await measure(bench, bench.quick ? QUICK : FULL, processes);
    } finally {
      await processes.stop();
    }
  },
};

async function measure(bench: Bench, sizes: Sizes, processes: StageProcesses): Promise<Row[]> {
  const home = join(bench.folder, 'home');
  makeIdleHome(home, `[${DATE}, +%s%N]`);
  const wide = makeIdleBoard(home, 'wide');
  fillWaiting(wide, sizes.waiting);
  // First of all: it has the longest way to rest.
  const one = await processes.start(wide, LAST);
  const settled = sleep(sizes.settleMs);
  const crowded = makeIdleBoard(home, 'crowded');
  fillWaiting(crowded, sizes.crowdEntries);
  const busyBoard = makeIdleBoard(home, 'busy');
  fillUsual(busyBoard, Math.ceil(((sizes.busyMs / 1000 + 1) * NEIGHBOUR.slots * 1000) / NEIGHBOUR.stepMs / 2));
  const watched = makeIdleBoard(home, 'watched');
  const polled = Array.from({ length: sizes.polled }, (_, index) => makeIdleBoard(home, `polled${index}`, 'poll'));
  bench.say(`starting ${sizes.crowd + 3 + sizes.polled} stage processes`);
  const crowd = await processes.startMany(sizes.crowd, crowded, LAST);
  const neighbour = await processes.start(busyBoard, LAST);
  await processes.start(watched, STAGES);
  for (const board of polled) await processes.start(board, STAGES);
  await sleep(sizes.crowdSettleMs);
  await settled;
  bench.say(`idle for ${sizes.windowMs / 1000} s`);
  const wakes = wakeUps(one);
  const [onePercent, crowdPercent] = await Promise.all([
    cpuPercent([one], sizes.windowMs),
    cpuPercent(crowd, sizes.windowMs),
  ]);
  const wakesPerSecond = (wakeUps(one) - wakes) / (sizes.windowMs / 1000);
  const oneMb = rssMb(one);
  const crowdMb = median(crowd.map(rssMb));
  bench.say('posting');
  const polledMs = Promise.allSettled(polled.map((board) => postToStart(board, 'd')));
  const posts: number[] = [];
  const spawns: number[] = [];
  for (let round = 0; round < sizes.posts; round++) {
    posts.push(await postToStart(watched, `d${round}`));
    await sleep(150);
    spawns.push(await spawnToStart());
    await sleep(150);
  }
  bench.say('beside a busy process');
  const busy = await besideBusy(busyBoard, neighbour, sizes.busyMs);
  const slowestPollMs = Math.max(
    ...(await polledMs).map((end) => (end.status === 'fulfilled' ? end.value : Number.POSITIVE_INFINITY)),
  );
  const over = median(posts.map((ms, round) => ms - (spawns[round] ?? Number.NaN)));
  const percent = (value: number): string => `${value.toFixed(3)} %`;
  return [
    {
      what: `idle stage process, ${sizes.waiting.toLocaleString('en')} entries wait for others`,
      ours: percent(onePercent),
      against: 'one core',
      theirs: '100 %',
      value: onePercent,
      unit: '%',
      target: { atMost: 0.2 },
      note: `over ${sizes.windowMs / 1000} s; ${wakesPerSecond.toFixed(1)} wake-ups a second of all threads`,
    },
    {
      what: 'the same, resident memory',
      ours: `${oneMb.toFixed(0)} MB`,
      against: '',
      theirs: '',
      value: oneMb,
      unit: 'MB',
      target: { atMost: 80 },
      note: '',
    },
    {
      what: `${sizes.crowd} idle stage processes, one board of ${sizes.crowdEntries.toLocaleString('en')}`,
      ours: percent(crowdPercent),
      against: 'one core',
      theirs: '100 %',
      value: crowdPercent,
      unit: '%',
      target: { atMost: (10 * sizes.crowd) / 50 },
      note: `over ${sizes.windowMs / 1000} s; ${crowdMb.toFixed(0)} MB each`,
    },
    {
      what: 'post to the first act of the step, idle board',
      ours: `${median(posts).toFixed(1)} ms`,
      against: "Node's spawn of the same program",
      theirs: `${median(spawns).toFixed(1)} ms`,
      value: over,
      unit: 'ms',
      target: { atMost: 20 },
      note: `median over a spawn of ${sizes.posts}; the slowest ${Math.max(...posts).toFixed(0)} ms`,
    },
    {
      what: `the same, polled board, slowest of ${sizes.polled}`,
      ours: `${(slowestPollMs / 1000).toFixed(2)} s`,
      against: 'the polling interval',
      theirs: `${POLL_MS / 1000} s`,
      value: (slowestPollMs - median(posts)) / POLL_MS,
      unit: '×',
      target: { atMost: 1 },
    },
    {
      what: `idle beside a process that makes ${busy.claims.toFixed(0)} claims a second`,
      ours: percent(busy.idlePercent),
      against: 'the busy one',
      theirs: percent(busy.busyPercent),
      value: busy.idlePercent,
      unit: '%',
      note: `over ${sizes.busyMs / 1000} s`,
    },
  ];
}

/** Beside entries that need only the other stages: this program is the busy one. */
async function besideBusy(
  board: Board,
  pid: number,
  busyMs: number,
): Promise<{ claims: number; idlePercent: number; busyPercent: number }> {
  let steps = 0;
  const step = async (): Promise<number> => {
    steps++;
    await sleep(NEIGHBOUR.stepMs);
    return 0;
  };
  const stages = STAGES.slice(0, 2);
  const functions = new Map(stages.map((stage) => [stage, step]));
  const busy = runStages({
    board,
    stages,
    slots: NEIGHBOUR.slots,
    functions,
    untilIdle: true,
    log: () => undefined,
  });
  await sleep(500);
  const before = { steps, own: process.cpuUsage() };
  const idlePercent = await cpuPercent([pid], busyMs);
  const own = process.cpuUsage(before.own);
  const claims = (steps - before.steps) / (busyMs / 1000);
  await busy;
  return { claims, idlePercent, busyPercent: ((own.user + own.system) / 1000 / busyMs) * 100 };
}
