/**
 * The queue window: the best few thousand names of `queue/`, so that a backlog of a million costs one readdir now and
 * then and no memory. Names sort as they are served (rank, posted time), so the best are the least strings.
 */
import { home, isSettled } from '../model/home.ts';
import { fitName, formatName } from '../model/name.ts';
import type { Board } from './board.ts';
import { isHidden, isLocated, type Located, readName } from './scan.ts';

/** Names kept. A readdir of a million takes 0.84 s: it is paid once for this many claims. */
export const WINDOW = 2048;
/** Of a large queue this part is kept, so that reading it costs a claim the same however long it is. */
const WINDOW_PART = 16;
/** For each process at least: what is its own lasts for as many slots as one may fill at once. */
const WINDOW_SHARE = 64;
const MOST_KEPT = 65_536;
/** Names that are not as queue names are, kept for housekeeping's next pass. */
const MOST_ODD = 256;
const QUEUED = /^\d\d\.\d{8}T\d{6}\.[_wsh]+\.\d{3,}\.[a-z0-9_-]+\.[^@]+(?:@.*)?$/;
const LETTERS_AT = '50.20261121T120000.'.length;

export interface QueueRead {
  /** Sorted as served. */
  readonly entries: Located[];
  /** Names that parse but belong elsewhere, or carry tags that do not fit: for housekeeping. */
  readonly odd: Located[];
  /** True if there were more than the window holds. */
  readonly more: boolean;
  readonly total: number;
}

/**
 * Names to keep, by how many there were at the last look, and among how many processes they are shared out. On a board
 * that is polled no hint tells of better names that come meanwhile: there the queue is read anew after few.
 */
export function windowFor(
  { config, isNetwork }: Pick<Board, 'config' | 'isNetwork'>,
  total: number,
  processes: number,
): number {
  const isPolled = config.watch === 'poll' || (config.watch === 'auto' && isNetwork);
  const part = isPolled ? 0 : Math.floor(total / WINDOW_PART);
  return Math.min(Math.max(WINDOW, WINDOW_SHARE * processes, part), MOST_KEPT);
}

/** A queued entry may have columns that were held ahead, each with its cause. */
function tagsFit(board: Board, file: string): boolean {
  const read = readName(board, 'queue', file);
  if (!isLocated(read)) return false;
  const fitted = fitName(read.name);
  return fitted !== undefined && formatName(fitted) === file;
}

/**
 * One readdir of `queue/`.
 * @param wants whether letters have a column that the reader may claim; asked once for each kind of letters
 * @param skip names to leave out (not due yet)
 */
export function readQueue(
  board: Board,
  wants: (letters: string) => boolean,
  skip: (file: string) => boolean,
  window = WINDOW,
): QueueRead {
  let best: string[] = [];
  let limit: string | undefined;
  let more = false;
  let total = 0;
  const odd: Located[] = [];
  const kinds = new Map<string, 'wanted' | 'other' | 'odd'>();
  const kindOf = (letters: string): 'wanted' | 'other' | 'odd' => {
    let kind = kinds.get(letters);
    if (kind === undefined) {
      const inPlace = home(letters, board.graph) === 'queue' && isSettled(letters, board.graph);
      kind = !inPlace ? 'odd' : wants(letters) ? 'wanted' : 'other';
      kinds.set(letters, kind);
    }
    return kind;
  };
  board.fs.eachName(board.path('queue'), (file) => {
    if (isHidden(file)) return;
    total++;
    if (limit !== undefined && file >= limit) {
      more = true;
      return;
    }
    // Tested and cut, not matched: an array for each of a million names is work for the collector of garbage.
    const lettersEnd = LETTERS_AT + board.stages.length;
    const isQueued =
      file.charAt(lettersEnd) === '.' && QUEUED.test(file) && (!file.includes('@') || tagsFit(board, file));
    const kind = isQueued ? kindOf(file.slice(LETTERS_AT, lettersEnd)) : 'odd';
    if (kind === 'odd') {
      const read = odd.length < MOST_ODD ? readName(board, 'queue', file) : undefined;
      if (read !== undefined && isLocated(read)) odd.push(read);
      return;
    }
    if (kind === 'other' || skip(file)) return;
    best.push(file);
    if (best.length < 2 * window) return;
    best = best.sort().slice(0, window);
    limit = best.at(-1);
    more = true;
  });
  if (best.length > window) more = true;
  const entries = best
    .sort()
    .slice(0, window)
    .map((file) => readName(board, 'queue', file))
    .filter(isLocated);
  return { entries, odd, more, total };
}
