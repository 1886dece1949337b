/** Ends what has ended of a submission, by what its jobs have written and by what their engine says. */
import type { Board } from '../../board/board.ts';
import { endedJobs, type Kept, readEnd } from '../../board/jobs.ts';
import { type Engine, EngineError } from '../../engines/engine.ts';
import type { JobState } from '../../model/engine.ts';
import { seenNow } from '../../model/job-sight.ts';
import type { Log } from '../log-lines.ts';
import { cancelEach, findCopies, idsOf, isUnseen, stateOf } from './copies.ts';
import { type EngineJob, SIGNALLED } from './engine-job.ts';
import { quoteEngineLog } from './engine-words.ts';
import type { JobDisk } from './job-disk.ts';
import { end, endTold, type Sent, tellSights } from './sent.ts';

/** A job that the engine no longer knows may have told its end on a disk whose news come late: so long at most, and at least. */
const NEWS_MS = 10_000;
const LEAST_NEWS_MS = 1_000;

/** Of who looks, and how. */
export interface Looks {
  /** Between two answers of the engine. */
  readonly pollMs: number;
  /** This process. */
  readonly by: string;
  readonly engine: Pick<Engine, 'forgets' | 'cancel' | 'find'>;
  readonly log: Log;
  /** That the jobs see. */
  readonly disk: JobDisk;
}

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
      const state = stateOf(sent, states, index);
      sent.sights[index] = seenNow(sent.sights[index], state, nowMs);
    }
  }
  const silent = new Map<number, JobState | undefined>();
  for (const [index, job] of [...sent.jobs]) {
    const record = told.has(index) ? readEnd(board, sent.name, index) : undefined;
    const state = stateOf(sent, states, index);
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
    const unseen = new Set([...silent.keys()].filter((index) => isUnseen(sent, states, index)));
    const mayRun = !(await endUnseen(sent, [...unseen], engine, log));
    const forgets = engine.forgets ?? false;
    const all = await disk.keep({ ...sent, indexes: [...silent.keys()] });
    const isOver = (index: number): void => {
      const job = sent.jobs.get(index);
      const of = { state: silent.get(index), kept: all.get(index), forgets };
      if (job !== undefined) end(board, sent, index, () => conclude(board, sent, index, job, of));
    };
    for (const index of all.keys()) isOver(index);
    // What has begun by now is with the engine, under this number or another.
    const begun = [...silent.keys()].filter((index) => !all.has(index));
    const mayBeMore = begun.length > 0 && (sent.id === undefined || sent.copies !== undefined);
    if (!mayBeMore || !(await findCopies(board, sent, { engine, log })))
      for (const index of begun) if (!mayRun || !unseen.has(index)) isOver(index);
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
    await cancelEach(engine, idsOf(sent), indexes);
    return true;
  } catch (error) {
    if (!(error instanceof EngineError) || !error.isRefusal) throw error;
    if (!unreachable.has(sent)) {
      const what = `${indexes.length} jobs of ${idsOf(sent).join(' and ')} are not shown by engine ${sent.engine}, which does not cancel them either`;
      log(
        'jobs-unseen',
        `${what} (${error.message}); they are waited for: see to them under the account that submitted them`,
      );
    }
    unreachable.add(sent);
    return false;
  }
}

/** @param kept it has not begun, and will not */
function conclude(
  board: Board,
  sent: Sent,
  index: number,
  job: EngineJob,
  {
    state,
    kept,
    forgets,
  }: { readonly state: JobState | undefined; readonly kept: Kept | undefined; readonly forgets: boolean },
): void {
  if (job.isUnwanted) job.giveBack('it was cancelled');
  // Whatever its engine says of it: it was to go back already, and whoever decided so did not live to do it.
  else if (kept === 'before') job.giveBack('it was kept from starting');
  else if (state?.kind === 'fault') {
    const more = state.fault === 'launch' ? `; ${quoteEngineLog(board, sent.name, sent.tries[index])}` : '';
    job.endByFault(state.fault, `${sent.id}_${index}: ${state.reason}${more}`);
  } else if (state?.kind === 'ended' || (state === undefined && forgets && kept === undefined)) {
    const why = kept === undefined ? 'it ended without a word of how' : 'it ended without having begun';
    const of = sent.id === undefined ? `job ${index} of ${sent.name}` : `${sent.id}_${index}`;
    job.endByFault('launch', `${of}: ${why}; ${quoteEngineLog(board, sent.name, sent.tries[index])}`);
  } else
    job.giveBack(
      kept === undefined
        ? 'its job has vanished from the engine'
        : 'the engine knows nothing of its job, which has not begun',
    );
}
