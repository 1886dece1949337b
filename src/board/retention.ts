/**
 * Retention: what is finished, or was taken off, goes after its time, with its logs, products and scratch folders.
 * Never anything of a dataset that is on the board: what has an `ids/` link is left alone altogether. Nor what a group
 * waits for, on this board or another: finished members, their products and logs.
 */
import { COLUMNS_FILE, dayFolder, type EntryName, FOLDERS, parseScratchName, parseServiceFile } from '../model/name.ts';
import type { Board } from './board.ts';
import { faultKind, isGone } from './errors.ts';
import { Protected } from './gather/protect.ts';
import { dropGroup } from './groups.ts';
import { identifyHolder } from './ids.ts';
import { datasetOfFile, days, folderNames, isHidden, isLocated, readName } from './scan.ts';
import { listStatusNames } from './status.ts';
import { forgetRun } from './transaction.ts';
import { hideDataset } from './views.ts';

const DAY_MS = 86_400_000;

export interface Retained {
  done: number;
  removed: number;
  logs: number;
  products: number;
  scratch: number;
  journal: number;
  processes: number;
  total: number;
}

/** Status files of processes found dead are shown for a day. */
const LOST_KEPT_MS = DAY_MS;

/** Removes what has outlived the board's retention. @param dryRun only counts */
export function retain(board: Board, dryRun = false): Retained {
  const steps = retainSteps(board, dryRun);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** The same, one file or folder a step, for a process that has other things to do meanwhile. */
export function* retainSteps(board: Board, dryRun = false): Generator<void, Retained> {
  const gone: Retained = { done: 0, removed: 0, logs: 0, products: 0, scratch: 0, journal: 0, processes: 0, total: 0 };
  const { retention } = board.config;
  const now = board.now();
  // Nothing on a board is older than the board: its columns are written once.
  const ageMs = now - board.fs.identify(board.path(COLUMNS_FILE)).mtimeMs;
  const live = new Set(folderNames(board, FOLDERS.ids));
  const waitedFor = new Protected(board);
  for (const kind of ['done', 'removed', 'journal'] as const) {
    const keptMs = retention[`${kind}Ms`];
    if (keptMs === undefined) continue;
    for (const day of days(board, kind)) {
      // A day is over only at its end.
      if (now - (Date.parse(`${day}T00:00:00Z`) + DAY_MS) < keptMs) continue;
      const forgotten = (name: EntryName): void => {
        if (kind === 'removed') forgetRun(board, name);
      };
      const waited = kind === 'journal' ? undefined : waitedFor;
      gone[kind] += yield* removeDay(board, dayFolder(kind, day), waited, forgotten, dryRun);
    }
  }
  const isOver = (dataset: string): boolean => !live.has(dataset) && !waitedFor.covers(dataset);
  for (const kind of ['logs', 'products'] as const) {
    const keptMs = retention[`${kind}Ms`];
    if (keptMs !== undefined && ageMs > keptMs)
      gone[kind] = yield* removeOld(board, kind, isOver, now - keptMs, dryRun);
  }
  if (retention.scratchMs !== undefined && ageMs > retention.scratchMs) {
    const serving = new Set(listStatusNames(board).flatMap(({ name }) => (name.order === 'lost' ? [] : [name.id])));
    const isLeft = (file: string): boolean => {
      const parsed = parseScratchName(file);
      if (parsed !== undefined) return isOver(parsed.dataset);
      const service = parseServiceFile(file);
      return service !== undefined && !serving.has(service.process);
    };
    gone.scratch = yield* removeOld(board, FOLDERS.scratch, isLeft, now - retention.scratchMs, dryRun);
  }
  const isLost = (file: string): boolean => file.split('.')[1] === 'lost';
  gone.processes = yield* removeOld(board, FOLDERS.processes, isLost, now - LOST_KEPT_MS, dryRun);
  gone.total = gone.done + gone.removed + gone.logs + gone.products + gone.scratch + gone.journal + gone.processes;
  if (gone.total > 0 && !dryRun) board.journal.write('retention', { ...gone });
  return gone;
}

/** Entries of a day, then the day's folder. A file that is linked from `ids/` is on its way back, and stays. */
function* removeDay(
  board: Board,
  folder: string,
  waitedFor: Protected | undefined,
  forgotten: (name: EntryName) => void,
  dryRun: boolean,
): Generator<void, number> {
  const isJournal = waitedFor === undefined;
  const groups = new Set(isJournal ? [] : folderNames(board, FOLDERS.groups).map((file) => file.split('@')[0]));
  let removed = 0;
  let kept = 0;
  for (const file of folderNames(board, folder)) {
    yield;
    const path = board.path(`${folder}/${file}`);
    const dataset = datasetOfFile(file);
    // Looked at now: what was on the board when this pass began may have changed.
    const isLinked =
      !isJournal && dataset !== undefined && linksOf(board, path) > 1 && identifyHolder(board, dataset) !== undefined;
    // What is no entry and no journal was put there by somebody: it stays.
    const read = dataset === undefined ? undefined : readName(board, folder, file);
    const entry = read !== undefined && isLocated(read) ? read.name : undefined;
    const isEntry = entry !== undefined && !board.fs.isFolder(path);
    const isOurs = isJournal ? file.endsWith('.jsonl') : isEntry;
    if (isLinked || !isOurs || (dataset !== undefined && waitedFor?.covers(dataset) === true)) {
      kept++;
      continue;
    }
    // Before its entry: what is left then is still found by it.
    if (entry !== undefined && !dryRun && !couldRemove(() => forgotten(entry))) {
      kept++;
      continue;
    }
    if (dryRun || couldRemove(() => board.fs.unlink(path))) {
      removed++;
      if (!dryRun && dataset !== undefined && groups.has(dataset)) dropGroupOf(board, folder, file);
    } else kept++;
  }
  if (kept === 0 && !dryRun) couldRemove(() => board.fs.rmdir(board.path(folder)));
  return removed;
}

/** What it waited for goes with it. */
function dropGroupOf(board: Board, folder: string, file: string): void {
  const read = readName(board, folder, file);
  if (isLocated(read)) couldRemove(() => dropGroup(board, read.name));
}

function linksOf(board: Board, path: string): number {
  try {
    return board.fs.identify(path).links;
  } catch (error) {
    if (isGone(error) || faultKind(error) === 'denied') return 0;
    throw error;
  }
}

/** Direct children of a folder in which nothing has been made since. */
function* removeOld(
  board: Board,
  folder: string,
  isOver: (name: string) => boolean,
  beforeMs: number,
  dryRun: boolean,
): Generator<void, number> {
  let removed = 0;
  for (const name of folderNames(board, folder)) {
    if (isHidden(name) || !isOver(name)) continue;
    yield;
    const path = board.path(`${folder}/${name}`);
    try {
      if (newestMs(board, `${folder}/${name}`) >= beforeMs) continue;
      // It may have been posted again since this pass began.
      if (folder !== FOLDERS.processes && (isOnBoard(board, folder, name) || !isOver(name))) continue;
    } catch (error) {
      if (isGone(error) || faultKind(error) === 'denied') continue;
      throw error;
    }
    if (!dryRun && folder === FOLDERS.products && board.config.transaction) hideDataset(board, name);
    if (dryRun || couldRemove(() => board.fs.removeTree(path))) removed++;
  }
  return removed;
}

/** Time of the last thing made in a folder or, one level down, in the folders of its runs. */
function newestMs(board: Board, folder: string): number {
  const own = board.fs.identify(board.path(folder)).mtimeMs;
  if (!folder.startsWith(`${FOLDERS.products}/`)) return own;
  const runs = folderNames(board, folder).map((run) => board.fs.identify(board.path(`${folder}/${run}`)).mtimeMs);
  return Math.max(own, ...runs);
}

function isOnBoard(board: Board, folder: string, name: string): boolean {
  const dataset = folder === FOLDERS.scratch ? parseScratchName(name)?.dataset : name;
  return dataset !== undefined && identifyHolder(board, dataset) !== undefined;
}

/** False if it stays: it is another user's, or something was put into the folder meanwhile. One such stops no others. */
function couldRemove(action: () => void): boolean {
  try {
    action();
    return true;
  } catch (error) {
    const kind = faultKind(error);
    if (kind === 'gone') return true;
    if (kind === 'exists' || kind === 'denied' || kind === 'busy' || kind === 'nofile') return false;
    throw error;
  }
}
