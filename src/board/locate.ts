/**
 * Where a claim stands now. Ownership is the claim, wherever it stands, never the whole name: branches, rank changes
 * and renames by hand change the rest of the name under a running step.
 */
import { type Claim, claimOf, type EntryName, LIVE_FOLDERS, sameClaim } from '../model/name.ts';
import type { Board } from './board.ts';
import { datasetOfFile, folderNames, foldersOf, isLocated, type Located, readName } from './scan.ts';

/** Identity of an entry. */
export interface EntryId {
  readonly dataset: string;
  readonly posted: string;
}

export type ClaimSight =
  | { readonly kind: 'stands'; readonly at: Located }
  /** The entry was seen, at the claim's epoch or later, without the claim: claims never come back, so it was taken away. */
  | { readonly kind: 'taken'; readonly at: Located }
  /** Nowhere. It may be under rename this very moment: one look proves nothing. */
  | { readonly kind: 'unseen' };

export function isEntry(name: EntryName, id: EntryId): boolean {
  return name.dataset === id.dataset && name.posted === id.posted;
}

export function hasClaim(name: EntryName, claim: Claim): boolean {
  const standing = claimOf(name, claim.column);
  return standing !== undefined && sameClaim(standing, claim);
}

/** What an entry seen at `at` says about a claim of it; undefined: nothing (an older name, from a stale cache). */
export function judgeSight(at: Located, claim: Claim): ClaimSight | undefined {
  if (hasClaim(at.name, claim)) return { kind: 'stands', at };
  return at.name.epoch >= claim.epoch ? { kind: 'taken', at } : undefined;
}

/** Fresh readdirs, `active/` first. `taken` is said only if no folder shows the claim. */
export function locateClaim(board: Board, id: EntryId, claim: Claim): ClaimSight {
  let taken: ClaimSight | undefined;
  for (const folder of [...LIVE_FOLDERS, ...foldersOf(board, ['done', 'removed'])]) {
    for (const file of folderNames(board, folder)) {
      if (datasetOfFile(file) !== id.dataset) continue;
      const read = readName(board, folder, file);
      if (!isLocated(read) || !isEntry(read.name, id)) continue;
      const sight = judgeSight(read, claim);
      if (sight?.kind === 'stands') return sight;
      taken ??= sight;
    }
    // An entry that stands still is always seen; one seen in a live folder without the claim settles it.
    if (taken !== undefined && folder === 'active') return taken;
    // Nor are the days of a long history read for it.
    if (taken !== undefined && folder === LIVE_FOLDERS.at(-1)) return taken;
  }
  return taken ?? { kind: 'unseen' };
}
