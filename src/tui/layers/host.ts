/** The dialog that starts, drains or stops hosts: what each means, which hosts, what runs there, why. Pure. */
import { stepsOf } from '../../board/status.ts';
import { wantedAnswer } from '../../model/answer.ts';
import type { Binding } from '../binding.ts';
import { EDITING, type Editor, edit, editorOf, insert, paste } from '../line-editor.ts';
import { countText } from '../numbers.ts';
import type { Context, Effect, HostAct, Layer, LayerResult, LayerSpec } from '../view.ts';
import { type Box, type BoxLine, bodyRows, boxCells, boxLines, line, mostScroll, paintBox, wrapText } from './box.ts';
import { equivalentHost } from './equivalent.ts';

type HostSpec = Extract<LayerSpec, { name: 'host' }>;

const ACTS = ['start', 'drain', 'stop'] as const satisfies readonly HostAct[];

/** What becomes of a host. */
export const HOST_TEXTS: Readonly<Record<HostAct, string>> = {
  start: 'what is wanted there runs again',
  drain: 'nothing is to run there: claims nothing, lets its steps end',
  stop: 'nothing is to run there: stops steps, gives entries back',
};

export interface HostState {
  readonly act: HostAct;
  readonly hosts: readonly string[];
  readonly isAll: boolean;
  readonly answer: Editor;
  readonly reason: Editor;
  readonly focus: 'answer' | 'reason';
  readonly note: string | undefined;
  readonly scroll: number;
  /** Steps that ran there when the dialog was opened: more of them, more to type. */
  readonly running: number;
}

const CHOOSING: readonly Binding[] = [
  { keys: ['down', 'j'], action: 'down', help: 'the next of start, drain, stop', label: 'choose' },
  { keys: ['up', 'k'], action: 'up', help: 'the one before' },
];
const ARROWS: readonly Binding[] = CHOOSING.map((binding) => ({ ...binding, keys: binding.keys.slice(0, 1) }));
const YES: Binding = { keys: ['y'], action: 'yes', help: 'do it', label: 'yes', mutates: true };
const ANSWER: Binding = {
  keys: ['enter'],
  action: 'answer',
  help: 'do it, if the number of steps or hosts has been typed; never alone',
};
const CANCEL: Binding = { keys: ['escape', 'n', 'q'], action: 'cancel', help: 'change nothing', label: 'cancel' };
const MORE: readonly Binding[] = [
  { keys: ['tab', 'S-tab'], action: 'focus', help: 'to the reason and back', label: 'reason' },
  { keys: ['pagedown'], action: 'scrollDown', help: 'more of the hosts' },
  { keys: ['pageup'], action: 'scrollUp', help: 'back in the hosts' },
];
const IN_YES = [YES, CANCEL, ANSWER, ...CHOOSING, ...MORE];
const IN_NUMBER = [ANSWER, CANCEL, ...ARROWS, ...MORE, ...EDITING];
const IN_REASON = [{ ...ANSWER, label: 'back' }, { ...CANCEL, keys: ['escape'] }, ...ARROWS, ...MORE, ...EDITING];

/** Of what stops steps their number is to be typed, of the others the number of hosts. */
function answerTo({ act, running, hosts }: HostState) {
  const isSteps = act === 'stop' && running > hosts.length;
  const wanted = wantedAnswer(isSteps ? running : hosts.length);
  return { isTyped: !wanted.isYes('y'), isSteps, ...wanted };
}

function runningOn(hosts: readonly string[], { data }: Context): number {
  return data.processes.reduce(
    (sum, { status, isDead }) =>
      !isDead && hosts.includes(status.name.host) && status.content !== undefined ? sum + stepsOf(status.content) : sum,
    0,
  );
}

function give(state: HostState, hasPressedYes: boolean): LayerResult<HostState> {
  const { isTyped, hint, isYes } = answerTo(state);
  const { act, hosts, answer, reason } = state;
  if (isTyped ? !isYes(answer.text) : !hasPressedYes)
    return { state: { ...state, note: `${isTyped ? hint : `press y to ${act}`}, Esc to cancel` } };
  const why = reason.text.trim() === '' ? undefined : reason.text.trim();
  return { state, isClosed: true, effects: [{ kind: 'host', act, hosts, reason: why } satisfies Effect] };
}

function act(state: HostState, action: string, context: Context): LayerResult<HostState> {
  switch (action) {
    case 'cancel':
      return { state, isClosed: true };
    case 'down':
    case 'up': {
      const at = ACTS.indexOf(state.act) + (action === 'down' ? 1 : -1);
      const chosen = ACTS[Math.max(0, Math.min(at, ACTS.length - 1))] ?? state.act;
      return { state: chosen === state.act ? state : { ...state, act: chosen, answer: editorOf(), note: undefined } };
    }
    case 'yes':
      return give(state, true);
    case 'answer':
      return state.focus === 'reason' ? { state: { ...state, focus: 'answer' } } : give(state, false);
    case 'focus':
      return { state: { ...state, focus: state.focus === 'answer' ? 'reason' : 'answer', note: undefined } };
    case 'scrollDown':
    case 'scrollUp': {
      const { body, foot } = boxOf(state, context);
      const { height } = context.body;
      const page = Math.max(1, bodyRows(height, body.length, foot.length) - 1);
      const scroll = state.scroll + (action === 'scrollDown' ? page : -page);
      const most = mostScroll(height, body.length, foot.length);
      return { state: { ...state, scroll: Math.max(0, Math.min(scroll, most)) } };
    }
    default: {
      const editor = edit(state[state.focus], action);
      return { state: editor === undefined ? state : { ...state, [state.focus]: editor, note: undefined } };
    }
  }
}

function hostLineOf(host: string, context: Context): BoxLine {
  const row = context.data.hosts?.find((one) => one.host === host);
  if (row === undefined) return line(`${host}  no longer known`, 'warn');
  const steps = runningOn([host], context);
  const parts = [
    ...(row.isDown ? ['down'] : []),
    row.agent === 'none' ? "no agent: 'slate up' there" : `agent ${row.agent}`,
    `${countText(steps, 'step')} running`,
    `wanted ${row.wishes.map(({ wish }) => wish).join(' ') || 'nothing'}`,
  ];
  return line(`${host}  ${parts.join(', ')}`);
}

function boxOf(state: HostState, context: Context): Box {
  const { hosts, isAll, act: chosen, reason, focus, answer, note, running } = state;
  const { glyphs } = context.look;
  const cells = boxCells(context.body.width);
  const choices = ACTS.map(
    (one): BoxLine => ({
      spans: [
        { text: `${one === chosen ? glyphs.cursor : ' '} ${one.padEnd(6)}`, tone: 'bold' },
        { text: HOST_TEXTS[one] },
      ],
      isCursor: one === chosen,
    }),
  );
  const equivalent = equivalentHost(context.data.board.name, { act: chosen, hosts, isAll }, reason.text);
  const command = wrapText(equivalent.command, cells, '  ').map((part) => line(part, 'accent'));
  const more = equivalent.note === undefined ? [] : [line(equivalent.note, 'dim')];
  const { hint, isSteps } = answerTo(state);
  const who = hosts.length === 1 ? `host ${hosts[0] ?? ''}` : countText(hosts.length, 'host');
  const steps = isSteps ? ` (${countText(running, 'step')})` : '';
  const foot: BoxLine[] = [
    {
      spans: [{ text: focus === 'reason' ? 'Reason: ' : 'Reason (Tab): ', tone: focus === 'reason' ? 'bold' : 'dim' }],
      editor: { editor: reason, isFocused: focus === 'reason' },
    },
    {
      spans: [{ text: `${chosen} ${who}${steps}? [${hint}] `, tone: 'bold' }],
      editor: { editor: answer, isFocused: focus === 'answer' },
    },
    note === undefined ? line('Esc cancels', 'dim') : line(note, 'warn'),
  ];
  const rows = hosts.map((host) => hostLineOf(host, context));
  const body = boxLines([...choices, line(''), ...command, ...more, ...rows]);
  return { title: `${isAll ? 'All ' : ''}${who}`, body, foot, scroll: state.scroll };
}

function typed(state: HostState, text: string): LayerResult<HostState> {
  if (state.focus === 'reason') return { state: { ...state, reason: insert(state.reason, text) } };
  if (!/^[\dk]+$/.test(text) || !answerTo(state).isTyped) return { state };
  return { state: { ...state, answer: insert(state.answer, text), note: undefined } };
}

export const hostLayer: Layer<HostSpec, HostState> = {
  name: 'host',
  title: 'Start, drain or stop hosts',
  bindings: [YES, ANSWER, CANCEL, ...CHOOSING, ...MORE, ...EDITING],
  open: ({ act: chosen, hosts, isAll }, context) => ({
    state: {
      act: chosen,
      hosts,
      isAll,
      answer: editorOf(),
      reason: editorOf(),
      focus: 'answer',
      note: undefined,
      scroll: 0,
      running: runningOn(hosts, context),
    },
  }),
  bindingsIn: (state) => (state.focus === 'reason' ? IN_REASON : answerTo(state).isTyped ? IN_NUMBER : IN_YES),
  act,
  type: (state, { text }) => typed(state, text),
  paste: (state, text) =>
    state.focus === 'reason' ? { state: { ...state, reason: paste(state.reason, text) } } : { state },
  paint: (canvas, state, context) => paintBox(canvas, context.look, boxOf(state, context)),
};
