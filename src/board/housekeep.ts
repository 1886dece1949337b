/**
 * Housekeeping, done by every stage process in turn and by `slate sweep`; no leader, since each step is a rename that
 * only one can win. It puts misplaced and unsettled names right, returns the claims of the dead, finishes an `e` without
 * an owner forward, rolls posts forward, and takes links away that a crash left behind.
 */
import {
  BATCH_FILES,
  batchScratchPath,
  type Claim,
  claimOf,
  claimsOf,
  FOLDERS,
  formatName,
  isOwnHidden,
  type LIVE_FOLDERS,
  scratchPath,
  type TryName,
} from '../model/name.ts';
import { arrive, transition } from '../model/transition.ts';
import type { Board } from './board.ts';
import { faultKind, isExists, isGone } from './errors.ts';
import { finishForward } from './finish.ts';
import { identifyHolder, releaseIdOf } from './ids.ts';
import { jobOf } from './jobs.ts';
import { moveEntry } from './move.ts';
import { carryOn, isComplete } from './post.ts';
import {
  datasetOfFile,
  folderNames,
  isHidden,
  isLocated,
  type Located,
  readName,
  scanFolder,
  stateOf,
} from './scan.ts';
import { commitAfter } from './transaction.ts';
import { closeLog } from './tries.ts';
import { giveLink } from './unlinked.ts';

/** Entries that a pass posts of one that it finishes forward: it must not stand still for long. */
const POSTS_AT_ONCE = 500;

/** What a pass has done, for `slate sweep` and the log. */
export interface Swept {
  moved: number;
  lost: number;
  forwarded: number;
  posted: number;
  unlinked: number;
  /** Places of limits that were freed. */
  places: number;
  /** Claims whose owner is not known to be dead, by process id. */
  readonly owners: Map<string, number>;
}

export function nothingSwept(): Swept {
  return { moved: 0, lost: 0, forwarded: 0, posted: 0, unlinked: 0, places: 0, owners: new Map() };
}

/** For the log; empty if nothing was done. */
export function sweptText({ lost, forwarded, moved, posted, unlinked }: Swept): string {
  const parts = [
    [lost, 'claims returned'],
    [forwarded, 'endings finished'],
    [moved, 'entries put in their place'],
    [posted, 'posts carried on'],
    [unlinked, 'links removed'],
  ] as const;
  return parts.flatMap(([count, what]) => (count > 0 ? [`${count} ${what}`] : [])).join(', ');
}

export interface SweepContext {
  /** Ids of processes found dead. */
  isDead(process: string): boolean;
  /** This process's own id, and whether it is working on a try; a claim of its own that it does not work on is given back. */
  readonly ownId: string;
  isMine(entry: Located, column: number): boolean;
  /** Takes over a dead process's try whose step runs on an engine. @returns where it stands then; undefined: not by this one, or not now */
  adopt?(entry: Located, column: number): Located | undefined;
}

/**
 * One entry put right, if anything is wrong with it.
 * @returns where it stands now
 */
export function sweepEntry(board: Board, entry: Located, context: SweepContext, swept: Swept): Located {
  let at = entry;
  for (let column = 0; column < at.name.letters.length; column++) {
    const letter = at.name.letters[column];
    if (letter === 'p' || letter === 'e') at = sweepClaim(board, at, column, context, swept);
  }
  return settlePlace(board, at, swept);
}

/** A name set by hand: letters settled, tags that do not fit dropped, the right folder. Never onto a name that exists. */
function settlePlace(board: Board, at: Located, swept: Swept): Located {
  const arrived = arrive(at.name, board.rules);
  // `done` without a day is no place.
  const isPlaced = arrived.ok && arrived.folder === stateOf(at.folder) && at.folder !== 'done';
  if (!arrived.ok || (isPlaced && formatName(arrived.name) === at.file)) return at;
  const moved = moveEntry(board, at, arrived.name, arrived.folder, { careful: true });
  if (typeof moved === 'string') return at;
  swept.moved++;
  const { dataset, posted } = at.name;
  board.journal.write('arrive', {
    dataset,
    posted,
    from: at.name.letters,
    to: moved.name.letters,
    was: at.folder,
    folder: moved.folder,
  });
  commitAfter(board, moved.name, moved.folder);
  if (stateOf(moved.folder) === 'done') releaseIdOf(board, moved);
  // It was off the board: nothing else keeps its dataset from being posted a second time before its next claim.
  else if (stateOf(at.folder) === 'done') giveLink(board, moved);
  return moved;
}

function sweepClaim(board: Board, at: Located, column: number, context: SweepContext, swept: Swept): Located {
  const own = claimOf(at.name, column);
  const ending = at.name.letters[column] === 'e';
  if (own !== undefined) {
    const mine = own.process === context.ownId;
    if (mine ? context.isMine(at, column) : !context.isDead(own.process)) {
      if (!mine) swept.owners.set(own.process, (swept.owners.get(own.process) ?? 0) + 1);
      return at;
    }
    if (ending) {
      const forward = finishForward(board, at, column, POSTS_AT_ONCE);
      if (forward === 'gone') return at;
      swept.forwarded++;
      return forward;
    }
  }
  const mine = own?.process === context.ownId;
  if (own !== undefined && isJob(board, at, column, own)) {
    // Who does not serve its stage leaves it to those who do.
    return context.adopt?.(at, column) ?? at;
  }
  const moved = transition(at.name, { type: mine ? 'giveBack' : 'lost', column }, board.rules);
  if (!moved.ok) return at;
  const result = moveEntry(board, at, moved.name, moved.folder);
  if (typeof result === 'string') return at;
  swept.lost++;
  const { dataset, posted, class: cls } = at.name;
  const stage = board.stages[column] ?? '';
  board.journal.write(mine ? 'giveback' : 'lost', {
    dataset,
    posted,
    class: cls,
    stage,
    column: column + 1,
    ...(own === undefined ? {} : { epoch: own.epoch, try: own.try, process: own.process }),
    from: at.name.letters,
    to: result.name.letters,
    folder: result.folder,
  });
  if (own !== undefined) tidyTry(board, { dataset, posted, stage, epoch: own.epoch }, mine ? 'back' : 'l');
  return result;
}

/** True if its step runs on an engine, or may: what is dead there is the process that waits for it. */
function isJob(board: Board, at: Located, column: number, { epoch }: Claim): boolean {
  const { dataset, posted } = at.name;
  return jobOf(board, { dataset, posted, stage: board.stages[column] ?? '', epoch }) !== undefined;
}

/** The lost try's log gets its outcome; its working folder goes if nothing was written there. */
function tidyTry(board: Board, name: TryName, outcome: string): void {
  closeLostLog(board, name, outcome);
  tidyBatch(board, name);
  try {
    board.fs.rmdir(board.path(scratchPath(name)));
  } catch (error) {
    if (!isGone(error) && !isExists(error) && faultKind(error) !== 'denied') throw error;
  }
}

/** The folder of a batch that began with this try, if there is nothing in it but what its step was given. */
function tidyBatch(board: Board, name: TryName): void {
  const folder = batchScratchPath(name);
  const own: readonly string[] = Object.values(BATCH_FILES);
  try {
    const files = folderNames(board, folder);
    if (!files.every((file) => own.includes(file))) return;
    for (const file of files) board.fs.unlink(board.path(`${folder}/${file}`));
    board.fs.rmdir(board.path(folder));
  } catch (error) {
    // Another sweeper is at it, or it is another user's: what is left goes by retention.
    if (!isGone(error) && !isExists(error) && faultKind(error) !== 'denied') throw error;
  }
}

function closeLostLog(board: Board, name: TryName, outcome: string): void {
  try {
    closeLog(board, name, outcome);
  } catch (error) {
    // Another user's log can't be linked (fs.protected_hardlinks): it keeps the name that it has.
    if (faultKind(error) !== 'denied') throw error;
  }
}

/** Ids of all processes that claims among these entries name. */
export function claimants(entries: Iterable<Located>): Set<string> {
  const ids = new Set<string>();
  for (const { name } of entries) for (const claim of claimsOf(name)) ids.add(claim.process);
  return ids;
}

/** Posts that stopped half-way: files in `tmp/` with two links. `seen` are those of an earlier pass: a live poster needs no help. */
export function sweepPosts(board: Board, seen: ReadonlySet<string>, swept: Swept): Set<string> {
  const now = new Set<string>();
  for (const file of folderNames(board, FOLDERS.tmp)) {
    if (isHidden(file)) continue;
    now.add(file);
    const read = readName(board, FOLDERS.tmp, file);
    if (!seen.has(file) || !isLocated(read) || !isComplete(board, file, read.name.dataset)) continue;
    if (carryOn(board, read.name) !== undefined) swept.posted++;
  }
  return now;
}

/** Files of ours in `tmp/` with a single link, older than a day: posts that never took their dataset, drafts of the dead. */
export function sweepRubbish(board: Board, olderMs = 86_400_000): number {
  let removed = 0;
  for (const file of folderNames(board, FOLDERS.tmp)) {
    const path = board.path(`${FOLDERS.tmp}/${file}`);
    // What is neither is not ours: somebody has put it there.
    if (!isOwnHidden(FOLDERS.tmp, file) && !isLocated(readName(board, FOLDERS.tmp, file))) continue;
    try {
      const { links, mtimeMs } = board.fs.identify(path);
      if (links > 1 || board.now() - mtimeMs < olderMs) continue;
      board.fs.unlink(path);
      removed++;
    } catch (error) {
      // Posted meanwhile, or not ours to look at.
      if (!isGone(error) && faultKind(error) !== 'denied') throw error;
    }
  }
  return removed;
}

/** Takes away links of entries that stand in `done/` today or yesterday: a crash came between rename and unlink. */
export function sweepLinks(board: Board, folders: readonly string[], swept: Swept): void {
  const over = new Map<string, { folder: string; file: string }[]>();
  for (const folder of folders) {
    for (const file of folderNames(board, folder)) {
      const dataset = datasetOfFile(file);
      if (dataset !== undefined) over.set(dataset, [...(over.get(dataset) ?? []), { folder, file }]);
    }
  }
  if (over.size === 0) return;
  // A backlog of a million has a million links: they are passed by, not kept.
  const linked: string[] = [];
  board.fs.eachName(board.path(FOLDERS.ids), (dataset) => {
    if (over.has(dataset)) linked.push(dataset);
    return undefined;
  });
  for (const dataset of linked) {
    for (const { folder, file } of over.get(dataset) ?? []) {
      const entry = readName(board, folder, file);
      if (!isLocated(entry)) continue;
      const before = identifyHolder(board, dataset);
      releaseIdOf(board, entry);
      if (before !== undefined && identifyHolder(board, dataset) === undefined) swept.unlinked++;
    }
  }
}

/** Every entry of the live folders that is not in order by its name alone: the rest needs no look. */
export function sweepFolder(
  board: Board,
  folder: (typeof LIVE_FOLDERS)[number],
  context: SweepContext,
  swept: Swept,
): Located[] {
  const { entries } = scanFolder(board, folder);
  return entries.map((entry) => sweepEntry(board, entry, context, swept));
}
