/** A filter on a board that is followed: time goes on under it, and entries are tested as bare names. */
import { compileFilter, type FilterRow } from '../../model/filter.ts';
import { asksForRemoved } from '../filter.ts';

export type EntryTest = (row: FilterRow) => boolean;

export interface LiveFilter {
  readonly test: EntryTest;
  /** Removed entries are listed only if they are asked for. */
  readonly wantsRemoved: boolean;
  /** The same test as of now, if what it lets through changes as time goes on. */
  readonly renewed?: (() => EntryTest) | undefined;
}

const AGE = /^[-!]?age[<>]/;

/** @param nowMs what `age` is counted from @throws FilterError */
export function liveFilter(words: readonly string[], stages: readonly string[], nowMs: () => number): LiveFilter {
  const compile = (): EntryTest => compileFilter(words, { stages, nowMs: nowMs() });
  const isTimed = words.some((word) => AGE.test(word));
  return { test: compile(), wantsRemoved: asksForRemoved(words), renewed: isTimed ? compile : undefined };
}
