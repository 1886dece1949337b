/** The line at the bottom: a filter that takes effect while it is typed, or a command of the command line. Pure. */
import type { Binding } from '../binding.ts';
import { fitText } from '../columns.ts';
import {
  complete,
  cycle,
  EDITING,
  type Editor,
  edit,
  editorOf,
  HISTORY,
  insert,
  paintEditor,
  paste,
} from '../line-editor.ts';
import { countText, thousands } from '../numbers.ts';
import type { Canvas } from '../surface.ts';
import type { Context, Effect, Layer, LayerResult, LayerSpec } from '../view.ts';

type PromptSpec = Extract<LayerSpec, { name: 'prompt' }>;

export interface PromptState {
  readonly purpose: PromptSpec['purpose'];
  /** As it was when the prompt was opened. */
  readonly before: string;
  readonly editor: Editor;
  /** What was asked to be completed: an answer to anything else comes too late. */
  readonly asked: (Request & { readonly text: string; readonly cursor: number }) | undefined;
  readonly note: string | undefined;
}

const FILTER_KEYS: readonly Binding[] = [
  { keys: ['enter'], action: 'keep', help: 'keep the filter', label: 'keep' },
  { keys: ['escape'], action: 'restore', help: 'the filter as it was before', label: 'as before' },
];
const COMMAND_KEYS: readonly Binding[] = [
  { keys: ['enter'], action: 'run', help: 'run the command; its output is shown', label: 'run' },
  { keys: ['escape'], action: 'cancel', help: 'no command', label: 'cancel' },
];
const COMPLETING: readonly Binding[] = [
  { keys: ['tab'], action: 'complete', help: 'complete the word, or the next candidate', label: 'complete' },
  { keys: ['S-tab'], action: 'completeBack', help: 'the candidate before' },
];
const COMMON_KEYS: readonly Binding[] = [...COMPLETING, ...HISTORY, ...EDITING];
const IN_FILTER = [...FILTER_KEYS, ...COMMON_KEYS];
const IN_COMMAND = [...COMMAND_KEYS, ...COMMON_KEYS];

/** What to ask the command line's completion for, and which part of the line an answer replaces. */
export interface Request {
  readonly line: string;
  readonly start: number;
  /** Beginning of each answer that stands on the line already. */
  readonly strip: string;
}

const NO_WORDS = 'nothing completes this word';

const LISTED = /^((?:state|stage|letter|class|cause|process):)((?:[^,]*,)+)([^,]*)$/;

/** In a filter also the word behind `-` or `!`, and each word of a list. @param text up to the cursor */
export function completionOf(purpose: PromptState['purpose'], text: string): Request {
  const word = /\S*$/.exec(text)?.[0] ?? '';
  const start = text.length - word.length;
  if (purpose !== 'filter') return { line: text, start, strip: '' };
  const sign = /^[-!]/.exec(word)?.[0] ?? '';
  const bare = word.slice(sign.length);
  const [, key = '', earlier = '', last = ''] = LISTED.exec(bare) ?? [];
  const line = text.slice(0, start);
  if (key === '') return { line: line + bare, start: start + sign.length, strip: '' };
  return { line: line + key + last, start: start + sign.length + key.length + earlier.length, strip: key };
}

function typed(state: PromptState, editor: Editor): LayerResult<PromptState> {
  if (editor === state.editor) return { state };
  const next = { ...state, editor, note: undefined };
  if (state.purpose === 'command' || editor.text === state.editor.text) return { state: next };
  return { state: next, effects: [filterEffect(state, editor.text)] };
}

/** It takes effect while it is typed. */
function filterEffect({ purpose }: PromptState, text: string): Effect {
  if (purpose === 'hosts') return { kind: 'set', common: { hostFilter: text } };
  return purpose === 'jobs' ? { kind: 'set', common: { jobFilter: text } } : { kind: 'filter', text };
}

function askCompletion(state: PromptState): LayerResult<PromptState> {
  if (state.purpose === 'hosts' || state.purpose === 'jobs') return { state: { ...state, note: NO_WORDS } };
  const { text, cursor } = state.editor;
  const request = completionOf(state.purpose, text.slice(0, cursor));
  const effect: Effect = { kind: 'complete', purpose: state.purpose, line: request.line };
  return { state: { ...state, asked: { ...request, text, cursor }, note: undefined }, effects: [effect] };
}

function run(state: PromptState): LayerResult<PromptState> {
  const line = state.editor.text.trim().replace(/^slate(\s+|$)/, '');
  if (line === '') return { state, isClosed: true };
  if (line === 'q' || line === 'quit') return { state, isClosed: true, effects: [{ kind: 'quit' }] };
  return { state, isClosed: true, effects: [{ kind: 'command', line }] };
}

function act(state: PromptState, action: string, context: Context): LayerResult<PromptState> {
  const { editor } = state;
  switch (action) {
    case 'keep':
      // The last good filter is in force: what was typed is not to be lost by a slip.
      if (state.purpose === 'filter' && context.common.filter.fault !== undefined)
        return { state: { ...state, note: 'mend the filter, or Esc for the one before' } };
      return { state, isClosed: true };
    case 'restore': {
      const hasFault = state.purpose === 'filter' && context.common.filter.fault !== undefined;
      const isChanged = editor.text !== state.before || hasFault;
      return { state, isClosed: true, effects: isChanged ? [filterEffect(state, state.before)] : [] };
    }
    case 'run':
      return run(state);
    case 'cancel':
      return { state, isClosed: true };
    case 'complete':
      return editor.completion === undefined ? askCompletion(state) : typed(state, cycle(editor, 1));
    case 'completeBack':
      return typed(state, cycle(editor, -1));
    default:
      return typed(state, edit(editor, action) ?? editor);
  }
}

function offered(state: PromptState, words: readonly string[]): LayerResult<PromptState> {
  const { asked, editor } = state;
  if (asked === undefined || asked.text !== editor.text || asked.cursor !== editor.cursor) return { state };
  const begin = editor.text.slice(asked.start, editor.cursor);
  const fitting = words.flatMap((word) => {
    if (!word.startsWith(asked.strip)) return [];
    const rest = word.slice(asked.strip.length);
    return rest.startsWith(begin) ? [rest] : [];
  });
  const done = { ...state, asked: undefined };
  if (fitting.length === 0) return { state: { ...done, note: NO_WORDS } };
  return typed(done, complete(editor, asked.start, fitting));
}

function paint(canvas: Canvas, state: PromptState, context: Context): void {
  const { look } = context;
  const y = canvas.height - 1;
  canvas.fill(' ', look.attr('plain'), 0, Math.max(0, y - 1), canvas.width, 2);
  const sign = state.purpose === 'command' ? ':' : '/';
  canvas.put(0, y, sign, look.attr('bold'));
  paintEditor(canvas, { x: 1, y, cells: canvas.width - 1 }, state.editor, look, { isFocused: true });
  if (y > 0) paintInfo(canvas.part(0, y - 1, canvas.width, 1), state, context);
}

function paintInfo(canvas: Canvas, state: PromptState, { look, common, data }: Context): void {
  const { completion } = state.editor;
  const fault = state.purpose === 'filter' ? common.filter.fault : undefined;
  if (fault !== undefined) {
    const text = state.note === undefined ? fault : `${fault} (${state.note})`;
    canvas.put(1, 0, fitText(text, canvas.width - 1, look), look.attr('bad'));
  } else if (completion !== undefined) paintCandidates(canvas, completion, look);
  else if (state.note !== undefined) canvas.put(1, 0, state.note, look.attr('warn'));
  else if (state.purpose === 'filter') {
    const of = `${thousands(data.entries.length)} of ${countText(data.entries.tally.total, 'entry', 'entries')}`;
    canvas.put(1, 0, `${of}   words such as state:failed cause:x2 -class:acs /regex/`, look.attr('dim'));
  } else if (state.purpose === 'hosts') {
    canvas.put(1, 0, "parts of a host's name, state, stages or trouble; -word for those without", look.attr('dim'));
  } else if (state.purpose === 'jobs') {
    canvas.put(
      1,
      0,
      'parts of what is told of a job: dataset, stage, state, node, reason; -word for those without',
      look.attr('dim'),
    );
  } else canvas.put(1, 0, "a command of slate, such as 'show DATASET' or 'ls state:failed'", look.attr('dim'));
}

function paintCandidates(
  canvas: Canvas,
  { words, index }: NonNullable<Editor['completion']>,
  look: Context['look'],
): void {
  // The one at hand is in sight: the list begins with it if need be.
  const room = canvas.width - 4;
  let first = Math.max(0, index);
  for (let cells = 0; first > 0; first--) {
    cells += (words[first]?.length ?? 0) + 2;
    if (cells + (words[first - 1]?.length ?? 0) > room) break;
  }
  let x = 1;
  for (let at = first; at < words.length; at++) {
    const word = words[at] ?? '';
    if (x > 1 && x + word.length > canvas.width - 2) {
      canvas.put(canvas.width - 1, 0, look.glyphs.more, look.attr('dim'));
      return;
    }
    x = canvas.put(x, 0, word, look.attr('accent', at === index)) + 2;
  }
}

export const promptLayer: Layer<PromptSpec, PromptState> = {
  name: 'prompt',
  title: 'Filter and command line',
  bindings: [...FILTER_KEYS, ...COMMAND_KEYS, ...COMMON_KEYS],
  open: ({ purpose, text, history = [] }) => ({
    state: { purpose, before: text, editor: editorOf(text, history), asked: undefined, note: undefined },
  }),
  bindingsIn: ({ purpose }) => (purpose === 'command' ? IN_COMMAND : IN_FILTER),
  act,
  type: (state, { text }) => typed(state, insert(state.editor, text)),
  paste: (state, text) => typed(state, paste(state.editor, text)),
  message: (state, message) => (message.kind === 'candidates' ? offered(state, message.words) : { state }),
  paint,
};
