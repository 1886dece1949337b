/** Keys that change the filter: each puts a word into the line or takes it out again, and keeps the others. Pure. */
import { filterWords } from '../../model/filter.ts';

export const ONLY_FAILED = 'state:failed';
export const NOT_DONE = '-state:done';

/** A word that asks for states: another one beside it would let nothing through. */
function asksState(word: string): boolean {
  return /^state[:=]/.test(word);
}

function toggled(line: string, wanted: string, hinders: (word: string) => boolean): string {
  const words = filterWords(line);
  if (words.includes(wanted)) return words.filter((word) => word !== wanted).join(' ');
  return [...words.filter((word) => !hinders(word)), wanted].join(' ');
}

/** Only what has failed, or all again. */
export function toggleFailed(line: string): string {
  return toggled(line, ONLY_FAILED, (word) => asksState(word) || /^[-!]state[:=].*\bfailed\b/.test(word));
}

/** All but what is done, or all again. */
export function toggleNotDone(line: string): string {
  return toggled(line, NOT_DONE, asksState);
}
