/**
 * Files that groups wait for, anywhere on the disk: counted by a glob, at least of a size and an age. They can't be told
 * from names alone, so they are looked at now and then, and together for all groups that ask for the same.
 */
import { globMatches, isGlob } from '../../model/filter/glob.ts';
import type { FileSpec } from '../../model/needs.ts';
import type { Board } from '../board.ts';
import { faultKind, isGone } from '../errors.ts';
import type { Identity } from '../fs.ts';
import { isHidden } from '../scan.ts';
import { COST_FACTOR } from './names.ts';

const FIRST_MS = 1_000;
const MOST_MS = 10_000;
const GROWTH = 1.5;
/** A glob that matches more than this is not looked at further: it is there many times over. */
const MOST_FILES = 100_000;

interface Watched {
  count: number;
  nextMs: number;
  intervalMs: number;
}

export class FileNeeds {
  readonly #board: Board;
  readonly #watched = new Map<string, Watched>();
  #dueMs = Number.POSITIVE_INFINITY;

  constructor(board: Board) {
    this.#board = board;
  }

  /** Whether there are enough of them, as of a look not long ago, or of now. */
  isThere(spec: FileSpec, nowMs: number, atOnce = false): boolean {
    const key = JSON.stringify(spec);
    let watched = this.#watched.get(key);
    if (watched === undefined) {
      watched = { count: 0, nextMs: Number.NEGATIVE_INFINITY, intervalMs: FIRST_MS };
      this.#watched.set(key, watched);
    }
    if (atOnce || nowMs >= watched.nextMs) {
      const startMs = performance.now();
      const before = watched.count;
      watched.count = countFiles(this.#board, spec);
      const isNews = watched.count !== before;
      watched.intervalMs = isNews ? FIRST_MS : Math.min(watched.intervalMs * GROWTH, MOST_MS);
      watched.nextMs = nowMs + Math.max(watched.intervalMs, (performance.now() - startMs) * COST_FACTOR);
    }
    if (watched.count < spec.atLeast) this.#dueMs = Math.min(this.#dueMs, watched.nextMs);
    return watched.count >= spec.atLeast;
  }

  /** When the next of those that were asked for since the last `begin` is to be looked at. */
  get dueMs(): number {
    return this.#dueMs;
  }

  begin(): void {
    this.#dueMs = Number.POSITIVE_INFINITY;
  }
}

/** Files that match now, and are as large and as old as they must be. */
export function countFiles(board: Board, spec: FileSpec): number {
  const path = spec.glob.startsWith('/') ? spec.glob : `${board.home}/${spec.glob}`;
  const [first = '', ...rest] = path.split('/').filter((part) => part !== '');
  let count = 0;
  const nowMs = board.now();
  walk(board, '', [first, ...rest], (file) => {
    const identity = identified(board, file);
    if (identity !== undefined && identity.size >= spec.bytes && nowMs - identity.mtimeMs >= spec.ageMs) count++;
    return count < MOST_FILES;
  });
  return count;
}

/** Files below `base` that the parts lead to. @returns false to stop */
function walk(board: Board, base: string, parts: readonly string[], visit: (file: string) => boolean): boolean {
  const [part = '', ...rest] = parts;
  const names = isGlob(part) ? namesMatching(board, base === '' ? '/' : base, part) : [part];
  for (const name of names) {
    const path = `${base}/${name}`;
    const isMore = rest.length > 0;
    if (isMore ? !walk(board, path, rest, visit) : isFile(board, path) && !visit(path)) return false;
  }
  return true;
}

function namesMatching(board: Board, folder: string, glob: string): string[] {
  try {
    return board.fs
      .names(folder)
      .filter((name) => globMatches(glob, name) && (glob.startsWith('.') || !isHidden(name)))
      .sort();
  } catch (error) {
    // Not there yet, or not for this user to see: then nothing of it counts.
    if (isGone(error) || faultKind(error) === 'denied') return [];
    throw error;
  }
}

function isFile(board: Board, path: string): boolean {
  return board.fs.isThere(path) && !board.fs.isFolder(path);
}

function identified(board: Board, path: string): Identity | undefined {
  try {
    return board.fs.identify(path);
  } catch (error) {
    if (isGone(error) || faultKind(error) === 'denied') return undefined;
    throw error;
  }
}
