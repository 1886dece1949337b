/** One submission that an engine has, or may have, and what becomes of its jobs. */
import type { Board } from '../../board/board.ts';
import { readCancels } from '../../board/job-cancels.ts';
import { wasToldAgain } from '../../board/job-copies.ts';
import {
  endedJobs,
  type JobRecord,
  type JobTry,
  readEnd,
  readSights,
  type Submission,
  writeSights,
} from '../../board/jobs.ts';
import { jobKey } from '../../engines/engine.ts';
import { formatSights, type JobSight, type JobTrace, seenOver } from '../../model/job-sight.ts';
import { type EngineJob, SIGNALLED } from './engine-job.ts';
import type { Awaited, JobDisk } from './job-disk.ts';

export interface Sent {
  readonly name: string;
  readonly jobName: string;
  /** Undefined: the engine's answer was lost. */
  id: string | undefined;
  /** Other numbers that it has besides. Undefined: the engine was told of it once, and there are none. */
  copies: string[] | undefined;
  /** By index; those that are over are no longer in it. */
  readonly jobs: Map<number, EngineJob>;
  readonly tries: readonly JobTry[];
  /** Indexes of those that the process which had them before may have cancelled. */
  readonly cancels: ReadonlySet<number>;
  /** Indexes of the jobs whose ends are this process's to write down, or were. Of others' submissions it may have taken over some. */
  readonly own: Set<number>;
  /** As engines.yaml calls its engine. */
  readonly engine: string;
  /** RFC 3339. */
  readonly made: string;
  /** Of all of its jobs, by index: what was last seen; and what of it stands on the board. */
  readonly sights: (JobSight | undefined)[];
  written: string;
  /** Once more, if the engine knows nothing of it. Undefined for another process's. */
  readonly submit: (() => Promise<string>) | undefined;
}

/** @param submit see `Sent` */
export function newSent(about: Submission, jobs: Map<number, EngineJob>, submit: Sent['submit']): Sent {
  const { name, jobName, tries, engine, made } = about;
  const sights = tries.map((): JobSight => ({ kind: 'pending', reason: 'submitted' }));
  const cancels = new Set<number>();
  const own = new Set(jobs.keys());
  return {
    name,
    jobName,
    id: undefined,
    copies: undefined,
    jobs,
    tries,
    cancels,
    own,
    engine,
    made,
    sights,
    written: '',
    submit,
  };
}

/** What another process, now dead, has submitted. */
export function adoptedSent(board: Board, about: Submission, id: string | undefined): Sent {
  const sights = about.tries.map((): undefined => undefined);
  return {
    ...newSent(about, new Map(), undefined),
    id,
    copies: wasToldAgain(board, about.name) ? [] : undefined,
    cancels: readCancels(board, about.name),
    sights: Object.assign(sights, readSights(board, about.name).jobs),
  };
}

/** Told to the engine already. */
const cancelled = new WeakSet<EngineJob>();

/** Indexes of the jobs that are to be cancelled, and of which the engine has not been told. */
export function toCancel({ jobs }: Sent): number[] {
  return [...jobs].filter(([, job]) => job.isUnwanted && !cancelled.has(job)).map(([index]) => index);
}

/** Under a number that was not known. */
export function cancelAnew({ jobs }: Sent): void {
  for (const job of jobs.values()) cancelled.delete(job);
}

/** Those that are this process's to wait for: one that it has left is another's. */
export function awaitedOf({ name, tries, jobs }: Sent): Awaited {
  return { name, tries, indexes: [...jobs].flatMap(([index, { isOver }]) => (isOver ? [] : [index])) };
}

/** The engine was told, by this process. One that has not begun never will. */
export async function wasCancelled(
  { board, disk, id: by }: { readonly board: Board; readonly disk: JobDisk; readonly id: string },
  sent: Sent,
  indexes: readonly number[],
): Promise<void> {
  const kept = await disk.keep({ ...sent, indexes });
  for (const index of indexes) {
    const job = sent.jobs.get(index);
    if (job === undefined) continue;
    cancelled.add(job);
    if (kept.has(index)) end(board, sent, index, () => job.giveBack('it was cancelled'));
  }
  tellSights(board, sent, by);
}

/** Ends what has ended by its own word, and need not ask its engine how. */
export function settleTold(board: Board, sent: Sent): void {
  for (const index of endedJobs(board, sent.name)) {
    const job = sent.jobs.get(index);
    const record = job === undefined ? undefined : readEnd(board, sent.name, index);
    if (job === undefined || record === undefined || record.code > SIGNALLED) continue;
    endTold(board, sent, index, job, record);
  }
}

export function endTold(board: Board, sent: Sent, index: number, job: EngineJob, record: JobRecord): void {
  const how = (): void => (job.isUnwanted ? job.giveBack('it was cancelled') : job.endBy(record));
  end(board, sent, index, how, record);
}

/** Whoever looks at the board sees what was seen, without asking an engine: written only when it has changed. */
export function tellSights(board: Board, sent: Sent, by: string): void {
  const text = formatSights({ by, jobs: sent.sights });
  if (text === sent.written || sent.id === undefined) return;
  writeSights(board, sent.name, text);
  sent.written = text;
}

export function end(board: Board, sent: Sent, index: number, how: () => void, record?: JobRecord): void {
  const job = sent.jobs.get(index);
  sent.jobs.delete(index);
  if (job?.isLeft === true) sent.own.delete(index);
  if (job !== undefined) job.trace = traceOf(sent, index, record, board.now());
  sent.sights[index] = seenOver(sent.sights[index], record === undefined ? 'given back' : undefined);
  how();
}

/** What its own record says of it counts more than what its engine has said. */
function traceOf(sent: Sent, index: number, record: JobRecord | undefined, nowMs: number): JobTrace {
  const sight = sent.sights[index];
  const madeMs = Date.parse(sent.made);
  const startedMs = record?.startedMs ?? sight?.startedMs;
  const seconds = (ms: number): number => Math.max(0, Math.round(ms) / 1000);
  const run = record?.seconds ?? (startedMs === undefined ? undefined : seconds(nowMs - startedMs));
  const began = startedMs ?? (run === undefined ? nowMs : nowMs - run * 1000);
  const node = sight?.node ?? record?.node;
  const peakMb = record?.peakKb === undefined ? sight?.peakMb : Math.round(record.peakKb / 102.4) / 10;
  const { of } = sent.tries[index] ?? {};
  return {
    engine: sent.engine,
    ...(sent.id === undefined ? {} : { id: jobKey(sent.id, index) }),
    ...(node === undefined || node === '' ? {} : { node }),
    submitted: sent.made,
    wait: seconds(began - madeMs),
    ...(run === undefined ? {} : { run }),
    ...(peakMb === undefined ? {} : { peakMb }),
    ...(record !== undefined || sight?.fault === undefined ? {} : { fault: sight.fault }),
    ...(of === undefined ? {} : { of }),
  };
}
