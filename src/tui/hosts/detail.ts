/** The pane about one host: what it is, what is wrong, its stages with what is wanted and what runs. Pure. */
import { fitText, type Placed, paintCell, paintHeads, placeColumns } from '../columns.ts';
import { cursorIndex } from '../list.ts';
import { megabytes, thousands } from '../numbers.ts';
import { type CellText, durationText, stateCell } from '../processes/table.ts';
import type { Canvas } from '../surface.ts';
import type { Context } from '../view.ts';
import { factsOf } from './facts.ts';
import type { HostLine } from './model.ts';
import { againText, deathText } from './problems.ts';
import { type HostsState, type PaneRow, paneList, paneRows } from './state.ts';
import { slotsCell, stageStateCell } from './words.ts';

const GUTTER = 3;
/** Rows of the pane's list that are kept, however much there is to be told. */
const LEAST_LIST = 3;
/** The rule and the heads. */
const FRAME = 2;

/** Rows of the pane above its list. */
export function paneTop(line: HostLine | undefined, height: number, context: Context): number {
  return FRAME + (line === undefined ? 0 : factsIn(line, height, context).length);
}

/** Rows of the pane's list. */
export function paneHeight(line: HostLine | undefined, height: number, context: Context): number {
  return Math.max(1, height - paneTop(line, height, context));
}

function factsIn(line: HostLine, height: number, context: Context): ReturnType<typeof factsOf> {
  // Stages have room for all of them before deaths are told that are over.
  const stages = Math.min(paneRows(line).length, Math.floor(height / 2) - 1);
  const most = Math.max(1, height - FRAME - Math.max(LEAST_LIST, stages));
  return factsOf(line, context, most, Math.max(1, context.body.width - 2));
}

type ColumnId = 'stage' | 'slots' | 'busy' | 'state' | 'deaths' | 'note';

function columnsFor(cells: number): Placed<ColumnId>[] {
  return placeColumns<ColumnId>(
    [
      { id: 'stage', head: 'STAGE', cells: cells >= 100 ? 24 : 16 },
      { id: 'slots', head: 'SLOTS', cells: 7, isRight: true },
      { id: 'busy', head: 'BUSY', cells: 4, isRight: true, drop: 2 },
      { id: 'state', head: 'STATE', cells: 9 },
      { id: 'deaths', head: 'DIED', cells: 4, isRight: true, drop: 1 },
      { id: 'note', head: 'NOTE', cells: 12, grows: true },
    ],
    cells - GUTTER,
  );
}

function stageNote({ stage }: PaneRow, { row }: HostLine, { data }: Context): string {
  const { wish, state } = stage;
  if (wish === undefined) return state === 'by hand' ? 'nobody has wished for it: it was started by hand' : '';
  const death = deathText(wish, row, data.nowMs);
  if (death !== '') return death;
  return [wish.why, againText(wish, row, data.nowMs)].filter((text) => text !== '').join('; ');
}

function processNote(pane: Extract<PaneRow, { kind: 'process' }>, { data }: Context): string {
  const process = pane.stage.processes[pane.index];
  const content = process?.status.content;
  if (process === undefined || content === undefined) return 'its status file could not be read';
  const started = Date.parse(content.started);
  const parts = [
    `pid ${process.status.name.pid}`,
    ...(Number.isNaN(started) ? [] : [`up ${durationText(data.nowMs - started)}`]),
    `done ${thousands(content.done)}`,
    `failed ${thousands(content.failed)}`,
    megabytes(content.rssMb),
    ...(process.beatMs === undefined ? [] : [`heartbeat ${durationText(process.beatMs)} ago`]),
    ...(content.message === '' ? [] : [String(content.message)]),
  ];
  return parts.join(', ');
}

function cellOf(pane: PaneRow, id: ColumnId, line: HostLine, context: Context): CellText {
  const { stage } = pane;
  const cell = (text: string, tone: CellText['tone'] = 'plain'): CellText => ({ text, tone });
  if (pane.kind === 'process') {
    const process = stage.processes[pane.index];
    const content = process?.status.content;
    if (process === undefined) return cell('');
    if (id === 'stage') return cell(`  ${process.status.name.id}`);
    if (id === 'slots') return cell(content === undefined ? '?' : String(content.slots));
    if (id === 'busy') return cell(content === undefined ? '?' : String(content.busy ?? ''));
    if (id === 'state') return stateCell(process);
    return id === 'note' ? cell(processNote(pane, context)) : cell('');
  }
  if (id === 'stage') return cell(stage.key, 'bold');
  if (id === 'slots') return slotsCell(stage);
  if (id === 'busy') return cell(stage.processes.length === 0 ? '' : String(stage.busy));
  if (id === 'state') return stageStateCell(stage);
  const deaths = stage.wish?.deaths ?? 0;
  if (id === 'deaths') return cell(deaths === 0 ? '' : String(deaths), 'bad');
  const note = stageNote(pane, line, context);
  return cell(note, stageStateCell(stage).tone === 'bad' ? 'bad' : 'plain');
}

/** @param chosen the stage that + and - change */
export function paintDetail(
  canvas: Canvas,
  line: HostLine | undefined,
  state: HostsState,
  chosen: string | undefined,
  context: Context,
): void {
  const { look } = context;
  const { pane } = state;
  canvas.fill(look.glyphs.horizontal, look.attr('dim'), 0, 0, canvas.width, 1);
  const title = line === undefined ? ' no host ' : ` ${line.row.host} `;
  canvas.put(2, 0, fitText(title, canvas.width - 4, look), look.attr('bold', pane.hasFocus));
  if (line === undefined) return;
  for (const [index, { text, tone }] of factsIn(line, canvas.height, context).entries())
    canvas.put(1, 1 + index, fitText(text, canvas.width - 2, look), look.attr(tone));
  const top = paneTop(line, canvas.height, context);
  const columns = columnsFor(canvas.width);
  paintHeads(canvas, columns, GUTTER, top - 1, look);
  const rows = paneRows(line);
  const at = cursorIndex(pane.list, paneList(rows));
  for (let y = 0; y < canvas.height - top; y++) {
    const index = pane.list.top + y;
    const row = rows[index];
    if (row === undefined) break;
    const isUnderCursor = pane.hasFocus && index === at;
    if (isUnderCursor) canvas.put(0, top + y, look.glyphs.cursor, look.attr('bold'));
    // Where keys go to the list of hosts, the chosen stage is told by its sign alone.
    if (row.kind === 'stage' && row.key === chosen) canvas.put(1, top + y, look.glyphs.cursor, look.attr('accent'));
    for (const column of columns) {
      const cell = cellOf(row, column.id, line, context);
      paintCell(canvas, { column, left: GUTTER, y: top + y }, { ...cell, isUnderCursor }, look);
    }
  }
}
