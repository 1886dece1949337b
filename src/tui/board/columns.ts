/** The list's columns: what stands in them, how wide they are, which of them have room. Pure. */
import { columnsAt, noteOf, Row, tryOf } from '../../board/rows.ts';
import type { Located } from '../../board/scan.ts';
import { formatDuration } from '../../model/duration.ts';
import { claimsOf } from '../../model/name.ts';
import { plain, width } from '../../model/text.ts';
import type { Data, SortKey } from '../data.ts';
import type { Look } from '../look.ts';
import type { Context } from '../view.ts';
import { leastCells } from './entry-names.ts';

/** Those behind ENTRY. */
export const COLUMNS = ['stages', 'at', 'state', 'age', 'try', 'rank', 'class', 'host', 'note'] as const;
export type ColumnName = (typeof COLUMNS)[number];

export interface ColumnKind {
  readonly head: string;
  readonly isRight?: true;
  /** A click on its head sorts by it. */
  readonly sort?: SortKey;
}

export const ENTRY: ColumnKind = { head: 'ENTRY', sort: 'entry' };
export const KINDS: Readonly<Record<ColumnName, ColumnKind>> = {
  stages: { head: 'STAGES' },
  at: { head: 'AT', sort: 'stage' },
  state: { head: 'STATE', sort: 'state' },
  age: { head: 'AGE', isRight: true, sort: 'age' },
  try: { head: 'TRY', isRight: true, sort: 'try' },
  rank: { head: 'RANK', isRight: true, sort: 'rank' },
  class: { head: 'CLASS', sort: 'class' },
  host: { head: 'HOST' },
  note: { head: 'NOTE' },
};

/** One row as texts: harmless, not cut. The stages are painted letter by letter. */
export type Cells = Readonly<Record<Exclude<ColumnName, 'stages'>, string>> & { readonly row: Row };

/** What all rows of one painting share. */
export interface Rendering {
  readonly titles: readonly string[];
  readonly hosts: ReadonlyMap<string, string>;
  readonly nowMs: number;
  readonly look: Look;
}

export function renderingOf({ data, look }: Context): Rendering {
  const hosts = data.processes.map(({ status }) => [status.name.id, plain(status.name.host)] as const);
  const titles = data.board.config.stages.map(({ title }) => plain(title));
  return { titles, hosts: new Map(hosts), nowMs: data.nowMs, look };
}

export function cellsOf(entry: Located, { titles, hosts, nowMs, look }: Rendering): Cells {
  const row = new Row(entry);
  const columns = columnsAt(row);
  const nth = tryOf(row, columns);
  const { glyph, word } = look.state(row.state);
  const where = claimsOf(entry.name).map(({ process }) => hosts.get(process) ?? '');
  return {
    row,
    at: columns.map((column) => titles[column] ?? '').join('+'),
    state: `${glyph} ${word}`,
    age: formatDuration(Math.max(0, nowMs - row.postedMs)),
    try: nth === 0 ? '' : String(nth),
    rank: String(row.rank).padStart(2, '0'),
    class: row.class,
    host: [...new Set(where)].filter((host) => host !== '').join(','),
    note: plain(noteOf(row, columns)),
  };
}

/** Widths that were needed so far: they only grow, so that nothing jumps while the list is scrolled. */
export interface Widths {
  /** What they were measured for; for anything else they begin anew. */
  readonly basis: string;
  readonly entry: number;
  /** Cells in which the entries of one screen could still be told apart. */
  readonly entryLeast: number;
  readonly cells: Readonly<Record<ColumnName, number>>;
}

const NO_CELLS = { stages: 0, at: 0, state: 8, age: 6, try: 0, rank: 0, class: 0, host: 0, note: 0 };
export const NO_WIDTHS: Widths = { basis: '', entry: 0, entryLeast: 0, cells: NO_CELLS };

function basisOf({ data, common }: Context): string {
  return [data.board.name, common.cols, common.sort.key, common.filter.text].join(' ');
}

/** Entries of a window of the list. */
export function visible(data: Data, top: number, rows: number): Located[] {
  const found: Located[] = [];
  for (let index = top; index < Math.min(top + rows, data.entries.length); index++) {
    const entry = data.entries.at(index);
    if (entry !== undefined) found.push(entry);
  }
  return found;
}

/** Room of a column's head: the arrow of the order stands behind it. */
function headCells(kind: ColumnKind, sort: SortKey): number {
  return kind.head.length + (kind.sort === sort ? 1 : 0);
}

/** The widths for what is shown now; the same object if nothing grew. */
export function measure(before: Widths, context: Context, top: number, rows: number): Widths {
  const basis = basisOf(context);
  const { data, common } = context;
  const isSame = before.basis === basis;
  const start = isSame ? before : NO_WIDTHS;
  const cells = { ...start.cells };
  for (const name of COLUMNS) cells[name] = Math.max(cells[name], headCells(KINDS[name], common.sort.key));
  cells.stages = Math.max(cells.stages, data.board.stages.length);
  let entry = Math.max(start.entry, headCells(ENTRY, common.sort.key));
  const rendering = renderingOf(context);
  const names: string[] = [];
  for (const at of visible(data, top, rows)) {
    const { row, ...texts } = cellsOf(at, rendering);
    names.push(row.dataset);
    entry = Math.max(entry, row.dataset.length);
    for (const name of COLUMNS) if (name !== 'stages') cells[name] = Math.max(cells[name], width(texts[name]));
  }
  const entryLeast = Math.min(entry, Math.max(start.entryLeast, ENTRY.head.length + 1, leastCells(names)));
  const grew =
    entry > start.entry || entryLeast > start.entryLeast || COLUMNS.some((name) => cells[name] > start.cells[name]);
  return isSame && !grew ? before : { basis, entry, entryLeast, cells };
}
