/**
 * What is done to a board so that a defect shows: with real processes, stopped, killed or lied to at one call. With the code as
 * it is each of them ends with a board whose books are right.
 */
import fs from 'node:fs';
import {
  boardPath,
  entries,
  entry,
  journal,
  list,
  makeBoard,
  mv,
  type Stages,
  slateOk,
  until,
  untilEntry,
} from '../../helpers/home.ts';
import type { Cast, Fault } from './actor.ts';

export interface Scenario {
  readonly stages: Stages;
  readonly lease?: string;
  readonly play: (cast: Cast) => Promise<void>;
}

export async function boardOf({ stages, lease = '2s' }: Scenario): Promise<string> {
  return makeBoard(stages, undefined, undefined, lease);
}

const TRUE = 'command: [/bin/true]\nretries: 9\nbackoff: {first: 0s}';
const PRODUCTS = `shell: 'echo \${SLATE_EPOCH} > \${SLATE_PRODUCTS}/made'\nproducts: true\nretries: 9\nbackoff: {first: 0s}`;
/** Runs until the file `go` is there. */
const GATE = `shell: 'while ! test -e {{ home }}/go; do sleep 0.05; done'\nretries: 9\nbackoff: {first: 0s}`;
const FAILS = "shell: 'exit 2'";

/** The rename that gives an entry's only column this letter, by the new name. */
const becomes = (letter: string): string => `/\\d\\d\\.\\d{8}T\\d{6}\\.${letter}\\.[^/]*$`;
const CLAIM: Fault = { op: 'rename', path: becomes('p'), at: 'before', act: 'stop' };

const IDLE = ['--until-idle'];

/** Where it stands besides does not matter. */
async function isDone(home: string, dataset: string): Promise<void> {
  const stands = (): boolean =>
    entries(home).some(({ folder, name }) => folder.startsWith('done/') && name.dataset === dataset);
  await until(stands, `${dataset} in done/`);
}

/** Waits until someone has taken a process for dead, and has come to an entry that was posted since. */
async function untilSwept(home: string): Promise<void> {
  await until(() => journal(home).some(({ event }) => event === 'suspect'), 'a process to be taken for dead');
  await slateOk(home, ['post', 'later']);
  await isDone(home, 'later');
}

async function runsThrough({ home, run }: Cast): Promise<void> {
  await slateOk(home, ['post', 'one']);
  const process = run();
  await isDone(home, 'one');
  process.kill('SIGTERM');
  await process.ended;
}

export const through: Scenario = { stages: { a: TRUE, b: TRUE }, play: runsThrough };

export const withProducts: Scenario = { stages: { a: PRODUCTS }, play: runsThrough };

export const finishedAndKilled: Scenario = {
  stages: { a: TRUE },
  play: async ({ home, run }) => {
    await slateOk(home, ['post', 'one']);
    const process = run();
    await isDone(home, 'one');
    process.kill('SIGKILL');
    await process.ended;
  },
};

export const repiped: Scenario = {
  stages: { a: PRODUCTS },
  play: async ({ home, run }) => {
    await slateOk(home, ['post', 'one']);
    const process = run();
    await isDone(home, 'one');
    await slateOk(home, ['repipe', 'one', '--stage', 'a']);
    await until(
      () => entry(home, 'one')?.folder.startsWith('done/') === true && epochOf(home, 'one') === 2,
      'a second try',
    );
    process.kill('SIGTERM');
    await process.ended;
  },
};

function epochOf(home: string, dataset: string): number | undefined {
  return entry(home, dataset)?.name.epoch;
}

/** The second post must not bear the second of the first. */
export const postedTwice: Scenario = {
  stages: { a: TRUE },
  play: async ({ home, command }) => {
    await command('post', 'one');
    const posted = entry(home, 'one')?.name.posted;
    const second = (): string => new Date().toISOString().replaceAll(/[-:]|\.\d+Z/g, '');
    await until(() => second() !== posted, 'the next second');
    await command('post', 'one');
  },
};

/** A second file of a dataset, made by hand; both would stop before the second stage. */
export const touchedTwice: Scenario = {
  stages: { a: TRUE, b: TRUE },
  play: async ({ home, run }) => {
    await slateOk(home, ['post', 'one']);
    const seen = await untilEntry(home, 'one', 'queue');
    mv(home, seen, { letters: 'wh' });
    fs.writeFileSync(boardPath(home, 'queue/60.20261121T120000.wh.000.-.one'), '');
    await run(IDLE).ended;
  },
};

/** It stands still between the end of an entry and the end of its link; meanwhile the dataset is posted anew, and fails. */
export const lateRelease: Scenario = {
  stages: { a: "shell: 'test ! -e {{ home }}/fail'" },
  play: async ({ home, run }) => {
    await slateOk(home, ['post', 'one']);
    const late = run([], [{ op: 'rename', path: '/done/', at: 'after', act: 'stop' }]);
    await late.stopped();
    fs.writeFileSync(`${home}/fail`, '');
    await slateOk(home, ['post', 'one']);
    await run(IDLE).ended;
    late.kill('SIGCONT');
    late.kill('SIGTERM');
    await late.ended;
  },
};

/** Somebody has copied a failed entry into the queue, and thinks better of it when others have been served. */
export const copied: Scenario = {
  stages: { a: FAILS },
  play: async ({ home, run }) => {
    await slateOk(home, ['post', 'one']);
    await run(IDLE).ended;
    const { file } = await untilEntry(home, 'one', 'failed');
    const copy = boardPath(home, `queue/${file}`);
    fs.copyFileSync(boardPath(home, `failed/${file}`), copy);
    await slateOk(home, ['post', 'other']);
    await run(IDLE).ended;
    fs.rmSync(copy, { force: true });
  },
};

/** Of two that have seen the same name one stands still before its rename. */
export const twoClaimers: Scenario = {
  stages: { a: TRUE },
  play: async ({ home, run }) => {
    await slateOk(home, ['post', 'one']);
    const late = run(IDLE, [CLAIM]);
    await late.stopped();
    await run(IDLE).ended;
    late.kill('SIGCONT');
    await late.ended;
  },
};

export const turnedBack: Scenario = {
  stages: { a: FAILS },
  play: async ({ home, run }) => {
    await slateOk(home, ['post', 'one']);
    await run(IDLE).ended;
    mv(home, await untilEntry(home, 'one', 'failed'), { letters: 'w', epoch: 0 }, 'queue');
    await run(IDLE).ended;
  },
};

/** It stands still past its lease before a rename; another one takes the entry over. */
function zombie(stage: string, fault: Fault): Scenario {
  return {
    stages: { a: stage },
    play: async ({ home, run }) => {
      await slateOk(home, ['post', 'one']);
      const late = run(IDLE, [fault]);
      await late.stopped();
      await run(IDLE).ended;
      late.kill('SIGCONT');
      await late.ended;
    },
  };
}

export const zombieBeforeFinish = zombie(TRUE, { op: 'rename', path: '/done/', at: 'before', act: 'stop' });
export const zombieBeforeFence = zombie(PRODUCTS, { op: 'rename', path: becomes('e'), at: 'before', act: 'stop' });
export const zombieBeforeMark = zombie(PRODUCTS, { op: 'open', path: '\\.ok$', at: 'before', act: 'stop' });

export const killedBehindFence: Scenario = {
  stages: { a: PRODUCTS },
  play: async ({ home, run }) => {
    await slateOk(home, ['post', 'one']);
    await run([], [{ op: 'rename', path: becomes('e'), at: 'after', act: 'kill' }]).ended;
    const other = run();
    await untilSwept(home);
    other.kill('SIGTERM');
    await other.ended;
  },
};

export const killedAtWork: Scenario = {
  stages: { a: GATE },
  play: async ({ home, run }) => {
    await slateOk(home, ['post', 'one']);
    const first = run();
    await untilEntry(home, 'one', 'active', 'p');
    first.kill('SIGKILL');
    await first.ended;
    fs.writeFileSync(`${home}/go`, '');
    const other = run();
    await untilSwept(home);
    other.kill('SIGTERM');
    await other.ended;
  },
};

export const halted: Scenario = {
  stages: { a: GATE },
  play: async ({ home, run }) => {
    await slateOk(home, ['post', 'one']);
    const process = run();
    await untilEntry(home, 'one', 'active', 'p');
    process.kill('SIGTERM');
    await process.ended;
  },
};

/** The file server has done the rename of a claim and says that it has not; in the same moment the process is told to end. */
export const lostReply: Scenario = {
  stages: { a: GATE },
  // It looks after claims five times a lease: not before it has heard the signal.
  lease: '30s',
  play: async ({ home, run }) => {
    await slateOk(home, ['post', 'one']);
    const process = run(
      [],
      [
        { op: 'rename', path: becomes('p'), at: 'after', act: 'term' },
        { op: 'rename', path: becomes('p'), at: 'after', act: 'lose' },
      ],
    );
    await process.ended;
  },
};

/** The disk is full just after the rename of a claim, and has room again a moment later. */
export const fullAfterClaim: Scenario = {
  stages: { a: TRUE },
  play: async ({ home, run }) => {
    await slateOk(home, ['post', 'one']);
    const process = run(
      [],
      [
        { op: 'open', path: '\\.run\\.log$', at: 'before', act: 'ENOSPC' },
        { op: 'open', path: '/tmp/\\.probe-', at: 'before', act: 'ENOSPC' },
      ],
    );
    await until(() => process.log().includes(' unblocked: '), process.log);
    await slateOk(home, ['post', 'later']);
    await isDone(home, 'later');
    await slateOk(home, ['order', '--all', 'drain']);
    await process.ended;
  },
};

export const postedOnce: Scenario = {
  stages: { a: TRUE },
  play: async ({ command }) => command('post', 'one'),
};

/** Two at work; none of them is dead. */
export const twoAtWork: Scenario = {
  stages: { a: GATE },
  play: async ({ home, run }) => {
    await slateOk(home, ['post', 'one']);
    const first = run();
    await untilEntry(home, 'one', 'active', 'p');
    const second = run();
    await slateOk(home, ['post', 'two']);
    const isReturned = (): boolean => journal(home).some(({ event }) => event === 'lost');
    const isBusy = (): boolean => entries(home).filter(({ name }) => name.letters === 'p').length === 2;
    await until(() => isReturned() || (isBusy() && list(home, 'processes').length === 2), 'both to be at work');
    fs.writeFileSync(`${home}/go`, '');
    await until(
      () => isReturned() || entries(home).every(({ folder }) => folder.startsWith('done/')),
      'both to be done',
    );
    for (const one of [first, second]) one.kill('SIGTERM');
    await Promise.all([first.ended, second.ended]);
  },
};

export const swept: Scenario = {
  stages: { a: TRUE },
  play: async ({ home, run, command }) => {
    await slateOk(home, ['post', 'one']);
    await run(IDLE).ended;
    await command('sweep');
  },
};
