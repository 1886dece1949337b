import { type CsvValue, toCsv } from './csv.ts';
import type { JournalJob, JournalTry } from './journal.ts';
import type { Member } from './members.ts';
import { OUTCOMES, type Summary } from './retrieval.ts';

/** The stages that a granule passes. */
export const GRANULE_STAGES = ['check', 'upload', 'retrieve', 'download', 'clear'] as const;
export type GranuleStage = (typeof GRANULE_STAGES)[number];

/** What became of a granule, and what it took. */
export interface GranuleRow {
  readonly granule: string;
  /** The folder of the board that it stood in when it was counted: `done`, `failed`, …; '' if nobody says. */
  readonly state: string;
  readonly tries: readonly JournalTry[];
  /** Undefined if it was never retrieved. */
  readonly summary: Summary | undefined;
}

/** @param causes why tries failed, by their epochs, as far as their logs say it: they tell a time limit from a signal, the journal does not */
export function granuleRow(
  member: Member,
  tries: readonly JournalTry[],
  summary: Summary | undefined,
  causes: ReadonlyMap<number, string> = new Map(),
): GranuleRow {
  const own = tries.filter(({ stage }) => GRANULE_STAGES.some((each) => each === stage));
  const told = own.map((each) => ({ ...each, cause: causes.get(each.epoch) ?? each.cause }));
  return { granule: member.dataset, state: member.state, tries: told, summary };
}

/** Run time of all tries of a stage, those that failed too; undefined while the journal tells of none. */
export function secondsIn({ tries }: GranuleRow, stage: GranuleStage): number | undefined {
  const told = tries.flatMap((each) => (each.stage === stage && each.seconds !== undefined ? [each.seconds] : []));
  return told.length === 0 ? undefined : told.reduce((sum, each) => sum + each, 0);
}

/** Tries that failed, whatever came after. */
export function retriesOf({ tries }: GranuleRow): JournalTry[] {
  return tries.filter(({ end }) => end === 'failed');
}

/** From the first claim to the last thing that is known of it. */
export function elapsed({ tries }: GranuleRow): number | undefined {
  const ends = tries.flatMap(({ endedMs }) => (endedMs === undefined ? [] : [endedMs]));
  if (ends.length === 0) return undefined;
  return Math.max(0, Math.max(...ends) - Math.min(...tries.map(({ begunMs }) => begunMs))) / 1000;
}

/** The job that came to an end last, with the time that all of them waited. */
function jobsOf({ tries }: GranuleRow): JournalJob | undefined {
  const jobs = tries.flatMap(({ job }) => (job === undefined ? [] : [job]));
  const last = jobs.at(-1);
  return last && { ...last, wait: jobs.reduce((sum, { wait }) => sum + (wait ?? 0), 0) };
}

const COLUMNS = [
  ...['state', 'elapsed_s', ...GRANULE_STAGES.map((stage) => `${stage}_s`), 'tries', 'retries', 'causes'],
  ...['node', 'queued_s', 'peak_mb'],
  ...[
    'soundings',
    'good',
    'poor',
    'not_converged',
    'input',
    'iterations',
    'iterations_mean',
    'iterations_most',
    'chi2',
  ],
];

/** @param what a row is */
export function statisticsCsv(rows: readonly GranuleRow[], what: 'granule' | 'aggregate' = 'granule'): string {
  return toCsv([what, ...COLUMNS], rows.map(cellsOf));
}

function cellsOf(row: GranuleRow): CsvValue[] {
  const { summary } = row;
  const failed = retriesOf(row);
  const job = jobsOf(row);
  const time = (value: number | undefined) => value?.toFixed(3);
  return [
    row.granule,
    row.state,
    time(elapsed(row)),
    ...GRANULE_STAGES.map((stage) => time(secondsIn(row, stage))),
    row.tries.filter(({ end }) => end !== 'back').length,
    failed.length,
    failed.map(({ stage, cause }) => `${stage}:${cause}`).join(' '),
    job?.node,
    time(job?.wait),
    job?.peakMb,
    summary?.soundings,
    summary?.outcomes.good,
    summary?.outcomes.poor,
    summary && summary.outcomes.iterations + summary.outcomes.diverged,
    summary?.outcomes.input,
    summary?.iterations.total,
    summary?.iterations.mean,
    summary?.iterations.most,
    summary?.chi2 ?? undefined,
  ];
}

/** Granules of an aggregate as one row: all their tries, and how all their soundings came out. */
export function mergedRow(aggregate: string, rows: readonly GranuleRow[]): GranuleRow {
  const summaries = rows.flatMap(({ summary }) => (summary === undefined ? [] : [summary]));
  const isDone = rows.every(({ state }) => state === 'done');
  return {
    granule: aggregate,
    state: isDone ? 'done' : 'part',
    tries: rows.flatMap(({ tries }) => tries),
    summary: summaries.length === 0 ? undefined : merged(summaries),
  };
}

function merged(summaries: readonly Summary[]): Summary {
  const sum = (value: (summary: Summary) => number) => summaries.reduce((total, each) => total + value(each), 0);
  const outcomes = Object.fromEntries(OUTCOMES.map((name) => [name, sum((each) => each.outcomes[name])]));
  const [soundings, total] = [sum((each) => each.soundings), sum((each) => each.iterations.total)];
  const tried = soundings - (outcomes.input ?? 0);
  return {
    soundings,
    outcomes: outcomes as Summary['outcomes'],
    iterations: {
      total,
      mean: tried === 0 ? 0 : Number((total / tried).toFixed(3)),
      most: Math.max(...summaries.map((each) => each.iterations.most)),
    },
    divergences: sum((each) => each.divergences),
    // Medians can't be put together.
    chi2: null,
    radius: null,
  };
}

export interface Totals {
  readonly granules: number;
  readonly retrieved: number;
  readonly retries: number;
  readonly soundings: number;
  readonly good: number;
  readonly iterations: number;
  /** Of the steps of each stage, all granules together. */
  readonly seconds: Readonly<Record<GranuleStage, number>>;
}

export function totalsOf(rows: readonly GranuleRow[]): Totals {
  const sum = (value: (row: GranuleRow) => number | undefined) =>
    rows.reduce((total, row) => total + (value(row) ?? 0), 0);
  const seconds = GRANULE_STAGES.map((stage) => [stage, Number(sum((row) => secondsIn(row, stage)).toFixed(3))]);
  return {
    granules: rows.length,
    retrieved: rows.filter(({ summary }) => summary !== undefined).length,
    retries: sum((row) => retriesOf(row).length),
    soundings: sum(({ summary }) => summary?.soundings),
    good: sum(({ summary }) => summary?.outcomes.good),
    iterations: sum(({ summary }) => summary?.iterations.total),
    seconds: Object.fromEntries(seconds) as Record<GranuleStage, number>,
  };
}
