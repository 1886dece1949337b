/** Where the board's name and the views' names stand in the header, and how they share what room there is. Pure. */
import { cut, width } from '../model/text.ts';
import { VIEWS, type ViewName } from './view.ts';

interface Title {
  readonly full: string;
  /** Where there is little room. */
  readonly short: string;
}

const TITLES: Readonly<Record<ViewName, Title>> = {
  board: { full: 'Board', short: 'Board' },
  stages: { full: 'Stages', short: 'Stage' },
  processes: { full: 'Procs', short: 'Proc' },
  charts: { full: 'Charts', short: 'Chart' },
  events: { full: 'Events', short: 'Event' },
  hosts: { full: 'Hosts', short: 'Host' },
  jobs: { full: 'Jobs', short: 'Jobs' },
};

/** Room for `STALE 12m30s` beside the tabs. */
const HEALTH_CELLS = 14;
const LONGEST_NAME = 16;
/** Shorter than this a board's name could be any other's: the views' names give way first. */
const LEAST_NAME = 8;

interface Tab {
  readonly view: ViewName;
  readonly x: number;
  readonly text: string;
}

export interface Head {
  /** What stands before the tabs. */
  readonly title: string;
  readonly tabs: readonly Tab[];
}

/** How the tabs are written: `number` is the key alone, but for the view at hand. */
type Way = 'full' | 'short' | 'number';

function textOf(view: ViewName, way: Way, here: ViewName): string {
  const number = `${VIEWS.indexOf(view) + 1}`;
  if (way === 'number' && view !== here) return number;
  return `${number} ${TITLES[view][way === 'short' ? 'short' : 'full']}`;
}

/** The view at hand stands in brackets, for which there is room beside it whatever the gap. */
function place(title: string, way: Way, gap: number, here: ViewName): Head {
  let x = 1 + width(title) + 2;
  const tabs = VIEWS.map((view, index) => {
    const tab = { view, x, text: textOf(view, way, here) };
    const isBeside = view === here || VIEWS[index + 1] === here;
    x += tab.text.length + (isBeside ? 2 : gap);
    return tab;
  });
  return { title, tabs };
}

/** Cells that are left for the title, whichever view is at hand: what is written must not change with a change of view. */
function roomOf(cols: number, way: Way, gap: number): number {
  const ends = VIEWS.map((here) => {
    const last = place('', way, gap, here).tabs.at(-1);
    return last === undefined ? 0 : last.x + last.text.length + (last.view === here ? 2 : gap);
  });
  return cols - HEALTH_CELLS - Math.max(...ends);
}

/**
 * Where there is little room, names of views stand closer, but for the brackets of the one at hand; where there is less, the
 * board's name stands alone before them, then it is cut, then the views' names are short; then all others have their number only.
 */
export function headOf(boardName: string, cols: number, here: ViewName): Head {
  const name = cut(boardName, LONGEST_NAME);
  const full = `slate ${name}`;
  const least = Math.min(width(name), LEAST_NAME);
  for (const gap of [2, 1]) {
    if (width(full) <= roomOf(cols, 'full', gap)) return place(full, 'full', gap, here);
  }
  for (const way of ['full', 'short'] as const) {
    const room = roomOf(cols, way, 1);
    if (room >= least) return place(cut(name, room), way, 1, here);
  }
  if (width(full) <= roomOf(cols, 'number', 2)) return place(full, 'number', 2, here);
  const room = roomOf(cols, 'number', 1);
  return place(width(full) <= room ? full : cut(name, room), 'number', 1, here);
}

export function tabAt(x: number, boardName: string, cols: number, here: ViewName): ViewName | undefined {
  return headOf(boardName, cols, here).tabs.find((tab) => x >= tab.x && x < tab.x + tab.text.length)?.view;
}
