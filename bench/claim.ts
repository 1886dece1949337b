/**
 * The cost of a claim and of a finish: against bare renames, for several processes on one board, against directory
 * queues, and with a long backlog.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { claim, type Held } from '../src/board/claim.ts';
import { finish } from '../src/board/finish.ts';
import { closeOwnLog } from '../src/board/tries.ts';
import type { Board, Located } from '../src/index.ts';
import { dayFolder } from '../src/model/name.ts';
import { Picker } from '../src/process/picker.ts';
import { addBacklog, addEntries, makeBoard, PROCESS, renamesOf, STAGES } from './claim-boards.ts';
import { runProcesses } from './claim-processes.ts';
import { median } from './measure.ts';
import { alternate, type Bench, type Row, ratioOf, type Suite } from './suite.ts';

const ROUNDS = 5;
/** Claims and finishes between two turns of the event loop, in which the journal is written. */
const TURN = 4;
const ALONE = { index: 0, count: 1 };

export const claimSuite: Suite = {
  name: 'claim',
  about: `What a claim and a finish cost without a step. Against bare renames: the same names, renamed by \`fs.renameSync\` in the
same process and on the same board; ours judges the entry's file, keeps a log of the try, writes two journal lines and, at the end,
takes the dataset's link away. Several processes: stage processes whose steps are functions that return at once, on one board, timed
by their journals from when all of them work until the first has nothing left. Directory queues: dirq's lock and remove of one
element, in their own language, from start to end of their loop. Backlog: entries at the head of a queue of that length are
claimed; what reading the queue costs is shared out among the claims that one reading serves.`,
  async run(bench) {
    const { row, ours } = await againstRenames(bench);
    return [row, ...(await severalProcesses(bench)), ...backlogs(bench), ...againstQueues(bench, ours)];
  },
};

const us = (values: readonly number[]): string => `${median(values).toFixed(1)} µs`;

function claimOne(board: Board, entry: Located, column: number): Held {
  const result = claim(board, { entry, column, process: PROCESS, products: false });
  if (result.kind !== 'won') throw new Error(`${entry.file} was not won: ${JSON.stringify(result)}`);
  return result.held;
}

function finishOne(board: Board, held: Held, kind: 'complete' | 'giveBack'): Located {
  const result = finish(board, held, { kind });
  if (result.kind !== 'finished') throw new Error(`${held.at.file} was not finished: ${result.kind}`);
  closeOwnLog(board, held.try, kind === 'complete' ? 'ok' : 'back');
  return result.at;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** All stages of all entries. @returns microseconds for a claim with its finish */
async function work(board: Board, entries: readonly Located[]): Promise<number> {
  const start = performance.now();
  for (const [index, entry] of entries.entries()) {
    let at = entry;
    for (const column of STAGES.keys()) at = finishOne(board, claimOne(board, at, column), 'complete');
    if (index % TURN === 0) await turn();
  }
  board.journal.flush();
  return ((performance.now() - start) * 1000) / (entries.length * STAGES.length);
}

function rename(board: Board, entries: readonly Located[]): number {
  const day = board.today();
  fs.mkdirSync(board.path(dayFolder('done', day)), { recursive: true });
  const renames = entries.flatMap((entry) => renamesOf(board, entry, day));
  const start = performance.now();
  for (const [from, to] of renames) fs.renameSync(from, to);
  return ((performance.now() - start) * 2000) / renames.length;
}

const QUEUES: Readonly<Record<string, { readonly program: string; readonly script: string }>> = {
  'dirq (Python), Queue': {
    program: '/usr/bin/python3',
    script: `
import sys, time
from dirq.queue import Queue
queue = Queue(sys.argv[1], schema={'body': 'string'})
for _ in range(int(sys.argv[2])): queue.add({'body': 'x'})
start = time.perf_counter()
for name in queue:
    if queue.lock(name): queue.remove(name)
print((time.perf_counter() - start) * 1e6 / int(sys.argv[2]))`,
  },
  'dirq (Python), QueueSimple': {
    program: '/usr/bin/python3',
    script: `
import sys, time
from dirq.QueueSimple import QueueSimple
queue = QueueSimple(sys.argv[1])
for _ in range(int(sys.argv[2])): queue.add('x')
start = time.perf_counter()
for name in queue:
    if queue.lock(name): queue.remove(name)
print((time.perf_counter() - start) * 1e6 / int(sys.argv[2]))`,
  },
  'Directory::Queue (Perl), Simple': {
    program: '/usr/bin/perl',
    script: `
use Directory::Queue::Simple; use Time::HiRes qw(time);
my $queue = Directory::Queue::Simple->new(path => $ARGV[0]);
$queue->add('x') for 1 .. $ARGV[1];
my $start = time();
for (my $name = $queue->first(); $name; $name = $queue->next()) { $queue->remove($name) if $queue->lock($name) }
print((time() - $start) * 1e6 / $ARGV[1]);`,
  },
};

/** Microseconds for lock and remove; undefined if the library is not there. */
function timeQueue(what: string, folder: string, count: number): number | undefined {
  const { program, script } = QUEUES[what] ?? { program: 'false', script: '' };
  const flag = program.endsWith('perl') ? '-e' : '-c';
  const { status, stdout } = spawnSync(program, [flag, script, folder, String(count)], { encoding: 'utf8' });
  return status === 0 ? Number(stdout) : undefined;
}

const WHAT = `claim + finish, ${STAGES.length} stages, by the library`;

async function againstRenames(bench: Bench): Promise<{ row: Row; ours: readonly number[] }> {
  const count = bench.quick ? 250 : 1500;
  const rounds = bench.quick ? 3 : ROUNDS;
  const board = makeBoard(join(bench.folder, 'renames'));
  const entries = addEntries(board, 'd', count * rounds * 2);
  addBacklog(board, count);
  bench.say(`claim and finish, ${rounds} rounds of ${count * STAGES.length}`);
  const { bare, ours } = await alternate(rounds, {
    bare: () => rename(board, entries.splice(0, count)),
    ours: () => work(board, entries.splice(0, count)),
  });
  const row: Row = {
    what: WHAT,
    ours: us(ours),
    against: 'two fs.renameSync of the same names',
    theirs: us(bare),
    value: ratioOf(bare, ours),
    unit: '×',
    target: { atLeast: 0.6 },
    note: 'ours keeps a log of every try, empty ones too',
  };
  return { row, ours };
}

/** Last of all, and not in turn: what they remove would slow down whatever makes files after them (see `post.ts`). */
function againstQueues(bench: Bench, ours: readonly number[]): Row[] {
  const count = bench.quick ? 100 : 400;
  return Object.keys(QUEUES).map((queue, index): Row => {
    const times: number[] = [];
    for (let round = 0; round < ours.length; round++) {
      const time = timeQueue(queue, join(bench.folder, `queue-${index}-${round}`), count);
      if (time !== undefined) times.push(time);
    }
    const common = { what: WHAT, ours: us(ours), against: `${queue}: lock + remove`, unit: '×' as const };
    const target = { atLeast: 1 };
    if (times.length < ours.length)
      return { ...common, target, theirs: '', value: undefined, note: 'not installed: see bench/peers.sh' };
    return {
      ...common,
      target,
      theirs: us(times),
      value: median(times) / median(ours),
      note: 'not alternating: it removes files',
    };
  });
}

async function severalProcesses(bench: Bench): Promise<Row[]> {
  const entries = bench.quick ? 300 : 1500;
  const rounds = bench.quick ? 1 : ROUNDS;
  const cpu: Record<string, number[]> = {};
  const run = (processes: number) => async (round: number) => {
    bench.say(`${processes} stage processes on one board, round ${round + 1} of ${rounds}`);
    const home = join(bench.folder, `processes-${processes}-${round}`);
    const { perSecond, cpuUs } = await runProcesses(bench.root, home, processes, entries);
    cpu[processes] = [...(cpu[processes] ?? []), cpuUs];
    return perSecond;
  };
  const rates = await alternate(rounds, { one: run(1), two: run(2), many: run(16) });
  const rate = (values: readonly number[]): string => `${median(values).toFixed(0)}/s`;
  const used = (processes: number): string => `${median(cpu[processes] ?? []).toFixed(0)} µs`;
  const what = (processes: string): string => `claim + finish, ${processes} with functions for steps, one board`;
  return [
    {
      what: what('2 stage processes'),
      ours: rate(rates.two),
      against: '1 process',
      theirs: rate(rates.one),
      value: ratioOf(rates.two, rates.one),
      unit: '×',
      target: { atLeast: 1.3 },
      note: `processor time each: ${used(2)} and ${used(1)}`,
    },
    {
      what: what('16 stage processes'),
      ours: rate(rates.many),
      against: '2 processes',
      theirs: rate(rates.two),
      value: ratioOf(rates.many, rates.two),
      unit: '×',
      target: { atLeast: 0.8 },
      note: `processor time each: ${used(16)} and ${used(2)}`,
    },
  ];
}

/** Claims from the head of the queue, given back untimed, so that the backlog stays as it is. */
function timeClaims(board: Board, picker: Picker, count: number): number {
  const start = performance.now();
  const serves = picker.lookQueue().entries.length;
  const lookMs = performance.now() - start;
  const held: Held[] = [];
  const from = performance.now();
  for (let left = count; left > 0; left--) {
    const choice = picker.next(ALONE, () => true);
    if (choice === undefined) throw new Error('nothing to claim');
    held.push(claimOne(board, choice.entry, choice.column));
  }
  const claimMs = performance.now() - from;
  for (const one of held) finishOne(board, one, 'giveBack');
  board.journal.flush();
  return (claimMs / count + lookMs / serves) * 1000;
}

function backlogs(bench: Bench): Row[] {
  const sizes = bench.quick ? [1_000, 10_000, 100_000] : [1_000, 10_000, 100_000, 1_000_000];
  const count = 200;
  const rounds = bench.quick ? 3 : ROUNDS;
  const boards = sizes.map((size) => {
    bench.say(`a backlog of ${size.toLocaleString('en')}`);
    const board = makeBoard(join(bench.folder, `backlog-${size}`));
    addEntries(board, 'd', count);
    addBacklog(board, size - count);
    // The first reading tells how long the queue is, and what to keep of it.
    const picker = new Picker(board, new Set(STAGES.keys()));
    timeClaims(board, picker, count);
    return { size, board, picker, times: [] as number[] };
  });
  for (let round = 0; round < rounds; round++)
    for (const { board, picker, times } of boards) times.push(timeClaims(board, picker, count));
  const [least, ...others] = boards;
  return others.map(({ size, times }) => ({
    what: `a claim at a backlog of ${size.toLocaleString('en')}, the reading of the queue included`,
    ours: us(times),
    against: 'at a backlog of 1,000',
    theirs: us(least?.times ?? []),
    value: ratioOf(times, least?.times ?? []),
    unit: '×',
    target: { atMost: 1.5 },
  }));
}
