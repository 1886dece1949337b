/**
 * What a process that is to end when all is done waits for, once it has had nothing to do for a while: told once, and again
 * when it is something else. A deadline may be hours away, and who started it wants to know that it does not hang.
 */
import type { Board } from '../board/board.ts';
import { dueMs } from '../board/delay.ts';
import { faultKind, isGone, isNoFile } from '../board/errors.ts';
import { gatheringColumns, plansOf } from '../board/gather/plan.ts';
import { runKey } from '../board/rows.ts';
import type { Located } from '../board/scan.ts';
import type { AtDeadline } from '../model/definition.ts';
import { formatDuration } from '../model/duration.ts';
import { runnableColumns } from '../model/home.ts';
import { failedTries, isWaiting, type Letter } from '../model/letters.ts';
import type { Log } from './log-lines.ts';

/** Shorter pauses are a run's ordinary ones. */
export const QUIET_MS = 3_000;
/** What comes so soon tells of itself. */
const SOON_MS = 5_000;
const EVERY_MS = 5_000;
/** Finding it out takes at most one part in so many of the time. */
const COST_FACTOR = 100;
/** A stat each: what a longer backlog waits for is told of its first entries. */
const MOST_ENTRIES = 1_000;

type Why =
  | { readonly kind: 'after' }
  | { readonly kind: 'retry'; readonly failed: number }
  | { readonly kind: 'not-before' }
  | { readonly kind: 'deadline'; readonly then: AtDeadline };

/** A column of an entry, and the time at which it goes on at the latest if nobody does anything. */
export interface Wait {
  readonly entry: Located;
  readonly stage: string;
  readonly untilMs: number;
  readonly why: Why;
}

export class Awaiting {
  readonly #board: Board;
  readonly #log: Log;
  #told = '';
  #dueMs = Number.NEGATIVE_INFINITY;

  constructor(board: Board, log: Log) {
    this.#board = board;
    this.#log = log;
  }

  /**
   * @param quietMs how long nothing has run here
   * @param awaited what could still run, asked for only when something may have to be said
   */
  turn(nowMs: number, quietMs: number, awaited: () => readonly Located[] | 'triggers'): void {
    if (quietMs < QUIET_MS || nowMs < this.#dueMs) return;
    const startMs = performance.now();
    this.#look(awaited());
    this.#dueMs = nowMs + Math.max(EVERY_MS, (performance.now() - startMs) * COST_FACTOR);
  }

  #look(awaited: readonly Located[] | 'triggers'): void {
    if (awaited === 'triggers') {
      this.#say('triggers', 'waits for what a landing zone or a timer is about to bring');
      return;
    }
    const first = awaited[0];
    if (first === undefined) return;
    const wait = firstOf(awaited.slice(0, MOST_ENTRIES).flatMap((entry) => waitsOf(this.#board, entry)));
    const others = awaited.length - 1;
    const clock = this.#board.now();
    if (wait === undefined) this.#say('others', othersText(first, others));
    else if (wait.untilMs - clock >= SOON_MS)
      this.#say(`${runKey(wait.entry)} ${wait.stage} ${wait.why.kind} ${wait.untilMs}`, waitText(wait, clock, others));
  }

  #say(what: string, text: string): void {
    if (what === this.#told) return;
    this.#told = what;
    this.#log('waiting', text);
  }
}

/** Columns of an entry that wait for a time. */
export function waitsOf(board: Board, entry: Located): Wait[] {
  const { letters } = entry.name;
  const now = board.now();
  const waits: Wait[] = [];
  const add = (column: number, untilMs: number | undefined, why: Why): void => {
    if (untilMs !== undefined && untilMs > now) waits.push({ entry, stage: board.stages[column] ?? '', untilMs, why });
  };
  for (const { column, needs, deadlineMs, atDeadline } of plansOf(board, entry, gatheringColumns(letters), false)) {
    if (needs.notBeforeMs !== undefined && needs.notBeforeMs > now)
      add(column, needs.notBeforeMs, { kind: 'not-before' });
    else add(column, deadlineMs, { kind: 'deadline', then: atDeadline });
  }
  const runnable = runnableColumns(letters, board.graph).filter((column) => isWaiting(letters[column] as Letter));
  if (runnable.length === 0) return waits;
  const atMs = dueOf(board, entry);
  for (const column of runnable) {
    const failed = failedTries(letters[column] as Letter);
    add(column, atMs, failed === 0 ? { kind: 'after' } : { kind: 'retry', failed });
  }
  return waits;
}

/** Undefined: it has just gone on, or may not be looked at. */
function dueOf(board: Board, entry: Located): number | undefined {
  try {
    return dueMs(board, entry, board.fs.identify(board.path(`${entry.folder}/${entry.file}`)).mtimeMs);
  } catch (error) {
    if (isGone(error) || isNoFile(error) || faultKind(error) === 'denied') return undefined;
    throw error;
  }
}

function firstOf(waits: readonly Wait[]): Wait | undefined {
  return waits.reduce<Wait | undefined>(
    (first, wait) => (first === undefined || wait.untilMs < first.untilMs ? wait : first),
    undefined,
  );
}

const AT_DEADLINE: Readonly<Record<AtDeadline, string>> = {
  run: 'goes on with what there is',
  hold: 'is held',
  fail: 'fails',
};

/** @param others how many more entries wait for something */
export function waitText({ entry, stage, untilMs, why }: Wait, nowMs: number, others: number): string {
  const { dataset } = entry.name;
  const until = `${new Date(untilMs).toISOString().replace(/\.\d+Z$/, 'Z')} (in ${formatDuration(untilMs - nowMs)})`;
  const head = `nothing to do until ${until}`;
  const tail = othersTail(others);
  switch (why.kind) {
    case 'after':
      return `${head}: ${dataset} waits at ${stage} until then${tail}`;
    case 'retry': {
      const tries = why.failed === 1 ? 'a failed try' : `${why.failed} failed tries`;
      return `${head}: ${dataset} is tried again at ${stage} then, after ${tries}${tail}`;
    }
    case 'not-before':
      return `${head}: ${dataset} gathers at ${stage}, and not before then${tail}`;
    case 'deadline':
      return `${head}, unless what is missing comes: ${dataset} gathers at ${stage} and ${AT_DEADLINE[why.then]} then; 'slate show ${dataset}' says what is missing${tail}`;
  }
}

export function othersText({ name }: Located, others: number): string {
  return `nothing to do here: ${name.dataset} can still go on by what other stage processes do, or when what it waits for is free${othersTail(others)}`;
}

function othersTail(others: number): string {
  return others === 0 ? '' : `; ${others} more ${others === 1 ? 'entry waits' : 'entries wait'}`;
}
