/** The shapes that both kinds of file are put together from. Each says in its own words what it must be. */

import { z } from 'zod';
import { MOST_CPUS, tryParseCpus, tryParseMemory } from '../model/demand.ts';
import { tryParseDuration } from '../model/duration.ts';
import { isLimitName } from '../model/name.ts';
import { tryParseSize } from '../model/size.ts';
import { nearest } from '../model/suggest.ts';
import { kindOf } from './source.ts';

export const STAGE_NAME = /^[a-z][a-z0-9_-]{0,31}$/;
export const CLASS_NAME = /^[a-z0-9_-]{1,16}$/;
export const RANK = /^\d{2}$/;

/** Begins the message of an issue about a key that is not there. */
export const MISSING = 'is missing';

/** `must be …, not …`, or that it is missing. */
export function expected(what: string): { error: (issue: { readonly input?: unknown }) => string } {
  return {
    error: ({ input }) => (input === undefined ? `${MISSING}: ${what}` : `must be ${what}, not ${kindOf(input)}`),
  };
}

/**
 * A mapping with these keys and no others.
 * @param say a better message for some values that are none
 */
export function mapping<Shape extends z.ZodRawShape>(shape: Shape, say?: (input: unknown) => string | undefined) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? undefined
        : (say?.(issue.input) ?? expected('a mapping of keys to values').error(issue)),
  });
}

/** Text as it is; numbers and the like are refused, as YAML has changed them already (`010` is 10, `1.10` is 1.1). */
export function text(what = 'text') {
  return z.string({
    error: ({ input }) =>
      typeof input === 'number' || typeof input === 'boolean'
        ? `must be text, not ${input}; put it in quotes: '${input}'`
        : expected(what).error({ input }),
  });
}

export function matching(pattern: RegExp, what: string) {
  return text(what).regex(pattern, expected(what));
}

/** One line without control characters: headings stand in tables whose columns are parted by tabs. */
export function line(most: number) {
  return text().regex(
    new RegExp(`^[^\\u0000-\\u001f\\u007f]{1,${most}}$`),
    expected(`one line of 1 to ${most} characters`),
  );
}

export const stageName = matching(STAGE_NAME, 'a stage name: a small letter, then up to 31 of a-z 0-9 _ -');

export function integer(least: number, most: number) {
  const words = expected(`a whole number from ${least} to ${most}`);
  return z.int(words).min(least, words).max(most, words);
}

export function choice<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, {
    error: ({ input }) => {
      const near = typeof input === 'string' ? nearest(input, words) : undefined;
      const message = expected(`one of ${words.join(', ')}`).error({ input });
      return near === undefined ? message : `${message}; did you mean '${near}'?`;
    },
  });
}

const DURATION = expected('a duration with a unit, such as 5s, 30m or 1h30m');

/** Milliseconds. */
export function duration(least = 0) {
  return z.string(DURATION).transform((value, context) => {
    const ms = tryParseDuration(value);
    if (ms !== undefined && ms >= least) return ms;
    const message = ms === undefined ? DURATION.error({ input: value }) : 'must be longer than 0';
    context.addIssue({ code: 'custom', message, input: value });
    return z.NEVER;
  });
}

const SIZE = expected('a size with a unit, such as 512m or 2g');

/** Bytes. */
export function size(least = 1) {
  return z.string(SIZE).transform((value, context) => {
    const bytes = tryParseSize(value);
    if (bytes !== undefined && bytes >= least) return bytes;
    context.addIssue({ code: 'custom', message: SIZE.error({ input: value }), input: value });
    return z.NEVER;
  });
}

/** Milliseconds, or undefined for `never`. */
export function durationOrNever() {
  const words = expected("a duration with a unit, such as 30d, or 'never'");
  return z.string(words).transform((value, context): number | undefined => {
    if (value === 'never') return undefined;
    const ms = tryParseDuration(value);
    if (ms !== undefined) return ms;
    context.addIssue({ code: 'custom', message: words.error({ input: value }), input: value });
    return z.NEVER;
  });
}

/** A template of a rank. YAML reads `rank: 05` as the number 5. */
export const rankTemplate = z.preprocess(
  (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 99
      ? String(value).padStart(2, '0')
      : value,
  z.string(expected('two digits, 00 to 99')),
);

/** A list; a single text stands for a list of it. */
export function textOrList<Item extends z.ZodType>(item: Item, what: string) {
  return z.preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(item, expected(what)));
}

const isTemplate = (text: string): boolean => /\{[{%]/.test(text);

function needed(what: string, isOne: (text: string) => boolean) {
  const words = expected(what);
  return z.unknown().transform((value, context): string => {
    const given = typeof value === 'number' ? String(value) : value;
    if (typeof given === 'string' && (isTemplate(given) || isOne(given))) return given;
    context.addIssue({ code: 'custom', message: words.error({ input: value }), input: value });
    return z.NEVER;
  });
}

/** A number of cores, or a template that makes one; kept as text. */
export function cores() {
  const what = `a number of cores, such as 2 or 0.5, at most ${MOST_CPUS}, or a template that makes one`;
  return needed(what, (text) => tryParseCpus(text) !== undefined);
}

/** A size of memory, or a template that makes one; kept as text. */
export function memory() {
  const what = 'a size with a unit, such as 512m or 8g, or a template that makes one';
  return needed(what, (text) => tryParseMemory(text) !== undefined);
}

/** The name of one of a board's limits. */
export const limitName = text('the name of a limit').refine(isLimitName, {
  error: expected('the name of a limit: a small letter, then up to 31 of a-z 0-9 _ -').error,
});

/** Places of limits that something takes; a list takes one of each. */
export function limits() {
  return z.preprocess(
    (value) => (Array.isArray(value) ? Object.fromEntries(value.map((name) => [name, 1])) : value),
    z.record(limitName, integer(1, 1_000), expected('a list of limits, such as [database], or {database: 2}')),
  );
}
