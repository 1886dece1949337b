/** What is wrong with what a transactional board shows, told to a person. */
import { DAY_FOLDERS, PUBLISHED_FOLDER, publishedLink, viewFolder } from '../model/name.ts';
import type { Board } from './board.ts';
import { isGone } from './errors.ts';
import type { Finding } from './finding.ts';
import { isHidden, stateOf } from './scan.ts';
import { settleViewsNow, unsettledViews } from './settle-views.ts';
import { lookAtLink } from './views.ts';

export function checkPublished(board: Board, fix: boolean): Finding[] {
  if (!board.config.transaction) return [];
  const wrong = unsettledViews(board).map((file): Finding => {
    const isDone = stateOf(file) === DAY_FOLDERS[0];
    const message = isDone
      ? "is done, and its products can't be seen yet; a stage process or 'slate sweep' shows them"
      : "was taken off, and its products can still be seen; a stage process or 'slate sweep' takes them out of sight";
    return { severity: 'note', where: file, message, fixed: fix };
  });
  if (fix) settleViewsNow(board);
  return [...wrong, ...namesIn(board).flatMap((dataset) => checkLink(board, dataset))];
}

function namesIn(board: Board): string[] {
  try {
    return board.fs.names(board.path(PUBLISHED_FOLDER)).filter((name) => !isHidden(name));
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

function checkLink(board: Board, dataset: string): Finding[] {
  const where = publishedLink(dataset);
  const fault = (message: string): Finding[] => [{ severity: 'fault', where, message, fixed: false }];
  const shown = lookAtLink(board, dataset);
  if (shown === 'foreign') return fault('is nothing that a commit has put there, and is in its way: move it away');
  if (shown === 'none' || board.fs.isFolder(board.path(viewFolder(shown)))) return [];
  return fault(`points to ${viewFolder(shown)}, which is gone: remove it`);
}
