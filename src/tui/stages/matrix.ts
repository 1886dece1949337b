/** The stages against the states of their columns, with rates and what waits longest: numbers only. Pure. */
import { DIGITS, type Letter } from '../../model/letters.ts';
import { parsePosted } from '../../model/name.ts';
import type { Data, Rates } from '../data.ts';

/** Letters that are counted together, and the words of the filter that finds just those. */
export interface Group {
  readonly id: string;
  readonly head: string;
  /** After a number: `37 failed`. */
  readonly word: string;
  readonly letters: readonly Letter[];
  readonly filter: string;
}

export const GROUPS = [
  { id: 'waiting', head: 'WAIT', word: 'waiting for their first try', letters: ['w'], filter: 'letter:w' },
  { id: 'retry', head: 'RETRY', word: 'waiting to be tried again', letters: DIGITS, filter: 'state:retry' },
  { id: 'running', head: 'RUN', word: 'running', letters: ['p', 'e'], filter: 'letter:p,e' },
  { id: 'failed', head: 'FAIL', word: 'failed', letters: ['f'], filter: 'letter:f' },
  { id: 'held', head: 'HELD', word: 'held', letters: ['h'], filter: 'letter:h' },
  { id: 'gather', head: 'GATH', word: 'gathering', letters: ['g'], filter: 'letter:g' },
  { id: 'done', head: 'DONE', word: 'complete', letters: ['c'], filter: 'letter:c' },
  { id: 'skipped', head: 'SKIP', word: 'skipped', letters: ['s'], filter: 'letter:s' },
  { id: 'unreached', head: 'LATER', word: 'not come to it yet', letters: ['_'], filter: 'letter:_' },
] as const satisfies readonly Group[];

export type GroupId = (typeof GROUPS)[number]['id'];
/** Cells that stand for entries: they can be looked at on the board. */
export type CellId = GroupId | 'backlog' | 'oldest';

/** Words that filter the board to the entries that a cell counts. */
export function cellFilter(stage: string, cell: CellId): string {
  const group = GROUPS.find(({ id }) => id === cell);
  return `stage:${stage} ${group?.filter ?? 'state:waiting'}`;
}

export type Counts = Readonly<Record<GroupId, number>>;

export interface StageRow {
  readonly stage: string;
  readonly title: string;
  readonly column: number;
  /** Parents, if they are not just the stage before; none: an empty list. */
  readonly branch: readonly string[] | undefined;
  readonly counts: Counts;
  /** Waiting for the first try or the next. */
  readonly backlog: number;
  /** Undefined while the journals are being read: half of them say too little. */
  readonly rates: Rates | undefined;
  /** Age of the entry that waits longest. */
  readonly oldestMs: number | undefined;
  /** Until nothing waits any more at this rate; infinite if nothing goes out, undefined if nothing waits or the rate is unknown. */
  readonly etaMs: number | undefined;
}

function countsOf(letters: ReadonlyMap<string, number> | undefined): Counts {
  const sum = (group: Group): number => group.letters.reduce((all, letter) => all + (letters?.get(letter) ?? 0), 0);
  return Object.fromEntries(GROUPS.map((group) => [group.id, sum(group)])) as Counts;
}

/** How long the backlog takes. */
export function etaMs(backlog: number, donePerMinute: number): number | undefined {
  if (backlog === 0) return undefined;
  return donePerMinute > 0 ? (backlog / donePerMinute) * 60_000 : Number.POSITIVE_INFINITY;
}

function branchOf(parents: readonly number[], column: number, stages: readonly string[]): string[] | undefined {
  const isInLine = column === 0 ? parents.length === 0 : parents.length === 1 && parents[0] === column - 1;
  return isInLine ? undefined : parents.map((parent) => stages[parent] ?? '?');
}

/** One row a stage, in column order. */
export function stageRows(data: Data): StageRow[] {
  const { board, entries, past, nowMs } = data;
  return board.stages.map((stage, column): StageRow => {
    const counts = countsOf(entries.tally.letters[column]);
    const backlog = counts.waiting + counts.retry;
    const rates = past.isComplete ? past.rates(stage) : undefined;
    const posted = entries.oldestWaiting(column)?.name.posted;
    const postedMs = posted === undefined ? undefined : parsePosted(posted);
    return {
      stage,
      title: board.config.stages[column]?.title ?? stage,
      column,
      branch: branchOf(board.graph.parents[column] ?? [], column, board.stages),
      counts,
      backlog,
      rates,
      oldestMs: postedMs === undefined ? undefined : Math.max(0, nowMs - postedMs),
      etaMs: rates === undefined ? undefined : etaMs(backlog, rates.done),
    };
  });
}

/** All stages together. An entry counts once in each of its columns. */
export interface Totals {
  readonly counts: Counts;
  readonly backlog: number;
  readonly rates: Pick<Rates, 'claimed' | 'done' | 'failed'> | undefined;
  readonly oldestMs: number | undefined;
}

export function totalsOf(rows: readonly StageRow[]): Totals {
  const sum = (value: (row: StageRow) => number): number => rows.reduce((all, row) => all + value(row), 0);
  const ages = rows.flatMap(({ oldestMs }) => oldestMs ?? []);
  const isKnown = rows.every(({ rates }) => rates !== undefined);
  return {
    counts: Object.fromEntries(GROUPS.map(({ id }) => [id, sum(({ counts }) => counts[id])])) as Counts,
    backlog: sum(({ backlog }) => backlog),
    rates: isKnown
      ? {
          claimed: sum(({ rates }) => rates?.claimed ?? 0),
          done: sum(({ rates }) => rates?.done ?? 0),
          failed: sum(({ rates }) => rates?.failed ?? 0),
        }
      : undefined,
    oldestMs: ages.length === 0 ? undefined : Math.max(...ages),
  };
}

/** The stages at which entries wait, the one that needs longest first; of those that never end, the fullest. */
export function bottlenecks(rows: readonly StageRow[]): StageRow[] {
  const waiting = rows.filter(({ etaMs }) => etaMs !== undefined);
  return waiting.sort((a, b) => {
    const [left, right] = [a.etaMs ?? 0, b.etaMs ?? 0];
    // Infinite minus infinite is no number.
    return left === right ? b.backlog - a.backlog : right > left ? 1 : -1;
  });
}
