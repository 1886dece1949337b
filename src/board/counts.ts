/** How many entries are in each state, and how many columns hold each letter: one readdir a folder. */
import { NameView, type State } from '../model/name.ts';
import { eachEntry } from './bare.ts';
import type { Board } from './board.ts';
import type { Filter } from './filter.ts';
import { ALL_STATES, foldersOf, stateOf } from './scan.ts';

export interface Counts {
  /** Entries that `slate ls` lists: removed ones only if the filter asks for them. */
  total: number;
  readonly states: Record<State, number>;
  /** Of each column, the entries by letter. */
  readonly letters: Map<string, number>[];
  /** Files that are no entry of this board. */
  foreign: number;
}

/** Order in which states are told. */
export const STATE_ORDER: readonly State[] = ['queue', 'active', 'gather', 'failed', 'held', 'done', 'removed'];

/** @param visit called with each entry that is counted: what else is to be known needs no second look */
export function countBoard(
  board: Board,
  filter: Filter,
  visit?: (file: string, folder: string, state: State) => void,
): Counts {
  const counts: Counts = {
    total: 0,
    states: { queue: 0, active: 0, gather: 0, failed: 0, held: 0, done: 0, removed: 0 },
    letters: board.stages.map(() => new Map()),
    foreign: 0,
  };
  const view = new NameView();
  for (const folder of foldersOf(board, ALL_STATES)) {
    const state = stateOf(folder);
    const patterns = new Map<string, Pattern>();
    counts.foreign += eachEntry(board, folder, (file) => {
      view.read(file, state);
      if (!filter.isEmpty && !filter.test(view)) return;
      visit?.(file, folder, state);
      const pattern = patterns.get(view.letters);
      if (pattern === undefined) patterns.set(view.letters, { number: 1, first: file });
      else {
        pattern.number++;
        if (file < pattern.first) pattern.first = file;
      }
    });
    addPatterns(counts, state, patterns, filter.states.includes(state));
  }
  return counts;
}

/** Entries of a folder that have the same letters. */
interface Pattern {
  number: number;
  /** The one of them that is served first: letters are told in the order in which a sorted list has them. */
  first: string;
}

function addPatterns(counts: Counts, state: State, patterns: ReadonlyMap<string, Pattern>, isListed: boolean): void {
  const sorted = [...patterns].sort(([, a], [, b]) => (a.first < b.first ? -1 : 1));
  for (const [letters, { number }] of sorted) {
    counts.states[state] += number;
    if (!isListed) continue;
    counts.total += number;
    for (const [column, map] of counts.letters.entries()) {
      const letter = letters[column] ?? '_';
      map.set(letter, (map.get(letter) ?? 0) + number);
    }
  }
}
