/** What a gathering column of an entry waits for, put together from its group's file and its stage. */
import type { AtDeadline } from '../../model/definition.ts';
import { type MemberSpec, type Needs, NO_NEEDS } from '../../model/needs.ts';
import type { Board } from '../board.ts';
import { childrenOf } from '../children.ts';
import { afterPosted, needsOfRuns, untilOf, type Waits, waitsOf } from '../groups.ts';
import type { Located } from '../scan.ts';

export interface Plan {
  readonly column: number;
  readonly what: 'members' | 'children';
  readonly needs: Needs;
  /** As the stage says; the needs may say otherwise. */
  readonly until: string | undefined;
  readonly deadlineMs: number | undefined;
  readonly atDeadline: AtDeadline;
  /** Why it can't be told what it waits for: a person has to mend a file. */
  readonly fault: { readonly where: string; readonly why: string } | undefined;
}

/** Columns of an entry that gather. */
export function gatheringColumns(letters: string): number[] {
  return [...letters].flatMap((letter, column) => (letter === 'g' ? [column] : []));
}

/** One for each of these columns. @param mayRestore whether a lost group's file is written anew */
export function plansOf(board: Board, entry: Located, columns: readonly number[], mayRestore = true): Plan[] {
  let waits: Waits | undefined;
  return columns.map((column): Plan => {
    const gather = board.gather(column);
    const what = gather?.what ?? 'members';
    let needs = NO_NEEDS;
    let fault: Plan['fault'];
    if (what === 'children') needs = needsOfRuns(childrenOf(board, entry.name) ?? []);
    else {
      waits ??= waitsOf(board, entry, mayRestore);
      if (waits.kind === 'needs') needs = waits.needs;
      else if (waits.kind === 'faulty') fault = waits;
    }
    const ofStage = gather?.deadlineMs === undefined ? undefined : afterPosted(entry.name, gather.deadlineMs);
    return {
      column,
      what,
      needs,
      until: gather?.until,
      deadlineMs: needs.deadlineMs ?? ofStage,
      atDeadline: needs.atDeadline ?? gather?.atDeadline ?? 'hold',
      fault,
    };
  });
}

export function untilIn(plan: Plan, spec: MemberSpec): string {
  return untilOf(spec, plan.needs, plan.until);
}
