/** A line of the journal in words. Pure; the caller makes it fit for a terminal. */
import type { JournalLine } from '../board/journal.ts';
import { parseParent } from '../model/child.ts';
import { formatDuration } from '../model/duration.ts';
import { type JobTrace, parseTrace } from '../model/job-sight.ts';
import type { TriedJob } from './tries.ts';

/** Told in columns of their own. */
const ELSEWHERE = ['t', 'event', 'dataset', 'posted', 'stage', 'host', 'by', 'column', 'class'];
/** Told by the letters, or of use to programs only. */
const NOT_FOR_PEOPLE = ['outcome', 'stageFile'];

function seconds(value: number): string {
  return `${Math.round(value * 1000) / 1000}s`;
}

/** `job 17_0 of cluster on n1, waited 12s, ran 3s, peak 40 MB` */
export function traceText({ engine, id, node, wait, run, peakMb, fault }: JobTrace): string {
  const parts = [
    `job ${id ?? 'without a number'} of ${engine}${node === undefined ? '' : ` on ${node}`}`,
    `waited ${formatDuration(Math.round(wait * 1000))}`,
    run === undefined ? 'never began' : `ran ${formatDuration(Math.round(run * 1000))}`,
    peakMb === undefined ? '' : `peak ${peakMb} MB`,
    fault === undefined ? '' : `ended by its engine: ${fault}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** A try's job for people: what it is and how it stands; when it was submitted, began and ended. */
export function jobLines(job: TriedJob): string[] {
  const { state, why, submitted, wait, run } = job;
  const whole = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
  const beganMs = Date.parse(submitted) + wait * 1000;
  const isOver = state === undefined || state === 'ended';
  const times = [
    `submitted ${whole(Date.parse(submitted))}`,
    run === undefined ? '' : `began ${whole(beganMs)}`,
    isOver ? `ended ${whole(beganMs + (run ?? 0) * 1000)}` : '',
  ];
  const now = state === undefined ? '' : `${state}${why === undefined ? '' : ` (${why})`}: `;
  const said = run === undefined && !isOver ? traceText(job).replace(', never began', '') : traceText(job);
  return [`${now}${said}`, times.filter((time) => time !== '').join(', ')];
}

/** Parts in the order in which they matter; what has no words of its own comes as `key=value`. */
export function describeLine(line: JournalLine): string {
  const parts: string[] = [];
  const told = new Set([...ELSEWHERE, ...NOT_FOR_PEOPLE]);
  if (line.process === line.by) told.add('process');
  const tell = (keys: readonly string[], text: string): void => {
    parts.push(text);
    for (const key of keys) told.add(key);
  };
  if (line.event === 'rank') tell(['rank', 'was'], `rank ${String(line.was)} -> ${String(line.rank)}`);
  if (line.from !== undefined && line.to !== undefined) tell(['from', 'to'], `${line.from} -> ${line.to}`);
  else if (line.to !== undefined) tell(['to'], line.to);
  if (line.folder !== undefined) tell(['folder'], `in ${line.folder}`);
  if (line.try !== undefined) tell(['try'], `try ${line.try}`);
  if (typeof line.code === 'number') tell(['code'], `exit code ${line.code}`);
  if (typeof line.signal === 'string') tell(['signal'], `signal ${line.signal}`);
  if (typeof line.seconds === 'number') tell(['seconds'], `after ${seconds(line.seconds)}`);
  if (typeof line.reason === 'string') tell(['reason'], `"${line.reason}"`);
  const job = parseTrace(line.job);
  if (job !== undefined) tell(['job'], traceText(job));
  const parent = parseParent(line.parent);
  if (parent !== undefined) tell(['parent'], `child of ${parent.dataset}`);
  for (const [key, value] of Object.entries(line)) {
    if (told.has(key) || value === undefined || value === null) continue;
    parts.push(`${key}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`);
  }
  return parts.join(', ');
}
