/** The events view: who did what and why, what failed, what was lost. Pure. */
import type { JournalLine } from '../../board/journal.ts';
import type { Binding, MouseEvent } from '../binding.ts';
import { fitText, paintCell, paintHeads, wrapText } from '../columns.ts';
import { MOVES } from '../global-keys.ts';
import { cursorIndex, goTo, scroll } from '../list.ts';
import { percent, thousands } from '../numbers.ts';
import type { Canvas } from '../surface.ts';
import type { Context, Effect, Result, View } from '../view.ts';
import { CHOICES, type Choice, toneOf } from './kinds.ts';
import { eventTable } from './rows.ts';
import {
  chosen,
  type EventsState,
  followed,
  footRows,
  headRows,
  held,
  INITIAL,
  listHeight,
  moved,
  newEvents,
  rowsOf,
} from './state.ts';
import { cellText, columnsFor, GUTTER } from './table.ts';
import { undoLayer } from './undo.ts';
import { copyText, datasetFilter, fieldOf, textOf } from './words.ts';

export type { EventsState } from './state.ts';

const BINDINGS: readonly Binding[] = [
  ...MOVES.map((binding) =>
    binding.action === 'last' ? { ...binding, help: 'the latest event, and all that come', label: 'latest' } : binding,
  ),
  { keys: ['enter'], action: 'board', help: 'the dataset of the event, on the board', label: 'entry' },
  { keys: ['l'], action: 'log', help: 'the log of the try that it tells of, or of the latest', label: 'log' },
  { keys: ['f'], action: 'failures', help: 'failures and losses only', label: 'failures' },
  { keys: ['o'], action: 'operators', help: 'what operators did only', label: 'operators' },
  { keys: ['a'], action: 'all', help: 'all events', label: 'all' },
  {
    keys: ['U'],
    action: 'undo',
    help: 'undo a hold, a release, a change of slots, a host put down or up',
    label: 'undo',
    mutates: true,
  },
  { keys: ['y'], action: 'copy', help: 'copy the line' },
];

function lineAt(state: EventsState, context: Context): JournalLine | undefined {
  const rows = rowsOf(state, context);
  return rows.at(cursorIndex(state.list, rows));
}

function toast(text: string): readonly Effect[] {
  return [{ kind: 'toast', text, isError: true }];
}

function showDataset(line: JournalLine): readonly Effect[] {
  const filter = datasetFilter(fieldOf(line, 'dataset'));
  if (filter === undefined) return toast(`'${line.event}' tells of no dataset`);
  return [
    { kind: 'filter', text: filter },
    { kind: 'view', view: 'board' },
  ];
}

function showLog(line: JournalLine): readonly Effect[] {
  const [dataset, stage, posted] = [fieldOf(line, 'dataset'), fieldOf(line, 'stage'), fieldOf(line, 'posted')];
  if (datasetFilter(dataset) === undefined) return toast(`'${line.event}' tells of no dataset`);
  const ofRun = posted === '' ? {} : { posted };
  const ofTry = typeof line.epoch === 'number' && stage !== '' ? { stage, epoch: line.epoch } : {};
  return [
    { kind: 'openLog', dataset, ...ofRun, ...ofTry },
    { kind: 'open', layer: { name: 'log', dataset } },
  ];
}

function undo(line: JournalLine, { common, data }: Context): readonly Effect[] {
  if (common.isReadOnly) return toast('read-only: nothing is undone from here');
  const layer = undoLayer(line, data);
  return typeof layer === 'string' ? toast(layer) : [{ kind: 'open', layer }];
}

const ON_LINE: Readonly<Record<string, (line: JournalLine, context: Context) => readonly Effect[]>> = {
  board: showDataset,
  log: showLog,
  undo,
  copy: (line) => [{ kind: 'copy', text: copyText(line), what: 'the event' }],
};

function act(state: EventsState, action: string, context: Context): Result<EventsState> {
  const choice = CHOICES.find((one) => one === action);
  if (choice !== undefined) return { state: chosen(state, choice, context) };
  const onLine = ON_LINE[action];
  if (onLine === undefined) return { state: moved(state, action, context) };
  const line = lineAt(state, context);
  return { state, effects: line === undefined ? [] : onLine(line, context) };
}

function mouse(state: EventsState, event: MouseEvent, context: Context): Result<EventsState> {
  const rows = rowsOf(state, context);
  const height = listHeight(context);
  if (event.kind !== 'click') {
    const list = scroll(state.list, rows, event.kind === 'wheelup' ? -3 : 3, height);
    return { state: held(state, list, context) };
  }
  const head = headRows(context.body.height);
  const [x, y] = [event.x - context.body.x, event.y - context.body.y];
  if (y === 0 && head > 0) {
    const tab = tabsOf(context).find((one) => x >= one.x && x < one.x + one.text.length);
    return { state: tab === undefined ? state : chosen(state, tab.choice, context) };
  }
  const index = state.list.top + y - head;
  if (y < head || y >= head + height || index >= rows.length) return { state };
  return { state: held(state, goTo(state.list, rows, index, height), context) };
}

/** `all 1,234   failures 37   operators 12` */
function tabsOf({ data }: Context): { readonly choice: Choice; readonly x: number; readonly text: string }[] {
  const table = eventTable(data.past.events);
  let x = 1;
  return CHOICES.map((choice) => {
    const text = `${choice} ${thousands(table[choice].length)}`;
    const tab = { choice, x, text };
    x += text.length + 2;
    return tab;
  });
}

function paint(canvas: Canvas, state: EventsState, context: Context): void {
  const { look, data, common } = context;
  const rows = rowsOf(state, context);
  const head = headRows(canvas.height);
  const foot = footRows(canvas.height);
  const height = Math.max(1, canvas.height - head - foot);
  const times = { nowMs: data.nowMs, zone: common.zone };
  if (head > 0) paintTabs(canvas, state, context);
  if (rows.length === 0) {
    canvas.put(1, Math.min(head, canvas.height - 1), fitText(emptyText(state, context), canvas.width - 2, look));
    return;
  }
  const shown = Array.from({ length: height }, (_, row) => rows.at(state.list.top + row) ?? []).flat();
  const columns = columnsFor(rows, canvas.width, times);
  if (head > 0) paintHeads(canvas, columns, GUTTER, 1, look);
  const at = cursorIndex(state.list, rows);
  if (foot > 0) paintFull(canvas.part(0, canvas.height - foot, canvas.width, foot), rows.at(at), context);
  for (const [row, line] of shown.entries()) {
    const isUnderCursor = state.list.top + row === at;
    const y = head + row;
    if (isUnderCursor) {
      canvas.fill(' ', look.attr('cursor'), 0, y, canvas.width, 1);
      canvas.put(0, y, look.glyphs.cursor, look.attr('cursor'));
    }
    const tone = toneOf(line);
    for (const column of columns) {
      const cell = { text: cellText(line, column.id, times), isUnderCursor };
      const isToned = column.id === 'event' || tone === 'dim' || tone === 'bad';
      paintCell(canvas, { column, left: GUTTER, y }, isToned ? { ...cell, tone } : cell, look);
    }
  }
}

/** What its column has no room for. */
function paintFull(canvas: Canvas, line: JournalLine | undefined, { look }: Context): void {
  if (line === undefined) return;
  for (const [row, text] of wrapText(textOf(line), canvas.width - 2, canvas.height, look).entries()) {
    canvas.put(1, row, text, look.attr(toneOf(line)));
  }
}

function paintTabs(canvas: Canvas, state: EventsState, context: Context): void {
  const { look } = context;
  let end = 0;
  for (const { choice, x, text } of tabsOf(context)) {
    const isHere = choice === state.choice;
    end = canvas.put(x, 0, text, look.attr(isHere ? 'bold' : 'plain'));
    if (isHere) {
      canvas.put(x - 1, 0, '[', look.attr('bold'));
      end = canvas.put(end, 0, ']', look.attr('bold'));
    }
  }
  const number = newEvents(state, context);
  const paused = number === 0 ? 'stands still: G goes on' : `${thousands(number)} new: G shows them`;
  const text = state.left === undefined ? progressText(context) : paused;
  const x = canvas.width - text.length - 1;
  if (x > end) canvas.put(x, 0, text, look.attr(number > 0 ? 'warn' : 'plain'));
}

function progressText({ data }: Context): string {
  return data.past.isComplete ? 'following' : `reading the journals: ${percent(data.past.progress)}`;
}

function emptyText(state: EventsState, { data }: Context): string {
  if (!data.past.isComplete) return `reading the journals: ${percent(data.past.progress)}`;
  if (state.choice === 'failures')
    return "nothing has failed or was lost as far as the journals go back: 'a' shows all events";
  if (state.choice === 'operators')
    return "nobody has done anything as far as the journals go back: 'a' shows all events";
  return 'nothing to tell yet: what fails, and what people do, is told here';
}

export const eventsView: View<EventsState> = {
  name: 'events',
  title: 'Events',
  bindings: BINDINGS,
  initial: INITIAL,
  follow: followed,
  act,
  mouse,
  paint,
};
