import { type CsvValue, toCsv } from './csv.ts';
import type { JournalJob, JournalTry } from './journal.ts';
import type { Member } from './members.ts';
import type { Summary } from './retrieval.ts';

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

export function granuleRow(member: Member, tries: readonly JournalTry[], summary: Summary | undefined): GranuleRow {
  const own = tries.filter(({ stage }) => GRANULE_STAGES.some((each) => each === stage));
  return { granule: member.dataset, state: member.state, tries: own, summary };
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
  ...['granule', 'state', 'elapsed_s', ...GRANULE_STAGES.map((stage) => `${stage}_s`), 'tries', 'retries', 'causes'],
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

export function statisticsCsv(rows: readonly GranuleRow[]): string {
  return toCsv(COLUMNS, rows.map(cellsOf));
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
