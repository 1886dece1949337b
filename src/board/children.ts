/**
 * The children of an entry: what the official tries of its stages have posted. Told by their `.post` files alone, so that
 * it is the same for every process and every host, whatever became of the children.
 */

import { parseChildren } from '../model/child.ts';
import type { EntryName } from '../model/name.ts';
import type { Board } from './board.ts';
import { officialTries, readSidecar, tryName } from './official.ts';

export interface ChildRef {
  readonly board: string;
  readonly dataset: string;
  readonly posted: string;
}

/** Most children that are remembered over all parents of a board: some ten megabytes. */
const MOST_KEPT = 100_000;

/** What was read before: of an entry with these letters at this epoch it never changes. */
class Memory {
  readonly #known = new Map<string, readonly ChildRef[] | undefined>();
  #size = 0;

  has(key: string): boolean {
    return this.#known.has(key);
  }

  get(key: string): readonly ChildRef[] | undefined {
    return this.#known.get(key);
  }

  set(key: string, children: readonly ChildRef[] | undefined): void {
    this.#known.set(key, children);
    this.#size += sizeOf(children);
    for (const [oldest, its] of this.#known) {
      if (this.#size <= MOST_KEPT || oldest === key) return;
      this.#known.delete(oldest);
      this.#size -= sizeOf(its);
    }
  }
}

function sizeOf(children: readonly ChildRef[] | undefined): number {
  return 1 + (children?.length ?? 0);
}

const memories = new WeakMap<Board, Memory>();

/**
 * The children of the official tries of an entry's stages, in column order and as they were posted. Undefined: no stage of
 * it has posted any. Cheap to ask again for the same name.
 */
export function childrenOf(board: Board, name: EntryName): readonly ChildRef[] | undefined {
  const memory = memories.get(board) ?? new Memory();
  memories.set(board, memory);
  const key = [name.dataset, name.posted, name.epoch, name.letters].join(' ');
  if (memory.has(key)) return memory.get(key);
  const children = readChildren(board, name);
  memory.set(key, children);
  return children;
}

function readChildren(board: Board, name: EntryName): readonly ChildRef[] | undefined {
  const posting = officialTries(board, name).filter(({ post }) => post);
  if (posting.length === 0) return undefined;
  return posting.flatMap((one) =>
    parseChildren(readSidecar(board, tryName(name, one), 'post') ?? '').map(({ board: other, dataset, posted }) => ({
      board: other ?? board.name,
      dataset,
      posted,
    })),
  );
}
