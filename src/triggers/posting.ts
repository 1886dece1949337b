/** The board's side of a landing: is a dataset live, which posted time is free, and posting so that once is once. */
import type { Board } from '../board/board.ts';
import { parseContent } from '../board/content.ts';
import { isGone } from '../board/errors.ts';
import { judgeHolder } from '../board/ids.ts';
import { post } from '../board/post.ts';
import { ALL_STATES, findDatasets, folderNames } from '../board/scan.ts';
import { formatPosted, idPath, logFolder, parsePosted, productsFolder } from '../model/name.ts';
import type { Intent } from './intent.ts';
import type { Reason } from './quarantine.ts';

/** No file has this inode: asks who holds a dataset without being a candidate. */
const NO_INODE = -1n;

/** True if an entry of the dataset is on the board. Cheap: one open, usually of nothing. */
export function isLive(board: Board, dataset: string): boolean {
  return judgeHolder(board, dataset, NO_INODE) === 'live';
}

export function laterPosted(posted: string): string {
  return formatPosted((parsePosted(posted) ?? 0) + 1000);
}

/**
 * Now, moved on by seconds until neither `logs/` nor `products/` knows a run of that time. Entries themselves are not
 * searched (that reads the whole board): `postIntent` notices another's run of the same second.
 */
export function choosePosted(board: Board, dataset: string): string {
  const known = new Set(folderNames(board, logFolder(dataset)).map((file) => file.split('.')[0]));
  let posted = formatPosted(board.now());
  while (known.has(posted) || board.fs.isFolder(board.path(productsFolder(dataset, posted))))
    posted = laterPosted(posted);
  return posted;
}

export type Posted =
  | { readonly kind: 'posted' }
  /** Another run of the dataset has this posted time. */
  | { readonly kind: 'other' }
  | { readonly kind: 'refused'; readonly reason: Reason; readonly why: string };

/**
 * Posts what an intent says. Posting it again is success: the entry is known by its posted time and its `input`, which
 * no other file has.
 * @param fresh true if this intent cannot have been posted before
 * @throws BoardError if the disk refuses
 */
export function postIntent(board: Board, intent: Intent, fresh: boolean): Posted {
  const { dataset, class: cls, rank, posted, params, input } = intent;
  const result = post(board, { dataset, class: cls, rank, posted, fresh, params: { ...params, input } });
  if (result.ok) return { kind: 'posted' };
  switch (result.refusal) {
    case 'known':
      return whoseRun(board, intent, fresh) === 'mine' ? { kind: 'posted' } : { kind: 'other' };
    case 'live':
      // The search for a known run may miss an entry under rename; the link to it does not move.
      if (isMine(board, idPath(dataset), intent)) return { kind: 'posted' };
      return { kind: 'refused', reason: 'duplicate', why: result.why };
    case 'class':
      return { kind: 'refused', reason: 'class', why: result.why };
    default:
      return { kind: 'refused', reason: 'name', why: result.why };
  }
}

/** Without an entry to look at (retention, or it is moving), a run known by its logs is mine if it may be. */
function whoseRun(board: Board, intent: Intent, fresh: boolean): 'mine' | 'other' {
  const runs = findDatasets(board, new Set([intent.dataset]), ALL_STATES).filter(
    ({ name }) => name.posted === intent.posted,
  );
  if (runs.some(({ folder, file }) => isMine(board, `${folder}/${file}`, intent))) return 'mine';
  // The search may miss an entry under rename; the link to it does not move.
  const held = runAt(board, idPath(intent.dataset), intent);
  if (held !== 'none') return held;
  return runs.length > 0 || fresh ? 'other' : 'mine';
}

function isMine(board: Board, path: string, intent: Intent): boolean {
  return runAt(board, path, intent) === 'mine';
}

/** Whose run of the intent's second stands there. */
function runAt(board: Board, path: string, intent: Intent): 'mine' | 'other' | 'none' {
  try {
    const content = parseContent(board.fs.read(board.path(path)).content);
    if (typeof content === 'string' || content.repeated?.posted !== intent.posted) return 'none';
    return content.params.input === intent.input ? 'mine' : 'other';
  } catch (error) {
    if (isGone(error)) return 'none';
    throw error;
  }
}
