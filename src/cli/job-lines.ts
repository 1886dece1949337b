/** Jobs of engines as tables, and as documents for programs. Pure. */
import { type JobRow, jobText } from '../board/job-rows.ts';
import { rfc3339 } from '../board/rows.ts';
import { isOpen, type JobAggregate, type JobStateGroup, sinceMsOf } from '../history/job-groups.ts';
import type { JobFlow } from '../history/job-past.ts';
import { formatDuration } from '../model/duration.ts';
import { formatEpoch } from '../model/name.ts';
import { formatTable, type TableColumn } from './table.ts';

export interface JobTable {
  /** The key of its document. */
  readonly name: string;
  /** What is missing if it is empty. */
  readonly what: string;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly string[])[];
  readonly json: () => readonly unknown[];
}

/** `WORD>` is a column of numbers. */
function columnsOf(heads: string): TableColumn[] {
  return heads.split(' ').map((word) => {
    const head = word.replace(/>$/, '').replaceAll('_', ' ');
    return word.endsWith('>') ? { head, align: 'right' } : { head };
  });
}

const RFC_TIME = 11;
const RFC_SECONDS = 19;

/** UTC: the time of day, of another day the date as well. */
export function timeText(ms: number | undefined, nowMs: number): string {
  if (ms === undefined || Number.isNaN(ms)) return '-';
  const text = new Date(ms).toISOString().slice(0, RFC_SECONDS);
  const isToday = text.slice(0, RFC_TIME) === new Date(nowMs).toISOString().slice(0, RFC_TIME);
  return `${isToday ? text.slice(RFC_TIME) : text.slice(5)}Z`;
}

function durationText(ms: number | undefined): string {
  return ms === undefined || Number.isNaN(ms) ? '-' : formatDuration(Math.max(0, Math.round(ms / 1000) * 1000));
}

/** In the queue, and at work, until now or until it ended. */
function spansOf(row: JobRow, nowMs: number): { readonly waitMs: number; readonly ranMs: number | undefined } {
  const { submittedMs, startedMs, endedMs } = row;
  return {
    waitMs: (startedMs ?? endedMs ?? nowMs) - submittedMs,
    ranMs: startedMs === undefined ? undefined : (endedMs ?? nowMs) - startedMs,
  };
}

export function tableOfJobs(jobs: readonly JobRow[], nowMs: number): JobTable {
  return {
    name: 'jobs',
    what: 'jobs with engines',
    columns: columnsOf('DATASET STAGE EPOCH ENGINE JOB STATE DETAIL SUBMITTED STARTED WAIT> RAN> PEAK> PROCESS'),
    rows: jobs.map((row) => {
      const { waitMs, ranMs } = spansOf(row, nowMs);
      return [
        row.dataset,
        row.stage,
        formatEpoch(row.epoch),
        row.engine,
        row.job ?? '-',
        row.fault ?? row.kind,
        row.kind === 'running' ? (row.node ?? '-') : row.why,
        timeText(row.submittedMs, nowMs),
        timeText(row.startedMs, nowMs),
        durationText(waitMs),
        durationText(ranMs),
        row.peakMb === undefined ? '-' : `${row.peakMb} MB`,
        row.process,
      ];
    }),
    json: () => jobs.map((row) => jobJson(row, nowMs)),
  };
}

export function tableOfAggregates(groups: readonly JobAggregate[], nowMs: number): JobTable {
  return {
    name: 'aggregates',
    what: 'jobs with engines',
    columns: columnsOf('AGGREGATE JOBS> HELD> RUNNING> PENDING> DONE> FAILED> AGAIN> MEAN_RUN> LONGEST_WAIT>'),
    rows: groups.map(({ of, rows, counts, done, failed, again, meanSeconds, waitsSinceMs }) => [
      of ?? '(no entry)',
      String(rows.filter(isOpen).length),
      String(counts.held),
      String(counts.running),
      String(counts.pending + counts.submitting),
      ...(of === undefined ? ['-', '-', '-'] : [String(done), String(failed), String(again)]),
      durationText(meanSeconds === undefined ? undefined : meanSeconds * 1000),
      durationText(waitsSinceMs === undefined ? undefined : nowMs - waitsSinceMs),
    ]),
    json: () =>
      groups.map(({ of, rows, counts, done, failed, again, meanSeconds, waitsSinceMs }) => ({
        aggregate: of ?? null,
        jobs: rows.filter(isOpen).length,
        ...counts,
        done,
        failed,
        again,
        meanSeconds: meanSeconds === undefined ? null : Math.round(meanSeconds * 1000) / 1000,
        waitsSince: waitsSinceMs === undefined ? null : new Date(waitsSinceMs).toISOString(),
      })),
  };
}

export function tableOfStates(groups: readonly JobStateGroup[], nowMs: number): JobTable {
  return {
    name: 'states',
    what: 'jobs with engines',
    columns: columnsOf('STATE DETAIL JOBS> LONGEST>'),
    rows: groups.map(({ kind, label, count, sinceMs }) => [
      kind === 'over' ? 'today' : kind,
      label,
      String(count),
      durationText(sinceMs === undefined ? undefined : nowMs - sinceMs),
    ]),
    json: () =>
      groups.map(({ kind, label, count, sinceMs }) => ({
        state: kind === 'over' ? 'today' : kind,
        detail: label,
        jobs: count,
        since: sinceMs === undefined ? null : new Date(sinceMs).toISOString(),
      })),
  };
}

const BAR_CELLS = 40;

export function tableOfFlow(flow: readonly JobFlow[], nowMs: number): JobTable {
  const most = flow.reduce((sum, { inFlight }) => Math.max(sum, inFlight), 0);
  const isQuiet = flow.every(({ submitted, started, ended, inFlight }) => submitted + started + ended + inFlight === 0);
  return {
    name: 'steps',
    what: 'jobs with engines in that time',
    columns: columnsOf('FROM SUBMITTED> STARTED> ENDED> FAILED> IN_FLIGHT> IN_FLIGHT'),
    rows: isQuiet
      ? []
      : flow.map(({ startMs, submitted, started, ended, failed, inFlight }) => [
          timeText(startMs, nowMs),
          ...[submitted, started, ended, failed, inFlight].map(String),
          most === 0 ? '' : '#'.repeat(Math.ceil((inFlight / most) * BAR_CELLS)),
        ]),
    json: () =>
      flow.map(({ startMs, submitted, started, ended, failed, inFlight }) => ({
        from: new Date(startMs).toISOString(),
        submitted,
        started,
        ended,
        failed,
        inFlight,
      })),
  };
}

/** A table for `slate ps`, if there is anything for it: what each process has with engines. */
export function processJobLines(rows: readonly JobRow[], nowMs: number): string[] {
  const groups = new Map<string, JobRow[]>();
  for (const row of rows.filter(isOpen)) {
    const key = `${row.process} ${row.engine}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  if (groups.size === 0) return [];
  const cells = [...groups.values()].map((group) => {
    const number = (kind: JobRow['kind']): string => String(group.filter((row) => row.kind === kind).length);
    const waiting = group.filter(({ kind }) => kind === 'pending' || kind === 'held');
    const first = waiting.reduce((least, row) => Math.min(least, sinceMsOf(row)), nowMs);
    return [
      group[0]?.process ?? '',
      group[0]?.engine ?? '',
      String(group.length),
      number('running'),
      number('pending'),
      number('held'),
      waiting.length === 0 ? '' : durationText(nowMs - first),
      [...new Set(waiting.map(({ why }) => why))].slice(0, 3).join(', '),
    ];
  });
  return ['', ...formatTable(columnsOf('ID ENGINE JOBS> RUNNING> PENDING> HELD> LONGEST_WAIT> WAITS_FOR'), cells)];
}

/** Times in RFC 3339, null where nothing is known. */
export function jobJson(row: JobRow, nowMs: number): Record<string, unknown> {
  const time = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString());
  const { waitMs, ranMs } = spansOf(row, nowMs);
  const seconds = (ms: number | undefined): number | null =>
    ms === undefined ? null : Math.max(0, Math.round(ms) / 1000);
  return {
    dataset: row.dataset,
    posted: rfc3339(row.posted),
    stage: row.stage,
    epoch: row.epoch,
    engine: row.engine,
    job: row.job ?? null,
    state: row.kind,
    detail: row.why,
    text: jobText(row),
    node: row.node ?? null,
    process: row.process,
    submitted: time(row.submittedMs),
    started: time(row.startedMs),
    ended: time(row.endedMs),
    waitSeconds: seconds(waitMs),
    runSeconds: seconds(ranMs),
    peakMb: row.peakMb ?? null,
    code: row.code ?? null,
    fault: row.fault ?? null,
    aggregate: row.of ?? null,
  };
}
