/** The pane about one stage process: what it is, what it says of itself, and all that it has in hand. Pure. */
import type { ProcessRow } from '../../board/processes.ts';
import { fitText, paintCell, paintHeads, placeColumns } from '../columns.ts';
import { keyRows } from '../key-rows.ts';
import { cursorIndex, type ListState, type Rows } from '../list.ts';
import type { Tone } from '../look.ts';
import { megabytes, thousands } from '../numbers.ts';
import type { Canvas } from '../surface.ts';
import { shortTime } from '../times.ts';
import type { Context } from '../view.ts';
import { entriesOf, messageOf, servicesText, stagesOf, upMs, waitsText } from './groups.ts';
import { durationText, sinceText, stateCell } from './table.ts';

const GUTTER = 3;
/** The steps in hand, as rows. */
export function handRows(row: ProcessRow | undefined): Rows {
  if (row === undefined) return keyRows([]);
  return keyRows(entriesOf(row).map(({ dataset, stage, epoch }) => `${dataset} ${stage} ${epoch}`));
}

/** Rows of the pane above the steps in hand: a rule, three lines of facts, heads; in a low one a rule and one line. */
export function handTop(height: number): number {
  return height >= 8 ? 5 : 2;
}

/** Rows of the pane that show steps in hand. */
export function handHeight(height: number): number {
  return Math.max(1, height - handTop(height));
}

function facts(row: ProcessRow, { data, common }: Context): string[] {
  const { name, content } = row.status;
  const beat = row.beatMs === undefined ? 'its status file has just gone' : `heartbeat ${durationText(row.beatMs)} ago`;
  const serves = `serves ${stagesOf(row).join(', ')}; order ${name.order}, ${stateCell(row).text}; ${beat}`;
  if (content === undefined)
    return [serves, 'its status file could not be read: it was just being written, or is damaged'];
  const started = Date.parse(content.started);
  const up = upMs(row, data.nowMs);
  const since = up === undefined ? '' : ` (up ${durationText(up)})`;
  const away = content.away === undefined ? '' : `, ${thousands(content.away)} jobs beside its slots`;
  const done = `done ${thousands(content.done)}, failed ${thousands(content.failed)}${away}, ${megabytes(content.rssMb)}`;
  const when = `started ${shortTime(started, data.nowMs, common.zone)}${since}, version ${content.version}, pid ${name.pid}`;
  return [serves, `${done}; ${when}`];
}

/** @param cursor the cursor among the steps in hand, if the keys go there */
export function paintDetail(
  canvas: Canvas,
  row: ProcessRow | undefined,
  hand: { readonly list: ListState; readonly hasFocus: boolean },
  context: Context,
): void {
  const { look, data, common } = context;
  canvas.fill(look.glyphs.horizontal, look.attr('dim'), 0, 0, canvas.width, 1);
  const title = row === undefined ? ' no process ' : ` ${row.status.name.id} on ${row.status.name.host} `;
  canvas.put(2, 0, fitText(title, canvas.width - 4, look), look.attr('bold', hand.hasFocus));
  if (row === undefined) {
    canvas.put(1, 1, 'the cursor is on the head of a group: go to a process');
    return;
  }
  const top = handTop(canvas.height);
  const message = messageOf(row);
  const tell = (y: number, text: string, tone: Tone = 'plain'): void => {
    if (y < top) canvas.put(1, y, fitText(text, canvas.width - 2, look), look.attr(tone));
  };
  const isLow = top === 2;
  for (const [index, text] of facts(row, context).entries()) tell(1 + index, text);
  if (message !== '') {
    if (isLow) canvas.fill(' ', look.attr('plain'), 0, 1, canvas.width, 1);
    tell(isLow ? 1 : 3, message, 'alarm');
  }
  const services = servicesText(row);
  if (message === '' && services !== '' && !isLow) tell(3, `services: ${services}`);
  const waits = waitsText(row);
  if (message === '' && services === '' && waits !== '' && !isLow) tell(3, waits);
  const entries = entriesOf(row);
  if (entries.length === 0) {
    const text = row.isDead ? 'dead: what it had in hand is given to others' : 'nothing in hand';
    canvas.put(1, isLow ? 2 : 4, text);
    return;
  }
  const columns = placeColumns(
    [
      { id: 'for', head: 'FOR', cells: 7, isRight: true },
      { id: 'stage', head: 'STAGE', cells: 12 },
      { id: 'since', head: 'SINCE', cells: 15, drop: 1 },
      { id: 'epoch', head: 'EPOCH', cells: 6, isRight: true, drop: 2 },
      { id: 'entry', head: 'ENTRY IN HAND', cells: 16, grows: true },
    ],
    canvas.width - GUTTER,
  );
  if (!isLow) paintHeads(canvas, columns, GUTTER, 4, look);
  const rows = handRows(row);
  const at = cursorIndex(hand.list, rows);
  for (let line = 0; line < handHeight(canvas.height); line++) {
    const index = hand.list.top + line;
    const entry = entries[index];
    if (entry === undefined) break;
    const isUnderCursor = hand.hasFocus && index === at;
    const texts: Readonly<Record<(typeof columns)[number]['id'], string>> = {
      for: sinceText(entry.since, data.nowMs),
      stage: entry.stage,
      since: shortTime(Date.parse(entry.since), data.nowMs, common.zone),
      epoch: String(entry.epoch),
      entry: (entry.of ?? 1) > 1 ? `${entry.dataset}  one of ${entry.of} in a step` : entry.dataset,
    };
    if (isUnderCursor) canvas.put(0, top + line, look.glyphs.cursor, look.attr('bold'));
    for (const column of columns) {
      paintCell(canvas, { column, left: GUTTER, y: top + line }, { text: texts[column.id], isUnderCursor }, look);
    }
  }
}
