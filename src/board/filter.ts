/** A filter on a board: its words compiled, and the folders worth reading. */
import { compileFilter, type FilterRow } from '../model/filter.ts';
import { LIVE_FOLDERS, type State } from '../model/name.ts';
import type { Board } from './board.ts';
import { Row, sortLocated } from './rows.ts';
import { type Located, scanBoard } from './scan.ts';

export interface Filter {
  readonly test: (row: FilterRow) => boolean;
  /** The folders worth reading: removed entries are listed only if they are asked for. */
  readonly states: readonly State[];
  readonly isEmpty: boolean;
}

/** @throws FilterError */
export function filterOf(board: Board, words: readonly string[], withRemoved = false): Filter {
  const test = compileFilter(words, { stages: board.stages, nowMs: board.now() });
  const states: State[] = [...LIVE_FOLDERS, 'done'];
  if (withRemoved || asksForRemoved(words)) states.push('removed');
  return { test, states, isEmpty: words.length === 0 };
}

/** True if one of the words speaks of removed entries. */
export function asksForRemoved(words: readonly string[]): boolean {
  return words.some((word) => /^state[:=]/.test(word) && /[:=,]removed(,|$)/.test(word));
}

export function matching(board: Board, filter: Filter): Located[] {
  return sortLocated(scanBoard(board, filter.states).entries.filter((entry) => filter.test(new Row(entry))));
}
