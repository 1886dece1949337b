/**
 * What tries have left behind: logs and products. Used against epochs that were turned back by hand, for the official
 * products of a stage, and for a dataset's story.
 */
import {
  BACK_LIMIT,
  type EntryName,
  LOG_RUNNING,
  type LogOutcome,
  leftMark,
  logFolder,
  logPath,
  parseLogFile,
  productFolder,
  productsFolder,
  publishedMark,
  sentColumn,
  type TryName,
} from '../model/name.ts';
import type { Board } from './board.ts';
import { isExists, isGone, isSystemError } from './errors.ts';
import { makeBelow } from './fs.ts';
import { listTryFiles, officialTries, type TryFiles, tryName } from './official.ts';
import { folderNames } from './scan.ts';

export interface LogEntry {
  readonly posted: string;
  readonly stage: string;
  readonly epoch: number;
  readonly outcome: LogOutcome;
  readonly file: string;
}

/** Logs of a dataset, oldest run first, by epoch. */
export function listLogs(board: Board, dataset: string): LogEntry[] {
  return logsAmong(dataset, folderNames(board, logFolder(dataset)));
}

/** The logs among the names in a dataset's log folder, oldest run first, by epoch. */
export function logsAmong(dataset: string, files: readonly string[]): LogEntry[] {
  const logs: LogEntry[] = [];
  for (const file of files) {
    const parsed = parseLogFile(file);
    if (parsed !== undefined) logs.push({ ...parsed, file: `${logFolder(dataset)}/${file}` });
  }
  return logs.sort((a, b) => (a.posted === b.posted ? a.epoch - b.epoch : a.posted < b.posted ? -1 : 1));
}

export interface ProductEntry {
  readonly stage: string;
  readonly epoch: number;
  readonly published: boolean;
}

/** Product folders of one run, by epoch. */
export function listProducts(board: Board, dataset: string, posted: string): ProductEntry[] {
  return productsAmong(listTryFiles(board, dataset, posted));
}

/** The tries' folders among the names in a run's product folder, by epoch. */
export function productsAmong(files: readonly TryFiles[]): ProductEntry[] {
  return files.filter(({ folder }) => folder).map(({ stage, epoch, ok }) => ({ stage, epoch, published: ok }));
}

/** True if `logs/` or `products/` know a run of this time. Most datasets are new: to ask for the folder first costs less. */
export function leftTraces(board: Board, dataset: string, posted: string): boolean {
  const logs = logFolder(dataset);
  const hasLogs = board.fs.isFolder(board.path(logs));
  if (hasLogs && folderNames(board, logs).some((file) => file.startsWith(`${posted}.`))) return true;
  return board.fs.isFolder(board.path(productsFolder(dataset, posted)));
}

/** The highest epoch that a log or anything else that a try of this run has left bears; 0 if none. */
export function highestEpoch(board: Board, dataset: string, posted: string): number {
  const logs = listLogs(board, dataset).filter((log) => log.posted === posted);
  return Math.max(0, ...[...logs, ...listTryFiles(board, dataset, posted)].map(({ epoch }) => epoch));
}

/** Relative folders of the official products by stage: highest published epoch of a column that is `c`, if it made some. */
export function officialProducts(board: Board, name: EntryName, files?: readonly TryFiles[]): Map<string, string> {
  const made = officialTries(board, name, files).filter(({ folder }) => folder);
  return new Map(made.map((one) => [one.stage, productFolder(tryName(name, one))]));
}

/** Makes the try's own product folder. False if it exists: the epoch was used before. */
export function makeProductFolder(board: Board, name: TryName): boolean {
  const path = board.path(productFolder(name));
  for (let round = 0; round < 2; round++) {
    try {
      board.fs.mkdir(path);
      return true;
    } catch (error) {
      if (isExists(error)) return false;
      if (!isGone(error) || round > 0) throw error;
      makeBelow(board.fs, board.root, productsFolder(name.dataset, name.posted));
    }
  }
  return false;
}

/** True if what the try has left is official, or was. */
export function isPublished(board: Board, { dataset, posted, stage, epoch }: TryName): boolean {
  return listTryFiles(board, dataset, posted).some((one) => one.stage === stage && one.epoch === epoch && one.ok);
}

/** Creates the mark that makes a try's products official. One that exists is success: it is named after the epoch. */
export function markPublished(board: Board, name: TryName): void {
  for (let round = 0; ; round++) {
    try {
      board.fs.create(board.path(publishedMark(name)), '', board.config.durability !== 'none');
      break;
    } catch (error) {
      if (isExists(error)) break;
      // An `e` set by hand where no products are: the mark of nothing is better than an entry that nobody can move.
      if (!isGone(error) || round > 0) throw error;
      makeBelow(board.fs, board.root, productsFolder(name.dataset, name.posted));
    }
  }
  board.settleDisk('posts', [productsFolder(name.dataset, name.posted)]);
}

/** Creates the log of a running try. False if the epoch was used before. */
export function openLog(board: Board, name: TryName): boolean {
  return makeLog(board, name, (path) => board.fs.createEmpty(path));
}

/**
 * Makes the log of one running try that of another as well: a second name of the same file, exclusive as a creation is.
 * Where that can't be had, it gets one of its own, which says where to look. False if the epoch was used before.
 */
export function shareLog(board: Board, name: TryName, shared: TryName): boolean {
  const source = board.path(logPath(shared, LOG_RUNNING));
  try {
    return makeLog(board, name, (path) => board.fs.link(source, path));
  } catch (error) {
    // The other log was just closed, or links can't be made here (any more): if it is the disk, what follows says so.
    if (!isSystemError(error)) throw error;
  }
  if (!openLog(board, name)) return false;
  const where = `slate log ${shared.dataset} ${shared.stage} --epoch ${shared.epoch}`;
  board.fs.append(
    board.path(logPath(name, LOG_RUNNING)),
    `slate: it runs together with others: '${where}' has the output\n`,
  );
  return true;
}

/**
 * A run that leaves the board before any try of it has left a log has its posted time known from here on, as every other run has: before its
 * dataset is free, so that a post of the same second gets another. What the disk refuses is no reason to keep it.
 */
export function leaveTrace(board: Board, { dataset, posted, letters, epoch }: EntryName): void {
  // A try that has just been claimed may not have made its log yet.
  if (epoch > 0 && !letters.includes('p')) return;
  try {
    makeInLogs(board, dataset, () =>
      board.fs.createEmpty(board.path(leftMark({ dataset, posted, stage: board.stages[0] ?? '', epoch: 0 }))),
    );
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}

function makeLog(board: Board, name: TryName, make: (path: string) => void): boolean {
  return makeInLogs(board, name.dataset, () => make(board.path(logPath(name, LOG_RUNNING))));
}

/** @returns false if it exists */
function makeInLogs(board: Board, dataset: string, make: () => void): boolean {
  for (let round = 0; round < 2; round++) {
    try {
      make();
      return true;
    } catch (error) {
      if (isExists(error)) return false;
      if (!isGone(error) || round > 0) throw error;
      makeBelow(board.fs, board.root, logFolder(dataset));
    }
  }
  return false;
}

/**
 * Gives the log of a try that this process has claimed its outcome. One rename: at the claim no log of that epoch stood,
 * and only who ends the try gives it another name. A log that is gone, or was closed by whoever swept the try, is left so.
 */
export function closeOwnLog(board: Board, name: TryName, outcome: LogOutcome, from: LogOutcome = LOG_RUNNING): void {
  try {
    board.fs.rename(board.path(logPath(name, from)), board.path(logPath(name, outcome)));
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/**
 * How many times tries of this stage have sent this run back to that column, before this one. A try that was to do so once
 * too often ends the count: its entry failed, and only a person has let it run again.
 */
export function timesSent(board: Board, { dataset, posted, stage, epoch }: TryName, to: number): number {
  let times = 0;
  for (const log of listLogs(board, dataset)) {
    if (log.posted !== posted || log.stage !== stage || log.epoch >= epoch) continue;
    if (log.outcome === BACK_LIMIT) times = 0;
    else if (sentColumn(log.outcome) === to) times++;
  }
  return times;
}

function sentLog(board: Board, { dataset, posted, stage, epoch }: TryName): string | undefined {
  return listLogs(board, dataset).find(
    (log) =>
      log.posted === posted && log.stage === stage && log.epoch === epoch && sentColumn(log.outcome) !== undefined,
  )?.file;
}

/** Gives the log of a try of another process its outcome. A log that is gone, or was closed by whoever swept the try, is left so. */
export function closeLog(board: Board, name: TryName, outcome: LogOutcome): void {
  const to = board.path(logPath(name, outcome));
  let from = board.path(logPath(name, LOG_RUNNING));
  for (let round = 0; ; round++) {
    try {
      // Link, not rename: a log that stands is never overwritten.
      board.fs.link(from, to);
      break;
    } catch (error) {
      if (isExists(error)) break;
      if (!isGone(error)) throw error;
      // Its process died when it was about to send the entry back, and had named the log: it did not come to that.
      const sent = round > 0 ? undefined : sentLog(board, name);
      if (sent === undefined) return;
      from = board.path(sent);
    }
  }
  try {
    board.fs.unlink(from);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}
