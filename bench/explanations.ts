/** Why rows miss their targets, by hand: `docs/performance.md` puts it beside each row that does, and nowhere else. */
import type { Row } from './suite.ts';

interface Explanation {
  readonly suite: string;
  /** Words of the row's `what` and `against`, all of which have to be in it. */
  readonly words: readonly string[];
  readonly why: string;
}

const STEP_COST =
  'Starting and ending `/bin/true` costs the kernel half a millisecond of CPU, whoever starts it; the launcher adds 0.11 ms ' +
  'and the stage process 0.27 ms once V8 has compiled it (0.46 in the first seconds), half of it system calls that the ' +
  'protocol asks for: [profile](#where-a-steps-time-goes).';
const COLD = 'A run of this length is over in a second, in which V8 still compiles the stage process.';
const LOG_COST =
  'The two renames are a fifth of the work. Beside them each try gets a log, which is created and renamed, the entry is opened ' +
  'and judged, and two journal lines are written; the first claim of a dataset makes its log folder. ' +
  '[Each call and its reason](#system-calls-of-a-claim-a-finish-and-a-step). To leave out empty logs would about double the ' +
  'ratio; they are kept, because used epochs and lost entries are read from them.';

export const EXPLANATIONS: readonly Explanation[] = [
  {
    suite: 'steps',
    words: ['xargs'],
    why: `${STEP_COST} At 1.2 × all three together would have to come to 0.7 ms, and the step alone takes 0.5.`,
  },
  { suite: 'peers', words: ['ninja'], why: `${STEP_COST} ${COLD}` },
  {
    suite: 'peers',
    words: ['make -j2'],
    why: `${COLD} It writes no log and makes no claim; a stamp file is its state.`,
  },
  { suite: 'peers', words: ['nq'], why: `${COLD} nq runs the three steps of an entry as one job.` },
  { suite: 'peers', words: ['parallel'], why: `${COLD} GNU parallel runs the three steps of an entry as one job.` },
  {
    suite: 'peers',
    words: ['Snakemake'],
    why: `${COLD} It gets slower with the number of entries: at 500 it was measured at 11 entries a second.`,
  },
  { suite: 'claim', words: ['renameSync'], why: LOG_COST },
  { suite: 'claim', words: ['Queue: lock'], why: `${LOG_COST} dirq makes a folder and removes it.` },
  { suite: 'claim', words: ['QueueSimple'], why: `${LOG_COST} dirq's is a link and two unlinks.` },
  {
    suite: 'claim',
    words: ['2 stage processes'],
    why: 'The lock of one directory is the bound: two processes that only rename in it get no more done than one.',
  },
  {
    suite: 'claim',
    words: ['16 stage processes'],
    why:
      'A claim takes two to three times the processor time that it takes two processes. In a `--cpu-prof` of one of the sixteen ' +
      'three quarters of the time are waiting for a core; of what it does itself a quarter is `rename`, which waits for the ' +
      'lock of `active/`, 6 % garbage collection, 3 % reading folders; the rest is its start and what the others cause: ' +
      'their renames are heard of, names turn out to be taken. It shows only for steps that take no time at all: sixteen ' +
      'processes with steps of 10 ms ask for the lock less often than two do here.',
  },
  {
    suite: 'scan',
    words: ['slate ls'],
    why:
      'Reading the names takes what `ls -f` takes; to check them, put them in the order of service and write a line of each ' +
      'takes as long again, and up to twice that for lines with columns. `ls -f` does neither. ' +
      '[Profile](#where-the-time-of-slate-ls-goes).',
  },
  {
    suite: 'post',
    words: ['slate post'],
    why:
      'The three calls that make an entry crash-safe (create, link, rename: the row below) leave little room; the content, the ' +
      'check for earlier runs (two stats), the journal and the sync of each batch take the rest. ' +
      '[Profile](#where-the-time-of-a-bulk-post-goes).',
  },
  {
    suite: 'startup',
    words: ['slate check'],
    why: 'It alone reads YAML, its shapes and templates before it says anything: 40 ms of modules more than the others load.',
  },
  {
    suite: 'flow-gather',
    words: ['from the last member'],
    why:
      'Looking at groups may take a small part of the time only, so a look that found much to do is followed by a longer pause: ' +
      'here three processes on two cores have 200 groups of 50 to look at while members end all the time. An idle board ' +
      'goes on within a second (tested).',
  },
  {
    suite: 'idle',
    words: ['50 idle'],
    why:
      'Each process reads the counters of all others four times a lease, which grows with the square of the processes: ' +
      '[what a second holds](#what-an-idle-process-does).',
  },
];

/** @returns undefined if nobody has written why */
export function explain(suite: string, { what, against }: Row, all = EXPLANATIONS): string | undefined {
  const text = `${what} ${against}`;
  return all.find((entry) => entry.suite === suite && entry.words.every((word) => text.includes(word)))?.why;
}
