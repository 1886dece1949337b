/** Jobs put together as the operators of a batch system look at them: by aggregate, by state, over time. Pure. */
import type { JobKind, JobRow } from '../board/job-rows.ts';
import type { JobEnd, JobFlow, JobPast } from './job-past.ts';

export const JOB_GROUPINGS = ['job', 'aggregate', 'state', 'time'] as const;
export type JobGrouping = (typeof JOB_GROUPINGS)[number];

/** Jobs that the board still has, under one entry that has posted theirs; and what has ended of it. */
export interface JobAggregate {
  /** `board:dataset` of another board; undefined: entries that no entry has posted. */
  readonly of: string | undefined;
  readonly rows: readonly JobRow[];
  readonly counts: Readonly<Record<JobKind, number>>;
  readonly done: number;
  readonly failed: number;
  /** To be tried again, or given back. */
  readonly again: number;
  /** Mean seconds that those which ended had run. */
  readonly meanSeconds: number | undefined;
  /** When the first of those that wait was submitted. */
  readonly waitsSinceMs: number | undefined;
}

export interface JobStateGroup {
  readonly kind: JobKind | 'over';
  /** Why they wait, the node that they run on, or how they ended. */
  readonly label: string;
  readonly count: number;
  /** None of those that are over. */
  readonly rows: readonly JobRow[];
  /** Since when the first of them has waited, or run. */
  readonly sinceMs: number | undefined;
  /** Of those that are over. */
  readonly end?: JobEnd['kind'];
}

const KINDS: readonly JobKind[] = ['held', 'running', 'pending', 'submitting', 'gone', 'ended'];

/** The order in which states matter. */
export function kindRank(kind: JobKind): number {
  return KINDS.indexOf(kind);
}

/** Not over. */
export function isOpen({ kind }: JobRow): boolean {
  return kind !== 'ended';
}

/** Since when it waits, or runs. */
export function sinceMsOf({ kind, startedMs, submittedMs }: JobRow): number {
  return kind === 'running' || kind === 'ended' ? (startedMs ?? submittedMs) : submittedMs;
}

export function countsOf(rows: readonly JobRow[]): Record<JobKind, number> {
  const counts: Record<JobKind, number> = { submitting: 0, pending: 0, held: 0, running: 0, ended: 0, gone: 0 };
  for (const { kind } of rows) counts[kind]++;
  return counts;
}

function grouped<K>(rows: readonly JobRow[], keyOf: (row: JobRow) => K): Map<K, JobRow[]> {
  const groups = new Map<K, JobRow[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}

function least(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((a, b) => Math.min(a, b));
}

/** Those with jobs first, by name; then those of which all has ended. */
export function aggregatesOf(rows: readonly JobRow[], past: Pick<JobPast, 'aggregates'>): JobAggregate[] {
  const groups = grouped(rows, ({ of }) => of);
  for (const of of past.aggregates.keys()) if (!groups.has(of)) groups.set(of, []);
  const made = [...groups].map(([of, its]): JobAggregate => {
    const ends = of === undefined ? undefined : past.aggregates.get(of);
    const ran = ends === undefined ? 0 : ends.done + ends.failed + ends.retried + ends.back;
    return {
      of,
      rows: its,
      counts: countsOf(its),
      done: ends?.done ?? 0,
      failed: ends?.failed ?? 0,
      again: (ends?.retried ?? 0) + (ends?.back ?? 0),
      meanSeconds: ends === undefined || ran === 0 ? undefined : ends.runSeconds / ran,
      waitsSinceMs: least(
        its.filter(({ kind }) => kind === 'pending' || kind === 'held').map(({ submittedMs }) => submittedMs),
      ),
    };
  });
  return made.sort((a, b) => {
    if (a.rows.length > 0 !== b.rows.length > 0) return a.rows.length > 0 ? -1 : 1;
    // What no entry has posted comes last of its kind.
    if (a.of === undefined || b.of === undefined) return a.of === undefined ? 1 : -1;
    return a.of < b.of ? -1 : 1;
  });
}

function labelOf({ kind, why, node, fault, code }: JobRow): string {
  if (kind === 'running') return node ?? 'node not known';
  if (kind === 'ended') return fault ?? (code === undefined ? 'without a word' : `exit code ${code}`);
  return why === '' ? 'no reason told' : why;
}

/** What is held, runs (by node), waits (by reason), and how jobs have ended since then. */
export function statesOf(
  rows: readonly JobRow[],
  past: Pick<JobPast, 'endsSince'>,
  endedSinceMs: number,
): JobStateGroup[] {
  const groups = grouped(rows, (row) => `${kindRank(row.kind)} ${labelOf(row)}`);
  const open = [...groups.values()].map((its): JobStateGroup => {
    const first = its[0] as JobRow;
    return {
      kind: first.kind,
      label: labelOf(first),
      count: its.length,
      rows: its,
      sinceMs: least(its.map(sinceMsOf)),
    };
  });
  // `n2` comes before `n10`. Made here: it takes as long as a tenth of a start of any command.
  const nodes = new Intl.Collator('en', { numeric: true });
  open.sort((a, b) => {
    if (a.kind !== b.kind) return kindRank(a.kind as JobKind) - kindRank(b.kind as JobKind);
    if (a.kind === 'running') return nodes.compare(a.label, b.label);
    return b.count - a.count || (a.label < b.label ? -1 : 1);
  });
  const over = past.endsSince(endedSinceMs).map(({ kind, text, count }): JobStateGroup => {
    return { kind: 'over', label: text, count, rows: [], sinceMs: undefined, end: kind };
  });
  return [...open, ...over];
}

/** The lengths of time that jobs are told over. */
export const JOB_RANGES = ['1h', '6h', '24h'] as const;
export type JobRange = (typeof JOB_RANGES)[number];

const MINUTE = 60_000;
const STEPS: Readonly<Record<JobRange, { readonly stepMs: number; readonly steps: number }>> = {
  '1h': { stepMs: 2 * MINUTE, steps: 30 },
  '6h': { stepMs: 10 * MINUTE, steps: 36 },
  '24h': { stepMs: 30 * MINUTE, steps: 48 },
};

/** The latest step first. */
export function flowOf(
  rows: readonly JobRow[],
  past: Pick<JobPast, 'flow'>,
  range: JobRange,
  nowMs: number,
): JobFlow[] {
  const { stepMs, steps } = STEPS[range];
  return past.flow(stepMs, steps, nowMs, rows.filter(isOpen));
}

/** The beginning of the day that it is, by the clock of who looks. */
export function dayBegan(nowMs: number, zone: 'local' | 'utc'): number {
  const day = new Date(nowMs);
  return zone === 'utc' ? day.setUTCHours(0, 0, 0, 0) : day.setHours(0, 0, 0, 0);
}
