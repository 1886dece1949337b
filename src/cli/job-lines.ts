/** Jobs of engines as tables. Pure. */
import type { JobRow } from '../board/job-rows.ts';
import { formatDuration } from '../model/duration.ts';
import { formatTable } from './table.ts';

const RIGHT = { align: 'right' as const };

/** A table for `slate ps`, if there is anything for it: what each process has with engines. */
export function processJobLines(rows: readonly JobRow[], nowMs: number): string[] {
  const groups = new Map<string, JobRow[]>();
  for (const row of rows) {
    if (row.kind === 'ended') continue;
    const key = `${row.process} ${row.engine}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  if (groups.size === 0) return [];
  const heads = ['ID', 'ENGINE', 'JOBS', 'RUNNING', 'PENDING', 'HELD', 'LONGEST WAIT', 'WAITS FOR'];
  const cells = [...groups.values()].map((group) => {
    const number = (kind: JobRow['kind']): string => String(group.filter((row) => row.kind === kind).length);
    const waiting = group.filter(({ kind }) => kind === 'pending' || kind === 'held');
    const first = waiting.reduce((least, { submittedMs }) => Math.min(least, submittedMs), nowMs);
    return [
      group[0]?.process ?? '',
      group[0]?.engine ?? '',
      String(group.length),
      number('running'),
      number('pending'),
      number('held'),
      waiting.length === 0 ? '' : formatDuration(Math.max(0, Math.round((nowMs - first) / 1000) * 1000)),
      [...new Set(waiting.map(({ why }) => why))].slice(0, 3).join(', '),
    ];
  });
  const columns = heads.map((head, index) => (index >= 2 && index <= 6 ? { head, ...RIGHT } : { head }));
  return ['', ...formatTable(columns, cells)];
}

/** For programs. Times in RFC 3339, null where nothing is known. */
export function jobJson(row: JobRow, nowMs: number): Record<string, unknown> {
  const time = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString());
  const waitMs = (row.startedMs ?? row.endedMs ?? nowMs) - row.submittedMs;
  const ranMs = row.startedMs === undefined ? undefined : (row.endedMs ?? nowMs) - row.startedMs;
  const seconds = (ms: number | undefined): number | null =>
    ms === undefined ? null : Math.max(0, Math.round(ms) / 1000);
  return {
    dataset: row.dataset,
    posted: row.posted,
    stage: row.stage,
    epoch: row.epoch,
    engine: row.engine,
    job: row.job ?? null,
    state: row.kind,
    detail: row.why,
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
