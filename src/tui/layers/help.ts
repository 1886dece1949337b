/** All keys in force, what glyphs and letters mean, and the filter's words. `/` searches it. Pure. */
import type { Binding, KeyTable } from '../binding.ts';
import { GLOBAL, MOVES } from '../global-keys.ts';
import { EDITING, type Editor, edit, editorOf, insert, paintEditor, paste } from '../line-editor.ts';
import type { Look, Tone } from '../look.ts';
import type { Context, Layer, LayerResult, LayerSpec } from '../view.ts';
import { wrapText } from './box.ts';
import { type HelpSection, helpSections, legendSections } from './help-sections.ts';
import { paintSheet, type Reading, read, SCROLLING, type Sheet, START } from './reading.ts';

type HelpSpec = Extract<LayerSpec, { name: 'help' }>;

export interface HelpState {
  readonly sections: readonly HelpSection[];
  /** Only rows with this text are shown. */
  readonly search: string;
  /** The search, while it is typed. */
  readonly editor: Editor | undefined;
  readonly reading: Reading;
}

const OWN: readonly Binding[] = [
  { keys: ['escape', 'q', '?'], action: 'close', help: 'close the help', label: 'close' },
  { keys: ['/'], action: 'search', help: 'only what has a text', label: 'search' },
];
const SEARCHING: readonly Binding[] = [
  { keys: ['enter'], action: 'keep', help: 'end typing', label: 'keep' },
  { keys: ['escape'], action: 'clear', help: 'all again', label: 'all' },
  ...EDITING,
];

interface HelpLine {
  readonly left: string;
  readonly text: string;
  readonly tone: Tone;
  readonly isTitle: boolean;
}

const LEFT_CELLS = 20;
const MOST_CELLS = 100;

/** @param cells of a line: what is longer is wrapped beside its key */
function linesOf(sections: readonly HelpSection[], search: string, cells: number): HelpLine[] {
  const wanted = search.trim().toLowerCase();
  const fits = (...texts: string[]): boolean => texts.some((text) => text.toLowerCase().includes(wanted));
  return sections.flatMap(({ title, rows }) => {
    const kept = fits(title) ? rows : rows.filter(({ left, text }) => fits(left, text));
    if (kept.length === 0) return [];
    const body = kept.flatMap(({ left, text, tone = 'bold' }) => {
      const parts = wrapText(text, Math.max(10, cells - LEFT_CELLS - 2));
      const isWide = left.length > LEFT_CELLS;
      const first: HelpLine[] = isWide ? [{ left, text: '', tone, isTitle: false }] : [];
      const rest = parts.map((part, index) => ({
        left: index === 0 && !isWide ? left : '',
        text: part,
        tone,
        isTitle: false,
      }));
      return [...first, ...rest];
    });
    return [{ left: title, text: '', tone: 'head' as const, isTitle: true }, ...body, BLANK];
  });
}

const BLANK: HelpLine = { left: '', text: '', tone: 'plain', isTitle: false };

function sheetOf(state: HelpState, context: Context): { sheet: Sheet; lines: readonly HelpLine[] } {
  const cells = Math.min(MOST_CELLS, context.body.width - 4);
  const all = linesOf(state.sections, state.search, cells);
  const lines = all.length > 0 ? all.slice(0, -1) : [{ ...BLANK, text: `nothing here has '${state.search}'` }];
  const at = (index: number): string => {
    const { left, text, isTitle } = lines[index] ?? BLANK;
    return isTitle ? left : `${left.padEnd(LEFT_CELLS)}  ${text}`;
  };
  const title = state.search === '' ? 'Help' : `Help: ${state.search}`;
  return { sheet: { title, lines: { length: lines.length, at }, widest: cells, mayWrap: false }, lines };
}

function typed(state: HelpState, editor: Editor): LayerResult<HelpState> {
  if (editor === state.editor) return { state };
  return { state: { ...state, editor, search: editor.text, reading: START } };
}

function act(state: HelpState, action: string, context: Context): LayerResult<HelpState> {
  switch (action) {
    case 'close':
      return { state, isClosed: true };
    case 'search':
      return { state: { ...state, editor: editorOf(state.search) } };
    case 'keep':
      return { state: { ...state, editor: undefined } };
    case 'clear':
      return { state: { ...state, editor: undefined, search: '', reading: START } };
    default: {
      const next = state.editor === undefined ? undefined : edit(state.editor, action);
      if (next !== undefined) return typed(state, next);
      const reading = read(state.reading, action, sheetOf(state, context).sheet, context);
      return { state: reading === undefined ? state : { ...state, reading } };
    }
  }
}

export const helpLayer: Layer<HelpSpec, HelpState> = {
  name: 'help',
  title: 'Help',
  bindings: [...OWN, ...SCROLLING, ...SEARCHING],
  open: ({ tables = DEFAULT_TABLES }, { look, common }) => {
    const { isReadOnly } = common;
    const offered = tables.map(({ title, bindings }) => ({
      title,
      bindings: isReadOnly ? bindings.filter(({ mutates }) => mutates !== true) : bindings,
    }));
    const sections = [...helpSections(offered, look.options.isAscii), ...legendSections(look)];
    return { state: { sections, search: '', editor: undefined, reading: START } };
  },
  bindingsIn: ({ editor }) => (editor === undefined ? IN_TEXT : SEARCHING),
  act,
  type: (state, { text }) => (state.editor === undefined ? { state } : typed(state, insert(state.editor, text))),
  paste: (state, text) => (state.editor === undefined ? { state } : typed(state, paste(state.editor, text))),
  mouse: (state, { kind }, context) => {
    if (kind === 'click') return { state };
    const { sheet } = sheetOf(state, context);
    let { reading } = state;
    for (let row = 0; row < 3; row++)
      reading = read(reading, kind === 'wheelup' ? 'up' : 'down', sheet, context) ?? reading;
    return { state: { ...state, reading } };
  },
  paint: (canvas, state, context) => {
    const { sheet, lines } = sheetOf(state, context);
    const text = state.editor === undefined ? canvas : canvas.part(0, 0, canvas.width, canvas.height - 1);
    paintSheet(text, sheet, state.reading, context, (index: number, look: Look) => {
      const { left, text, tone, isTitle } = lines[index] ?? BLANK;
      const attr = look.attr(tone);
      if (isTitle) return [{ text: left, attr }];
      return [
        { text: left.padEnd(LEFT_CELLS + 2), attr },
        { text, attr: look.attr('plain') },
      ];
    });
    if (state.editor === undefined) return;
    const y = canvas.height - 1;
    canvas.put(0, y, '/', context.look.attr('bold'));
    paintEditor(canvas, { x: 1, y, cells: canvas.width - 1 }, state.editor, context.look, { isFocused: true });
  },
};

const IN_TEXT: readonly Binding[] = [...OWN, ...SCROLLING];
const DEFAULT_TABLES: readonly KeyTable[] = [
  { title: 'In lists', bindings: MOVES },
  { title: 'Everywhere', bindings: GLOBAL },
];
