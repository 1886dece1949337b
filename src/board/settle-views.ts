/**
 * What readers of a transactional board see, put right after crashes and after `mv`: entries that came to `done/` without
 * their commit, and entries in `removed/` that are still shown.
 */
import { DAY_FOLDERS, dayFolder, type EntryName, formatDay, productsFolder } from '../model/name.ts';
import type { Board } from './board.ts';
import { folderNames, foldersOf, isHidden, isLocated, readName, stateOf } from './scan.ts';
import { commit, giveUp, isCommitted } from './transaction.ts';
import { viewsAmong } from './views.ts';

const DAY_MS = 86_400_000;

/**
 * Entries of these folders, one a step; of today's and yesterday's unless told.
 * @param seen what was found in order by an earlier pass; names do not change in these folders, so it is not looked at again
 * @returns how many were put right
 */
export function* settleViews(board: Board, seen: Set<string>, folders = recentFolders(board)): Generator<void, number> {
  if (!board.config.transaction) return 0;
  const standing = new Set<string>();
  let settled = 0;
  for (const folder of folders) {
    for (const file of folderNames(board, folder)) {
      const key = `${folder}/${file}`;
      standing.add(key);
      if (seen.has(key) || isHidden(file)) continue;
      if (settleOne(board, folder, file)) settled++;
      seen.add(key);
      yield;
    }
  }
  for (const key of seen) if (!standing.has(key)) seen.delete(key);
  return settled;
}

/** What is to be done with an entry, if anything. */
function needOf(
  board: Board,
  folder: string,
  file: string,
): { name: EntryName; need: 'commit' | 'giveUp' } | undefined {
  const read = readName(board, folder, file);
  if (!isLocated(read)) return undefined;
  const { name } = read;
  if (stateOf(folder) === 'removed') {
    const views = viewsAmong(folderNames(board, productsFolder(name.dataset, name.posted)));
    return views.some(({ isOk }) => isOk) ? { name, need: 'giveUp' } : undefined;
  }
  return /^[cs]+$/.test(name.letters) && !isCommitted(board, name) ? { name, need: 'commit' } : undefined;
}

function settleOne(board: Board, folder: string, file: string): boolean {
  const found = needOf(board, folder, file);
  if (found?.need === 'commit') commit(board, found.name, false);
  else if (found?.need === 'giveUp') giveUp(board, found.name);
  return found !== undefined;
}

/** Entries of today and yesterday that `settleViews` would put right. */
export function unsettledViews(board: Board): string[] {
  return recentFolders(board).flatMap((folder) =>
    folderNames(board, folder).flatMap((file) =>
      !isHidden(file) && needOf(board, folder, file) !== undefined ? [`${folder}/${file}`] : [],
    ),
  );
}

function recentFolders(board: Board): string[] {
  const now = board.now();
  return DAY_FOLDERS.flatMap((kind) => [now, now - DAY_MS].map((ms) => dayFolder(kind, formatDay(ms))));
}

/** All days at once. */
export function settleViewsNow(board: Board): number {
  const steps = settleViews(board, new Set(), foldersOf(board, DAY_FOLDERS));
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}
