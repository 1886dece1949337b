/**
 * The single fields that names on disk are made of: what each may look like, and, for a refused one, which
 * character is wrong. DESIGN section 2. Pure.
 */

import { isTimeAt, msAt } from './time.ts';

/** A field that is not allowed: `at` is the offset of the wrong character (its length if something is missing). */
export interface FieldFault {
  readonly at: number;
  readonly why: string;
}

export const MAX_NAME_BYTES = 255;
export const MAX_COLUMNS = 32;
export const MAX_DATASET = 128;
export const MAX_CLASS = 16;
export const MAX_STAGE = 32;
/** Nine digits: a claim that would count beyond is not made. */
export const MAX_EPOCH = 999_999_999;
export const DEFAULT_RANK = 50;
export const NO_CLASS = '-';
/** In an entry's content: what is not a parameter. */
export const RESERVED_KEY = 'slate';

const DATASET_FIRST = /[A-Za-z0-9_]/;
const DATASET_REST = /[A-Za-z0-9_.,+=%~-]/;
const CLASS_CHAR = /[a-z0-9_-]/;
const STAGE_FIRST = /[a-z]/;
const STAGE_REST = /[a-z0-9_-]/;

function isPrintable(char: string): boolean {
  const code = char.codePointAt(0) ?? 0;
  return (code > 32 && code < 127) || (code > 0xa0 && /[\p{L}\p{N}\p{P}\p{S}]/u.test(char));
}

function codePoint(char: string): string {
  return `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** How a character is shown to a person: printable ones as they are, others by code point. */
export function showChar(char: string): string {
  if (char === ' ') return `a space (${codePoint(char)})`;
  return isPrintable(char) ? `'${char}'` : codePoint(char);
}

const MOST_SHOWN = 60;

/** How a text of foreign origin is quoted in a message: nothing in it can move the cursor or turn the line around. */
export function showText(text: string): string {
  const chars = [...text];
  const shown = chars
    .slice(0, MOST_SHOWN)
    .map((char) => (char === ' ' || isPrintable(char) ? char : `<${codePoint(char)}>`));
  return `'${shown.join('')}${chars.length > MOST_SHOWN ? '…' : ''}'`;
}

function firstBad(text: string, first: RegExp, rest: RegExp): { at: number; char: string } | undefined {
  let at = 0;
  for (const char of text) {
    const allowed = at === 0 ? first : rest;
    if (char.length !== 1 || !allowed.test(char)) return { at, char };
    at += char.length;
  }
  return undefined;
}

function checked(
  what: string,
  text: string,
  most: number,
  first: RegExp,
  rest: RegExp,
  rule: string,
): FieldFault | undefined {
  if (text.length === 0) return { at: 0, why: `the ${what} is empty` };
  const bad = firstBad(text, first, rest);
  if (bad !== undefined) {
    const place = bad.at === 0 ? 'begin with' : 'contain';
    return { at: bad.at, why: `a ${what} may not ${place} ${showChar(bad.char)} (character ${bad.at + 1}): ${rule}` };
  }
  if (text.length > most)
    return { at: most, why: `the ${what} is ${text.length} characters long; at most ${most} are allowed` };
  return undefined;
}

/** Undefined if `text` is a dataset name. */
export function datasetFault(text: string): FieldFault | undefined {
  const rule = 'a letter, digit or _ first, then letters, digits and _ . , + = % ~ -';
  return checked('dataset', text, MAX_DATASET, DATASET_FIRST, DATASET_REST, rule);
}

/** Undefined if `text` is a class (`-` stands for none). */
export function classFault(text: string): FieldFault | undefined {
  return checked('class', text, MAX_CLASS, CLASS_CHAR, CLASS_CHAR, 'a-z, 0-9, _ and - are allowed');
}

/** Undefined if `text` may name a stage, a board or a pipeline (`what`). */
export function stageNameFault(text: string, what = 'stage name'): FieldFault | undefined {
  return checked(what, text, MAX_STAGE, STAGE_FIRST, STAGE_REST, 'a-z first, then a-z, 0-9, _ and -');
}

/** The offset of the first character that differs from a shape in which `0` is any digit; 0 if none does. */
function offShape(text: string, shape: string): number {
  for (let at = 0; at < shape.length; at++) {
    const char = text[at] ?? '';
    if (shape[at] === '0' ? !/[0-9]/.test(char) : char !== shape[at]) return at;
  }
  return text.length > shape.length ? shape.length : 0;
}

/** Undefined if `text` is a rank, 00 to 99. */
export function rankFault(text: string): FieldFault | undefined {
  if (/^[0-9]{2}$/.test(text)) return undefined;
  return { at: offShape(text, '00'), why: `${showText(text)} is no rank: write two digits, 00 (first) to 99 (last)` };
}

const POSTED = /^\d{8}T\d{6}$/;

/** Undefined if `text` is a posted time. */
export function postedFault(text: string): FieldFault | undefined {
  if (parsePosted(text) !== undefined) return undefined;
  return { at: offShape(text, '00000000T000000'), why: `${showText(text)} is no time like 20261121T120000` };
}

/** Milliseconds since 1970 UTC of a compact time such as `20261121T120000`, or undefined if it is none. */
export function parsePosted(text: string): number | undefined {
  return POSTED.test(text) && isTimeAt(text, 0) ? msAt(text, 0) : undefined;
}

/** Compact ISO 8601 in UTC, whole seconds: `20261121T120000`. */
export function formatPosted(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replaceAll('-', '').replaceAll(':', '');
}

/** The UTC day of a time, as the folders below `done/` and `journal/` are named: `2026-11-21`. */
export function formatDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** True for a UTC day as `formatDay` writes it. */
export function isDay(text: string): boolean {
  const ms = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return Number.isFinite(ms) && formatDay(ms) === text;
}

/** Three digits or more: 7 → `007`. */
export function formatEpoch(epoch: number): string {
  return String(epoch).padStart(3, '0');
}

/** The number behind an epoch field, or undefined if it is not written as `formatEpoch` writes it. */
export function parseEpoch(text: string): number | undefined {
  if (!/^\d{3,9}$/.test(text)) return undefined;
  const epoch = Number(text);
  return formatEpoch(epoch) === text ? epoch : undefined;
}

/** Undefined if `text` is an epoch. */
export function epochFault(text: string): FieldFault | undefined {
  if (parseEpoch(text) !== undefined) return undefined;
  const at = offShape(text, '0'.repeat(Math.min(Math.max(text.length, 3), 9)));
  return { at, why: `${showText(text)} is no epoch: three digits or more, such as 003` };
}

/** A stage process's id: four characters a-z 0-9. */
export function isProcessId(text: string): boolean {
  return /^[a-z0-9]{4}$/.test(text);
}
