/**
 * Putting entries on the board: `tmp/<final name>` written, linked to `ids/<dataset>` (the instant at which the dataset
 * is taken), renamed into its folder. A crash leaves a file in `tmp/`: with two links it is complete and anyone may
 * roll it forward; with one it is rubbish.
 */

import type { Parent } from '../model/child.ts';
import { home } from '../model/home.ts';
import {
  classFault,
  DEFAULT_RANK,
  datasetFault,
  type EntryName,
  FOLDERS,
  formatName,
  formatPosted,
  type HomeFolder,
  idPath,
  logFolder,
  NO_CLASS,
  parsePosted,
  productsFolder,
  roomFault,
} from '../model/name.ts';
import { type Needs, needsJson } from '../model/needs.ts';
import { initialLetters, servesNothing } from '../model/transition.ts';
import type { Board } from './board.ts';
import { formatContent, isWhole, type Params, parseContent, RESERVED_KEY, type Written } from './content.ts';
import { BoardError, explain, faultText, isExists, isGone, isSystemError } from './errors.ts';
import type { Identity } from './fs.ts';
import { needsFault, rulesOfWaiting, writeGroup } from './groups.ts';
import { acquireId, OverIndex, releaseId } from './ids.ts';
import { moveEntry } from './move.ts';
import { carryOnFixed, postFixed } from './post-fixed.ts';
import { folderNames, type Located } from './scan.ts';

export interface PostRequest {
  readonly dataset: string;
  /** Default `-`: none. */
  readonly class?: string | undefined;
  /** 0 to 99, default 50. */
  readonly rank?: number | undefined;
  readonly params?: Params | undefined;
  /** Not before this time (milliseconds UTC). */
  readonly afterMs?: number | undefined;
  /** Posted as held: nothing runs until it is released. */
  readonly hold?: boolean | undefined;
  /** What it waits for before it goes on. */
  readonly needs?: Needs | undefined;
  readonly reason?: string | undefined;
  /** Stages that it is for: it skips the others. Default: all. */
  readonly only?: readonly string[] | undefined;
  /**
   * A fixed posted time makes the post idempotent: a run (dataset, posted) that is known already is refused as `known`,
   * one that a crash left in `tmp/` is carried on. Who posts so chooses a time that no other run of the dataset has.
   */
  readonly posted?: string | undefined;
  /** With `posted`: this run can't have been posted before, so only its traces are looked for, not `done/` and `removed/`. */
  readonly fresh?: boolean | undefined;
  /** The try that posts it. */
  readonly parent?: Parent | undefined;
}

export type PostResult =
  | { readonly ok: true; readonly dataset: string; readonly entry: Located }
  /** `name`: not allowed; `live`: the dataset is on the board already; `class`: no stage serves it; `known`: this run was posted before; `needs`: what it is to wait for can't come. */
  | { readonly ok: false; readonly dataset: string; readonly refusal: Refusal; readonly why: string };

export type Refusal = 'name' | 'live' | 'class' | 'known' | 'needs';

/** Posts one entry. @throws BoardError if the disk refuses. */
export function post(board: Board, request: PostRequest): PostResult {
  return postOne(board, request, new OverIndex(board), true);
}

/** The same for one of many: `sync` says whether it is to survive a power cut when this returns. */
export function postOne(board: Board, request: PostRequest, over: OverIndex, sync: boolean): PostResult {
  const planned = planPost(board, request);
  if (!planned.ok) return planned;
  const needs = request.needs === undefined ? undefined : needsJson(request.needs);
  const written: Written = { params: request.params ?? {}, needs, parent: request.parent };
  return postNamed(board, planned.name, written, request, { over, sync });
}

/** The name that a post gives its entry, unless a run before it had its second; nothing is done yet. */
export function planPost(
  board: Board,
  request: PostRequest,
): { readonly ok: true; readonly name: EntryName } | (PostResult & { readonly ok: false }) {
  const { dataset } = request;
  const cls = request.class ?? NO_CLASS;
  const rank = request.rank ?? DEFAULT_RANK;
  const refuse = (refusal: Refusal, why: string) => ({ ok: false, dataset, refusal, why }) as const;
  const fault = datasetFault(dataset) ?? classFault(cls);
  if (fault !== undefined) return refuse('name', fault.why);
  if (!Number.isInteger(rank) || rank < 0 || rank > 99)
    return refuse('name', `${rank} is no rank: 0 (first) to 99 (last)`);
  if (request.params !== undefined && RESERVED_KEY in request.params) {
    return refuse('name', `the parameter name '${RESERVED_KEY}' is reserved: choose another`);
  }
  const only = request.only === undefined ? undefined : new Set(request.only.map((stage) => board.column(stage)));
  const { needs } = request;
  const wrong = needs === undefined ? undefined : needsFault(board, dataset, needs);
  if (wrong !== undefined) return refuse('needs', wrong);
  const rules = needs === undefined ? board.rules : rulesOfWaiting(board, cls);
  const letters = initialLetters(cls, rules, request.hold, only);
  if (servesNothing(letters)) return refuse('class', `no stage of this board serves class '${cls}'`);
  const posted = request.posted ?? formatPosted(board.now());
  const name: EntryName = { rank, posted, letters, epoch: 0, class: cls, dataset, tags: [] };
  const room = roomFault(name);
  if (room !== undefined) return refuse('name', room);
  if (request.posted !== undefined && parsePosted(posted) === undefined)
    return refuse('name', `'${posted}' is no time like 20261121T120000`);
  return { ok: true, name };
}

/** Posts an entry under a name that was planned. @throws BoardError if the disk refuses. */
export function postNamed(
  board: Board,
  name: EntryName,
  written: Written,
  request: Pick<PostRequest, 'afterMs' | 'posted' | 'fresh' | 'reason'>,
  how: PostHow,
): PostResult {
  const { dataset } = name;
  const refuse = (refusal: Refusal, why: string): PostResult => ({ ok: false, dataset, refusal, why });
  return explain(`dataset ${dataset} can't be posted on board ${board.name}`, () => {
    const entry =
      request.posted === undefined
        ? postNow(board, name, written, { ...request, ...how })
        : postFixed(board, name, written, { ...request, ...how });
    if (entry === 'known') return refuse('known', `dataset ${dataset} was posted as of ${name.posted} before`);
    if (entry === 'live')
      return refuse('live', `dataset ${dataset} is on the board already: 'slate show ${dataset}' tells where`);
    if (how.sync) board.settleDisk('posts', [FOLDERS.ids, entry.folder]);
    board.journal.write('post', {
      dataset,
      posted: entry.name.posted,
      class: name.class,
      rank: name.rank,
      to: name.letters,
      folder: entry.folder,
      ...(written.parent === undefined ? {} : { parent: written.parent }),
      ...(request.reason === undefined ? {} : { reason: request.reason }),
    });
    return { ok: true, dataset, entry };
  });
}

export interface PostHow {
  /** Whether it is to survive a power cut. */
  readonly sync: boolean;
  readonly over: OverIndex;
  /** Of many posts with fixed times: tells which runs are over, in place of a look each. */
  readonly finished?: ((name: EntryName) => boolean) | undefined;
}

interface PostOptions extends PostHow {
  readonly afterMs?: number | undefined;
}

function postNow(board: Board, name: EntryName, written: Written, options: PostOptions): Located | 'live' {
  const made = makeTmp(board, name, written, options.sync);
  const tmp = `${FOLDERS.tmp}/${formatName(made.name)}`;
  if (acquireId(board, tmp, name.dataset, made.identity.ino, options.over) === 'taken') {
    board.fs.unlink(board.path(tmp));
    return 'live';
  }
  try {
    return publish(board, made.name, written, options);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const what = `dataset ${name.dataset} can't be posted on board ${board.name}: ${faultText(error)}`;
    throw new BoardError(`${what}; it stands complete in tmp/, and is carried on once that is mended`, {
      cause: error,
    });
  }
}

/**
 * Writes the file under its final name; another post of the same second makes this one a second later. Whether a run
 * before it had this second is asked when the dataset is taken: before that, the answer could not be relied on.
 */
function makeTmp(
  board: Board,
  name: EntryName,
  written: Written,
  sync: boolean,
): { name: EntryName; identity: Identity } {
  let tried = name;
  for (let round = 0; round < 100; round++) {
    const path = board.path(`${FOLDERS.tmp}/${formatName(tried)}`);
    try {
      const durable = sync && board.config.durability !== 'none';
      return { name: tried, identity: board.fs.create(path, formatContent(tried, written.params, written), durable) };
    } catch (error) {
      if (!isExists(error)) throw error;
      tried = later(tried);
    }
  }
  throw new BoardError(
    `${FOLDERS.tmp}/ is full of posts of dataset ${name.dataset}: look at them, and remove what is old`,
  );
}

function later(name: EntryName): EntryName {
  return { ...name, posted: formatPosted((parsePosted(name.posted) ?? 0) + 1000) };
}

/** The name with the first posted time that neither `logs/` nor `products/` knows of an earlier run. */
function freePosted(board: Board, name: EntryName): EntryName {
  const logs = logFolder(name.dataset);
  // Most datasets are new: asking whether the folder is there costs a tenth of an error that it is not.
  const isNew = !board.fs.isFolder(board.path(logs));
  const known = new Set(isNew ? [] : folderNames(board, logs).map((file) => file.split('.')[0]));
  let free = name;
  while (known.has(free.posted) || board.fs.isFolder(board.path(productsFolder(free.dataset, free.posted))))
    free = later(free);
  return free;
}

/** tmp → its folder, once the link is held. Whoever carries it on does the same rename. */
function publish(board: Board, made: EntryName, written: Written, { afterMs, sync }: PostOptions): Located {
  const tmp = `${FOLDERS.tmp}/${formatName(made)}`;
  const name = freePosted(board, made);
  // A run before this one had this second: move on, in the content as well.
  if (name.posted !== made.posted)
    board.fs.overwrite(board.path(tmp), formatContent(name, written.params, written), true);
  if (written.needs !== undefined) writeGroup(board, name, written.needs, sync);
  if (afterMs !== undefined) board.fs.setMtime(board.path(tmp), afterMs);
  return rollForward(board, made, name);
}

/** What the poster of a complete file in `tmp/` had left to do, done by whoever finds it; not before its time, if it has one. */
export function carryOn(board: Board, made: EntryName): Located | undefined {
  const path = board.path(`${FOLDERS.tmp}/${formatName(made)}`);
  try {
    const { content, identity } = board.fs.read(path);
    const known = parseContent(content);
    if (!isWhole(known)) {
      takeBack(board, made, identity);
      return undefined;
    }
    if (known.repeated?.fixed === true) return carryOnFixed(board, made, identity.ino, known.needs);
    const name = freePosted(board, made);
    if (known.needs !== undefined) writeGroup(board, name, known.needs);
    if (name.posted !== made.posted) {
      board.fs.overwrite(path, formatContent(name, known.params, known), true);
      if (identity.mtimeMs > board.now()) board.fs.setMtime(path, identity.mtimeMs);
    }
    return rollForward(board, made, name);
  } catch (error) {
    // Its poster was only slow.
    if (!isGone(error)) throw error;
    return undefined;
  }
}

/**
 * It holds its dataset without its content: a power cut has taken that before anybody was told of the post. One that has
 * just been written may still be. What is left in `tmp/` goes after a day.
 */
function takeBack(board: Board, made: EntryName, { ino, mtimeMs }: Identity): void {
  if (board.now() - mtimeMs > board.leaseMs) releaseId(board, made.dataset, ino, `${FOLDERS.tmp}/${formatName(made)}`);
}

/** The last step of a post. `gone` is success: someone else has rolled it forward. */
export function rollForward(board: Board, made: EntryName, name = made): Located {
  const folder: HomeFolder = home(name.letters, board.graph);
  const from: Located = { folder: FOLDERS.tmp, file: formatName(made), name: made };
  const moved = moveEntry(board, from, name, folder);
  return typeof moved === 'string' ? { folder, file: formatName(name), name } : moved;
}

/** True if `tmp/<file>`, just seen there, is complete: two links, one of them `ids/<dataset>`. */
export function isComplete(board: Board, file: string, dataset: string): boolean {
  try {
    const made = board.fs.identify(board.path(`${FOLDERS.tmp}/${file}`));
    return made.links >= 2 && board.fs.identify(board.path(idPath(dataset))).ino === made.ino;
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}
