/**
 * What a step says of its work in `$SLATE_RESULT`: parameters for the stages after it, and a reason. Checked before
 * anything of it counts; what is wrong is said in a sentence. Pure.
 */
import { MOST_DEPTH, parseJson } from './json.ts';
import { RESERVED_KEY } from './name.ts';

export interface StepResult {
  readonly params: Readonly<Record<string, unknown>>;
  readonly reason: string | undefined;
}

/** It goes into a file of the board and into the environment of later steps' programs: data belongs into products. */
export const MOST_RESULT_BYTES = 1024 * 1024;
/** A sentence or two; more belongs into the log. */
const MOST_REASON = 1_000;

const KEYS: readonly string[] = ['params', 'reason'];

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads what a step wrote; nothing but white space is no result. A string says what is wrong. */
export function parseResult(text: string): StepResult | string {
  if (text.trim() === '') return { params: {}, reason: undefined };
  let value: unknown;
  try {
    value = parseJson(text, MOST_DEPTH + 1);
  } catch (error) {
    return `it is no JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (!isObject(value)) return 'it is no JSON object';
  const unknown = Object.keys(value).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) return `it has the key '${unknown}'; the keys are ${KEYS.join(' and ')}`;
  return resultOf(value);
}

/** The result, or what is wrong with its parts. */
export function resultOf({ params = {}, reason }: Readonly<Record<string, unknown>>): StepResult | string {
  if (!isObject(params)) return 'its params are no JSON object';
  if (RESERVED_KEY in params) return `the parameter name '${RESERVED_KEY}' is reserved: choose another`;
  if (reason !== undefined && typeof reason !== 'string') return 'its reason is no text';
  return { params, reason: shortReason(reason) };
}

function shortReason(reason: string | undefined): string | undefined {
  const text = reason?.trim().replaceAll(/\s+/g, ' ') ?? '';
  if (text === '') return undefined;
  return text.length > MOST_REASON ? `${text.slice(0, MOST_REASON - 1)}…` : text;
}

/** As it is kept: undefined if it says nothing. */
export function formatResult({ params, reason }: StepResult): string | undefined {
  if (Object.keys(params).length === 0 && reason === undefined) return undefined;
  return `${JSON.stringify({ params, ...(reason === undefined ? {} : { reason }) })}\n`;
}
