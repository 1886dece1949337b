/** The first line of a log that several tries share: which entries the step was for. Pure. */
import { plain } from './text.ts';

export interface BatchLine {
  readonly size: number;
  readonly datasets: readonly string[];
}

export function formatBatchLine(stage: string, datasets: readonly string[]): string {
  return `slate: batch of ${datasets.length} at ${stage}: ${datasets.join(' ')}\n`;
}

/** @param text a log's beginning: the line may be cut. Undefined: another log */
export function parseBatchLine(text: string): BatchLine | undefined {
  const [, size, list = '', end] = /^slate: batch of (\d{1,4}) at [a-z][a-z0-9_-]*: ([^\n]*)(\n?)/.exec(text) ?? [];
  if (size === undefined) return undefined;
  const datasets = list.split(' ');
  // Where it is cut nobody knows whether the last name is whole.
  if (end === '') datasets.pop();
  return { size: Number(size), datasets };
}

/** Others that are named. */
const MOST_NAMED = 8;

/** `one of 50 in a step, with a, b and 47 others` */
export function companyText(batch: number, together: readonly string[] = []): string {
  if (batch < 2) return 'alone in a step that takes several';
  const named = together.slice(0, MOST_NAMED).map((name) => plain(name));
  const more = batch - 1 - named.length;
  const others = [...(named.length === 0 ? [] : [named.join(', ')]), ...(more === 0 ? [] : [`${more} others`])];
  return `one of ${batch} in a step, with ${others.join(' and ')}`;
}
