/**
 * Who is served next: rank, then age, then dataset; and how competing processes keep out of each other's way. Pure.
 */
import type { EntryName } from './name.ts';

/** What can be claimed: a runnable column of an entry. */
export interface Candidate<E extends { readonly name: EntryName } = { readonly name: EntryName }> {
  readonly entry: E;
  readonly column: number;
}

/** Negative if `a` is served before `b`. */
export function compareNames(a: EntryName, b: EntryName): number {
  if (a.rank !== b.rank) return a.rank - b.rank;
  if (a.posted !== b.posted) return a.posted < b.posted ? -1 : 1;
  if (a.dataset !== b.dataset) return a.dataset < b.dataset ? -1 : 1;
  return 0;
}

/** Later columns first within an entry: what is nearest to its end. */
export function compareCandidates(a: Candidate, b: Candidate): number {
  return compareNames(a.entry.name, b.entry.name) || b.column - a.column;
}

/** FNV-1a over a text, 32 bits: the same on every host. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return hash;
}

/** Which of `count` live processes this one is. */
export interface Share {
  readonly index: number;
  readonly count: number;
}

/** True if the entry is this process's to try first: every dataset is that of one of those who serve the same stages. */
export function ownedBy(name: EntryName, { index, count }: Share): boolean {
  return hashText(name.dataset) % count === index;
}

/** Candidates a process looks over for one of its own, times the number of processes. */
const SPREAD = 8;

/**
 * The index in `sorted` that this process should try. Alone: the first. Among several: of the first few of the best
 * rank, one whose dataset hashes to this process, so that not all go for the same; none there: one at this process's
 * own place, so that all help with what is left.
 */
export function choose(sorted: readonly Candidate[], share: Share): number {
  if (sorted.length === 0) return -1;
  if (share.count < 2) return 0;
  const best = sorted[0]?.entry.name.rank;
  const window = Math.min(sorted.length, share.count * SPREAD);
  let end = 0;
  for (; end < window && sorted[end]?.entry.name.rank === best; end++) {
    const name = sorted[end]?.entry.name;
    if (name !== undefined && ownedBy(name, share)) return end;
  }
  return Math.floor((share.index * end) / share.count);
}

/**
 * True if an entry of this rank may leave the queue: fewer than `inFlight` active entries have its rank or a better one.
 * @param activeByRank how many active entries each rank (0 to 99) has
 */
export function mayEnter(rank: number, activeByRank: readonly number[], inFlight: number): boolean {
  let before = 0;
  for (let better = 0; better <= rank; better++) before += activeByRank[better] ?? 0;
  return before < inFlight;
}
