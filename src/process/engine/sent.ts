/** One submission that an engine has, or may have, and what becomes of its jobs. */
import type { Board } from '../../board/board.ts';
import { readCancels } from '../../board/job-cancels.ts';
import {
  endedJobs,
  type JobRecord,
  type JobTry,
  readEnd,
  readSights,
  type Submission,
  writeSights,
} from '../../board/jobs.ts';
import { type Engine, EngineError, jobKey } from '../../engines/engine.ts';
import type { JobState } from '../../model/engine.ts';
import { formatSights, type JobSight, type JobTrace, seenNow, seenOver } from '../../model/job-sight.ts';
import type { Log } from '../log-lines.ts';
import { type EngineJob, SIGNALLED } from './engine-job.ts';
import { quoteEngineLog } from './engine-words.ts';
import type { Awaited, JobDisk } from './job-disk.ts';

/** A job that the engine no longer knows may have told its end on a disk whose news come late: so long at most, and at least. */
const NEWS_MS = 10_000;
const LEAST_NEWS_MS = 1_000;

export interface Sent {
  readonly name: string;
  readonly jobName: string;
  /** Undefined: the engine's answer was lost. */
  id: string | undefined;
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
  return { name, jobName, id: undefined, jobs, tries, cancels, own, engine, made, sights, written: '', submit };
}

/** What another process, now dead, has submitted. */
export function adoptedSent(board: Board, about: Submission, id: string | undefined): Sent {
  const sights = about.tries.map((): undefined => undefined);
  return {
    ...newSent(about, new Map(), undefined),
    id,
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

/** Of who looks, and how. */
export interface Looks {
  /** Between two answers of the engine. */
  readonly pollMs: number;
  /** This process. */
  readonly by: string;
  readonly engine: Pick<Engine, 'forgets' | 'cancel'>;
  readonly log: Log;
  /** That the jobs see. */
  readonly disk: JobDisk;
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

function endTold(board: Board, sent: Sent, index: number, job: EngineJob, record: JobRecord): void {
  const how = (): void => (job.isUnwanted ? job.giveBack('it was cancelled') : job.endBy(record));
  end(board, sent, index, how, record);
}

/** Ends what has ended, by what the jobs have written and what their engine says. */
export async function settle(
  board: Board,
  sent: Sent,
  states: ReadonlyMap<string, JobState>,
  { pollMs, by, engine, disk, log }: Looks,
): Promise<void> {
  const told = new Set(endedJobs(board, sent.name));
  const nowMs = board.now();
  if (sent.id !== undefined) {
    for (const index of sent.tries.keys()) {
      const state = states.get(jobKey(sent.id, index));
      sent.sights[index] = seenNow(sent.sights[index], state, nowMs);
    }
  }
  const silent = new Map<number, JobState | undefined>();
  for (const [index, job] of [...sent.jobs]) {
    const record = told.has(index) ? readEnd(board, sent.name, index) : undefined;
    const state = sent.id === undefined ? undefined : states.get(jobKey(sent.id, index));
    // Who was killed by its engine can't know it: its engine says why, once it has ended it.
    const isKilled = record !== undefined && record.code > SIGNALLED && state !== undefined && state.kind !== 'ended';
    if (record !== undefined && !isKilled) {
      endTold(board, sent, index, job, record);
    } else if (state !== undefined && state.kind !== 'ended' && state.kind !== 'fault') {
      job.goneMs = undefined;
    } else {
      job.goneMs ??= performance.now();
      // Its own word comes first, and may be on its way.
      const newsMs = Math.max(LEAST_NEWS_MS, Math.min(NEWS_MS, 2 * pollMs));
      if (performance.now() - job.goneMs >= newsMs) silent.set(index, state);
    }
  }
  if (silent.size > 0) {
    const unseen = [...silent].flatMap(([index, state]) => (state === undefined ? [index] : []));
    const mayRun = !(await endUnseen(sent, unseen, engine, log));
    const forgets = engine.forgets ?? false;
    const kept = await disk.keep({ ...sent, indexes: [...silent.keys()] });
    for (const [index, state] of silent) {
      const job = sent.jobs.get(index);
      const never = kept.has(index);
      if (job === undefined || (state === undefined && mayRun && !never)) continue;
      end(board, sent, index, () => conclude(board, sent, index, job, state, { never, forgets }));
    }
  }
  tellSights(board, sent, by);
}

/** Told already that they can be neither seen nor cancelled. */
const unreachable = new WeakSet<Sent>();

/**
 * What an engine does not show may be hidden from who asks: it is cancelled, so that it can't run beside its successor.
 * @returns false: the engine refuses, and it may be running
 */
async function endUnseen(sent: Sent, indexes: readonly number[], engine: Looks['engine'], log: Log): Promise<boolean> {
  if (sent.id === undefined || indexes.length === 0) return true;
  try {
    await engine.cancel(sent.id, indexes);
    return true;
  } catch (error) {
    if (!(error instanceof EngineError) || !error.isRefusal) throw error;
    if (!unreachable.has(sent)) {
      const what = `${indexes.length} jobs of ${sent.id} are not shown by engine ${sent.engine}, which does not cancel them either`;
      log(
        'jobs-unseen',
        `${what} (${error.message}); they are waited for: see to them under the account that submitted them`,
      );
    }
    unreachable.add(sent);
    return false;
  }
}

/** Whoever looks at the board sees what was seen, without asking an engine: written only when it has changed. */
function tellSights(board: Board, sent: Sent, by: string): void {
  const text = formatSights({ by, jobs: sent.sights });
  if (text === sent.written || sent.id === undefined) return;
  writeSights(board, sent.name, text);
  sent.written = text;
}

/** @param never it has not begun, and will not */
function conclude(
  board: Board,
  sent: Sent,
  index: number,
  job: EngineJob,
  state: JobState | undefined,
  { never, forgets }: { readonly never: boolean; readonly forgets: boolean },
): void {
  if (job.isUnwanted) job.giveBack('it was cancelled');
  else if (state?.kind === 'fault') {
    const more = state.fault === 'launch' ? `; ${quoteEngineLog(board, sent.name, sent.tries[index])}` : '';
    job.endByFault(state.fault, `${sent.id}_${index}: ${state.reason}${more}`);
  } else if (state?.kind === 'ended' || (state === undefined && forgets && !never)) {
    const why = never ? 'it ended without having begun' : 'it ended without a word of how';
    job.endByFault('launch', `${sent.id}_${index}: ${why}; ${quoteEngineLog(board, sent.name, sent.tries[index])}`);
  } else
    job.giveBack(
      never ? 'the engine knows nothing of its job, which has not begun' : 'its job has vanished from the engine',
    );
}

function end(board: Board, sent: Sent, index: number, how: () => void, record?: JobRecord): void {
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
