/** Whose a job still is: the claim that it was submitted for, as it stands on the board. */
import { claimOf, type EntryName, LIVE_FOLDERS } from '../model/name.ts';
import type { Board } from './board.ts';
import type { JobTry } from './jobs.ts';
import { findDatasets } from './scan.ts';

/** Entries by dataset. */
export type Standing = ReadonlyMap<string, readonly EntryName[]>;

/** What stands of the datasets of these tries: one look at the board, whatever their number. */
export function standingOf(board: Board, tries: Iterable<Pick<JobTry, 'dataset'>>): Standing {
  const names = new Map<string, EntryName[]>();
  for (const { name } of findDatasets(board, new Set([...tries].map(({ dataset }) => dataset)), LIVE_FOLDERS)) {
    const same = names.get(name.dataset);
    if (same === undefined) names.set(name.dataset, [name]);
    else same.push(name);
  }
  return names;
}

/** True: the entry still has the claim that this job is. */
export function stands(job: JobTry, standing: Standing): boolean {
  return (standing.get(job.dataset) ?? []).some(
    (name) => name.posted === job.posted && claimOf(name, job.column)?.epoch === job.epoch,
  );
}
