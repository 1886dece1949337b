/** An event as columns, as one line of text, and as a filter. Pure. */
import type { JournalLine } from '../../board/journal.ts';
import { describeLine } from '../../history/describe.ts';
import { datasetFault } from '../../model/name.ts';
import { plain } from '../../model/text.ts';
import { countText, thousands } from '../numbers.ts';
import { eventWord } from './kinds.ts';

/** A field that is text; a journal may hold anything. */
export function fieldOf(line: JournalLine, field: 'dataset' | 'posted' | 'stage' | 'by' | 'host'): string {
  const value: unknown = line[field];
  return typeof value === 'string' ? value : '';
}

/** How many equal acts one line stands for: 1, unless a run of them was told as one. */
export function runLength(line: JournalLine): number {
  return typeof line.count === 'number' && line.count > 1 ? line.count : 1;
}

/** `137 holds` */
export function runText(line: JournalLine): string {
  return countText(runLength(line), line.event, `${line.event}s`);
}

/** The text behind the columns: how many acts it stands for, why, then what. */
export function textOf(line: JournalLine): string {
  const number = runLength(line);
  const { count: told, reason, ...rest } = line;
  const parts = [
    number > 1 ? `x${thousands(number)}` : '',
    typeof reason === 'string' ? `"${reason}"` : '',
    // Whatever else is called count or reason is told as it is.
    describeLine({
      ...(rest as JournalLine),
      ...(typeof told === 'number' ? {} : { count: told }),
      ...(typeof reason === 'string' ? {} : { reason }),
    }),
  ];
  return parts.filter((part) => part !== '').join(', ');
}

export function writerOf(line: JournalLine): string {
  return `${fieldOf(line, 'by')}@${fieldOf(line, 'host')}`;
}

/** One line for the clipboard: all of it, times in UTC. */
export function copyText(line: JournalLine): string {
  const place = [fieldOf(line, 'dataset'), fieldOf(line, 'stage')];
  const parts = [line.t, eventWord(line), ...place, writerOf(line), textOf(line)];
  return plain(parts.filter((part) => part !== '').join(' '));
}

const MOST_SOURCE = 200;

/**
 * A word of the filter that finds the entries of this dataset and no others; undefined if it is no name of a dataset.
 * A plain word would find all names that hold it, and might be taken for a key.
 */
export function datasetFilter(dataset: string): string | undefined {
  if (datasetFault(dataset) !== undefined) return undefined;
  const exact = dataset.replace(/[.+]/g, '\\$&');
  // A regular expression has a longest length: then a dot stands for one character, itself among others.
  const source = exact.length + 2 <= MOST_SOURCE ? exact : dataset.replace(/[.+]/g, '.');
  return `/^${source}$/`;
}
