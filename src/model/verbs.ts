/**
 * What an operator's verb does to an entry's letters: which columns it means when no stage is named, and the events it
 * consists of, applied one after another to the name; the board then makes one rename of it. Pure.
 */
import { isWaiting, type Letter } from './letters.ts';
import type { EntryName } from './name.ts';
import { type Event, type Rules, type Transition, transition } from './transition.ts';

export type LetterVerb = 'hold' | 'release' | 'repipe' | 'skip';

function columnsWith(name: EntryName, test: (letter: Letter) => boolean): number[] {
  return [...name.letters].flatMap((letter, column) => (test(letter as Letter) ? [column] : []));
}

const isOpen = (letter: Letter): boolean => isWaiting(letter) || letter === 'p' || letter === 'e' || letter === 'g';

/**
 * The columns that a verb without a stage means.
 * hold: all that wait, run or gather · release: all held · repipe: the failed ones, else the held, running or waiting
 * again · skip: the failed ones, else the held, else those that wait or run.
 */
export function defaultColumns(name: EntryName, verb: LetterVerb): number[] {
  const failed = columnsWith(name, (letter) => letter === 'f');
  const held = columnsWith(name, (letter) => letter === 'h');
  switch (verb) {
    case 'hold':
      return columnsWith(name, isOpen);
    case 'release':
      return held;
    case 'repipe':
      if (failed.length > 0) return failed;
      return columnsWith(name, (letter) => letter === 'h' || letter === 'p' || (isWaiting(letter) && letter !== 'w'));
    case 'skip':
      if (failed.length > 0) return failed;
      return held.length > 0 ? held : columnsWith(name, (letter) => isWaiting(letter) || letter === 'p');
  }
}

const NOTHING: Readonly<Record<LetterVerb, string>> = {
  hold: 'nothing of it waits or runs; name a stage with --stage to hold it ahead',
  release: 'nothing of it is held',
  repipe: 'nothing of it has failed; name the stage to start again from with --stage',
  skip: 'nothing of it has failed, is held, waits or runs; name a stage with --stage',
};

/** The event of a verb on one column. */
export function verbEvent(verb: LetterVerb, column: number): Event {
  return verb === 'hold' ? { type: 'hold', column, cause: 'o' } : { type: verb, column };
}

/**
 * The name after the verb on one stage, or on the columns that it means by itself. Of those, a column whose letter has
 * changed on the way is done with: to repipe a failed stage takes a failed stage after it along.
 */
export function applyVerb(name: EntryName, verb: LetterVerb, stage: number | undefined, rules: Rules): Transition {
  const columns = stage === undefined ? defaultColumns(name, verb) : [stage];
  const isDone = verb === 'hold' && /^[cs]+$/.test(name.letters);
  let result: Transition = { ok: false, why: isDone ? 'it is done: nothing of it is left to hold' : NOTHING[verb] };
  let now = name;
  for (const column of columns) {
    if (now.letters[column] !== name.letters[column]) continue;
    const next = transition(now, verbEvent(verb, column), rules);
    if (!next.ok) return next;
    result = next;
    now = next.name;
  }
  return result;
}
