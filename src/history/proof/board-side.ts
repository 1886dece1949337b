/**
 * What stands on the board, held against what the journals say of it. A scan is no snapshot: what looks wrong is looked at
 * again by `proof.ts` before it is told.
 */
import type { Board } from '../../board/board.ts';
import { isHeldCopy, isLive, neverEnded, placeOf, runsTwice } from '../../board/copies.ts';
import { isGone } from '../../board/errors.ts';
import { identifyHolder } from '../../board/ids.ts';
import { type Located, stateOf } from '../../board/scan.ts';
import { listProducts } from '../../board/tries.ts';
import { claimsOf, isDay, productFolder } from '../../model/name.ts';
import type { Run, Violation } from './runs.ts';

export const runKey = (dataset: string, posted: string): string => `${dataset} ${posted}`;

/**
 * I1: a run stands once, a dataset once on the board. Copies that housekeeping holds with cause `d` are no second entries.
 * @param entries all of one dataset
 */
export function judgeCopies(entries: readonly Located[]): Violation[] {
  const found: Violation[] = runsTwice(entries).map((same) => ({
    invariant: 'I1',
    where: same.map(placeOf).join(', '),
    message:
      "one run stands more than once: look at both, and take the wrong one away: 'mv -n' out of the board's folder",
  }));
  const real = entries.filter((entry) => !isHeldCopy(entry));
  const live = real.filter(isLive);
  if (new Set(live.map(({ name }) => name.posted)).size > 1)
    found.push({
      invariant: 'I1',
      where: live.map(placeOf).join(', '),
      message: 'two runs of one dataset are on the board: only the one behind ids/ runs; remove the other',
    });
  return found;
}

/**
 * I1: the link of a live entry is that of its own file. One without a link has not been claimed yet (`touch`), or was finished or removed
 * when the journals last heard of it: a person has put it back since, and its next claim makes the link.
 */
export function judgeLink(board: Board, entry: Located, run: Run | undefined): Violation | undefined {
  if (!isLive(entry) || isHeldCopy(entry)) return undefined;
  try {
    const own = board.fs.identify(board.path(placeOf(entry)));
    const holder = identifyHolder(board, entry.name.dataset);
    if (holder?.ino === own.ino || (holder === undefined && isBareByRight(entry, run))) return undefined;
    const message =
      holder === undefined
        ? "has no link in ids/, and nobody has taken it off the board: its next claim or 'slate check --fix' makes it"
        : "is not the file behind its link in ids/: 'slate check' tells what to do";
    return { invariant: 'I1', where: placeOf(entry), message };
  } catch (error) {
    // Under rename.
    if (isGone(error)) return undefined;
    throw error;
  }
}

function isBareByRight({ name }: Located, run: Run | undefined): boolean {
  return name.epoch === 0 || /^(done|removed)\//.test(run?.last.folder ?? '');
}

/**
 * I2: epochs never fall. Of two files of one run each has epochs of its own: the journals tell of the highest.
 * @param copies all entries of its dataset
 */
export function judgeEpoch(entry: Located, run: Run | undefined, copies: readonly Located[]): Violation | undefined {
  if (run === undefined || neverEnded(entry)) return undefined;
  if (copies.some(({ name }) => name.posted === run.posted && name.epoch >= run.highestEpoch)) return undefined;
  return {
    invariant: 'I2',
    where: placeOf(entry),
    message: `its epoch is ${entry.name.epoch}, and epoch ${run.highestEpoch} was claimed before: someone turned it back, or the rename of a claim was undone (a power cut)`,
  };
}

/** I7: a claim has a living owner. */
export function judgeOwners(entry: Located, alive: ReadonlySet<string>): Violation[] {
  if (stateOf(entry.folder) === 'removed') return [];
  return claimsOf(entry.name)
    .filter(({ process }) => !alive.has(process))
    .map(({ process, column }) => ({
      invariant: 'I7',
      where: placeOf(entry),
      message: `column ${column + 1} is claimed by process ${process}, which is not alive; any stage process returns it within two leases, 'slate sweep --wait' too`,
    }));
}

/** I8: what was posted is somewhere, unless retention may have taken it. */
export function judgeMissing(board: Board, run: Run, nowMs: number): Violation | undefined {
  if (!run.isPosted) return undefined;
  const [state = '', day = ''] = run.last.folder.split('/');
  const keptMs = state === 'done' ? board.config.retention.doneMs : board.config.retention.removedMs;
  const isOver = (state === 'done' || state === 'removed') && isDay(day);
  if (isOver && keptMs !== undefined && nowMs - Date.parse(`${day}T00:00:00Z`) >= keptMs) return undefined;
  const where = runKey(run.dataset, run.posted);
  const last = run.last.folder === '' ? 'nowhere' : `in ${run.last.folder}/ at ${run.last.t}`;
  return { invariant: 'I8', where, message: `it was posted and stands nowhere; it was last said to be ${last}` };
}

/**
 * I5 and I6: the official products of a column that is complete are those of the try that was finished last, and nothing bears
 * the mark of a try whose result was thrown away or whose claim was returned.
 */
export function judgeProducts(board: Board, entry: Located, run: Run | undefined): Violation[] {
  const { dataset, posted, letters } = entry.name;
  if (run === undefined) return [];
  const made = listProducts(board, dataset, posted);
  const found: Violation[] = [];
  const official = new Map<string, number>();
  for (const { stage, epoch, published } of made) {
    if (!published) continue;
    if (letters[board.column(stage)] === 'c') official.set(stage, Math.max(epoch, official.get(stage) ?? 0));
    const why = hasFinished(run, stage, epoch) ? undefined : takenAway(run, epoch);
    if (why !== undefined)
      found.push({ invariant: 'I6', where: productFolder({ dataset, posted, stage, epoch }), message: why });
  }
  for (const [stage, epoch] of official) {
    const why = officialFault(run, stage, epoch);
    if (why !== undefined)
      found.push({ invariant: 'I6', where: productFolder({ dataset, posted, stage, epoch }), message: why });
  }
  // What was never made, or has gone by retention, can't be judged.
  const unmarked = made.filter(({ published }) => !published);
  for (const { stage, epoch } of unmarked) {
    const isLast = made.every((other) => other.stage !== stage || other.epoch <= epoch);
    if (!isLast || letters[board.column(stage)] !== 'c' || !hasFinished(run, stage, epoch)) continue;
    const where = productFolder({ dataset, posted, stage, epoch });
    found.push({
      invariant: 'I5',
      where,
      message: 'their try has finished and its column is complete, and they have no .ok',
    });
  }
  return found;
}

/** A try whose process died with its line unwritten is known by whoever has finished its `e` forward. */
function hasFinished(run: Run, stage: string, epoch: number): boolean {
  const isForward = (run.publishes.get(epoch) ?? []).some((told) => told.stage === stage);
  return (
    isForward ||
    (run.ends.get(epoch) ?? []).some(
      (end) => end.event === 'finish' && end.stage === stage && (end.outcome === 'e' || end.outcome === 'c'),
    )
  );
}

/** Why a try that has not finished may not have made anything official. */
function takenAway(run: Run, epoch: number): string | undefined {
  if (run.discards.has(epoch)) return 'they are published, and the result of their try was thrown away';
  const isLost = (run.ends.get(epoch) ?? []).some(({ event }) => event === 'lost');
  return isLost ? 'they are published, and their try was lost' : undefined;
}

function officialFault(run: Run, stage: string, epoch: number): string | undefined {
  const claims = run.claims.get(epoch) ?? [];
  if (claims.length > 0 && !claims.some((claim) => claim.stage === stage))
    return `they are official, and epoch ${epoch} was a try of stage ${claims[0]?.stage}`;
  for (const later of new Set([...run.ends.keys(), ...run.publishes.keys()])) {
    if (later > epoch && hasFinished(run, stage, later))
      return `they are official, and the try of epoch ${later} finished after theirs`;
  }
  return undefined;
}
