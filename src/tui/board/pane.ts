/** The pane below the list: four tabs about the entry of the cursor. */
import { runKey } from '../../board/rows.ts';
import type { Located } from '../../board/scan.ts';
import { cursorIndex } from '../list.ts';
import { type Canvas, PLAIN } from '../surface.ts';
import type { Context } from '../view.ts';
import { detailLines } from './detail.ts';
import { filesLines, historyLines, logLines } from './history-lines.ts';
import { type Line, line, paintLine, wrapped } from './lines.ts';
import { paintScrollBar } from './list-pane.ts';
import { type BoardState, PANE_TABS, type PaneTab } from './state.ts';

const TITLES: Readonly<Record<PaneTab, string>> = {
  detail: 'Detail',
  log: 'Log',
  files: 'Files',
  history: 'History',
};

/** The entry that the cursor stands on. */
export function cursorEntry(state: BoardState, { data }: Context): Located | undefined {
  return data.entries.at(cursorIndex(state.list, data.entries));
}

/** A space to the left; a space and the scroll bar to the right. */
const EDGES = 3;

/** The lines of the tab that is shown. Those of a log are cut at the edge, the others are wrapped. */
export function paneLines(state: BoardState, context: Context): Line[] {
  const entry = cursorEntry(state, context);
  if (entry === undefined) return [line('no entry here', 'dim')];
  if (state.pane.tab === 'log') return logLines(runKey(entry), context);
  const cells = Math.max(1, context.body.width - EDGES);
  return linesOf(state.pane.tab, entry, context).flatMap((one) => wrapped(one, cells));
}

function linesOf(tab: PaneTab, entry: Located, context: Context): Line[] {
  switch (tab) {
    case 'files':
      return filesLines(runKey(entry), context);
    case 'history':
      return historyLines(entry, context);
    default:
      return detailLines(entry, context);
  }
}

/** First line shown: the log is counted from its end, where the latest stands. @param height lines that are shown */
export function firstLine(state: BoardState, length: number, height: number): number {
  const most = Math.max(0, length - height);
  const scroll = Math.min(state.pane.scroll, most);
  return state.pane.tab === 'log' ? most - scroll : scroll;
}

interface TabPlace {
  readonly tab: PaneTab;
  readonly x: number;
  readonly text: string;
}

/** The tabs in the title, brackets round the one that is shown. */
function tabsOf(name: string, current: PaneTab): TabPlace[] {
  // `─ name ─ `
  let x = name.length + 4;
  return PANE_TABS.map((tab) => {
    const text = tab === current ? `[${TITLES[tab]}]` : ` ${TITLES[tab]} `;
    const place = { tab, x, text };
    x += text.length;
    return place;
  });
}

/** Room for the tabs and a key or two is kept. */
const TABS_CELLS = 44;

function titleName(state: BoardState, context: Context): string {
  const name = cursorEntry(state, context)?.name.dataset ?? '-';
  const most = Math.max(8, context.body.width - TABS_CELLS);
  return name.length <= most ? name : `${name.slice(0, most - 1)}${context.look.glyphs.more}`;
}

/** The tab whose title stands there. */
export function tabAt(x: number, state: BoardState, context: Context): PaneTab | undefined {
  const tabs = tabsOf(titleName(state, context), state.pane.tab);
  return tabs.find((place) => x >= place.x && x < place.x + place.text.length)?.tab;
}

/** @param canvas the pane's part of the body; the title is its first row */
export function paintPane(canvas: Canvas, state: BoardState, context: Context, hasFocus: boolean): void {
  const { look } = context;
  const frame = look.attr(hasFocus ? 'accent' : 'dim');
  canvas.fill(look.glyphs.horizontal, frame, 0, 0, canvas.width, 1);
  const name = titleName(state, context);
  canvas.put(1, 0, ` ${name} `, look.attr('bold'));
  for (const { x, text, tab } of tabsOf(name, state.pane.tab)) {
    canvas.put(x, 0, text, look.attr(tab === state.pane.tab ? 'bold' : 'plain'));
  }
  if (hasFocus) {
    const hint = look.options.isAscii ? ' Left/Right tab  Esc back ' : ' ←→ tab  Esc back ';
    const x = canvas.width - hint.length - 1;
    if (x > name.length + TABS_CELLS - 10) canvas.put(x, 0, hint, PLAIN);
  }
  const height = canvas.height - 1;
  const lines = paneLines(state, context);
  const top = firstLine(state, lines.length, height);
  const text = canvas.part(1, 1, canvas.width - EDGES, height);
  for (const [y, shown] of lines.slice(top, top + height).entries()) paintLine(text, 0, y, shown, look);
  paintScrollBar(canvas, { top }, lines.length, height, look.attr('dim'), look.glyphs);
}
