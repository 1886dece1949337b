/**
 * An entry's name: its whole state. `RANK.POSTED.COLUMNS.EPOCH.CLASS.DATASET[@TAG[+TAG…]]`, at most 255 bytes.
 * `format(parse(x)) === x` for every name that parses. Pure.
 */
import { isLetter } from '../letters.ts';
import {
  classFault,
  datasetFault,
  epochFault,
  type FieldFault,
  formatEpoch,
  MAX_COLUMNS,
  MAX_NAME_BYTES,
  postedFault,
  rankFault,
  showChar,
} from './fields.ts';
import { type Cause, type Claim, formatTag, parseTag, type Tag } from './tags.ts';

export interface EntryName {
  /** 0 (first) to 99 (last). */
  readonly rank: number;
  /** Compact UTC time; with the dataset it is the entry's identity. */
  readonly posted: string;
  /** One letter a stage, in column order. */
  readonly letters: string;
  /** How many claims this entry has had. */
  readonly epoch: number;
  readonly class: string;
  readonly dataset: string;
  readonly tags: readonly Tag[];
}

export type Parsed = { readonly ok: true; readonly name: EntryName } | ({ readonly ok: false } & FieldFault);

/** The longest claim that an entry may still need: two-digit column, six-digit epoch, two-digit try, and the `@`. */
export const CLAIM_ROOM = '@32-aaaa-999999-10'.length;

export function formatName(name: EntryName): string {
  const rank = String(name.rank).padStart(2, '0');
  const base = `${rank}.${name.posted}.${name.letters}.${formatEpoch(name.epoch)}.${name.class}.${name.dataset}`;
  return name.tags.length === 0 ? base : `${base}@${name.tags.map(formatTag).join('+')}`;
}

/** Bytes on disk. Names are ASCII, so characters are bytes. */
export function nameBytes(name: EntryName): number {
  return formatName(name).length;
}

function lettersFault(text: string): FieldFault | undefined {
  if (text.length === 0) return { at: 0, why: 'the columns are empty' };
  let at = 0;
  for (const char of text) {
    if (!isLetter(char)) return { at, why: `column ${at + 1} holds ${showChar(char)}, which is no letter of a column` };
    at += char.length;
  }
  if (text.length > MAX_COLUMNS)
    return { at: MAX_COLUMNS, why: `${text.length} columns; at most ${MAX_COLUMNS} are allowed` };
  return undefined;
}

const FIELDS: ReadonlyArray<readonly [what: string, fault: (text: string) => FieldFault | undefined]> = [
  ['rank', rankFault],
  ['posted time', postedFault],
  ['columns', lettersFault],
  ['epoch', epochFault],
  ['class', classFault],
];

/** Reads a file name; on refusal `at` is the offset of the wrong character in `file`. Never throws. */
export function parseName(file: string): Parsed {
  if (file.length > MAX_NAME_BYTES) {
    return {
      ok: false,
      at: MAX_NAME_BYTES,
      why: `the name is ${file.length} bytes long; at most ${MAX_NAME_BYTES} are allowed`,
    };
  }
  const values: string[] = [];
  let start = 0;
  for (const [what, fault] of FIELDS) {
    const end = file.indexOf('.', start);
    if (end < 0)
      return {
        ok: false,
        at: file.length,
        why: `the name ends before its ${what}: RANK.POSTED.COLUMNS.EPOCH.CLASS.DATASET`,
      };
    const value = file.slice(start, end);
    const found = fault(value);
    if (found !== undefined) return { ok: false, at: start + found.at, why: found.why };
    values.push(value);
    start = end + 1;
  }
  const sign = file.indexOf('@', start);
  const dataset = sign < 0 ? file.slice(start) : file.slice(start, sign);
  const wrong = datasetFault(dataset);
  if (wrong !== undefined) return { ok: false, at: start + wrong.at, why: wrong.why };
  const tags: Tag[] = [];
  if (sign >= 0) {
    let at = sign + 1;
    for (const text of file.slice(at).split('+')) {
      const tag = parseTag(text);
      if (typeof tag === 'string') return { ok: false, at, why: tag };
      tags.push(tag);
      at += text.length + 1;
    }
  }
  const [rank = '', posted = '', letters = '', epoch = '', cls = ''] = values;
  return { ok: true, name: { rank: Number(rank), posted, letters, epoch: Number(epoch), class: cls, dataset, tags } };
}

/** The claim that stands for a column, if its letter is `p` or `e`. Of two, made by hand, the later epoch's. */
export function claimOf(name: EntryName, column: number): Claim | undefined {
  const letter = name.letters[column];
  if (letter !== 'p' && letter !== 'e') return undefined;
  let found: Claim | undefined;
  for (const tag of name.tags) {
    if (tag.kind === 'claim' && tag.column === column && (found === undefined || tag.epoch > found.epoch)) found = tag;
  }
  return found;
}

/** All claims that stand. */
export function claimsOf(name: EntryName): Claim[] {
  const found: Claim[] = [];
  for (let column = 0; column < name.letters.length; column++) {
    const claim = claimOf(name, column);
    if (claim !== undefined) found.push(claim);
  }
  return found;
}

/** The cause that stands for a column, if its letter is `f` or `h`. */
export function causeOf(name: EntryName, column: number): string | undefined {
  const letter = name.letters[column];
  if (letter !== 'f' && letter !== 'h') return undefined;
  return name.tags.findLast((tag): tag is Cause => tag.kind === 'cause' && tag.column === column)?.cause;
}

/** True if both name the same try. */
export function sameClaim(a: Claim, b: Claim): boolean {
  return a.column === b.column && a.process === b.process && a.epoch === b.epoch && a.try === b.try;
}

/** The entry's tags without those that do not fit their letters, one a column, in column order. */
export function fittingTags(name: EntryName): Tag[] {
  const tags: Tag[] = [];
  for (let column = 0; column < name.letters.length; column++) {
    const claim = claimOf(name, column);
    const cause = causeOf(name, column);
    if (claim !== undefined) tags.push(claim);
    else if (cause !== undefined) tags.push({ kind: 'cause', column, cause });
  }
  return tags;
}

/**
 * The name with fitting tags only, and short enough: causes are dropped from the left until it fits, claims never.
 * Undefined if it does not fit even without causes.
 */
export function fitName(name: EntryName): EntryName | undefined {
  let tags = fittingTags(name);
  for (;;) {
    const fitted = { ...name, tags };
    if (nameBytes(fitted) <= MAX_NAME_BYTES) return fitted;
    const drop = tags.findIndex((tag) => tag.kind === 'cause');
    if (drop < 0) return undefined;
    tags = tags.toSpliced(drop, 1);
  }
}

/** Undefined if an entry of this name can still be claimed once at a six-digit epoch; else why not. */
export function roomFault(name: EntryName): string | undefined {
  const longest = nameBytes({ ...name, epoch: 999_999, tags: [] }) + CLAIM_ROOM;
  if (longest <= MAX_NAME_BYTES) return undefined;
  return `its name would be ${longest} bytes long with a claim, and a file name holds ${MAX_NAME_BYTES}: shorten the dataset's name`;
}
