/**
 * An engine that was told of a submission twice, because its answer was lost, may have it twice. Each of its jobs runs once, but
 * only the mark knows under which number: what the engine says of one of them is not yet what becomes of the step.
 */
import type { Board } from '../../board/board.ts';
import { wasToldAgain } from '../../board/job-copies.ts';
import { readJobId, type Submission, writeJobId } from '../../board/jobs.ts';
import { type Engine, EngineError, jobKey } from '../../engines/engine.ts';
import type { JobState } from '../../model/engine.ts';
import type { Log } from '../log-lines.ts';
import { cancelAnew, type Sent } from './sent.ts';

type Numbered = Pick<Sent, 'id' | 'copies'>;

/** All numbers that are known. */
export function idsOf({ id, copies = [] }: Numbered): string[] {
  return id === undefined ? [] : [id, ...copies];
}

/** What goes on counts before what is over. */
const RANKS: Readonly<Record<JobState['kind'], number>> = { running: 0, pending: 1, held: 2, fault: 3, ended: 4 };

/** Of a job, under whichever number. Undefined: the engine knows nothing of it. */
export function stateOf(sent: Numbered, states: ReadonlyMap<string, JobState>, index: number): JobState | undefined {
  return idsOf(sent)
    .flatMap((id) => states.get(jobKey(id, index)) ?? [])
    .reduce<JobState | undefined>(
      (best, state) => (best === undefined || RANKS[state.kind] < RANKS[best.kind] ? state : best),
      undefined,
    );
}

/** True: under one of its numbers the engine does not show it. */
export function isUnseen(sent: Numbered, states: ReadonlyMap<string, JobState>, index: number): boolean {
  const ids = idsOf(sent);
  return ids.length === 0 || ids.some((id) => states.get(jobKey(id, index)) === undefined);
}

/** Asks by name for numbers that are not known yet. @returns true: there are, and nothing is known of their jobs */
export async function findCopies(
  board: Board,
  sent: Sent,
  { engine, log }: { readonly engine: Pick<Engine, 'find'>; readonly log: Log },
): Promise<boolean> {
  const known = idsOf(sent);
  const fresh = (await engine.find(sent.jobName)).filter((id) => !known.includes(id));
  if (fresh.length === 0) return false;
  const [id, ...copies] = [...known, ...fresh];
  if (sent.id === undefined && id !== undefined) writeJobId(board, sent.name, id);
  sent.id = id;
  if (copies.length === 0) return true;
  sent.copies = copies;
  cancelAnew(sent);
  log(
    'jobs-twice',
    `engine ${sent.engine} has ${sent.name} as ${idsOf(sent).join(' and ')}: each of its jobs runs once`,
  );
  return true;
}

/** All numbers of what another process has submitted. */
export async function numbersOf(
  board: Board,
  { name, jobName }: Submission,
  engine: Pick<Engine, 'find'>,
): Promise<string[]> {
  const known = readJobId(board, name);
  if (known === undefined) return [...(await engine.find(jobName))];
  return wasToldAgain(board, name) ? [...new Set([known, ...(await engine.find(jobName))])] : [known];
}

/** One number that is refused keeps no other from it. @throws EngineError */
export async function cancelEach(
  engine: Pick<Engine, 'cancel'>,
  ids: readonly string[],
  indexes: readonly number[],
): Promise<void> {
  let refusal: EngineError | undefined;
  for (const id of ids) {
    try {
      await engine.cancel(id, indexes);
    } catch (error) {
      if (!(error instanceof EngineError) || !error.isRefusal) throw error;
      refusal ??= error;
    }
  }
  if (refusal !== undefined) throw refusal;
}
