/** Events as rows of a list: each has a key that stays, whatever comes before or after it. Pure. */
import type { JournalLine } from '../../board/journal.ts';
import type { Rows } from '../list.ts';
import { CHOICES, type Choice, isChosen } from './kinds.ts';
import { fieldOf, writerOf } from './words.ts';

interface Keyed {
  readonly key: string;
  readonly line: JournalLine;
  /** Its place among all events. */
  readonly place: number;
}

/** The events that a choice shows, the latest last. */
export class EventRows implements Rows {
  readonly #rows: readonly Keyed[];
  readonly #indexes: ReadonlyMap<string, number>;
  /** Characters of the longest text in each of these columns. */
  readonly longest: Readonly<Record<'dataset' | 'stage' | 'by', number>>;

  constructor(rows: readonly Keyed[]) {
    this.#rows = rows;
    this.#indexes = new Map(rows.map(({ key }, index) => [key, index]));
    const longest = (text: (line: JournalLine) => string): number =>
      rows.reduce((most, { line }) => Math.max(most, text(line).length), 0);
    this.longest = {
      dataset: longest((line) => fieldOf(line, 'dataset')),
      stage: longest((line) => fieldOf(line, 'stage')),
      by: longest(writerOf),
    };
  }

  get length(): number {
    return this.#rows.length;
  }

  keyAt(index: number): string {
    return this.#rows[index]?.key ?? '';
  }

  indexOf(key: string): number {
    return this.#indexes.get(key) ?? -1;
  }

  at(index: number): JournalLine | undefined {
    return this.#rows[index]?.line;
  }

  /** Rows that stand behind that place among all events. */
  after(place: number): number {
    let number = 0;
    for (let index = this.#rows.length - 1; index >= 0 && (this.#rows[index]?.place ?? -1) > place; index--) number++;
    return number;
  }

  /** Rows of a later time. */
  since(t: string): number {
    return this.#rows.reduce((number, { line }) => (line.t > t ? number + 1 : number), 0);
  }
}

export type EventTable = Readonly<Record<Choice, EventRows>>;

/** Lines that are alike in all of this, of one millisecond, are told apart by their number. */
function keyed(events: readonly JournalLine[]): Keyed[] {
  const seen = new Map<string, number>();
  return events.map((line, place) => {
    const same = `${line.t} ${line.by} ${line.dataset ?? ''} ${line.event}`;
    const number = seen.get(same) ?? 0;
    seen.set(same, number + 1);
    return { key: `${same} ${number}`, line, place };
  });
}

/** Some thousands of lines, asked for many times a second: made anew only when there are others. */
const KNOWN = new WeakMap<readonly JournalLine[], { readonly last: unknown; readonly table: EventTable }>();

/** The events under each choice. Of an array that has grown in place, anew. */
export function eventTable(events: readonly JournalLine[]): EventTable {
  const known = KNOWN.get(events);
  const last = events.at(-1);
  if (known !== undefined && known.last === last && known.table.all.length === events.length) return known.table;
  const all = keyed(events);
  const table = Object.fromEntries(
    CHOICES.map((choice) => [choice, new EventRows(all.filter(({ line }) => isChosen(line, choice)))]),
  ) as EventTable;
  KNOWN.set(events, { last, table });
  return table;
}
