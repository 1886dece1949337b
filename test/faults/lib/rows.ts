/** The rows of a group: what was injected, how often that was seen, and what was lost. */
import fs from 'node:fs';
import { expect } from 'vitest';

/** True if the runner asks for the quick form: fewer points, the same kinds. */
export const isQuick = (process.env.FAULTS_QUICK ?? '') !== '';

export interface Row {
  readonly fault: string;
  /** How often it was seen to happen; a row of nothing is a failure. */
  readonly injected: number;
  /** What was lost, each with where. */
  readonly lost: readonly string[];
  readonly note?: string;
}

/** Prints the row, and fails if anything was lost or nothing was injected. */
export function row({ fault, injected, lost, note = '' }: Row): void {
  const line = [fault, String(injected), String(lost.length), note].join('\t');
  if (process.env.FAULTS_ROWS === undefined) process.stdout.write(`${line}\n`);
  else fs.appendFileSync(process.env.FAULTS_ROWS, `${line}\n`);
  expect(lost, fault).toEqual([]);
  expect(injected, `${fault}: how often it was seen`).toBeGreaterThan(0);
}

/** How often each was seen, the most frequent first: `rename 12, link 3`. */
export function tally(words: Iterable<string>): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([word, count]) => `${word} ${count}`)
    .join(', ');
}
