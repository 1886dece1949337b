import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { DataError } from './data-error.ts';

/** What keeps coming and has been looked at: lines that match are counted, and not told of. */
export interface KnownPattern {
  readonly pattern: RegExp;
  readonly reason: string;
  /** The last day (UTC, `2026-12-31`) on which it is ignored; undefined: for ever. */
  readonly until: string | undefined;
}

const KEYS = ['pattern', 'reason', 'until'];

/**
 * Reads a list of known patterns (YAML): each with `pattern`, a regular expression, `reason`, and perhaps `until`.
 * @throws DataError with the line for what is none of these, a pattern that does not compile, and one that would match any line
 */
export function parseKnown(text: string): KnownPattern[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [fault] = document.errors;
  if (fault !== undefined)
    throw new DataError(`line ${lines.linePos(fault.pos[0]).line}: ${fault.message.split('\n')[0]}`);
  if (document.contents === null) return [];
  if (!isSeq(document.contents)) throw new DataError('a list of patterns is needed');
  return document.contents.items.map((item) => {
    const range = isMap(item) || isScalar(item) || isSeq(item) ? item.range : undefined;
    const where = `line ${lines.linePos(range?.[0] ?? 0).line}`;
    return knownPattern(isMap(item) ? item.toJSON() : undefined, where);
  });
}

function knownPattern(value: Readonly<Record<string, unknown>> | undefined, where: string): KnownPattern {
  if (value === undefined) throw new DataError(`${where}: a mapping with ${KEYS.join(', ')} is needed`);
  const other = Object.keys(value).find((key) => !KEYS.includes(key));
  if (other !== undefined) throw new DataError(`${where}: unknown key '${other}'; known: ${KEYS.join(', ')}`);
  const { pattern, reason, until } = value;
  if (typeof pattern !== 'string') throw new DataError(`${where}: 'pattern' must be a regular expression`);
  if (typeof reason !== 'string' || reason.trim() === '')
    throw new DataError(`${where}: 'reason' must say why /${pattern}/ may be ignored`);
  if (until !== undefined && !isDay(until))
    throw new DataError(`${where}: 'until' must be a day such as 2026-12-31, not ${JSON.stringify(until)}`);
  return { pattern: compiled(pattern, where), reason: reason.trim(), until };
}

function isDay(value: unknown): value is string {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value));
}

function compiled(pattern: string, where: string): RegExp {
  let made: RegExp;
  try {
    made = new RegExp(pattern, 'u');
  } catch (error) {
    throw new DataError(`${where}: ${(error as Error).message}`);
  }
  if (made.test('')) throw new DataError(`${where}: /${pattern}/ matches any line: it would hide all that goes wrong`);
  return made;
}

/** @param today UTC, `2026-11-21` */
export function isInForce({ until }: KnownPattern, today: string): boolean {
  return until === undefined || today <= until;
}
