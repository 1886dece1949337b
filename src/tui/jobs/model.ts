/** What the jobs view lists: jobs one by one, or put together. Made anew only when something has changed. Pure. */
import { type JobRow, jobRowKey } from '../../board/job-rows.ts';
import {
  aggregatesOf,
  dayBegan,
  flowOf,
  type JobAggregate,
  type JobGrouping,
  type JobRange,
  type JobStateGroup,
  kindRank,
  sinceMsOf,
  statesOf,
} from '../../history/job-groups.ts';
import type { JobFlow } from '../../history/job-past.ts';
import { keyRows } from '../key-rows.ts';
import type { Rows } from '../list.ts';
import type { Context } from '../view.ts';

export const SORTS = ['dataset', 'state', 'wait', 'run', 'peak', 'node'] as const;
export type Sort = (typeof SORTS)[number];

export type JobLine =
  | { readonly kind: 'job'; readonly key: string; readonly row: JobRow }
  | { readonly kind: 'aggregate'; readonly key: string; readonly group: JobAggregate }
  | { readonly kind: 'state'; readonly key: string; readonly group: JobStateGroup }
  | { readonly kind: 'time'; readonly key: string; readonly step: JobFlow };

/** The jobs of one line, looked at one by one. */
export type Only =
  | { readonly by: 'aggregate'; readonly of: string | undefined }
  | { readonly by: 'state'; readonly kind: JobStateGroup['kind']; readonly label: string };

/** What the lines are made by. */
export interface Choice {
  readonly grouping: JobGrouping;
  readonly sort: Sort;
  readonly isReversed: boolean;
  readonly range: JobRange;
  readonly only: Only | undefined;
  readonly isTroubleOnly: boolean;
}

export interface JobLines {
  readonly lines: readonly JobLine[];
  readonly rows: Rows;
  /** Jobs that the board has, and those of them that are shown. */
  readonly all: readonly JobRow[];
  readonly shown: readonly JobRow[];
  /** Cells of the longest dataset, aggregate, label that is listed. */
  readonly longest: number;
  readonly most: number;
}

export const NO_ENTRY = '(no entry)';

/** All that a word of the filter may be a part of. */
function textOf({ dataset, stage, engine, job, kind, why, node, process, of, fault }: JobRow): string {
  return [dataset, stage, engine, job, kind, why, node, process, of, fault]
    .filter((part) => part !== undefined)
    .join('\n');
}

/** Words are ANDed; each is a part of what is told of a job, capitals count if it has some; `-` before it negates. */
export function jobTest(filter: string): ((row: JobRow) => boolean) | undefined {
  const words = filter.split(/\s+/).filter((word) => word !== '' && word !== '-');
  if (words.length === 0) return undefined;
  return (row) => {
    const text = textOf(row);
    const lower = text.toLowerCase();
    return words.every((word) => {
      const isNegated = word.startsWith('-');
      const part = isNegated ? word.slice(1) : word;
      return (part === part.toLowerCase() ? lower : text).includes(part) !== isNegated;
    });
  };
}

/** Somebody has to do something about it. */
export function isTrouble({ kind, fault }: JobRow): boolean {
  return kind === 'held' || kind === 'gone' || kind === 'submitting' || fault !== undefined;
}

function onlyTest(only: Only | undefined, rows: readonly JobRow[]): ((row: JobRow) => boolean) | undefined {
  if (only === undefined) return undefined;
  if (only.by === 'aggregate') return ({ of }) => of === only.of;
  const group = statesOf(rows, NOTHING_ENDED, 0).find(({ kind, label }) => kind === only.kind && label === only.label);
  const meant = new Set(group?.rows);
  return (row) => meant.has(row);
}

const NOTHING_ENDED = { endsSince: () => [] };

/** What is not known comes last. */
const UNKNOWN = Number.POSITIVE_INFINITY;
const ORDERS: Readonly<Record<Exclude<Sort, 'dataset' | 'node'>, (row: JobRow) => number>> = {
  state: ({ kind }) => kindRank(kind),
  wait: (row) => (row.startedMs === undefined ? row.submittedMs : UNKNOWN),
  run: (row) => (row.kind === 'running' ? sinceMsOf(row) : UNKNOWN),
  peak: ({ peakMb }) => (peakMb === undefined ? UNKNOWN : -peakMb),
};

/** They come by dataset. */
function sorted(rows: readonly JobRow[], { sort, isReversed }: Choice): readonly JobRow[] {
  if (sort === 'dataset') return isReversed ? rows.toReversed() : rows;
  const keys = new Map(rows.map((row) => [row, sort === 'node' ? (row.node ?? '\uffff') : ORDERS[sort](row)] as const));
  return rows.toSorted((a, b) => {
    const [first = 0, second = 0] = [keys.get(a), keys.get(b)];
    const order = first === second ? 0 : first < second ? -1 : 1;
    return isReversed ? -order : order;
  });
}

function linesOf(shown: readonly JobRow[], choice: Choice, { data, common }: Context): readonly JobLine[] {
  const { jobs: past } = data.past;
  switch (choice.grouping) {
    case 'job':
      return sorted(shown, choice).map((row) => ({ kind: 'job', key: jobRowKey(row), row }));
    case 'aggregate': {
      const isAll = common.jobFilter === '' && !choice.isTroubleOnly;
      const groups = aggregatesOf(shown, isAll ? past : { aggregates: ofThese(shown, past.aggregates) });
      return groups.map((group) => ({ kind: 'aggregate', key: `of ${group.of ?? ''}`, group }));
    }
    case 'state':
      return statesOf(shown, past, dayBegan(data.nowMs, common.zone)).map((group) => ({
        kind: 'state',
        key: `${group.kind} ${group.label}`,
        group,
      }));
    case 'time':
      return flowOf(data.jobs ?? [], past, choice.range, data.nowMs).map((step) => ({
        kind: 'time',
        key: String(step.startMs),
        step,
      }));
  }
}

function ofThese<V>(rows: readonly JobRow[], ends: ReadonlyMap<string, V>): ReadonlyMap<string, V> {
  return new Map(
    [...new Set(rows.map(({ of }) => of))].flatMap((of) => {
      const its = of === undefined ? undefined : ends.get(of);
      return of === undefined || its === undefined ? [] : [[of, its] as const];
    }),
  );
}

function wordOf(line: JobLine): string {
  switch (line.kind) {
    case 'job':
      return line.row.dataset;
    case 'aggregate':
      return line.group.of ?? NO_ENTRY;
    case 'state':
      return line.group.label;
    case 'time':
      return '';
  }
}

export function countOf(line: JobLine): number {
  switch (line.kind) {
    case 'job':
      return 1;
    case 'aggregate':
      return line.group.rows.length;
    case 'state':
      return line.group.count;
    case 'time':
      return line.step.inFlight;
  }
}

/** Jobs that a line stands for. */
export function jobsOf(line: JobLine | undefined): readonly JobRow[] {
  if (line === undefined || line.kind === 'time') return [];
  return line.kind === 'job' ? [line.row] : line.group.rows;
}

const MINUTE = 60_000;
let held: { readonly rows: unknown; readonly key: string; readonly lines: JobLines } | undefined;

/** Asked for several times a frame, of thousands of jobs: the last answer is kept as long as it holds. */
export function jobLines(choice: Choice, context: Context): JobLines {
  const { data, common } = context;
  const all = data.jobs ?? [];
  // What is counted by the clock is counted anew each minute.
  const minute = Math.floor(data.nowMs / MINUTE);
  const key = JSON.stringify([choice, common.jobFilter, common.zone, data.past.jobs.version, minute]);
  if (held !== undefined && held.rows === data.jobs && held.key === key) return held.lines;
  const tests = [
    onlyTest(choice.only, all),
    jobTest(common.jobFilter),
    choice.isTroubleOnly ? isTrouble : undefined,
  ].filter((test) => test !== undefined);
  const shown = tests.length === 0 ? all : all.filter((row) => tests.every((test) => test(row)));
  const lines = linesOf(shown, choice, context);
  const made: JobLines = {
    lines,
    rows: keyRows(lines.map((line) => line.key)),
    all,
    shown,
    longest: lines.reduce((most, line) => Math.max(most, wordOf(line).length), 0),
    most: lines.reduce((most, line) => Math.max(most, countOf(line)), 0),
  };
  held = { rows: data.jobs, key, lines: made };
  return made;
}
