/**
 * Where an entry belongs, from its letters alone (DESIGN sections 2 and 3), and which of its columns could run. Pure.
 */
import type { Graph } from './graph.ts';
import { isClaimed, isFinished, isLetter, isWaiting } from './letters.ts';
import type { HomeFolder } from './name.ts';

/** True if all parents of the column are complete or skipped. */
export function parentsFinished(letters: string, column: number, graph: Graph): boolean {
  for (const parent of graph.parents[column] ?? []) if (!isFinished(letters[parent] as never)) return false;
  return true;
}

/** True if a stage process may claim the column: waiting, and its parents finished. */
export function isRunnable(letters: string, column: number, graph: Graph): boolean {
  return isWaiting(letters[column] as never) && parentsFinished(letters, column, graph);
}

/** Columns that a stage process may claim, in column order. */
export function runnableColumns(letters: string, graph: Graph): number[] {
  const found: number[] = [];
  for (let column = 0; column < letters.length; column++) if (isRunnable(letters, column, graph)) found.push(column);
  return found;
}

const NOT_STARTED = /^[_wsh]*$/;
const FINISHED = /^[cs]+$/;

/**
 * The folder that letters belong to:
 * `done` all complete or skipped · `active` something being done, or runnable and already begun · `queue` runnable and
 * not begun · `gather`, `failed`, `held` nothing runnable, and at least one column in that state, in this order.
 * Letters that settle would still open (`_` under finished parents) count as something to do.
 */
export function home(letters: string, graph: Graph): HomeFolder {
  if (FINISHED.test(letters)) return 'done';
  let claimed = false;
  let todo = false;
  for (let column = 0; column < letters.length; column++) {
    const letter = letters[column] ?? '';
    if (!isLetter(letter)) continue;
    if (isClaimed(letter)) claimed = true;
    else if ((isWaiting(letter) || letter === '_') && parentsFinished(letters, column, graph)) todo = true;
  }
  if (claimed) return 'active';
  if (todo) return NOT_STARTED.test(letters) ? 'queue' : 'active';
  if (letters.includes('g')) return 'gather';
  if (letters.includes('f')) return 'failed';
  return 'held';
}

/**
 * True if the column may still come to run without a person: it waits, runs or is not reached, and nothing before it
 * has failed or is held. `served` tells for a waiting column before it whether anybody is there to do it, and for the
 * column itself if `self` says so; `gathers` for one that gathers whether it may go on by itself.
 */
export function mayStillRun(
  letters: string,
  column: number,
  graph: Graph,
  served: (column: number) => boolean,
  gathers: (column: number) => boolean = () => false,
  self = false,
): boolean {
  // Every column once, not every path to it: a wide graph has millions of paths.
  const seen = new Set([column]);
  for (const at of seen) {
    const letter = letters[at];
    if (letter === 'g' ? !gathers(at) : !(isWaiting(letter as never) || isClaimed(letter as never) || letter === '_'))
      return false;
    if ((self || at !== column) && !isClaimed(letter as never) && !served(at)) return false;
    for (const parent of graph.parents[at] ?? []) if (!isFinished(letters[parent] as never)) seen.add(parent);
  }
  return true;
}

/** True if no `_` stands under finished parents: `settle` would open it. */
export function isSettled(letters: string, graph: Graph): boolean {
  for (let column = 0; column < letters.length; column++) {
    if (letters[column] === '_' && parentsFinished(letters, column, graph)) return false;
  }
  return true;
}
