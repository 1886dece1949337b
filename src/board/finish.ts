/**
 * Ending a try: one rename takes the letter to its outcome, opens the children and moves the file to its folder.
 * A success that leaves something (products, sidecars): everything on disk, then `p`→`e` is the fence, `.ok` makes it
 * official, then `e`→`c`.
 */
import { type Claim, type EntryName, sentOutcome, type TryName } from '../model/name.ts';
import { type Event, type SetLetter, transition } from '../model/transition.ts';
import type { Board } from './board.ts';
import { ChildPosting } from './child-posting.ts';
import type { Held } from './claim.ts';
import { delay } from './delay.ts';
import { tryEnded } from './epochs.ts';
import { isBlocking } from './errors.ts';
import { finishForward } from './forward.ts';
import { releaseId } from './ids.ts';
import { locateClaim } from './locate.ts';
import { moveEntry } from './move.ts';
import { listTryFiles } from './official.ts';
import type { Located } from './scan.ts';
import { stateOf } from './scan.ts';
import { hasSidecars, type Sidecars, writeSidecars } from './sidecars.ts';
import { commitBefore, commitsAt } from './transaction.ts';
import { closeOwnLog, isPublished, listLogs, markPublished } from './tries.ts';

export { finishForward } from './forward.ts';

/** What becomes of a try, after exit codes have been mapped. */
export type Ending =
  | {
      readonly kind: 'complete';
      readonly set?: ReadonlyMap<number, SetLetter> | undefined;
      /** Of the columns that it holds. */
      readonly cause?: string | undefined;
      readonly sidecars?: Sidecars | undefined;
    }
  | {
      readonly kind: 'fail' | 'retry' | 'hold';
      readonly cause: string;
      readonly notBeforeMs?: number | undefined;
      /** A result that says no more than why. */
      readonly sidecars?: Sidecars | undefined;
    }
  /** To a column before its own, at most so many times in this run. */
  | {
      readonly kind: 'back';
      readonly to: number;
      readonly most: number;
      readonly sidecars?: Sidecars | undefined;
    }
  | { readonly kind: 'giveBack' };

export type FinishResult =
  | { readonly kind: 'finished'; readonly at: Located }
  /** The claim was taken away: the result is discarded. */
  | { readonly kind: 'taken'; readonly at: Located }
  /** Not seen anywhere: keep the result, and ask again a lease later. */
  | { readonly kind: 'unseen' }
  /** It has passed the fence, and goes on posting when it is called again; what is posted wants to be synced. */
  | { readonly kind: 'posting'; readonly posting: ChildPosting }
  | { readonly kind: 'refused'; readonly why: string; readonly at: Located };

function eventOf(ending: Ending, column: number, leaves: boolean): Event {
  switch (ending.kind) {
    case 'complete':
      return { type: 'complete', column, products: leaves, set: ending.set, cause: ending.cause };
    case 'giveBack':
      return { type: 'giveBack', column };
    case 'back':
      return { type: 'back', column, to: ending.to };
    case 'hold':
    case 'fail':
    case 'retry':
      return { type: ending.kind, column, cause: ending.cause };
  }
}

/** Where tries stand that have passed the fence and are not published yet, so that a second call goes on from there. */
const fenced = new WeakMap<Claim, Located>();

/** True from the fence on: it can only go forward. */
export function isFenced({ claim }: Held): boolean {
  return fenced.has(claim);
}

/** What the journal is told beside the names: exit code, seconds, why. */
export type FinishNotes = Readonly<Record<string, unknown>>;

/**
 * Ends a held try. Safe to call again with the same arguments after any error.
 * @throws the system's error when the disk refuses; nothing is lost, the claim stands.
 */
export function finish(board: Board, held: Held, ending: Ending, notes: FinishNotes = {}): FinishResult {
  const { column } = held.claim;
  const passed = fenced.get(held.claim);
  const leaves = passed !== undefined || leavesSomething(board, held, ending);
  if (passed === undefined && ending.kind !== 'giveBack')
    writeSidecars(board, held.try, ending.sidecars, ending.kind === 'complete');
  let at = passed ?? held.at;
  for (let round = 0; round < 20; round++) {
    // Someone rolled the `e` forward for us, or an earlier call got as far as that.
    const isEnding = ending.kind === 'complete' && at.name.letters[column] === 'e';
    const fence = leaves || isEnding || commitsNow(board, at.name, ending, column);
    const event: Event = isEnding ? { type: 'publish', column } : eventOf(ending, column, fence);
    if (event.type === 'publish') {
      const posting = postChildren(board, held, ending);
      if (posting !== undefined) return { kind: 'posting', posting };
      markPublished(board, held.try);
    }
    const result = step(board, { held, ending, leaves, fence, notes }, at, event);
    if (result.kind === 'again') {
      at = result.at;
      continue;
    }
    return result;
  }
  return { kind: 'unseen' };
}

/**
 * True if the try ends through the fence: it has made products, it leaves sidecars, or an earlier try of the stage has
 * left something that would else go on being official.
 */
function leavesSomething(board: Board, held: Held, ending: Ending): boolean {
  if (ending.kind !== 'complete') return false;
  if (held.products !== undefined || hasSidecars(ending.sidecars)) return true;
  if (!held.traces.left) return false;
  const { dataset, posted, stage, epoch } = held.try;
  return listTryFiles(board, dataset, posted).some((one) => one.stage === stage && one.ok && one.epoch < epoch);
}

/** On a transactional board it depends on the other stages, as the name has them now, whether this ending is the last. */
function commitsNow(board: Board, name: EntryName, ending: Ending, column: number): boolean {
  return ending.kind === 'complete' && commitsAt(board, name, eventOf(ending, column, false));
}

/** How far tries that have passed the fence have got with posting. */
const postings = new WeakMap<Claim, ChildPosting>();
/** Calls of `finish` post so many entries each: some tenth of a second. */
const AT_ONCE = 1_000;
/** Fewer are synced one by one, at once. */
const FEW = 16;

/** @returns undefined once there is nothing (more) to post */
function postChildren(board: Board, held: Held, ending: Ending): ChildPosting | undefined {
  const posts = ending.kind === 'complete' && ending.sidecars?.post !== undefined;
  // An earlier try of the stage may have posted entries that are superseded now.
  if (!posts && !held.traces.left) return undefined;
  const posting =
    postings.get(held.claim) ?? new ChildPosting(board, held.try, { fresh: true, forward: finishForward });
  postings.set(held.claim, posting);
  posting.advance(AT_ONCE);
  if (posting.isPosted && !posting.isDone && (posting.size < FEW || posting.syncsEach)) posting.settleEach(AT_ONCE);
  return posting.isDone ? undefined : posting;
}

interface Ended {
  readonly held: Held;
  readonly ending: Ending;
  /** It leaves something, so that it ends through the fence whatever the other stages do. */
  readonly leaves: boolean;
  /** It ends through the fence now. */
  readonly fence: boolean;
  readonly notes: FinishNotes;
}

function step(board: Board, ended: Ended, at: Located, event: Event): FinishResult | { kind: 'again'; at: Located } {
  const { held, ending, fence, notes } = ended;
  const moved = transition(at.name, event, board.rules);
  const { column } = held.claim;
  if (!moved.ok) {
    // A branch that is ending below the stage that it is sent back to.
    const ahead = moved.finishFirst === undefined ? undefined : finishForward(board, at, moved.finishFirst);
    if (ahead === undefined) return { kind: 'refused', why: moved.why, at };
    return ahead === 'gone' ? elsewhere(board, ended) : { kind: 'again', at: ahead };
  }
  if (event.type === 'publish') commitBefore(board, moved.name, moved.folder, column);
  if (event.type === 'back') closeOwnLog(board, held.try, sentOutcome(event.to));
  const retrying = ending.kind === 'retry' && moved.name.letters[column] !== 'f';
  if (retrying && ending.notBeforeMs !== undefined) delay(board, at, held.try, ending.notBeforeMs);
  const result = moveEntry(board, at, moved.name, moved.folder);
  if (typeof result !== 'string') {
    journalFinish(board, held, at.name, result, event, notes);
    if (event.type === 'complete' && event.products) {
      fenced.set(held.claim, result);
      return { kind: 'again', at: result };
    }
    tryEnded(result, held.try, held.traces, fence);
    if (stateOf(result.folder) === 'done') releaseLink(board, held, result);
    return { kind: 'finished', at: result };
  }
  return elsewhere(board, ended);
}

/** The name has changed: where the claim stands now, or what that it is gone means. */
function elsewhere(board: Board, ended: Ended): FinishResult | { kind: 'again'; at: Located } {
  const { held, ending } = ended;
  const sight = locateClaim(board, held.try, held.claim);
  if (sight.kind === 'stands') return { kind: 'again', at: sight.at };
  if (sight.kind === 'unseen') return sight;
  const isMine =
    ending.kind === 'complete'
      ? wasMine(board, ended, sight.at)
      : ending.kind === 'back' && wasSent(board, held, sight.at, ending.to);
  return isMine ? { kind: 'finished', at: sight.at } : sight;
}

/**
 * True if this try has sent the entry back, and the answer to its rename was lost: what it wanted has come about, or the
 * stage that it was sent back to has been claimed since.
 */
function wasSent(board: Board, { claim, try: own }: Held, at: Located, to: number): boolean {
  return at.name.letters[claim.column] === '_' || hasLaterLog(board, { ...own, stage: board.stages[to] ?? '' });
}

/** The rename has told all that matters: a link that can't be removed now is housekeeping's. */
function releaseLink(board: Board, held: Held, { folder, file }: Located): void {
  try {
    releaseId(board, held.try.dataset, held.ino, `${folder}/${file}`, true);
  } catch (error) {
    if (!isBlocking(error)) throw error;
  }
}

/**
 * True if this very try has ended well: somebody has finished its `e` forward, and its products are published, whatever
 * became of the entry since; or its rename was done and the answer lost, and since then the name went on: the column is
 * complete, and no later try of the stage has left a log.
 */
function wasMine(board: Board, { held, leaves, fence }: Ended, at: Located): boolean {
  if (fence && isPublished(board, held.try)) return true;
  if (leaves) return false;
  if (at.name.letters[held.claim.column] !== 'c') return false;
  return !hasLaterLog(board, held.try);
}

/** Whether a later try of that stage has left a log. */
function hasLaterLog(board: Board, { dataset, posted, stage, epoch }: TryName): boolean {
  return listLogs(board, dataset).some((log) => log.posted === posted && log.stage === stage && log.epoch > epoch);
}

function journalFinish(board: Board, held: Held, from: EntryName, to: Located, event: Event, notes: FinishNotes): void {
  const { dataset, posted, stage, epoch } = held.try;
  const { column, process, try: nth } = held.claim;
  const fields = {
    dataset,
    posted,
    class: from.class,
    stage,
    column: column + 1,
    epoch,
    try: nth,
    process,
    from: from.letters,
    to: to.name.letters,
    folder: to.folder,
  };
  if (event.type === 'giveBack') board.journal.write('giveback', { ...fields, ...notes });
  else if (event.type === 'publish') board.journal.write('publish', fields);
  else board.journal.write('finish', { ...fields, outcome: to.name.letters[column] ?? '', ...notes });
}
