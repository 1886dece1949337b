/**
 * Transactional boards: what the stages of an entry have made becomes visible all together, by one rename of a link, when
 * the entry is done or a stage that is a checkpoint completes; and vanishes when the entry is taken off. Every step may be
 * done again, by anyone, from the names alone.
 */

import type { Event } from '../model/event.ts';
import type { HomeFolder } from '../model/name.ts';
import { type EntryName, FOLDERS, parsePosted, productsFolder, type ViewName, viewMark } from '../model/name.ts';
import { transition } from '../model/transition.ts';
import type { Board } from './board.ts';
import { isBlocking, isExists, isGone } from './errors.ts';
import { heldRun } from './ids.ts';
import { officialTries, tryFilesAmong } from './official.ts';
import { folderNames } from './scan.ts';
import {
  type Contents,
  hideRun,
  isLater,
  makeView,
  markView,
  readView,
  runsWithProducts,
  shownView,
  showView,
  type View,
  viewsAmong,
} from './views.ts';

const ROUNDS = 20;

/** True if this ending makes something visible, so that it goes through the fence. Asked before the rename. */
export function commitsAt(board: Board, name: EntryName, ending: Event): boolean {
  if (!board.config.transaction) return false;
  if (board.checkpoints.has(ending.column)) return true;
  const moved = transition(name, ending, board.rules);
  return moved.ok && moved.folder === 'done';
}

/** Before the `e`→`c` of a column: what it is to bring about is visible first. */
export function commitBefore(board: Board, to: EntryName, folder: HomeFolder, column: number): void {
  if (board.config.transaction && (folder === 'done' || board.checkpoints.has(column)))
    commit(board, to, folder !== 'done');
}

/** After an entry has come to `done/` by another way: an operator, or letters set by hand. What fails now is housekeeping's. */
export function commitAfter(board: Board, name: EntryName, folder: string): void {
  if (!board.config.transaction || !folder.startsWith('done')) return;
  quietly(() => commit(board, name, false));
}

/** After an entry was taken off the board: likewise. */
export function giveUpAfter(board: Board, name: EntryName): void {
  if (board.config.transaction) quietly(() => giveUp(board, name));
}

function quietly(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!isBlocking(error)) throw error;
  }
}

interface Run {
  /** It has left nothing, or retention has taken it: there is nothing to be shown. */
  readonly isBlank: boolean;
  readonly views: readonly View[];
  readonly wanted: Contents;
}

/** What is official of a run as its letters are, and the views that it has. One readdir. */
function readRun(board: Board, name: EntryName): Run {
  const files = folderNames(board, productsFolder(name.dataset, name.posted));
  const official = officialTries(board, name, tryFilesAmong(files)).filter(({ folder }) => folder);
  const isBlank = files.length === 0;
  return { isBlank, views: viewsAmong(files), wanted: new Map(official.map(({ stage, epoch }) => [stage, epoch])) };
}

/** The last view of a run, if it shows what is official. */
function lastView(board: Board, name: EntryName, { views, wanted }: Run): View | undefined {
  const last = views.at(-1);
  if (last === undefined || !last.hasFolder) return undefined;
  const contents = readView(board, viewName(name, last.number));
  const isSame = contents?.size === wanted.size && [...wanted].every(([stage, epoch]) => contents.get(stage) === epoch);
  return isSame ? last : undefined;
}

function viewName({ dataset, posted }: EntryName, number: number): ViewName {
  return { dataset, posted, number };
}

/** True if the entry's official products have been made visible, or need not be. */
export function isCommitted(board: Board, name: EntryName): boolean {
  const run = readRun(board, name);
  const last = lastView(board, name, run);
  return run.isBlank || (last?.isOk === true && !last.isGone);
}

/** Makes the official products of an entry visible, all together. @throws the system's error if the disk refuses */
export function commit(board: Board, name: EntryName, isCheckpoint: boolean): void {
  for (let round = 0; round < ROUNDS; round++) {
    const run = readRun(board, name);
    const last = lastView(board, name, run);
    if (run.isBlank || (last?.isOk === true && !last.isGone)) return;
    const usable = last !== undefined && !last.isGone ? last : undefined;
    const view = viewName(name, usable?.number ?? (run.views.at(-1)?.number ?? 0) + 1);
    if (usable === undefined && !makeView(board, view, run.wanted)) continue;
    const shown = showView(board, view);
    if (shown === 'obstructed') {
      board.journal.write('commit', { dataset: name.dataset, posted: name.posted, reason: OBSTRUCTED });
      return;
    }
    if (shown === 'shown') restoreLater(board, view);
    markView(board, view);
    const { dataset, posted } = name;
    const stages = [...run.wanted.keys()];
    const notes = { ...(isCheckpoint ? { checkpoint: true } : {}), ...(shown === 'later' ? { reason: LATER } : {}) };
    board.journal.write('commit', { dataset, posted, view: view.number, stages, ...notes });
    return;
  }
}

const OBSTRUCTED = 'something else stands in its place in published/: move it away';
const LATER = 'a later run of the dataset is shown, and stays';

/**
 * This process may have been stopped between its look and its rename, while others showed something later: then it is put
 * back. A run that was given up has no mark any more.
 */
function restoreLater(board: Board, view: ViewName): void {
  for (const posted of runsWithProducts(board, view.dataset).reverse()) {
    if (parsePosted(posted) === undefined || posted < view.posted) continue;
    const views = viewsAmong(folderNames(board, productsFolder(view.dataset, posted)));
    const latest = views.findLast((one) => one.isOk && !one.isGone);
    if (latest === undefined) continue;
    const later: ViewName = { dataset: view.dataset, posted, number: latest.number };
    if (isLater(later, view)) showView(board, later);
    return;
  }
}

/** Takes what a run shows out of sight; its products go with its entry, by retention. */
export function giveUp(board: Board, { dataset, posted }: EntryName): boolean {
  const wasShown = hideRun(board, dataset, posted);
  const views = viewsAmong(folderNames(board, productsFolder(dataset, posted))).filter(({ isOk }) => isOk);
  for (const { number } of views) {
    const name: ViewName = { dataset, posted, number };
    try {
      board.fs.rename(board.path(viewMark(name, 'ok')), board.path(viewMark(name, 'gone')));
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
  if (wasShown || views.length > 0) board.journal.write('giveup', { dataset, posted, shown: wasShown });
  return views.length > 0;
}

/** With an entry that was taken off, what it had made goes: nobody sees it. Not while a person has put the run back. */
export function forgetRun(board: Board, name: EntryName): void {
  if (!board.config.transaction || heldRun(board, name.dataset) === name.posted) return;
  giveUp(board, name);
  const { dataset, posted } = name;
  board.fs.removeTree(board.path(productsFolder(dataset, posted)));
  try {
    board.fs.rmdir(board.path(`${FOLDERS.products}/${dataset}`));
  } catch (error) {
    // Other runs have left products there.
    if (!isGone(error) && !isExists(error)) throw error;
  }
}

/** What readers see of a run. */
export type Visibility =
  /** Its products are those in `published/<dataset>`. */
  | { readonly kind: 'visible'; readonly view: number; readonly stages: readonly string[] }
  /** They were; a later run's are now. */
  | { readonly kind: 'replaced'; readonly by: string | undefined }
  /** Nothing of it has been made visible yet. */
  | { readonly kind: 'open' }
  | { readonly kind: 'givenUp' };

export function visibilityOf(board: Board, dataset: string, posted: string): Visibility {
  const shown = shownView(board, dataset);
  if (shown?.posted === posted) {
    const contents = readView(board, shown);
    return { kind: 'visible', view: shown.number, stages: board.stages.filter((stage) => contents?.has(stage)) };
  }
  const views = viewsAmong(folderNames(board, productsFolder(dataset, posted)));
  if (views.some(({ isOk }) => isOk)) return { kind: 'replaced', by: shown?.posted };
  return { kind: views.some((view) => view.isGone) ? 'givenUp' : 'open' };
}
