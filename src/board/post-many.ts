/**
 * Posting by the thousand: one sync of the disk for a batch instead of three an entry, and nothing is told of before it
 * would survive a power cut.
 */
import { FOLDERS, idPath } from '../model/name.ts';
import type { Board } from './board.ts';
import { isGone } from './errors.ts';
import { OverIndex } from './ids.ts';
import { type PostRequest, type PostResult, postOne } from './post.ts';

/** Entries that are made between two syncs of the disk in a bulk post. */
const BATCH = 5_000;
/** From this many on, one sync of the file system is cheaper than one of each file. */
export const SYNC_EACH_BELOW = 16;

/**
 * Posts entries; `onResult` is called in order, after what it tells of survives a power cut (unless the board's
 * durability is none). While the disk settles one batch the next one is made: neither waits for the other.
 * @param atOnce entries between two syncs
 * @throws BoardError if the disk refuses; what was posted before stands and has been reported.
 */
export async function postMany(
  board: Board,
  requests: Iterable<PostRequest>,
  onResult: (result: PostResult) => void,
  atOnce = BATCH,
): Promise<void> {
  let told = Promise.resolve();
  for (const batch of inBatches(requests, atOnce)) {
    const isBulk = batch.length >= SYNC_EACH_BELOW && board.config.durability !== 'none';
    const made = makeBatch(board, batch, !isBulk);
    await told;
    const settled = isBulk ? await beginSync(board, made.results) : undefined;
    told = tell(made, settled, onResult);
    if (made.failure !== undefined) break;
  }
  await told;
}

function* inBatches(requests: Iterable<PostRequest>, size: number): Generator<PostRequest[]> {
  let batch: PostRequest[] = [];
  for (const request of requests) {
    batch.push(request);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** What became of a batch: a disk that refuses ends it, and what was made before is settled and told of all the same. */
interface Made {
  readonly results: readonly PostResult[];
  readonly failure: { readonly error: unknown } | undefined;
}

function makeBatch(board: Board, batch: readonly PostRequest[], syncEach: boolean): Made {
  const over = new OverIndex(board);
  const results: PostResult[] = [];
  try {
    for (const request of batch) results.push(postOne(board, request, over, syncEach));
  } catch (error) {
    return { results, failure: { error } };
  }
  return { results, failure: undefined };
}

async function tell(
  { results, failure }: Made,
  settled: (() => Promise<void>) | undefined,
  onResult: (result: PostResult) => void,
): Promise<void> {
  await settled?.();
  for (const result of results) onResult(result);
  if (failure !== undefined) throw failure.error;
}

/**
 * Starts one sync of the whole file system for a batch.
 * @returns waits for its end; without the `sync` program it syncs each file and folder
 */
async function beginSync(board: Board, results: readonly PostResult[]): Promise<() => Promise<void>> {
  const sync = syncDisk(board);
  return async () => {
    if (!(await sync)) syncEach(board, results);
  };
}

/** One sync of the file system that the board lies on. @returns false if the system can't do it */
export async function syncDisk(board: Board): Promise<boolean> {
  const { execa } = await import('execa');
  const { failed } = await execa('sync', ['-f', board.root], { reject: false, stdio: 'ignore' });
  return !failed;
}

function syncEach(board: Board, results: readonly PostResult[]): void {
  const entries = results.flatMap((result) => (result.ok ? [result.entry] : []));
  for (const { name } of entries) {
    try {
      board.fs.sync(board.path(idPath(name.dataset)));
    } catch (error) {
      // Done and gone already: then its content no longer matters.
      if (!isGone(error)) throw error;
    }
  }
  board.settleDisk('posts', [FOLDERS.ids, ...entries.map((entry) => entry.folder)]);
}
