/** Text to be read: what a command printed. Pure. */
import { plainLines } from '../../model/text.ts';
import type { Binding } from '../binding.ts';
import { countText } from '../numbers.ts';
import type { Layer, LayerSpec } from '../view.ts';
import { paintSheet, type Reading, read, SCROLLING, type Sheet, SIDEWAYS, START } from './reading.ts';
import { widest } from './text-area.ts';

type OutputSpec = Extract<LayerSpec, { name: 'output' }>;

export interface OutputState {
  readonly text: readonly string[];
  readonly sheet: Sheet;
  readonly reading: Reading;
}

const OWN: readonly Binding[] = [
  { keys: ['escape', 'q'], action: 'close', help: 'close it', label: 'close' },
  { keys: ['y'], action: 'copy', help: 'copy all of it', label: 'copy' },
];

export const outputLayer: Layer<OutputSpec, OutputState> = {
  name: 'output',
  title: 'Output of a command',
  bindings: [...OWN, ...SCROLLING, ...SIDEWAYS],
  open: ({ title, lines }) => {
    const text = { length: lines.length, at: (index: number) => lines[index] ?? '' };
    const sheet = { title, lines: text, widest: widest(lines), mayWrap: true };
    return { state: { text: lines, sheet, reading: START } };
  },
  act: (state, action, context) => {
    if (action === 'close') return { state, isClosed: true };
    if (action === 'copy') {
      const what = countText(state.text.length, 'line');
      return { state, effects: [{ kind: 'copy', text: plainLines(state.text.join('\n')), what }] };
    }
    const reading = read(state.reading, action, state.sheet, context);
    return { state: reading === undefined ? state : { ...state, reading } };
  },
  mouse: (state, { kind }, context) => {
    if (kind === 'click') return { state };
    let { reading } = state;
    for (let row = 0; row < 3; row++)
      reading = read(reading, kind === 'wheelup' ? 'up' : 'down', state.sheet, context) ?? reading;
    return { state: { ...state, reading } };
  },
  paint: (canvas, state, context) => paintSheet(canvas, state.sheet, state.reading, context),
};
