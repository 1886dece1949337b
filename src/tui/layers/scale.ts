/** The dialog of a wish: how many slots of a stage are wanted on hosts, what that changes, why. Pure. */
import { wantedAnswer } from '../../model/answer.ts';
import { MOST_WISHED_SLOTS } from '../../model/name.ts';
import type { Binding } from '../binding.ts';
import { EDITING, type Editor, edit, editorOf, insert, paste } from '../line-editor.ts';
import { countText } from '../numbers.ts';
import type { Context, Effect, Layer, LayerResult, LayerSpec, ScaleTarget } from '../view.ts';
import { type Box, type BoxLine, bodyRows, boxCells, boxLines, line, mostScroll, paintBox, wrapText } from './box.ts';
import { equivalentScale } from './equivalent.ts';

type ScaleSpec = Extract<LayerSpec, { name: 'scale' }>;
export type Change = Extract<Effect, { kind: 'scale' }>['changes'][number];

const FOCI = ['answer', 'slots', 'reason'] as const;
type Focus = (typeof FOCI)[number];

export interface ScaleState {
  readonly key: string;
  /** As they were when the dialog was opened. */
  readonly targets: readonly ScaleTarget[];
  /** So many more than are wanted now, if no number is typed. */
  readonly by: number;
  readonly slots: Editor;
  readonly answer: Editor;
  readonly reason: Editor;
  readonly focus: Focus;
  readonly note: string | undefined;
  readonly scroll: number;
}

const STEPS: readonly Binding[] = [
  { keys: ['+'], action: 'more', help: 'one slot more', label: 'more' },
  { keys: ['-'], action: 'fewer', help: 'one slot fewer', label: 'fewer' },
];
const YES: Binding = { keys: ['y'], action: 'yes', help: 'change what is wanted', label: 'yes', mutates: true };
const ANSWER: Binding = {
  keys: ['enter'],
  action: 'answer',
  help: 'change it, if the number of hosts has been typed; never alone',
};
const CANCEL: Binding = { keys: ['escape', 'n', 'q'], action: 'cancel', help: 'change nothing', label: 'cancel' };
const MORE: readonly Binding[] = [
  { keys: ['tab'], action: 'focus', help: 'to the number of slots, to the reason, and round', label: 'number' },
  { keys: ['S-tab'], action: 'focusBack', help: 'the same backwards' },
  { keys: ['pagedown'], action: 'scrollDown', help: 'more of the hosts' },
  { keys: ['pageup'], action: 'scrollUp', help: 'back in the hosts' },
];
const IN_YES = [YES, CANCEL, ...STEPS, ANSWER, ...MORE];
const IN_NUMBER = [ANSWER, CANCEL, ...STEPS, ...MORE, ...EDITING];
const IN_EDITOR = [{ ...ANSWER, label: 'back' }, { ...CANCEL, keys: ['escape'] }, ...MORE, ...EDITING];

const clamp = (slots: number): number => Math.max(0, Math.min(slots, MOST_WISHED_SLOTS));

/** Undefined: what is typed is no number of slots. */
function slotsFor({ slots, by }: ScaleState, { was, run }: ScaleTarget): number | undefined {
  if (slots.text.trim() !== '') {
    const wanted = /^\d{1,4}$/.test(slots.text.trim()) ? Number(slots.text) : Number.NaN;
    return wanted <= MOST_WISHED_SLOTS ? wanted : undefined;
  }
  // Where wishes contradict each other, what runs is what is left as it is.
  return clamp((was === 'unclear' ? run : was === 'none' ? 0 : was) + by);
}

/** What would be another wish than now. Undefined: what is typed is no number. */
export function changesOf(state: ScaleState): Change[] | undefined {
  const changes = state.targets.map((target) => ({ target, to: slotsFor(state, target) }));
  if (changes.some(({ to }) => to === undefined)) return undefined;
  return changes.flatMap(({ target: { host, was }, to = 0 }) => (to === was ? [] : [{ host, was, to }]));
}

function open({ key, targets, by, to }: ScaleSpec): LayerResult<ScaleState> {
  return {
    state: {
      key,
      targets,
      by: by ?? 0,
      slots: editorOf(to === undefined ? '' : String(to)),
      answer: editorOf(),
      reason: editorOf(),
      focus: by === undefined && to === undefined ? 'slots' : 'answer',
      note: undefined,
      scroll: 0,
    },
  };
}

function answerTo({ targets }: ScaleState) {
  const wanted = wantedAnswer(targets.length);
  return { isTyped: !wanted.isYes('y'), ...wanted };
}

function give(state: ScaleState, hasPressedYes: boolean): LayerResult<ScaleState> {
  const say = (note: string): LayerResult<ScaleState> => ({ state: { ...state, note } });
  const changes = changesOf(state);
  if (changes === undefined) return say(`a number of slots is 0 (none) to ${MOST_WISHED_SLOTS}`);
  if (changes.length === 0) return say('nothing would change: + or - for another number, Esc to cancel');
  const { isTyped, hint, isYes } = answerTo(state);
  if (isTyped ? !isYes(state.answer.text) : !hasPressedYes)
    return say(`${isTyped ? hint : 'press y to change it'}, Esc to cancel`);
  const reason = state.reason.text.trim();
  const effect: Effect = { kind: 'scale', key: state.key, changes, reason: reason === '' ? undefined : reason };
  return { state, isClosed: true, effects: [effect] };
}

function act(state: ScaleState, action: string, context: Context): LayerResult<ScaleState> {
  switch (action) {
    case 'cancel':
      return { state, isClosed: true };
    case 'more':
    case 'fewer':
      return { state: stepped(state, action === 'more' ? 1 : -1) };
    case 'yes':
      return give(state, true);
    case 'answer':
      return state.focus === 'answer' ? give(state, false) : { state: { ...state, focus: 'answer' } };
    case 'focus':
    case 'focusBack': {
      const at = FOCI.indexOf(state.focus) + (action === 'focus' ? 1 : FOCI.length - 1);
      return { state: { ...state, focus: FOCI[at % FOCI.length] ?? 'answer', note: undefined } };
    }
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

/** From the number that is typed, if one is. */
function stepped(state: ScaleState, by: number): ScaleState {
  const [first] = state.targets;
  const typed = state.slots.text.trim() === '' || first === undefined ? undefined : slotsFor(state, first);
  if (typed !== undefined) return { ...state, slots: editorOf(String(clamp(typed + by))), note: undefined };
  return { ...state, by: state.by + by, slots: editorOf(), note: undefined };
}

function targetLine(target: ScaleTarget, to: number | undefined): BoxLine {
  const { host, was, run, isDown, hasAgent } = target;
  const notes = [
    `${run} run`,
    ...(was === 'unclear' ? ['wishes that contradict each other: one is left'] : []),
    ...(isDown ? ['it is down: nothing runs there until it is started'] : []),
    ...(hasAgent ? [] : [`no agent keeps it: 'slate up' there starts one`]),
  ];
  return line(`${host}  ${was} → ${to ?? '?'}   (${notes.join('; ')})`, to === was ? 'dim' : 'plain');
}

function boxOf(state: ScaleState, context: Context): Box {
  const { key, targets, focus, slots, reason, answer, note } = state;
  const cells = boxCells(context.body.width);
  const changes = changesOf(state) ?? [];
  const equivalent = equivalentScale(context.data.board.name, key, changes, reason.text);
  const command =
    changes.length === 0 ? [] : wrapText(equivalent.command, cells, '  ').map((part) => line(part, 'accent'));
  const more = equivalent.note === undefined ? [] : [line(equivalent.note, 'dim')];
  const hosts = targets.map((target) => targetLine(target, slotsFor(state, target)));
  const who = targets.length === 1 ? (targets[0]?.host ?? '') : countText(targets.length, 'host');
  const field = (name: Focus, label: string, editor: Editor): BoxLine => ({
    spans: [{ text: label, tone: focus === name ? 'bold' : 'dim' }],
    editor: { editor, isFocused: focus === name },
  });
  const foot: BoxLine[] = [
    field('slots', `Slots${focus === 'slots' ? '' : ' (Tab, or + and -)'}: `, slots),
    field('reason', `Reason${focus === 'reason' ? '' : ' (Tab)'}: `, reason),
    {
      spans: [{ text: `${question(state, changes)} [${answerTo(state).hint}] `, tone: 'bold' }],
      editor: { editor: answer, isFocused: focus === 'answer' },
    },
    note === undefined
      ? line('fewer: steps that are too many end as they would. Esc cancels', 'dim')
      : line(note, 'warn'),
  ];
  return {
    title: `Slots of ${key} on ${who}`,
    body: boxLines([...hosts, line(''), ...command, ...more]),
    foot,
    scroll: state.scroll,
  };
}

function question({ key, targets }: ScaleState, changes: readonly Change[]): string {
  const [first] = changes;
  if (first !== undefined && changes.length === 1) return `${key}=${first.to} on ${first.host}?`;
  const numbers = new Set(changes.map(({ to }) => to));
  const what = numbers.size === 1 ? `${key}=${first?.to}` : key;
  return `${what} on ${countText(changes.length, 'host')} of ${targets.length}?`;
}

function typed(state: ScaleState, text: string): LayerResult<ScaleState> {
  const { focus } = state;
  if (focus === 'reason') return { state: { ...state, reason: insert(state.reason, text) } };
  if (!/^[\dk]+$/.test(text) || (focus === 'answer' && !answerTo(state).isTyped)) return { state };
  return { state: { ...state, [focus]: insert(state[focus], text), note: undefined } };
}

export const scaleLayer: Layer<ScaleSpec, ScaleState> = {
  name: 'scale',
  title: 'Slots of a stage on hosts',
  bindings: [YES, ANSWER, CANCEL, ...STEPS, ...MORE, ...EDITING],
  open,
  bindingsIn: (state) => (state.focus !== 'answer' ? IN_EDITOR : answerTo(state).isTyped ? IN_NUMBER : IN_YES),
  act,
  type: (state, { text }) => typed(state, text),
  paste: (state, text) =>
    state.focus === 'reason' ? { state: { ...state, reason: paste(state.reason, text) } } : { state },
  paint: (canvas, state, context) => paintBox(canvas, context.look, boxOf(state, context)),
};
