/**
 * Lines of `slate ls` from bare names. What depends on nothing but an entry's state and letters is worked out once for all
 * that have the same; only names with tags, which are few, are taken apart.
 */
import type { BareEntry } from '../board/bare.ts';
import type { Board } from '../board/board.ts';
import { columnsAt, noteOf, Row, tryOf } from '../board/rows.ts';
import { isLocated, readName } from '../board/scan.ts';
import { formatDuration } from '../model/duration.ts';
import { epochText, NameView, postedMsOf, postedRfc3339, postedText, type State } from '../model/name.ts';
import { cut, padEnd, padStart, tsvLine, width } from '../model/text.ts';
import { rowTsv, TSV_HEAD } from './rows.ts';
import type { Paint } from './style.ts';

/** The entry, taken apart. */
export function rowOf(board: Board, { file, folder }: BareEntry): Row {
  const read = readName(board, folder, file);
  if (!isLocated(read)) throw new Error(`${folder}/${file} was an entry, and is none`);
  return new Row(read);
}

/** Values by state and letters: what all entries without tags have in common that have the same. */
class Patterns<Value> {
  readonly #board: Board;
  readonly #make: (row: Row) => Value;
  readonly #byState = new Map<State, Map<string, Value>>();

  constructor(board: Board, make: (row: Row) => Value) {
    this.#board = board;
    this.#make = make;
  }

  /** @param view of the entry */
  get(entry: BareEntry, view: NameView): Value {
    const known = this.#byState.get(view.state) ?? new Map<string, Value>();
    this.#byState.set(view.state, known);
    const { letters } = view;
    const value = known.get(letters);
    if (value !== undefined) return value;
    const { at } = rowOf(this.#board, entry);
    const made = this.#make(new Row({ ...at, name: { ...at.name, tags: [] } }));
    known.set(letters, made);
    return made;
  }
}

/** A text by posted time. One behind the other most entries have the same, and so have their neighbours. */
class ByPosted<Value> {
  readonly #make: (file: string) => Value;
  #posted = '';
  #value: Value | undefined;

  constructor(make: (file: string) => Value) {
    this.#make = make;
  }

  get(file: string): Value {
    const posted = postedText(file);
    if (this.#value === undefined || posted !== this.#posted) {
      this.#value = this.#make(file);
      this.#posted = posted;
    }
    return this.#value;
  }
}

function hasTags(file: string): boolean {
  return file.includes('@');
}

/** Fields of a `--tsv` line that state and letters tell. */
const [STATE_AT, EPOCH_AT] = [TSV_HEAD.indexOf('state'), TSV_HEAD.indexOf('epoch')];

/** Lines for programs, as `rowTsv` has their fields. */
export function tsvLines(board: Board, nowMs: number): (entry: BareEntry) => string {
  const view = new NameView();
  const fromState = new Patterns(board, (row) =>
    tsvLine(rowTsv(row, board.stages, nowMs).slice(STATE_AT, EPOCH_AT)).slice(0, -1),
  );
  const times = new ByPosted((file) => ({
    posted: postedRfc3339(file),
    age: Math.max(0, Math.round((nowMs - postedMsOf(file)) / 1000)),
  }));
  return (entry) => {
    const { file, folder, state } = entry;
    if (hasTags(file)) return tsvLine(rowTsv(rowOf(board, entry), board.stages, nowMs));
    view.read(file, state);
    const { posted, age } = times.get(file);
    const start = `${view.dataset}\t${posted}\t${view.class}\t${file.slice(0, 2)}`;
    return `${start}\t${fromState.get(entry, view)}\t${epochText(file)}\t${age}\t${folder}\t${file}\n`;
  };
}

const DAY_MS = 86_400_000;

/** No duration up to this one is told in more: `23h59m`, `999d23h`. To ask this first spares the telling. */
function mostCells(ms: number): number {
  const days = Math.floor(ms / DAY_MS);
  return days < 10 ? 6 : String(days).length + 4;
}

interface Cells {
  readonly at: string;
  readonly atWidth: number;
  readonly nth: string;
  readonly note: string;
}

export interface HumanOptions {
  readonly nowMs: number;
  readonly paint: Paint;
  /** Cells of the terminal. Only the note is ever cut, and only for a terminal. */
  readonly columns: number | undefined;
}

/** Lines for people: measured first, so that columns line up without keeping the text of every line. */
export class HumanLines {
  readonly #board: Board;
  readonly #options: HumanOptions;
  readonly #titles: readonly string[];
  readonly #view = new NameView();
  readonly #wide: Record<'dataset' | 'letters' | 'at' | 'state' | 'age' | 'nth' | 'class', number>;
  readonly #cells: Patterns<Cells>;
  /** What stands between the dataset and the age, filled up to its columns. */
  readonly #middles: Patterns<string>;
  readonly #ages: ByPosted<string>;

  constructor(board: Board, options: HumanOptions) {
    this.#board = board;
    this.#options = options;
    this.#titles = board.config.stages.map(({ title }) => title);
    this.#wide = { dataset: 7, letters: Math.max(6, board.stages.length), at: 2, state: 7, age: 3, nth: 3, class: 5 };
    this.#cells = new Patterns(board, (row) => this.#cellsOf(row));
    this.#middles = new Patterns(board, (row) => this.#middleOf(row));
    this.#ages = new ByPosted((file) => formatDuration(Math.max(0, options.nowMs - postedMsOf(file))));
  }

  measure(entry: BareEntry): void {
    const view = this.#view.read(entry.file, entry.state);
    const wide = this.#wide;
    wide.dataset = Math.max(wide.dataset, view.dataset.length);
    wide.class = Math.max(wide.class, view.class.length);
    wide.at = Math.max(wide.at, this.#cells.get(entry, view).atWidth);
    const ms = Math.max(0, this.#options.nowMs - postedMsOf(entry.file));
    if (wide.age < mostCells(ms)) wide.age = Math.max(wide.age, formatDuration(ms).length);
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
    return lineOf(fields.join('  '), 'NOTE');
  }

  line(entry: BareEntry): string {
    const { file, state } = entry;
    const wide = this.#wide;
    const view = this.#view.read(file, state);
    const middle = this.#middles.get(entry, view);
    const { nth, note } = hasTags(file) ? this.#cellsOf(rowOf(this.#board, entry)) : this.#cells.get(entry, view);
    // Names and numbers are ASCII: their length is their width.
    const start = `${view.dataset.padEnd(wide.dataset)}  ${middle}  ${this.#ages.get(file).padStart(wide.age)}`;
    const rest = `${start}  ${nth.padStart(wide.nth)}    ${file.slice(0, 2)}  ${view.class.padEnd(wide.class)}`;
    return lineOf(rest, note === '' ? '' : cut(note, this.#room));
  }

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
    return { at, atWidth: width(at), nth: nth === 0 ? '' : String(nth), note: noteOf(row, columns) };
  }

  #middleOf(row: Row): string {
    const wide = this.#wide;
    const { at } = this.#cellsOf(row);
    const state = this.#options.paint(row.state, padEnd(row.state, wide.state));
    return `${padEnd(row.letters, wide.letters)}  ${padEnd(at, wide.at)}  ${state}`;
  }
}

function lineOf(start: string, note: string): string {
  return note === '' ? `${start.trimEnd()}\n` : `${start}  ${note}\n`;
}
