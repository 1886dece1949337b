/**
 * Tags behind the `@` of an entry's name: claims (who is doing which column) and causes (why a column failed or is
 * held). Columns count from 1 on disk and from 0 in the code. Pure.
 */
import { isProcessId, MAX_COLUMNS, MAX_EPOCH, showText } from './fields.ts';

/** Ownership of one column: `<column>-<process id>-<epoch>-<try>`. */
export interface Claim {
  readonly kind: 'claim';
  readonly column: number;
  readonly process: string;
  /** The entry's epoch when the claim was made; with the dataset and the posted time it names one try. */
  readonly epoch: number;
  /** 1 for the first try. */
  readonly try: number;
}

/** Why a column is `f` or `h`: `<column>-<cause>`. */
export interface Cause {
  readonly kind: 'cause';
  readonly column: number;
  /** A letter and perhaps a number: `x2` exit code, `s9` signal, `t` time limit, `l` lost process, `m` memory,
   *  `d` duplicate, `o` operator, `n` not fit to run; or a reason in one word, `no_bias`. Others are kept: a newer version
   *  may know them. */
  readonly cause: string;
}

export type Tag = Claim | Cause;

const MAX_TRY = 10;
/** Cause of an entry whose name, content, parameters or rights do not let it run: a person has to look. */
export const UNFIT = 'n';
/** Cause of an entry that a stage has sent back as often as it may. */
export const BACK_LIMIT = 'back_limit';
/** Cause of an entry whose group was not complete at its deadline. */
export const DEADLINE = 'deadline';
const CAUSE = /^[a-z][a-z0-9_]{0,15}$/;
/** Causes that say how a step ended; no reason looks like one, nor like the log's outcome of a try that sent its entry back. */
const NUMBERED = /^(x|s|sent)(\d+)$/;

export function isCause(text: string): boolean {
  return CAUSE.test(text);
}

/** A reason in one word, as a stage file or a step gives it: `no_bias`. It stands where a cause stands. */
export function isReason(text: string): boolean {
  return text.length > 1 && CAUSE.test(text) && !NUMBERED.test(text);
}

const LETTER_CAUSES: Readonly<Record<string, string>> = {
  t: 'time limit exceeded',
  l: 'its stage process was lost',
  m: 'out of memory',
  d: 'another entry holds this dataset',
  o: 'set by an operator',
  n: "can't be run as it is: 'slate show' says why",
};

/** What a cause says, in words. A reason is shown as it is, so that it can be asked for: `cause:no_bias`. */
export function causeText(cause: string): string {
  const [, kind, number] = NUMBERED.exec(cause) ?? [];
  switch (kind) {
    case 'x':
      return `exit code ${number}`;
    case 's':
      return `killed by signal ${number}`;
    case 'sent':
      return `sent back to column ${number}`;
    default:
      return LETTER_CAUSES[cause] ?? (isReason(cause) ? cause : `cause ${cause}`);
  }
}

/** A number written without leading zeros. */
function plainNumber(text: string, least: number, most: number): number | undefined {
  if (!/^\d{1,9}$/.test(text)) return undefined;
  const value = Number(text);
  return String(value) === text && value >= least && value <= most ? value : undefined;
}

export function formatTag(tag: Tag): string {
  const column = tag.column + 1;
  return tag.kind === 'claim' ? `${column}-${tag.process}-${tag.epoch}-${tag.try}` : `${column}-${tag.cause}`;
}

/** The tag, or what is wrong with it. */
export function parseTag(text: string): Tag | string {
  const parts = text.split('-');
  const column = plainNumber(parts[0] ?? '', 1, MAX_COLUMNS);
  if (column === undefined)
    return `the tag ${showText(text)} does not begin with a column number from 1 to ${MAX_COLUMNS}`;
  if (parts.length === 2) {
    const cause = parts[1] ?? '';
    return isCause(cause)
      ? { kind: 'cause', column: column - 1, cause }
      : `the cause in the tag ${showText(text)} is not like x2, s9, t or l`;
  }
  const epoch = plainNumber(parts[2] ?? '', 1, MAX_EPOCH);
  const nth = plainNumber(parts[3] ?? '', 1, MAX_TRY);
  if (parts.length !== 4 || !isProcessId(parts[1] ?? '') || epoch === undefined || nth === undefined) {
    return `the tag ${showText(text)} is neither a claim (column-process-epoch-try) nor a cause (column-cause)`;
  }
  return { kind: 'claim', column: column - 1, process: parts[1] ?? '', epoch, try: nth };
}
