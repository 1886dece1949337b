/**
 * Claiming: one rename wins, then the entry's identity is judged and the try gets its own places.
 */

import { runnableColumns } from '../model/home.ts';
import {
  type Claim,
  claimOf,
  claimsOf,
  type EntryName,
  idPath,
  LOG_GIVEN_BACK,
  productFolder,
  type TryName,
  UNFIT,
} from '../model/name.ts';
import { type Event, transition } from '../model/transition.ts';
import type { Board } from './board.ts';
import { type Content, formatContent, identityChange, NO_CONTENT, parseContent } from './content.ts';
import { type Traces, usedEpochs } from './epochs.ts';
import { faultKind, faultText, isGone, isNoFile, isSystemError } from './errors.ts';
import { acquireId, identifyHolder } from './ids.ts';
import { locateClaim } from './locate.ts';
import { moveEntry } from './move.ts';
import type { Located } from './scan.ts';
import { closeOwnLog, makeProductFolder, openLog, shareLog } from './tries.ts';

/** A try that this process owns. `at` is where its entry was last seen. */
export interface Held {
  readonly at: Located;
  readonly claim: Claim;
  readonly stage: string;
  readonly try: TryName;
  readonly content: Content;
  /** Of the entry's file. */
  readonly ino: bigint;
  /** Folder for this try's products, relative; undefined for a stage without. */
  readonly products: string | undefined;
  readonly traces: Traces;
}

export type ClaimResult =
  | { readonly kind: 'won'; readonly held: Held }
  /** Someone else was faster: normal. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'refused'; readonly why: string }
  /** Won, but the entry may not run: it stands held or back, and `why` says what is wrong with it. */
  | { readonly kind: 'unfit'; readonly why: string; readonly at: Located | undefined };

export interface ClaimRequest {
  readonly entry: Located;
  readonly column: number;
  readonly process: string;
  readonly products: boolean;
  /** A running try whose log is to be this one's too: they run in one execution. */
  readonly sharedLog?: TryName | undefined;
}

/** The rename was done, and then something failed. The claim stands at `at`. */
export class ClaimFailure extends Error {
  override readonly name = 'ClaimFailure';
  readonly at: Located;
  readonly claim: Claim;

  constructor(at: Located, own: Claim, cause: unknown) {
    const path = cause instanceof Error && 'path' in cause ? String(cause.path) : `${at.folder}/${at.file}`;
    super(`${path}: ${faultText(cause)}; mend it and release the entry`, { cause });
    this.at = at;
    this.claim = own;
  }
}

/** @throws the system's error when the disk refuses the rename; ClaimFailure when it refuses what comes after it. */
export function claim(board: Board, request: ClaimRequest): ClaimResult {
  const { entry, column, process } = request;
  const moved = transition(entry.name, { type: 'claim', column, process }, board.rules);
  if (!moved.ok) return { kind: 'refused', why: moved.why };
  const at = moveEntry(board, entry, moved.name, moved.folder, { checkSource: false });
  if (typeof at === 'string') return { kind: 'lost' };
  const stage = board.stages[column] ?? '';
  const own = claimOf(at.name, column) as Claim;
  const { dataset, posted } = at.name;
  board.journal.write('claim', {
    dataset,
    posted,
    class: at.name.class,
    stage,
    column: column + 1,
    epoch: own.epoch,
    try: own.try,
    process,
    from: entry.name.letters,
    to: at.name.letters,
  });

  try {
    return settleIn(board, request, at, own);
  } catch (error) {
    throw isSystemError(error) ? new ClaimFailure(at, own, error) : error;
  }
}

/** After the rename: is it an entry that may run, and has the try a place of its own. */
function settleIn(board: Board, request: ClaimRequest, at: Located, own: Claim): ClaimResult {
  const judged = judge(board, at, own);
  if (judged === undefined) return { kind: 'lost' };
  const { opened, wrong } = judged;
  const { dataset, posted } = at.name;
  const stage = board.stages[own.column] ?? '';
  if (wrong !== undefined) return { kind: 'unfit', why: wrong.why, at: setAside(board, opened.at, own, wrong) };
  return prepare(board, request, opened, own, { dataset, posted, stage, epoch: own.epoch });
}

/**
 * Holds an entry that may not run, with the cause, in all columns that could be claimed, so that it is not tried again
 * for each of them. @returns where it stands; undefined if it was taken away
 */
export function setAside(board: Board, at: Located, own: Claim, { cause, why }: Wrong): Located | undefined {
  const { dataset, posted } = at.name;
  let held = withdraw(board, at, own, { type: 'hold', column: own.column, cause });
  for (const column of held === undefined ? [] : runnableColumns(held.name.letters, board.graph)) {
    const moved = transition((held as Located).name, { type: 'hold', column, cause }, board.rules);
    const next = moved.ok ? moveEntry(board, held as Located, moved.name, moved.folder) : 'gone';
    if (typeof next === 'string') break;
    held = next;
  }
  board.journal.write('duplicate', {
    dataset,
    posted,
    stage: board.stages[own.column] ?? '',
    epoch: own.epoch,
    reason: why,
  });
  return held;
}

/** Opens and judges the claimed entry, under the name that it has by now; undefined if the claim was taken away. */
function judge(board: Board, claimed: Located, own: Claim): { opened: Opened; wrong: Wrong | undefined } | undefined {
  let at = claimed;
  for (let round = 0; ; round++) {
    const opened = openEntry(board, at, own);
    if (opened === undefined) return undefined;
    at = opened.at;
    try {
      return { opened, wrong: judgeEntry(board, opened, own) };
    } catch (error) {
      // The rename has just succeeded, so the board may be written: it is this one file that may not.
      if (faultKind(error) === 'denied') return { opened, wrong: notOurs(at, error) };
      if (!isGone(error) || round > 3) throw error;
    }
  }
}

export interface Wrong {
  readonly cause: string;
  readonly why: string;
}

function notOurs(at: Located, error: unknown): Wrong {
  const why = `${at.folder}/${at.file}: ${faultText(error)}; let the stage processes' user read and write it, or its owner post it, and release it`;
  return { cause: UNFIT, why };
}

/** The try's places: its log, and its product folder. Either exists only if the epoch was turned back by hand. */
function prepare(board: Board, request: ClaimRequest, opened: Opened, own: Claim, name: TryName): ClaimResult {
  const { epochs, later, left } = usedEpochs(board, request.entry, name, request.products);
  const highest = Math.max(0, ...epochs);
  const isFree = !later && !epochs.has(own.epoch);
  const isFresh = highest < own.epoch || (isFree && highest <= epochNow(board, opened.at, own));
  const { sharedLog } = request;
  const hasLog = isFresh && (sharedLog === undefined ? openLog(board, name) : shareLog(board, name, sharedLog));
  if (!hasLog || (request.products && !makeProductFolder(board, name))) {
    const epoch = Math.max(highest, own.epoch);
    const at = withdraw(board, opened.at, own, { type: 'giveBack', column: request.column, epoch });
    if (hasLog) closeOwnLog(board, name, LOG_GIVEN_BACK);
    const why = `its epoch ${own.epoch} was used before: someone turned it back; it goes on after ${epoch}`;
    board.journal.write('giveback', { ...name, process: own.process, reason: why });
    return { kind: 'unfit', why, at };
  }
  const products = request.products ? productFolder(name) : undefined;
  const { at, content, ino } = opened;
  const besides = claimsOf(at.name).flatMap(({ column }) => (column === own.column ? [] : [column]));
  const traces: Traces = { left, besides };
  return { kind: 'won', held: { at, claim: own, stage: name.stage, try: name, content, ino, products, traces } };
}

/** The entry's epoch now: another branch of it may have been claimed since, and have left later tries than this one. */
function epochNow(board: Board, at: Located, own: Claim): number {
  const sight = locateClaim(board, at.name, own);
  return sight.kind === 'unseen' ? at.name.epoch : sight.at.name.epoch;
}

interface Opened {
  readonly at: Located;
  readonly content: Content;
  readonly fault: string | undefined;
  /** The system's error, if this process may not read it. */
  readonly denied?: unknown;
  readonly ino: bigint;
  readonly links: number;
  readonly empty: boolean;
}

const UNREAD = {
  content: NO_CONTENT,
  fault: undefined,
  ino: 0n,
  links: 0,
  empty: false,
};

/** Opens the claimed entry; if its name has changed meanwhile (a branch, a person), where it stands now. */
function openEntry(board: Board, claimed: Located, own: Claim): Opened | undefined {
  let at = claimed;
  for (let round = 0; round < 5; round++) {
    try {
      const { content, identity } = board.fs.read(board.path(`${at.folder}/${at.file}`));
      const parsed = parseContent(content);
      const isBad = typeof parsed === 'string';
      return {
        at,
        content: isBad ? NO_CONTENT : parsed,
        fault: isBad ? parsed : undefined,
        ino: identity.ino,
        links: identity.links,
        empty: identity.size === 0,
      };
    } catch (error) {
      if (faultKind(error) === 'denied') return { ...UNREAD, at, denied: error };
      if (isNoFile(error)) return { ...UNREAD, at, fault: `it ${faultText(error)}` };
      if (!isGone(error)) throw error;
      const sight = locateClaim(board, at.name, own);
      if (sight.kind !== 'stands') return undefined;
      at = sight.at;
    }
  }
  return undefined;
}

/** Gives an unlinked entry its link, and an empty one its content. What it returns may not run. */
function judgeEntry(board: Board, opened: Opened, own: Claim): Wrong | undefined {
  const { at, content } = opened;
  const path = `${at.folder}/${at.file}`;
  if (opened.denied !== undefined) return notOurs(at, opened.denied);
  const changed = identityChange(at.name, content.repeated);
  if (changed !== undefined)
    return { cause: UNFIT, why: `${changed}; only rank, columns and tags may be: rename it back and release it` };
  // Two links are not enough: one may be on its way out under `tmp/.stale-`, and the dataset another's by now.
  const isHolder = opened.links >= 2 && identifyHolder(board, at.name.dataset)?.ino === opened.ino;
  if (!isHolder) {
    if (acquireId(board, path, at.name.dataset, opened.ino) === 'taken') {
      return {
        cause: 'd',
        why: `another entry holds dataset ${at.name.dataset}: 'slate show ${at.name.dataset}' shows both; remove one`,
      };
    }
    board.journal.write('link', { dataset: at.name.dataset, posted: at.name.posted });
  }
  // Only now: it waits for a person, and has its link like all that are on the board.
  if (opened.fault !== undefined) return { cause: UNFIT, why: `${opened.fault}: mend ${path} and release it` };
  // A post gives its entry a content first and a name last; what was made by `touch` has no link before its first claim.
  if (opened.empty && isHolder && own.epoch === 1)
    return {
      cause: UNFIT,
      why: `${path} has lost the parameters that it was posted with (a power cut): set them and release it, or remove it and post it again`,
    };
  // By its own name: `ids/` may be another's by now.
  if (opened.empty) board.fs.overwrite(board.path(path), formatContent(at.name, content.params, content), false);
  return undefined;
}

/** Applies an event to an entry that this process has claimed, wherever it stands by now; undefined if it was taken away. */
function withdraw(board: Board, start: Located, own: Claim, event: Event): Located | undefined {
  let at = start;
  for (let round = 0; round < 5; round++) {
    const moved = transition(at.name, event, board.rules);
    if (!moved.ok) return undefined;
    const result = moveEntry(board, at, moved.name, moved.folder);
    if (typeof result !== 'string') return result;
    const sight = locateClaim(board, at.name, own);
    if (sight.kind !== 'stands') return undefined;
    at = sight.at;
  }
  return undefined;
}

/** The parameters file that a step is shown: the entry's own inode under its stable name. */
export function paramsPath(board: Board, name: EntryName): string {
  return board.path(idPath(name.dataset));
}
