/** What each kind of work writes to on a board: asked before it begins. `docs/rights.md` has the same table. Pure. */
import { ALL_FOLDERS, FOLDERS, HOSTS_FOLDER, LIVE_FOLDERS, TIMERS_FOLDER } from './name.ts';

/** The board's own folder. */
export const BOARD_SELF = '.';

/**
 * `run` a stage process · `keep` the host agent · `post` · `change` the verbs · `order` · `wish` what is wanted on a host ·
 * `limit` · `fire` a timer by hand · `mend` sweep, and check with --fix.
 */
export type Work = 'run' | 'keep' | 'post' | 'change' | 'order' | 'wish' | 'limit' | 'fire' | 'mend';

const { tmp, ids, groups, journal, processes, done, removed, products } = FOLDERS;

/**
 * Folders, relative to the board's. One that is not there is made in the one above it, which is asked instead; of `done/`,
 * `removed/` and `journal/` today's folder is asked as well.
 */
export const WORK_FOLDERS: Readonly<Record<Work, readonly string[]>> = {
  run: ALL_FOLDERS,
  mend: [BOARD_SELF, ...ALL_FOLDERS],
  keep: [...ALL_FOLDERS, HOSTS_FOLDER],
  post: [tmp, ids, groups, 'queue', 'held', journal],
  change: [...LIVE_FOLDERS, done, removed, ids, products, tmp, journal],
  order: [processes, journal],
  wish: [HOSTS_FOLDER, processes, journal],
  limit: [BOARD_SELF, tmp, journal],
  fire: [TIMERS_FOLDER, tmp, ids, groups, 'queue', journal],
};

/** Folders that are kept by day: of these today's counts as well. */
export const DATED_FOLDERS: readonly string[] = [done, removed, journal];
