/** All that can be done here, to be chosen from: with arrows and Enter, by its key, or with the mouse. Pure. */
import { type Binding, keyText } from '../binding.ts';
import { MOVES } from '../global-keys.ts';
import { cursorIndex, EMPTY_LIST, follow, type ListState, move, type Rows } from '../list.ts';
import type { Look } from '../look.ts';
import type { Canvas } from '../surface.ts';
import type { Context, Layer, LayerResult, LayerSpec } from '../view.ts';
import { type Box, type BoxLine, bodyRows, boxCells, boxLines, paintBox } from './box.ts';

type MenuSpec = Extract<LayerSpec, { name: 'menu' }>;

export interface MenuState {
  readonly title: string;
  readonly choices: readonly Binding[];
  readonly list: ListState;
}

const OWN: readonly Binding[] = [
  { keys: ['enter'], action: 'choose', help: 'do what the cursor is on', label: 'do' },
  { keys: ['escape', 'q', 'x'], action: 'close', help: 'nothing', label: 'close' },
];

function rowsOf(choices: readonly Binding[]): Rows {
  return {
    length: choices.length,
    keyAt: (index) => choices[index]?.action ?? '',
    indexOf: (key) => choices.findIndex(({ action }) => action === key),
  };
}

function heightIn(state: MenuState, { body }: Context): number {
  return bodyRows(body.height, state.choices.length, 0);
}

function chosen(state: MenuState, binding: Binding | undefined): LayerResult<MenuState> {
  if (binding === undefined) return { state };
  return { state, isClosed: true, effects: [{ kind: 'act', action: binding.action }] };
}

function act(state: MenuState, action: string, context: Context): LayerResult<MenuState> {
  const rows = rowsOf(state.choices);
  if (action === 'close') return { state, isClosed: true };
  if (action === 'choose') return chosen(state, state.choices[cursorIndex(state.list, rows)]);
  const list = move(state.list, rows, action, heightIn(state, context));
  return { state: list === undefined ? state : { ...state, list } };
}

function boxOf({ title, choices, list }: MenuState, look: Look): Box {
  const { isAscii } = look.options;
  const keys = choices.map((choice) => choice.keys.map((key) => keyText(key, isAscii)).join(' '));
  const widest = Math.max(0, ...keys.map((text) => text.length));
  const cursor = cursorIndex(list, rowsOf(choices));
  const lines = choices.map(
    ({ help }, index): BoxLine => ({
      spans: [
        { text: `${index === cursor ? look.glyphs.cursor : ' '} ` },
        { text: (keys[index] ?? '').padEnd(widest + 2), tone: 'bold' },
        { text: help },
      ],
      isCursor: index === cursor,
    }),
  );
  return { title, body: boxLines(lines), foot: [], scroll: list.top };
}

export const menuLayer: Layer<MenuSpec, MenuState> = {
  name: 'menu',
  title: 'Menu',
  bindings: [...OWN, ...MOVES],
  open: ({ title, bindings }, context) => {
    const choices = bindings.filter(({ mutates }) => mutates !== true || !context.common.isReadOnly);
    const state = { title, choices, list: { ...EMPTY_LIST, cursor: choices[0]?.action } };
    if (choices.length > 0) return { state };
    return { state, isClosed: true, effects: [{ kind: 'toast', text: 'there is nothing to do here' }] };
  },
  act,
  type: (state, { name }) =>
    chosen(
      state,
      state.choices.find(({ keys }) => keys.includes(name)),
    ),
  mouse: (state, event, context) => {
    if (event.kind !== 'click') return act(state, event.kind === 'wheelup' ? 'up' : 'down', context);
    const { body } = context;
    const height = heightIn(state, context);
    const cells = boxCells(body.width) + 4;
    const x = event.x - body.x - Math.floor((body.width - cells) / 2);
    const row = event.y - body.y - Math.floor((body.height - height - 2) / 2) - 1;
    if (x < 0 || x >= cells || row < -1 || row > height) return { state, isClosed: true };
    return chosen(state, row < 0 || row >= height ? undefined : state.choices[state.list.top + row]);
  },
  follow: (state, context) => {
    const list = follow(state.list, rowsOf(state.choices), heightIn(state, context));
    return list === state.list ? state : { ...state, list };
  },
  paint: (canvas: Canvas, state, { look }) => paintBox(canvas, look, boxOf(state, look)),
};
