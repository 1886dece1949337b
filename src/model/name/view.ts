/**
 * An entry's name read field by field, only what is asked for: a filter over 200,000 names can't afford to parse each.
 * What is read here is true of names that `parseName` takes, and of those only; `isEntryFile` tells them quickly. Pure.
 */
import type { FilterRow } from '../filter.ts';
import { isClaimed, LETTERS, type Letter } from '../letters.ts';
import { MAX_CLASS, MAX_COLUMNS, MAX_DATASET, MAX_NAME_BYTES } from './fields.ts';
import type { State } from './files.ts';
import { digits, isTimeAt, msAt } from './time.ts';

/** Where the posted time stands in an entry's name: what is before it has a fixed length, and so has it. */
export const POSTED_AT = 3;
export const POSTED_LENGTH = 15;
export const LETTERS_AT = POSTED_AT + POSTED_LENGTH + 1;

const ZERO = 48;

const TAG = '(?:[1-9]|[12]\\d|3[0-2])-(?:[a-z][a-z0-9_]{0,15}|[a-z0-9]{4}-[1-9]\\d{0,8}-(?:[1-9]|10))';
const NAME = new RegExp(
  `^\\d\\d\\.\\d{8}T\\d{6}\\.[${LETTERS.join('')}]{1,${MAX_COLUMNS}}\\.(?:\\d{3}|[1-9]\\d{3,8})\\.[a-z0-9_-]{1,${MAX_CLASS}}` +
    `\\.[A-Za-z0-9_][A-Za-z0-9_.,+=%~-]{0,${MAX_DATASET - 1}}(?:@${TAG}(?:\\+${TAG})*)?$`,
);

/** True if `parseName` takes the name and it has so many columns. Some ten times as fast. */
export function isEntryFile(file: string, columns: number): boolean {
  return (
    file.length <= MAX_NAME_BYTES &&
    file.indexOf('.', LETTERS_AT) === LETTERS_AT + columns &&
    NAME.test(file) &&
    isTimeAt(file, POSTED_AT)
  );
}

/** Where the dataset begins in an entry's name. */
export function datasetStart(file: string): number {
  const epoch = file.indexOf('.', LETTERS_AT) + 1;
  const cls = file.indexOf('.', epoch) + 1;
  return file.indexOf('.', cls) + 1;
}

/** Where it ends. @param start where it begins */
export function datasetEnd(file: string, start: number): number {
  const sign = file.indexOf('@', start);
  return sign < 0 ? file.length : sign;
}

export function epochOf(file: string): number {
  const at = file.indexOf('.', LETTERS_AT) + 1;
  return digits(file, at, file.indexOf('.', at) - at);
}

/** The epoch as it stands in the name. */
export function epochText(file: string): string {
  const at = file.indexOf('.', LETTERS_AT) + 1;
  return file.slice(at, file.indexOf('.', at));
}

export function rankOf(file: string): number {
  return digits(file, 0, 2);
}

export function classOf(file: string, start = datasetStart(file)): string {
  return file.slice(file.lastIndexOf('.', start - 2) + 1, start - 1);
}

/** Character code of a column's letter. */
export function letterCode(file: string, column: number): number {
  return file.charCodeAt(LETTERS_AT + column);
}

/** The posted time as it stands in the name. */
export function postedText(file: string): string {
  return file.slice(POSTED_AT, POSTED_AT + POSTED_LENGTH);
}

/** The posted time as RFC 3339 writes it. */
export function postedRfc3339(file: string): string {
  const part = (at: number, length = 2): string => file.slice(POSTED_AT + at, POSTED_AT + at + length);
  return `${part(0, 4)}-${part(4)}-${part(6)}T${part(9)}:${part(11)}:${part(13)}Z`;
}

/** Milliseconds since 1970 UTC. */
export function postedMsOf(file: string): number {
  return msAt(file, POSTED_AT);
}

const NOTHING: readonly never[] = [];

/** A row for filters over bare names: one object is led from name to name. What it returned belongs to its last name. */
export class NameView implements FilterRow {
  file = '';
  state: State = 'queue';
  #letters: string | undefined;
  #start = 0;

  /**
   * Goes to another name.
   * @param file a name that `parseName` takes
   * @param start where its dataset begins, if that is known
   */
  read(file: string, state: State, start = 0): this {
    this.file = file;
    this.state = state;
    this.#letters = undefined;
    this.#start = start;
    return this;
  }

  get rank(): number {
    return rankOf(this.file);
  }

  get postedMs(): number {
    return postedMsOf(this.file);
  }

  get letters(): string {
    this.#letters ??= this.file.slice(LETTERS_AT, this.file.indexOf('.', LETTERS_AT));
    return this.#letters;
  }

  get class(): string {
    return classOf(this.file, this.#datasetStart);
  }

  get dataset(): string {
    const start = this.#datasetStart;
    return this.file.slice(start, datasetEnd(this.file, start));
  }

  readonly tries = (column: number): number => {
    const letter = this.letters[column] ?? '_';
    if (letter >= '1' && letter <= '9') return letter.charCodeAt(0) - ZERO;
    return isClaimed(letter as Letter) ? (this.#claimOf(column)?.try ?? 1) : 0;
  };

  get causes(): ReadonlyArray<{ readonly column: number; readonly cause: string }> {
    const { file } = this;
    let at = file.indexOf('@', this.#datasetStart) + 1;
    if (at === 0) return NOTHING;
    // Most names have one tag, and no other can contradict it.
    if (file.indexOf('+', at) < 0) return this.#causeIn(at, file.length);
    const causes = this.#tags.flatMap((tag) => {
      at += tag.length + 1;
      return this.#causeIn(at - tag.length - 1, at - 1);
    });
    if (causes.length < 2) return causes;
    // Of several for one column the last one stands.
    return causes.filter(({ column, cause }) => causes.findLast((other) => other.column === column)?.cause === cause);
  }

  /** The cause in the tag between two places of the name, if it fits its letter. */
  #causeIn(start: number, end: number): ReadonlyArray<{ readonly column: number; readonly cause: string }> {
    const { file } = this;
    const dash = file.indexOf('-', start);
    // A cause is `column-cause`, a claim has four parts.
    const other = file.indexOf('-', dash + 1);
    if (other >= 0 && other < end) return NOTHING;
    const column = digits(file, start, dash - start) - 1;
    const letter = this.letters[column];
    return letter === 'f' || letter === 'h' ? [{ column, cause: file.slice(dash + 1, end) }] : NOTHING;
  }

  get processes(): readonly string[] {
    if (this.#tags === NOTHING) return NOTHING;
    const found: string[] = [];
    for (let column = 0; column < this.letters.length; column++) {
      const claim = isClaimed(this.letters[column] as Letter) ? this.#claimOf(column) : undefined;
      if (claim !== undefined) found.push(claim.process);
    }
    return found;
  }

  /** The claim on a column whose letter is `p` or `e`; of two, made by hand, the later epoch's. */
  #claimOf(column: number): { readonly process: string; readonly epoch: number; readonly try: number } | undefined {
    let newest: { readonly process: string; readonly epoch: number; readonly try: number } | undefined;
    for (const tag of this.#tags) {
      const [place, process = '', epoch, nth] = tag.split('-');
      if (epoch === undefined || Number(place) !== column + 1) continue;
      if (newest === undefined || Number(epoch) > newest.epoch)
        newest = { process, epoch: Number(epoch), try: Number(nth) };
    }
    return newest;
  }

  get #tags(): readonly string[] {
    const at = this.file.indexOf('@', this.#datasetStart);
    if (at < 0) return NOTHING;
    return this.file.slice(at + 1).split('+');
  }

  get #datasetStart(): number {
    if (this.#start === 0) this.#start = datasetStart(this.file);
    return this.#start;
  }
}
