/** The log of a try, full screen: followed, searched, filtered, copied. Keys; what they do is in log-state.ts. Pure. */
import { count, plainLines } from '../../model/text.ts';
import type { Binding, KeyPress, MouseEvent } from '../binding.ts';
import { EDITING, type Editor, edit, insert, paste } from '../line-editor.ts';
import type { Context, Effect, Layer, LayerResult, LayerSpec } from '../view.ts';
import { findLine, pattern } from './log-lines.ts';
import { paintLog } from './log-paint.ts';
import {
  AROUND,
  cursorIn,
  followed,
  initialLog,
  inList,
  type LogState,
  openInput,
  paged,
  pause,
  scrolled,
  stepped,
  toEnd,
  toLine,
  type View,
  viewOf,
} from './log-state.ts';
import { visibleRows } from './text-area.ts';

type LogSpec = Extract<LayerSpec, { name: 'log' }>;

const READING: readonly Binding[] = [
  { keys: ['escape', 'q'], action: 'close', help: 'end a range, or close the log', label: 'close' },
  { keys: ['j', 'down'], action: 'down', help: 'a line down', label: 'move' },
  { keys: ['k', 'up'], action: 'up', help: 'a line up: following pauses' },
  { keys: ['pagedown', 'C-f', 'space'], action: 'pageDown', help: 'a page down' },
  { keys: ['pageup', 'C-b'], action: 'pageUp', help: 'a page up' },
  { keys: ['C-d'], action: 'halfDown', help: 'half a page down' },
  { keys: ['C-u'], action: 'halfUp', help: 'half a page up' },
  { keys: ['g', 'home'], action: 'first', help: 'the first line; there again: read more of what stands before it' },
  { keys: ['F', 'G', 'end'], action: 'last', help: 'the end; while the step runs, follow it', label: 'follow' },
  { keys: ['left'], action: 'left', help: 'to the left, if lines are not wrapped' },
  { keys: ['right'], action: 'right', help: 'to the right, if lines are not wrapped' },
  { keys: ['w'], action: 'wrap', help: 'wrap long lines or not', label: 'wrap' },
  { keys: ['/'], action: 'search', help: 'search; capitals count if there are some', label: 'search' },
  { keys: ['n'], action: 'next', help: 'the next line that has it, round the end' },
  { keys: ['N'], action: 'previous', help: 'the line before that has it' },
  {
    keys: ['&'],
    action: 'filter',
    help: 'only lines with a text; with ! before it, only those without',
    label: 'lines',
  },
  { keys: ['['], action: 'earlierTry', help: "the log of the dataset's try before", label: 'try' },
  { keys: [']'], action: 'laterTry', help: 'the log of the next try' },
  { keys: ['t'], action: 'times', help: 'when the dashboard saw each line' },
  { keys: ['M'], action: 'marker', help: 'draw a line below the last one, on this screen only' },
  { keys: ['v'], action: 'range', help: 'begin a range of lines, or end it' },
  { keys: ['y'], action: 'copy', help: 'copy the line of the cursor, or the range', label: 'copy' },
  { keys: ['Y'], action: 'copyPath', help: 'copy the path of the file' },
  { keys: ['s'], action: 'save', help: 'save a copy of the file; its path is told', label: 'save' },
  { keys: ['e'], action: 'pager', help: 'open the file in $PAGER' },
  { keys: ['?', 'f1'], action: 'help', help: 'all keys' },
];
const TYPING: readonly Binding[] = [
  { keys: ['enter'], action: 'accept', help: 'search or filter; without a text, no more', label: 'go' },
  { keys: ['escape'], action: 'cancelInput', help: 'leave search or filter as it was', label: 'cancel' },
];
const IN_INPUT: readonly Binding[] = [...TYPING, ...EDITING];
const ALL: readonly Binding[] = [...READING, ...IN_INPUT];
const TITLE = 'Log';

/** Cells that one key moves the lines sideways. */
const STEP = 16;
const WHEEL = 3;

function act(state: LogState, action: string, context: Context): LayerResult<LogState> {
  const clear = state.note === undefined ? state : { ...state, note: undefined };
  if (clear.input !== undefined) return actInInput(clear, action, context);
  if (action === 'close') {
    if (clear.anchor !== undefined) return { state: { ...clear, anchor: undefined } };
    return { state: clear, isClosed: true, effects: [{ kind: 'closeLog' }] };
  }
  if (action === 'help') {
    const tables = [{ title: TITLE, bindings: ALL }];
    return { state: clear, effects: [{ kind: 'open', layer: { name: 'help', tables } }] };
  }
  const view = viewOf(clear, context);
  if (view === undefined) return { state: clear };
  return actOn(clear, action, view, context);
}

function actOn(state: LogState, action: string, view: View, context: Context): LayerResult<LogState> {
  const { log, frame } = view;
  const page = Math.max(1, frame.height - 1);
  const effect = (...effects: Effect[]): LayerResult<LogState> => ({ state, effects });
  switch (action) {
    case 'down':
      return { state: stepped(state, view, 1) };
    case 'up':
      return { state: stepped(pause(state), view, -1) };
    case 'pageDown':
      return { state: paged(state, view, page) };
    case 'pageUp':
      return { state: paged(pause(state), view, -page) };
    case 'halfDown':
      return { state: paged(state, view, Math.ceil(page / 2)) };
    case 'halfUp':
      return { state: paged(pause(state), view, -Math.ceil(page / 2)) };
    case 'first':
      return toFirst(pause(state), view);
    case 'last':
      return { state: toEnd({ ...state, isFollowing: log.isRunning }, view) };
    case 'left':
      return { state: state.isWrapped ? state : { ...state, left: Math.max(0, state.left - STEP) } };
    case 'right':
      return { state: state.isWrapped ? state : { ...state, left: state.left + STEP } };
    case 'wrap':
      return { state: stay({ ...state, isWrapped: !state.isWrapped }, context) };
    case 'times':
      return { state: stay({ ...state, showsTimes: !state.showsTimes }, context) };
    case 'search':
    case 'filter':
      return { state: openInput(state, action) };
    case 'next':
    case 'previous':
      return { state: found(pause(state), view, action === 'next' ? 1 : -1, false) };
    case 'earlierTry':
    case 'laterTry':
      return otherTry(state, view, action === 'laterTry' ? 1 : -1);
    case 'marker':
      return { state: marked(state, context) };
    case 'range':
      return { state: { ...state, anchor: state.anchor === undefined ? state.cursor : undefined } };
    case 'copy':
      return copy(state, view);
    case 'copyPath':
      return effect({ kind: 'copy', text: log.path, what: 'the path' });
    case 'save':
      return effect({ kind: 'saveLog' });
    case 'pager':
      return effect({ kind: 'pager', path: log.path });
    default:
      return { state };
  }
}

/** After lines are laid out in another way: the cursor's line stays in sight, or the end. */
function stay(state: LogState, context: Context): LogState {
  const view = viewOf(state, context);
  if (view === undefined) return state;
  return state.isFollowing ? toEnd(state, view) : toLine(state, view, cursorIn(state, view));
}

function toFirst(state: LogState, view: View): LayerResult<LogState> {
  const isThere = cursorIn(state, view) === 0;
  const next = toLine(state, view, 0);
  if (view.log.skippedBytes <= 0) return { state: next };
  if (isThere) return { state: { ...next, note: 'reading what stands before …' }, effects: [{ kind: 'moreLog' }] };
  return { state: { ...next, note: 'there is more before this line: press g again to read it' } };
}

function found(state: LogState, view: View, by: 1 | -1, fromHere: boolean): LogState {
  if (state.search === undefined) return { ...state, note: 'nothing to search for: / takes a text' };
  const { search } = state;
  const at = cursorIn(state, view);
  const hit = findLine(view.lines, { ...search, isNegated: false }, fromHere ? at : at + by, by);
  if (hit === undefined) {
    const isPart = view.log.skippedBytes > 0;
    const note = `no line${isPart ? ' of the part that is read' : ''} has '${search.text}'${isPart ? ': g reads more' : ''}`;
    return { ...state, note };
  }
  const note = by > 0 ? 'past the end: on from the first line' : 'past the first line: on from the end';
  return { ...toLine(state, view, hit.index), note: hit.isWrapped ? note : undefined };
}

function otherTry(state: LogState, { log }: View, by: 1 | -1): LayerResult<LogState> {
  const at = log.tries.findIndex(
    ({ posted, stage, epoch }) => posted === log.log.posted && stage === log.log.stage && epoch === log.log.epoch,
  );
  const next = at < 0 ? undefined : log.tries[at + by];
  if (next === undefined)
    return { state: { ...state, note: `this is the ${by > 0 ? 'last' : 'first'} try with a log` } };
  const { posted, stage, epoch } = next;
  return { state, effects: [{ kind: 'openLog', dataset: state.dataset, posted, stage, epoch }] };
}

function marked(state: LogState, context: Context): LogState {
  const marker = { after: state.first + state.length - 1, atMs: context.data.nowMs };
  const next = { ...state, markers: [...state.markers, marker] };
  const view = viewOf(next, context);
  return view !== undefined && next.isFollowing ? toEnd(next, view) : next;
}

function copy(state: LogState, view: View): LayerResult<LogState> {
  if (view.lines.length === 0) return { state };
  const at = cursorIn(state, view);
  const from = state.anchor === undefined ? at : Math.max(0, view.shown.indexOf(state.anchor));
  const [first, last] = [Math.min(at, from), Math.max(at, from)];
  const lines = Array.from({ length: last - first + 1 }, (_, index) => view.lines.at(first + index));
  // Whoever pastes it into a shell gets no control characters.
  const effect: Effect = { kind: 'copy', text: plainLines(lines.join('\n')), what: count(lines.length, 'line') };
  return { state: { ...state, anchor: undefined }, effects: [effect] };
}

function actInInput(state: LogState, action: string, context: Context): LayerResult<LogState> {
  const { input } = state;
  if (input === undefined) return { state };
  const closed = { ...state, input: undefined };
  if (action === 'cancelInput') return { state: closed };
  if (action !== 'accept') return { state: typed(state, edit(input.editor, action) ?? input.editor) };
  const { text } = input.editor;
  if (input.purpose === 'filter') return { state: stay({ ...closed, filter: pattern(text, true) }, context) };
  const next = { ...closed, search: pattern(text, false) };
  const view = viewOf(next, context);
  return { state: view === undefined || next.search === undefined ? next : found(pause(next), view, 1, true) };
}

function typed(state: LogState, editor: Editor): LogState {
  return state.input === undefined ? state : { ...state, input: { ...state.input, editor } };
}

function mouse(state: LogState, event: MouseEvent, context: Context): LayerResult<LogState> {
  const view = viewOf(state, context);
  if (view === undefined || state.input !== undefined) return { state };
  if (event.kind === 'wheeldown') return { state: scrolled(state, view, WHEEL) };
  if (event.kind === 'wheelup') return { state: scrolled(pause(state), view, -WHEEL) };
  const y = event.y - context.body.y - AROUND / 2;
  const row = visibleRows(view.lines, inList(state.top, view), state.left, view.frame).find((one) => one.y === y);
  return { state: row === undefined ? state : toLine(pause(state), view, row.line) };
}

export const logLayer: Layer<LogSpec, LogState> = {
  name: 'log',
  title: TITLE,
  bindings: ALL,
  open: ({ dataset, posted }) => ({ state: initialLog(dataset), effects: [{ kind: 'openLog', dataset, posted }] }),
  bindingsIn: ({ input }) => (input === undefined ? READING : IN_INPUT),
  act,
  type: (state, { text }: KeyPress) =>
    state.input === undefined ? { state } : { state: typed(state, insert(state.input.editor, text)) },
  paste: (state, text) =>
    state.input === undefined ? { state } : { state: typed(state, paste(state.input.editor, text)) },
  mouse,
  follow: followed,
  paint: paintLog,
};
