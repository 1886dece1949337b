/** A line of a list of entries to post: a dataset, or a JSON object that says more. Pure. */
import { parseJson } from './json.ts';
import { type Needs, parseNeeds } from './needs.ts';
import { isObject } from './result.ts';
import { tryParseTime } from './when.ts';

export interface PostLine {
  readonly dataset: string;
  readonly class?: string | undefined;
  readonly rank?: number | undefined;
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  /** Not before this time (milliseconds UTC). */
  readonly afterMs?: number | undefined;
  readonly hold?: boolean | undefined;
  /** What it waits for. */
  readonly needs?: Needs | undefined;
  /** Another board of the home. */
  readonly board?: string | undefined;
}

export type PostKey = 'dataset' | 'class' | 'rank' | 'params' | 'after' | 'hold' | 'needs' | 'board';

/**
 * @param keys those that may stand there
 * @param nowMs what `+2h` counts from
 * @returns what the line says, or what is wrong with it in a sentence; undefined for an empty line
 */
export function parsePostLine(line: string, keys: readonly PostKey[], nowMs: number): PostLine | string | undefined {
  const text = line.trim();
  if (text === '') return undefined;
  if (!text.startsWith('{')) return { dataset: text };
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    return `no JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (!isObject(value)) return 'no JSON object';
  const unknown = Object.keys(value).find((key) => !(keys as readonly string[]).includes(key));
  if (unknown !== undefined) return `unknown key '${unknown}'; the keys are ${keys.join(', ')}`;
  const { dataset, class: cls, params, after, hold, board } = value;
  if (typeof dataset !== 'string') return 'dataset is missing, or is no text';
  if (cls !== undefined && typeof cls !== 'string') return 'class is no text';
  if (params !== undefined && !isObject(params)) return 'params is no object';
  if (hold !== undefined && typeof hold !== 'boolean') return 'hold is neither true nor false';
  if (board !== undefined && typeof board !== 'string') return 'board is no text';
  const rank = rankOf(value.rank);
  if (rank === false) return 'rank is no number from 0 to 99';
  const afterMs = typeof after === 'string' ? tryParseTime(after, nowMs) : undefined;
  if (after !== undefined && afterMs === undefined) return 'after is no time: 2026-11-21T12:00:00Z, +2h, or @seconds';
  const needs = value.needs === undefined ? undefined : parseNeeds(value.needs, nowMs);
  if (typeof needs === 'string') return `needs: ${needs}`;
  return { dataset, class: cls, rank, params, afterMs, hold, needs, board };
}

function rankOf(value: unknown): number | undefined | false {
  if (value === undefined) return undefined;
  const number = typeof value === 'string' && /^\d{1,2}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= 99 ? number : false;
}
