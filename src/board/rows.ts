/** An entry as the lists and filters see it: everything is read off its name when it is asked for. */

import type { FilterRow } from '../model/filter.ts';
import { isClaimed, isWaiting, type Letter, MEANINGS } from '../model/letters.ts';
import { causeOf, causeText, claimOf, claimsOf, parsePosted, type State } from '../model/name.ts';
import { type Located, stateOf } from './scan.ts';

export class Row implements FilterRow {
  readonly at: Located;
  readonly state: State;

  constructor(at: Located) {
    this.at = at;
    this.state = stateOf(at.folder);
  }

  get dataset(): string {
    return this.at.name.dataset;
  }

  get class(): string {
    return this.at.name.class;
  }

  get rank(): number {
    return this.at.name.rank;
  }

  get letters(): string {
    return this.at.name.letters;
  }

  get postedMs(): number {
    return parsePosted(this.at.name.posted) ?? 0;
  }

  /** A running column's claim says which try it is, a waiting one's digit how many there were; the others do not tell. */
  readonly tries = (column: number): number => {
    const letter = this.at.name.letters[column] ?? '_';
    if (letter >= '1' && letter <= '9') return Number(letter);
    return isClaimed(letter as Letter) ? (claimOf(this.at.name, column)?.try ?? 1) : 0;
  };

  get causes(): Array<{ column: number; cause: string }> {
    const { name } = this.at;
    if (name.tags.length === 0) return [];
    return name.tags.flatMap((tag) =>
      tag.kind === 'cause' && causeOf(name, tag.column) === tag.cause ? [{ column: tag.column, cause: tag.cause }] : [],
    );
  }

  get processes(): string[] {
    return this.at.name.tags.length === 0 ? [] : claimsOf(this.at.name).map(({ process }) => process);
  }
}

function columnsWhere(letters: string, test: (letter: Letter) => boolean): number[] {
  const found: number[] = [];
  for (let column = 0; column < letters.length; column++) if (test(letters[column] as Letter)) found.push(column);
  return found;
}

/** The columns that an entry is at: those that its state is about. None once it is done or removed. */
export function columnsAt(row: Pick<FilterRow, 'state' | 'letters'>): number[] {
  const { letters } = row;
  switch (row.state) {
    case 'active': {
      const claimed = columnsWhere(letters, isClaimed);
      return claimed.length > 0 ? claimed : columnsWhere(letters, isWaiting);
    }
    case 'queue':
      return columnsWhere(letters, isWaiting);
    case 'gather':
      return columnsWhere(letters, (letter) => letter === 'g');
    case 'failed':
      return columnsWhere(letters, (letter) => letter === 'f');
    case 'held':
      return columnsWhere(letters, (letter) => letter === 'h');
    default:
      return [];
  }
}

/** What is to be said of the columns that an entry is at: who does it, why it failed. */
export function noteOf(row: Row, columns: readonly number[] = columnsAt(row)): string {
  const { name } = row.at;
  const notes = columns.map((column) => {
    const letter = name.letters[column] ?? '_';
    const cause = causeOf(name, column);
    if (cause !== undefined) return causeText(cause);
    const claim = claimOf(name, column);
    if (claim !== undefined) return letter === 'e' ? `${claim.process} publishing` : claim.process;
    if (letter === 'p') return 'no process has claimed it';
    if (letter === 'g') return 'waits for its group';
    return letter >= '1' && letter <= '9' ? MEANINGS[letter as Letter].text : '';
  });
  return [...new Set(notes)].filter((note) => note !== '').join(', ');
}

/** The current try of the columns that an entry is at, 0 if there is none. */
export function tryOf(
  row: Pick<FilterRow, 'state' | 'letters' | 'tries'>,
  columns: readonly number[] = columnsAt(row),
): number {
  return columns.reduce((most, column) => Math.max(most, row.tries(column)), 0);
}

/** RFC 3339 of a compact time. */
export function rfc3339(posted: string): string {
  const ms = parsePosted(posted);
  return ms === undefined ? posted : new Date(ms).toISOString().replace('.000Z', 'Z');
}

/** As names sort: rank, posted time, the rest; entries of the same name by folder. */
export function sortLocated(entries: Located[]): Located[] {
  return entries.sort((a, b) => {
    if (a.file !== b.file) return a.file < b.file ? -1 : 1;
    return a.folder < b.folder ? -1 : a.folder > b.folder ? 1 : 0;
  });
}

/** Identity of an entry as one text. */
export function runKey(entry: Located): string {
  return `${entry.name.dataset} ${entry.name.posted}`;
}
