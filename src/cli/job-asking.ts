/** What engines say of jobs now, asked for by a command: each engine once. */
import type { Board } from '../board/board.ts';
import type { JobRow } from '../board/job-rows.ts';
import type { JobState } from '../model/engine.ts';
import { seenNow } from '../model/job-sight.ts';

type States = ReadonlyMap<string, JobState>;

/** @returns the rows as they are now; of an engine that does not answer, as they were */
export async function askedNow(
  board: Board,
  rows: readonly JobRow[],
): Promise<{ readonly rows: readonly JobRow[]; readonly faults: readonly string[] }> {
  const ids = new Map<string, Set<string>>();
  for (const { kind, engine, job } of rows) {
    if (kind === 'ended') continue;
    const own = ids.get(engine) ?? new Set();
    ids.set(engine, own);
    if (job !== undefined) own.add(submissionOf(job));
  }
  const { states, faults } = await askAll(board, ids);
  const nowMs = board.now();
  return { rows: rows.map((row) => withState(row, states.get(row.engine), nowMs)), faults };
}

/** The engine's number for all jobs of a submission, out of that of one. */
function submissionOf(job: string): string {
  return job.replace(/_\d+$/, '');
}

/** @param ids by engine, what it has */
async function askAll(
  board: Board,
  ids: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<{ readonly states: ReadonlyMap<string, States>; readonly faults: readonly string[] }> {
  const states = new Map<string, States>();
  const faults: string[] = [];
  if (ids.size === 0) return { states, faults };
  const [{ readEngines }, { makeEngine }, { EngineError }] = await Promise.all([
    import('../definitions/engines.ts'),
    import('../engines/engines.ts'),
    import('../engines/engine.ts'),
  ]);
  const { engines } = readEngines(board.home);
  for (const [name, own] of ids) {
    const definition = engines.get(name);
    if (definition === undefined) {
      faults.push(`engine ${name}: engines.yaml has none of that name any more`);
      continue;
    }
    try {
      states.set(name, await makeEngine(definition).poll([...own]));
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      faults.push(`engine ${name}: ${error.message}`);
    }
  }
  return { states, faults };
}

function withState(row: JobRow, states: States | undefined, nowMs: number): JobRow {
  if (states === undefined || row.kind === 'ended' || row.job === undefined) return row;
  const before = { kind: 'pending', node: row.node, startedMs: row.startedMs, peakMb: row.peakMb } as const;
  const { kind, reason, fault, node, startedMs, peakMb } = seenNow(before, states.get(row.job), nowMs);
  const why = kind === 'gone' ? 'its engine says nothing of it' : (reason ?? '');
  return { ...row, kind: kind === 'fault' ? 'ended' : kind, why, fault, node, startedMs, peakMb };
}
