/** Parameters, datasets and times as the command line writes them. Pure. */
import { RESERVED_KEY } from '../board/content.ts';
import { tryParseDuration } from '../model/duration.ts';
import { usage } from './exit.ts';

const ASSIGNMENT = /^([A-Za-z_][A-Za-z0-9_.-]*)(:?=)(.*)$/s;

export function isAssignment(word: string): boolean {
  return ASSIGNMENT.test(word);
}

/** `k=v` is text, `k:=JSON` any JSON value. */
export function parseAssignment(word: string): [key: string, value: unknown] {
  const [, key = '', operator = '', value = ''] = ASSIGNMENT.exec(word) ?? [];
  if (key === '') throw usage(`'${word}' is no parameter: write name=value, or name:=JSON`);
  if (key === RESERVED_KEY) throw usage(`the parameter name '${RESERVED_KEY}' is reserved: choose another`);
  if (operator === '=') return [key, value];
  try {
    return [key, JSON.parse(value)];
  } catch (error) {
    throw usage(`'${word}': no JSON stands after ':=' (${error instanceof Error ? error.message : String(error)})`);
  }
}

export function parseAssignments(words: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(words.map(parseAssignment));
}

const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:?\d\d)?)?$/;
const COMPACT = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z?$/;

/** ISO 8601 (UTC where no zone is given), `+2h` from now, or `@seconds`. @returns milliseconds UTC */
export function parseTime(text: string, nowMs: number): number {
  const ms = timeOf(text, nowMs);
  if (ms === undefined || !Number.isFinite(ms)) {
    throw usage(`'${text}' is no time: write 2026-11-21T12:00:00Z, +2h from now, or @ and seconds since 1970`);
  }
  return ms;
}

function timeOf(text: string, nowMs: number): number | undefined {
  if (text.startsWith('+')) {
    const ms = tryParseDuration(text.slice(1));
    return ms === undefined ? undefined : nowMs + ms;
  }
  if (/^@\d{1,11}(\.\d+)?$/.test(text)) return Number(text.slice(1)) * 1000;
  const compact = COMPACT.exec(text);
  if (compact !== null) {
    const [, year, month, day, hour, minute, second] = compact;
    return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  }
  const iso = ISO.exec(text);
  if (iso === null) return undefined;
  const [, date, time = '00:00:00', zone = 'Z'] = iso;
  return Date.parse(`${date}T${time}${zone}`);
}
