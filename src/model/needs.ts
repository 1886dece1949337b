/**
 * What an entry waits for before it goes on: members (other entries), files, a time. Written by people in YAML, JSON
 * lines and options, kept as JSON on the board. Pure.
 */
import type { AtDeadline } from './definition.ts';
import { tryParseDuration } from './duration.ts';
import { isGlob } from './filter/glob.ts';
import { parseHeld } from './json.ts';
import { datasetFault, parsePosted, stageNameFault } from './name.ts';
import { nearest } from './suggest.ts';
import { tryParseTime } from './when.ts';

/** Complete altogether, where a stage could be named. */
export const DONE = 'done';

/** One dataset, or all that a glob matches. */
export interface MemberSpec {
  /** Undefined: the board of the entry that waits. */
  readonly board: string | undefined;
  readonly dataset: string;
  readonly isGlob: boolean;
  /** Of a glob: how many there must be. */
  readonly atLeast: number;
  /** Undefined: as the needs say. */
  readonly until: string | undefined;
  /** Only a run posted then or later counts. */
  readonly from: string | undefined;
}

export interface FileSpec {
  /** Absolute, or relative to the home. */
  readonly glob: string;
  readonly atLeast: number;
  /** Smaller ones do not count. */
  readonly bytes: number;
  /** Those changed less long ago do not count. */
  readonly ageMs: number;
}

export interface Needs {
  readonly members: readonly MemberSpec[];
  /** How far members must be: a stage, or `done`. Undefined: as the stage that gathers says, else done. */
  readonly until: string | undefined;
  readonly files: readonly FileSpec[];
  readonly notBeforeMs: number | undefined;
  readonly deadlineMs: number | undefined;
  /** At the deadline. Undefined: as the stage that gathers says, else hold. */
  readonly atDeadline: AtDeadline | undefined;
}

export const NO_NEEDS: Needs = {
  members: [],
  until: undefined,
  files: [],
  notBeforeMs: undefined,
  deadlineMs: undefined,
  atDeadline: undefined,
};

/** Something that is wrong with needs: said to whoever wrote them. */
class NeedsFault extends Error {}

const KEYS = ['members', 'until', 'files', 'notBefore', 'deadline', 'then'] as const;
const MEMBER_KEYS = ['board', 'dataset', 'glob', 'atLeast', 'until', 'from'] as const;
const FILE_KEYS = ['glob', 'atLeast', 'size', 'age'] as const;
const ACTS: readonly AtDeadline[] = ['run', 'hold', 'fail'];
const MOST = 1_000_000;

/** @param nowMs `+2h` counts from here @returns the needs, or what is wrong with them in a sentence */
export function parseNeeds(value: unknown, nowMs: number): Needs | string {
  try {
    return needsOf(value, nowMs);
  } catch (error) {
    if (error instanceof NeedsFault) return error.message;
    throw error;
  }
}

function needsOf(value: unknown, nowMs: number): Needs {
  const map = mapping(value, 'the needs', KEYS);
  const needs: Needs = {
    members: list(map.members, 'members').map((member, index) => memberOf(member, `members[${index}]`)),
    until: map.until === undefined ? undefined : untilOf(map.until, 'until'),
    files: list(map.files, 'files').map(fileOf),
    notBeforeMs: map.notBefore === undefined ? undefined : timeOf(map.notBefore, 'notBefore', nowMs),
    deadlineMs: map.deadline === undefined ? undefined : timeOf(map.deadline, 'deadline', nowMs),
    atDeadline: map.then === undefined ? undefined : actOf(map.then),
  };
  if (needs.members.length === 0 && needs.files.length === 0 && needs.notBeforeMs === undefined)
    throw new NeedsFault('they name no members, no files and no time');
  const { notBeforeMs, deadlineMs } = needs;
  if (notBeforeMs !== undefined && deadlineMs !== undefined && deadlineMs < notBeforeMs)
    throw new NeedsFault("'deadline' lies before 'notBefore'");
  return needs;
}

function memberOf(value: unknown, where: string): MemberSpec {
  if (typeof value === 'string') return memberOf(namedOf(value), where);
  const map = mapping(value, where, MEMBER_KEYS);
  if ((map.dataset === undefined) === (map.glob === undefined))
    throw new NeedsFault(`${where}: give one of 'dataset' and 'glob'`);
  if (map.glob === undefined) {
    if (map.atLeast !== undefined) throw new NeedsFault(`${where}: 'atLeast' goes with 'glob'`);
    const dataset = textOf(map.dataset, `${where}.dataset`);
    const fault = datasetFault(dataset);
    if (fault !== undefined) throw new NeedsFault(`${where}: '${dataset}': ${fault.why}`);
    return { ...boundsOf(map, where), dataset, isGlob: false, atLeast: 1 };
  }
  const glob = textOf(map.glob, `${where}.glob`);
  if (glob === '' || glob.includes('/')) throw new NeedsFault(`${where}: '${glob}' is no glob of datasets`);
  const atLeast = map.atLeast === undefined ? 1 : countOf(map.atLeast, `${where}.atLeast`);
  return { ...boundsOf(map, where), dataset: glob, isGlob: true, atLeast };
}

/** `name`, `glob*`, `board:name` or `board:glob*`: as one word says it. */
function namedOf(word: string): Record<string, string> {
  const colon = word.indexOf(':');
  const name = word.slice(colon + 1);
  return { ...(colon < 0 ? {} : { board: word.slice(0, colon) }), [isGlob(name) ? 'glob' : 'dataset']: name };
}

function boundsOf(map: Record<string, unknown>, where: string): Pick<MemberSpec, 'board' | 'until' | 'from'> {
  const board = map.board === undefined ? undefined : textOf(map.board, `${where}.board`);
  const fault = board === undefined ? undefined : stageNameFault(board, 'board name');
  if (fault !== undefined) throw new NeedsFault(`${where}.board: '${board}': ${fault.why}`);
  const from = map.from === undefined ? undefined : textOf(map.from, `${where}.from`);
  if (from !== undefined && parsePosted(from) === undefined)
    throw new NeedsFault(`${where}.from: '${from}' is no posted time like 20261121T120000`);
  return { board, until: map.until === undefined ? undefined : untilOf(map.until, `${where}.until`), from };
}

function fileOf(value: unknown, index: number): FileSpec {
  const where = `files[${index}]`;
  const map = typeof value === 'string' ? { glob: value } : mapping(value, where, FILE_KEYS);
  const glob = textOf(map.glob, `${where}.glob`);
  if (glob === '' || glob.endsWith('/') || glob.includes('\0'))
    throw new NeedsFault(`${where}: '${glob}' is no glob of files`);
  return {
    glob,
    atLeast: map.atLeast === undefined ? 1 : countOf(map.atLeast, `${where}.atLeast`),
    bytes: map.size === undefined ? 0 : bytesOf(map.size, `${where}.size`),
    ageMs: map.age === undefined ? 0 : durationOf(map.age, `${where}.age`),
  };
}

function mapping<Key extends string>(value: unknown, where: string, keys: readonly Key[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new NeedsFault(`${where} must be a mapping with some of ${keys.join(', ')}`);
  for (const key of Object.keys(value)) {
    if ((keys as readonly string[]).includes(key)) continue;
    const near = nearest(key, [...keys]);
    throw new NeedsFault(
      `${where}: unknown key '${key}'${near === undefined ? `; the keys are ${keys.join(', ')}` : `; did you mean '${near}'?`}`,
    );
  }
  return value as Record<string, unknown>;
}

/** One thing stands for a list of it. */
function list(value: unknown, where: string): unknown[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value;
  if (typeof value === 'string' || (typeof value === 'object' && value !== null)) return [value];
  throw new NeedsFault(`${where} must be a list`);
}

function textOf(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  throw new NeedsFault(`${where} must be text${typeof value === 'number' ? `: put it in quotes: '${value}'` : ''}`);
}

function countOf(value: unknown, where: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MOST) return value;
  throw new NeedsFault(`${where} must be a whole number from 1 to ${MOST}`);
}

function untilOf(value: unknown, where: string): string {
  const name = textOf(value, where);
  if (stageNameFault(name) === undefined) return name;
  throw new NeedsFault(`${where}: '${name}' is neither a stage name nor '${DONE}'`);
}

function actOf(value: unknown): AtDeadline {
  const act = ACTS.find((one) => one === value);
  if (act !== undefined) return act;
  throw new NeedsFault(`then must be one of ${ACTS.join(', ')}`);
}

function durationOf(value: unknown, where: string): number {
  const ms = typeof value === 'string' ? tryParseDuration(value) : undefined;
  if (ms !== undefined) return ms;
  throw new NeedsFault(`${where} must be a duration with a unit, such as 5s, 30m or 1h30m`);
}

/** A duration alone counts from now, as `+2h` does. */
function timeOf(value: unknown, where: string, nowMs: number): number {
  const text = value instanceof Date ? value.toISOString() : textOf(value, where);
  const span = tryParseDuration(text);
  const ms = span === undefined ? tryParseTime(text, nowMs) : nowMs + span;
  if (ms !== undefined && Number.isFinite(ms)) return Math.round(ms);
  throw new NeedsFault(`${where}: '${text}' is no time: write 2026-11-21T12:00:00Z, or 2h from now`);
}

const SIZE = /^(\d+(?:\.\d+)?)([kmgt])?b?$/i;
const UNITS = ['', 'k', 'm', 'g', 't'];

function bytesOf(value: unknown, where: string): number {
  const [, number, unit = ''] = SIZE.exec(String(value)) ?? [];
  if (number !== undefined) return Math.round(Number(number) * 1024 ** UNITS.indexOf(unit.toLowerCase()));
  throw new NeedsFault(`${where} must be a size, such as 2880, 10k or 2.5m`);
}

/** As JSON that `parseNeeds` reads back, with what is not said left out, and plain names as plain names. */
export function needsJson(needs: Needs): Record<string, unknown> {
  const iso = (ms: number | undefined): string | undefined =>
    ms === undefined ? undefined : new Date(ms).toISOString();
  return defined({
    members: needs.members.length === 0 ? undefined : needs.members.map(memberJson),
    until: needs.until,
    files: needs.files.length === 0 ? undefined : needs.files.map(fileJson),
    notBefore: iso(needs.notBeforeMs),
    deadline: iso(needs.deadlineMs),
    then: needs.atDeadline,
  });
}

function memberJson({ board, dataset, isGlob: glob, atLeast, until, from }: MemberSpec): unknown {
  if (!glob && board === undefined && until === undefined && from === undefined) return dataset;
  return defined({ board, [glob ? 'glob' : 'dataset']: dataset, atLeast: glob ? atLeast : undefined, until, from });
}

function fileJson({ glob, atLeast, bytes, ageMs }: FileSpec): unknown {
  const age = ageMs === 0 ? undefined : `${ageMs}ms`;
  return defined({ glob, atLeast, size: bytes === 0 ? undefined : String(bytes), age });
}

function defined(map: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(map).filter(([, value]) => value !== undefined));
}

/** The file of a group: its run, then one need a line, so that people can edit it. */
export function formatGroup(run: { readonly dataset: string; readonly posted: string }, needs: Needs): string {
  const { members, ...rest } = needsJson(needs);
  const lines = Object.entries({ dataset: run.dataset, posted: run.posted, ...rest }).map(
    ([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  );
  if (Array.isArray(members)) {
    lines.push(`  "members": [\n${members.map((member) => `    ${JSON.stringify(member)}`).join(',\n')}\n  ]`);
  }
  return `{\n${lines.join(',\n')}\n}\n`;
}

export interface GroupFile {
  readonly dataset: string;
  readonly posted: string;
  readonly needs: Needs;
}

/** @returns the group, or what is wrong with its file */
export function parseGroup(text: string): GroupFile | string {
  let value: unknown;
  try {
    value = parseHeld(text);
  } catch (error) {
    return `it is no JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'it is no JSON object';
  const { dataset, posted, ...rest } = value as Record<string, unknown>;
  if (typeof dataset !== 'string' || typeof posted !== 'string' || parsePosted(posted) === undefined)
    return "it does not say which 'dataset' and 'posted' time (like 20261121T120000) it is of";
  // People take out what is no longer wanted, down to nothing.
  if (isEmpty(rest)) return { dataset, posted, needs: NO_NEEDS };
  // A time that counts from now would never come.
  const needs = parseNeeds(rest, Number.NaN);
  return typeof needs === 'string' ? needs : { dataset, posted, needs };
}

function isEmpty({ members = [], files = [], notBefore, ...rest }: Record<string, unknown>): boolean {
  const isNone = (value: unknown): boolean => Array.isArray(value) && value.length === 0;
  const known = Object.keys(rest).every((key) => (KEYS as readonly string[]).includes(key));
  return known && isNone(members) && isNone(files) && notBefore === undefined;
}
