/**
 * The dialog of hold, release, repipe, skip, rank and remove on a frozen set of entries. Nothing dangerous happens by Enter
 * alone: it takes `y`, or the number of entries. Keys and painting; what happens is in verb-state.ts. Pure.
 */
import type { Binding } from '../binding.ts';
import { MOVES } from '../global-keys.ts';
import { EDITING, edit, insert, paste } from '../line-editor.ts';
import { linesMoved } from '../moves.ts';
import type { Context, Layer, LayerResult, LayerSpec } from '../view.ts';
import { mostScroll, scrollTo } from './box.ts';
import { paintVerb, shownRows, verbBox } from './verb-box.ts';
import { answer, answerTo, goBack, goOn, openVerb, received, type VerbState } from './verb-state.ts';

type VerbSpec = Extract<LayerSpec, { name: 'verb' }>;

const CANCEL: Binding = { keys: ['escape', 'n', 'q'], action: 'cancel', help: 'change nothing', label: 'cancel' };
/** Where letters are text. */
const CANCEL_TEXT: Binding = { ...CANCEL, keys: ['escape'] };
const GO_ON: Binding = { keys: ['enter', 'tab'], action: 'goOn', help: 'what would change', label: 'go on' };
const YES: Binding = { keys: ['y'], action: 'yes', help: 'do it (up to 20 entries)', label: 'yes', mutates: true };
const ANSWER: Binding = {
  keys: ['enter'],
  action: 'answer',
  help: 'do it, if the number of entries has been typed; never alone',
  label: 'answer',
};
const FOCUS: readonly Binding[] = [
  { keys: ['tab'], action: 'next', help: 'to the reason, to the stage or rank, and round', label: 'reason' },
  { keys: ['S-tab'], action: 'previous', help: 'the same backwards' },
];
const SCROLL: readonly Binding[] = [
  { keys: ['down', 'pagedown'], action: 'scrollDown', help: 'more of what would change' },
  { keys: ['up', 'pageup'], action: 'scrollUp', help: 'back in what would change' },
];
const STOP: Binding = { keys: ['escape', 'q'], action: 'stop', help: 'stop after the entry at hand', label: 'stop' };
const RESULT: readonly Binding[] = [
  { keys: ['enter', 'escape', 'q'], action: 'close', help: 'close the result', label: 'close' },
  { keys: ['y'], action: 'copy', help: 'copy the list of what was refused', label: 'copy' },
  { keys: ['e'], action: 'list', help: 'the list of what was refused, in full', label: 'list' },
];

const IN_STAGES = [GO_ON, CANCEL, ...MOVES];
const IN_RANK = [GO_ON, CANCEL, ...EDITING];
const IN_YES = [YES, CANCEL, ANSWER, ...FOCUS, ...SCROLL];
const IN_NUMBER = [ANSWER, CANCEL, ...FOCUS, ...SCROLL, ...EDITING];
const IN_REASON = [{ ...ANSWER, label: 'back' }, CANCEL_TEXT, ...FOCUS, ...SCROLL, ...EDITING];
const IN_RESULT = [...RESULT, ...MOVES];

function bindingsIn({ step, focus, plan, ask }: VerbState): readonly Binding[] {
  switch (step) {
    case 'stage':
      return IN_STAGES;
    case 'rank':
      return IN_RANK;
    case 'applying':
      return [STOP];
    case 'result':
      return IN_RESULT;
    case 'confirm': {
      if (focus === 'reason') return IN_REASON;
      return plan === undefined || answerTo(ask.verb, plan.able.length).isTyped ? IN_NUMBER : IN_YES;
    }
  }
}

function moved(state: VerbState, action: string, context: Context): VerbState {
  const box = verbBox(state, context);
  const rows = shownRows(box, context.body.height);
  const page = Math.max(1, rows - 1);
  const step = linesMoved(action.replace('scroll', 'page'), page);
  if (step === undefined) return state;
  if (state.step === 'stage') {
    const stageAt = Math.max(0, Math.min(state.stageAt + step, box.body.length - 1));
    return { ...state, stageAt, scroll: scrollTo(state.scroll, stageAt, rows) };
  }
  const most = mostScroll(context.body.height, box.body.length, box.foot.length);
  return { ...state, scroll: Math.max(0, Math.min(state.scroll + step, most)) };
}

function focusNext(state: VerbState, isBack: boolean): VerbState {
  const plain = { ...state, note: undefined };
  if (isBack) return state.focus === 'reason' ? { ...plain, focus: 'answer' } : goBack(plain);
  return state.focus === 'answer' ? { ...plain, focus: 'reason' } : goBack(plain);
}

function edited(state: VerbState, action: string): VerbState | undefined {
  const field = state.step === 'rank' ? 'rank' : state.focus;
  const editor = edit(state[field], action);
  return editor === undefined ? undefined : { ...state, [field]: editor, note: undefined };
}

function act(state: VerbState, action: string, context: Context): LayerResult<VerbState> {
  switch (action) {
    case 'cancel':
    case 'close':
      return { state, isClosed: true };
    case 'goOn':
      return goOn(state, context);
    case 'yes':
      return answer(state, true);
    case 'answer':
      if (state.focus === 'reason') return { state: { ...state, focus: 'answer' } };
      return answer(state, false);
    case 'next':
      return { state: focusNext(state, false) };
    case 'previous':
      return { state: focusNext(state, true) };
    case 'stop':
      return { state: { ...state, isStopping: true }, effects: [{ kind: 'stopApply' }] };
    case 'copy':
      return { state, effects: [{ kind: 'copy', text: resultLines(state).join('\n'), what: 'the list' }] };
    case 'list': {
      const title = state.outcome?.summary ?? '';
      return { state, effects: [{ kind: 'open', layer: { name: 'output', title, lines: resultLines(state) } }] };
    }
    default:
      return { state: edited(state, action) ?? moved(state, action, context) };
  }
}

function resultLines({ outcome }: VerbState): readonly string[] {
  return outcome?.lines ?? [];
}

function type(state: VerbState, text: string, context: Context): LayerResult<VerbState> {
  if (state.step === 'confirm' && state.focus === 'reason')
    return { state: { ...state, reason: insert(state.reason, text) } };
  // Anything else is a slip: answers are numbers (`10k` too), or keys of their own.
  const isNumber = /^\d+$/.test(text) || (text === 'k' && state.step === 'confirm' && state.answer.text !== '');
  if (!isNumber) return { state };
  if (state.step === 'stage') return goOn(state, context, text);
  if (state.step === 'rank')
    return state.rank.text.length >= 2
      ? { state }
      : { state: { ...state, rank: insert(state.rank, text), note: undefined } };
  const isTyped = state.plan === undefined || answerTo(state.ask.verb, state.plan.able.length).isTyped;
  if (state.step !== 'confirm' || !isTyped) return { state };
  return { state: { ...state, answer: insert(state.answer, text), note: undefined } };
}

export const verbLayer: Layer<VerbSpec, VerbState> = {
  name: 'verb',
  title: 'Hold, release, repipe, skip, rank, remove',
  bindings: [GO_ON, YES, ANSWER, CANCEL, ...FOCUS, ...SCROLL, STOP, ...RESULT, ...MOVES, ...EDITING],
  open: ({ ask }, context) => openVerb(ask, context),
  bindingsIn,
  act,
  type: (state, { text }, context) => type(state, text, context),
  // Only the reason takes what is pasted: an answer is to be typed.
  paste: (state, text) =>
    state.step === 'confirm' && state.focus === 'reason'
      ? { state: { ...state, reason: paste(state.reason, text) } }
      : { state },
  message: received,
  mouse: (state, { kind }, context) => {
    if (kind === 'click' || state.step === 'applying' || state.step === 'rank') return { state };
    return { state: moved(state, kind === 'wheelup' ? 'up' : 'down', context) };
  },
  paint: paintVerb,
};
