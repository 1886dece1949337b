/** Why rows miss their targets, by hand: `docs/performance.md` puts it beside each row that does, and nowhere else. */
import type { Row } from './suite.ts';

interface Explanation {
  readonly suite: string;
  /** Words of the row's `what` and `against`, all of which have to be in it. */
  readonly words: readonly string[];
  readonly why: string;
}

export const EXPLANATIONS: readonly Explanation[] = [];

/** @returns undefined if nobody has written why */
export function explain(suite: string, { what, against }: Row, all = EXPLANATIONS): string | undefined {
  const text = `${what} ${against}`;
  return all.find((entry) => entry.suite === suite && entry.words.every((word) => text.includes(word)))?.why;
}
