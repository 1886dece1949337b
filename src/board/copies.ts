/** Which files of one dataset count as entries of their own, where more than one stands. Pure: names alone. */
import { causeOf, LIVE_FOLDERS } from '../model/name.ts';
import { type Located, stateOf } from './scan.ts';

export function isLive({ folder }: Located): boolean {
  return (LIVE_FOLDERS as readonly string[]).includes(folder);
}

export function placeOf({ folder, file }: Located): string {
  return `${folder}/${file}`;
}

/** A copy that a claim has found to be one, and that is held for it. */
export function isHeldCopy({ name }: Located): boolean {
  return [...name.letters].some((_, column) => causeOf(name, column) === 'd');
}

/**
 * Removed before any try of it had ended. Should its dataset be posted again within the second, by somebody who does not see yet what it
 * left, that run has the same time; nothing of this one counts.
 */
export function neverEnded({ folder, name }: Located): boolean {
  return stateOf(folder) === 'removed' && !/[cfe1-9]/.test(name.letters);
}

/** By posted time, the files of each run of a dataset that stands more than once. @param entries all of one dataset */
export function runsTwice(entries: readonly Located[]): Located[][] {
  const byRun = new Map<string, Located[]>();
  for (const entry of entries) {
    if (isHeldCopy(entry) || neverEnded(entry)) continue;
    byRun.set(entry.name.posted, [...(byRun.get(entry.name.posted) ?? []), entry]);
  }
  return [...byRun.values()].filter((same) => same.length > 1);
}

/** Those datasets that stand more than once. */
export function byDatasetTwice(entries: readonly Located[]): Map<string, Located[]> {
  const first = new Map<string, Located>();
  const twice = new Map<string, Located[]>();
  for (const entry of entries) {
    const { dataset } = entry.name;
    const before = first.get(dataset);
    if (before === undefined) first.set(dataset, entry);
    else twice.set(dataset, [...(twice.get(dataset) ?? [before]), entry]);
  }
  return twice;
}
