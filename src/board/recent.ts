/** Days in which something may have to be put right: today, and yesterday, whose last renames may be minutes old. */
import { dayFolder, formatDay } from '../model/name.ts';
import type { Board } from './board.ts';

const DAY_MS = 86_400_000;

/** Where a crash may have left the links of what was finished or removed just before. */
export function recentFolders(board: Board): string[] {
  const now = board.now();
  const recent = [now, now - DAY_MS].map(formatDay);
  return [...doneFolders(board), ...recent.map((day) => dayFolder('removed', day))];
}

/** People rename what was finished just before. */
export function doneFolders(board: Board): string[] {
  const now = board.now();
  return [now, now - DAY_MS].map((ms) => dayFolder('done', formatDay(ms)));
}
