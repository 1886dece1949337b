/**
 * A post whose posted time is fixed: it is made once, however many processes make it at the same time, after a crash
 * between any two calls, and though the run has been finished since. Who holds `ids/<dataset>` asks once more whether the
 * run is known: only then can no other process begin it. Whatever someone else has done with the file in `tmp/`
 * meanwhile, it begins anew and finds out.
 */
import { home } from '../model/home.ts';
import {
  DAY_FOLDERS,
  type EntryName,
  FOLDERS,
  formatDay,
  formatName,
  LIVE_FOLDERS,
  parsePosted,
} from '../model/name.ts';
import type { Board } from './board.ts';
import { formatContent, isWhole, type Params, parseContent, type Written } from './content.ts';
import { BoardError, isExists, isGone } from './errors.ts';
import type { Identity } from './fs.ts';
import { writeGroup } from './groups.ts';
import { acquireId, type HeldBy, heldBy, heldRun, identifyHolder, type OverIndex, releaseId } from './ids.ts';
import { moveEntry, stands } from './move.ts';
import { findDatasetsIn, foldersOf, type Located } from './scan.ts';
import { leftTraces } from './tries.ts';

interface FixedOptions {
  readonly afterMs?: number | undefined;
  /** It can't have been posted before: only its traces are looked for, not `done/` and `removed/`. */
  readonly fresh?: boolean | undefined;
  readonly sync: boolean;
  readonly over: OverIndex;
  /** Tells whether a run is over, in place of a look at the days since. */
  readonly finished?: ((name: EntryName) => boolean) | undefined;
}

const ROUNDS = 10;
const DAY_MS = 86_400_000;

/** @returns where it stands; `known`: this run was posted before; `live`: another run of the dataset is on the board */
export function postFixed(
  board: Board,
  name: EntryName,
  written: Written,
  options: FixedOptions,
): Located | 'known' | 'live' {
  for (let round = 0; round < ROUNDS; round++) {
    const posted = attempt(board, name, written, options);
    if (posted !== 'again') return posted;
  }
  throw new BoardError(`others post it as of ${name.posted} at this very moment: try again`);
}

function attempt(
  board: Board,
  name: EntryName,
  written: Written,
  options: FixedOptions,
): Located | 'known' | 'live' | 'again' {
  if (leftTraces(board, name.dataset, name.posted)) {
    // It has run already, before the many that it was posted with were synced.
    if (heldRun(board, name.dataset) === '') mend(board, name, written);
    return 'known';
  }
  if (heldRun(board, name.dataset) === name.posted)
    return stands(board, FOLDERS.tmp, formatName(name)) ? carryOnHeld(board, name) : 'known';
  const { finished = (run: EntryName) => wasFinished(board, run) } = options;
  try {
    const made = makeTmp(board, name, written, options.sync);
    // Before it can be carried on by anybody: none can lose the time.
    if (options.afterMs !== undefined) board.fs.setMtime(board.path(tmpPath(name)), options.afterMs);
    const acquired = acquireId(board, tmpPath(name), name.dataset, made.ino, options.over);
    if (acquired === 'taken') {
      unlinkTmp(board, name);
      if (heldRun(board, name.dataset) === name.posted || finished(name)) return 'known';
      return mend(board, name, written) ? 'known' : 'live';
    }
    // Who found this one half-written has put its own in its place, half-written itself as yet: was that linked? Inodes are
    // used again at once, so its content says so.
    if (acquired === 'linked' && !isOwn(heldBy(board, name.dataset), name, made)) return 'again';
    if (leftTraces(board, name.dataset, name.posted) || (options.fresh !== true && finished(name)))
      return withdraw(board, name, made.ino);
  } catch (error) {
    // Someone else carried it on.
    if (isGone(error)) return 'again';
    throw error;
  }
  return roll(board, name, written.needs) ?? 'again';
}

function isOwn(holder: HeldBy | undefined, name: EntryName, made: Identity): boolean {
  return holder?.posted === name.posted && holder.ino === made.ino;
}

/** The file of this run in `tmp/` is complete: a crash, or another process, has left it so. */
function carryOnHeld(board: Board, name: EntryName): Located | 'known' | 'again' {
  try {
    const { content, identity } = board.fs.read(board.path(tmpPath(name)));
    const parsed = parseContent(content);
    return carryOnFixed(board, name, identity.ino, typeof parsed === 'string' ? undefined : parsed.needs) ?? 'known';
  } catch (error) {
    if (isGone(error)) return 'again';
    throw error;
  }
}

/** What was left to do of a complete file in `tmp/`. Undefined: the run is known already, or someone else carried it on. */
export function carryOnFixed(
  board: Board,
  name: EntryName,
  ino: bigint,
  needs: Params | undefined,
): Located | undefined {
  if (leftTraces(board, name.dataset, name.posted) || wasFinished(board, name)) {
    withdraw(board, name, ino);
    return undefined;
  }
  return roll(board, name, needs);
}

function tmpPath(name: EntryName): string {
  return `${FOLDERS.tmp}/${formatName(name)}`;
}

function roll(board: Board, name: EntryName, needs: Params | undefined): Located | undefined {
  if (needs !== undefined) writeGroup(board, name, needs);
  const from: Located = { folder: FOLDERS.tmp, file: formatName(name), name };
  const moved = moveEntry(board, from, name, home(name.letters, board.graph));
  return typeof moved === 'string' ? undefined : moved;
}

/** Under this very name: what another process, or a crash, has written there whole serves as well as its own. */
function makeTmp(board: Board, name: EntryName, written: Written, sync: boolean): Identity {
  const path = board.path(tmpPath(name));
  const durable = sync && board.config.durability !== 'none';
  const content = formatContent(name, written.params, { ...written, fixed: true });
  try {
    return board.fs.create(path, content, durable);
  } catch (error) {
    if (!isExists(error)) throw error;
  }
  const { content: standing, identity } = board.fs.read(path);
  if (postedOf(standing) === name.posted) {
    if (durable) board.fs.sync(path);
    return identity;
  }
  // Half-written. Should its writer live, it finds the file gone and begins anew.
  board.fs.unlink(path);
  return board.fs.create(path, content, durable);
}

function postedOf(content: string): string | undefined {
  const parsed = parseContent(content);
  return typeof parsed === 'string' ? undefined : parsed.repeated?.posted;
}

/**
 * The run stands on the board, and a power cut has taken its content: it was posted by many at once, and they had not been
 * synced. Who posts it again knows what it was.
 */
function mend(board: Board, name: EntryName, written: Written): boolean {
  for (const { folder, file, name: standing } of findDatasetsIn(board, new Set([name.dataset]), LIVE_FOLDERS)) {
    if (standing.posted !== name.posted) continue;
    const path = board.path(`${folder}/${file}`);
    if (isWhole(parseContent(board.fs.read(path).content))) return false;
    board.fs.overwrite(path, formatContent(name, written.params, { ...written, fixed: true }), true);
    return true;
  }
  return false;
}

/** True if this run stands in `done/` or `removed/`: on a day that is not before the one it was posted on. */
function wasFinished(board: Board, name: EntryName): boolean {
  return finishedAmong(board, [name])(name);
}

/** The same of many runs, with one look at those days for all of them. */
export function finishedAmong(
  board: Board,
  runs: ReadonlyArray<Pick<EntryName, 'dataset' | 'posted'>>,
): (run: Pick<EntryName, 'dataset' | 'posted'>) => boolean {
  const posted = runs.map((run) => run.posted).sort()[0] ?? '';
  // A day's grace: who posts a time may be ahead of the board's clock.
  const since = formatDay((parsePosted(posted) ?? 0) - DAY_MS);
  const folders = foldersOf(board, DAY_FOLDERS).filter((folder) => (folder.split('/')[1] ?? '') >= since);
  const found = findDatasetsIn(board, new Set(runs.map(({ dataset }) => dataset)), folders);
  const over = new Set(found.map(({ name }) => `${name.dataset} ${name.posted}`));
  return (run) => over.has(`${run.dataset} ${run.posted}`);
}

/**
 * Takes a post back that turned out to be of a known run; if it no longer stands in `tmp/`, it is that run, or another
 * process has just taken it back as well.
 */
function withdraw(board: Board, name: EntryName, ino: bigint): 'known' {
  const path = tmpPath(name);
  const isTheRun =
    !stands(board, FOLDERS.tmp, formatName(name)) && (identifyHolder(board, name.dataset)?.links ?? 0) > 1;
  if (isTheRun) return 'known';
  // In this order: a crash in between leaves a file with one link, and nothing that looks like a lost entry.
  releaseId(board, name.dataset, ino, path);
  unlinkTmp(board, name);
  return 'known';
}

function unlinkTmp(board: Board, name: EntryName): void {
  try {
    board.fs.unlink(board.path(tmpPath(name)));
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}
