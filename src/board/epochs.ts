/**
 * What the earlier tries of a run have left, as far as a claim must know: which epochs have been used, told by the logs and
 * products that bear them (an epoch that was turned back by hand is noticed so, before a step starts), and whether there
 * are sidecars to look for.
 */
import { logFolder, parseLeftMark, productsFolder, type TryName } from '../model/name.ts';
import type { Board } from './board.ts';
import { isExists } from './errors.ts';
import { listTryFiles } from './official.ts';
import { folderNames, type Located } from './scan.ts';
import { logsAmong } from './tries.ts';

/** What was known of a run when a try of it began. */
export interface Traces {
  /** False: no try that had ended by then has left a sidecar. True: one has, or may have. */
  readonly left: boolean;
  /** Columns that others were at work on. */
  readonly besides: readonly number[];
}

/** Where entries stood after the last try of this process: nobody has claimed them since its own claim. */
const unclaimedSince = new WeakMap<Located, Traces>();

/**
 * A try has ended, and its entry stands at `at` now. If the name still bears the try's own epoch, no branch was claimed
 * meanwhile: what was true of the epochs at that claim holds for the next one that begins with this very name.
 * @param left it has left a sidecar itself
 */
export function tryEnded(at: Located, name: TryName, traces: Traces, left: boolean): void {
  if (at.name.epoch === name.epoch) unclaimedSince.set(at, { ...traces, left: traces.left || left });
}

export interface UsedEpochs {
  /** The epochs that a claim's own must not be among. */
  readonly epochs: ReadonlySet<number>;
  /** A try of this very stage has had a later epoch: whatever branches have done, this one was turned back. */
  readonly later: boolean;
  readonly left: boolean;
}

/**
 * @param from where the entry stood before the claim
 * @param products whether the stage makes products: a stage without can't meet those of others
 */
export function usedEpochs(board: Board, from: Located, name: TryName, products: boolean): UsedEpochs {
  const used = new Set<number>();
  let later = false;
  const use = ({ stage, epoch }: { readonly stage: string; readonly epoch: number }): void => {
    used.add(epoch);
    later ||= stage === name.stage && epoch > name.epoch;
  };
  const known = unclaimedSince.get(from);
  // What a branch has left that has ended since is not known.
  const isAtWork = (column: number): boolean => /[pe]/.test(from.name.letters[column] ?? '');
  let left = known !== undefined && (known.left || !known.besides.every(isAtWork));
  let isAgain = false;
  if (known === undefined && !isFirst(board, name)) {
    const files = folderNames(board, logFolder(name.dataset));
    for (const log of logsAmong(name.dataset, files)) {
      if (log.posted !== name.posted) continue;
      use(log);
      isAgain ||= log.stage === name.stage;
    }
    // Where logs of earlier tries are missing (retention, claims made by hand), what they left may be there all the same.
    const missing = name.epoch - 1 - [...used].filter((epoch) => epoch < name.epoch).length;
    left = missing > 0 || files.some((file) => parseLeftMark(file) === name.posted);
  }
  const folder = board.path(productsFolder(name.dataset, name.posted));
  // A stage that makes no products (any more) may have made some when it ran before.
  if (left || ((products || isAgain) && board.fs.isFolder(folder)))
    for (const one of listTryFiles(board, name.dataset, name.posted)) {
      use(one);
      left ||= !products && one.ok && one.stage === name.stage;
    }
  return { epochs: used, later, left };
}

/** A first claim makes the dataset's log folder: where it could, there is nothing to list. */
function isFirst(board: Board, name: TryName): boolean {
  if (name.epoch !== 1) return false;
  try {
    board.fs.mkdir(board.path(logFolder(name.dataset)));
    return true;
  } catch (error) {
    if (!isExists(error)) throw error;
    return false;
  }
}
