/** The dialog of an order to stage processes: which one, what it means, which processes, why. Pure. */
import { stepsOf } from '../../board/status.ts';
import { wantedAnswer } from '../../model/answer.ts';
import { ORDERS, type Order } from '../../model/name.ts';
import type { Binding } from '../binding.ts';
import { EDITING, type Editor, edit, editorOf, insert, paste } from '../line-editor.ts';
import { countText } from '../numbers.ts';
import type { Context, Layer, LayerResult, LayerSpec } from '../view.ts';
import { type Box, type BoxLine, bodyRows, boxCells, boxLines, line, mostScroll, paintBox, wrapText } from './box.ts';
import { equivalentOrder } from './equivalent.ts';

type OrderSpec = Extract<LayerSpec, { name: 'order' }>;

export interface OrderState {
  readonly ids: readonly string[];
  readonly order: Order;
  readonly answer: Editor;
  readonly reason: Editor;
  readonly focus: 'answer' | 'reason';
  readonly note: string | undefined;
  readonly scroll: number;
  /** Steps that ran in these processes when the dialog opened: more of them, more to type. */
  readonly running: number;
}

/** What a process does on an order. */
export const ORDER_TEXTS: Readonly<Record<Order, string>> = {
  run: 'works',
  pause: 'claims nothing; what runs goes on',
  suspend: 'stops its steps where they are (SIGSTOP); run lets them go on',
  drain: 'claims nothing, lets its steps end, exits',
  halt: 'ends its steps, gives their entries back, exits',
  reload: 'reads the stage files anew, and runs',
};

/** They stop what runs. */
const STOPPING: ReadonlySet<Order> = new Set(['suspend', 'halt']);

const CHOOSING: readonly Binding[] = [
  { keys: ['down', 'j'], action: 'down', help: 'the next order', label: 'order' },
  { keys: ['up', 'k'], action: 'up', help: 'the order before' },
];
const ARROWS: readonly Binding[] = CHOOSING.map((binding) => ({ ...binding, keys: binding.keys.slice(0, 1) }));
const YES: Binding = { keys: ['y'], action: 'yes', help: 'give the order', label: 'yes', mutates: true };
const ANSWER: Binding = {
  keys: ['enter'],
  action: 'answer',
  help: 'give the order, if the number of running steps has been typed; never alone',
};
const CANCEL: Binding = { keys: ['escape', 'n', 'q'], action: 'cancel', help: 'give no order', label: 'cancel' };
const MORE: readonly Binding[] = [
  { keys: ['tab', 'S-tab'], action: 'focus', help: 'to the reason and back', label: 'reason' },
  { keys: ['pagedown'], action: 'scrollDown', help: 'more of the processes' },
  { keys: ['pageup'], action: 'scrollUp', help: 'back in the processes' },
];
const IN_YES = [YES, CANCEL, ANSWER, ...CHOOSING, ...MORE];
const IN_NUMBER = [ANSWER, CANCEL, ...ARROWS, ...MORE, ...EDITING];
const IN_REASON = [{ ...ANSWER, label: 'back' }, { ...CANCEL, keys: ['escape'] }, ...ARROWS, ...MORE, ...EDITING];

function answerTo({ order, running }: OrderState) {
  const wanted = wantedAnswer(STOPPING.has(order) ? running : 1);
  return { isTyped: !wanted.isYes('y'), ...wanted };
}

function runningIn(ids: readonly string[], { data }: Context): number {
  const meant = new Set(ids);
  return data.processes.reduce(
    (sum, { status, isDead }) =>
      !isDead && meant.has(status.name.id) ? sum + (status.content === undefined ? 0 : stepsOf(status.content)) : sum,
    0,
  );
}

function open({ ids, order = 'drain' }: OrderSpec, context: Context): LayerResult<OrderState> {
  const state: OrderState = {
    ids,
    order,
    answer: editorOf(),
    reason: editorOf(),
    focus: 'answer',
    note: undefined,
    scroll: 0,
    running: runningIn(ids, context),
  };
  if (ids.length > 0) return { state };
  const text = 'no stage process to give an order to: put the cursor on one';
  return { state, isClosed: true, effects: [{ kind: 'toast', text, isError: true }] };
}

function give(state: OrderState, hasPressedYes: boolean): LayerResult<OrderState> {
  const { isTyped, hint, isYes } = answerTo(state);
  const { ids, order, answer, reason } = state;
  if (isTyped ? !isYes(answer.text) : !hasPressedYes) {
    const wanted = isTyped ? hint : `press y to ${order}`;
    return { state: { ...state, note: `${wanted}, Esc to cancel` } };
  }
  const why = reason.text.trim() === '' ? undefined : reason.text.trim();
  return { state, isClosed: true, effects: [{ kind: 'order', ids, order, reason: why }] };
}

function act(state: OrderState, action: string, context: Context): LayerResult<OrderState> {
  switch (action) {
    case 'cancel':
      return { state, isClosed: true };
    case 'down':
    case 'up': {
      const at = ORDERS.indexOf(state.order) + (action === 'down' ? 1 : -1);
      const order = ORDERS[Math.max(0, Math.min(at, ORDERS.length - 1))] ?? state.order;
      return { state: order === state.order ? state : { ...state, order, answer: editorOf(), note: undefined } };
    }
    case 'yes':
      return give(state, true);
    case 'answer':
      return state.focus === 'reason' ? { state: { ...state, focus: 'answer' } } : give(state, false);
    case 'focus':
      return { state: { ...state, focus: state.focus === 'answer' ? 'reason' : 'answer', note: undefined } };
    case 'scrollDown':
    case 'scrollUp': {
      const box = boxOf(state, context);
      const { height } = context.body;
      const page = Math.max(1, bodyRows(height, box.body.length, box.foot.length) - 1);
      const most = mostScroll(height, box.body.length, box.foot.length);
      const scroll = state.scroll + (action === 'scrollDown' ? page : -page);
      return { state: { ...state, scroll: Math.max(0, Math.min(scroll, most)) } };
    }
    default: {
      const editor = edit(state[state.focus], action);
      return { state: editor === undefined ? state : { ...state, [state.focus]: editor, note: undefined } };
    }
  }
}

function processLines(ids: readonly string[], { data }: Context): BoxLine[] {
  const rows = new Map(data.processes.map((row) => [row.status.name.id, row]));
  return ids.map((id) => {
    const row = rows.get(id);
    if (row === undefined) return line(`${id}  no longer there`, 'warn');
    const { name, content } = row.status;
    const steps = content === undefined ? '' : `, ${countText(stepsOf(content), 'step')} running`;
    const text = `${id}  ${name.host}  ${name.stages.join('+')}  ${name.order}${steps}`;
    return row.isDead ? line(`${text}, found dead: takes no orders`, 'warn') : line(text);
  });
}

function boxOf(state: OrderState, context: Context): Box {
  const { ids, order, reason, focus, answer, note } = state;
  const { glyphs } = context.look;
  const cells = boxCells(context.body.width);
  const choices = ORDERS.map(
    (one): BoxLine => ({
      spans: [
        { text: `${one === order ? glyphs.cursor : ' '} ${one.padEnd(8)}`, tone: 'bold' },
        { text: ORDER_TEXTS[one] },
      ],
      isCursor: one === order,
    }),
  );
  const equivalent = equivalentOrder(context.data.board.name, ids, order, reason.text);
  const command = wrapText(equivalent.command, cells, '  ').map((part) => line(part, 'accent'));
  const more = equivalent.note === undefined ? [] : [line(equivalent.note, 'dim')];
  const { hint, isTyped } = answerTo(state);
  const steps = isTyped ? ` (${countText(state.running, 'step')})` : '';
  const who = ids.length === 1 ? `process ${ids[0] ?? ''}` : countText(ids.length, 'process', 'processes');
  const foot: BoxLine[] = [
    {
      spans: [{ text: focus === 'reason' ? 'Reason: ' : 'Reason (Tab): ', tone: focus === 'reason' ? 'bold' : 'dim' }],
      editor: { editor: reason, isFocused: focus === 'reason' },
    },
    {
      spans: [{ text: `${order} ${who}${steps}? [${hint}] `, tone: 'bold' }],
      editor: { editor: answer, isFocused: focus === 'answer' },
    },
    note === undefined ? line('Esc cancels', 'dim') : line(note, 'warn'),
  ];
  const body = boxLines([...choices, line(''), ...command, ...more, ...processLines(ids, context)]);
  // Where there is little room, the order that is chosen stays in sight.
  const rows = bodyRows(context.body.height, body.length, foot.length);
  const at = ORDERS.indexOf(order);
  const scroll = state.scroll === 0 && at >= rows ? at - rows + 1 : state.scroll;
  return { title: `Order to ${who}`, body, foot, scroll };
}

function type(state: OrderState, text: string): LayerResult<OrderState> {
  if (state.focus === 'reason') return { state: { ...state, reason: insert(state.reason, text) } };
  if (!/^[\dk]+$/.test(text) || !answerTo(state).isTyped) return { state };
  return { state: { ...state, answer: insert(state.answer, text), note: undefined } };
}

export const orderLayer: Layer<OrderSpec, OrderState> = {
  name: 'order',
  title: 'Order to stage processes',
  bindings: [YES, ANSWER, CANCEL, ...CHOOSING, ...MORE, ...EDITING],
  open,
  bindingsIn: (state) => (state.focus === 'reason' ? IN_REASON : answerTo(state).isTyped ? IN_NUMBER : IN_YES),
  act,
  type: (state, { text }) => type(state, text),
  paste: (state, text) =>
    state.focus === 'reason' ? { state: { ...state, reason: paste(state.reason, text) } } : { state },
  paint: (canvas, state, context) => paintBox(canvas, context.look, boxOf(state, context)),
};
