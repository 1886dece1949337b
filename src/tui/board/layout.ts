/** Where the list's columns stand: on a narrow screen some go, and the arrow keys bring them back. Pure. */
import { COLUMNS, type ColumnName, type Widths } from './columns.ts';

/** Mark, cursor, and a space. */
export const MARKS = 3;
/** A space, and the scroll bar. */
const RIGHT = 2;
const GAP = 2;
/** Below this HOST goes first of all. */
const WIDE = 100;
/** Dropped in this order where the note has no room. */
const DROPPED: readonly ColumnName[] = ['host', 'class', 'rank', 'try'];
/** A note that is shorter says too little; as much as this is made room for. */
const ENOUGH_NOTE = 16;
const LEAST_NOTE = 4;

export interface Place {
  readonly name: ColumnName;
  /** From the left edge of the columns behind ENTRY; below 0 if it is scrolled out. */
  readonly x: number;
  readonly width: number;
}

export interface Layout {
  /** Cells of ENTRY; it stands behind the marks. */
  readonly entry: number;
  /** Where the other columns begin, and how much room they have. */
  readonly x: number;
  readonly width: number;
  readonly places: readonly Place[];
  /** How far they can be scrolled; 0: all of it is shown. */
  readonly mostScroll: number;
  /** How far they are. */
  readonly scrolled: number;
}

function placesOf(names: readonly ColumnName[], cells: Readonly<Record<ColumnName, number>>, from: number): Place[] {
  let x = from;
  return names.map((name) => {
    const place = { name, x, width: cells[name] };
    x += cells[name] + GAP;
    return place;
  });
}

/** @param cols cells of the list with its scroll bar @param scrollX as far as the user has scrolled */
export function layoutOf(widths: Widths, cols: number, scrollX: number): Layout {
  const { cells } = widths;
  const room = Math.max(0, cols - RIGHT - MARKS);
  const need = (names: readonly ColumnName[]): number => names.reduce((sum, name) => sum + cells[name] + GAP, 0);
  const fixed = COLUMNS.filter((name) => name !== 'note');
  const noteWanted = Math.min(cells.note, ENOUGH_NOTE) + GAP;
  let kept = cols < WIDE ? fixed.filter((name) => name !== 'host') : fixed;
  for (const name of DROPPED) {
    if (widths.entry + need(kept) + noteWanted <= room) break;
    kept = kept.filter((one) => one !== name);
  }
  const free = room - need(kept) - noteWanted;
  const entry = Math.min(room, Math.max(widths.entryLeast, Math.min(widths.entry, free)));
  const x = MARKS + entry + GAP;
  const width = Math.max(0, cols - RIGHT - x);
  const total = need(COLUMNS) - GAP;
  const note = width - need(kept);
  const isAllShown = kept.length === fixed.length && note >= cells.note;
  const over = Math.max(0, total - width);
  // What was dropped and yet has room comes back without moving the others.
  const mostScroll = isAllShown ? 0 : Math.max(1, over);
  const scrolled = Math.min(scrollX, mostScroll);
  const base = { entry, x, width, mostScroll, scrolled };
  if (scrolled > 0) return { ...base, places: placesOf(COLUMNS, cells, -Math.min(scrolled, over)) };
  const names = note >= LEAST_NOTE ? [...kept, 'note' as const] : kept;
  return { ...base, places: placesOf(names, { ...cells, note }, 0) };
}
