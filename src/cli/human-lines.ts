/** Lines of `slate ls` for people. */
import type { Listing } from '../board/bare.ts';
import type { Board } from '../board/board.ts';
import { columnsAt, noteOf, type Row, tryOf } from '../board/rows.ts';
import type { State } from '../model/name.ts';
import { cut, padEnd, padStart, width } from '../model/text.ts';
import { Ages, Patterns, Places, type PutLine } from './list-parts.ts';
import type { Paint } from './style.ts';

const NEWLINE = 10;

interface Cells {
  readonly letters: string;
  readonly state: State;
  readonly at: string;
  readonly nth: string;
  readonly note: string;
}

export interface HumanOptions {
  readonly nowMs: number;
  readonly paint: Paint;
  /** Cells of the terminal. Only the note is ever cut, and only for a terminal. */
  readonly columns: number | undefined;
}

type Wide = Record<'dataset' | 'letters' | 'at' | 'state' | 'age' | 'nth' | 'class', number>;

/** Lines for people: measured first, so that columns line up without keeping the text of every line. */
export class HumanLines {
  readonly #listing: Listing;
  readonly #options: HumanOptions;
  readonly #titles: readonly string[];
  readonly #places: Places;
  readonly #wide: Wide;
  readonly #cells: Patterns<Cells>;
  /** What stands between the dataset and the age, filled up to its columns. */
  readonly #middles: Patterns<Buffer>;
  /** What stands between the age and the rank. */
  readonly #tries: Patterns<Buffer>;
  readonly #notes: Patterns<Buffer>;
  readonly #ages: Ages;

  constructor(board: Board, listing: Listing, options: HumanOptions) {
    this.#listing = listing;
    this.#options = options;
    this.#titles = board.config.stages.map(({ title }) => title);
    this.#places = new Places(board, listing);
    this.#wide = { dataset: 7, letters: Math.max(6, board.stages.length), at: 2, state: 7, age: 3, nth: 3, class: 5 };
    this.#cells = new Patterns(board, listing, (row) => this.#cellsOf(row));
    const patterns = (make: (cells: Cells) => string): Patterns<Buffer> =>
      new Patterns(board, listing, (row) => Buffer.from(make(this.#cellsOf(row))));
    this.#middles = patterns((cells) => this.#middleOf(cells));
    this.#tries = patterns(({ nth }) => `  ${nth.padStart(this.#wide.nth)}    `);
    this.#notes = patterns(({ note }) => (note === '' ? '' : `  ${cut(note, this.#room)}`));
    this.#ages = new Ages(options.nowMs);
    for (const record of listing.table.records()) this.#measure(record);
  }

  #measure(record: number): void {
    const { dataset, datasetEnd, cls } = this.#places.read(record);
    const wide = this.#wide;
    wide.dataset = Math.max(wide.dataset, datasetEnd - dataset);
    wide.class = Math.max(wide.class, dataset - 1 - cls);
    wide.at = Math.max(wide.at, width(this.#cells.get(record).at));
    wide.age = Math.max(wide.age, this.#ages.get(this.#listing.table, record).length);
  }

  head(): string {
    const wide = this.#wide;
    const fields = [
      padEnd('DATASET', wide.dataset),
      padEnd('STAGES', wide.letters),
      padEnd('AT', wide.at),
      padEnd('STATE', wide.state),
      padStart('AGE', wide.age),
      padStart('TRY', wide.nth),
      'RANK',
      padEnd('CLASS', wide.class),
    ];
    return `${fields.join('  ')}  NOTE\n`;
  }

  readonly put: PutLine = (record, to) => {
    const { table } = this.#listing;
    const { bytes } = table;
    const { start, cls, dataset, datasetEnd } = this.#places.read(record);
    const wide = this.#wide;
    to.copy(bytes, dataset, datasetEnd);
    to.spaces(wide.dataset - (datasetEnd - dataset));
    to.copy(this.#middles.get(record));
    const age = this.#ages.get(table, record);
    to.spaces(wide.age - age.length);
    to.copy(age);
    to.copy(this.#tries.get(record));
    to.copy(bytes, start, start + 2);
    to.spaces(2);
    to.copy(bytes, cls, dataset - 1);
    const note = this.#notes.get(record);
    if (note.length > 0) {
      to.spaces(wide.class - (dataset - 1 - cls));
      to.copy(note);
    }
    to.byte(NEWLINE);
  };

  get #room(): number {
    const { columns } = this.#options;
    if (columns === undefined) return Number.POSITIVE_INFINITY;
    const { dataset, letters, at, state, age, nth, class: cls } = this.#wide;
    return Math.max(10, columns - (dataset + letters + at + state + age + nth + 4 + cls + 16));
  }

  #cellsOf(row: Row): Cells {
    const columns = columnsAt(row);
    const at = columns.map((column) => this.#titles[column] ?? '').join('+');
    const nth = tryOf(row, columns);
    const { letters, state } = row;
    return { letters, state, at, nth: nth === 0 ? '' : String(nth), note: noteOf(row, columns) };
  }

  #middleOf({ letters, state, at }: Cells): string {
    const wide = this.#wide;
    const painted = this.#options.paint(state, padEnd(state, wide.state));
    return `  ${padEnd(letters, wide.letters)}  ${padEnd(at, wide.at)}  ${painted}  `;
  }
}
