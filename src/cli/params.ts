/** Parameters, datasets and times as the command line writes them. Pure. */
import { RESERVED_KEY } from '../board/content.ts';
import { parseJson } from '../model/json.ts';
import { showText } from '../model/name.ts';
import { tryParseTime } from '../model/when.ts';
import { usage } from './exit.ts';

const ASSIGNMENT = /^([A-Za-z_][A-Za-z0-9_.-]*)(:?=)(.*)$/s;

export function isAssignment(word: string): boolean {
  return ASSIGNMENT.test(word);
}

/** `k=v` is text, `k:=JSON` any JSON value. */
export function parseAssignment(word: string): [key: string, value: unknown] {
  const [, key = '', operator = '', value = ''] = ASSIGNMENT.exec(word) ?? [];
  if (key === '') throw usage(`${showText(word)} is no parameter: write name=value, or name:=JSON`);
  if (key === RESERVED_KEY) throw usage(`the parameter name '${RESERVED_KEY}' is reserved: choose another`);
  if (operator === '=') return [key, value];
  try {
    return [key, parseJson(value)];
  } catch (error) {
    throw usage(
      `${showText(word)}: no JSON stands after ':=' (${error instanceof Error ? error.message : String(error)})`,
    );
  }
}

export function parseAssignments(words: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(words.map(parseAssignment));
}

/** ISO 8601 (UTC where no zone is given), `+2h` from now, or `@seconds`. @returns milliseconds UTC */
export function parseTime(text: string, nowMs: number): number {
  const ms = tryParseTime(text, nowMs);
  if (ms === undefined) {
    throw usage(`'${text}' is no time: write 2026-11-21T12:00:00Z, +2h from now, or @ and seconds since 1970`);
  }
  return ms;
}
