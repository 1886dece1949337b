/**
 * The letters a column can hold, what they mean, and small questions about them.
 * The table of DESIGN section 2 as data; the allowed changes are in `transition.ts`.
 */

export const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;
export type Digit = (typeof DIGITS)[number];
export const LETTERS = ['_', 'w', ...DIGITS, 'p', 'e', 'c', 's', 'f', 'h', 'g'] as const;
export type Letter = (typeof LETTERS)[number];

const LETTER_SET: ReadonlySet<string> = new Set(LETTERS);
const DIGIT_SET: ReadonlySet<string> = new Set(DIGITS);

/** What an operator is told a letter means: a word for lists, a sentence for help. */
export const MEANINGS: Readonly<Record<Letter, { readonly word: string; readonly text: string }>> = {
  _: { word: 'unreached', text: 'not reached' },
  w: { word: 'waiting', text: 'waiting for a stage process' },
  1: { word: 'retry', text: 'waiting to be tried again after 1 failed try' },
  2: { word: 'retry', text: 'waiting to be tried again after 2 failed tries' },
  3: { word: 'retry', text: 'waiting to be tried again after 3 failed tries' },
  4: { word: 'retry', text: 'waiting to be tried again after 4 failed tries' },
  5: { word: 'retry', text: 'waiting to be tried again after 5 failed tries' },
  6: { word: 'retry', text: 'waiting to be tried again after 6 failed tries' },
  7: { word: 'retry', text: 'waiting to be tried again after 7 failed tries' },
  8: { word: 'retry', text: 'waiting to be tried again after 8 failed tries' },
  9: { word: 'retry', text: 'waiting to be tried again after 9 failed tries' },
  p: { word: 'running', text: 'processing' },
  e: { word: 'ending', text: 'ending: the step succeeded, its products are being published' },
  c: { word: 'complete', text: 'complete' },
  s: { word: 'skipped', text: 'skipped' },
  f: { word: 'failed', text: 'failed; waits for a person' },
  h: { word: 'held', text: 'held' },
  g: { word: 'gathering', text: 'gathering' },
};

export function isLetter(value: string): value is Letter {
  return LETTER_SET.has(value);
}

export function isDigit(value: string): value is Digit {
  return DIGIT_SET.has(value);
}

/** Complete or skipped: the children may open. */
export function isFinished(letter: Letter | undefined): boolean {
  return letter === 'c' || letter === 's';
}

/** A stage process owns it: the name carries a claim for it. */
export function isClaimed(letter: Letter | undefined): boolean {
  return letter === 'p' || letter === 'e';
}

/** Waiting, for the first time or again. Runnable only if its parents are finished as well. */
export function isWaiting(letter: Letter | undefined): boolean {
  return letter === 'w' || (letter !== undefined && isDigit(letter));
}

/** Failed tries that a waiting letter stands for. */
export function failedTries(letter: Letter): number {
  return isDigit(letter) ? Number(letter) : 0;
}

/** The waiting letter after `failed` tries (0 to 9). */
export function waitingLetter(failed: number): Letter {
  return failed === 0 ? 'w' : (DIGITS[failed - 1] ?? 'f');
}
