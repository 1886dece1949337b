/** The words after `state:`: an entry's folder, or with a stage given the letter of its column. */

import { DIGITS, type Letter } from '../letters.ts';

/** What an entry's folder says. */
export const STATES = ['queue', 'active', 'gather', 'failed', 'held', 'done', 'removed'] as const;
export type State = (typeof STATES)[number];

const WAITING: readonly Letter[] = ['w', ...DIGITS];

/** Word → the folder it means, and the letters it means in a column. Natural words are right in both places. */
const WORDS: ReadonlyMap<string, { readonly state?: State; readonly letters?: readonly Letter[] }> = new Map([
  ['queue', { state: 'queue' as const, letters: WAITING }],
  ['queued', { state: 'queue' as const, letters: WAITING }],
  ['waiting', { state: 'queue' as const, letters: WAITING }],
  ['active', { state: 'active' as const, letters: ['p', 'e'] as const }],
  ['running', { state: 'active' as const, letters: ['p'] as const }],
  ['gather', { state: 'gather' as const, letters: ['g'] as const }],
  ['gathering', { state: 'gather' as const, letters: ['g'] as const }],
  ['failed', { state: 'failed' as const, letters: ['f'] as const }],
  ['held', { state: 'held' as const, letters: ['h'] as const }],
  ['done', { state: 'done' as const, letters: ['c'] as const }],
  ['complete', { state: 'done' as const, letters: ['c'] as const }],
  ['removed', { state: 'removed' as const }],
  ['unreached', { letters: ['_'] as const }],
  ['retry', { letters: DIGITS }],
  ['ending', { letters: ['e'] as const }],
  ['skipped', { letters: ['s'] as const }],
]);

export function stateOf(word: string): State | undefined {
  return WORDS.get(word)?.state;
}

export function lettersOf(word: string): readonly Letter[] | undefined {
  return WORDS.get(word)?.letters;
}

/** All words that are right after `state:`, for messages and completion. */
export function stateWords(where: 'entry' | 'stage'): string[] {
  const key = where === 'entry' ? 'state' : 'letters';
  return [...WORDS].filter(([, means]) => means[key] !== undefined).map(([word]) => word);
}
