/** How many entries are in each state, and how many columns hold each letter: one readdir a folder. */
import type { State } from '../model/name.ts';
import type { Board } from './board.ts';
import type { Filter } from './filter.ts';
import { Row } from './rows.ts';
import { ALL_STATES, foldersOf, scanFolder } from './scan.ts';

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

export function countBoard(board: Board, filter: Filter): Counts {
  const counts: Counts = {
    total: 0,
    states: { queue: 0, active: 0, gather: 0, failed: 0, held: 0, done: 0, removed: 0 },
    letters: board.stages.map(() => new Map()),
    foreign: 0,
  };
  for (const folder of foldersOf(board, ALL_STATES)) {
    const scan = scanFolder(board, folder);
    counts.foreign += scan.foreign.length;
    for (const entry of scan.entries) {
      const row = new Row(entry);
      if (!filter.isEmpty && !filter.test(row)) continue;
      counts.states[row.state]++;
      if (!filter.states.includes(row.state)) continue;
      counts.total++;
      const { letters } = row;
      for (let column = 0; column < letters.length; column++) {
        const letter = letters[column] ?? '_';
        const map = counts.letters[column];
        map?.set(letter, (map.get(letter) ?? 0) + 1);
      }
    }
  }
  return counts;
}
