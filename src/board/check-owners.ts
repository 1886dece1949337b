/** Claims whose process has no status file, or was found dead. */
import { engineThatHas } from '../definitions/stage-engine.ts';
import { type Claim, claimsOf, type EntryName } from '../model/name.ts';
import type { Board } from './board.ts';
import type { Finding } from './finding.ts';
import { jobOf, readSubmission } from './jobs.ts';
import type { Located } from './scan.ts';
import { readStatuses } from './status.ts';

export function checkOwners(board: Board, live: readonly Located[]): Finding[] {
  const alive = new Set(readStatuses(board).flatMap(({ name }) => (name.order === 'lost' ? [] : [name.id])));
  const faults = new Map<string, string>();
  return live.flatMap(({ folder, file, name }) =>
    claimsOf(name)
      .filter((claim) => !alive.has(claim.process))
      .map((claim): Finding => {
        const what = `stage ${board.stages[claim.column]} is claimed by process ${claim.process}, which has no living status file`;
        const { severity, text } = whatThen(board, name, claim, faults);
        return { severity, where: `${folder}/${file}`, message: `${what}; ${text}`, fixed: false };
      }),
  );
}

/** @param faults of engines that have jobs, by name and kind; empty: none */
function whatThen(
  board: Board,
  { dataset, posted }: EntryName,
  { column, epoch }: Claim,
  faults: Map<string, string>,
): { readonly severity: Finding['severity']; readonly text: string } {
  const stage = board.stages[column] ?? '';
  const pointer = jobOf(board, { dataset, posted, stage, epoch });
  if (pointer === undefined)
    return { severity: 'note', text: "stage processes return it after two leases, 'slate sweep --wait' too" };
  const about = readSubmission(board, pointer.name);
  if (about === undefined)
    return {
      severity: 'note',
      text: 'its step was to be a job, of which nothing is left: a process that serves the stage returns it',
    };
  const key = `${about.engine} ${about.kind}`;
  const fault = faults.get(key) ?? faultOf(board.home, about);
  faults.set(key, fault);
  if (fault === '')
    return {
      severity: 'note',
      text: `its step is a job of engine ${about.engine}, which goes on: a process that serves the stage takes it over`,
    };
  const hint = 'put it back into engines.yaml, or hold the entry to give the job up';
  return { severity: 'fault', text: `its step is a job, and ${fault}: nobody can take it over; ${hint}` };
}

function faultOf(home: string, about: { readonly engine: string; readonly kind: string }): string {
  return engineThatHas(home, about).fault?.message ?? '';
}
