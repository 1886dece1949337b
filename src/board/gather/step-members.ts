/** What the step of a gathering stage is told of its members. */
import type { Board } from '../board.ts';
import type { Held } from '../claim.ts';
import { gathersMembers, rulesOfWaiting } from '../groups.ts';
import { type Member, Members } from './members.ts';
import { plansOf } from './plan.ts';
import {
  describeMember,
  type GatheredMember,
  gatheredBefore,
  gatheredFor,
  parseGathered,
  writeGatheredFor,
} from './record.ts';

/** True for a stage that gathers, and for the first stages of an entry that waited where none does. */
function hasGathered(board: Board, { claim, content, at }: Held): boolean {
  const { column } = claim;
  if (board.gather(column) !== undefined) return true;
  if (content.needs === undefined || board.stages.some((_, other) => gathersMembers(board, other))) return false;
  return rulesOfWaiting(board, at.name.class).gathers(column);
}

/**
 * Absolute path of the list of its members: what was gathered when the entry went on; where nobody has written that (a
 * person did not let it wait), what is there now. Undefined for a stage that gathers nothing.
 */
export function membersFile(board: Board, held: Held): string | undefined {
  if (!hasGathered(board, held)) return undefined;
  const { claim, at } = held;
  const known = gatheredBefore(board, at.name, claim.column, claim.epoch);
  if (known !== undefined) return board.path(known);
  const there = membersNow(board, held);
  if (there === undefined) return undefined;
  return board.path(writeGatheredFor(board, at.name, claim.column, claim.epoch, there));
}

function membersNow(board: Board, { at, claim }: Held): readonly Member[] | undefined {
  const [plan] = plansOf(board, at, [claim.column]);
  if (plan === undefined) return undefined;
  const members = new Members(board);
  members.want([plan]);
  members.refresh(performance.now(), true);
  return members.list(at, plan);
}

/** The same list and what stands in it, without writing anything: for who only looks. */
export function lookAtMembers(
  board: Board,
  held: Held,
): { readonly path: string; readonly members: readonly GatheredMember[] } | undefined {
  if (!hasGathered(board, held)) return undefined;
  const { claim, at } = held;
  const known = gatheredBefore(board, at.name, claim.column, claim.epoch);
  if (known !== undefined) return { path: board.path(known), members: readMembers(board, board.path(known)) };
  const there = membersNow(board, held);
  if (there === undefined) return undefined;
  const path = gatheredFor(board, at.name, claim.column, claim.epoch);
  return { path: board.path(path), members: there.map(describeMember) };
}

/** The members themselves, for templates. */
export function readMembers(board: Board, path: string): readonly GatheredMember[] {
  return parseGathered(board.fs.read(path).content);
}
