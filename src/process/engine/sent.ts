/** One submission that an engine has, or may have, and what becomes of its jobs. */
import type { Board } from '../../board/board.ts';
import { endedJobs, type JobTry, keepFromStarting, readEnd } from '../../board/jobs.ts';
import { jobKey } from '../../engines/engine.ts';
import type { JobState } from '../../model/engine.ts';
import { type EngineJob, SIGNALLED } from './engine-job.ts';

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
  /** Once more, if the engine knows nothing of it. Undefined for another process's. */
  readonly submit: (() => Promise<string>) | undefined;
}

/** Told to the engine already. */
const cancelled = new WeakSet<EngineJob>();

/** Indexes of the jobs that are to be cancelled, and of which the engine has not been told. */
export function toCancel({ jobs }: Sent): number[] {
  return [...jobs].filter(([, job]) => job.isUnwanted && !cancelled.has(job)).map(([index]) => index);
}

/** The engine was told. One that has not begun never will. */
export function wasCancelled(board: Board, sent: Sent, indexes: readonly number[]): void {
  for (const index of indexes) {
    const job = sent.jobs.get(index);
    if (job === undefined) continue;
    cancelled.add(job);
    if (keepFromStarting(board, sent.name, index)) end(sent, index, () => job.giveBack('it was cancelled'));
  }
}

/** Ends what has ended, by what the jobs have written and what their engine says. @param pollMs between two of its answers */
export function settle(board: Board, sent: Sent, states: ReadonlyMap<string, JobState>, pollMs: number): void {
  const told = new Set(endedJobs(board, sent.name));
  for (const [index, job] of [...sent.jobs]) {
    const record = told.has(index) ? readEnd(board, sent.name, index) : undefined;
    const state = sent.id === undefined ? undefined : states.get(jobKey(sent.id, index));
    // Who was killed by its engine can't know it: its engine says why, once it has ended it.
    const isKilled = record !== undefined && record.code > SIGNALLED && state !== undefined && state.kind !== 'ended';
    if (record !== undefined && !isKilled) {
      end(sent, index, () => (job.isUnwanted ? job.giveBack('it was cancelled') : job.endBy(record)));
    } else if (state !== undefined && state.kind !== 'ended' && state.kind !== 'fault') {
      job.state = state;
      job.goneMs = undefined;
    } else {
      job.goneMs ??= performance.now();
      // Its own word comes first, and may be on its way.
      const newsMs = Math.max(LEAST_NEWS_MS, Math.min(NEWS_MS, 2 * pollMs));
      if (performance.now() - job.goneMs >= newsMs) end(sent, index, () => conclude(board, sent, index, job, state));
    }
  }
}

function conclude(board: Board, sent: Sent, index: number, job: EngineJob, state: JobState | undefined): void {
  const never = keepFromStarting(board, sent.name, index);
  if (job.isUnwanted) job.giveBack('it was cancelled');
  else if (state?.kind === 'fault') job.endByFault(state.fault, `${sent.id}_${index}: ${state.reason}`);
  else if (state?.kind === 'ended') {
    const why = never ? 'it ended without having begun' : 'it ended without a word of how';
    job.endByFault('launch', `${sent.id}_${index}: ${why}; see the engine's own log of it`);
  } else
    job.giveBack(
      never ? 'the engine knows nothing of its job, which has not begun' : 'its job has vanished from the engine',
    );
}

function end(sent: Sent, index: number, how: () => void): void {
  sent.jobs.delete(index);
  how();
}
