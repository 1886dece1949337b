/** Which lines of a log are shown, what is found in them, what looks like an error. Pure but for what it remembers of a filter. */
import type { OpenLog } from '../data.ts';
import { displayed } from './text-area.ts';

/** Lines are called by numbers that stay, whatever is read before them or dropped: 0 is the first one held at first. */
export interface Shown {
  readonly length: number;
  /** Number of the line at a place in the list. */
  numberAt(index: number): number;
  /** Place of a line; of one that is not shown, of the next one that is, or the last. -1 in an empty list. */
  indexOf(number: number): number;
}

/** A text to look for: capitals count if it has some. */
export interface Pattern {
  readonly text: string;
  readonly isNegated: boolean;
  readonly isExact: boolean;
  /** As it is looked for: small letters, unless capitals count. */
  readonly needle: string;
}

export function pattern(line: string, mayNegate: boolean): Pattern | undefined {
  const isNegated = mayNegate && line.startsWith('!');
  const text = isNegated ? line.slice(1) : line;
  if (text === '') return undefined;
  const isExact = /\p{Lu}/u.test(text);
  return { text, isNegated, isExact, needle: isExact ? text : text.toLowerCase() };
}

/** Where the text stands in a line: beginnings, each `needle.length` long. */
export function placesOf(line: string, { isExact, needle }: Pattern): number[] {
  const lower = isExact ? line : line.toLowerCase();
  // A few letters change their length: then nothing can be said of places.
  const within = lower.length === line.length ? lower : line;
  const places: number[] = [];
  for (let at = within.indexOf(needle); at >= 0; at = within.indexOf(needle, at + needle.length)) places.push(at);
  return places;
}

export function matches(line: string, { isExact, isNegated, needle }: Pattern): boolean {
  const text = displayed(line);
  return (isExact ? text : text.toLowerCase()).includes(needle) !== isNegated;
}

const ERROR = /\b(?:errors?|fatal|critical|panic|exception|traceback|failed|failure|segmentation fault|core dumped)\b/i;
const NO_ERROR = /\b(?:0|no|without|zero) (?:errors?|failures?)\b|\b(?:errors?|failures?|failed)\s*[:=]\s*0\b/i;

/** Worth the eye of somebody who looks why it failed. */
export function looksBad(line: string): boolean {
  return ERROR.test(line) && !NO_ERROR.test(line);
}

interface Kept {
  readonly log: string;
  /** Numbers of the lines that were looked at: from, and up to. */
  from: number;
  to: number;
  /** Of those that it lets through. */
  numbers: number[];
}

/** By filter: a log that grows is not gone through again from its beginning. */
const KEPT = new WeakMap<Pattern, Kept>();

/** The try that a log is of: it changes with `[` and `]`. */
export function tryOf({ log }: OpenLog): string {
  return `${log.posted} ${log.stage} ${log.epoch}`;
}

/** @param first number of the first line that is held */
export function shownLines(log: OpenLog, first: number, filter: Pattern | undefined): Shown {
  const { length } = log.lines;
  if (filter === undefined) {
    return {
      length,
      numberAt: (index) => first + index,
      indexOf: (number) => Math.max(Math.min(number - first, length - 1), length === 0 ? -1 : 0),
    };
  }
  const numbers = filtered(log, first, filter);
  return {
    length: numbers.length,
    numberAt: (index) => numbers[index] ?? first,
    indexOf: (number) => Math.min(firstNotBelow(numbers, number), numbers.length - 1),
  };
}

function filtered(log: OpenLog, first: number, filter: Pattern): readonly number[] {
  const id = tryOf(log);
  const end = first + log.lines.length;
  const known = KEPT.get(filter);
  const isKnown = known !== undefined && known.log === id && known.to <= end && known.to >= first && known.from <= end;
  const kept = isKnown ? known : { log: id, from: first, to: first, numbers: [] };
  if (!isKnown) KEPT.set(filter, kept);
  const test = (from: number, to: number): number[] => {
    const found: number[] = [];
    for (let number = from; number < to; number++)
      if (matches(log.lines[number - first] ?? '', filter)) found.push(number);
    return found;
  };
  if (first < kept.from) kept.numbers = [...test(first, kept.from), ...kept.numbers];
  else if (first > kept.from) kept.numbers.splice(0, firstNotBelow(kept.numbers, first));
  kept.from = first;
  if (kept.to === end && !log.isRunning) return kept.numbers;
  // The last line may have been half of one.
  const from = Math.max(first, kept.to - 1);
  if (kept.numbers.at(-1) === from) kept.numbers.pop();
  for (const number of test(from, end)) kept.numbers.push(number);
  kept.to = end;
  return kept.numbers;
}

/** Index of the first number that is not below the wanted one; the length if all are. */
function firstNotBelow(numbers: readonly number[], wanted: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The next line that has a text, from a place on; on from the other end if there is none.
 * @param from the place to begin with, itself included
 */
export function findLine(
  lines: { readonly length: number; at(index: number): string },
  wanted: Pattern,
  from: number,
  by: 1 | -1,
): { readonly index: number; readonly isWrapped: boolean } | undefined {
  const { length } = lines;
  for (let step = 0; step < length; step++) {
    const place = from + by * step;
    const index = ((place % length) + length) % length;
    if (matches(lines.at(index), wanted)) return { index, isWrapped: place !== index };
  }
  return undefined;
}
