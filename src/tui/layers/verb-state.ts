/** The dialog of a verb as a machine: which stage or rank, what would become of the entries, the answer, the result. Pure. */
import { breakdown, type Planned, summary } from '../../board/effect.ts';
import type { Located } from '../../board/scan.ts';
import { wantedAnswer } from '../../model/answer.ts';
import { type Editor, editorOf, insert } from '../line-editor.ts';
import { thousands } from '../numbers.ts';
import type { Ask, Context, Effect, LayerResult, Message } from '../view.ts';
import { type DialogVerb, datasetOf } from './equivalent.ts';

export interface Refusal {
  readonly dataset: string;
  readonly why: string;
}

/** What would become of the entries. Of maybe 200,000 of them: no more is kept than is shown or done. */
export interface Plan {
  /** Those that the verb can be done to. */
  readonly able: readonly string[];
  readonly refused: readonly Refusal[];
  /** No longer on the board. */
  readonly gone: readonly string[];
  readonly breakdown: readonly string[];
}

export interface Outcome {
  readonly summary: string;
  /** One line an entry that it was not done to. */
  readonly lines: readonly string[];
  readonly fault: string | undefined;
}

export type Step = 'stage' | 'rank' | 'confirm' | 'applying' | 'result';

export interface VerbState {
  readonly ask: Ask;
  readonly step: Step;
  /** 0: no stage named, then the board's stages. */
  readonly stageAt: number;
  readonly rank: Editor;
  /** What was asked about last; undefined: nothing yet. */
  readonly verb: DialogVerb | undefined;
  /** Undefined while it is worked out. */
  readonly plan: Plan | undefined;
  readonly answer: Editor;
  readonly reason: Editor;
  readonly focus: 'answer' | 'reason';
  /** What the last key was wrong about. */
  readonly note: string | undefined;
  readonly progress: { readonly done: number; readonly of: number };
  readonly isStopping: boolean;
  readonly outcome: Outcome | undefined;
  readonly scroll: number;
}

const LETTER_VERBS: ReadonlySet<string> = new Set(['hold', 'release', 'repipe', 'skip']);

export function hasStage(verb: string): verb is 'hold' | 'release' | 'repipe' | 'skip' {
  return LETTER_VERBS.has(verb);
}

/** The answer that is wanted: `y`, or the number itself. To remove several, the number too. */
export function answerTo(
  verb: Ask['verb'],
  number: number,
): { isTyped: boolean; hint: string; isRight: (typed: string) => boolean } {
  const { hint, isYes: isRight } = wantedAnswer(number);
  if (!isRight('y')) return { isTyped: true, hint, isRight };
  return verb === 'remove' && number > 1
    ? { isTyped: true, hint: `type ${number} to go on`, isRight: (typed) => typed.trim() === String(number) }
    : { isTyped: false, hint: 'y/N', isRight };
}

export function openVerb(ask: Ask, { data }: Context): LayerResult<VerbState> {
  const { stages } = data.board;
  const state: VerbState = {
    ask,
    step: hasStage(ask.verb) ? 'stage' : ask.verb === 'rank' ? 'rank' : 'confirm',
    stageAt: ask.stage === undefined ? 0 : stages.indexOf(ask.stage) + 1,
    rank: editorOf(),
    verb: undefined,
    plan: undefined,
    answer: editorOf(),
    reason: editorOf(),
    focus: 'answer',
    note: undefined,
    progress: { done: 0, of: 0 },
    isStopping: false,
    outcome: undefined,
    scroll: 0,
  };
  if (ask.verb === 'set')
    return toasted(state, "parameters are set by command: ':' and then set name=value DATASET", true);
  if (ask.keys.length === 0)
    return toasted(state, `no entry to ${ask.verb}: put the cursor on one, or mark some`, true);
  // Of the stage that is offered it is worked out at once: most often nothing else is wanted.
  if (hasStage(ask.verb)) return planFor(state, stageVerb(ask.verb, stageAtCursor(state, stages)));
  return ask.verb === 'remove' ? planFor(state, { verb: 'remove' }) : { state };
}

function toasted(state: VerbState, text: string, isError = false): LayerResult<VerbState> {
  return { state, isClosed: true, effects: [{ kind: 'toast', text, isError }] };
}

/** Asks what would become of the entries, unless that was the last question. */
function planFor(state: VerbState, verb: DialogVerb): LayerResult<VerbState> {
  if (state.verb !== undefined && isSame(state.verb, verb)) return { state };
  const effect: Effect = { kind: 'plan', verb, keys: state.ask.keys };
  return { state: { ...state, verb, plan: undefined, answer: editorOf(), scroll: 0 }, effects: [effect] };
}

function isSame(a: DialogVerb, b: DialogVerb): boolean {
  if (a.verb !== b.verb) return false;
  if (a.verb === 'rank') return b.verb === 'rank' && a.rank === b.rank;
  return a.verb === 'remove' || ('stage' in a ? a.stage : undefined) === ('stage' in b ? b.stage : undefined);
}

/** The stage of the cursor in the list of stages; undefined: none is named. */
export function stageAtCursor({ stageAt }: VerbState, stages: readonly string[]): string | undefined {
  return stageAt === 0 ? undefined : stages[stageAt - 1];
}

function stageVerb(verb: 'hold' | 'release' | 'repipe' | 'skip', stage: string | undefined): DialogVerb {
  return stage === undefined ? { verb } : { verb, stage };
}

/** From the stage or the rank on to the plan. @param answer digits that were typed already */
export function goOn(state: VerbState, context: Context, answer = ''): LayerResult<VerbState> {
  const { ask } = state;
  const next = { ...state, step: 'confirm' as const, focus: 'answer' as const, note: undefined };
  if (hasStage(ask.verb)) {
    const asked = planFor(next, stageVerb(ask.verb, stageAtCursor(state, context.data.board.stages)));
    return { ...asked, state: { ...asked.state, answer: insert(asked.state.answer, answer) } };
  }
  if (!/^\d{1,2}$/.test(state.rank.text))
    return { state: { ...state, note: 'two digits are wanted, 00 (first) to 99 (last)' } };
  return planFor(next, { verb: 'rank', rank: Number(state.rank.text) });
}

/** Back from the plan to the stage or the rank, if there was such a question. */
export function goBack(state: VerbState): VerbState {
  const step = hasStage(state.ask.verb) ? 'stage' : state.ask.verb === 'rank' ? 'rank' : undefined;
  return step === undefined
    ? { ...state, focus: 'answer', note: undefined }
    : { ...state, step, note: undefined, scroll: 0 };
}

/** Does it, if the answer says so. @param isYes `y` was pressed */
export function answer(state: VerbState, isYes: boolean): LayerResult<VerbState> {
  const { plan, verb, ask, reason } = state;
  if (plan === undefined || verb === undefined)
    return { state: { ...state, note: 'wait until it is worked out what would change' } };
  const number = plan.able.length;
  if (number === 0) return { state, isClosed: true };
  const { isTyped, hint, isRight } = answerTo(ask.verb, number);
  if (isTyped ? !isRight(state.answer.text) : !isYes) {
    const wrong = isTyped && state.answer.text !== '' ? `${state.answer.text} is not the number: ` : '';
    return { state: { ...state, note: `${wrong}${isTyped ? hint : `press y to ${ask.verb}`}, Esc to cancel` } };
  }
  const words = reason.text.trim() === '' ? undefined : reason.text.trim();
  const progress = { done: 0, of: number };
  return {
    state: { ...state, step: 'applying', progress, note: undefined, scroll: 0 },
    effects: [{ kind: 'apply', verb, keys: plan.able, reason: words }],
  };
}

export function received(state: VerbState, message: Message, context: Context): LayerResult<VerbState> {
  switch (message.kind) {
    case 'planned':
      return { state: planned(state, message.plans, context) };
    case 'progress':
      return state.step === 'applying'
        ? { state: { ...state, progress: { done: message.done, of: message.of } } }
        : { state };
    case 'applied':
      return state.step === 'applying' ? applied(state, message) : { state };
    default:
      return { state };
  }
}

/** Whether the key is the entry's, without making a text of each. */
function isKeyOf(key: string | undefined, { name }: Located): boolean {
  const { dataset, posted } = name;
  return key?.length === dataset.length + 1 + posted.length && key.startsWith(dataset) && key.endsWith(posted);
}

function planned(state: VerbState, plans: readonly Planned[], context: Context): VerbState {
  const { ask } = state;
  const { keys } = ask;
  if (state.verb === undefined || state.plan !== undefined) return state;
  const able: string[] = [];
  const refused: Refusal[] = [];
  const gone: string[] = [];
  /** One text of those that are alike. */
  const whys = new Map<string, string>();
  let at = 0;
  for (const { entry, ok, text } of plans) {
    // Both have the same order: what is passed over is gone.
    while (at < keys.length && !isKeyOf(keys[at], entry)) gone.push(datasetOf(keys[at++] ?? ''));
    const key = keys[at++];
    // The answer to the question of a dialog that has been closed.
    if (key === undefined) return state;
    if (ok) able.push(key);
    else {
      if (!whys.has(text)) whys.set(text, text);
      refused.push({ dataset: entry.name.dataset, why: whys.get(text) ?? text });
    }
  }
  for (; at < keys.length; at++) gone.push(datasetOf(keys[at] ?? ''));
  const plan = { able, refused, gone, breakdown: breakdown(context.data.board, plans, thousands) };
  // Digits that were typed in advance are no answer to a question of yes or no.
  const typed = answerTo(ask.verb, able.length).isTyped ? state.answer : editorOf();
  return { ...state, plan, answer: typed, note: undefined };
}

function applied(state: VerbState, message: Extract<Message, { kind: 'applied' }>): LayerResult<VerbState> {
  const { plan, ask } = state;
  const refused = [...message.refused, ...(plan?.refused ?? [])];
  const absent = [...message.absent, ...(plan?.gone ?? [])];
  const text = summary(ask.verb, message.done, refused.length, absent.length, false, thousands);
  const { left, fault } = message;
  if (refused.length === 0 && absent.length === 0 && left === 0 && fault === undefined) return toasted(state, text);
  const lines = [
    ...refused.map(({ dataset, why }) => `${dataset}: ${why}`),
    ...absent.map((dataset) => `${dataset}: it is no longer on the board`),
  ];
  const whole = left > 0 ? `${text}, ${thousands(left)} not looked at` : text;
  const outcome = { summary: whole, lines, fault };
  return { state: { ...state, step: 'result', outcome, scroll: 0 } };
}
