/** Failures by stage and cause: the names carry it. */
import type { Board } from './board.ts';
import { Row } from './rows.ts';
import type { Located } from './scan.ts';

export interface Cause {
  readonly stage: string;
  readonly cause: string;
  number: number;
}

/** Failures by stage and cause, the most frequent first. */
export function causesOf(board: Board, entries: readonly Located[]): Cause[] {
  const causes = new Map<string, Cause>();
  for (const entry of entries) {
    const { letters } = entry.name;
    const known = new Map(new Row(entry).causes.map(({ column, cause }) => [column, cause]));
    for (let column = 0; column < letters.length; column++) {
      if (letters[column] !== 'f') continue;
      const stage = board.stages[column] ?? '';
      const cause = known.get(column) ?? '';
      const key = `${stage} ${cause}`;
      const one = causes.get(key) ?? { stage, cause, number: 0 };
      one.number++;
      causes.set(key, one);
    }
  }
  return [...causes.values()].sort((a, b) => b.number - a.number);
}
