/** One pass of housekeeping, as stage processes do it all the time, for a board that none serves. */

import { dayFolder, formatDay, LIVE_FOLDERS } from '../model/name.ts';
import type { Board } from './board.ts';
import { Gathers } from './gather/gathers.ts';
import { ownMark, type ProcessMark } from './host.ts';
import {
  claimants,
  nothingSwept,
  type Swept,
  sweepEntry,
  sweepFolder,
  sweepLinks,
  sweepPosts,
  sweepRubbish,
} from './housekeep.ts';
import { LeaseObserver, type Sighting } from './lease.ts';
import { jobsGoOn } from './left-places.ts';
import { readTokens, sweepTokens } from './limits.ts';
import { type Retained, retain } from './retention.ts';
import { foldersOf, scanFolder } from './scan.ts';
import { settleViewsNow } from './settle-views.ts';
import { findStatus, giveOrder, readStatuses } from './status.ts';
import { misfiled, unfinishedOfDay } from './strays.ts';

const DAY_MS = 86_400_000;
/** A process is looked at so often in a lease. */
const LOOKS_A_LEASE = 5;
/** A glob's members must be the same twice; a third look is for what has moved between these two. */
const LOOKS_AT_GROUPS = 3;
const AGAIN_WITHIN_MS = 100;

export interface SweepResult {
  readonly swept: Swept;
  /** Stage processes found dead, with why. */
  readonly dead: ReadonlyMap<string, string>;
  /** Gathering columns that went on, or were held or failed at their deadline. */
  readonly gathered: number;
  readonly rubbish: number;
  /** Entries of a transactional board whose products were shown, or taken out of sight. */
  readonly shown: number;
  readonly retained: Retained;
}

export interface SweepOptions {
  /** Watch the processes for two leases first; else only those that the kernel of this host knows to have ended are dead. */
  readonly wait: boolean;
  /** Called between looks. @returns false to stop */
  readonly pause: (ms: number) => Promise<boolean>;
  /** Told of each group whose file is faulty. */
  readonly onFaultyGroup?: (where: string, why: string) => void;
}

export async function sweepBoard(board: Board, options: SweepOptions): Promise<SweepResult> {
  const dead = await findDead(board, options);
  for (const [id, why] of dead) {
    if (isFoundBefore(board, id)) continue;
    board.journal.write('suspect', { process: id, reason: why });
    giveOrder(board, id, 'lost', why);
  }
  const swept = nothingSwept();
  const context = { ownId: '', isMine: () => false, isDead: (id: string) => dead.has(id) };
  const claimed = LIVE_FOLDERS.flatMap((folder) =>
    sweepFolder(board, folder, context, swept).filter(({ name }) => name.letters.includes('p')),
  );
  const done = foldersOf(board, ['done']).flatMap((folder) => unfinishedOfDay(board, folder));
  for (const entry of [...misfiled(board), ...done]) sweepEntry(board, entry, context, swept);
  // A post counts as left behind only if two looks see it.
  const seen = sweepPosts(board, new Set(), swept);
  if (seen.size > 0 && (await options.pause(board.leaseMs / LOOKS_A_LEASE))) sweepPosts(board, seen, swept);
  const now = board.now();
  const recent = [now, now - DAY_MS].map(formatDay);
  sweepLinks(
    board,
    [...recent.map((day) => dayFolder('done', day)), ...recent.map((day) => dayFolder('removed', day))],
    swept,
  );
  const goesOn = jobsGoOn(board, claimed);
  const tokens = sweepTokens(board, { isDead: context.isDead, ownId: '', isHeld: () => false, goesOn });
  swept.places += tokens.freed.length;
  // Last: what was put in its place above may be what a group waits for.
  const gathered = await sweepGathers(board, options);
  const rubbish = sweepRubbish(board);
  const shown = settleViewsNow(board);
  return { swept, dead, gathered, rubbish, shown, retained: retain(board) };
}

/** Looks at what gathering entries wait for, and once more at what one look is not enough for. @returns columns that are over with it */
async function sweepGathers(board: Board, { pause, onFaultyGroup }: SweepOptions): Promise<number> {
  const gathers = new Gathers(board, onFaultyGroup);
  let went = 0;
  for (let look = 1; ; look++) {
    const entries = ['gather', 'active'].flatMap((folder) => scanFolder(board, folder).entries);
    const waiting = entries.filter(({ name }) => name.letters.includes('g'));
    if (waiting.length === 0) return went;
    const { went: gone, dueMs } = gathers.look(waiting, true);
    went += gone.length;
    const waitMs = dueMs - performance.now();
    if (look === LOOKS_AT_GROUPS || waitMs > AGAIN_WITHIN_MS || !(await pause(Math.max(0, waitMs)))) return went;
  }
}

function isFoundBefore(board: Board, id: string): boolean {
  return findStatus(board, id)?.name.order === 'lost';
}

async function findDead(board: Board, { wait, pause }: SweepOptions): Promise<Map<string, string>> {
  const observer = new LeaseObserver({ leaseMs: board.leaseMs, own: ownMark(), ownId: '' });
  const start = performance.now();
  for (;;) {
    const named = claimants([...scanFolder(board, 'active').entries, ...scanFolder(board, 'queue').entries]);
    for (const { owner } of readTokens(board)) if (owner !== undefined) named.add(owner.process);
    const dead = observer.look(sightings(board), named, performance.now(), true);
    const isLongEnough = performance.now() - start > 2 * board.leaseMs;
    if (!wait || isLongEnough || !(await pause(board.leaseMs / LOOKS_A_LEASE))) return dead;
  }
}

function sightings(board: Board): Sighting[] {
  return readStatuses(board).map(({ name, content }) => ({
    id: name.id,
    order: name.order,
    counter: content?.counter,
    mark: content === undefined ? undefined : markOf(content),
  }));
}

function markOf({ pid, bootId, pidSpace, startTicks }: ProcessMark): ProcessMark {
  return { pid, bootId, pidSpace, startTicks };
}
