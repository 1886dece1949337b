/** One word of a filter → a test of a row. What `stage:` does to the others is `filter.ts`'s business. */

import { formatDuration, tryParseDuration } from '../duration.ts';
import { isLetter, type Letter } from '../letters.ts';
import { isReason } from '../name/tags.ts';
import { didYouMean } from '../suggest.ts';
import { globMatches, isGlob, oneOf } from './glob.ts';
import { FILTER_KEY_NAMES } from './keys.ts';
import { regexFault } from './regex.ts';
import { lettersOf, type State, stateOf, stateWords } from './states.ts';
import { endOfRegex } from './words.ts';

/** What a filter looks at. Only what a filter asks for is read, so dear ones may be getters. */
export interface FilterRow {
  readonly dataset: string;
  readonly class: string;
  readonly rank: number;
  /** The entry's folder. */
  readonly state: State;
  /** One letter a column. */
  readonly letters: string;
  /** Milliseconds since the epoch. */
  readonly postedMs: number;
  /** The number of the current try in that column (from 0), 0 if it was never tried. */
  readonly tries: (column: number) => number;
  /** Why columns (from 0) failed or are held: `x2`, `t`, … */
  readonly causes: ReadonlyArray<{ readonly column: number; readonly cause: string }>;
  /** Ids of the stage processes that have a claim on it. */
  readonly processes: readonly string[];
}

export type RowTest = (row: FilterRow) => boolean;

/** A filter that can't be: the message quotes the term, says what is wrong and what would be right. */
export class FilterError extends Error {
  override readonly name = 'FilterError';
  readonly term: string;

  constructor(term: string, problem: string) {
    super(`'${term}': ${problem}`);
    this.term = term;
  }
}

export interface FilterContext {
  /** The board's stages, in column order. */
  readonly stages: readonly string[];
  /** What `age` is counted from: milliseconds since the epoch. */
  readonly nowMs: number;
}

/** A word taken apart: `-rank<=20` is negated, `rank`, `<=`, `20`. Without a key, `key` is `regex`, `glob` or `text`. */
export interface Term {
  readonly word: string;
  readonly negated: boolean;
  readonly key: string;
  readonly operator: string;
  readonly value: string;
}

/** Which columns a word is about: those of `stage:`, or undefined for all. */
export type Columns = readonly number[] | undefined;

const LONGEST_REGEX = 200;
const KEYED = /^([A-Za-z_]+)(:|<=|>=|<|>|=)(.*)$/s;

export function parseTerm(word: string): Term {
  const negated = word.startsWith('-') || word.startsWith('!');
  const rest = negated ? word.slice(1) : word;
  if (rest === '') throw new FilterError(word, negated ? 'there is nothing to negate; write -TERM' : 'an empty word');
  if (rest.startsWith('/')) return { word, negated, key: 'regex', operator: '', value: rest };
  const [, key = '', operator = '', value = ''] = KEYED.exec(rest) ?? [];
  if (FILTER_KEY_NAMES.includes(key)) {
    if (value === '') throw new FilterError(word, `nothing stands after '${operator}'`);
    return { word, negated, key, operator, value };
  }
  // A dataset may hold `=`, but never these.
  if (key !== '' && operator !== '=') {
    const tail = didYouMean(key, FILTER_KEY_NAMES) || `; the keys are ${FILTER_KEY_NAMES.join(', ')}`;
    throw new FilterError(word, `there is no key '${key}'${tail}`);
  }
  return { word, negated, key: isGlob(rest) ? 'glob' : 'text', operator: '', value: rest };
}

/** The columns that a `stage:` word names. */
export function stageColumns(term: Term, stages: readonly string[]): number[] {
  return list(term).map((name) => {
    const column = stages.indexOf(name);
    if (column === -1) {
      const tail = didYouMean(name, stages) || `; its stages are ${stages.join(', ')}`;
      throw new FilterError(term.word, `this board has no stage '${name}'${tail}`);
    }
    return column;
  });
}

/** The letters of a column that something is still to be done with: the entry is at this stage. */
const OPEN: ReadonlySet<string> = new Set('w123456789pefhg');

/** A test that one of the columns (all of them, if undefined) has one of the letters. */
export function hasLetter(columns: Columns, letters: ReadonlySet<string> = OPEN): RowTest {
  if (columns === undefined) {
    return (row) => {
      for (const letter of row.letters) if (letters.has(letter)) return true;
      return false;
    };
  }
  return (row) => columns.some((column) => letters.has(row.letters.charAt(column)));
}

/** The test of any word but `stage:`. */
export function termTest(term: Term, columns: Columns, nowMs: number): RowTest {
  switch (term.key) {
    case 'regex':
      return regexTest(term);
    case 'glob':
      return (row) => globMatches(term.value, row.dataset);
    case 'text':
      return textTest(term.value);
    case 'state':
      return stateTest(term, columns);
    case 'letter':
      return letterTest(term, columns);
    case 'class': {
      const matches = oneOf(list(term));
      return (row) => matches(row.class);
    }
    case 'process': {
      const matches = oneOf(list(term));
      return (row) => row.processes.some(matches);
    }
    case 'rank': {
      const compare = comparison(term, wholeNumber(term, 99));
      return (row) => compare(row.rank);
    }
    case 'try': {
      const compare = comparison(term, wholeNumber(term, 999_999));
      return (row) => compare(mostTries(row, columns));
    }
    case 'age':
      return ageTest(term, nowMs);
    case 'cause':
      return causeTest(term, columns);
    default:
      throw new FilterError(term.word, `there is no key '${term.key}'`);
  }
}

function list(term: Term): string[] {
  if (term.operator !== ':' && term.operator !== '=') {
    throw new FilterError(term.word, `'${term.key}' has no order; write ${term.key}:${term.value}`);
  }
  const values = term.value.split(',');
  if (values.includes('')) throw new FilterError(term.word, `a word is missing beside ','`);
  return values;
}

function regexTest(term: Term): RowTest {
  const end = endOfRegex(term.value, 0);
  const source = term.value.slice(1, end - 1);
  const flags = term.value.slice(end);
  if (end < 3 || term.value[end - 1] !== '/' || term.value.slice(0, end).endsWith('\\/')) {
    throw new FilterError(term.word, 'a regular expression ends with a slash; write /REGEX/ or /REGEX/i');
  }
  if (flags !== '' && flags !== 'i') {
    throw new FilterError(
      term.word,
      `'${flags}' stands behind the regular expression; only i (capitals do not count) may`,
    );
  }
  if (source.length > LONGEST_REGEX) {
    throw new FilterError(
      term.word,
      `a regular expression has at most ${LONGEST_REGEX} characters, not ${source.length}`,
    );
  }
  let regex: RegExp;
  try {
    regex = new RegExp(source, flags);
  } catch (error) {
    const reason =
      error instanceof Error ? error.message.replace(/^Invalid regular expression: .*\/[a-z]*: /s, '') : '';
    throw new FilterError(
      term.word,
      `no regular expression (${reason}); put \\ before ( ) [ ] { } * + ? . ^ $ | to mean them`,
    );
  }
  const fault = regexFault(source);
  if (fault !== undefined) throw new FilterError(term.word, fault);
  return (row) => regex.test(row.dataset);
}

function textTest(text: string): RowTest {
  if (text !== text.toLowerCase()) return (row) => row.dataset.includes(text);
  // Quicker than a lower-case copy of every name.
  const regex = new RegExp(text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'), 'i');
  return (row) => regex.test(row.dataset);
}

function stateTest(term: Term, columns: Columns): RowTest {
  if (columns !== undefined) {
    return hasLetter(
      columns,
      new Set(list(term).flatMap((word) => lettersOf(word) ?? unknownState(term, word, 'stage'))),
    );
  }
  const states = new Set(list(term).map((word) => stateOf(word) ?? unknownState(term, word, 'entry')));
  return (row) => states.has(row.state);
}

function unknownState(term: Term, word: string, where: 'entry' | 'stage'): never {
  if (where === 'entry' && lettersOf(word) !== undefined) {
    throw new FilterError(term.word, `'${word}' is a state of a stage; write ${term.word} stage:NAME`);
  }
  if (where === 'stage' && stateOf(word) !== undefined) {
    throw new FilterError(term.word, `'${word}' is a state of an entry, not of a stage; leave stage: out`);
  }
  const words = stateWords(where);
  throw new FilterError(
    term.word,
    `there is no state '${word}'${didYouMean(word, words) || `; the states are ${words.join(', ')}`}`,
  );
}

function letterTest(term: Term, columns: Columns): RowTest {
  const letters: Letter[] = list(term).map((letter) => {
    if (isLetter(letter)) return letter;
    throw new FilterError(term.word, `'${letter}' is no letter of a column; those are _ w 1 to 9 p e c s f h g`);
  });
  return hasLetter(columns, new Set(letters));
}

function wholeNumber(term: Term, most: number): number {
  if (!/^\d{1,6}$/.test(term.value) || Number(term.value) > most) {
    throw new FilterError(
      term.word,
      `'${term.value}' is no whole number from 0 to ${most}; write such as ${term.key}>=2`,
    );
  }
  return Number(term.value);
}

function comparison(term: Term, right: number): (left: number) => boolean {
  switch (term.operator) {
    case '<':
      return (left) => left < right;
    case '<=':
      return (left) => left <= right;
    case '>':
      return (left) => left > right;
    case '>=':
      return (left) => left >= right;
    default:
      return (left) => left === right;
  }
}

function mostTries(row: FilterRow, columns: Columns): number {
  let most = 0;
  if (columns !== undefined) for (const column of columns) most = Math.max(most, row.tries(column));
  else for (let column = 0; column < row.letters.length; column++) most = Math.max(most, row.tries(column));
  return most;
}

function ageTest(term: Term, nowMs: number): RowTest {
  const ms = tryParseDuration(term.value);
  if (ms === undefined) {
    throw new FilterError(term.word, `'${term.value}' is no duration: write such as age>30m, age>2h or age>1d`);
  }
  if (term.operator === ':' || term.operator === '=') {
    throw new FilterError(
      term.word,
      `no age is exactly ${formatDuration(ms)}; write age>${term.value} or age<${term.value}`,
    );
  }
  const compare = comparison(term, ms);
  return (row) => compare(nowMs - row.postedMs);
}

const CAUSE = /^(?:[xs]\d{1,3}|[xstlmdon])$/;
/** The kind alone means all of its numbers, and no word that begins like it. */
const KINDS: Readonly<Record<string, RegExp>> = { x: /^x\d+$/, s: /^s\d+$/ };

function causeTest(term: Term, columns: Columns): RowTest {
  const wanted = list(term);
  for (const cause of wanted) {
    if (!CAUSE.test(cause) && !isReason(cause) && !isGlob(cause)) {
      throw new FilterError(
        term.word,
        `'${cause}' is no cause: x2 is exit code 2, s9 signal 9, t time limit, l lost process, m memory, d duplicate, o operator, n not fit to run; a reason is a word such as no_bias`,
      );
    }
  }
  const kinds = wanted.flatMap((cause) => KINDS[cause] ?? []);
  const others = oneOf(wanted.filter((cause) => KINDS[cause] === undefined));
  const matches = (cause: string): boolean => others(cause) || kinds.some((kind) => kind.test(cause));
  return (row) =>
    row.causes.some(({ column, cause }) => (columns === undefined || columns.includes(column)) && matches(cause));
}
